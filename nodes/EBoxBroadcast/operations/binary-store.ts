import { Readable } from 'node:stream';

import type { IBinaryData } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { FileSink, OutputFile } from '../batch/files/output-file';
import type { NoService } from '../connect';

export interface StoredFile extends OutputFile {
	binary: IBinaryData;
}

/** Where the files of one item go: n8n's binary store, each while it is made. */
export class BinaryStore {
	readonly files: StoredFile[] = [];

	constructor(private readonly context: ItemContext<NoService>) {}

	readonly sink: FileSink = async (file, bytes) => {
		const checkedBytes = new CompletionChecked(bytes, this.context.signal);
		const stream = Readable.from(checkedBytes, { objectMode: false });
		const binary = await this.context.storeFile(stream, file.fileName, file.mimeType);
		checkedBytes.assertComplete(file.fileName);
		this.files.push({ ...file, binary });
	};

	/** The stored files of a language, in the order in which they were made. */
	of(language: string): StoredFile[] {
		return this.files.filter((file) => file.language === language);
	}
}

/** n8n's store takes a stream that broke for one that ended: here the difference is kept. */
class CompletionChecked implements AsyncIterable<Uint8Array> {
	private complete = false;
	private failure: unknown;

	constructor(
		private readonly bytes: AsyncIterable<Uint8Array>,
		private readonly signal: AbortSignal | undefined,
	) {}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		try {
			for await (const chunk of this.bytes) {
				this.signal?.throwIfAborted();
				yield chunk;
			}
			this.complete = true;
		} catch (error) {
			this.failure = error;
		}
		// Ends the stream in either case: assertComplete tells the rest.
	}

	assertComplete(fileName: string): void {
		if (this.complete) return;
		if (this.failure instanceof GuichetError) throw this.failure;
		const why = this.failure instanceof Error ? `: ${this.failure.message}` : '';
		throw new GuichetError('failed_here', `The file "${fileName}" could not be stored${why}`, {
			outcome: 'not_done',
		});
	}
}
