import type { IExecuteFunctions } from 'n8n-workflow';

import { Fields } from '../../lib/node/fields';
import { E_BOX_CREDENTIAL, type EBoxApi, openEBox } from './profile';

const DEFAULT_PARALLEL_ITEMS = 4;

function profileOf(execution: IExecuteFunctions): Fields {
	const values = execution.getNodeParameter('apiProfile', 0, {}) as Record<string, unknown>;
	return new Fields({ value: (name) => values[name], label: (name) => `API Profile: ${name}` });
}

/** Opens the e-Box once per execution. */
export async function connectEBox(execution: IExecuteFunctions): Promise<EBoxApi> {
	const credential = await execution.getCredentials<Record<string, unknown>>(E_BOX_CREDENTIAL);
	return openEBox(credential, profileOf(execution), execution.getExecutionCancelSignal());
}

export function parallelItems(execution: IExecuteFunctions): number {
	return (
		profileOf(execution).optionalNumber('parallelCalls', { min: 1, max: 16 }) ??
		DEFAULT_PARALLEL_ITEMS
	);
}
