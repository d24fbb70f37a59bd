import type { INodeProperties } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { toNodeError } from '../../../lib/node/node-error';
import {
	OutputItem,
	type Operation,
	type Resource,
	type ResultOrigin,
} from '../../../lib/node/operation';
import { listBytes, type ListPlan } from '../batch/recipients/lists';
import { store } from '../batch/files/output-file';
import { readEarlier } from '../batch/prepare';
import {
	checkRecipients,
	rejectedTotal,
	type RecipientSource,
} from '../batch/recipients/recipients';
import { recipientWarnings, summaryOf, unreadable } from '../batch/recipients/summary';
import { RejectList } from '../batch/recipients/reject-list';
import type { NoService } from '../connect';
import {
	earlierLists,
	earlierSources,
	fileSource,
	inputDialect,
	listFormat,
	listFormatOf,
} from './csv-fields';
import { BinaryStore } from './binary-store';

const fields: INodeProperties[] = [
	{
		displayName: 'Recipients From',
		name: 'source',
		type: 'options',
		options: [
			{
				name: 'CSV File',
				value: 'file',
				description:
					'A CSV or .xlsx file in a binary field of each item; separator, encoding and column are detected',
			},
			{
				name: 'Items',
				value: 'items',
				description: 'One national number per item; all items together are one list',
			},
		],
		default: 'file',
	},
	{
		displayName: 'Input Data Field Name',
		name: 'binaryField',
		type: 'string',
		default: 'data',
		required: true,
		displayOptions: { show: { source: ['file'] } },
		description: 'Name of the binary field with the CSV or .xlsx file',
	},
	{
		displayName: 'National Number',
		name: 'number',
		type: 'string',
		default: '={{ $json.niss }}',
		required: true,
		displayOptions: { show: { source: ['items'] } },
		description:
			'National number (NISS, INSZ) of each item, best as text: a number has lost its leading zeros, and gets them back only when the check number proves them',
	},
	{ ...inputDialect, displayOptions: { show: { source: ['file'] } } },
	earlierLists,
	listFormat,
];

/** Checks one source, stores the cleaned list and the rejects. */
async function checkOne(
	context: ItemContext<NoService>,
	source: RecipientSource,
	origin: ResultOrigin = {},
): Promise<OutputItem> {
	const stored = new BinaryStore(context);
	const format = listFormatOf(context);
	const earlier = await readEarlier(earlierSources(context));
	const rejectList = new RejectList(stored.sink, 'rejects.csv', '');
	try {
		const checked = await checkRecipients(source, {
			earlier: earlier.people,
			onReject: rejectList.add,
		});
		const { counts, dialect, workbook, recipients } = checked;
		const rejects = await rejectList.finish();
		const all: ListPlan = { number: 1, first: 0, count: recipients.length };
		const list = await store(
			stored.sink,
			{ role: 'recipients', fileName: 'recipients.csv', mimeType: 'text/csv', language: '' },
			listBytes(recipients, all, format),
		);
		const warnings = [...earlier.warnings, ...recipientWarnings(checked)];
		for (const warning of warnings) context.warn(warning);
		const json = {
			valid: rejects.count === 0 && counts.read > 0,
			summary: summaryOf(counts),
			...(source.kind === 'csv' ? { fileName: source.name } : {}),
			...counts,
			rejectedTotal: rejectedTotal(counts),
			// Of what was read: a workflow can stop where a person would frown.
			unreadableShare: counts.read === 0 ? 0 : unreadable(counts) / counts.read,
			dialect,
			workbook,
			...(earlier.lists.length > 0 ? { earlierLists: earlier.lists } : {}),
			warnings,
			firstRejects: rejects.first,
			recipientsFile: { fileName: 'recipients.csv', ...list },
			rejectsFile: { fileName: rejects.fileName, size: rejects.size, sha256: rejects.sha256 },
		};
		const binary = Object.fromEntries(stored.files.map((file) => [file.role, file.binary]));
		return new OutputItem(JSON.parse(JSON.stringify(json)), binary, origin);
	} finally {
		await rejectList.abandon();
	}
}

function* numbersOf(context: ItemContext<NoService>): Generator<unknown> {
	for (let i = 0; i < context.itemCount; i++) yield context.forItem(i).raw('number');
}

const check: Operation<NoService> = {
	name: 'Check',
	value: 'check',
	action: 'Check recipients',
	description:
		'Clean, check and de-duplicate national numbers; gives the clean list, and the rejects with line, reason and masked number',
	fields,
	// All items together are one list when the numbers are in items.
	mode: 'once',
	async run(context) {
		if (context.text('source') === 'items') {
			return await checkOne(context, { kind: 'values', values: numbersOf(context) });
		}
		return await checkFiles(context);
	},
};

/**
 * Checks the file of each item. Each file reports for itself: one that cannot be read says so in
 * its own item, and the others are checked all the same. When none can be read, the node fails.
 */
async function checkFiles(context: ItemContext<NoService>): Promise<OutputItem[]> {
	const outputs: OutputItem[] = [];
	const failures: Array<ReturnType<typeof toNodeError>> = [];
	for (let i = 0; i < context.itemCount; i++) {
		const item = context.forItem(i);
		try {
			const source = fileSource(item, item.text('binaryField'), item);
			outputs.push(await checkOne(item, source, { items: [i] }));
		} catch (error) {
			const failure = toNodeError(context.execution.getNode(), error, i);
			if (!(error instanceof GuichetError) || error.code !== 'invalid_input') throw failure;
			failures.push(failure);
			outputs.push(
				context.execution.continueOnFail()
					? new OutputItem({}, {}, { items: [i], failure: error })
					: unreadableFile(item, error),
			);
		}
	}
	const [first] = failures;
	if (first && failures.length === outputs.length && !context.execution.continueOnFail()) {
		throw first;
	}
	return outputs;
}

/** The report on a file that cannot be read. n8n takes a field named "error" for its own. */
function unreadableFile(item: ItemContext<NoService>, error: GuichetError): OutputItem {
	const { hint, data } = error.details;
	item.warn(`Item ${item.itemIndex}: ${error.message}`);
	return new OutputItem(
		{
			valid: false,
			summary: `not read: ${error.message}`,
			problem: data?.problem ?? error.code,
			...(hint === undefined ? {} : { hint }),
			read: 0,
			accepted: 0,
			rejectedTotal: 0,
		},
		{},
		{ items: [item.itemIndex] },
	);
}

/** Resource "Recipient". */
export const recipientResource: Resource<NoService> = {
	name: 'Recipient',
	value: 'recipient',
	description: 'The people in whose eBox a document is to appear, by national number',
	operations: [check],
};
