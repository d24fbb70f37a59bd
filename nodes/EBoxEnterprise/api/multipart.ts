import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { RequestBody } from '../../../lib/http/call';

/** A file of a publication. */
export interface FilePart {
	/** `upfile1`, as `httpPartName` says it. */
	partName: string;
	fileName: string;
	mediaType: string;
	open: () => Promise<Readable>;
}

/** A file whose bytes have been counted and hashed. */
export interface MeasuredFile extends FilePart {
	/** Bytes, counted from the file itself: what an item says of its file may be stale. */
	size: number;
	/** SHA-256 in base64url, padded: RFC 4648 section 3.2 asks for it where nothing else is said. */
	digest: string;
}

/**
 * Reads a file once, to know its length and digest before it is sent. A body of unknown length
 * would travel in chunks, which some servers answer with a bare error.
 */
export async function measureFile<File extends FilePart>(file: File): Promise<File & MeasuredFile> {
	const hash = createHash('sha256');
	let size = 0;
	const bytes: AsyncIterable<Buffer> = await file.open();
	for await (const chunk of bytes) {
		hash.update(chunk);
		size += chunk.length;
	}
	return { ...file, size, digest: `${hash.digest('base64url')}=` };
}

/**
 * The body of a publication: its files, each streamed, and the JSON text.
 *
 * @param json the text of `messageToPublish`
 * @throws GuichetError `failed_here` while it is sent, when a file changed since it was measured
 */
export function publicationBody(files: readonly MeasuredFile[], json: string): RequestBody {
	const boundary = `guichet-${randomUUID()}`;
	const withHeads = files.map((file) => [file, Buffer.from(partHead(boundary, file))] as const);
	const tail = Buffer.from(
		`--${boundary}\r\nContent-Disposition: form-data; name="messageToPublish"\r\n\r\n${json}\r\n--${boundary}--\r\n`,
	);
	const lineEnd = Buffer.from('\r\n');
	async function* parts(): AsyncGenerator<Buffer> {
		for (const [file, head] of withHeads) {
			yield head;
			yield* unchanged(file);
			yield lineEnd;
		}
		yield tail;
	}
	const sizes = files.map(({ size }) => size + lineEnd.length);
	const texts = [...withHeads.map(([, head]) => head), tail].map(({ length }) => length);
	return {
		stream: async () => await Promise.resolve(Readable.from(parts(), { objectMode: false })),
		size: [...sizes, ...texts].reduce((sum, one) => sum + one, 0),
		contentType: `multipart/form-data; boundary=${boundary}`,
	};
}

/** More or fewer bytes than announced would break the request, or make it hang. */
async function* unchanged({ open, size, fileName }: MeasuredFile): AsyncGenerator<Buffer> {
	let sent = 0;
	const bytes: AsyncIterable<Buffer> = await open();
	for await (const chunk of bytes) {
		sent += chunk.length;
		if (sent > size) throw changed(fileName);
		yield chunk;
	}
	if (sent < size) throw changed(fileName);
}

function changed(fileName: string): GuichetError {
	return new GuichetError('failed_here', `The file "${fileName}" changed while it was being sent`, {
		hint: 'Another workflow may be writing to it. Run the node again when the file is complete.',
		outcome: 'not_done',
	});
}

function partHead(boundary: string, { partName, fileName, mediaType }: FilePart): string {
	// A name or type from outside must not be able to end its line or its quotes.
	const quoted = (text: string) => text.replace(/[\r\n]+/g, ' ').replace(/"/g, '%22');
	return (
		`--${boundary}\r\n` +
		`Content-Disposition: form-data; name="${quoted(partName)}"; filename="${quoted(fileName)}"\r\n` +
		`Content-Type: ${mediaType.replace(/[^\x20-\x7e]/g, '')}\r\n\r\n`
	);
}
