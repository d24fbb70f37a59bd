import { isTransient } from '../../../lib/http/repeat';
import { GuichetError } from '../../../lib/errors/guichet-error';
import type { DimonaClient } from './client';
import type { DeclarationResult, SentFacts } from './result';
import { MAX_WAIT_SECONDS, nextPollingAge } from './schedule';

/** Time as the waiting sees it; tests give another one. */
export interface Timer {
	/** Milliseconds; only differences count. */
	now(): number;
	/** Milliseconds since 1970. */
	epochMs(): number;
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
	/** What was sent, where that is known. */
	sent?: SentFacts;
}

export interface WaitOutcome {
	/** The last result seen: a final one, S, or `undefined` when there is none yet. */
	result?: DeclarationResult;
	/** How often the service was asked. */
	checks: number;
	/** The last technical trouble, when there was any since the last usable answer. */
	trouble?: GuichetError;
}

/**
 * Trouble that may pass: the schedule goes on as if there were no result yet. What cannot be read
 * is a gateway's own page, while the service behind it restarts.
 */
const mayPass = (failure: GuichetError): boolean =>
	isTransient(failure) || failure.code === 'answer_malformed';

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
	{ timer, ageMs = 0, limitSeconds = MAX_WAIT_SECONDS, sent }: WaitOptions,
): Promise<WaitOutcome> {
	const limit = Math.min(limitSeconds, MAX_WAIT_SECONDS);
	const began = timer.now() - ageMs;
	const age = () => (timer.now() - began) / 1000;
	const outcome: WaitOutcome = { checks: 0 };
	let lastPoll: number | undefined;
	let notBefore = 0;
	for (;;) {
		const slow = outcome.result !== undefined;
		const next = nextPollingAge(Math.max(age(), notBefore), lastPoll, limit, slow);
		if (next === undefined) return outcome;
		// A timer may fire a little early, and "not before" is meant exactly.
		while (age() < next) await timer.wait(Math.ceil((next - age()) * 1000));
		outcome.checks += 1;
		try {
			outcome.result = (await client.pollOnce(declarationId, sent)) ?? outcome.result;
			outcome.trouble = undefined;
		} catch (error) {
			outcome.trouble = transientOrThrow(error);
			notBefore = age() + (outcome.trouble.details.retryAfterSeconds ?? 0);
		}
		lastPoll = age();
		if (outcome.result?.final) return outcome;
	}
}

function transientOrThrow(error: unknown): GuichetError {
	if (error instanceof GuichetError && mayPass(error)) return error;
	throw error;
}
