/** How often and how long a call that may be repeated is repeated. All times in milliseconds. */
export interface RetryPolicy {
	/** Tries in all, the first one included. */
	maxTries: number;
	firstDelayMs: number;
	maxDelayMs: number;
	/** No try begins later than this after the first one began. */
	maxElapsedMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
	maxTries: 5,
	firstDelayMs: 500,
	maxDelayMs: 30_000,
	maxElapsedMs: 180_000,
};

export interface FailedTry {
	/** 1 for the first try. */
	tries: number;
	/** Since the first try began. */
	elapsedMs: number;
	/** What the service asked for with `Retry-After`. */
	retryAfterMs?: number;
	/** A number in [0, 1) that spreads clients which failed together. */
	random: number;
}

/**
 * How long to wait before the next try, or `undefined` when it is time to give up.
 *
 * Exponential back-off with "equal jitter": at least half of each delay is kept. A `Retry-After` is
 * never undercut; when it does not fit into the time that is left the call gives up at once, so
 * that the person learns of it now and not in an hour.
 */
export function delayBeforeNextTry(
	failed: FailedTry,
	policy: RetryPolicy = DEFAULT_RETRY_POLICY,
): number | undefined {
	if (failed.tries >= policy.maxTries) return undefined;
	const exponential = Math.min(policy.firstDelayMs * 2 ** (failed.tries - 1), policy.maxDelayMs);
	const spread = exponential / 2 + (exponential / 2) * failed.random;
	const delay = Math.max(spread, failed.retryAfterMs ?? 0);
	return failed.elapsedMs + delay > policy.maxElapsedMs ? undefined : delay;
}

/**
 * Reads a `Retry-After` header: seconds, or an HTTP date (RFC 9110, section 10.2.3).
 *
 * @returns milliseconds from `now`, or `undefined` when there is none or it is not readable
 * @example parseRetryAfter('120', Date.now()) // 120000
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
	const text = header?.trim() ?? '';
	if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
	// `Date.parse` also reads "-5" and the like; a date of HTTP has a time of day.
	const date = /\d:\d\d/.test(text) ? Date.parse(text) : NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
