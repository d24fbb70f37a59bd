import type { WorkflowJson } from '../../scripts/n8n/instance';

/**
 * What goes wrong at a node:
 * - `fails`: the node fails, for each of its items, as its *On Error* says;
 * - `empty`: it gives nothing;
 * - `one`: it fails for one of five things to do, and nothing was done for it;
 * - `other`: it stores another content for one of five, and says that all is well;
 * - `ends`: no further node runs, as when n8n ends right after it;
 * - `killed`: n8n is really ended right after it.
 */
export type Fault = 'fails' | 'empty' | 'one' | 'other' | 'ends' | 'killed';

export const FAULTS: Fault[] = ['fails', 'empty', 'one', 'other', 'ends', 'killed'];

type Node = WorkflowJson['nodes'][number];

const TRIGGERS = /trigger|webhook|stickyNote/i;

/**
 * Nodes that ask something of the world outside n8n, so that one item can fail where others do not.
 */
const OUTSIDE = /guichet|readWriteFile|httpRequest|crypto|extractFromFile|convertToFile|dataTable/;

/**
 * Whether a node begins executions, or is no node of the chain at all.
 */
export const isTrigger = ({ type, parameters }: Node): boolean =>
	TRIGGERS.test(type) && !type.endsWith('respondToWebhook') && parameters.operation === undefined;

/** A table is made of all items together, so that none of them fails alone. */
export const canFailForOne = ({ type, parameters }: Node): boolean =>
	OUTSIDE.test(type) && parameters.operation !== 'csv';

/**
 * Nodes that can end well and give nothing. The others give something for each item that they get.
 */
const MAY_BE_EMPTY =
	/guichet|readWriteFile|extractFromFile|convertToFile|dataTable|code$|filter|splitOut|splitInBatches/;

export const canGiveNothing = ({ type }: Node): boolean => MAY_BE_EMPTY.test(type);

const code = (jsCode: string, mode: 'runOnceForEachItem' | 'runOnceForAllItems') => ({
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { mode, jsCode },
});

/** The third item of a run, or the third run of a loop. */
const THIRD = '$itemIndex === 2 || $runIndex === 2';

export interface Injection {
	node: string;
	fault: Fault;
	/** Tells the bad one of five. */
	third?: string;
	/** Where a call ends n8n; for `killed`. */
	killUrl?: string;
}

/** A copy of a workflow with one fault. */
export function withFault(
	workflow: WorkflowJson,
	{ node: name, fault, third = THIRD, killUrl = '' }: Injection,
): WorkflowJson {
	const copy = JSON.parse(JSON.stringify(workflow)) as WorkflowJson;
	const node = copy.nodes.find((one) => one.name === name);
	if (!node) throw new Error(`${workflow.name} has no node ${name}`);
	const injected = `Injected: ${name}`;
	if (fault === 'fails')
		Object.assign(node, code(`throw new Error('injected');`, 'runOnceForEachItem'));
	else if (fault === 'empty') Object.assign(node, code('return [];', 'runOnceForAllItems'));
	else if (fault === 'ends')
		instead(copy, node, {
			name: injected,
			...code(`throw new Error('cut here');`, 'runOnceForAllItems'),
		});
	else if (fault === 'killed') instead(copy, node, ending(injected, killUrl));
	else if (fault === 'other') before(copy, node, otherContent(injected, node, third));
	else if (node.onError === 'continueRegularOutput')
		behind(copy, node, oneBadResult(injected, third));
	else if (node.onError === 'continueErrorOutput') aside(copy, node, injected, third);
	else before(copy, node, oneBadItem(injected, third));
	return copy;
}

/**
 * The one node that follows and that stops the execution when it fails: an end right after the
 * first is then the very same as the failure of the second.
 */
export function stopsNextTo(workflow: WorkflowJson, name: string): string | undefined {
	const targets = Object.values(workflow.connections).flatMap(({ main }) =>
		(main ?? []).flatMap((output) => output ?? []),
	);
	const [next, ...others] = (workflow.connections[name]?.main ?? []).flatMap(
		(output) => output ?? [],
	);
	const node = workflow.nodes.find((one) => one.name === next?.node);
	if (!node || others.length > 0 || node.onError || node.retryOnFail) return undefined;
	return targets.filter((one) => one.node === node.name).length === 1 ? node.name : undefined;
}

const ending = (name: string, url: string): Node => ({
	name,
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: { method: 'POST', url, options: { timeout: 60_000 } },
});

/** The node went on regardless, and says of one item that it failed. */
const oneBadResult = (name: string, third: string): Node => ({
	name,
	...code(`return ${third} ? { json: { error: 'injected' } } : $input.item;`, 'runOnceForEachItem'),
});

/** What is stored is not what was received, as after a write that broke off unseen. */
function otherContent(name: string, { parameters }: Node, third: string): Node {
	const field = JSON.stringify(parameters.dataPropertyName ?? 'data');
	return {
		name,
		...code(
			`if (!(${third})) return $input.item;
const { id, ...file } = $input.item.binary[${field}];
const half = { ...file, data: Buffer.from('half').toString('base64') };
return { json: $input.item.json, binary: { ...$input.item.binary, [${field}]: half } };`,
			'runOnceForEachItem',
		),
	};
}

/** The item never reaches the node. */
const oneBadItem = (name: string, third: string): Node => ({
	name,
	...code(`if (${third}) throw new Error('injected');\nreturn $input.item;`, 'runOnceForEachItem'),
});

/** Puts a node in the place of all that follows another one. */
function instead(workflow: WorkflowJson, node: Node, added: Node): void {
	workflow.nodes.push(added);
	const outputs = workflow.connections[node.name]?.main ?? [[]];
	workflow.connections[node.name] = { main: outputs.map(() => [to(added.name)]) };
}

/** Puts a node between another one's first output and what follows. */
function behind(workflow: WorkflowJson, node: Node, added: Node): void {
	workflow.nodes.push(added);
	const outputs = workflow.connections[node.name]?.main ?? [[]];
	workflow.connections[added.name] = { main: [outputs[0] ?? []] };
	workflow.connections[node.name] = { main: [[to(added.name)], ...outputs.slice(1)] };
}

/**
 * Puts a node before another one, and at its place: of two branches n8n runs the upper one first.
 */
function before(workflow: WorkflowJson, node: Node, added: Node): void {
	for (const outputs of Object.values(workflow.connections))
		outputs.main = (outputs.main ?? []).map(
			(output) =>
				output?.map((target) => (target.node === node.name ? to(added.name) : target)) ?? null,
		);
	workflow.nodes.push({ ...added, position: node.position });
	workflow.connections[added.name] = { main: [[to(node.name)]] };
}

/**
 * Sends the bad one past a node to where that one sends what fails. The others pass as they are:
 * an error output would take those that carry an error of an earlier node.
 */
function aside(workflow: WorkflowJson, node: Node, name: string, third: string): void {
	const failed = `${name}, failed`;
	before(workflow, node, {
		name,
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
				conditions: [
					{
						id: 'bad',
						leftValue: `={{ ${third} }}`,
						rightValue: '',
						operator: { type: 'boolean', operation: 'true', singleValue: true },
					},
				],
				combinator: 'and',
			},
			options: {},
		},
	});
	workflow.nodes.push({
		name: failed,
		...code(`return { json: { ...$input.item.json, error: 'injected' } };`, 'runOnceForEachItem'),
	});
	workflow.connections[name] = { main: [[to(failed)], [to(node.name)]] };
	workflow.connections[failed] = { main: [workflow.connections[node.name]?.main?.[1] ?? []] };
}

const to = (node: string) => ({ node, type: 'main' as const, index: 0 });
