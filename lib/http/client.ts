import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import pLimit, { type LimitFunction } from 'p-limit';

import { GuichetError } from '../errors/guichet-error';
import { presentable, presentableUrl } from '../errors/redact';
import { answerFailure } from './answer-failure';
import type { HttpAnswer, HttpCall, HttpClientOptions } from './call';
import { delayBeforeNextTry, DEFAULT_RETRY_POLICY } from './retry-policy';
import { exchange, guardStream, type RawAnswer, readText } from './exchange';

const DEFAULTS = {
	timeoutMs: 60_000,
	maxAnswerBytes: 16 * 1024 * 1024,
	maxParallel: 8,
};

type Resolved = HttpClientOptions & Required<Pick<HttpClientOptions, keyof typeof DEFAULTS>>;

/**
 * The only way to a service. Keep-alive connections, no redirects, bounded answers, repeats by declared idempotency, one renewal of a
 * refused token, errors that a person can act on and that hold no secret.
 */
export class HttpClient {
	private readonly options: Resolved;

	private readonly slot: LimitFunction;

	/** Files under way and files that have arrived but are still being stored: what is read ahead of a slow store is bounded. */
	private readonly unfinished: LimitFunction;

	constructor(options: HttpClientOptions) {
		const given = Object.fromEntries(
			Object.entries(options).filter(([, value]) => value !== undefined),
		);
		this.options = { ...DEFAULTS, ...(given as unknown as HttpClientOptions) };
		const { maxParallel, signal } = this.options;
		// Each call under way listens, which is more than the ten that Node takes for a leak.
		if (signal) setMaxListeners(0, signal);
		this.slot = typeof maxParallel === 'number' ? pLimit(maxParallel) : maxParallel;
		this.unfinished = pLimit(2 * this.slot.concurrency);
	}

	get baseUrl(): string {
		return this.options.baseUrl ?? '';
	}

	/** The same client for cleaning up: its calls go through even when the execution has been cancelled. */
	forCleanUp(): HttpClient {
		return new HttpClient({ ...this.options, signal: undefined });
	}

	get signal(): AbortSignal | undefined {
		return this.options.signal;
	}

	/** A call whose answer is JSON. An empty answer gives `undefined`. */
	async json<Body>(call: HttpCall): Promise<HttpAnswer<Body>> {
		const answer = await this.text({
			...call,
			headers: { accept: 'application/json', ...call.headers },
		});
		return { ...answer, body: this.parse<Body>(call, answer) };
	}

	/** A call whose answer is text, or nothing. */
	async text(call: HttpCall): Promise<HttpAnswer<string>> {
		return await this.slot(() =>
			this.repeating(call, async (raw, giveUp) => ({
				status: raw.status,
				headers: raw.headers,
				body: await readText(raw.body, this.options.maxAnswerBytes, giveUp),
			})),
		);
	}

	/**
	 * A call whose answer is a file. `consume` reads the stream to its end; the call counts as parallel until the last byte has arrived, whatever
	 * `consume` still does with the file. When the connection breaks on the way and the call may be repeated, `consume` is called again with the
	 * file from its beginning.
	 */
	async stream<Result>(
		call: HttpCall,
		consume: (body: Readable, answer: HttpAnswer<undefined>) => Promise<Result>,
	): Promise<Result> {
		return await this.unfinished(async () => {
			const { body, consumed } = await this.slot(() =>
				this.repeating(call, async (raw, timeoutMs) => await arrival(raw, timeoutMs, consume)),
			);
			try {
				return await consumed;
			} catch (error) {
				throw this.explain(error, call, true);
			} finally {
				body.destroy();
			}
		});
	}

	/** Waits, unless the execution is cancelled. */
	async wait(milliseconds: number): Promise<void> {
		await sleep(milliseconds, undefined, { signal: this.options.signal }).catch(() => {
			throw this.cancelled();
		});
	}

	private async repeating<Result>(
		call: HttpCall,
		read: (raw: RawAnswer, timeoutMs: number) => Promise<Result>,
	): Promise<Result> {
		const policy = { ...DEFAULT_RETRY_POLICY, ...this.options.retry };
		const timeoutMs = call.timeoutMs ?? this.options.timeoutMs;
		const began = Date.now();
		let renewed = false;
		for (let tries = 1; ; tries++) {
			let begun = false;
			try {
				this.options.signal?.throwIfAborted();
				const authorization = await this.options.auth?.authorization(this.options.signal);
				begun = true;
				const raw = await exchange(
					this.request(call, authorization),
					timeoutMs,
					this.options.signal,
				);
				if ((raw.status >= 200 && raw.status < 300) || call.accept?.includes(raw.status))
					return await read(raw, timeoutMs);
				if (raw.status === 401 && authorization && !renewed) {
					// Refused before treatment, so that even a creation may be sent again, once, with a new token.
					renewed = true;
					tries--;
					raw.body.destroy();
					this.options.auth?.refused(authorization);
					continue;
				}
				throw await answerFailure(raw, call, this.options, this.secrets());
			} catch (error) {
				const failure = this.explain(error, call, begun);
				if (!mayRepeat(failure, call)) throw failure;
				const retryAfter = failure.details.retryAfterSeconds;
				const delay = delayBeforeNextTry(
					{
						tries,
						elapsedMs: Date.now() - began,
						retryAfterMs: retryAfter === undefined ? undefined : retryAfter * 1000,
						random: Math.random(),
					},
					policy,
				);
				if (delay === undefined) throw tries > 1 ? afterTries(failure, tries) : failure;
				if (!untreated(failure)) call.onLostTry?.(failure);
				await this.wait(delay);
			}
		}
	}

	private request(call: HttpCall, authorization: string | undefined) {
		const { baseUrl, headers, tls } = this.options;
		return {
			...call,
			url: absoluteUrl(baseUrl, call.url),
			headers: {
				...headers,
				...call.headers,
				...(authorization ? { authorization } : {}),
			},
			tls,
		};
	}

	/** @param begun whether the request itself was under way, and not only its token */
	private explain(error: unknown, call: HttpCall, begun: boolean): GuichetError {
		if (this.options.signal?.aborted) {
			const unsent = error instanceof GuichetError && error.details.outcome === 'not_done';
			return this.cancelled(begun && !unsent ? call : undefined);
		}
		const { service } = this.options;
		const where = {
			method: call.method,
			url: presentableUrl(absoluteUrl(this.options.baseUrl, call.url)),
		};
		if (error instanceof GuichetError) {
			const { method = where.method, url = where.url } = error.details;
			const message = error.message.startsWith('The service ')
				? error.message.replace('The service', service)
				: error.message;
			const outcome =
				error.details.outcome === 'unknown' && call.repeat === 'safe'
					? undefined
					: error.details.outcome;
			return error.with({ message, method, url, outcome });
		}
		const text = error instanceof Error ? error.message : String(error);
		return new GuichetError(
			'failed_here',
			`The exchange with ${service} stopped on this side: ${presentable(text, this.secrets())}`,
			{
				...where,
				outcome: !begun ? 'not_done' : call.repeat === 'never' ? 'unknown' : undefined,
			},
		);
	}

	/** Values that must not be shown, wherever they turn up. */
	private secrets(): string[] {
		return [...(this.options.auth?.secrets() ?? []), ...(this.options.redact ?? [])];
	}

	/** @param sent the call that may have reached the service */
	private cancelled(sent?: HttpCall): GuichetError {
		return new GuichetError('cancelled', 'The execution was cancelled', {
			outcome: sent ? (sent.repeat === 'never' ? 'unknown' : undefined) : 'not_done',
		});
	}

	private parse<Body>(call: HttpCall, answer: HttpAnswer<string>): Body {
		if (answer.body.trim() === '') return undefined as Body;
		try {
			return JSON.parse(answer.body) as Body;
		} catch {
			throw this.notJson(call, answer.status);
		}
	}

	private notJson(call: HttpCall, status: number): GuichetError {
		return new GuichetError(
			'answer_malformed',
			`${this.options.service} answered with something that is not JSON`,
			{
				status,
				method: call.method,
				url: presentableUrl(absoluteUrl(this.options.baseUrl, call.url)),
				hint: 'The base URL may lead to a web page or a proxy instead of the service.',
				outcome: call.repeat === 'never' ? 'unknown' : undefined,
			},
		);
	}
}

/** Waits until a file's last byte has arrived, or `consume` needs no more of it. What fails after that is not the service's. */
async function arrival<Result>(
	raw: RawAnswer,
	timeoutMs: number,
	consume: (body: Readable, answer: HttpAnswer<undefined>) => Promise<Result>,
): Promise<{ body: Readable; consumed: Promise<Result> }> {
	const { body, arrived, failure } = guardStream(raw.body, timeoutMs);
	const consumed = consume(body, { status: raw.status, headers: raw.headers, body: undefined });
	try {
		await Promise.race([consumed, arrived]);
		return { body, consumed };
	} catch (error) {
		body.destroy();
		throw failure() ?? error;
	}
}

/** Retryable at all, and safe to repeat for this call. */
function mayRepeat(failure: GuichetError, call: HttpCall): boolean {
	const { code } = failure;
	if (untreated(failure)) return true;
	if (call.repeat === 'never') return false;
	return code === 'unreachable' || code === 'timeout' || code === 'service_failed';
}

/** The service said that it did not treat the request, or never saw it. */
function untreated({ code, details }: GuichetError): boolean {
	return code === 'rate_limited' || (code === 'unreachable' && details.outcome === 'not_done');
}

function afterTries(failure: GuichetError, tries: number): GuichetError {
	return failure.with({ message: `${failure.message} (tried ${tries} times)` });
}

/** Joins base and path with exactly one slash, whatever the person typed. */
export function absoluteUrl(baseUrl: string | undefined, url: string): string {
	if (/^https?:\/\//i.test(url) || !baseUrl) return url;
	return `${baseUrl.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}
