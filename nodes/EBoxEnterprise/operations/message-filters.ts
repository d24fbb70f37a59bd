import type { INodeProperties } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';

const day = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'dateTime',
	typeOptions: { dateOnly: true },
	default: '',
	description: `${description}. Only the day counts; whether the day itself is included is not documented.`,
});

/**
 * All filters of `GET /ebox/messages` (contract 2.1) and the partition of version 3. They are
 * combined with AND.
 */
export const messageFilters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
		day('Expires After', 'expiredAfter', 'Messages that expire after this day'),
		day('Expires Before', 'expiredBefore', 'Messages that expire before this day'),
		chooseFrom(
			{
				displayName: 'Message Type ID',
				name: 'messageTypeId',
				type: 'string',
				default: '',
				description: 'From Reference Data: Get Many',
			},
			'messageTypes',
		),
		{
			displayName: 'Partition',
			name: 'partition',
			type: 'string',
			default: '',
			placeholder: 'e.g. GENERAL',
			description: 'Sub-box of the e-Box. Version 3 only.',
		},
		{
			displayName: 'Read Status',
			name: 'readStatus',
			type: 'options',
			options: [
				{ name: 'Read', value: 'true' },
				{ name: 'Unread', value: 'false' },
			],
			default: 'false',
			description: 'Whether the main content has been opened',
		},
		day('Received After', 'receivedAfter', 'Messages received after this day'),
		day('Received Before', 'receivedBefore', 'Messages received before this day'),
		{
			displayName: 'Registered Mail',
			name: 'registeredMail',
			type: 'options',
			options: [
				{ name: 'Not Registered', value: 'false' },
				{ name: 'Registered', value: 'true' },
			],
			default: 'true',
			description: 'Whether it was sent as registered mail (recommandé, aangetekend)',
		},
		{
			displayName: 'Search Language',
			name: 'qlang',
			type: 'options',
			options: [
				{ name: 'Dutch', value: 'nl' },
				{ name: 'French', value: 'fr' },
				{ name: 'German', value: 'de' },
			],
			default: 'fr',
			description: 'The language in which the search text is looked for',
		},
		{
			displayName: 'Search Text',
			name: 'q',
			type: 'string',
			default: '',
			description:
				'Part of the subject, of business data or of the names of sender and type; case and accents are ignored. The documents themselves are not searched.',
		},
		chooseFrom(
			{
				displayName: 'Sender Application ID',
				name: 'senderApplicationId',
				type: 'string',
				default: '',
			},
			'senderApplications',
		),
		chooseFrom(
			{
				displayName: 'Sender Enterprise Number',
				name: 'senderOrganizationId',
				type: 'string',
				default: '',
				placeholder: 'e.g. 0206731645',
			},
			'senderOrganizations',
		),
		{
			displayName: 'Visibility',
			name: 'visible',
			type: 'options',
			options: [
				{ name: 'Hidden', value: 'false' },
				{ name: 'Visible', value: 'true' },
			],
			default: 'true',
			description: 'Hidden messages are those that were put aside',
		},
	],
};
