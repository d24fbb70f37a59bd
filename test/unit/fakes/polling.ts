import type {
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeProperties,
	INodeTypeDescription,
	IPollFunctions,
	IRun,
} from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { BinaryStore } from './binary-store';

export interface PollingSetup {
	/** The form of the node: fields that `parameters` leaves out get their default. */
	properties: INodeProperties[];
	parameters?: IDataObject;
	/** By credential type. */
	credentials?: Record<string, IDataObject>;
	mode?: 'trigger' | 'manual';
	/** Milliseconds; absent on n8n before 2.39. */
	budget?: number;
	workflowId?: string;
	/** What n8n keeps for the node under its name. Written in place, as n8n's is. */
	staticData?: IDataObject;
	/** What n8n keeps for the whole workflow. Written in place, as n8n's is. */
	globalStaticData?: IDataObject;
	node?: Partial<INode>;
	/** Where files go. */
	store?: BinaryStore;
	/** Executions that the trigger starts itself: their items, and how to end them. */
	started?: StartedExecution[];
}

/** An execution that a trigger has started by itself. */
export interface StartedExecution {
	items: INodeExecutionData[][];
	end(status: 'success' | 'error' | 'waiting'): Promise<void>;
	/** n8n could not run it. */
	fail(error: Error): Promise<void>;
}

export interface FakePolling {
	/** What `poll` is called on. */
	polling: IPollFunctions;
	warnings: string[];
}

interface Settle {
	resolve(value: unknown): void;
	reject(error: Error): void;
}

const nextTurn = async () => await new Promise<void>((resolve) => setImmediate(resolve));

let workflows = 0;

/** A new id, because a trigger remembers its workflow as long as the process lives. */
export function newWorkflowId(): string {
	workflows += 1;
	return `workflow-${workflows}`;
}

/**
 * A poll by hand: the part of n8n's `IPollFunctions` that our triggers use; anything else throws
 * with its name.
 */
export function fakePolling(setup: PollingSetup): FakePolling {
	const { properties, parameters = {}, credentials = {}, staticData = {}, budget } = setup;
	const { globalStaticData = {} } = setup;
	const { store = new BinaryStore() } = setup;
	const { mode = 'trigger', workflowId = newWorkflowId() } = setup;
	const warnings: string[] = [];
	const node: INode = {
		id: 'node-1',
		name: 'Trigger',
		type: 'n8n-nodes-guichet.trigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...setup.node,
	};
	const filled =
		NodeHelpers.getNodeParameters(properties, parameters as INodeParameters, true, false, node, {
			version: 1,
		} as INodeTypeDescription) ?? {};
	const known: Record<string, unknown> = {
		helpers: {
			prepareBinaryData: store.store.bind(store),
			createDeferredPromise: () => {
				const settle = {} as Settle;
				const promise = new Promise((resolve, reject) =>
					Object.assign(settle, { resolve, reject }),
				);
				return { promise, ...settle };
			},
		},
		__emit: (items: INodeExecutionData[][], _: unknown, done: Settle) => {
			setup.started?.push({
				items,
				end: async (status) => {
					done.resolve({ status } as IRun);
					await nextTurn();
				},
				fail: async (error) => {
					done.reject(error);
					await nextTurn();
				},
			});
		},
		getNode: () => structuredClone(node),
		getWorkflow: () => ({ id: workflowId, name: 'A workflow', active: true }),
		getMode: () => mode,
		getNodeParameter: (name: string, fallback?: unknown) => {
			const value = filled[name] ?? fallback;
			// As n8n does for a field that is not shown.
			if (value === undefined) throw new Error(`Could not get parameter "${name}"`);
			return value;
		},
		getCredentials: async (type: string) => await Promise.resolve({ ...credentials[type] }),
		getWorkflowStaticData: (type: string) => (type === 'global' ? globalStaticData : staticData),
		getPollBudgetMs: budget === undefined ? undefined : () => budget,
		logger: { warn: (message: string) => warnings.push(message) },
	};
	const strict = new Proxy(known, {
		get: (target, name: string) => {
			if (name in target) return target[name];
			throw new Error(`the fake has no ${name}`);
		},
	});
	return { polling: strict as unknown as IPollFunctions, warnings };
}
