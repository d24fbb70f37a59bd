import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { lastStatusEvent } from '../api/status-events';
import { unusualTransition } from '../api/statuses';
import type { Case } from '../api/types';
import type { HubEeApi } from '../connect';
import { eventTexts } from './event';

/**
 * Changes the status of a case with one event, the way of the 2024 contract; "Also PATCH the Case"
 * is the older way's superset: the PATCH alone notifies nobody, so nothing is doubled.
 */
export async function updateStatus(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const { client } = context.api;
	const caseId = context.uuid('caseId');
	const status = context.text('status', { maxLength: 15 });
	const fields = context.group('additionalFields');
	const alsoPatch = fields.boolean('alsoPatchCase');
	const texts = eventTexts(fields);
	const current = await client.getCase(caseId);
	const previousStatus = current.status;
	if (fields.boolean('skipIfSet', true) && isDone(current, status, alsoPatch))
		return { caseId, status, previousStatus, changed: false, skipped: true };
	const unusual = unusualTransition(previousStatus, status);
	if (unusual) context.warn(`Case ${caseId}: ${unusual}`);
	if (alsoPatch) await client.patchCase(caseId, status);
	const event = await client.createEvent(caseId, {
		actionType: 'STATUS_UPDATE',
		notification: fields.boolean('notification', true),
		...texts,
		...(alsoPatch ? { caseCurrentStatus: previousStatus } : {}),
		caseNewStatus: status,
	});
	return {
		caseId,
		status,
		previousStatus,
		changed: true,
		skipped: false,
		eventId: event.id,
		...(unusual ? { warning: unusual } : {}),
	};
}

/**
 * Whether the change has been made before, so that a repeated workflow does not make it again. With
 * "Also PATCH the Case" a run that was ended between the two calls left the status without its
 * event: then the event is still owed.
 */
function isDone(current: Case, status: string, alsoPatch: boolean): boolean {
	if (current.status !== status) return false;
	return !alsoPatch || lastStatusEvent(current)?.caseNewStatus === status;
}
