import type { IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { allSettledOrThrow } from '../../../lib/all-settled';
import { followedBy } from '../api/status-events';
import { ATTACH_DEPOSIT } from '../api/statuses';
import type { Case, CaseEvent, NewAttachment } from '../api/types';
import type { HubEeApi } from '../connect';
import { eventStatus, eventTexts, moveEvent } from './event';
import {
	failedFile,
	matched,
	type OutgoingFile,
	outgoingFiles,
	waitForScan,
} from './outgoing-files';

/** What a deposit is for, where an operation is named after it. */
export interface Purpose {
	/** New status of the case, which is PATCHed too. */
	status: string;
	/**
	 * Statuses that call for a new deposit, even of the same files, when they come after an earlier
	 * one.
	 */
	calledForBy: readonly string[];
}

/**
 * Deposits files on a case: creates the event, uploads every file, waits for the antivirus, and
 * only then sends the event, which is what notifies the other side. When anything goes wrong
 * before, the event is deleted, so that nothing half-sent remains.
 */
export async function sendFiles(
	context: ItemContext<HubEeApi>,
	purpose?: Purpose,
): Promise<IDataObject> {
	const { client } = context.api;
	const caseId = context.uuid('caseId');
	const fields = context.group('additionalFields');
	const texts = eventTexts(fields);
	const newStatus = purpose?.status ?? fields.optionalText('newStatus', { maxLength: 15 });
	const patchTo = purpose?.status ?? (fields.boolean('alsoPatchCase') ? newStatus : undefined);
	const maxSeconds = fields.optionalNumber('scanSeconds', { min: 1 }) ?? 120;
	const files = await outgoingFiles(context);
	const current = await client.getCase(caseId);

	const earlier = sameDeposits(context, current, files);
	const sent = earlier.find(
		(event) =>
			(event.status === 'SENT' || event.status === 'RECEIVED') &&
			!followedBy(current, event, purpose?.calledForBy ?? []),
	);
	if (sent && fields.boolean('skipIfSent', true))
		return {
			...summary(caseId, sent.id, files, newStatus),
			skipped: true,
			eventStatus: sent.status ?? null,
		};
	// What a run that was ended in the middle has left behind: it was never sent, so nobody has
	// seen it.
	for (const unfinished of earlier.filter(({ status }) => status === 'IN_PROGRESS'))
		await client.deleteEvent(caseId, unfinished.id);

	// An authority PATCHes the case first, a sender between the files and the event (documents of
	// 2022 for both).
	const patchFirst = context.api.role === 'SI';
	if (patchTo && patchFirst) await client.patchCase(caseId, patchTo);
	// The stop button does not cut this one call off: without its answer the event could not be
	// deleted again.
	const event = await context.api.cleaner.createEvent(caseId, {
		actionType: ATTACH_DEPOSIT,
		notification: fields.boolean('notification', true),
		...texts,
		...(newStatus ? { caseCurrentStatus: current.status, caseNewStatus: newStatus } : {}),
		attachments: files.map(({ declared }) => declared),
	});
	try {
		await deposit(context, caseId, event, files, maxSeconds);
		if (patchTo && !patchFirst) await client.patchCase(caseId, patchTo);
		await moveEvent(client, caseId, event.id, 'SENT');
	} catch (error) {
		const status = await eventStatus(context.api.cleaner, caseId, event.id).catch(() => undefined);
		if (status !== 'SENT') {
			// The PATCH notified nobody, so taking it back is seen by nobody either.
			if (patchTo)
				await context.api.cleaner.patchCase(caseId, current.status).catch(() => undefined);
			throw await withdrawn(context, caseId, event.id, error);
		}
	}
	return { ...summary(caseId, event.id, files, newStatus), skipped: false, eventStatus: 'SENT' };
}

async function deposit(
	context: ItemContext<HubEeApi>,
	caseId: string,
	event: CaseEvent,
	files: OutgoingFile[],
	maxSeconds: number,
): Promise<void> {
	const { client } = context.api;
	await allSettledOrThrow(
		matched(files, event.attachments ?? []).map(async ([{ declared, open, sha256 }, { id }]) => {
			await client
				.uploadEventAttachment(caseId, event.id, id, { open, size: declared.size, sha256 })
				.catch((error: unknown) => {
					throw failedFile(declared, error);
				});
		}),
	);
	await waitForScan(
		context,
		async () => (await client.getEvent(caseId, event.id)).attachments ?? [],
		maxSeconds,
	);
}

/** Deletes the unsent event and says how that went; the first failure stays the message. */
async function withdrawn(
	context: ItemContext<HubEeApi>,
	caseId: string,
	eventId: string,
	error: unknown,
): Promise<unknown> {
	const failure =
		error instanceof GuichetError
			? error
			: new GuichetError('failed_here', 'The files could not be sent');
	const removed = await context.api.cleaner.deleteEvent(caseId, eventId).then(
		() => true,
		() => false,
	);
	const end = removed
		? 'The event was deleted again, so nobody has been notified and nothing half-sent remains.'
		: `The event ${eventId} could not be deleted again. Look at it with Event: Get; as long as it is IN_PROGRESS nobody has been notified and Event: Delete removes it.`;
	return failure.with({
		hint: [failure.details.hint, end].filter(Boolean).join(' '),
		outcome: removed ? 'not_done' : 'unknown',
		data: { ...failure.details.data, caseId, eventId, eventDeleted: removed },
	});
}

/**
 * Earlier deposits of the same files by our own side: same names, types and sizes, in any order.
 */
function sameDeposits(
	context: ItemContext<HubEeApi>,
	current: Case,
	files: OutgoingFile[],
): CaseEvent[] {
	const key = (list: NewAttachment[]) =>
		JSON.stringify(list.map(({ fileName, type, size }) => [fileName, type, Number(size)]).sort());
	const wanted = key(files.map(({ declared }) => declared));
	return (current.events ?? []).filter(
		({ actionType, transmitter, attachments }) =>
			actionType === ATTACH_DEPOSIT &&
			(transmitter?.type ?? context.api.role) === context.api.role &&
			key(attachments ?? []) === wanted,
	);
}

function summary(
	caseId: string,
	eventId: string,
	files: OutgoingFile[],
	newStatus: string | undefined,
): IDataObject {
	return {
		caseId,
		eventId,
		...(newStatus ? { status: newStatus } : {}),
		files: files.map(({ field, declared, sha256 }) => ({
			binaryField: field,
			...declared,
			sha256,
		})),
	};
}
