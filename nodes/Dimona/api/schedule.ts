/**
 * When the result of a declaration may be asked for, as the NSSO prescribes it so that the service
 * is not flooded: nothing in the first two
 * seconds, each second up to half a minute, each minute up to twenty minutes, then no more by
 * itself.
 */
const STAGES = [
	{ fromSeconds: 2, toSeconds: 30, everySeconds: 1 },
	{ fromSeconds: 30, toSeconds: 1200, everySeconds: 60 },
];

/** Longest time that is waited for a result. */
export const MAX_WAIT_SECONDS = 1200;

/**
 * From 30 s on, and for a worker who is being identified, which takes longer than a declaration.
 */
export const SLOW_PACE_SECONDS = 60;

/** The ages of a declaration, in seconds, at which its result may be asked for. */
export function pollingAges(limitSeconds = MAX_WAIT_SECONDS): number[] {
	const ages: number[] = [];
	for (const { fromSeconds, toSeconds, everySeconds } of STAGES)
		for (let age = fromSeconds; age <= toSeconds; age += everySeconds)
			if (age <= limitSeconds && age !== ages[ages.length - 1]) ages.push(age);
	return ages;
}

/**
 * The next time to ask.
 *
 * @param ageSeconds how old the declaration is now
 * @param lastCheck its age when it was last asked for, or `undefined`
 * @param slow ask each minute only, whatever the age
 * @returns an age in seconds that is not in the past, or `undefined` when it is time to give up. A
 *   declaration that is first looked at when it is
 * already older than the limit is asked for once.
 */
export function nextPollingAge(
	ageSeconds: number,
	lastCheck: number | undefined,
	limitSeconds: number,
	slow = false,
): number | undefined {
	const ages = pollingAges(limitSeconds);
	if (lastCheck === undefined) return Math.max(ageSeconds, ages[0] ?? 2);
	const after = slow ? lastCheck + SLOW_PACE_SECONDS : lastCheck;
	// Times that passed while an answer was on its way are left out, never caught up.
	return ages.find((age) => age > lastCheck && age >= after && age >= ageSeconds);
}
