import { GuichetError } from '../../../lib/errors/guichet-error';
import type { DimonaClient } from './client';
import type { DeclarationResult } from './result';
import { MAX_WAIT_SECONDS, nextPollingAge } from './schedule';

/** Time as the waiting sees it; tests give another one. */
export interface Timer {
	/** Milliseconds; only differences count. */
	now(): number;
	/** Throws a GuichetError `cancelled` when the execution is stopped. */
	wait(milliseconds: number): Promise<void>;
}

export interface WaitOptions {
	timer: Timer;
	/**
	 * Age of the declaration when the waiting begins, in milliseconds; 0 for one that may just have
	 * been submitted.
	 */
	ageMs?: number;
	/** Seconds since the submission after which it is given up, 1,200 at most. */
	limitSeconds?: number;
}

export interface WaitOutcome {
	/** The last result seen: a final one, S, or `undefined` when there is none yet. */
	result?: DeclarationResult;
	/** How often the service was asked. */
	checks: number;
	/** The last technical trouble, when there was any since the last usable answer. */
	trouble?: GuichetError;
}

/** Trouble that may pass: the schedule goes on as if there were no result yet. */
const TRANSIENT_CODES = new Set([
	'service_failed',
	'unreachable',
	'timeout',
	'rate_limited',
	// A gateway's own page, while the service behind it restarts.
	'answer_malformed',
]);

/**
 * Waits for the final result of a declaration at the authority's pace. Never submits anything, and
 * gives up without a failure.
 *
 * @throws GuichetError for what waiting cannot mend (403, unusable token) and when the execution is
 *   cancelled
 */
export async function waitForResult(
	client: DimonaClient,
	declarationId: string,
	{ timer, ageMs = 0, limitSeconds = MAX_WAIT_SECONDS }: WaitOptions,
): Promise<WaitOutcome> {
	const limit = Math.min(limitSeconds, MAX_WAIT_SECONDS);
	const began = timer.now() - ageMs;
	const age = () => (timer.now() - began) / 1000;
	const waited: WaitOutcome = { checks: 0 };
	let last: number | undefined;
	let notBefore = 0;
	for (;;) {
		const slow = waited.result !== undefined;
		const next = nextPollingAge(Math.max(age(), notBefore), last, limit, slow);
		if (next === undefined) return waited;
		// A timer may fire a little early, and "not before" is meant exactly.
		while (age() < next) await timer.wait(Math.ceil((next - age()) * 1000));
		last = next;
		waited.checks += 1;
		try {
			waited.result = (await client.pollOnce(declarationId)) ?? waited.result;
			waited.trouble = undefined;
		} catch (error) {
			waited.trouble = transientOrThrow(error);
			notBefore = age() + (waited.trouble.details.retryAfterSeconds ?? 0);
		}
		if (waited.result?.final) return waited;
	}
}

function transientOrThrow(error: unknown): GuichetError {
	if (error instanceof GuichetError && TRANSIENT_CODES.has(error.code)) return error;
	throw error;
}
