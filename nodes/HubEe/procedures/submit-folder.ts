import type { IDataObject } from 'n8n-workflow';

import { GuichetError, recoverFrom } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { allSettledOrThrow } from '../../../lib/all-settled';
import type { Folder, NewFolder } from '../api/types';
import type { HubEeApi } from '../connect';
import { type BegunFolder, BegunFolders, type EarlierFolder } from './begun-folders';
import { declaredFiles, folderFiles, folderHead } from './new-folder';
import {
	failedFile,
	pairedWithAnswer,
	type OutgoingFile,
	refusedDeclaration,
	waitForScan,
} from './outgoing-files';

/** What becomes of a folder whose external ID this node has submitted before. */
type IfSubmittedBefore = 'report' | 'fail' | 'submitAgain';

/**
 * Sends a télédossier: creates the folder, uploads every file to its place, waits for the
 * antivirus, and only then completes the folder, which is what notifies the recipients. When
 * anything goes wrong before, the folder is deleted: nobody has seen it.
 *
 * A folder with an external ID is remembered across executions, so that a run that n8n begins again
 * after a crash completes one folder and not two.
 */
export async function submitFolder(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const choice = context.group('additionalFields').optionalText('ifSubmittedBefore') ?? 'report';
	const isBuilt = context.optionalText('externalId') === undefined;
	const head = folderHead(context);
	const files = await folderFiles(context);
	// A generated external ID is new in each run, so there is no earlier folder under it.
	if (isBuilt || choice === 'submitAgain') return await sendFolder(context, head, files);
	const folders = new BegunFolders(context, head, files);
	return await folders.inTurn(async () => {
		const before = await folders.before();
		const report = (found: CompletedFolder) =>
			submittedBefore(found, files, choice as IfSubmittedBefore);
		const completed = await completedOf(context, before, folders);
		if (completed) return report(completed);
		return await sendFolder(context, head, files, {
			begin: async (folderId) => await folders.begin(folderId, before),
			sentByOther: async (begun) =>
				await completedOf(context, await folders.othersBefore(begun), folders),
			report,
		});
	});
}

/** How a folder is remembered. */
interface Remembering {
	begin(folderId: string): Promise<BegunFolder>;
	/** What another process has sent in the same moment. */
	sentByOther(begun: BegunFolder): Promise<CompletedFolder | undefined>;
	report(found: CompletedFolder): IDataObject;
}

/** A folder of before that was completed. */
interface CompletedFolder extends EarlierFolder {
	completed: Folder;
}

/**
 * What came of a try with an unknown outcome. A folder that was not completed is deleted, and the
 * files are sent anew.
 *
 * @returns nothing where the answer to the creation was lost: such a folder cannot be found
 */
export async function lookForSubmitted(
	context: ItemContext<HubEeApi>,
	{ details }: GuichetError,
): Promise<IDataObject | undefined> {
	const folderId = details.data?.folderId;
	if (typeof folderId !== 'string') return undefined;
	const completed = await completedOrDeleted(context, folderId);
	if (!completed) return await submitFolder(context);
	return folderResult(completed, await folderFiles(context));
}

/**
 * That of the folders of before which was completed. Those that were not are deleted, as no
 * recipient has seen them: their files may be others by now.
 */
async function completedOf(
	context: ItemContext<HubEeApi>,
	before: EarlierFolder[],
	folders: BegunFolders,
): Promise<CompletedFolder | undefined> {
	for (const one of before) {
		const completed = await completedBefore(context, one, folders.isShared);
		if (completed) return { ...one, completed };
	}
	return undefined;
}

/** @param isShared another process may be about to complete it */
async function completedBefore(
	context: ItemContext<HubEeApi>,
	{ folder, folderId, completing, givenUp }: EarlierFolder,
	isShared: boolean,
): Promise<Folder | undefined> {
	if (folderId === undefined) throw notToBeTold();
	const found = await (isShared ? endOfFolder(context, folderId) : folderOf(context, folderId));
	if (!found && completing && !givenUp) throw goneSince(folderId);
	if (found && found.globalStatus !== 'HUBEE_RECEIVED') return found;
	await folder.givingUp();
	const completed = await completedOrDeleted(context, folderId);
	if (completed) await folder.kept();
	else await folder.forget(folderId);
	return completed;
}

const folderOf = async ({ api }: ItemContext<HubEeApi>, folderId: string) =>
	await api.client.getFolder(folderId).catch(recoverFrom(undefined, 'not_found'));

/** How often another process is looked after, and how long it is given beside the antivirus. */
const LOOK_SECONDS = 5;
const UPLOAD_SECONDS = 60;

/**
 * Waits until the process that has begun the folder is done with it, or must have been ended. Where
 * it is only slow, its folder is deleted and it cannot complete it.
 *
 * @returns the folder as it is then
 */
async function endOfFolder(
	context: ItemContext<HubEeApi>,
	folderId: string,
): Promise<Folder | undefined> {
	const looks = (scanSeconds(context) + UPLOAD_SECONDS) / LOOK_SECONDS;
	for (let look = 0; ; look++) {
		const found = await folderOf(context, folderId);
		if (found?.globalStatus !== 'HUBEE_RECEIVED' || look >= looks) return found;
		await context.api.client.http.wait(LOOK_SECONDS * 1000);
	}
}

const scanSeconds = (context: ItemContext<HubEeApi>): number =>
	context.group('additionalFields').optionalNumber('scanSeconds', { min: 1 }) ?? 120;

/** Deletes a folder, unless it was completed: HubEE deletes no folder that a recipient may see. */
async function completedOrDeleted(
	{ api: { cleanUpClient } }: ItemContext<HubEeApi>,
	folderId: string,
): Promise<Folder | undefined> {
	return await cleanUpClient.deleteFolder(folderId).then(
		() => undefined,
		async (error: unknown) => {
			const found = await cleanUpClient
				.getFolder(folderId)
				.catch(recoverFrom(undefined, 'not_found'));
			if (found?.globalStatus === 'HUBEE_RECEIVED') throw error;
			return found;
		},
	);
}

const notToBeTold = () =>
	new GuichetError(
		'refused',
		'A folder of this external ID was begun before, and whether it was completed cannot be told',
		{
			outcome: 'unknown',
			hint: 'n8n was ended while it read which one it was. Ask the recipient, or choose "Submit Again" in "If Submitted Before".',
		},
	);

const goneSince = (folderId: string) =>
	new GuichetError(
		'refused',
		`The folder ${folderId} of this external ID was sent before, and HubEE does not have it any more`,
		{
			outcome: 'unknown',
			hint: 'HubEE deletes old folders. For another folder give another External ID; to send this one once more choose "Submit Again" in "If Submitted Before".',
			data: { folderId },
		},
	);

function submittedBefore(
	{ completed: folder, isSame }: CompletedFolder,
	files: OutgoingFile[],
	choice: IfSubmittedBefore,
): IDataObject {
	const { id, externalId, globalStatus } = folder;
	if (isSame && choice !== 'fail') return { ...folderResult(folder, files), submittedBefore: true };
	const what = isSame ? 'It' : 'A folder with another content';
	throw new GuichetError(
		'refused',
		`${what} was submitted before with the external ID ${externalId}: folder ${id}, ${globalStatus}`,
		{
			outcome: 'not_done',
			hint: 'Nothing was sent. For another folder give another External ID.',
			data: { folderId: id, externalId, globalStatus, sameContent: isSame },
		},
	);
}

async function sendFolder(
	context: ItemContext<HubEeApi>,
	head: Omit<NewFolder, 'attachments'>,
	files: OutgoingFile[],
	remembering?: Remembering,
): Promise<IDataObject> {
	const folder = await createFolder(context, {
		...head,
		attachments: declaredFiles(files, head.cases),
	});
	let begun: BegunFolder | undefined;
	const act = async () => {
		if (!remembering) return await uploadAndComplete(context, folder, files);
		begun = await remembering.begin(folder.id);
		const other = await remembering.sentByOther(begun);
		if (!other) return await uploadAndComplete(context, folder, files, begun);
		await withdraw(context, folder.id, begun);
		return { report: () => remembering.report(other) };
	};
	const end = await act().catch(async (error: unknown) => {
		throw await withdrawn(context, folder, error, begun);
	});
	if ('report' in end) return end.report();
	const { attachments, globalStatus } = end;
	if (globalStatus === undefined) throw notShown(folder);
	return folderResult({ ...folder, attachments, globalStatus }, files);
}

async function uploadAndComplete(
	context: ItemContext<HubEeApi>,
	folder: Folder,
	files: OutgoingFile[],
	begun?: BegunFolder,
): Promise<Pick<Folder, 'attachments'> & { globalStatus: string | undefined }> {
	const { client } = context.api;
	const fields = context.group('additionalFields');
	const despiteRefused = fields.boolean('completeDespiteRefusedFiles');
	await uploadAll(context, folder, files);
	const ids = folder.attachments.map(({ id }) => id);
	const read = async () => (await client.getFolder(folder.id)).attachments;
	const scanned = await waitForScan(context, ids, read, scanSeconds(context), despiteRefused);
	await begun?.completing(folder.id);
	return {
		attachments: folder.attachments.map((one, at) => ({ ...one, ...scanned.at(at) })),
		globalStatus: await complete(context, folder.id),
	};
}

/**
 * Creates the folder. The stop button does not cut this one call off: its answer holds the id
 * without which the folder could not be deleted again. A lost answer leaves a folder behind that
 * nobody can find, and that nobody but its sender would ever see.
 */
export async function createFolder(
	context: ItemContext<HubEeApi>,
	folder: NewFolder,
): Promise<Folder> {
	const { externalId } = folder;
	return await context.api.cleanUpClient.createFolder(folder).catch((error: unknown) => {
		if (!(error instanceof GuichetError) || error.details.outcome !== 'unknown')
			throw refusedDeclaration(error, folder.attachments);
		const consequence = `If HubEE recorded the folder ${externalId}, it stays without files in HUBEE_RECEIVED, where no recipient sees it. So it may be submitted again; where HubEE then says that the external ID exists, give another one.`;
		throw error.with({
			hint: [error.details.hint, consequence].filter(Boolean).join(' '),
			data: { ...error.details.data, externalId },
		});
	});
}

async function uploadAll(
	context: ItemContext<HubEeApi>,
	folder: Folder,
	files: OutgoingFile[],
): Promise<void> {
	await allSettledOrThrow(
		pairedWithAnswer(files, folder.attachments).map(
			async ([{ declared, open, sha256 }, { id }]) => {
				await context.api.client
					.uploadFolderAttachment(folder.id, id, { open, size: declared.size, sha256 })
					.catch((error: unknown) => {
						throw failedFile(declared, error);
					});
			},
		),
	);
}

/** How often the completion is sent when HubEE fails. */
const COMPLETION_TRIES = 3;

/**
 * Completes the folder. It is not repeated blindly: the hub moves a completed folder on at once,
 * and a second completion would put its status back. After a lost answer the folder itself says
 * whether it has moved on.
 *
 * @returns the status that the hub shows; nothing where it accepted the completion and does not
 *   show it
 */
async function complete(
	{ api }: ItemContext<HubEeApi>,
	folderId: string,
): Promise<string | undefined> {
	const { client, cleanUpClient } = api;
	const shown = async () =>
		(await cleanUpClient.getFolder(folderId).catch(() => undefined))?.globalStatus;
	for (let tries = 1; ; tries++) {
		const failure = await client.completeFolder(folderId).then(
			() => undefined,
			(error: unknown) => ({ error }),
		);
		for (let looks = 1; looks <= (failure ? 1 : COMPLETION_LOOKS); looks++) {
			const status = await shown();
			if (status !== undefined && status !== 'HUBEE_RECEIVED') return status;
			if (status === undefined && failure) throw failure.error;
			await client.http.wait(looks * 2000);
		}
		if (!failure) return undefined;
		if (!mayTryAgain(failure.error) || tries === COMPLETION_TRIES) throw failure.error;
	}
}

/** How often the folder is looked at after HubEE has accepted its completion. */
const COMPLETION_LOOKS = 3;

/** What the hub has accepted is not taken back because it cannot be seen for a moment. */
const notShown = ({ id, externalId }: Folder) =>
	new GuichetError('refused', 'HubEE accepted the completion of the folder and does not show it', {
		hint: `Look at the folder ${id} with Folder: Get: in HUBEE_RECEIVED no recipient sees it. With an External ID of your own it may be submitted again: what was sent is then reported.`,
		outcome: 'unknown',
		data: { folderId: id, externalId },
	});

const mayTryAgain = (error: unknown): boolean =>
	error instanceof GuichetError &&
	['unreachable', 'timeout', 'service_failed'].includes(error.code);

/** @param folder its files may be purged, but are never others than these */
function folderResult(folder: Folder, files: OutgoingFile[]): IDataObject {
	return {
		folderId: folder.id,
		externalId: folder.externalId,
		processCode: folder.processCode,
		globalStatus: folder.globalStatus,
		cases: folder.cases.map(({ id, externalId, recipient }) => ({
			caseId: id,
			externalId,
			recipient,
		})),
		files: files.map(({ field, declared, sha256 }, index) => ({
			binaryField: field,
			...declared,
			sha256,
			attachmentId: folder.attachments.at(index)?.id,
			status: folder.attachments.at(index)?.status,
			recipients: folder.attachments.at(index)?.recipients,
		})),
		submittedBefore: false,
	} as unknown as IDataObject;
}

/**
 * Deletes the folder that was not completed and says how that went; the first failure stays the
 * message.
 */
async function withdrawn(
	context: ItemContext<HubEeApi>,
	{ id, externalId }: Folder,
	error: unknown,
	begun: BegunFolder | undefined,
): Promise<GuichetError> {
	const failure =
		error instanceof GuichetError
			? error
			: new GuichetError('failed_here', 'The folder could not be sent');
	const removed = await withdraw(context, id, begun);
	const end = removed
		? 'The folder was deleted again: no recipient has seen it.'
		: `The folder ${id} could not be deleted again. Look at it with Folder: Get: as long as it is HUBEE_RECEIVED no recipient sees it, and Folder: Delete removes it.`;
	return failure.with({
		hint: [failure.details.hint, end].filter(Boolean).join(' '),
		outcome: removed ? 'not_done' : 'unknown',
		data: { ...failure.details.data, folderId: id, externalId, folderDeleted: removed },
	});
}

/** @returns whether the folder is gone */
async function withdraw(
	{ api }: ItemContext<HubEeApi>,
	folderId: string,
	begun: BegunFolder | undefined,
): Promise<boolean> {
	await begun?.givingUp().catch(() => undefined);
	const removed = await api.cleanUpClient.deleteFolder(folderId).then(
		() => true,
		// Another process may have deleted it, which HubEE allows only before the completion.
		(error: unknown) => error instanceof GuichetError && error.code === 'not_found',
	);
	await (removed ? begun?.forget(folderId) : begun?.kept())?.catch(() => undefined);
	return removed;
}
