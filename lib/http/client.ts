import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import pLimit, { type LimitFunction } from 'p-limit';

import { parseJson, UnreadableJson } from '../answers/json';
import { answerMalformed, type AnswerSource, readAnswer } from '../answers/read';
import type { AnswerOf, AnswerSchema } from '../answers/schema';
import { GuichetError } from '../errors/guichet-error';
import { presentable, presentableUrl } from '../errors/redact';
import { answerFailure } from './answer-failure';
import { type HttpAnswer, type HttpCall, type HttpClientOptions, SameTokenAgain } from './call';
import { wasNotProcessed, mayRepeat, withRetries } from './repeat';
import { DEFAULT_RETRY_POLICY } from './retry-policy';
import { exchange, guardStream, type RawAnswer, readText } from './exchange';

const DEFAULTS = {
	timeoutMs: 60_000,
	maxAnswerBytes: 16 * 1024 * 1024,
	maxParallel: 8,
};

type Resolved = HttpClientOptions & Required<Pick<HttpClientOptions, keyof typeof DEFAULTS>>;

/**
 * The only way to a service. Keep-alive connections, no redirects, bounded answers, repeats by
 * declared idempotency, one renewal of a refused token, errors that a person can act on and that
 * hold no secret.
 *
 * @example
 * const client = new HttpClient({ service: 'HubEE', baseUrl: 'https://api.example', auth });
 */
export class HttpClient {
	private readonly options: Resolved;

	private readonly slot: LimitFunction;

	/**
	 * Files under way and files that have arrived but are still being stored: what is read ahead of a
	 * slow store is bounded.
	 */
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

	/**
	 * The same client for cleaning up: its calls go through even when the execution has been
	 * cancelled.
	 */
	forCleanUp(): HttpClient {
		return new HttpClient({ ...this.options, signal: undefined });
	}

	get signal(): AbortSignal | undefined {
		return this.options.signal;
	}

	/**
	 * A call whose answer is JSON, read through its schema. An empty answer is `undefined`, which the
	 * schema has to allow. A status that only {@link HttpCall.accept} makes an answer has no body.
	 *
	 * @throws GuichetError `answer_malformed` for what the schema does not let through; the outcome
	 *   is unknown where the call creates something
	 * @example
	 * const { body } = await client.json(
	 *   { method: 'GET', url: pathOf`/cases/${id}`, repeat: 'safe' },
	 *   object({ id: identifier, status: v.string() }),
	 * );
	 */
	async json<Schema extends AnswerSchema>(
		call: HttpCall & { accept?: undefined },
		schema: Schema,
	): Promise<HttpAnswer<AnswerOf<Schema>>>;
	async json<Schema extends AnswerSchema>(
		call: HttpCall,
		schema: Schema,
	): Promise<HttpAnswer<AnswerOf<Schema> | undefined>>;
	async json<Schema extends AnswerSchema>(
		call: HttpCall,
		schema: Schema,
	): Promise<HttpAnswer<AnswerOf<Schema> | undefined>> {
		const answer = await this.text(acceptingJson(call));
		if (!isSuccess(answer.status)) return { ...answer, body: undefined };
		const source = this.source(call, answer.status);
		return { ...answer, body: readAnswer(schema, parsed(answer, source), source) };
	}

	/**
	 * A call whose answer says nothing beyond its status; its body is not read. A web page is no
	 * answer: it comes from a proxy on the way, whatever its status.
	 *
	 * @example await client.confirm({ method: 'DELETE', url: pathOf`/cases/${id}`, repeat: 'safe' })
	 */
	async confirm(call: HttpCall): Promise<HttpAnswer<undefined>> {
		const answer = await this.text(call);
		if (isWebPage(answer))
			throw answerMalformed(this.source(call, answer.status), WEB_PAGE, NOT_THE_SERVICE);
		return { ...answer, body: undefined };
	}

	/**
	 * The one way to an answer that nobody has described: for a request that the person writes, whose
	 * answer the person reads. JSON is parsed, everything else is text, and nothing is `null`.
	 */
	async raw(call: HttpCall): Promise<HttpAnswer<unknown>> {
		const answer = await this.text({
			...call,
			headers: { accept: 'application/json, */*', ...call.headers },
		});
		try {
			return { ...answer, body: parseJson(answer.body) ?? null };
		} catch (error) {
			if (error instanceof UnreadableJson && error.reason === 'not_json') return answer;
			throw unreadable(error, this.source(call, answer.status));
		}
	}

	/** A call whose answer is a text that is not JSON (XML), or nothing. */
	async text(call: HttpCall): Promise<HttpAnswer<string>> {
		return await this.slot(() =>
			this.repeating(call, async (raw, timeoutMs) => ({
				status: raw.status,
				headers: raw.headers,
				body: await readText(raw, this.options.maxAnswerBytes, timeoutMs),
			})),
		);
	}

	/**
	 * A call whose answer is a file. `consume` reads the stream to its end; the call counts as
	 * parallel until the last byte has arrived, whatever `consume` still does with the file. When the
	 * connection breaks on the way and the call may be repeated, `consume` is called again with the
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
		const origin = originOf(absoluteUrl(this.options.baseUrl, call.url));
		let refusal: GuichetError | undefined;
		let isTokensFailure = false;
		const attempt = async (): Promise<Result> => {
			let begun = false;
			isTokensFailure = false;
			try {
				this.options.signal?.throwIfAborted();
				const authorization = await this.options.auth?.authorization(this.options.signal, origin);
				begun = true;
				const timeoutMs = call.timeoutMs ?? this.options.timeoutMs;
				const raw = await exchange(
					this.request(call, authorization),
					timeoutMs,
					this.options.signal,
				);
				if (isSuccess(raw.status) || call.accept?.includes(raw.status))
					return await read(raw, timeoutMs);
				const failure = await answerFailure(
					raw,
					call,
					{ ...this.options, timeoutMs },
					this.secrets(),
				);
				if (raw.status !== 401 || !authorization) throw failure;
				this.options.auth?.refused(authorization, origin);
				if (refusal) throw failure;
				refusal = failure;
			} catch (error) {
				isTokensFailure = !begun;
				// The reason that the service gave helps more than that no other token came.
				if (refusal && error instanceof SameTokenAgain)
					throw this.explain(refusal.with({ hint: error.details.hint }), call, true);
				throw this.explain(error, call, begun);
			}
			// Refused before treatment, so that even a creation may be sent again, once, with a new
			// token. It is the same try: a renewal takes none away.
			return await attempt();
		};
		return await withRetries(attempt, {
			policy: { ...DEFAULT_RETRY_POLICY, ...this.options.retry },
			// A token is asked for several times before that fails: its tries are not multiplied by ours.
			mayRepeat: (failure) => !isTokensFailure && mayRepeat(failure, call.repeat),
			wait: async (milliseconds) => await this.wait(milliseconds),
			beforeNextTry: (failure) => {
				if (!wasNotProcessed(failure)) call.onLostTry?.(failure);
			},
		});
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

	/** Who answered which call, for an answer that cannot be used. */
	private source(call: HttpCall, status: number): AnswerSource {
		return {
			service: this.options.service,
			details: {
				status,
				method: call.method,
				url: presentableUrl(absoluteUrl(this.options.baseUrl, call.url)),
				outcome: call.repeat === 'never' ? 'unknown' : undefined,
			},
		};
	}
}

const NOT_THE_SERVICE = 'The base URL may lead to a web page or a proxy instead of the service.';

const WEB_PAGE = 'answered with a web page';

/** An address that cannot be read is refused when it is called. */
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : '');

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const isWebPage = ({ headers }: HttpAnswer<unknown>): boolean =>
	/\bhtml\b/i.test(headers['content-type'] ?? '');

const acceptingJson = (call: HttpCall): HttpCall => ({
	...call,
	headers: { accept: 'application/json', ...call.headers },
});

function parsed({ body }: HttpAnswer<string>, source: AnswerSource): unknown {
	try {
		return parseJson(body);
	} catch (error) {
		throw unreadable(error, source);
	}
}

function unreadable(error: unknown, source: AnswerSource): unknown {
	if (!(error instanceof UnreadableJson)) return error;
	const hint = error.reason === 'not_json' ? NOT_THE_SERVICE : undefined;
	return answerMalformed(source, error.message, hint);
}

/**
 * Waits until a file's last byte has arrived, or `consume` needs no more of it. What fails after
 * that is not the service's.
 */
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

/**
 * Joins base and path with exactly one slash, whatever the person typed.
 *
 * @example absoluteUrl('https://api.example/v1/', '/cases') // 'https://api.example/v1/cases'
 */
export function absoluteUrl(baseUrl: string | undefined, url: string): string {
	if (/^https?:\/\//i.test(url) || !baseUrl) return url;
	return `${baseUrl.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}
