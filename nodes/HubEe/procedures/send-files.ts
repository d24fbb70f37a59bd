import type { IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { allSettledOrThrow } from '../../../lib/all-settled';
import {
	eventsOf,
	isFollowedBy,
	eventsSince,
	statusEvents,
	ineffectiveEvent,
} from '../api/case-history';
import type { HubEeClient } from '../api/client';
import { ATTACH_DEPOSIT } from '../api/statuses';
import type { Case, CaseEvent } from '../api/types';
import type { HubEeApi } from '../connect';
import { eventStatus, eventTexts, moveEvent } from './event';
import {
	failedFile,
	pairedWithAnswer,
	type OutgoingFile,
	outgoingFiles,
	refusedDeclaration,
	waitForScan,
} from './outgoing-files';
import { holdsSameFiles, looksLike, looksOfAll } from './same-files';
import { inTurnOfCase } from './turn-of-case';
import { statusAfter } from './update-status';

/** What a deposit is for, where an operation is named after it. */
export interface Purpose {
	/** New status of the case, which is PATCHed too. */
	status: string;
	/**
	 * Statuses that call for a new deposit, even of the same files, when they come after an earlier
	 * one.
	 */
	calledForBy: readonly string[];
	/** What happens to the case, for messages. */
	verb: string;
}

/**
 * Deposits files on a case: creates the event, uploads every file, waits for the antivirus, and
 * only then sends the event, which is what notifies the other side. When anything goes wrong
 * before, the event is deleted, so that nothing half-sent remains.
 *
 * Files of the same content that were sent before are not sent again. A status or a message that is
 * still owed then follows in an event of its own.
 */
export async function sendFiles(
	context: ItemContext<HubEeApi>,
	purpose?: Purpose,
): Promise<IDataObject> {
	const skip = context.group('additionalFields').boolean('skipIfSent', true);
	return await context.once(
		'files',
		async () => await sendOrSkip(context, purpose, () => skip),
		async ({ details: { data } }) =>
			await sendOrSkip(context, purpose, ({ id }) => skip || id === data?.eventId),
	);
}

/**
 * @param isSame whether a deposit of the same files that was sent before is the one that is meant
 */
async function sendOrSkip(
	context: ItemContext<HubEeApi>,
	purpose: Purpose | undefined,
	isSame: (event: CaseEvent) => boolean,
): Promise<IDataObject> {
	const fields = context.group('additionalFields');
	const newStatus = purpose?.status ?? fields.optionalText('newStatus', { maxLength: 15 });
	const wanted: Wanted = {
		caseId: context.uuid('caseId'),
		purpose,
		newStatus,
		patchTo: purpose?.status ?? (fields.boolean('alsoPatchCase') ? newStatus : undefined),
		texts: eventTexts(fields),
		notification: fields.boolean('notification', true),
		maxSeconds: fields.optionalNumber('scanSeconds', { min: 1 }) ?? 120,
		files: await outgoingFiles(context),
	};
	return await inTurnOfCase(
		context,
		looksOfAll(wanted.files),
		async () => await sendUnlessSent(context, wanted, isSame),
	);
}

/** What a deposit is to be. */
interface Wanted {
	caseId: string;
	purpose: Purpose | undefined;
	newStatus: string | undefined;
	/** Status that the case is PATCHed to as well. */
	patchTo: string | undefined;
	texts: Texts;
	notification: boolean;
	/** Longest wait for the antivirus. */
	maxSeconds: number;
	files: OutgoingFile[];
}

async function sendUnlessSent(
	context: ItemContext<HubEeApi>,
	{ caseId, purpose, newStatus, patchTo, texts, notification, maxSeconds, files }: Wanted,
	isSame: (event: CaseEvent) => boolean,
): Promise<IDataObject> {
	const { client } = context.api;
	const current = await client.getCase(caseId);
	const earlier = ownDeposits(context, current).filter((event) => looksLike(event, files));
	const sent = await sentBefore(
		client,
		current,
		earlier.filter(isSame),
		files,
		purpose?.calledForBy ?? [],
	);
	if (sent)
		return await finished(context, current, sent, files, { newStatus, texts, notification });
	if (purpose) assertPurposeFitsStatus(current, purpose);
	// What a run that was ended in the middle has left: it was never sent, so nobody has seen it.
	for (const unfinished of earlier.filter((event) => isUnfinished(event, texts, newStatus)))
		await client.deleteEvent(caseId, unfinished.id);

	// An authority PATCHes the case first, a sender between the files and the event (documents of
	// 2022 for both).
	const patchFirst = context.api.role === 'SI';
	if (patchTo && patchFirst) await client.patchCase(caseId, patchTo);
	// The stop button does not cut this one call off: without its answer the event could not be
	// deleted again.
	const event = await context.api.cleanUpClient
		.createEvent(caseId, {
			actionType: ATTACH_DEPOSIT,
			notification,
			...texts,
			...(newStatus ? { caseCurrentStatus: current.status, caseNewStatus: newStatus } : {}),
			attachments: files.map(({ declared }) => declared),
		})
		.catch(async (error: unknown) => {
			if (patchTo && patchFirst) await takeBackStatus(context.api.cleanUpClient, current, patchTo);
			throw refusedDeclaration(
				error,
				files.map(({ declared }) => declared),
			);
		});
	try {
		await deposit(context, caseId, event, files, maxSeconds);
		if (patchTo && !patchFirst) await client.patchCase(caseId, patchTo);
		await moveEvent(client, caseId, event.id, 'SENT');
	} catch (error) {
		const status = await eventStatus(context.api.cleanUpClient, caseId, event.id).catch(
			() => undefined,
		);
		if (!isSent(status)) {
			if (newStatus) await takeBackStatus(context.api.cleanUpClient, current, newStatus);
			throw await withdrawn(context, caseId, event.id, error);
		}
	}
	const shown = newStatus ? await statusAfter(context, current, event.id, newStatus) : {};
	return { ...summary(caseId, event.id, files), ...shown, skipped: false, eventStatus: 'SENT' };
}

/**
 * A late or repeated run must not take back what others did with the case meanwhile.
 *
 * @throws GuichetError `refused` when the case is not at a status that calls for the purpose
 */
export function assertPurposeFitsStatus(
	current: Case,
	{ status, calledForBy, verb }: Purpose,
): void {
	const calls = (one: string) => current.status === one || ineffectiveEvent(current, one);
	// Setting the status that the case has takes nothing back.
	if (current.status === status || calledForBy.some(calls)) return;
	throw new GuichetError(
		'refused',
		`Nothing was sent: case ${current.id} is ${current.status}, and only a case in ${calledForBy.join(', ')} is ${verb}`,
		{
			outcome: 'not_done',
			hint: 'Look at the case with Case: Get. Event: Send Files sends files whatever the status is.',
			data: { caseId: current.id, status: current.status },
		},
	);
}

const isSent = (status: string | null | undefined): boolean =>
	status === 'SENT' || status === 'RECEIVED';

/** Deposits by our own side of the case. */
function ownDeposits({ api }: ItemContext<HubEeApi>, current: Case): CaseEvent[] {
	return eventsOf(current).filter(
		({ actionType, transmitter }) => actionType === ATTACH_DEPOSIT && transmitter.type === api.role,
	);
}

/** The deposit of these very files that is still in force, if there is one. */
async function sentBefore(
	client: HubEeClient,
	current: Case,
	earlier: CaseEvent[],
	files: OutgoingFile[],
	calledForBy: readonly string[],
): Promise<CaseEvent | undefined> {
	for (const event of earlier) {
		if (!isSent(event.status) || isFollowedBy(current, event, calledForBy)) continue;
		if (await holdsSameFiles(client, current.id, event, files)) return event;
	}
	return undefined;
}

type Texts = ReturnType<typeof eventTexts>;

/** Whether it is the deposit that this very call would make: somebody else's is left alone. */
function isUnfinished(event: CaseEvent, texts: Texts, newStatus: string | undefined): boolean {
	const same = (one: string | null | undefined, other: string | undefined) =>
		(one ?? '') === (other ?? '');
	return (
		event.status === 'IN_PROGRESS' &&
		same(event.caseNewStatus, newStatus) &&
		same(event.message, texts.message) &&
		same(event.author, texts.author)
	);
}

/** The result for files that were sent before, once the status and the message are told as well. */
async function finished(
	context: ItemContext<HubEeApi>,
	current: Case,
	sent: CaseEvent,
	files: OutgoingFile[],
	{ newStatus, texts, notification }: Pick<Wanted, 'newStatus' | 'texts' | 'notification'>,
): Promise<IDataObject> {
	const told = eventsSince(current, sent).filter(({ status }) => status !== 'IN_PROGRESS');
	const owesStatus =
		newStatus !== undefined && !told.some(({ caseNewStatus }) => caseNewStatus === newStatus);
	const announced = newStatus === undefined ? undefined : ineffectiveEvent(current, newStatus);
	const owesMessage =
		texts.message !== undefined && !told.some(({ message }) => message === texts.message);
	const result = {
		...summary(current.id, sent.id, files),
		skipped: true,
		eventStatus: sent.status,
		...(newStatus === undefined ? {} : { status: current.status }),
	};
	if (!owesStatus && !owesMessage) {
		if (!announced || newStatus === undefined) return result;
		return { ...result, ...(await statusAfter(context, current, announced.id, newStatus)) };
	}
	const event = await context.api.client.createEvent(current.id, {
		actionType: owesStatus ? 'STATUS_UPDATE' : 'SENDING_MESSAGE',
		notification,
		...texts,
		...(owesStatus ? { caseCurrentStatus: current.status, caseNewStatus: newStatus } : {}),
	});
	const shown = owesStatus ? await statusAfter(context, current, event.id, newStatus) : {};
	return { ...result, ...shown, followUpEventId: event.id };
}

/** Takes back a status that nobody was told of, unless the case has moved on since. */
async function takeBackStatus(client: HubEeClient, before: Case, status: string): Promise<void> {
	const known = statusEvents(before).map(({ id }) => id);
	const now = await client.getCase(before.id).catch(() => undefined);
	const untouched =
		now?.status === status && statusEvents(now).every(({ id }) => known.includes(id));
	if (untouched) await client.patchCase(before.id, before.status).catch(() => undefined);
}

async function deposit(
	context: ItemContext<HubEeApi>,
	caseId: string,
	event: CaseEvent,
	files: OutgoingFile[],
	maxSeconds: number,
): Promise<void> {
	const { client } = context.api;
	const declared = pairedWithAnswer(files, event.attachments ?? []);
	await allSettledOrThrow(
		declared.map(async ([file, { id }]) => {
			const { open, sha256 } = file;
			await client
				.uploadEventAttachment(caseId, event.id, id, { open, size: file.declared.size, sha256 })
				.catch((error: unknown) => {
					throw failedFile(file.declared, error);
				});
		}),
	);
	await waitForScan(
		context,
		declared.map(([, { id }]) => id),
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
	const removed = await context.api.cleanUpClient.deleteEvent(caseId, eventId).then(
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

function summary(caseId: string, eventId: string, files: OutgoingFile[]): IDataObject {
	return {
		caseId,
		eventId,
		files: files.map(({ field, declared, sha256 }) => ({
			binaryField: field,
			...declared,
			sha256,
		})),
	};
}
