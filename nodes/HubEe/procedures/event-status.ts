import { GuichetError, recoverFrom } from '../../../lib/errors/guichet-error';
import type { HubEeClient } from '../api/client';

/**
 * Marks an event as RECEIVED if it is in SENT. The status is read first, because a notification's own is as old as the notification.
 *
 * @returns whether this call marked it
 */
export async function markReceived(
	client: HubEeClient,
	caseId: string,
	eventId: string,
): Promise<boolean> {
	if ((await eventStatus(client, caseId, eventId)) !== 'SENT') return false;
	await moveEvent(client, caseId, eventId, 'RECEIVED');
	return true;
}

/** Sets an event's status. A refusal is a success when the event has the status all the same: the first PATCH had arrived, its answer had not. */
export async function moveEvent(
	client: HubEeClient,
	caseId: string,
	eventId: string,
	status: 'SENT' | 'RECEIVED',
): Promise<void> {
	await client.patchEvent(caseId, eventId, status).catch(async (error: unknown) => {
		const refused = error instanceof GuichetError && error.code === 'refused';
		if (!refused || (await eventStatus(client, caseId, eventId)) !== status) throw error;
	});
}

/** `undefined` when the event does not exist any more. */
export async function eventStatus(
	client: HubEeClient,
	caseId: string,
	eventId: string,
): Promise<string | undefined> {
	const event = await client.getEvent(caseId, eventId).catch(recoverFrom(undefined, 'not_found'));
	return event?.status ?? undefined;
}
