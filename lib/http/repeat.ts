import { GuichetError } from '../errors/guichet-error';
import type { HttpCall } from './call';
import { delayBeforeNextTry, type RetryPolicy } from './retry-policy';

/**
 * Trouble that may be over a moment later. What happens on 429 is decided here: it is a pause, as
 * long as `Retry-After` says, and counts as a try.
 *
 * @example isTransient(new GuichetError('timeout', 'No answer in time')) // true
 */
export function isTransient({ code }: GuichetError): boolean {
	return (
		code === 'rate_limited' ||
		code === 'unreachable' ||
		code === 'timeout' ||
		code === 'service_failed'
	);
}

/** The service said that it did not treat the request (429), or never saw it. */
export function wasNotProcessed({ code, details }: GuichetError): boolean {
	return code === 'rate_limited' || (code === 'unreachable' && details.outcome === 'not_done');
}

/**
 * Whether a call may be sent again after this failure.
 *
 * @param repeat `never` for what creates something: it is sent again only where it certainly was
 *   not treated
 * @example mayRepeat(new GuichetError('timeout', 'No answer in time'), 'never') // false
 */
export function mayRepeat(failure: GuichetError, repeat: HttpCall['repeat']): boolean {
	return wasNotProcessed(failure) || (repeat === 'safe' && isTransient(failure));
}

export interface RetryRules {
	policy: RetryPolicy;
	mayRepeat: (failure: GuichetError) => boolean;
	/** Milliseconds; throws when the execution is cancelled meanwhile. */
	wait: (milliseconds: number) => Promise<void>;
	/** Told of a failed try before the next one begins. */
	beforeNextTry?: (failure: GuichetError) => void;
}

/**
 * Tries until it works, until it may not be repeated, or until the policy gives up; then the last
 * failure says how often it was tried.
 *
 * @example
 * await withRetries(async () => await client.look(id), {
 * 	policy: DEFAULT_RETRY_POLICY,
 * 	mayRepeat: isTransient,
 * 	wait: async (milliseconds) => await client.wait(milliseconds),
 * });
 */
export async function withRetries<Result>(
	attempt: () => Promise<Result>,
	rules: RetryRules,
): Promise<Result> {
	const began = Date.now();
	for (let tries = 1; ; tries++) {
		const outcome = await settled(attempt);
		if ('result' in outcome) return outcome.result;
		const { failure } = outcome;
		if (!(failure instanceof GuichetError) || !rules.mayRepeat(failure)) throw failure;
		const seconds = failure.details.retryAfterSeconds;
		const delay = delayBeforeNextTry(
			{
				tries,
				elapsedMs: Date.now() - began,
				retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
				random: Math.random(),
			},
			rules.policy,
		);
		if (delay === undefined) throw tries > 1 ? afterTries(failure, tries) : failure;
		rules.beforeNextTry?.(failure);
		await rules.wait(delay);
	}
}

async function settled<Result>(
	attempt: () => Promise<Result>,
): Promise<{ result: Result } | { failure: unknown }> {
	try {
		return { result: await attempt() };
	} catch (failure) {
		return { failure };
	}
}

const afterTries = (failure: GuichetError, tries: number): GuichetError =>
	failure.with({ message: `${failure.message} (tried ${tries} times)` });
