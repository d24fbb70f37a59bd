import { createHash } from 'node:crypto';

/** What a file is for. Only the first three are handed over; the others are for the institution. */
export type FileRole = 'document' | 'metadata' | 'recipients' | 'manifest' | 'rejects' | 'zip';

export interface OutputFile {
	role: FileRole;
	fileName: string;
	mimeType: string;
	/** language version the file belongs to */
	language: string;
	/** number of the list, from 1, for metadata and recipients of one list */
	list?: number;
}

/** Takes a file as it is made; the promise resolves when every byte is stored. */
export type FileSink = (file: OutputFile, bytes: AsyncIterable<Uint8Array>) => Promise<void>;

export interface Measure {
	size: number;
	/** SHA-256, hexadecimal */
	sha256: string;
}

/** A pass-through that counts and hashes; `measure` is complete once the bytes have been read. */
export class Measured implements AsyncIterable<Uint8Array> {
	private readonly hash = createHash('sha256');
	private size = 0;
	private digest?: string;

	constructor(private readonly bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		for await (const chunk of this.bytes) {
			this.hash.update(chunk);
			this.size += chunk.length;
			yield chunk;
		}
	}

	get measure(): Measure {
		this.digest ??= this.hash.digest('hex');
		return { size: this.size, sha256: this.digest };
	}
}

/** Hands a file to the sink and tells what went through. */
export async function store(
	sink: FileSink,
	file: OutputFile,
	bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Measure> {
	const measured = new Measured(bytes);
	await sink(file, measured);
	return measured.measure;
}
