import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';

import { MAX_WAIT_SECONDS } from '../../api/schedule';

type Option = INodeProperties | INodePropertyCollection;

const timeout: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeoutSeconds',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 30,
	description: 'How long to wait for each answer of the service',
};

const parallelItems: INodeProperties = {
	displayName: 'Parallel Items',
	name: 'parallelItems',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 50 },
	default: 4,
	description:
		'How many items wait for their results at the same time. Declarations are sent one after the other all the same.',
};

const giveUpAfter: INodeProperties = {
	displayName: 'Give Up After (Seconds)',
	name: 'giveUpAfter',
	type: 'number',
	typeOptions: { minValue: 2, maxValue: MAX_WAIT_SECONDS },
	default: MAX_WAIT_SECONDS,
	description:
		'Counted from the submission. Then the item has the status "pending" and keeps its declaration ID. Most results come within 90 seconds; the authority wants no automatic questions after 20 minutes.',
};

const includeRaw: INodeProperties = {
	displayName: 'Include Raw Answer',
	name: 'includeRaw',
	type: 'boolean',
	default: false,
	description:
		'Whether the item has the answer of the authority as it came under "raw". It holds national numbers and names, which n8n then stores with the execution.',
};

const sending: Option[] = [
	{
		displayName: 'Give New SSIN',
		name: 'giveNewSsin',
		type: 'boolean',
		default: false,
		description:
			'Whether a declaration that is refused because the SSIN of the worker was replaced gives an item with the new number under "newSsin", in place of an error. n8n then stores that number with the execution.',
	},
	includeRaw,
	{
		displayName: 'If Already Submitted',
		name: 'ifSubmittedBefore',
		type: 'options',
		options: [
			{
				name: 'Report Only',
				value: 'report',
				description: 'Send nothing, look for nothing',
			},
			{
				name: 'Search',
				value: 'search',
				description: 'Give what is found; fail when nothing is found',
			},
			{
				name: 'Search, Then Submit Again',
				value: 'submitAgain',
				description:
					'Give what is found; send when nothing is found and the authority can no longer be treating it, after twenty minutes',
			},
		],
		default: 'search',
		description: 'For a declaration that an earlier execution has begun to submit',
	},
	{
		displayName: 'Pause Between Declarations (Milliseconds)',
		name: 'pauseMs',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 500,
	},
	{
		displayName: 'Refuse Identical Declarations',
		name: 'guard',
		type: 'options',
		options: [
			{
				name: 'Across Executions',
				value: 'executions',
				description: 'Remembered by n8n for this node, also over a crash',
			},
			{ name: 'Never', value: 'off' },
			{ name: 'Within This Execution', value: 'execution' },
		],
		default: 'execution',
		description:
			'Same employer, worker, worker type, dates and hours. Within an execution this holds over "Retry On Fail" as well.',
	},
	{
		displayName: 'Search Before Giving Up (Seconds)',
		name: 'searchSeconds',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 600 },
		default: 60,
		description:
			'When an answer was lost: how long to search for the period that may have been created. 0 for not at all. The declaration is never sent again.',
	},
];

const collection = (options: Option[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [...options].sort((a, b) => a.displayName.localeCompare(b.displayName, 'en')),
});

export const submitOptions = collection([...sending, timeout]);
export const submitAndWaitOptions = collection([...sending, giveUpAfter, parallelItems, timeout]);
export const waitOptions = collection([giveUpAfter, includeRaw, parallelItems, timeout]);
export const resultOptions = collection([includeRaw, parallelItems, timeout]);
export const readOptions = collection([parallelItems, timeout]);
const searching: Option[] = [
	{
		displayName: 'Additional Filter (JSON)',
		name: 'filterJson',
		type: 'json',
		default: '{}',
		description:
			'Merged into the filter that is sent. Only the filter by employer is published; unknown names may be refused.',
	},
	{
		displayName: 'Only This SSIN',
		name: 'ssin',
		type: 'string',
		default: '',
		placeholder: 'e.g. 85.07.30-033.28',
		description: 'Compared by n8n on all pages, because the service’s own filter is not published',
	},
	{
		displayName: 'Page Size',
		name: 'pageSize',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
	},
	timeout,
];

export const searchOptions = collection(searching);
export const searchDeclarationsOptions = collection([includeRaw, ...searching]);
