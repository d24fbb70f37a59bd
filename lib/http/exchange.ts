import { pipeline, Readable, Transform } from 'node:stream';

import axios from 'axios';

import { decodeText } from '../answers/decode';
import { GuichetError } from '../errors/guichet-error';
import { agentFor, freshAgentFor, type TlsSettings } from './agents';
import type { HttpCall, QueryValue, RequestBody } from './call';
import type { ConnectionLook } from './connection-look';
import { proxyFor } from './proxy';
import { proxyFailure, transportFailure } from './transport-failure';
import { PROXY_REFUSED, ProxyFailure } from './tunnel-agent';
import { WatchedTransport } from './watched-transport';

/** An answer whose status has not been judged and whose body has not been read. */
export interface RawAnswer {
	status: number;
	headers: Record<string, string>;
	body: Readable;
	url: string;
}

export interface ExchangeRequest extends Omit<HttpCall, 'repeat' | 'accept' | 'method'> {
	method: HttpCall['method'] | 'HEAD';
	/** Absolute. */
	url: string;
	tls?: TlsSettings;
	/** Sends the request on a connection of its own, and sees what that is like. */
	look?: ConnectionLook;
}

/**
 * Sends one request, on a new or a kept connection, and gives the answer as soon as its headers are
 * there. Its status is not judged here.
 *
 * @param timeoutMs the longest silence: while the body is sent, until the headers come, and later
 *   while a stream is read
 * @throws GuichetError `unreachable`, `tls`, `timeout`, `cancelled` or `address_blocked`, with
 *   `outcome: 'not_done'` where the service cannot have seen the request
 *
 * @example
 * const answer = await exchange({ method: 'GET', url, headers: {}, tls: {} }, 30_000);
 * if (answer.status === 404) return undefined;
 */
export async function exchange(
	request: ExchangeRequest,
	timeoutMs: number,
	signal?: AbortSignal,
): Promise<RawAnswer> {
	const url = withQuery(request.url, request.query);
	const { look } = request;
	const agent = await (look ? freshAgentFor : agentFor)(url, request.tls);
	const stop = new AbortController();
	const stopNow = () => stop.abort();
	const silence = new Silence(timeoutMs, stopNow);
	// By hand and not with `AbortSignal.any`, which leaves a dependent for the garbage collector to
	// find on each call.
	signal?.addEventListener('abort', stopNow);
	const unlink = () => signal?.removeEventListener('abort', stopNow);
	if (signal?.aborted) stopNow();
	const transport = new WatchedTransport(url, (socket) => look?.connected(socket));
	let body: OpenBody | undefined;
	try {
		body = await openBody(request.body, silence);
		const answer = await axios.request<Readable>({
			method: request.method,
			url,
			adapter: 'http',
			data: body.data,
			headers: { 'user-agent': 'n8n-nodes-guichet', ...request.headers, ...body.headers },
			httpAgent: agent,
			httpsAgent: agent,
			// The agents use the proxy already; axios must not use one of its own.
			proxy: false,
			maxRedirects: 0,
			transport,
			maxBodyLength: Infinity,
			maxContentLength: -1,
			responseType: 'stream',
			validateStatus: () => true,
			transformRequest: [(data: unknown) => data],
			signal: stop.signal,
		});
		if (answer.status === 407) throw proxyWantsLogin(url, answer.data);
		// A service may refuse a file before it has read it: what is left is given up with the answer,
		// not before it.
		const { giveUp } = body;
		answer.data.once('close', () => {
			giveUp?.();
			unlink();
			if (look) agent.destroy();
		});
		return {
			status: answer.status,
			headers: lowerCased(answer.headers),
			body: answer.data,
			url,
		};
	} catch (error) {
		unlink();
		body?.giveUp?.();
		look?.failed(error);
		if (look) agent.destroy();
		throw body?.failure?.() ?? explained(error, silence, transport.reached, url);
	} finally {
		silence.end();
	}
}

/** Tells when nothing has happened for a while. */
class Silence {
	private readonly timer: NodeJS.Timeout;

	private ended = false;

	wasTooLong = false;

	constructor(timeoutMs: number, tell: () => void) {
		this.timer = setTimeout(() => {
			this.wasTooLong = true;
			tell();
		}, timeoutMs);
	}

	/** Something moved. */
	broken(): void {
		// Refreshing a timer that has been cleared would start it again.
		if (!this.ended) this.timer.refresh();
	}

	end(): void {
		this.ended = true;
		clearTimeout(this.timer);
	}
}

interface OpenBody {
	data?: string | Buffer | Readable;
	headers: Record<string, string>;
	/** Stops reading the file. */
	giveUp?: () => void;
	/** Why the file could not be read to its end: a failure of our own side. */
	failure?: () => Error | undefined;
}

async function openBody(body: RequestBody | undefined, silence: Silence): Promise<OpenBody> {
	if (!body) return { headers: {} };
	if ('json' in body)
		return { data: JSON.stringify(body.json), headers: { 'content-type': 'application/json' } };
	if ('form' in body) {
		const form = typeof body.form === 'function' ? await body.form() : body.form;
		return {
			data: new URLSearchParams(form).toString(),
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
		};
	}
	const headers: Record<string, string> = { 'content-type': body.contentType };
	if ('text' in body) return { data: body.text, headers };
	if ('bytes' in body) return { data: body.bytes, headers };
	const source = await body.stream();
	const watched = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			silence.broken();
			done(null, chunk);
		},
	});
	let failure: Error | undefined;
	watched.on('error', (error) => {
		failure ??= error;
	});
	pipeline(source, watched, () => undefined);
	headers['content-length'] = String(body.size);
	return {
		data: watched,
		headers,
		giveUp: () => watched.destroy(),
		failure: () => failure,
	};
}

/**
 * Reads a body to its end as text, in the charset that it is sent in.
 *
 * @throws GuichetError `answer_too_large`, `timeout` or `unreachable`; the outcome is `unknown`
 *   because the request was treated
 */
export async function readText(
	{ body, headers }: RawAnswer,
	maxBytes: number,
	timeoutMs: number,
): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	const seen = { silent: false };
	const timer = setTimeout(() => {
		seen.silent = true;
		body.destroy();
	}, timeoutMs);
	try {
		for await (const chunk of body as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > maxBytes) break;
			chunks.push(chunk);
		}
	} catch {
		throw brokenAnswer(seen.silent);
	} finally {
		clearTimeout(timer);
		body.destroy();
	}
	if (seen.silent) throw brokenAnswer(seen.silent);
	if (size > maxBytes) throw tooLarge(maxBytes);
	return decodeText(Buffer.concat(chunks), headers['content-type']);
}

/**
 * How much of a file is read ahead of its reader: a small file has arrived before the store has so
 * much as opened one for it.
 */
const READ_AHEAD_BYTES = 256 * 1024;

export interface GuardedStream {
	body: Readable;
	/** When the last byte is here, though perhaps not read yet. */
	arrived: Promise<void>;
	/** Why the body ended with an error, if the service or the network is the reason. */
	failure: () => GuichetError | undefined;
}

/**
 * Passes a body on and watches it: a silence of `timeoutMs` or a broken connection ends it with an
 * error.
 */
export function guardStream(source: Readable, timeoutMs: number): GuardedStream {
	let failure: GuichetError | undefined;
	const fail = () => {
		failure = brokenAnswer(silence.wasTooLong);
		body.destroy(failure);
	};
	const silence = new Silence(timeoutMs, fail);
	const body = new Transform({
		readableHighWaterMark: READ_AHEAD_BYTES,
		transform(chunk: Buffer, _encoding, done) {
			silence.broken();
			done(null, chunk);
		},
		destroy(error, done) {
			silence.end();
			source.destroy();
			done(error);
		},
	});
	source.on('error', fail);
	source.once('close', () => {
		if (!source.readableEnded && !body.destroyed) fail();
	});
	const arrived = new Promise<void>((resolve) => {
		source.once('end', () => {
			silence.end();
			resolve();
		});
	});
	return { body: source.pipe(body), arrived, failure: () => failure };
}

function brokenAnswer(silent: boolean): GuichetError {
	return silent
		? new GuichetError('timeout', 'The service did not finish its answer in time', {
				outcome: 'unknown',
			})
		: new GuichetError(
				'unreachable',
				'The service closed the connection in the middle of its answer',
				{
					outcome: 'unknown',
				},
			);
}

function tooLarge(maxBytes: number): GuichetError {
	return new GuichetError(
		'answer_too_large',
		`The service answered with more than ${Math.round(maxBytes / 1024)} KiB`,
		{ hint: 'Ask for fewer results at a time.', outcome: 'unknown' },
	);
}

function withQuery(url: string, query: Record<string, QueryValue> = {}): string {
	const parsed = new URL(url);
	const added = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value === undefined || value === '') continue;
		for (const one of Array.isArray(value) ? value : [value]) added.append(name, String(one));
	}
	// A space goes as %20: who decodes by RFC 3986 takes "+" for a plus. A plus itself is %2B here.
	const text = added.toString().replaceAll('+', '%20');
	parsed.search = [parsed.search.slice(1), text].filter(Boolean).join('&');
	return parsed.href;
}

function lowerCased(headers: object): Record<string, string> {
	const entries = Object.entries(headers as Record<string, unknown>)
		.filter(([, value]) => value !== undefined && value !== null)
		.map(([name, value]) => [
			name.toLowerCase(),
			Array.isArray(value) ? value.join(', ') : String(value),
		]);
	return Object.fromEntries(entries) as Record<string, string>;
}

/** A proxy's refusal on plain http, where it looks like an answer of the service. */
function proxyWantsLogin(url: string, body: Readable): GuichetError {
	body.destroy();
	const proxy = proxyFor(url);
	const failure = proxyFailure(PROXY_REFUSED, proxy, 407);
	return new GuichetError(failure.code, `The service ${failure.message}`, {
		hint: failure.hint,
		status: 407,
		outcome: 'not_done',
	});
}

function explained(error: unknown, silence: Silence, reached: boolean, url: string): unknown {
	if (!axios.isAxiosError(error) && !axios.isCancel(error)) return error;
	const { cause } = error as { cause?: unknown };
	if (cause instanceof GuichetError) return cause;
	const { code = '' } = error as { code?: string };
	const proxy = proxyFor(url);
	// Through a tunnel that stands, what fails is the service.
	const isProxys = url.startsWith('http:') || (silence.wasTooLong && !reached);
	const failure =
		cause instanceof ProxyFailure
			? proxyFailure(cause.code, proxy, cause.status)
			: transportFailure(
					silence.wasTooLong ? 'ETIMEDOUT' : code,
					reached,
					isProxys ? proxy : undefined,
				);
	return new GuichetError(failure.code, `The service ${failure.message}`, {
		hint: failure.hint,
		outcome: failure.sent === 'no' ? 'not_done' : 'unknown',
	});
}
