import type { ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';

import { toWire } from './answer';
import type { Answer, WireBody } from './answer';
import { KEPT_BYTES } from './call';
import type { DetailedCallRecord } from './call-log';
import { maskBody, maskHeaders } from './mask';
import type { InjectedFault } from './injected-faults';

/** Answers shorter than this are sent as they are, even to a caller that accepts gzip. */
const SMALLEST_GZIP = 256;

/** What decides how an answer leaves. */
export interface DeliveryContext {
	acceptsGzip: boolean;
	/** HEAD and the like: headers only. */
	withoutBody: boolean;
	injectedFault: InjectedFault | undefined;
	record: DetailedCallRecord;
}

/** Writes an answer, spoilt in transit if an injected fault says so. */
export async function deliver(
	response: ServerResponse,
	answer: Answer,
	context: DeliveryContext,
): Promise<void> {
	const { injectedFault, record } = context;
	if (injectedFault?.kind === 'cutAfter') {
		response.destroy();
		return;
	}
	record.status = answer.status;
	response.statusCode = answer.status;
	for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
	if (answer.body === undefined) {
		if (answer.status !== 204 && answer.status !== 304) response.setHeader('content-length', 0);
		overrideHeaders(response, injectedFault);
		record.responseHeaders = maskHeaders(response.getHeaders());
		response.end();
		return;
	}
	const body = compressed(toWire(answer.body), response, context);
	record.responseBody = Buffer.isBuffer(body.content) ? logged(body.content, answer) : null;
	const damaged = damage(body, injectedFault);
	response.setHeader('content-type', body.type);
	response.setHeader('content-length', damaged.announced);
	overrideHeaders(response, injectedFault);
	record.responseHeaders = maskHeaders(response.getHeaders());
	if (context.withoutBody) {
		response.end();
		return;
	}
	await write(response, damaged, record);
}

function logged(content: Buffer, answer: Answer): Buffer | null {
	if (content.length > KEPT_BYTES || answer.body === undefined) return null;
	// The log shows what was meant, not its compressed form.
	const plain = toWire(answer.body);
	return Buffer.isBuffer(plain.content) ? maskBody(plain.content, plain.type) : null;
}

function compressed(body: WireBody, response: ServerResponse, context: DeliveryContext): WireBody {
	const small = body.length < SMALLEST_GZIP;
	if (!context.acceptsGzip || small || !Buffer.isBuffer(body.content)) return body;
	if (body.type === 'application/octet-stream') return body;
	const content = gzipSync(body.content);
	response.setHeader('content-encoding', 'gzip');
	response.setHeader('vary', 'accept-encoding');
	return { type: body.type, length: content.length, content };
}

function overrideHeaders(response: ServerResponse, injectedFault: InjectedFault | undefined): void {
	if (injectedFault?.kind !== 'headers') return;
	for (const [name, value] of Object.entries(injectedFault.headers)) {
		if (value === '') response.removeHeader(name);
		else response.setHeader(name, value);
	}
}

interface DamagedBody {
	content: WireBody['content'];
	/** Value of Content-Length. */
	announced: number;
	/** Bytes that are really sent; fewer than announced cuts the connection. */
	sent: number;
	changeFirst: boolean;
}

function damage(body: WireBody, injectedFault: InjectedFault | undefined): DamagedBody {
	const { content, length } = body;
	const damaged = { content, announced: length, sent: length, changeFirst: false };
	if (injectedFault?.kind === 'truncate')
		return { ...damaged, sent: Math.min(length, injectedFault.bytes ?? Math.floor(length / 2)) };
	if (injectedFault?.kind === 'shorten') {
		const left = Math.max(0, length - (injectedFault.by ?? 1));
		return { ...damaged, announced: left, sent: left };
	}
	return injectedFault?.kind === 'corrupt' ? { ...damaged, changeFirst: true } : damaged;
}

async function write(
	response: ServerResponse,
	body: DamagedBody,
	record: DetailedCallRecord,
): Promise<void> {
	const gate = new Gate(body.sent, body.changeFirst, record);
	const complete = body.sent === body.announced;
	if (Buffer.isBuffer(body.content)) {
		const bytes = gate.pass(body.content);
		if (complete) response.end(bytes);
		else response.write(bytes, () => response.destroy());
		return;
	}
	const source: Readable = body.content();
	try {
		await pipeline(source, gate.transform(), response, { end: complete });
	} catch {
		// The caller went away in mid-answer, which is its right; the log shows how many bytes it got.
	}
	if (!complete) response.destroy();
}

/** Lets a number of bytes through, changing the first one on demand, and counts them. */
class Gate {
	private passed = 0;

	constructor(
		private readonly limit: number,
		private readonly changeFirst: boolean,
		private readonly record: DetailedCallRecord,
	) {}

	pass(chunk: Buffer): Buffer {
		let part = chunk.subarray(0, Math.max(0, this.limit - this.passed));
		if (this.changeFirst && this.passed === 0 && part.length > 0) {
			part = Buffer.from(part);
			part[0] = (part[0] ?? 0) ^ 0xff;
		}
		this.passed += part.length;
		this.record.responseBytes = this.passed;
		return part;
	}

	transform(): Transform {
		return new Transform({
			transform: (chunk: Buffer, _encoding, done) => {
				const part = this.pass(chunk);
				done(null, part.length > 0 ? part : undefined);
			},
		});
	}
}
