import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { lastStatusEvent } from '../api/last-status-event';
import type { HubEeApi } from '../connect';
import { eventTexts } from './event-texts';
import { sendFiles } from './send-files';

/**
 * Closes a case as its sender does (HubEE, closing flow): the case first, then the event that tells the authority; and the folder, when this was the
 * last of its cases. Every step is skipped when it was done before.
 */
export async function closeCase(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const { client } = context.api;
	const caseId = context.uuid('caseId');
	const fields = context.group('additionalFields');
	const folderId = context.optionalText('folderId') && context.uuid('folderId');
	const texts = eventTexts(fields);
	const current = await client.getCase(caseId);
	if (current.status !== 'CLOSED') await client.patchCase(caseId, 'CLOSED');
	const told = current.status === 'CLOSED' && lastStatusEvent(current)?.caseNewStatus === 'CLOSED';
	if (!told)
		await client.createEvent(caseId, {
			actionType: 'STATUS_UPDATE',
			notification: fields.boolean('notification', true),
			...texts,
			caseCurrentStatus: current.status,
			caseNewStatus: 'CLOSED',
		});
	const folderClosed = folderId ? await closeFolderIfComplete(context, folderId) : false;
	return { caseId, previousStatus: current.status, status: 'CLOSED', changed: !told, folderClosed };
}

/** @returns whether the folder is closed now */
async function closeFolderIfComplete(
	context: ItemContext<HubEeApi>,
	folderId: string,
): Promise<boolean> {
	const { client } = context.api;
	const folder = await client.getFolder(folderId);
	if (folder.globalStatus === 'CLOSED') return true;
	if (!folder.cases.every(({ status }) => status === 'CLOSED')) return false;
	await client.patchFolder(folderId, 'CLOSED', new Date().toISOString());
	return true;
}

/** Reopens a case, even a closed one, with new files: deposit, case, event, folder (HubEE, reopening flow). */
export async function reopenCase(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const folderId = context.optionalText('folderId') && context.uuid('folderId');
	const sent = await sendFiles(context, 'HUBEE_NOTIFIED');
	if (folderId) await context.api.client.patchFolder(folderId, 'HUBEE_NOTIFIED');
	return { ...sent, status: 'HUBEE_NOTIFIED', folderReopened: Boolean(folderId) };
}

/** Answers a request for complements: with files as a deposit, without as a message; then the case is complete again. */
export async function answerRequest(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	if (context.boolean('withFiles', true)) return await sendFiles(context, 'HUBEE_COMPLETED');
	const { client } = context.api;
	const caseId = context.uuid('caseId');
	const fields = context.group('additionalFields');
	const texts = eventTexts(fields);
	const current = await client.getCase(caseId);
	const done = current.status === 'HUBEE_COMPLETED';
	// A run that was ended between the two calls left the answer without the status.
	const answered = lastStatusEvent(current)?.caseNewStatus === 'HUBEE_COMPLETED';
	if (!answered)
		await client.createEvent(caseId, {
			actionType: 'SENDING_MESSAGE',
			notification: fields.boolean('notification', true),
			...texts,
			caseCurrentStatus: current.status,
			caseNewStatus: 'HUBEE_COMPLETED',
		});
	if (!done) await client.patchCase(caseId, 'HUBEE_COMPLETED');
	return {
		caseId,
		previousStatus: current.status,
		status: 'HUBEE_COMPLETED',
		changed: !answered || !done,
	};
}
