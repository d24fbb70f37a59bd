import type { INodeProperties } from 'n8n-workflow';

import type { Fields } from '../../../lib/node/fields';
import { account } from '../operations/fields';
import type { NotificationKind, TriggerSettings } from './plan';
import { MINUTE_MS } from '../../../lib/time/durations';

/** What the trigger asks for; n8n adds the poll times. */
export const triggerForm: INodeProperties[] = [
	{
		displayName:
			'This trigger delivers each notification once, and again after the time below unless the workflow ends with <b>HubEE: Acknowledge a notification</b>. What is not acknowledged stays in the queue. A second trigger on the same queue delivers everything a second time. <b>Fetch Test Event</b> shows one notification and changes nothing.',
		name: 'acknowledgeNotice',
		type: 'notice',
		default: '',
	},
	{
		// n8n makes an action of each option of a field that is called so.
		displayName: 'Events',
		name: 'kinds',
		type: 'multiOptions',
		options: [
			{
				name: 'Acknowledgement of an Own Event',
				value: 'RECEIVED',
				action: 'On acknowledgement of an own event',
				description:
					'An event in status RECEIVED, of whatever type: cleared, or delivered where Clear Own Acknowledgements is off',
			},
			{
				name: 'Comment on a Case',
				value: 'COM_ADD',
				action: 'On new event on a case: comment',
				description: 'Event COM_ADD',
			},
			{
				name: 'Files Added to a Case',
				value: 'ATTACH_DEPOSIT',
				action: 'On new event on a case: files added',
				description: 'Event ATTACH_DEPOSIT, with or without a change of status',
			},
			{
				name: 'Files Downloaded by the Other Side',
				value: 'ATTACH_DL',
				action: 'On new event on a case: files downloaded',
				description: 'Events ATTACH_DL and ATTACH_DL_ALL',
			},
			{
				name: 'Message on a Case',
				value: 'SENDING_MESSAGE',
				action: 'On new event on a case: message',
				description: 'Event SENDING_MESSAGE',
			},
			{
				name: 'New Case',
				value: 'case',
				action: 'On new télédossier',
				description: 'A télédossier (folder) has arrived for this organization',
			},
			{
				name: 'Other Event',
				value: 'other',
				action: 'On new event on a case: other',
				description: 'An event of any other type',
			},
			{
				name: 'Status Changed',
				value: 'STATUS_UPDATE',
				action: 'On new event on a case: status changed',
				description: 'Event STATUS_UPDATE',
			},
		],
		default: [],
		description:
			'What to deliver; everything when nothing is chosen. What is left out stays in the queue for another workflow, and is not cleared either. An event whose type cannot be told is looked at again at each poll and goes to the output "Given Up" after ten minutes.',
	},
	{
		displayName: 'Process Codes',
		name: 'processCodes',
		type: 'string',
		default: '',
		placeholder: 'e.g. CERTDC, EtatCivil',
		hint: 'Empty: all processes',
		description:
			'Only notifications of these processes (démarches), separated by commas; case-sensitive. Empty for all. Others are left in the queue untouched.',
	},
	{
		displayName: 'Batch Size',
		name: 'batchSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 1000 },
		default: 25,
		description:
			'How many notifications one poll delivers at most (of each account), all to one execution',
	},
	{
		displayName: 'Redeliver After (Minutes)',
		name: 'redeliverAfter',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			'When to deliver a notification again that is still in the queue. Choose more than the longest time the workflow needs for a batch, or two executions work on the same case.',
	},
	{
		displayName: 'Maximum Deliveries',
		name: 'maximumDeliveries',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 5,
		description:
			'After so many deliveries without an acknowledgement the notification goes to the output "Given Up" instead, once a day until it has left the queue',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				...account,
				description:
					'For credentials that hold several accounts: the name of the one whose queue is watched, or * for all of them. Items then carry it in "account", for the option Account of later nodes. Empty for the main account.',
			},
			{
				displayName: 'Clear Own Acknowledgements',
				name: 'clearAcknowledgements',
				type: 'boolean',
				default: true,
				description:
					'Whether to delete, within the kinds and processes chosen here, the notifications that only say that the other side has received an event of yours (event status RECEIVED). With the default of all kinds and all processes every such notification of the queue is deleted. When this is off they are delivered like all others.',
			},
			{
				displayName: 'Priority Process Codes',
				name: 'priorityCodes',
				type: 'string',
				default: '',
				placeholder: 'e.g. CERTDC',
				description:
					'Processes (démarches) whose notifications are delivered first, separated by commas',
			},
		],
	},
];

/** @throws GuichetError `invalid_input` that names the field */
export function triggerSettings(form: Fields): TriggerSettings {
	const more = form.group('additionalFields');
	return {
		batchSize: form.number('batchSize', { min: 1, max: 1000 }),
		redeliverAfter: form.number('redeliverAfter', { min: 0.1, integer: false }) * MINUTE_MS,
		maximumDeliveries: form.number('maximumDeliveries', { min: 1 }),
		processCodes: form.list('processCodes', { maxLength: 30 }),
		priorityCodes: more.list('priorityCodes', { maxLength: 30 }),
		kinds: form.list('kinds') as NotificationKind[],
		clearAcknowledgements: more.boolean('clearAcknowledgements', true),
	};
}
