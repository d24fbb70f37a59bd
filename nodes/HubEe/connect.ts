import type { IExecuteFunctions } from 'n8n-workflow';

import pLimit from 'p-limit';

import type { CheckReport } from '../../lib/connection-check/report';
import type { HttpClientOptions } from '../../lib/http/call';
import { parallel, timeoutMs } from '../../lib/node/connection-options';
import type { Fields } from '../../lib/node/fields';
import { accountNames, credentialOf } from './accounts';
import { HubEeClient } from './api/client';
import { type HubEeCredential, hubEeHttp } from './api/connection';
import { ReferentialClient } from './api/referential';
import { checkHubEe } from './check-connection';
import { testAccount } from './test-account';

const DEFAULT_PARALLEL_CALLS = 4;

/**
 * What the operations of the HubEE node work with: one account's clients, and the way to the other
 * accounts.
 */
export interface HubEeApi {
	client: HubEeClient;
	/** The same for cleaning up, when the execution may have been cancelled. */
	cleanUpClient: HubEeClient;
	referential: ReferentialClient;
	/** The scope of the account, which is also the type of its organization: `SI`, `OSL` … */
	role: string;
	clientId: string;
	/** Asks the service whether the account works, which changes nothing. */
	testAccount(): Promise<void>;
	/** Finds out what the connection and the account are worth, which changes nothing. */
	checkConnection(): Promise<CheckReport>;
	/** All of them; the main one's is empty. */
	accountNames: string[];
	/** The clients of another account of the same credential; the main one for an empty name. */
	forAccount(name: string): HubEeApi;
}

/** Calls under way at once. */
const parallelCalls = (options: Fields): number =>
	parallel(options, 'parallelCalls', 32) ?? DEFAULT_PARALLEL_CALLS;

/**
 * Items treated at once: more than calls, so that one which stores a file or evaluates an
 * expression leaves its call to another. Whoever wants one call at a time also wants one item after
 * the other.
 */
export function parallelItems(form: Fields): number {
	const calls = parallelCalls(form.group('options'));
	return calls === 1 ? 1 : 2 * calls;
}

/** Opens the service once per execution; accounts are opened when they are first used. */
export async function connectHubEe(execution: IExecuteFunctions, form: Fields): Promise<HubEeApi> {
	const credential = await execution.getCredentials<HubEeCredential & Record<string, unknown>>(
		'hubEeOAuth2Api',
	);
	return openHubEe(credential, form.group('options'), execution.getExecutionCancelSignal());
}

/** The clients of a credential, with the settings of the option fields. */
export function openHubEe(
	credential: HubEeCredential,
	options: Fields,
	signal?: AbortSignal,
): HubEeApi {
	const http = {
		signal,
		// One limit for all accounts together.
		maxParallel: pLimit(parallelCalls(options)),
		timeoutMs: timeoutMs(options),
	};
	return openAccounts(credential, http, options.boolean('patchByOverride'));
}

/** One set of clients per account, made once. */
function openAccounts(
	credential: HubEeCredential,
	options: Pick<HttpClientOptions, 'signal' | 'maxParallel' | 'timeoutMs'>,
	patchByOverride: boolean,
): HubEeApi {
	const opened = new Map<string, HubEeApi>();
	const names = accountNames(credential);
	const forAccount = (name: string): HubEeApi => {
		const existing = opened.get(name);
		if (existing) return existing;
		const data = credentialOf(credential, name);
		const http = hubEeHttp(data, options);
		const api: HubEeApi = {
			client: new HubEeClient(http, { patchByOverride }),
			cleanUpClient: new HubEeClient(http.forCleanUp(), { patchByOverride }),
			referential: new ReferentialClient(http),
			role: data.scope,
			clientId: data.clientId,
			testAccount: async () => await testAccount(data),
			checkConnection: async () => await checkHubEe(data, options.signal),
			accountNames: names,
			forAccount,
		};
		opened.set(name, api);
		return api;
	};
	return forAccount('');
}
