import type { INodeParameters } from 'n8n-workflow';

import type { WorkflowJson } from '../../scripts/n8n/instance';

/** What a person does to a template before it is used. */

function nodeOf(workflow: WorkflowJson, name: string): WorkflowJson['nodes'][number] {
	const node = workflow.nodes.find((one) => one.name === name);
	if (!node) throw new Error(`${workflow.name} has no node ${name}`);
	return node;
}

/** Fills in *Settings*. */
export function withSettings(
	workflow: WorkflowJson,
	values: Record<string, string | number | boolean>,
): WorkflowJson {
	const { assignments } = nodeOf(workflow, 'Settings').parameters.assignments as {
		assignments: Array<{ name: string; value: unknown }>;
	};
	for (const [name, value] of Object.entries(values)) {
		const found = assignments.find((one) => one.name === name);
		if (!found) throw new Error(`${workflow.name} has no setting ${name}`);
		found.value = value;
	}
	return workflow;
}

export function withParameters(
	workflow: WorkflowJson,
	name: string,
	parameters: INodeParameters,
): WorkflowJson {
	const node = nodeOf(workflow, name);
	node.parameters = { ...node.parameters, ...parameters };
	return workflow;
}

const telling = (url: string, body: string) => ({
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		method: 'POST',
		url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify(${body}) }}`,
		options: {},
	},
});

/** Replaces a node by the person's own one, which tells somebody. */
export function withOwnNode(
	workflow: WorkflowJson,
	name: string,
	url: string,
	body = '$json',
): WorkflowJson {
	Object.assign(nodeOf(workflow, name), telling(url, body));
	return workflow;
}

/** Puts the person's own node, which tells somebody, behind another one. */
export function withOwnNodeBehind(
	workflow: WorkflowJson,
	behind: string,
	url: string,
	body = '$json',
): WorkflowJson {
	const name = `Own Node: ${behind}`;
	workflow.nodes.push({ name, ...telling(url, body) });
	workflow.connections[name] = { main: [workflow.connections[behind]?.main?.[0] ?? []] };
	workflow.connections[behind] = { main: [[{ node: name, type: 'main', index: 0 }]] };
	return workflow;
}

/** The same beside what follows, which goes on with what the node gave. */
export function withOwnNodeBeside(
	workflow: WorkflowJson,
	after: string,
	url: string,
	body = '$json',
): WorkflowJson {
	const name = `Own Node: ${after}`;
	workflow.nodes.push({ name, ...telling(url, body) });
	const [first, ...others] = workflow.connections[after]?.main ?? [[]];
	workflow.connections[after] = {
		main: [[{ node: name, type: 'main', index: 0 }, ...(first ?? [])], ...others],
	};
	return workflow;
}
