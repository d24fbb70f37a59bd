import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Operation, type Resource } from '../../../lib/node/operation';
import { listBytes, type ListPlan } from '../batch/recipients/lists';
import { store } from '../batch/files/output-file';
import { readEarlier } from '../batch/prepare';
import {
	checkRecipients,
	rejectedTotal,
	type RecipientSource,
} from '../batch/recipients/recipients';
import { RejectList } from '../batch/recipients/reject-list';
import type { NoService } from '../connect';
import {
	dialectOptions,
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
				description: 'A binary field of each item; the separator, encoding and column are detected',
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
		description: 'Name of the binary field with the CSV file',
	},
	{
		displayName: 'National Number',
		name: 'number',
		type: 'string',
		default: '={{ $json.niss }}',
		required: true,
		displayOptions: { show: { source: ['items'] } },
		description:
			'National number (NISS, INSZ) of each item, as text: a number has lost its leading zeros',
	},
	{ ...inputDialect, displayOptions: { show: { source: ['file'] } } },
	earlierLists,
	listFormat,
];

/** Checks one source, stores the cleaned list and the rejects. */
async function checkOne(
	context: ItemContext<NoService>,
	source: RecipientSource,
): Promise<OutputItem> {
	const stored = new BinaryStore(context);
	const format = listFormatOf(context);
	const earlier = await readEarlier(earlierSources(context));
	const rejectList = new RejectList(stored.sink, 'rejects.csv', '');
	try {
		const { counts, dialect, recipients } = await checkRecipients(source, {
			earlier,
			onReject: rejectList.add,
		});
		const rejects = await rejectList.finish();
		const all: ListPlan = { number: 1, first: 0, count: recipients.length };
		const list = await store(
			stored.sink,
			{ role: 'recipients', fileName: 'recipients.csv', mimeType: 'text/csv', language: '' },
			listBytes(recipients, all, format),
		);
		const json = {
			valid: rejects.count === 0,
			...counts,
			rejectedTotal: rejectedTotal(counts),
			dialect,
			firstRejects: rejects.first,
			recipientsFile: { fileName: 'recipients.csv', ...list },
			rejectsFile: { fileName: rejects.fileName, size: rejects.size, sha256: rejects.sha256 },
		};
		const binary = Object.fromEntries(stored.files.map((file) => [file.role, file.binary]));
		return new OutputItem(JSON.parse(JSON.stringify(json)), binary);
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
		const outputs: OutputItem[] = [];
		for (let i = 0; i < context.itemCount; i++) {
			const item = context.forItem(i);
			const source = fileSource(item, item.text('binaryField'), dialectOptions(item));
			outputs.push(await checkOne(item, source));
		}
		return outputs;
	},
};

/** Resource "Recipient". */
export const recipientResource: Resource<NoService> = {
	name: 'Recipient',
	value: 'recipient',
	description: 'The people in whose eBox a document is to appear, by national number',
	operations: [check],
};
