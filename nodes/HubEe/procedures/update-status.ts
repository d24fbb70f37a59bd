import type { IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { lastStatusEvent, statusEvents, revertReason, ineffectiveEvent } from '../api/case-history';
import { unusualTransition } from '../api/statuses';
import type { Case } from '../api/types';
import type { HubEeApi } from '../connect';
import { eventTexts } from './event';
import { inTurnOfCase } from './turn-of-case';

/**
 * Changes the status of a case with one event, the way of the 2024 contract, and looks whether the
 * hub shows it. "Also PATCH the Case" is the older way: the PATCH notifies nobody, so it doubles
 * nothing. It is also what is done where the event alone did not move the case.
 */
export async function updateStatus(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const skip = context.group('additionalFields').boolean('skipIfSet', true);
	const inItsTurn = async () =>
		await inTurnOfCase(context, 'status', async () => await setOrSkip(context, skip));
	return await context.once(
		'status',
		inItsTurn,
		// Where the same status is to be set once more, nothing tells the two apart.
		skip ? inItsTurn : undefined,
	);
}

async function setOrSkip(
	context: ItemContext<HubEeApi>,
	repeatable: boolean,
): Promise<IDataObject> {
	const { client } = context.api;
	const caseId = context.uuid('caseId');
	const status = context.text('status', { maxLength: 15 });
	const fields = context.group('additionalFields');
	const alsoPatch = fields.boolean('alsoPatchCase');
	const texts = eventTexts(fields);
	const current = await client.getCase(caseId);
	const previousStatus = current.status;
	const kept = { caseId, status: previousStatus, previousStatus, changed: false, skipped: true };
	if (repeatable && isDone(current, status, alsoPatch)) return kept;
	const backwards = fields.boolean('onlyForward') ? revertReason(current, status) : undefined;
	if (backwards !== undefined) {
		const reason = `${status} was not set, because it would take the case back: ${backwards}.`;
		context.warn(`Case ${caseId}: ${reason}`);
		return { ...kept, wantedStatus: status, reason };
	}
	const announced = repeatable ? ineffectiveEvent(current, status) : undefined;
	if (announced) {
		const shown = await statusAfter(context, current, announced.id, status);
		return {
			caseId,
			...shown,
			previousStatus,
			changed: true,
			skipped: false,
			eventId: announced.id,
		};
	}
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
	const shown = await statusAfter(context, current, event.id, status);
	return {
		caseId,
		...shown,
		previousStatus,
		changed: true,
		skipped: false,
		eventId: event.id,
		...(unusual ? { warning: unusual } : {}),
	};
}

/**
 * What the hub shows after an event that was to set a status. Where the event did not move the case
 * and nobody else did, the case is PATCHed.
 *
 * @throws GuichetError `refused` when the case stays as it was
 */
export async function statusAfter(
	context: ItemContext<HubEeApi>,
	before: Case,
	eventId: string,
	wanted: string,
): Promise<{ status: string; reason?: string }> {
	return await shownAfter(context, before, eventId, wanted).catch((error: unknown) => {
		if (!(error instanceof GuichetError)) throw error;
		const hint = `The event ${eventId} was recorded. Look at the case with Case: Get before you send it again.`;
		throw error.with({
			hint: [error.details.hint, hint].filter(Boolean).join(' '),
			outcome: 'unknown',
			data: { ...error.details.data, caseId: before.id, eventId },
		});
	});
}

async function shownAfter(
	context: ItemContext<HubEeApi>,
	before: Case,
	eventId: string,
	wanted: string,
): Promise<{ status: string; reason?: string }> {
	const { client } = context.api;
	let now = await client.getCase(before.id);
	if (now.status !== wanted && !movedByOthers(before, now, eventId)) {
		await client.patchCase(before.id, wanted);
		now = await client.getCase(before.id);
	}
	if (now.status === wanted) return { status: wanted };
	if (!movedByOthers(before, now, eventId)) throw notMoved(now.status, wanted);
	const reason = `${wanted} was set, and somebody has moved the case on to ${now.status} since.`;
	context.warn(`Case ${before.id}: ${reason}`);
	return { status: now.status, reason };
}

function movedByOthers(before: Case, now: Case, eventId: string): boolean {
	const known = statusEvents(before).map(({ id }) => id);
	return (
		now.status !== before.status ||
		statusEvents(now).some(({ id }) => id !== eventId && !known.includes(id))
	);
}

const notMoved = (status: string, wanted: string) =>
	new GuichetError(
		'refused',
		`HubEE recorded the event, and the case still shows ${status} instead of ${wanted}`,
	);

/**
 * Whether the change has been made before, so that a repeated workflow does not make it again. With
 * "Also PATCH the Case" a run that was ended between the two calls left the status without its
 * event: then the event is still owed.
 */
function isDone(current: Case, status: string, alsoPatch: boolean): boolean {
	if (current.status !== status) return false;
	return !alsoPatch || lastStatusEvent(current)?.caseNewStatus === status;
}
