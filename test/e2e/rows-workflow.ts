import type { IDataObject } from 'n8n-workflow';

import type { WorkflowJson } from '../../scripts/n8n/instance';

/** A manual trigger, some rows, and one node that gets them. */
export function rowsWorkflow(
	rows: IDataObject[],
	node: WorkflowJson['nodes'][number],
): WorkflowJson {
	return {
		name: node.name,
		nodes: [
			{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
			{
				name: 'Rows',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				parameters: { jsCode: `return ${JSON.stringify(rows.map((json) => ({ json })))};` },
			},
			node,
		],
		connections: {
			Start: { main: [[{ node: 'Rows', type: 'main', index: 0 }]] },
			Rows: { main: [[{ node: node.name, type: 'main', index: 0 }]] },
		},
	};
}
