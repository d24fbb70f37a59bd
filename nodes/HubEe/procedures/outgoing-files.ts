import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';

import { isSameId } from '../../../lib/answers/read';
import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import { Metered } from '../../../lib/files/metered';
import type { InputFile, ItemContext } from '../../../lib/node/item-context';
import { allSettledOrThrow } from '../../../lib/all-settled';
import type { Attachment, NewAttachment } from '../api/types';
import type { HubEeApi } from '../connect';
import { eachOnce } from './receive-case';

/**
 * A file of the workflow, measured: what is declared to HubEE, and how its bytes are opened again
 * to be sent.
 */
export interface OutgoingFile {
	/** The binary field it came from. */
	field: string;
	declared: NewAttachment;
	/** For files of a folder: who may see it, as the person wrote it. */
	visibility?: string;
	sha256: string;
	open: InputFile['open'];
}

/**
 * Reads the chosen files once to count and hash them: HubEE refuses an upload whose size is not
 * exactly what was declared, and takes the digest before the bytes.
 */
export async function outgoingFiles(
	context: ItemContext<HubEeApi>,
	chosen: FileChoice[] = context.boolean('sendAllFiles', true)
		? everyFile(context)
		: listedFiles(context),
): Promise<OutgoingFile[]> {
	if (chosen.length === 0)
		throw invalidInput(
			'Files',
			'are missing: the item has no file to send',
			'Connect a node that gives files, or choose the fields by hand.',
		);
	return await allSettledOrThrow(
		chosen.map(async (choice) => notEmpty(await measured(context, choice))),
	);
}

/** The one file that an upload of its own sends; its declaration was made before. */
export async function uploadedFile(context: ItemContext<HubEeApi>): Promise<OutgoingFile> {
	const field = context.text('inputField');
	return notEmpty(await measured(context, { field, type: 'upload' }));
}

function notEmpty(file: OutgoingFile): OutgoingFile {
	if (file.declared.size > 0) return file;
	throw invalidInput(
		`The file in "${file.field}"`,
		'is empty: HubEE fails on uploads without content',
	);
}

/** Which file to send, and as what. */
export interface FileChoice {
	field: string;
	type: string;
	fileName?: string;
	mimeType?: string;
	visibility?: string;
}

function everyFile(context: ItemContext<HubEeApi>): FileChoice[] {
	const type = context.text('attachmentType', { maxLength: 100 });
	const fields = context.group('additionalFields');
	const replaced = fields.json('mimeTypes') ?? {};
	if (Object.values(replaced).some((one) => typeof one !== 'string' || !one.includes('/')))
		throw invalidInput(
			fields.label('mimeTypes'),
			'must be an object such as {"text/xml":"application/xml"}',
		);
	return context.inputFileNames().map((field) => {
		const mimeType = replaced[bareType(context.inputFile(field).mimeType)];
		return { field, type, ...(typeof mimeType === 'string' ? { mimeType } : {}) };
	});
}

/** Without the parameters that an HTTP answer adds: `text/xml; charset=utf-8`. */
const bareType = (mimeType: string): string => mimeType.replace(/\s*;.*$/s, '').trim();

/** A refused declaration, with what was declared: which MIME types a process enables is its own. */
export function refusedDeclaration(error: unknown, files: NewAttachment[]): unknown {
	if (!(error instanceof GuichetError) || error.details.status !== 400) return error;
	const xml = files.some(({ mimeType }) => mimeType === 'text/xml');
	if (!xml) return error;
	const hint =
		'XML was declared as text/xml. Where the process enables application/xml instead, set "MIME Types (JSON)" to {"text/xml":"application/xml"}.';
	return error.with({ hint: [error.details.hint, hint].filter(Boolean).join(' ') });
}

function listedFiles(context: ItemContext<HubEeApi>): FileChoice[] {
	return context.rows('files', 'file').map((row) => ({
		field: row.text('inputField'),
		type: row.text('attachmentType', { maxLength: 100 }),
		fileName: row.optionalText('fileName', { maxLength: 255 }),
		mimeType: row.optionalText('mimeType', { maxLength: 255 }),
		visibility: row.optionalText('visibleTo'),
	}));
}

async function measured(context: ItemContext<HubEeApi>, choice: FileChoice): Promise<OutgoingFile> {
	const file = context.inputFile(choice.field);
	const meter = new Metered();
	await pipeline(
		await file.open(),
		meter,
		new Writable({ write: (_chunk, _encoding, done) => done() }),
	);
	return {
		field: choice.field,
		declared: {
			fileName: (choice.fileName ?? file.fileName).slice(0, 255),
			type: choice.type,
			size: meter.size,
			mimeType: choice.mimeType ?? bareType(file.mimeType),
		},
		visibility: choice.visibility,
		sha256: meter.sha256('base64'),
		open: file.open,
	};
}

/**
 * Attachments as declared and as HubEE answered, matched by position and checked by name: names may
 * repeat.
 */
export function pairedWithAnswer(
	files: OutgoingFile[],
	attachments: Attachment[] = [],
): Array<[OutgoingFile, Attachment]> {
	const declared = eachOnce(attachments, 'the deposit');
	return files.map((file, index) => {
		const attachment = declared.at(index);
		if (attachment?.fileName !== file.declared.fileName)
			throw new GuichetError(
				'answer_malformed',
				`HubEE did not list the file "${file.declared.fileName}" where it was declared`,
				{ hint: 'The answer does not match the request, so no file was sent to a wrong place.' },
			);
		return [file, attachment];
	});
}

/** The failure of an upload, with the name of its file. */
export function failedFile({ fileName }: NewAttachment, error: unknown): unknown {
	// A cancellation is no failure of this file.
	if (!(error instanceof GuichetError) || error.code === 'cancelled') return error;
	return error.with({ message: `The file "${fileName}" could not be sent: ${error.message}` });
}

/** Whether the scan is over; every other status means that it is still running. */
const FINAL_STATUSES = ['RECEIVED', 'CORRUPTED', 'REJECTED'];

/** Seconds between two looks at the antivirus: quick at first, then calm. */
const SCAN_DELAYS_SECONDS = [0, 1, 1, 2, 3, 5, 5, 10];

/**
 * Waits until the hub has scanned all files.
 *
 * @param ids of the files that are waited for; a list that lacks one is no verdict on it
 * @param read gives the attachments as they are now
 * @param acceptRefused goes on when files were refused, instead of failing at the first
 * @throws GuichetError `file_rejected` at the first file that was refused, `file_pending` when the
 * time is over
 */
export async function waitForScan(
	context: ItemContext<HubEeApi>,
	ids: string[],
	read: () => Promise<Attachment[]>,
	maxSeconds: number,
	acceptRefused = false,
): Promise<Attachment[]> {
	const { http } = context.api.client;
	const deadline = Date.now() + maxSeconds * 1000;
	for (let look = 0; ; look++) {
		await http.wait((SCAN_DELAYS_SECONDS[look] ?? 10) * 1000);
		const attachments = listed(ids, await read());
		const refused = attachments.find(
			({ status }) => status === 'CORRUPTED' || status === 'REJECTED',
		);
		if (refused && !acceptRefused) throw refusedFile(refused);
		const pending = attachments.filter(({ status }) => !FINAL_STATUSES.includes(status));
		if (pending.length === 0) return attachments;
		if (Date.now() >= deadline) throw stillPending(pending, maxSeconds);
	}
}

/** The files of these ids, in their order. */
function listed(ids: string[], attachments: Attachment[]): Attachment[] {
	return ids.map((id) => {
		const found = attachments.find((attachment) => isSameId(id, attachment.id));
		if (found) return found;
		throw new GuichetError(
			'answer_malformed',
			'HubEE does not list all files that were sent, so whether they passed the antivirus is unknown',
		);
	});
}

function refusedFile({ fileName, status }: Attachment): GuichetError {
	return new GuichetError(
		'file_rejected',
		status === 'CORRUPTED'
			? `The antivirus of the hub rejected the file "${fileName}" (CORRUPTED)`
			: `The hub rejected the file "${fileName}": it does not match what was declared (REJECTED)`,
		{
			hint:
				status === 'CORRUPTED'
					? 'Check the file itself; sending it again will not help.'
					: 'The MIME type or format is probably not among those that the process allows.',
			outcome: 'not_done',
		},
	);
}

function stillPending(pending: Attachment[], maxSeconds: number): GuichetError {
	return new GuichetError(
		'file_pending',
		`The hub had not let all files through after ${maxSeconds} s: ${pending.map(({ fileName }) => `"${fileName}"`).join(', ')}`,
		{
			hint: 'The scan may be busy: try again later, or raise "Longest Wait for Antivirus".',
			outcome: 'not_done',
		},
	);
}
