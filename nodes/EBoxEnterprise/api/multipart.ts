import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

import type { RequestBody } from '../../../lib/http/call';

/** A file of a publication. */
export interface FilePart {
	/** `upfile1`, as `httpPartName` says it. */
	partName: string;
	fileName: string;
	mediaType: string;
	/** Bytes, when known; all must be known for a Content-Length. */
	size?: number;
	open: () => Promise<Readable>;
}

/**
 * SHA-256 in base64url without padding: always this long, so that the length of a body is known
 * before the files are read.
 */
const DIGEST_LENGTH = 43;

/**
 * The body of a publication: the files first, each read once and hashed on its way, then the JSON
 * text with their digests. The order of parts is free, and the JSON last a supported case
 * (publication profile); so no file is read twice or held in memory.
 *
 * @param json makes the text of `messageToPublish` from the digests by part name; its length must
 * not depend on their values
 */
export function publicationBody(
	files: readonly FilePart[],
	json: (digests: ReadonlyMap<string, string>) => string,
): RequestBody {
	const boundary = `guichet-${randomUUID()}`;
	const heads = files.map((file) => head(boundary, file));
	const tail = (text: string) =>
		`--${boundary}\r\nContent-Disposition: form-data; name="messageToPublish"\r\n\r\n${text}\r\n--${boundary}--\r\n`;
	const placeholders = new Map(
		files.map(({ partName }) => [partName, 'A'.repeat(DIGEST_LENGTH)] as const),
	);
	const sizes = files.map(({ size }) => size);
	const size = sizes.every((one) => one !== undefined)
		? heads.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0) +
			sizes.reduce((sum: number, one) => sum + (one ?? 0), 0) +
			Buffer.byteLength(tail(json(placeholders)))
		: undefined;
	async function* parts(): AsyncGenerator<Buffer> {
		const digests = new Map<string, string>();
		for (const [index, file] of files.entries()) {
			yield Buffer.from(heads[index]);
			const hash = createHash('sha256');
			for await (const chunk of (await file.open()) as AsyncIterable<Buffer>) {
				hash.update(chunk);
				yield chunk;
			}
			digests.set(file.partName, hash.digest('base64url'));
			yield Buffer.from('\r\n');
		}
		yield Buffer.from(tail(json(digests)));
	}
	return {
		stream: async () => await Promise.resolve(Readable.from(parts(), { objectMode: false })),
		size,
		contentType: `multipart/form-data; boundary=${boundary}`,
	};
}

function head(boundary: string, { partName, fileName, mediaType }: FilePart): string {
	// A name or type from outside must not be able to end its line or its quotes.
	const quoted = (text: string) => text.replace(/[\r\n]+/g, ' ').replace(/"/g, '%22');
	return (
		`--${boundary}\r\n` +
		`Content-Disposition: form-data; name="${quoted(partName)}"; filename="${quoted(fileName)}"\r\n` +
		`Content-Type: ${mediaType.replace(/[^\x20-\x7e]/g, '')}\r\n\r\n`
	);
}
