import {
	DEFAULT_RETRY_POLICY,
	delayBeforeNextTry,
	type FailedTry,
	parseRetryAfter,
} from '../../../../lib/http/retry-policy';

const policy = { maxTries: 4, firstDelayMs: 100, maxDelayMs: 300, maxElapsedMs: 1_000 };
const failed = (more: Partial<FailedTry>): FailedTry => ({
	tries: 1,
	elapsedMs: 0,
	random: 0,
	...more,
});

describe('delay before the next try', () => {
	it.each<[string, Partial<FailedTry>, number | undefined]>([
		['keeps at least half of the first delay', {}, 50],
		['spreads over the other half', { random: 0.5 }, 75],
		['doubles with each try', { tries: 2 }, 100],
		['stays under the longest delay', { tries: 3, random: 0.999 }, 299.85],
		['gives up after the last try', { tries: 4 }, undefined],
		['never undercuts Retry-After', { retryAfterMs: 700 }, 700],
		['is not shortened by Retry-After', { retryAfterMs: 1 }, 50],
		['treats Retry-After: 0 as no wish', { retryAfterMs: 0 }, 50],
		[
			'gives up when Retry-After does not fit into the time left',
			{ retryAfterMs: 1_001 },
			undefined,
		],
		['waits when it just fits', { retryAfterMs: 1_000 }, 1_000],
		['gives up when the time is over', { elapsedMs: 951 }, undefined],
		['uses the last moment', { elapsedMs: 950 }, 50],
	])('%s', (_, more, expected) => {
		expect(delayBeforeNextTry(failed(more), policy)).toBe(expected);
	});

	it('never plans beyond the budget of the default policy', () => {
		let elapsedMs = 0;
		let tries = 1;
		for (; ; tries++) {
			const delay = delayBeforeNextTry({ tries, elapsedMs, random: 0.999 });
			if (delay === undefined) break;
			elapsedMs += delay;
		}
		expect(tries).toBe(DEFAULT_RETRY_POLICY.maxTries);
		expect(elapsedMs).toBeLessThanOrEqual(DEFAULT_RETRY_POLICY.maxElapsedMs);
	});
});

describe('Retry-After', () => {
	const now = Date.parse('2026-03-01T09:30:00Z');
	it.each<[string | undefined, number | undefined]>([
		['120', 120_000],
		[' 0 ', 0],
		['Sun, 01 Mar 2026 09:31:30 GMT', 90_000],
		['Sun, 01 Mar 2026 09:00:00 GMT', 0],
		['soon', undefined],
		['-5', undefined],
		['', undefined],
		[undefined, undefined],
	])('%p is %p ms', (header, expected) => {
		expect(parseRetryAfter(header, now)).toBe(expected);
	});
});
