import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import type { Notification } from '../api/types';
import type { HubEeApi } from '../connect';
import { acknowledge } from '../procedures/acknowledge';
import { fillEventDetails, notificationItem } from '../procedures/notifications';
import { notificationId } from './fields';

/**
 * The largest batch that is asked for: production clients run with 100, and a queue of any size
 * comes out batch by batch.
 */
const MAX_BATCH = 10_000;

const filters: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Event Details',
			name: 'eventDetails',
			type: 'options',
			options: [
				{
					name: 'Ask the Server, Look Up if Refused',
					value: 'auto',
					description: 'The fields eventActionType and eventStatus are always there',
				},
				{
					name: 'Ask the Server Only',
					value: 'server',
					description: 'The fields are missing where the server does not give them',
				},
				{ name: 'None', value: 'none', description: 'The fields are missing' },
			],
			default: 'auto',
			description:
				'Whether each event comes with its type and status. Older environments do not give them; looking them up costs one call for each event.',
		},
		{
			displayName: 'Priority Process Codes',
			name: 'priorityCodes',
			type: 'string',
			default: '',
			placeholder: 'e.g. CERTDC',
			description:
				'Processes (démarches) whose notifications are to come first, separated by commas',
		},
		{
			displayName: 'Process Codes',
			name: 'processCodes',
			type: 'string',
			default: '',
			placeholder: 'e.g. CERTDC, EtatCivil',
			hint: 'Empty: all processes',
			description:
				'Only notifications of these processes (démarches), separated by commas; case-sensitive. Empty for all.',
		},
	],
};

const acknowledgeFields: INodeProperties[] = [
	notificationId,
	{
		displayName: 'Case ID',
		name: 'caseId',
		type: 'string',
		default: '={{ $json.caseId }}',
		description: 'Needed when the notification is about an event',
	},
	{
		displayName: 'Event ID',
		name: 'eventId',
		type: 'string',
		default: '={{ $json.eventId }}',
		description:
			'Empty for a new télédossier. An event in status SENT is first marked as RECEIVED.',
	},
];

async function getMany(context: ItemContext<HubEeApi>): Promise<IDataObject[]> {
	const { client } = context.api;
	const fields = context.group('additionalFields');
	const details = fields.optionalText('eventDetails') ?? 'auto';
	const wanted = new Set(fields.list('processCodes', { maxLength: 30 }));
	const found = await client.listNotifications({
		maxResult: context.number('batchSize', { min: 1, max: MAX_BATCH }),
		processCodes: [...wanted],
		priorityCodes: fields.list('priorityCodes', { maxLength: 30 }),
		eventDetails: details !== 'none',
	});
	const mine = found.filter(({ processCode }) => wanted.size === 0 || wanted.has(processCode));
	const complete: Notification[] = details === 'auto' ? await fillEventDetails(client, mine) : mine;
	return complete.map(notificationItem);
}

export const notificationResource: Resource<HubEeApi> = {
	name: 'Notification',
	value: 'notification',
	description: 'The work queue of the organization: new télédossiers and events on cases',
	operations: [
		{
			name: 'Get Many',
			value: 'getMany',
			action: 'Get many notifications',
			description:
				'Get many notifications from the head of the queue, which does not move by being read',
			fields: [
				{
					displayName: 'Batch Size',
					name: 'batchSize',
					type: 'number',
					typeOptions: { minValue: 1 },
					default: 25,
					description:
						'How many notifications to ask for. The same ones come back until they are acknowledged; there is no next page.',
				},
				filters,
			],
			run: getMany,
		},
		{
			name: 'Acknowledge',
			value: 'acknowledge',
			action: 'Acknowledge a notification',
			description:
				'Take a notification out of the queue once everything it announced is safely stored',
			fields: [
				{
					displayName:
						'A notification that is gone cannot be brought back, and HubEE has no list of cases: acknowledge last, when files and data are safe.',
					name: 'acknowledgeNotice',
					type: 'notice',
					default: '',
				},
				...acknowledgeFields,
			],
			run: async (context) => ({ ...(await acknowledge(context)) }),
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete a notification',
			description: 'Delete a notification without telling the author of its event',
			fields: [
				{
					displayName:
						'The deletion cannot be undone, and the author of an event is not told that it arrived. Acknowledge is usually what you want.',
					name: 'deleteNotice',
					type: 'notice',
					default: '',
				},
				notificationId,
			],
			run: async (context) => {
				const id = context.uuid('notificationId');
				const existed = await context.api.client.deleteNotification(id);
				return { deleted: true, notificationId: id, wasGone: !existed };
			},
		},
	],
};
