import { empty } from '../../mock-server';
import type { Answer, Call } from '../../mock-server';
import { badData, notFound, Refusal, unauthorized } from '../gateway/refusal';
import type { Attachment } from '../model';

import type { OperationContext } from './context';
import { digestHeader } from './files';
import type { StoredFile } from './files';
import { isAuthor } from './hub';
import type { Hub } from './hub';

export async function uploadFolderAttachment(context: OperationContext): Promise<Answer> {
	const { hub, identity, path, call } = context;
	const folder = hub.folderFor(identity, path.folderId ?? '');
	const attachment = byId(folder.attachments, path.attachmentId);
	if (attachment === undefined) throw notFound('Binary meta-data');
	if (folder.globalStatus !== 'HUBEE_RECEIVED') {
		throw badData(['Folder does not await any attachment']);
	}
	return await store(hub, attachment, call);
}

export async function uploadEventAttachment(context: OperationContext): Promise<Answer> {
	const { hub, identity, path, call } = context;
	const { event } = hub.eventFor(identity, path.caseId ?? '', path.eventId ?? '');
	if (!isAuthor(event, identity)) throw unauthorized();
	const attachment = byId(event.attachments, path.attachmentId);
	if (attachment === undefined) throw notFound('Binary meta-data');
	if (event.status !== 'IN_PROGRESS') throw badData(['Event does not await any attachment']);
	return await store(hub, attachment, call);
}

export function downloadCaseAttachment({ hub, identity, path }: OperationContext): Answer {
	const item = hub.caseFor(identity, path.caseId ?? '');
	return download(hub, byId(hub.attachmentsOf(item), path.attachmentId));
}

export function downloadEventAttachment({ hub, identity, path }: OperationContext): Answer {
	const { event } = hub.eventFor(identity, path.caseId ?? '', path.eventId ?? '');
	return download(hub, byId(event.attachments, path.attachmentId));
}

function byId(attachments: Attachment[], id: string | undefined): Attachment | undefined {
	return attachments.find((attachment) => attachment.id === id?.toLowerCase());
}

/** Only a RECEIVED file can be read. */
function download(hub: Hub, attachment: Attachment | undefined): Answer {
	if (attachment === undefined) throw notFound('File');
	hub.antivirus.settle(attachment);
	const { file, status } = attachment;
	if (file === null || status !== 'RECEIVED') throw notFound('File');
	return {
		status: 200,
		headers: hub.settings.digestHeader ? { digest: digestHeader(file.sha256) } : {},
		body: { open: () => file.open(), length: file.size, type: 'application/octet-stream' },
	};
}

/** Takes the bytes in, checks size and digest, and hands the file to the antivirus. */
async function store(hub: Hub, attachment: Attachment, call: Call): Promise<Answer> {
	const file = await hub.files.receive(call.stream());
	const refusal = uploadRefusal(attachment, file, call);
	if (refusal !== undefined) {
		await hub.files.discard(file);
		throw refusal;
	}
	if (attachment.file !== null) await hub.files.discard(attachment.file);
	attachment.file = file;
	hub.antivirus.scan(attachment);
	return empty();
}

function uploadRefusal(attachment: Attachment, file: StoredFile, call: Call): Refusal | undefined {
	if (file.size === 0 && attachment.size > 0) return emptyUpload(call);
	if (file.size !== attachment.size) {
		return new Refusal(400, 'Size does not match with attachment meta-data');
	}
	const digest = call.header('digest');
	if (digest === undefined || digest === digestHeader(file.sha256)) return undefined;
	// How the real hub reacts is not known; a sandbox that let it pass would hide a client's fault.
	return new Refusal(400, 'Digest does not match with attachment');
}

/**
 * An upload without a body makes the hub answer outside its own contract, which the gateway then
 * reports.
 */
function emptyUpload(call: Call): Refusal {
	const message = [
		'Bad Response : Validation failed.',
		`[ERROR][RESPONSE][PUT ${call.path}] [Path '/errors'] Instance type (object) does not match any allowed primitive type (allowed: ["array"])`,
	].join('\n');
	return new Refusal(500, message);
}
