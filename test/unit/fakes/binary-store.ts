import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

import type { IBinaryData } from 'n8n-workflow';

/**
 * n8n's binary store in memory: files go in and come out as streams, and items hold only their
 * ids.
 */
export class BinaryStore {
	private readonly files = new Map<string, Buffer>();

	/** Makes the next file that is stored fail, as a full disk does. */
	failNextWith: Error | undefined;

	/** Ids in the order of storing. */
	get ids(): string[] {
		return [...this.files.keys()];
	}

	/** Puts a file there as an earlier node would have done, for an item's `binary`. */
	put(content: Buffer | string, fileName = 'file.bin', mimeType = 'application/octet-stream') {
		return this.keep(Buffer.from(content), fileName, mimeType);
	}

	/** The bytes that an item's binary field stands for. */
	contentOf(binary: IBinaryData | undefined): Buffer {
		const content = this.files.get(binary?.id ?? '');
		if (!content) throw new Error('This binary field is not in the store');
		return content;
	}

	async store(
		data: Buffer | Readable,
		fileName?: string,
		mimeType = 'application/octet-stream',
	): Promise<IBinaryData> {
		const content = Buffer.isBuffer(data) ? data : await this.read(data);
		return this.keep(content, fileName, mimeType);
	}

	async open(id: string, chunkSize = 16 * 1024): Promise<Readable> {
		const content = this.files.get(id);
		if (!content) throw new Error(`There is no file ${id}`);
		const chunks: Buffer[] = [];
		for (let at = 0; at < content.length; at += chunkSize)
			chunks.push(content.subarray(at, at + chunkSize));
		return await Promise.resolve(Readable.from(chunks, { objectMode: false }));
	}

	private async read(stream: Readable): Promise<Buffer> {
		const failure = this.failNextWith;
		this.failNextWith = undefined;
		if (failure) throw failure;
		const chunks: Buffer[] = [];
		for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
		return Buffer.concat(chunks);
	}

	private keep(content: Buffer, fileName: string | undefined, mimeType: string): IBinaryData {
		const id = `memory:${randomUUID()}`;
		this.files.set(id, content);
		return {
			id,
			data: 'memory',
			mimeType,
			fileName,
			fileExtension: fileName?.split('.').pop(),
			fileSize: `${content.length} B`,
			bytes: content.length,
		};
	}
}
