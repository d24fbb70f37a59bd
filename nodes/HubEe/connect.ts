import type { IExecuteFunctions } from 'n8n-workflow';

import { Fields } from '../../lib/node/fields';
import { HubEeClient } from './api/client';
import { type HubEeCredential, hubEeHttp } from './api/connection';

const DEFAULT_PARALLEL_CALLS = 4;

/** What the operations of the HubEE node work with. */
export interface HubEeApi {
	client: HubEeClient;
	/** The scope of the credential, which is also the type of our own organization: `SI`, `OSL` … */
	role: string;
}

function optionsOf(execution: IExecuteFunctions): Fields {
	const values = execution.getNodeParameter('options', 0, {}) as Record<string, unknown>;
	return new Fields({ value: (name) => values[name], label: (name) => `Options: ${name}` });
}

/** Calls under way at once, which is also how many items are treated at once. */
export function parallelCalls(execution: IExecuteFunctions): number {
	return (
		optionsOf(execution).optionalNumber('parallelCalls', { min: 1, max: 32 }) ??
		DEFAULT_PARALLEL_CALLS
	);
}

/** Opens the service once per execution. */
export async function connectHubEe(execution: IExecuteFunctions): Promise<HubEeApi> {
	const credential = await execution.getCredentials<HubEeCredential & Record<string, unknown>>(
		'hubEeOAuth2Api',
	);
	const options = optionsOf(execution);
	const timeoutSeconds = options.optionalNumber('timeoutSeconds', { min: 1, integer: false });
	const http = hubEeHttp(credential, {
		signal: execution.getExecutionCancelSignal(),
		maxParallel: parallelCalls(execution),
		timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
	});
	return {
		client: new HubEeClient(http, { patchByOverride: options.boolean('patchByOverride') }),
		role: credential.scope,
	};
}
