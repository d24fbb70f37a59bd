import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';

import type { DetailedCallRecord } from './call-log';
import { maskBody } from './mask';

/** Bodies up to this size are kept in the log and may be read whole. */
export const KEPT_BYTES = 1024 * 1024;

/**
 * A call as a service sees it. The body is read once: `bytes()` (and `text()`, `json()`) or
 * `stream()`.
 */
export class Call {
	readonly method: string;
	/** Path without the query, percent-encoding as received. */
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: IncomingMessage['headers'];
	private readonly meter: Transform;
	private whole: Promise<Buffer> | undefined;

	constructor(
		request: IncomingMessage,
		url: URL,
		/** The record of this call in the log. */
		private readonly record: DetailedCallRecord,
		/** Whether a strict receiver reads it, for which a `+` in the query is a plus. */
		readonly strict = false,
	) {
		this.method = request.method ?? 'GET';
		this.path = url.pathname;
		this.query = strict ? new URLSearchParams(url.search.replaceAll('+', '%2B')) : url.searchParams;
		this.headers = request.headers;
		this.meter = meter(request, record);
	}

	/** Names the operation for the log and the counters. */
	recognisedAs(operation: string): void {
		this.record.operation = operation;
	}

	/** Says on the root page why the call is refused, where the answer itself says little. */
	refusedBecause(reason: string): void {
		this.record.reason = reason;
	}

	header(name: string): string | undefined {
		const value = this.headers[name.toLowerCase()];
		return Array.isArray(value) ? value.join(', ') : value;
	}

	/** Media type of the body, lower case, without parameters. */
	get contentType(): string | undefined {
		return this.header('content-type')?.split(';')[0]?.trim().toLowerCase();
	}

	/** The body as it comes in, for files. */
	stream(): Readable {
		return this.meter;
	}

	/** The whole body; of no more than 16 MiB, since only files may be longer. */
	async bytes(): Promise<Buffer> {
		this.whole ??= readWhole(this.meter);
		return await this.whole;
	}

	async text(): Promise<string> {
		return (await this.bytes()).toString('utf8');
	}

	/** Throws SyntaxError on a body that is not JSON. */
	async json(): Promise<unknown> {
		return JSON.parse(await this.text()) as unknown;
	}
}

const LARGEST_WHOLE_BODY = 16 * 1024 * 1024;

async function readWhole(stream: Readable): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > LARGEST_WHOLE_BODY) throw new Error('The body is too long to be read whole');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** Counts and hashes the body on its way, and keeps it for the log while it is short. */
function meter(request: IncomingMessage, record: DetailedCallRecord): Transform {
	const hash = createHash('sha256');
	let kept: Buffer[] | null = [];
	const transform = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			record.requestBytes += chunk.length;
			hash.update(chunk);
			if (record.requestBytes > KEPT_BYTES) kept = null;
			kept?.push(chunk);
			done(null, chunk);
		},
		flush(done) {
			if (record.requestBytes > 0) {
				record.requestSha256 = hash.digest('hex');
				record.requestBody = maskBody(kept && Buffer.concat(kept), request.headers['content-type']);
			}
			done();
		},
	});
	// A caller that goes away is an error for whoever reads the body, and for nobody else.
	transform.on('error', () => undefined);
	request.on('error', (error) => transform.destroy(error));
	request.on('close', () => {
		if (!request.complete) transform.destroy(new Error('The caller went away'));
	});
	request.pipe(transform);
	return transform;
}
