import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeProperties,
	INodeTypeDescription,
	NodeExecutionHint,
} from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { BinaryStore } from './binary-store';

export interface ExecutionSetup {
	/**
	 * The form of the node (`formOf(table)`): fields that `parameters` leaves out get the default
	 * that n8n would give them.
	 */
	properties: INodeProperties[];
	/**
	 * What the person typed; a text `={{ $json.… }}` is resolved against each item, also inside
	 * collections.
	 */
	parameters: IDataObject;
	/** One empty item when absent. */
	items?: INodeExecutionData[];
	/** By credential type. */
	credentials?: Record<string, IDataObject>;
	/** "On Error: Continue". */
	continueOnFail?: boolean;
	/** The stop button. */
	signal?: AbortSignal;
	/** Shared with other executions, as one node's files are another's input. */
	store?: BinaryStore;
	node?: Partial<INode>;
	/** How often the node has run before in this execution. Running it again is another try. */
	runIndex?: number;
	/** What n8n keeps for one node in one execution; shared by the runs of a loop. */
	context?: object;
	/** What n8n's de-duplication remembers; shared by executions of one node. */
	processed?: Set<string>;
	/** In place of this fake's own, for a test that ends n8n in the middle of one. */
	deduplication?: Pick<IExecuteFunctions['helpers'], 'checkProcessedAndRecord' | 'removeProcessed'>;
	/** The same one again is n8n's "Retry On Fail". */
	executionId?: string;
	/** What was written to n8n's log: `warn: text`. */
	logged?: string[];
}

export interface FakeExecution {
	/** What `execute` is called on. */
	execution: IExecuteFunctions;
	store: BinaryStore;
	/** Advice that the node showed below its output. */
	hints: NodeExecutionHint[];
	/** How often each credential was read. */
	credentialReads: Record<string, number>;
}

/**
 * A node's execution by hand: the part of n8n's `IExecuteFunctions` that nodes use; anything else
 * throws with its name.
 */
export function fakeExecution(setup: ExecutionSetup): FakeExecution {
	const { items = [{ json: {} }], signal, store = new BinaryStore() } = setup;
	const { processed = new Set<string>() } = setup;
	const node = nodeOf(setup);
	const hints: NodeExecutionHint[] = [];
	const nodeContext = setup.context ?? {};
	const credentialReads: Record<string, number> = {};
	const helpers = {
		prepareBinaryData: store.store.bind(store),
		getBinaryStream: store.open.bind(store),
		// As in n8n: read, wait, write the whole list, without a lock.
		checkProcessedAndRecord: async (keys: string[]) => {
			const before = new Set(processed);
			await new Promise((resolve) => setImmediate(resolve));
			const seen = keys.filter((key) => before.has(key));
			processed.clear();
			for (const key of [...before, ...keys]) processed.add(key);
			return await Promise.resolve({
				new: keys.filter((key) => !seen.includes(key)),
				processed: seen,
			});
		},
		removeProcessed: async (keys: string[]) => {
			for (const key of keys) processed.delete(key);
			await Promise.resolve();
		},
		...setup.deduplication,
		returnJsonArray: (data: IDataObject | IDataObject[]) =>
			(Array.isArray(data) ? data : [data]).map((json) => ({ json })),
	};
	const functions = {
		helpers: strict('helpers', helpers),
		getNode: () => structuredClone(node),
		getInputData: () => items,
		getNodeParameter: (name: string, itemIndex: number, fallback?: unknown) => {
			const value = valueAt(node.parameters, name) ?? fallback;
			// As n8n does for a field that is not shown for the chosen operation.
			if (value === undefined) throw new Error(`Could not get parameter "${name}"`);
			return resolved(value, items[itemIndex]?.json ?? {});
		},
		getCredentials: async (type: string) => {
			const credential = setup.credentials?.[type];
			if (!credential) throw new Error(`Node does not have any credentials of type ${type} set`);
			credentialReads[type] = (credentialReads[type] ?? 0) + 1;
			return await Promise.resolve(structuredClone(credential) as ICredentialDataDecryptedObject);
		},
		continueOnFail: () => setup.continueOnFail === true,
		getExecutionCancelSignal: () => signal,
		// One for all tries of this execution's node, as n8n keeps it.
		getContext: () => nodeContext,
		getWorkflowDataProxy: () => ({ $runIndex: setup.runIndex ?? 0 }),
		addExecutionHints: (...added: NodeExecutionHint[]) => void hints.push(...added),
		getMode: () => 'manual',
		getWorkflow: () => ({ id: 'workflow', name: 'Workflow', active: false }),
		getExecutionId: () => setup.executionId ?? '1',
		logger: Object.fromEntries(
			['error', 'warn', 'info', 'debug'].map((level) => [
				level,
				(text: string) => void setup.logged?.push(`${level}: ${text}`),
			]),
		),
		getTimezone: () => 'Europe/Paris',
	};
	return {
		execution: strict('IExecuteFunctions', functions) as unknown as IExecuteFunctions,
		store,
		hints,
		credentialReads,
	};
}

/** The items of a node's only output. */
export async function outputOf(
	run: Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[]> {
	const outputs = await run;
	if (outputs.length !== 1) throw new Error(`The node has ${outputs.length} outputs, not one`);
	return outputs[0];
}

function nodeOf({ properties, parameters, node }: ExecutionSetup): INode {
	const typed: INode = {
		id: 'node',
		name: 'Node under test',
		type: 'n8n-nodes-guichet.test',
		typeVersion: 1,
		position: [0, 0],
		...node,
		parameters: parameters as INodeParameters,
	};
	const filled = NodeHelpers.getNodeParameters(
		properties,
		parameters as INodeParameters,
		true,
		false,
		typed,
		{ version: 1 } as INodeTypeDescription,
	);
	return { ...typed, parameters: filled ?? {} };
}

function valueAt(values: unknown, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>(
			(value, key) =>
				typeof value === 'object' && value !== null ? (value as IDataObject)[key] : undefined,
			values,
		);
}

/** Only the expressions that defaults and tests use: one reference to the item, alone. */
function resolved(value: unknown, json: IDataObject): unknown {
	if (Array.isArray(value)) return value.map((entry) => resolved(entry, json));
	if (typeof value === 'object' && value !== null && value.constructor === Object)
		return Object.fromEntries(
			Object.entries(value).map(([key, entry]) => [key, resolved(entry, json)]),
		);
	if (typeof value !== 'string' || !value.startsWith('=')) return value;
	const path = /^=\{\{\s*\$json\.([\w.]+)\s*\}\}$/.exec(value)?.[1];
	if (!path) throw new Error(`The fake execution cannot resolve the expression ${value}`);
	return valueAt(json, path);
}

/**
 * A function that the fake lacks fails by its name and not as "undefined is not a function"
 * somewhere else.
 */
function strict<T extends object>(what: string, functions: T): T {
	return new Proxy(functions, {
		get(target, name) {
			if (typeof name === 'symbol' || name in target || name === 'then')
				return Reflect.get(target, name) as unknown;
			throw new Error(`The fake ${what} has no "${name}": add it to test/unit/fakes`);
		},
	});
}
