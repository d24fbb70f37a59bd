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

export interface FileDigest {
	size: number;
	/** SHA-256, hexadecimal */
	sha256: string;
}

/** A pass-through that counts and hashes; `measure` is complete once the bytes have been read. */
export class DigestedBytes implements AsyncIterable<Uint8Array> {
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

	get measure(): FileDigest {
		this.digest ??= this.hash.digest('hex');
		return { size: this.size, sha256: this.digest };
	}
}

/** Hands a file to the sink and tells what went through. */
export async function store(
	sink: FileSink,
	file: OutputFile,
	bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<FileDigest> {
	const digested = new DigestedBytes(bytes);
	await sink(file, digested);
	return digested.measure;
}

/** What names the files of one language version. */
export interface NamedVersion {
	ticket: string;
	language: string;
	/** between language and number, for instance "test" */
	label?: string;
}

/**
 * A part of a file name: letters, digits, dot, hyphen and underscore stay, everything else becomes
 * "_".
 */
function safePart(text: string): string {
	return text.replace(/[^\p{L}\p{N}._-]/gu, '_').replace(/^\.+/, '_');
}

/** `<ticket>_<language>`, the beginning of every file name of a language version. */
export function fileStem({ ticket, language, label }: NamedVersion): string {
	return [ticket, language, label]
		.filter(Boolean)
		.map((part) => safePart(part ?? ''))
		.join('_');
}

/** `INFO-2025-FR-01_fr_01of04.csv`: number and total have as many digits, two at least. */
export function numberedName(
	version: NamedVersion,
	number: number,
	total: number,
	extension: string,
): string {
	const width = Math.max(2, String(total).length);
	const padded = (n: number): string => String(n).padStart(width, '0');
	return `${fileStem(version)}_${padded(number)}of${padded(total)}.${extension}`;
}
