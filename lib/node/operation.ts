import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { GuichetError } from '../errors/guichet-error';
import type { ItemContext } from './item-context';

/** What an operation gives for one item: its data, or several, with files where there are some. */
export type OperationResult = IDataObject | IDataObject[] | OutputItem | OutputItem[];

/** An item with files, or one that stands for a part that failed. Data alone needs no wrapping. */
export class OutputItem {
	constructor(
		readonly json: IDataObject,
		readonly binary: INodeExecutionData['binary'] = {},
		/** Why this part of a result is missing; with "On Error: Continue (using error output)" n8n sends the item there. */
		readonly failure?: GuichetError,
		/** The input items that it comes from, for an operation that treats all items in one run; all of them when absent. */
		readonly items?: number[],
	) {}
}

/** One operation of a node: how it is called, what it asks for, what it does. */
export interface Operation<Api> {
	/** Title Case, in the operation list: "Get Many". */
	name: string;
	value: string;
	/** Sentence case, in the node panel: "Get many notifications". */
	action: string;
	description: string;
	/** Shown when this operation is chosen; the table adds the `displayOptions`. */
	fields: INodeProperties[];
	/**
	 * - `parallel` (default): several items at once, as many as "Parallel Calls" allows
	 * - `sequential`: one item after the other
	 * - `once`: one run for all items; `context.itemCount` says how many there are
	 */
	mode?: 'parallel' | 'sequential' | 'once';
	run(context: ItemContext<Api>): Promise<OperationResult>;
}

/** The operations on one kind of thing. */
export interface Resource<Api> {
	/** Singular, Title Case: "Notification". */
	name: string;
	value: string;
	description?: string;
	operations: Array<Operation<Api>>;
}

/** A whole node: everything its form and its execution are made from. */
export interface OperationTable<Api> {
	/** The service's name in messages: "HubEE". */
	service: string;
	resources: Array<Resource<Api>>;
	/** Fields that every operation has, at the end of the form ("Options"). */
	shared?: INodeProperties[];
	/** Opens the service once per execution; credentials are read here and nowhere else. */
	connect(execution: IExecuteFunctions): Promise<Api>;
	/** How many items are treated at once when the operation allows it. */
	parallelItems?(execution: IExecuteFunctions): number;
}
