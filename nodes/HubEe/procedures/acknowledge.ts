import type { ItemContext } from '../../../lib/node/item-context';
import type { HubEeApi } from '../connect';
import { markReceived } from './event';

export interface Acknowledged {
	acknowledged: true;
	notificationId: string;
	/** Whether the event was marked as RECEIVED now, so that its author is told. */
	eventMarkedReceived: boolean;
	/** Whether the notification had left the queue before. */
	wasGone: boolean;
}

/**
 * Takes a notification out of the queue in the way that its kind needs (contract V2, 2024, made
 * safe to repeat): an event in status SENT is marked as RECEIVED first; an acknowledgement of
 * one's own event (status RECEIVED) and a new télédossier are only deleted.
 */
export async function acknowledge(context: ItemContext<HubEeApi>): Promise<Acknowledged> {
	const { client } = context.api;
	const notificationId = context.uuid('notificationId');
	const eventId = context.optionalText('eventId') && context.uuid('eventId');
	const eventMarkedReceived = eventId
		? await markReceived(client, context.uuid('caseId'), eventId)
		: false;
	const existed = await client.deleteNotification(notificationId);
	return { acknowledged: true, notificationId, eventMarkedReceived, wasGone: !existed };
}
