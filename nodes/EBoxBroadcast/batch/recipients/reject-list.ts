import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { type FileSink, type FileDigest, store } from '../files/output-file';
import { REJECT_TEXTS, type Reject } from './recipients';

const FIRST_LINE = 'line;reason;explanation;number\n';
const SEPARATOR = ';';

/** What is known of the rejects when all are written. */
export interface RejectSummary extends FileDigest {
	count: number;
	fileName: string;
	/** the first ones, for a person to look at without opening the file */
	first: Reject[];
}

const SHOWN = 20;

/** A line of the reject list. Every value is ours or masked, so nothing needs quotes. */
function rejectLine({ line, reason, masked }: Reject): string {
	return [line, reason, REJECT_TEXTS[reason], masked].join(SEPARATOR) + '\n';
}

/**
 * Writes the rejects to a file while they are found. The number of rejects may be that of the
 * whole input, so they go to the sink at its pace and are not kept.
 */
export class RejectList {
	private readonly stream = new PassThrough();
	private readonly written: Promise<FileDigest>;
	private readonly first: Reject[] = [];
	private count = 0;

	constructor(
		sink: FileSink,
		private readonly fileName: string,
		language: string,
	) {
		this.stream.write(FIRST_LINE);
		this.written = store(
			sink,
			{ role: 'rejects', fileName, mimeType: 'text/csv', language },
			this.stream,
		);
		// The failure of the sink reaches the caller in finish(); until then it must not go unhandled.
		this.written.catch((error: unknown) => this.stream.destroy(asError(error)));
		this.stream.on('error', () => undefined);
	}

	readonly add = async (reject: Reject): Promise<void> => {
		this.count++;
		if (this.first.length < SHOWN) this.first.push(reject);
		if (this.stream.write(rejectLine(reject)) || this.stream.destroyed) return;
		await Promise.race([once(this.stream, 'drain'), this.written]);
	};

	async finish(): Promise<RejectSummary> {
		this.stream.end();
		const measure = await this.written;
		return { ...measure, count: this.count, fileName: this.fileName, first: this.first };
	}

	/**
	 * Ends the file, whatever has happened elsewhere, so that nothing waits for it. Harmless after
	 * finish().
	 */
	async abandon(): Promise<void> {
		this.stream.end();
		await this.written.catch(() => undefined);
	}
}

function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
