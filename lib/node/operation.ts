import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { GuichetError } from '../errors/guichet-error';
import type { Fields } from './fields';
import type { ItemContext } from './item-context';

/** What an operation gives for one item: its data, or several, with files where there are some. */
export type OperationResult = IDataObject | IDataObject[] | OutputItem | OutputItem[];

/** What an operation that treats all items in one run knows about one of its results. */
export interface ResultOrigin {
	/** The input items that it comes from; all of the run when absent. */
	items?: number[];
	/**
	 * Why this part of a result is missing. n8n sends such an item to the error output where there is
	 * one; what is known all the same (the result's `json`) stands in its `details`.
	 */
	failure?: unknown;
}

/**
 * An item with files, or with an origin of its own. Data alone needs no wrapping.
 *
 * @example new OutputItem({ caseId }, { data: await context.storeFile(stream, 'acte.pdf') });
 */
export class OutputItem {
	constructor(
		readonly json: IDataObject,
		readonly binary: INodeExecutionData['binary'] = {},
		readonly origin: ResultOrigin = {},
	) {}
}

/** What came of a creation with an unknown outcome; `undefined` where that cannot be seen. */
export type FindOutcome<Api> = (
	context: ItemContext<Api>,
	failure: GuichetError,
) => Promise<OperationResult | undefined>;

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
	/**
	 * For an operation whose one call creates something: an item that n8n's *Retry On Fail* brings
	 * again is not created again. `findOutcome` tells what came of an unknown outcome. An operation
	 * of several steps uses {@link ItemContext.once} for each that creates.
	 */
	creates?: true | { findOutcome: FindOutcome<Api> };
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
	/**
	 * Opens the service once per execution; credentials are read here and nowhere else.
	 *
	 * @param form the values of the first item, for settings that hold for the whole execution
	 */
	connect(execution: IExecuteFunctions, form: Fields): Promise<Api>;
	/** How many items are treated at once when the operation allows it; undefined for the usual. */
	parallelItems?(form: Fields): number | undefined;
}
