/**
 * When the result of a declaration may be asked for, as the NSSO prescribes it so that the service
 * is not flooded: nothing in the first two seconds, each second up to half a minute, each minute up
 * to twenty minutes, then no more by itself.
 */
const FIRST_AGE_SECONDS = 2;
const FAST_UNTIL_SECONDS = 30;
const FAST_PACE_SECONDS = 1;

/**
 * From 30 s on, and for a worker who is being identified, which takes longer than a declaration.
 */
const SLOW_PACE_SECONDS = 60;

/** Longest time that is waited for a result. */
export const MAX_WAIT_SECONDS = 1200;

/** The ages of a declaration, in seconds, at which it is asked for when the calls take no time. */
export function pollingAges(limitSeconds = MAX_WAIT_SECONDS): number[] {
	const ages: number[] = [];
	for (;;) {
		const last = ages.at(-1);
		const next = nextPollingAge(last ?? 0, last, limitSeconds);
		if (next === undefined) return ages;
		ages.push(next);
	}
}

/**
 * The next time to ask.
 *
 * @param ageSeconds how old the declaration is now
 * @param lastPoll its age when the last answer had come, or `undefined`: the pace is counted from
 *   there, so that a late answer is not followed by the next question at once
 * @param slow ask each minute only, whatever the age
 * @returns an age in seconds that is not in the past, or `undefined` when it is time to give up. A
 *   declaration that is older than the limit when it is first asked for is asked for once.
 */
export function nextPollingAge(
	ageSeconds: number,
	lastPoll: number | undefined,
	limitSeconds: number,
	slow = false,
): number | undefined {
	if (lastPoll === undefined) return Math.max(ageSeconds, FIRST_AGE_SECONDS);
	const soon = Math.max(ageSeconds, lastPoll + FAST_PACE_SECONDS);
	const isFast = !slow && soon <= FAST_UNTIL_SECONDS;
	const next = isFast ? soon : Math.max(ageSeconds, lastPoll + SLOW_PACE_SECONDS);
	return next <= limitSeconds ? next : undefined;
}
