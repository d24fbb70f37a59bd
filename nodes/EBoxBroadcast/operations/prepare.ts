import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../../../lib/node/operation';
import { LARGEST_LIST } from '../batch/recipients/lists';
import { DEFAULT_SETTINGS, prepareBroadcast } from '../batch/prepare';
import type { NoService } from '../connect';
import {
	earlierLists,
	earlierSources,
	fileSource,
	inputDialect,
	listFormat,
	listFormatOf,
} from './csv-fields';
import { digestMethodOf, metadataFields, metadataSettings } from './metadata-fields';
import { filesOf, outputFields, outputItems } from './prepared-output';
import { BinaryStore } from './binary-store';
import { languageVersions, messageFields, versions } from './version-fields';

const notice: INodeProperties = {
	displayName:
		'The XML schema of the batch procedure is not public: the built-in XML follows the public EboxMessage schema. Ask eBoxIntegration@smals.be for the annex before the first real use.',
	name: 'annexNotice',
	type: 'notice',
	default: '',
};

const cutting: INodeProperties[] = [
	{
		displayName: 'Cut Lists',
		name: 'strategy',
		type: 'options',
		options: [
			{
				name: 'Even',
				value: 'even',
				description: 'Lists of nearly equal size: 1,000,000 becomes 4 × 250,000',
			},
			{
				name: 'Fill',
				value: 'fill',
				description: 'Full lists and a rest: 1,000,000 becomes 3 × 300,000 and 100,000',
			},
		],
		default: 'fill',
	},
	{
		displayName: 'Maximum List Size',
		name: 'maximumSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: LARGEST_LIST },
		default: LARGEST_LIST,
		description: 'Most recipients per list; the procedure allows 300,000, fewer are possible',
	},
];

const rules: INodeProperties[] = [
	{
		displayName: 'On Rejected Numbers',
		name: 'onReject',
		type: 'options',
		options: [
			{
				name: 'Continue Without Them',
				value: 'continue',
				description: 'The rejects are listed in a file with line and reason',
			},
			{ name: 'Stop', value: 'stop', description: 'Nothing is prepared; repetitions do not count' },
		],
		default: 'continue',
	},
	{
		displayName: 'On a Person in Two Versions',
		name: 'onSecondVersion',
		type: 'options',
		options: [
			{ name: 'Keep the First Version', value: 'keepFirst' },
			{ name: 'Stop', value: 'stop', description: 'Nothing is prepared' },
		],
		default: 'keepFirst',
	},
];

export const prepare: Operation<NoService> = {
	name: 'Prepare',
	value: 'prepare',
	action: 'Prepare a broadcast',
	description:
		'Make the input files of each language version: the document, the XML, the recipient lists of at most 300,000, and a manifest',
	mode: 'sequential',
	fields: [
		notice,
		versions,
		...messageFields,
		...cutting,
		...rules,
		...outputFields,
		inputDialect,
		earlierLists,
		listFormat,
		...metadataFields,
	],
	async run(context) {
		const store = new BinaryStore(context);
		const prepared = await prepareBroadcast(
			languageVersions(context, (row) => fileSource(context, row.text('recipientsField'), context)),
			earlierSources(context),
			{
				...DEFAULT_SETTINGS,
				strategy: context.text('strategy') === 'even' ? 'even' : 'fill',
				maximumSize: context.number('maximumSize', { min: 1, max: LARGEST_LIST }),
				listFormat: listFormatOf(context),
				metadata: await metadataSettings(context),
				digestMethod: digestMethodOf(context),
				onReject: context.text('onReject') === 'stop' ? 'stop' : 'continue',
				onSecondVersion: context.text('onSecondVersion') === 'stop' ? 'stop' : 'keepFirst',
				output: filesOf(context),
			},
			store.sink,
		);
		return outputItems(context, prepared, store);
	},
};
