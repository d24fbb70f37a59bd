import { createHash } from 'node:crypto';

import { type Authenticator, SameTokenAgain } from '../http/call';

export interface AccessToken {
	token: string;
	/** Seconds, as `expires_in` says it. */
	expiresInSeconds?: number;
	/** The scopes that it grants, where the server tells them. */
	granted?: readonly string[];
}

export interface TokenRequest {
	/**
	 * Everything that makes this token another token: URL, client, scope, and a secret's or key's
	 * digest. Never shown.
	 */
	identity: readonly string[];
	/**
	 * Asks the authorization server for a token; throws a GuichetError `token_refused` with the
	 * server's reason.
	 *
	 * @param maxTries in place of the usual number
	 */
	fetch: (maxTries?: number) => Promise<AccessToken>;
	/** Assumed when the server does not say how long a token lives. Seconds. */
	defaultLifetimeSeconds: number;
	/** Values that must not be shown, besides the token. */
	secrets: readonly string[];
}

interface CachedToken {
	token: string;
	renewAt: number;
}

/** No token is used in the last minute of its life, nor in the last tenth of a short one. */
const RENEW_EARLY_MS = 60_000;

const RECENT_TOKENS = 4;

/** After that, the refusal may have been a passing fault of the service. */
const REFUSED_FOR_MS = 30_000;

const MAX_REFUSALS = 8;

const MAX_SOURCES = 2_000;

/**
 * One source per identity in this process, so that all nodes, items and executions share a token.
 */
const sources = new Map<string, TokenSource>();

/**
 * A bearer token that is asked for once, shared, and renewed before it expires. A hundred parallel
 * callers make one request; a refused request is not cached, but the callers that were waiting for
 * it all get its error.
 *
 * @example const { token } = await TokenSource.for({ identity, fetch, secrets, ...more }).token();
 */
export class TokenSource implements Authenticator {
	private cached?: CachedToken;

	private underWay?: Promise<CachedToken>;

	/**
	 * The last tokens: an answer to a call that began before the renewal may still quote an older
	 * one.
	 */
	private recent: string[] = [];

	/**
	 * Until when a refused token is not offered again, by the digest of token and service: another
	 * service may well accept it.
	 */
	private readonly refusals = new Map<string, number>();

	private constructor(
		private request: TokenRequest,
		/**
		 * Digest of the identity: tells whether a token that is stored elsewhere is one of this source.
		 */
		readonly key: string,
	) {}

	/** The source of this identity: the existing one, with its token, or a new one. */
	static for(request: TokenRequest): TokenSource {
		const key = createHash('sha256').update(JSON.stringify(request.identity)).digest('base64');
		const existing = sources.get(key);
		// Re-inserted, so that the map stays in the order of last use and the oldest can go.
		sources.delete(key);
		const source = existing ?? new TokenSource(request, key);
		source.request = request;
		sources.set(key, source);
		if (sources.size > MAX_SOURCES) sources.delete(sources.keys().next().value ?? '');
		return source;
	}

	/** A token that is good for at least a little while. */
	async token(signal?: AbortSignal): Promise<{ token: string; renewAt: number }> {
		signal?.throwIfAborted();
		if (this.cached && Date.now() < this.cached.renewAt) return this.cached;
		this.underWay ??= this.renew().finally(() => {
			this.underWay = undefined;
		});
		return await unlessAborted(this.underWay, signal);
	}

	async authorization(signal?: AbortSignal, origin = ''): Promise<string> {
		const authorization = `Bearer ${(await this.token(signal)).token}`;
		if (Date.now() >= (this.refusals.get(digestOf(authorization, origin)) ?? 0))
			return authorization;
		// The next caller asks the server, which may have another one by then.
		this.drop(authorization);
		throw new SameTokenAgain();
	}

	/**
	 * Forgets a token that a service refused. A newer one, which another caller has brought
	 * meanwhile, is kept.
	 */
	refused(authorization: string, origin = ''): void {
		this.drop(authorization);
		const digest = digestOf(authorization, origin);
		this.refusals.set(digest, Date.now() + REFUSED_FOR_MS);
		const [oldest = digest] = this.refusals.keys();
		if (this.refusals.size > MAX_REFUSALS) this.refusals.delete(oldest);
	}

	/**
	 * Asks for a new token in a single request, whatever there is, and gives all that the server says
	 * of it. The calls that follow use it.
	 */
	async fresh(signal?: AbortSignal): Promise<AccessToken> {
		signal?.throwIfAborted();
		this.forget();
		const answer = await unlessAborted(this.request.fetch(1), signal);
		this.keep(answer);
		return answer;
	}

	/** The next {@link token} is a new one, whatever the present one is worth. */
	forget(): void {
		this.cached = undefined;
		this.refusals.clear();
	}

	secrets(): string[] {
		return [...this.request.secrets, ...this.recent];
	}

	private drop(authorization: string): void {
		if (authorization === `Bearer ${this.cached?.token}`) this.cached = undefined;
	}

	private async renew(): Promise<CachedToken> {
		return this.keep(await this.request.fetch());
	}

	private keep({ token, expiresInSeconds }: AccessToken): CachedToken {
		// A token without a life to come is good for the calls that wait for it, and for no others.
		const { defaultLifetimeSeconds } = this.request;
		const seconds = Number.isFinite(expiresInSeconds)
			? Number(expiresInSeconds)
			: defaultLifetimeSeconds;
		const lifetimeMs = Math.max(0, seconds * 1000);
		this.recent = [token, ...this.recent].slice(0, RECENT_TOKENS);
		this.cached = {
			token,
			renewAt: Date.now() + lifetimeMs - Math.min(RENEW_EARLY_MS, lifetimeMs / 10),
		};
		return this.cached;
	}
}

const digestOf = (authorization: string, origin: string): string =>
	createHash('sha256').update(`${authorization}\n${origin}`).digest('base64');

/** One caller may stop waiting; the request goes on for the others. */
async function unlessAborted<Value>(promise: Promise<Value>, signal?: AbortSignal): Promise<Value> {
	if (!signal) return await promise;
	let stop: () => void = () => undefined;
	const aborted = new Promise<never>((_, reject) => {
		stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
		signal.addEventListener('abort', stop, { once: true });
	});
	return await Promise.race([promise, aborted]).finally(() =>
		signal.removeEventListener('abort', stop),
	);
}

/** For tests: as if the process had just started. */
export function forgetAllTokens(): void {
	sources.clear();
}
