import type { WorkflowJson } from '../../scripts/n8n/instance';

/**
 * What goes wrong at a node:
 * - `fails`: the node fails, for each of its items, as its *On Error* says;
 * - `empty`: it gives nothing;
 * - `one`: it fails for the third of its items, or the third time it runs; nothing was done for it;
 * - `ends`: n8n ends right after it.
 */
export type Fault = 'fails' | 'empty' | 'one' | 'ends';

export const FAULTS: Fault[] = ['fails', 'empty', 'one', 'ends'];

type Node = WorkflowJson['nodes'][number];

const TRIGGERS = /trigger|webhook|stickyNote/i;

/**
 * Nodes that ask something of the world outside n8n, so that one item can fail where others do not.
 */
const OUTSIDE = /guichet|readWriteFile|httpRequest|crypto|extractFromFile|convertToFile/;

const isTrigger = ({ type }: Node) => TRIGGERS.test(type) && !type.endsWith('respondToWebhook');

/**
 * The nodes of a template at which a fault can be put in, with the faults that make sense there.
 */
export function faultsOf({ nodes }: WorkflowJson): Array<{ node: string; fault: Fault }> {
	return nodes
		.filter((node) => !isTrigger(node))
		.flatMap((node) =>
			FAULTS.filter((fault) => fault !== 'one' || OUTSIDE.test(node.type)).map((fault) => ({
				node: node.name,
				fault,
			})),
		);
}

const INJECTED = 'Injected Fault';

const code = (jsCode: string, mode: 'runOnceForEachItem' | 'runOnceForAllItems') => ({
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { mode, jsCode },
});

/**
 * A copy of a workflow with one fault.
 *
 * @param endUrl where a call ends n8n; for `ends`
 */
export function withFault(
	workflow: WorkflowJson,
	name: string,
	fault: Fault,
	endUrl: string,
): WorkflowJson {
	const copy = JSON.parse(JSON.stringify(workflow)) as WorkflowJson;
	const node = copy.nodes.find((one) => one.name === name);
	if (!node) throw new Error(`${workflow.name} has no node ${name}`);
	if (fault === 'fails')
		Object.assign(node, code(`throw new Error('injected');`, 'runOnceForEachItem'));
	else if (fault === 'empty') Object.assign(node, code('return [];', 'runOnceForAllItems'));
	else if (fault === 'ends') behind(copy, node, ending(endUrl));
	else if (node.onError === 'continueRegularOutput') behind(copy, node, oneBadResult());
	else before(copy, node, oneBadItem(node));
	return copy;
}

const ending = (url: string): Node => ({
	name: INJECTED,
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: { method: 'POST', url, options: { timeout: 60_000 } },
});

const IS_THIRD = '$itemIndex === 2 || $runIndex === 2';

/** The node went on regardless, and says of one item that it failed. */
const oneBadResult = (): Node => ({
	name: INJECTED,
	...code(
		`return ${IS_THIRD} ? { json: { error: 'injected' } } : $input.item;`,
		'runOnceForEachItem',
	),
});

/** The item never reaches the node, and goes where the node sends what fails. */
const oneBadItem = ({ onError }: Node): Node => ({
	name: INJECTED,
	...code(
		`if (${IS_THIRD}) throw new Error('injected');\nreturn $input.item;`,
		'runOnceForEachItem',
	),
	...(onError ? { onError } : {}),
});

/** Puts a node between another one's first output and what follows. */
function behind(workflow: WorkflowJson, node: Node, added: Node): void {
	workflow.nodes.push(added);
	const outputs = workflow.connections[node.name]?.main ?? [[]];
	workflow.connections[INJECTED] = { main: [outputs[0] ?? []] };
	workflow.connections[node.name] = { main: [[to(INJECTED)], ...outputs.slice(1)] };
}

/** Puts a node before another one; what it refuses goes to that one's error output. */
function before(workflow: WorkflowJson, node: Node, added: Node): void {
	for (const outputs of Object.values(workflow.connections))
		outputs.main = (outputs.main ?? []).map(
			(output) =>
				output?.map((target) => (target.node === node.name ? to(INJECTED) : target)) ?? null,
		);
	workflow.nodes.push(added);
	const refused = workflow.connections[node.name]?.main?.[1] ?? [];
	workflow.connections[INJECTED] = {
		main: node.onError === 'continueErrorOutput' ? [[to(node.name)], refused] : [[to(node.name)]],
	};
}

const to = (node: string) => ({ node, type: 'main' as const, index: 0 });
