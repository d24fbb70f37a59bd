import type { IExecuteFunctions } from 'n8n-workflow';

import pLimit from 'p-limit';

import type { HttpClientOptions } from '../../lib/http/call';
import { Fields } from '../../lib/node/fields';
import { accountNames, credentialOf } from './accounts';
import { HubEeClient } from './api/client';
import { type HubEeCredential, hubEeHttp } from './api/connection';
import { ReferentialClient } from './api/referential';

const DEFAULT_PARALLEL_CALLS = 4;

/**
 * What the operations of the HubEE node work with: one account's clients, and the way to the other
 * accounts.
 */
export interface HubEeApi {
	client: HubEeClient;
	/** The same for cleaning up, when the execution may have been cancelled. */
	cleaner: HubEeClient;
	referential: ReferentialClient;
	/** The scope of the account, which is also the type of its organization: `SI`, `OSL` … */
	role: string;
	clientId: string;
	/** All of them; the main one's is empty. */
	accountNames: string[];
	/** The clients of another account of the same credential; the main one for an empty name. */
	forAccount(name: string): HubEeApi;
}

function optionsOf(execution: IExecuteFunctions): Fields {
	const values = execution.getNodeParameter('options', 0, {}) as Record<string, unknown>;
	return new Fields({ value: (name) => values[name], label: (name) => `Options: ${name}` });
}

/** Calls under way at once. */
function parallelCalls(execution: IExecuteFunctions): number {
	return (
		optionsOf(execution).optionalNumber('parallelCalls', { min: 1, max: 32 }) ??
		DEFAULT_PARALLEL_CALLS
	);
}

/**
 * Items treated at once: more than calls, so that one which stores a file or evaluates an
 * expression leaves its call to another. Whoever wants one call at a time also wants one item after
 * the other.
 */
export function parallelItems(execution: IExecuteFunctions): number {
	const calls = parallelCalls(execution);
	return calls === 1 ? 1 : 2 * calls;
}

/** Opens the service once per execution; accounts are opened when they are first used. */
export async function connectHubEe(execution: IExecuteFunctions): Promise<HubEeApi> {
	const credential = await execution.getCredentials<HubEeCredential & Record<string, unknown>>(
		'hubEeOAuth2Api',
	);
	const options = optionsOf(execution);
	const timeoutSeconds = options.optionalNumber('timeoutSeconds', { min: 1, integer: false });
	const http = {
		signal: execution.getExecutionCancelSignal(),
		// One limit for all accounts together.
		maxParallel: pLimit(parallelCalls(execution)),
		timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
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
			cleaner: new HubEeClient(http.forCleanUp(), { patchByOverride }),
			referential: new ReferentialClient(http),
			role: data.scope,
			clientId: data.clientId,
			accountNames: names,
			forAccount,
		};
		opened.set(name, api);
		return api;
	};
	return forAccount('');
}
