import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';

import type { IBinaryData } from 'n8n-workflow';

import { GuichetError } from '../errors/guichet-error';
import { safeFileName } from '../files/file-name';
import { fileType } from '../files/file-type';
import { Metered } from '../files/metered';

/** Where files are put: an {@link ItemContext}, or a trigger's. */
export interface FileStore {
	storeFile(stream: Readable, fileName: string, mimeType?: string): Promise<IBinaryData>;
}

/** What a file was said to be, by the service that sends it. */
export interface ExpectedFile {
	/** As the service gives it; it is made safe here. */
	fileName: string;
	mimeType?: string;
	/** Bytes. */
	size?: number;
	/** SHA-256, in any of the usual notations. */
	sha256?: { value: string; encoding: 'base64' | 'base64url' | 'hex' };
}

export interface ReceivedFile {
	binary: IBinaryData;
	/** Safe to store. */
	fileName: string;
	size: number;
	/** Base64, as computed from the bytes that arrived. */
	sha256: string;
}

/**
 * Streams a file into n8n's store, counts and hashes it on the way, and refuses it when it is not
 * what was announced: at the first byte too many, or at its end.
 *
 * @throws GuichetError `size_mismatch` or `digest_mismatch`; the stored bytes are not handed on
 *   then
 * @example
 * const { binary } = await receiveFile(context, body, { fileName: 'acte.pdf', size: 1_024 });
 */
export async function receiveFile(
	store: FileStore,
	body: Readable,
	expected: ExpectedFile,
): Promise<ReceivedFile> {
	const fileName = safeFileName(expected.fileName);
	const { size } = expected;
	let tooLarge: GuichetError | undefined;
	const metered = new Metered(
		size === undefined
			? undefined
			: {
					most: size,
					exceeded: () => (tooLarge = wrongSize(fileName, `more than ${size}`, size)),
				},
	);
	// Both ends are awaited: the store alone would take a stream that broke for one that ended.
	const [binary] = await Promise.all([
		store.storeFile(metered, fileName, fileType(fileName, expected.mimeType)),
		pipeline(body, metered),
	]).catch((error: unknown) => {
		// The store may be the first to tell of a stream that broke, in its own words.
		throw tooLarge ?? error;
	});
	assertIntact(fileName, metered, expected);
	return { binary, fileName, size: metered.size, sha256: metered.sha256('base64') };
}

function assertIntact(fileName: string, metered: Metered, { size, sha256 }: ExpectedFile): void {
	if (size !== undefined && size !== metered.size) throw wrongSize(fileName, metered.size, size);
	if (sha256 && normalised(sha256.value) !== normalised(metered.sha256(sha256.encoding)))
		throw new GuichetError(
			'digest_mismatch',
			`The file "${fileName}" arrived with another SHA-256 digest than was announced`,
			{
				hint: 'It was changed or damaged on its way. Nothing was acknowledged: receive it again, and tell the service if it stays so.',
				outcome: 'not_done',
			},
		);
}

function wrongSize(fileName: string, arrived: number | string, announced: number): GuichetError {
	return new GuichetError(
		'size_mismatch',
		`The file "${fileName}" arrived with ${arrived} bytes, and ${announced} were announced`,
		{
			hint: 'Nothing was acknowledged, so the file is still there: receive it again.',
			outcome: 'not_done',
		},
	);
}

/** Padding is optional in practice, hexadecimal digits come in both cases. */
function normalised(digest: string): string {
	const bare = digest.trim().replace(/=+$/, '');
	return /^[0-9a-f]{64}$/i.test(bare) ? bare.toLowerCase() : bare;
}
