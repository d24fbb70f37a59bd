import type { WorkflowJson } from '../../scripts/n8n/instance';

type Nodes = WorkflowJson['nodes'];

/** Nodes in a row, each connected to the next. */
function chain(name: string, nodes: Nodes): WorkflowJson {
	const connections: WorkflowJson['connections'] = {};
	let previous: Nodes[number] | undefined;
	for (const node of nodes) {
		if (previous)
			connections[previous.name] = { main: [[{ node: node.name, type: 'main', index: 0 }]] };
		previous = node;
	}
	return { name, nodes, connections };
}

const start = {
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	parameters: {},
};

const hubEe = (name: string, parameters: Nodes[number]['parameters']): Nodes[number] => ({
	name,
	type: 'n8n-nodes-guichet.hubEe',
	typeVersion: 1,
	parameters,
});

const receive = (options: { parallelCalls: number }): Nodes[number] =>
	hubEe('Receive', {
		resource: 'case',
		operation: 'receive',
		caseId: '={{ $json.caseId }}',
		output: 'perCase',
		options,
	});

/** @param listed the node whose items name the notifications */
const acknowledge = (listed: string, options: { parallelCalls: number }): Nodes[number] =>
	hubEe('Acknowledge', {
		resource: 'notification',
		operation: 'acknowledge',
		notificationId: `={{ $('${listed}').item.json.notificationId }}`,
		caseId: '',
		eventId: '',
		options,
	});

/** Reception with our node: the batch, each case with its files, the acknowledgements. */
export function ourWorkflow(cases: number, parallel: number): WorkflowJson {
	const options = { parallelCalls: parallel };
	return chain('Reception with the HubEE node', [
		start,
		hubEe('Batch', {
			resource: 'notification',
			operation: 'getMany',
			batchSize: cases,
			additionalFields: { eventDetails: 'server' },
			options,
		}),
		receive(options),
		acknowledge('Batch', options),
	]);
}

/** Where a workflow made by `webhookWorkflow` is called. */
export const WEBHOOK_PATH = 'reception';

/**
 * Reception of the cases that a caller names: `{ cases: [{ caseId, notificationId }] }`; answers at
 * once.
 */
export function webhookWorkflow(parallel: number): WorkflowJson {
	const options = { parallelCalls: parallel };
	return chain('Reception of named cases', [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: WEBHOOK_PATH,
			parameters: { httpMethod: 'POST', path: WEBHOOK_PATH, responseMode: 'onReceived' },
		},
		{
			name: 'One Item per Case',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'body.cases' },
		},
		receive(options),
		acknowledge('One Item per Case', options),
	]);
}

const httpRequest = (
	name: string,
	parallel: number,
	pauseMs: number,
	parameters: Nodes[number]['parameters'],
): Nodes[number] => ({
	name,
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		authentication: 'genericCredentialType',
		genericAuthType: 'oAuth2Api',
		...parameters,
		options: {
			...(parameters.options as object),
			batching: { batch: { batchSize: parallel, batchInterval: pauseMs } },
		},
	},
});

/**
 * The same calls with n8n's HTTP Request node. Its batching starts `parallel` requests, waits
 * `pauseMs` and starts the next, so the pause decides how many are under way at once.
 */
export function handBuiltWorkflow(
	url: string,
	cases: number,
	parallel: number,
	pauseMs: number,
): WorkflowJson {
	const api = `${url}/teledossiers/v1`;
	const request = httpRequest;
	return chain('Reception with HTTP Request nodes', [
		start,
		request('Batch', parallel, pauseMs, {
			url: `${api}/notifications?maxResult=${cases}&eventDetails=true`,
		}),
		request('Case', parallel, pauseMs, { url: `=${api}/cases/{{ $json.caseId }}` }),
		{
			name: 'One Item per File',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: {
				fieldToSplitOut: 'attachments',
				include: 'selectedOtherFields',
				fieldsToInclude: 'id',
			},
		},
		request('Download', parallel, pauseMs, {
			url: `=${api}/cases/{{ $json.id }}/attachments/{{ $json.attachments.id }}`,
			options: { response: { response: { responseFormat: 'file' } } },
		}),
		{
			name: 'The Batch Again',
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: "return $('Batch').all();" },
		},
		request('Acknowledge', parallel, pauseMs, {
			method: 'DELETE',
			url: `=${api}/notifications/{{ $json.id }}`,
		}),
	]);
}
