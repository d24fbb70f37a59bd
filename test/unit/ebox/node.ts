import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { eBoxTable } from '../../../nodes/EBoxEnterprise/table';
import type { EBoxSandbox } from '../../../sandbox/ebox';
import {
	type ExecutionSetup,
	type FakeExecution,
	fakeExecution,
	outputOf,
} from '../fakes/execution';
import { credentialFor } from './federation';

export interface Ran {
	items: INodeExecutionData[];
	/** The data of the items. */
	json: IDataObject[];
	hints: string[];
	contentOf: (item: number, field: string) => string;
}

/**
 * Runs an operation of the e-Box node as n8n would, against the sandbox; all its honest providers
 * are confirmed.
 */
export async function run(
	sandbox: EBoxSandbox,
	operation: string,
	parameters: IDataObject = {},
	more: Partial<ExecutionSetup> = {},
): Promise<Ran> {
	const fake = prepared(sandbox, operation, parameters, more);
	const items = await outputOf(executeTable(fake.execution, eBoxTable));
	return {
		items,
		json: items.map(({ json }) => json),
		hints: fake.hints.map(({ message }) => message),
		contentOf: (item, field) => fake.store.contentOf(items[item]?.binary?.[field]).toString('utf8'),
	};
}

/** An execution of an operation that a test runs itself, several times for example. */
export function prepared(
	sandbox: EBoxSandbox,
	operation: string,
	parameters: IDataObject = {},
	more: Partial<ExecutionSetup> = {},
): FakeExecution {
	const [resource, name] = operation.split('.');
	const trustedHosts = sandbox.trustedHosts.join(', ');
	const { apiProfile, ...others } = parameters;
	return fakeExecution({
		properties: formOf(eBoxTable),
		credentials: {
			socialSecurityCertificateOAuth2Api: credentialFor(sandbox) as IDataObject,
		},
		...more,
		parameters: {
			resource,
			operation: name,
			apiProfile: { trustedHosts, ...(apiProfile as IDataObject | undefined) },
			...others,
		},
	});
}
