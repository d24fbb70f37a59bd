import type { INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import { enterpriseNumber } from '../api/enterprise-number';
import type { MessageFilters } from '../api/types';

const day = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'dateTime',
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
		{
			displayName: 'Message Type ID',
			name: 'messageTypeId',
			type: 'string',
			default: '',
			description: 'From Reference Data: Get Many',
		},
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
		{
			displayName: 'Sender Application ID',
			name: 'senderApplicationId',
			type: 'string',
			default: '',
		},
		{
			displayName: 'Sender Enterprise Number',
			name: 'senderOrganizationId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 0206731645',
		},
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

/** Reads the filters of a form. A time of day is dropped, because the service filters by days. */
export function filtersOf(form: Fields, language: string): MessageFilters {
	const date = (name: string): string | undefined => dayOf(form, name);
	const flag = (name: string): boolean | undefined =>
		form.optionalText(name) === undefined ? undefined : form.boolean(name);
	const q = form.optionalText('q');
	const sender = form.optionalText('senderOrganizationId');
	const filters: MessageFilters = {
		receivedAfter: date('receivedAfter'),
		receivedBefore: date('receivedBefore'),
		expiredAfter: date('expiredAfter'),
		expiredBefore: date('expiredBefore'),
		readStatus: flag('readStatus'),
		visible: flag('visible'),
		registeredMail: flag('registeredMail'),
		messageTypeId: form.optionalText('messageTypeId'),
		senderApplicationId: form.optionalText('senderApplicationId'),
		senderOrganizationId: sender && enterpriseNumber(sender, form.label('senderOrganizationId')),
		partition: form.optionalText('partition'),
		q,
		qlang: q === undefined ? undefined : (form.optionalText('qlang') ?? searchable(language)),
	};
	if (q !== undefined && q.length > MAX_SEARCH)
		throw invalidInput(form.label('q'), `must have at most ${MAX_SEARCH} characters`);
	return filters;
}

/**
 * The day as it was written, in whatever time zone: midnight in Brussels is still the day before in
 * UTC.
 */
function dayOf(form: Fields, name: string): string | undefined {
	const instant = form.optionalDateTime(name);
	if (instant === undefined) return undefined;
	const given = form.raw(name);
	const isDateLike = typeof given === 'object' && given !== null && 'toISO' in given;
	const text = isDateLike ? (given as { toISO(): string }).toISO() : String(given);
	return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? instant.slice(0, 10);
}

/** Longer texts do not belong into a URL. */
const MAX_SEARCH = 500;

const searchable = (language: string): string =>
	['fr', 'nl', 'de'].includes(language) ? language : 'fr';
