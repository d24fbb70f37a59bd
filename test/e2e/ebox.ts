import type { INodeParameters } from 'n8n-workflow';

import type { EBoxSandbox } from '../../sandbox/ebox';
import type { WorkflowJson } from '../../scripts/n8n/instance';

/** One operation of the e-Box node, as a node of a test workflow. */
export interface Called {
	operation: string;
	parameters?: INodeParameters;
}

/** The API profile of a person who has confirmed all honest providers of the sandbox. */
export function profileFor(sandbox: EBoxSandbox): INodeParameters {
	return { trustedHosts: sandbox.trustedHosts.join(', ') };
}

/**
 * Poll times of a trigger that polls when it is activated and at no other time: the full hour,
 * which comes in the midst of some test, adds no executions.
 */
export const ONLY_AT_ACTIVATION: INodeParameters = {
	item: [{ mode: 'custom', cronExpression: '0 0 0 1 1 *' }],
};

/**
 * A workflow that runs operations one after the other, each on the trigger's single item or on what
 * its predecessor gave.
 */
export function operationsWorkflow(
	name: string,
	sandbox: EBoxSandbox,
	calls: Record<string, Called>,
): WorkflowJson {
	const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} };
	const nodes = Object.entries(calls).map(([title, { operation, parameters }]) => {
		const [resource, value] = operation.split('.');
		return {
			name: title,
			type: 'n8n-nodes-guichet.eBoxEnterprise',
			parameters: { apiProfile: profileFor(sandbox), ...parameters, resource, operation: value },
		};
	});
	const branches = nodes.map((node) => ({ node: node.name, type: 'main' as const, index: 0 }));
	return { name, nodes: [start, ...nodes], connections: { Start: { main: [branches] } } };
}

/** A template whose e-Box nodes trust the sandbox's providers, as its setup asks for. */
export function trusting(workflow: WorkflowJson, sandbox: EBoxSandbox): WorkflowJson {
	return {
		...workflow,
		nodes: workflow.nodes.map((node) =>
			node.type.startsWith('n8n-nodes-guichet.eBoxEnterprise')
				? { ...node, parameters: { ...node.parameters, apiProfile: profileFor(sandbox) } }
				: node,
		),
	};
}
