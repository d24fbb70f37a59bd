import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import pLimit from 'p-limit';

import { GuichetError, invalidInput } from '../errors/guichet-error';
import { Fields } from './fields';
import { formSource } from './form-fields';
import { ItemContext } from './item-context';
import { assertN8nIsNewEnough, type FailureForm, failureForm } from './n8n-version';
import { factsOf, toNodeError } from './node-error';
import { type Operation, type OperationResult, type OperationTable, OutputItem } from './operation';
import { RunMemory } from './run-memory';

const DEFAULT_PARALLEL_ITEMS = 4;

/**
 * Runs the chosen operation of a table over all items: bounded concurrency, results in item order,
 * "On Error: Continue" item by item, paired items, readable errors. When an item fails and the
 * workflow is to stop, no new item begins, those under way are brought to their end, and the
 * message says how many were done.
 *
 * @example async execute() { return await executeTable(this, hubEeTable); }
 */
export async function executeTable<Api>(
	execution: IExecuteFunctions,
	table: OperationTable<Api>,
): Promise<INodeExecutionData[][]> {
	const operation = chosenOperation(execution, table);
	const itemCount = execution.getInputData().length;
	const form = [...operation.fields, ...(table.shared ?? [])];
	const { api, parallelItems } = await connect(execution, table, form);
	const memory = RunMemory.of(execution);
	const contextOf = (item: number) =>
		new ItemContext(execution, api, item, form, itemCount, memory);
	try {
		if (operation.mode === 'once') {
			const everyItem = Array.from({ length: itemCount }, (_, item) => ({ item }));
			return [await runOne(execution, operation, contextOf(0), memory, everyItem)];
		}
		const parallel = operation.mode === 'sequential' ? 1 : parallelItems;
		return [await runEach(execution, operation, contextOf, memory, parallel)];
	} finally {
		memory.endOfTry();
	}
}

async function connect<Api>(
	execution: IExecuteFunctions,
	table: OperationTable<Api>,
	form: readonly INodeProperties[],
): Promise<{ api: Api; parallelItems: number }> {
	const first = new Fields(formSource(form, (name) => execution.getNodeParameter(name, 0, null)));
	try {
		assertN8nIsNewEnough();
		const api = await table.connect(execution, first);
		return { api, parallelItems: table.parallelItems?.(first) ?? DEFAULT_PARALLEL_ITEMS };
	} catch (error) {
		throw toNodeError(execution.getNode(), error, 0);
	}
}

function chosenOperation<Api>(
	execution: IExecuteFunctions,
	table: OperationTable<Api>,
): Operation<Api> {
	const resourceName = execution.getNodeParameter('resource', 0) as string;
	const operationName = execution.getNodeParameter('operation', 0) as string;
	const operation = table.resources
		.find(({ value }) => value === resourceName)
		?.operations.find(({ value }) => value === operationName);
	if (operation) return operation;
	throw toNodeError(
		execution.getNode(),
		invalidInput(
			'Operation',
			`"${resourceName}: ${operationName}" does not exist in this version of the node`,
		),
		0,
	);
}

async function runEach<Api>(
	execution: IExecuteFunctions,
	operation: Operation<Api>,
	contextOf: (item: number) => ItemContext<Api>,
	memory: RunMemory,
	parallel: number,
): Promise<INodeExecutionData[]> {
	const itemCount = execution.getInputData().length;
	const results: INodeExecutionData[][] = [];
	const failures = new Map<number, unknown>();
	const limit = pLimit(Math.max(1, parallel));
	await Promise.all(
		Array.from({ length: itemCount }, (_, item) =>
			limit(async () => {
				if (failures.size > 0) return;
				try {
					results[item] = await runOne(execution, operation, contextOf(item), memory, { item });
				} catch (error) {
					failures.set(item, error);
				}
			}),
		),
	);
	if (failures.size === 0) return results.flat();
	const first = Math.min(...failures.keys());
	const done = Object.keys(results).length;
	throw withProgress(toNodeError(execution.getNode(), failures.get(first), first), done, itemCount);
}

/** One run of the operation, and what becomes of its failure. */
async function runOne<Api>(
	execution: IExecuteFunctions,
	operation: Operation<Api>,
	context: ItemContext<Api>,
	memory: RunMemory,
	pairedItem: INodeExecutionData['pairedItem'],
): Promise<INodeExecutionData[]> {
	try {
		context.signal?.throwIfAborted();
		return itemsOf(await resultOf(operation, context)).map(({ json, binary, origin }) => {
			const from = origin.items?.map((item) => ({ item })) ?? pairedItem;
			if (origin.failure !== undefined) {
				memory.noteFailure();
				return failedItem(
					execution,
					origin.failure,
					origin.items?.[0] ?? context.itemIndex,
					from,
					json,
				);
			}
			return {
				json,
				pairedItem: from,
				...(binary && Object.keys(binary).length > 0 ? { binary } : {}),
			};
		});
	} catch (error) {
		memory.noteFailure();
		const cancelled = context.signal?.aborted === true;
		if (cancelled || !execution.continueOnFail())
			throw toNodeError(execution.getNode(), error, context.itemIndex);
		return [failedItem(execution, error, context.itemIndex, pairedItem)];
	}
}

async function resultOf<Api>(
	operation: Operation<Api>,
	context: ItemContext<Api>,
): Promise<OperationResult> {
	const { creates } = operation;
	if (creates === undefined) return await operation.run(context);
	return await context.once(
		'operation',
		async () => await operation.run(context),
		creates === true ? undefined : async (failure) => await creates.findOutcome(context, failure),
	);
}

/**
 * What "On Error: Continue" hands on: the message as `error`, and the facts that a workflow can
 * branch on as `details`. Older versions of n8n do not know such an item as a failed one and would
 * send it to the success output, so that they get the facts under another name.
 */
function failedItem(
	execution: IExecuteFunctions,
	failure: unknown,
	itemIndex: number,
	pairedItem: INodeExecutionData['pairedItem'],
	known: IDataObject = {},
): INodeExecutionData {
	const node = execution.getNode();
	const error = toNodeError(node, failure, itemIndex);
	const facts = failure instanceof GuichetError ? (factsOf(failure) as IDataObject) : {};
	const details = { ...known, ...facts };
	// n8n has to recognise a failed item only where it has an output of its own.
	const form = node.onError === 'continueErrorOutput' ? failureForm() : 'details';
	return { ...FAILED[form](error, details), pairedItem };
}

const FAILED: Record<
	FailureForm,
	(error: ReturnType<typeof toNodeError>, details: IDataObject) => INodeExecutionData
> = {
	details: ({ message }, details) => ({ json: { error: message, details } }),
	message: ({ message }, details) => ({ json: { error: message, message: details } }),
	property: (error, details) => ({ json: { error: error.message, details }, error }),
};

function itemsOf(result: OperationResult): OutputItem[] {
	const list = Array.isArray(result) ? result : [result];
	return list.map((one) => (one instanceof OutputItem ? one : new OutputItem(one)));
}

/** When the workflow stops at an item, the person has to know that the others were not undone. */
function withProgress<E extends ReturnType<typeof toNodeError>>(
	error: E,
	done: number,
	itemCount: number,
): E {
	if (itemCount < 2) return error;
	const text =
		`${done} of ${itemCount} items had been completed when this item stopped the node; they were not undone. ` +
		'Set "On Error" to "Continue" in the node settings to get the results of the others.';
	error.description = [error.description, text].filter(Boolean).join('\n');
	return error;
}
