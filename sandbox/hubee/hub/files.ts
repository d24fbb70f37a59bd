import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { generatedContent, generatedSha256 } from './generated-content';

/** Bytes the hub holds; they are on disk or generated, never in memory. */
export interface StoredFile {
	size: number;
	/** Hex. */
	sha256: string;
	open(): Readable;
}

/**
 * The hub's file store: a folder under the system's temporary folder, gone when the sandbox ends.
 */
export class FileStore {
	private folder: Promise<string> | undefined;
	private readonly paths = new WeakMap<StoredFile, string>();

	/** Stores a stream. On failure nothing remains. */
	async receive(source: Readable): Promise<StoredFile> {
		const path = join(await this.directory(), randomUUID());
		const hash = createHash('sha256');
		let size = 0;
		const meter = new Transform({
			transform(chunk: Buffer, _encoding, done) {
				size += chunk.length;
				hash.update(chunk);
				done(null, chunk);
			},
		});
		try {
			await pipeline(source, meter, createWriteStream(path));
		} catch (error) {
			await unlink(path).catch(() => undefined);
			throw error;
		}
		const file = { size, sha256: hash.digest('hex'), open: () => createReadStream(path) };
		this.paths.set(file, path);
		return file;
	}

	/** Forgets a file that was refused or replaced. */
	async discard(file: StoredFile): Promise<void> {
		const path = this.paths.get(file);
		if (path !== undefined) await unlink(path).catch(() => undefined);
	}

	async fromBytes(bytes: Uint8Array): Promise<StoredFile> {
		return await this.receive(Readable.from([Buffer.from(bytes)]));
	}

	/** A file that exists only as a rule: any size, its SHA-256 known beforehand. */
	async generated(seed: number, size: number): Promise<StoredFile> {
		return {
			size,
			sha256: await generatedSha256(seed, size),
			open: () => generatedContent(seed, size),
		};
	}

	/** Deletes everything; the store can be used again. */
	async clear(): Promise<void> {
		const folder = this.folder;
		this.folder = undefined;
		if (folder) await rm(await folder, { recursive: true, force: true });
	}

	private async directory(): Promise<string> {
		this.folder ??= mkdtemp(join(tmpdir(), 'hubee-sandbox-'));
		const folder = await this.folder;
		await mkdir(folder, { recursive: true });
		return folder;
	}
}

/** A hexadecimal SHA-256 as the `digest` header carries it: bare base64 (contract since 1.2.4). */
export function digestHeader(sha256: string): string {
	return Buffer.from(sha256, 'hex').toString('base64');
}
