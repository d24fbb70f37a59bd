import type { IDataObject } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { isFollowedBy, lastStatusEvent, statusEvents } from '../api/case-history';
import type { Case } from '../api/types';
import type { HubEeApi } from '../connect';
import { eventTexts } from './event';
import { type Purpose, assertPurposeFitsStatus, sendFiles } from './send-files';
import { inTurnOfCase } from './turn-of-case';

const REOPENING: Purpose = {
	status: 'HUBEE_NOTIFIED',
	calledForBy: ['DONE', 'REFUSED', 'CLOSED', 'SI_INTG_ERROR'],
	verb: 'reopened',
};

const ANSWER: Purpose = {
	status: 'HUBEE_COMPLETED',
	calledForBy: ['ADD_AWAITING'],
	verb: 'answered',
};

/** Statuses that the sender may close: the authority has decided, or the case is closed already. */
const CLOSABLE = ['DONE', 'REFUSED', 'CLOSED'];

/**
 * Closes a case as its sender does (HubEE, closing flow): the case first, then the event that tells
 * the authority; and the folder, when this was the last of its cases. Every step is skipped when it
 * was done before.
 */
export async function closeCase(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	return await inTurnOfCase(context, 'status', async () => await closeUnlessClosed(context));
}

async function closeUnlessClosed(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const { client } = context.api;
	const caseId = context.uuid('caseId');
	const fields = context.group('additionalFields');
	const folderId = context.optionalText('folderId') && context.uuid('folderId');
	const texts = eventTexts(fields);
	const current = await client.getCase(caseId);
	if (fields.boolean('onlyForward') && !CLOSABLE.includes(current.status)) {
		const { status } = current;
		const reason = `It was not closed, because it is ${status}: it was reopened, or the authority has not finished.`;
		context.warn(`Case ${caseId}: ${reason}`);
		return { caseId, previousStatus: status, status, changed: false, folderClosed: false, reason };
	}
	const lastTold = lastStatusEvent(current)?.caseNewStatus;
	if (current.status !== 'CLOSED') await client.patchCase(caseId, 'CLOSED');
	const told = current.status === 'CLOSED' && lastTold === 'CLOSED';
	// A run that was ended after the case left no event: what was told before is the status before.
	const previousStatus = current.status === 'CLOSED' ? (lastTold ?? 'CLOSED') : current.status;
	if (!told)
		await client.createEvent(caseId, {
			actionType: 'STATUS_UPDATE',
			notification: fields.boolean('notification', true),
			...texts,
			caseCurrentStatus: previousStatus,
			caseNewStatus: 'CLOSED',
		});
	const shown = folderId
		? await closeFolderIfComplete(context, folderId, caseId)
		: { status: (await client.getCase(caseId)).status, folderClosed: false };
	return { caseId, previousStatus, ...shown, changed: !told };
}

/** Closes the folder when all its cases are closed. @returns what the hub shows of both */
async function closeFolderIfComplete(
	context: ItemContext<HubEeApi>,
	folderId: string,
	caseId: string,
): Promise<{ status: string; folderClosed: boolean }> {
	const { client } = context.api;
	const folder = await client.getFolder(folderId);
	const own = folder.cases.find(({ id }) => id === caseId.toLowerCase());
	if (!own) {
		context.warn(`Folder ${folderId} has no case ${caseId}, so it was left alone.`);
		return { status: (await client.getCase(caseId)).status, folderClosed: false };
	}
	if (folder.globalStatus === 'CLOSED') return { status: own.status, folderClosed: true };
	const complete = folder.cases.every(({ status }) => status === 'CLOSED');
	if (complete) await client.patchFolder(folderId, 'CLOSED', new Date().toISOString());
	return { status: own.status, folderClosed: complete };
}

/**
 * Reopens a case, even a closed one, with new files: deposit, case, event, folder (HubEE, reopening
 * flow).
 */
export async function reopenCase(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const folderId = context.optionalText('folderId') && context.uuid('folderId');
	const sent = await sendFiles(context, REOPENING);
	const folderReopened = folderId ? await reopenFolder(context, folderId, sent) : false;
	return { ...sent, folderReopened };
}

/** Brings the folder along. A repetition leaves alone what others have done with it since. */
async function reopenFolder(
	{ api: { client } }: ItemContext<HubEeApi>,
	folderId: string,
	{ skipped, status }: IDataObject,
): Promise<boolean> {
	if (skipped) {
		const { globalStatus } = await client.getFolder(folderId);
		if (!CLOSABLE.includes(globalStatus)) return true;
		if (CLOSABLE.includes(String(status))) return false;
	}
	await client.patchFolder(folderId, 'HUBEE_NOTIFIED');
	return true;
}

/**
 * Answers a request for complements: with files as a deposit, without as a message; then the case
 * is complete again.
 */
export async function answerRequest(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	if (context.boolean('withFiles', true)) return await sendFiles(context, ANSWER);
	return await inTurnOfCase(context, 'status', async () => await answerWithMessage(context));
}

async function answerWithMessage(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const { client } = context.api;
	const caseId = context.uuid('caseId');
	const fields = context.group('additionalFields');
	const texts = eventTexts(fields);
	if (texts.message === undefined)
		throw invalidInput(
			context.label('additionalFields.message'),
			'is empty: an answer without files is a message',
		);
	const current = await client.getCase(caseId);
	const answered = isAnswered(current);
	if (!answered) {
		assertPurposeFitsStatus(current, ANSWER);
		await client.createEvent(caseId, {
			actionType: 'SENDING_MESSAGE',
			notification: fields.boolean('notification', true),
			...texts,
			caseCurrentStatus: current.status,
			caseNewStatus: ANSWER.status,
		});
	}
	// A run that was ended between the two calls left the answer without the status; what the
	// authority did since is not taken back.
	const owed = !answered || current.status === 'ADD_AWAITING';
	if (owed) await client.patchCase(caseId, ANSWER.status);
	const { status } = owed ? await client.getCase(caseId) : current;
	return { caseId, previousStatus: current.status, status, changed: owed };
}

/** Whether we answered, and the authority has not asked again since. */
function isAnswered(current: Case): boolean {
	const answer = statusEvents(current)
		.filter(({ caseNewStatus }) => caseNewStatus === ANSWER.status)
		.at(-1);
	return answer !== undefined && !isFollowedBy(current, answer, ANSWER.calledForBy);
}
