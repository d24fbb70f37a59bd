import type { IDataObject } from 'n8n-workflow';

import { GuichetError, recoverFrom } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import type { ItemContext } from '../../../lib/node/item-context';
import { eventsOf } from '../api/case-history';
import type { HubEeClient } from '../api/client';
import type { CaseEvent, NewEvent } from '../api/types';
import type { HubEeApi } from '../connect';

/** An event as our nodes give it: its ids under the names that the other operations ask for. */
export function eventItem(id: string, { id: event, ...rest }: CaseEvent): IDataObject {
	return { caseId: id, eventId: event, ...rest } as unknown as IDataObject;
}

/**
 * The free texts of an event, at the lengths of the folder contract 1.2.7. Empty ones are left
 * out, never sent as null.
 */
export function eventTexts(
	fields: Fields,
): Pick<NewEvent, 'author' | 'message' | 'comment' | 'partnerAttributes'> {
	const texts = {
		author: fields.optionalText('author', { maxLength: 255 }),
		message: fields.optionalText('message', { maxLength: 1000 }),
		comment: fields.optionalText('comment', { maxLength: 1000 }),
		partnerAttributes: fields.optionalText('partnerAttributes', { maxLength: 1024 }),
	};
	return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}

/** So long ago the same text may be meant anew. */
const SAME_TEXT_HOURS = 24;

/** The message or comment of our own side that says the same, sent not long ago. */
export async function textSentBefore(
	{ api }: ItemContext<HubEeApi>,
	caseId: string,
	event: NewEvent,
): Promise<CaseEvent | undefined> {
	const same = (one: string | null | undefined, other: string | undefined) =>
		(one ?? '') === (other ?? '');
	return eventsOf(await api.client.getCase(caseId)).find(
		(before) =>
			before.actionType === event.actionType &&
			before.transmitter.type === api.role &&
			before.status !== 'IN_PROGRESS' &&
			same(before.message, event.message) &&
			same(before.comment, event.comment) &&
			same(before.author, event.author) &&
			same(before.partnerAttributes, event.partnerAttributes) &&
			same(before.caseNewStatus, event.caseNewStatus) &&
			// Where the hub gives no time, the text is not sent again.
			!(Date.now() - Date.parse(before.createDateTime ?? '') >= SAME_TEXT_HOURS * 3_600_000),
	);
}

/**
 * Marks an event as RECEIVED if it is in SENT. The status is read first, because a notification's
 * own is as old as the notification.
 *
 * @returns whether this call marked it
 */
export async function markReceived(
	client: HubEeClient,
	caseId: string,
	eventId: string,
): Promise<boolean> {
	const status = await eventStatus(client, caseId, eventId);
	// An event that does not exist any more has nobody to be told.
	if (status === undefined || status === 'RECEIVED') return false;
	if (status !== 'SENT') throw notYours(eventId, status);
	await moveEvent(client, caseId, eventId, 'RECEIVED');
	return true;
}

const notYours = (eventId: string, status: string) =>
	new GuichetError(
		'refused',
		`Event ${eventId} is in status ${status}: only one in SENT can be marked as RECEIVED`,
		{
			hint: 'Nothing was acknowledged. IN_PROGRESS is a deposit that its author has not sent yet; another status may be new at HubEE.',
			outcome: 'not_done',
		},
	);

/**
 * Sets an event's status. A refusal is a success when the event has the status all the same: the
 * first PATCH had arrived, its answer had not.
 */
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
