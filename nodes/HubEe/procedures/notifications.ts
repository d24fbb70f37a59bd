import type { IDataObject } from 'n8n-workflow';

import { recoverFrom } from '../../../lib/errors/guichet-error';
import { allSettledOrThrow } from '../../../lib/all-settled';
import type { HubEeClient } from '../api/client';
import type { Notification } from '../api/types';

/**
 * How a notification leaves our nodes: with the names that the other operations ask for, and what
 * kind it is.
 */
export function notificationItem(notification: Notification): IDataObject {
	const { id, caseId, eventId, processCode, ...rest } = notification;
	return {
		notificationId: id,
		kind: eventId ? 'event' : 'case',
		caseId: caseId ?? null,
		eventId: eventId ?? null,
		processCode,
		...rest,
	} as IDataObject;
}

/**
 * Looks up type and status of events where the server did not give them. An event that cannot be
 * read stays without.
 */
export async function fillEventDetails(
	client: Pick<HubEeClient, 'getEvent'>,
	notifications: Notification[],
): Promise<Notification[]> {
	return await allSettledOrThrow(
		notifications.map(async (notification) => {
			const { caseId, eventId, eventStatus } = notification;
			if (!caseId || !eventId || eventStatus) return notification;
			const event = await client
				.getEvent(caseId, eventId)
				.catch(recoverFrom(undefined, 'not_found', 'forbidden'));
			return event
				? { ...notification, eventActionType: event.actionType, eventStatus: event.status }
				: notification;
		}),
	);
}
