import type { INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Operation } from '../../../lib/node/operation';
import { DEFAULT_SETTINGS, prepareBroadcast } from '../batch/prepare';
import type { RecipientSource } from '../batch/recipients/recipients';
import type { NoService } from '../connect';
import { fileSource, inputDialect, listFormat, listFormatOf } from './csv-fields';
import { digestMethodOf, metadataFields, metadataSettings } from './metadata-fields';
import { filesOf, outputFields, outputItems } from './prepared-output';
import { BinaryStore } from './binary-store';
import { languageVersions, messageFields, testVersions } from './version-fields';

/** People whose eBox somebody can look into; the procedure says "limited" without a number. */
const USUAL_TEST_LIMIT = 50;

const testers: INodeProperties[] = [
	{
		displayName: 'Test Recipients From',
		name: 'testSource',
		type: 'options',
		options: [
			{ name: 'CSV File', value: 'file', description: 'A binary field of the item' },
			{
				name: 'Text',
				value: 'text',
				description: 'Typed here or given by an expression; the numbers are stored in the workflow',
			},
		],
		default: 'file',
	},
	{
		displayName: 'Test Recipients Field Name',
		name: 'testField',
		type: 'string',
		default: 'testRecipients',
		required: true,
		displayOptions: { show: { testSource: ['file'] } },
		description: 'Name of the binary field with the list of test recipients: a CSV or .xlsx file',
	},
	{
		displayName: 'Test Recipients',
		name: 'testRecipients',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		placeholder: 'e.g. 85.07.30-033.28',
		displayOptions: { show: { testSource: ['text'] } },
		description:
			'National numbers of people whose eBox can be checked, for example of the institution; one per line, or separated by commas',
	},
	{
		displayName: 'Maximum Test Recipients',
		name: 'testLimit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: USUAL_TEST_LIMIT,
		description: 'A longer list is refused, so that a production list is never sent as a test',
	},
];

/** Each version reads the same testers, so each gets a source of its own. */
function testRecipients(context: ItemContext<NoService>): RecipientSource {
	if (context.text('testSource') === 'file') {
		return fileSource(context, context.text('testField'), context);
	}
	const numbers = context.list('testRecipients');
	if (numbers.length === 0) throw invalidInput(context.label('testRecipients'), 'is empty');
	return { kind: 'values', values: numbers };
}

export const makeTestSet: Operation<NoService> = {
	name: 'Make Test Set',
	value: 'makeTestSet',
	action: 'Make the test set of a broadcast',
	description:
		'Make the same input files with a limited list of recipients, for the acceptance test at least 5 working days before',
	mode: 'sequential',
	fields: [
		testVersions,
		...messageFields,
		...testers,
		...outputFields,
		inputDialect,
		listFormat,
		...metadataFields,
	],
	async run(context) {
		const store = new BinaryStore(context);
		const prepared = await prepareBroadcast(
			languageVersions(context, () => testRecipients(context)),
			[],
			{
				...DEFAULT_SETTINGS,
				purpose: 'acceptance test',
				label: 'test',
				limit: context.number('testLimit', { min: 1 }),
				// Testers look at every version, and each of them is known by name: a wrong number is a
				// slip.
				onSecondVersion: 'allow',
				onReject: 'stop',
				listFormat: listFormatOf(context),
				metadata: await metadataSettings(context),
				digestMethod: digestMethodOf(context),
				output: filesOf(context),
			},
			store.sink,
		);
		return outputItems(context, prepared, store);
	},
};
