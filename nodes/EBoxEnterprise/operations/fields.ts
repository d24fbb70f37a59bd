import type { INodeProperties } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';

/**
 * Fields that several operations ask for. The same object in two operations of a resource keeps its
 * value when the person switches.
 */

export const messageId: INodeProperties = chooseFrom(
	{
		displayName: 'Message ID',
		name: 'messageId',
		type: 'string',
		default: '={{ $json.messageId }}',
		required: true,
		placeholder: 'e.g. 5c8f1f6e2d3a4b5c',
	},
	'messages',
	['providerId'],
);

export const providerId: INodeProperties = chooseFrom(
	{
		displayName: 'Provider ID',
		name: 'providerId',
		type: 'string',
		default: '={{ $json.providerId }}',
		placeholder: 'e.g. NSSO',
		description:
			'The Document Provider that holds the message; each listed message names it. Empty or "official" for the official one (NSSO).',
	},
	'providers',
);

export const providers: INodeProperties = {
	displayName: 'Providers',
	name: 'providers',
	type: 'options',
	options: [
		{
			name: 'All Providers',
			value: 'all',
			description: 'All that the federation lists as active: only together they are the e-Box',
		},
		{
			name: 'Official Provider Only',
			value: 'official',
			description: 'The NSSO’s message registry, without asking for the list',
		},
		{ name: 'Selected Providers', value: 'selected' },
	],
	default: 'all',
	description: 'Which Document Providers are asked; there is no central query for machines',
};

export const providerIds: INodeProperties = {
	displayName: 'Provider IDs',
	name: 'providerIds',
	type: 'string',
	displayOptions: { show: { providers: ['selected'] } },
	default: '',
	required: true,
	placeholder: 'e.g. NSSO, official',
	description: 'IDs from Provider: Get Many, separated by commas',
};

export const onProviderFailure: INodeProperties = {
	displayName: 'On Provider Failure',
	name: 'onProviderFailure',
	type: 'options',
	options: [
		{
			name: 'Add an Item',
			value: 'item',
			description:
				'One item with providerFailed and error for each provider that failed, beside the results of the others; it takes the error output where the node has one',
		},
		{ name: 'Stop', value: 'stop', description: 'The first failure stops the node' },
	],
	default: 'item',
	description: 'What to do when some providers fail. When all fail the node always stops.',
};

export const readNotice: INodeProperties = {
	displayName:
		'Retrieving the main content <b>marks the message as read for everyone</b>, colleagues in the portal included. Whether opening registered mail by machine has legal effects is not documented.',
	name: 'readNotice',
	type: 'notice',
	default: '',
};

export const outputField: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'outputField',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the output binary field to put the file in',
};

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};
