import type { INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import type { ProviderSelection } from '../api/ebox';
import type { MessageFilters } from '../api/types';
import { providerIds, providers, simplify } from '../operations/fields';
import { messageFilters } from '../operations/message-filters';
import { filtersOf } from '../procedures/message-filters';
import { providerSelectionFrom } from '../procedures/provider-selection';
import { apiProfile } from '../operations/api-profile';

const EVENTS = ['newMessage', 'newRegisteredMail', 'messageExpiring'] as const;

export type TriggerEvent = (typeof EVENTS)[number];

/** What the trigger asks for; n8n adds the poll times. */
export const triggerForm: INodeProperties[] = [
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		options: [
			{
				name: 'Message Soon to Expire',
				value: 'messageExpiring',
				description: 'Once for each message, those included that were there before',
			},
			{
				name: 'New Message',
				value: 'newMessage',
				description: 'Every new message, registered mail included',
			},
			{
				name: 'New Registered Mail',
				value: 'newRegisteredMail',
				description: 'New registered mail (recommandé, aangetekend), with an event name of its own',
			},
		],
		default: ['newMessage'],
		required: true,
	},
	{
		displayName: 'Days to Expiry',
		name: 'days',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 366 },
		displayOptions: { show: { events: ['messageExpiring'] } },
		default: 15,
		description: 'How many days before it expires a message is delivered',
	},
	providers,
	providerIds,
	simplify,
	{
		displayName:
			'Listing never marks a message as read. <b>Download Files does</b>, for colleagues in the portal too.',
		name: 'readNotice',
		type: 'notice',
		default: '',
	},
	messageFilters,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Add Names',
				name: 'addNames',
				type: 'boolean',
				default: true,
				description: 'Whether to add the names of sender, application and type',
			},
			{
				displayName: 'Deliver Again Until Acknowledged',
				name: 'deliverAgain',
				type: 'boolean',
				default: false,
				description:
					'Whether a message comes again until an execution that got it has ended without an error, or the e-Box no longer has it: after 15 minutes, then ever later, at most a day. Each message starts an execution of its own.',
			},
			{
				displayName: 'Download Files',
				name: 'download',
				type: 'boolean',
				default: false,
				description:
					'Whether to fetch all files of each message, which marks it as read. A file that cannot be fetched is named in downloadFailures.',
			},
			{
				displayName: 'Existing Messages',
				name: 'existing',
				type: 'boolean',
				default: false,
				description:
					'Whether to deliver what is already there when the trigger starts for the first time, and not only what comes then',
			},
			{
				displayName: 'Expiring: Only Unread',
				name: 'onlyUnread',
				type: 'boolean',
				default: false,
				description:
					'Whether a message is delivered as soon to expire only when nobody has read it',
			},
			{
				displayName: 'Maximum per Poll',
				name: 'maxPerPoll',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 5000 },
				default: 200,
				description: 'How many messages one execution gets; the rest comes with the next poll',
			},
			{
				displayName: 'On Provider Failure',
				name: 'onProviderFailure',
				type: 'options',
				options: [
					{
						name: 'Fail an Execution',
						value: 'error',
						description:
							'When a poll has nothing to deliver; the error workflow hears of it once for each outage and once a day',
					},
					{
						name: 'Use the Second Output',
						value: 'item',
						description:
							'An item with the provider and its error, once for each outage and once a day',
					},
				],
				default: 'error',
				description: 'How to tell that a provider cannot be read. Its mail comes when it is back.',
			},
		],
	},
	apiProfile,
];

export interface TriggerSettings {
	events: TriggerEvent[];
	/** Before expiry. */
	days: number;
	selection: ProviderSelection;
	filters: MessageFilters;
	simplify: boolean;
	addNames: boolean;
	download: boolean;
	existing: boolean;
	onlyUnread: boolean;
	maxPerPoll: number;
	failuresAsItems: boolean;
	/** Until an execution has ended well with it. */
	deliverAgain: boolean;
}

/** Reads the form of the trigger. */
export function triggerSettings(form: Fields): TriggerSettings {
	const events = form.list('events') as TriggerEvent[];
	const unknown = events.find((event) => !EVENTS.includes(event));
	if (events.length === 0 || unknown)
		throw invalidInput(form.label('events'), `must be one or more of ${EVENTS.join(', ')}`);
	const options = form.group('options');
	const settings: TriggerSettings = {
		events,
		days: form.optionalNumber('days', { min: 1, max: 366 }) ?? 15,
		selection: providerSelectionFrom(form),
		filters: filtersOf(
			form.group('filters'),
			form.group('apiProfile').optionalText('language') ?? 'fr',
		),
		simplify: form.boolean('simplify', true),
		addNames: options.boolean('addNames', true),
		download: options.boolean('download'),
		existing: options.boolean('existing'),
		onlyUnread: options.boolean('onlyUnread'),
		maxPerPoll: options.optionalNumber('maxPerPoll', { min: 1, max: 5000 }) ?? 200,
		deliverAgain: options.boolean('deliverAgain'),
		failuresAsItems: options.optionalText('onProviderFailure') === 'item',
	};
	assertNothingIsLost(settings);
	return settings;
}

/**
 * A download marks a message as read. If n8n stopped right after it, a filter on unread messages
 * would leave the message out for ever.
 */
function assertNothingIsLost({ download, filters, onlyUnread }: TriggerSettings): void {
	if (!download || (filters.readStatus !== false && !onlyUnread)) return;
	throw invalidInput(
		'Download Files',
		'cannot be combined with a filter on unread messages',
		'Downloading marks a message as read, so after an interruption the filter would hide it. The trigger delivers each message once without the filter too; or download in the workflow, with Message: Archive.',
	);
}
