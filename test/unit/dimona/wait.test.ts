import { GuichetError } from '../../../lib/errors/guichet-error';
import type { DimonaClient } from '../../../nodes/Dimona/api/client';
import { type DeclarationResult, readDeclaration } from '../../../nodes/Dimona/api/result';
import { MAX_WAIT_SECONDS, nextPollingAge, pollingAges } from '../../../nodes/Dimona/api/schedule';
import { waitForResult } from '../../../nodes/Dimona/api/wait';

/** What the authority prescribes: 2 to 30 s each second, then each minute to 20 min. */
const PRESCRIBED = [
	...Array.from({ length: 29 }, (_, index) => 2 + index),
	...Array.from({ length: 19 }, (_, index) => 90 + 60 * index),
];

describe('the schedule', () => {
	test('is the prescribed one when answers take no time', () => {
		expect(pollingAges()).toEqual(PRESCRIBED);
		expect(pollingAges(30)).toEqual(PRESCRIBED.slice(0, 29));
		expect(pollingAges(29)).toEqual(PRESCRIBED.slice(0, 28));
		expect(MAX_WAIT_SECONDS).toBe(1_200);
	});

	test.each([
		['first after two seconds', 0, undefined, 1_200, 2],
		['first at once for an older one', 700, undefined, 1_200, 700],
		['first at once for one that is older than the limit', 5_000, undefined, 1_200, 5_000],
		['a second after the last answer', 5, 5, 1_200, 6],
		['a second after a late answer', 5.86, 5.86, 1_200, 6.86],
		['not in the past', 9, 5, 1_200, 9],
		['at 30 s still', 29, 29, 1_200, 30],
		['a minute later when the second would end after 30 s', 29.01, 29.01, 1_200, 89.01],
		['a minute later at 30 s', 30, 30, 1_200, 90],
		['a minute later when now is after 30 s', 31, 20, 1_200, 80],
		['at the limit still', 1_140, 1_140, 1_200, 1_200],
		['not after the limit', 1_140.1, 1_140.1, 1_200, undefined],
	])('asks %s', (_name, age, last, limit, expected) => {
		expect(nextPollingAge(age, last, limit)).toBe(expected);
	});

	test('asks each minute for a worker who is being identified', () => {
		expect(nextPollingAge(3, 3, 1_200, true)).toBe(63);
		expect(nextPollingAge(3, 3, 62, true)).toBeUndefined();
	});
});

describe('waiting', () => {
	/** Ages are kept in seconds with a fraction. */
	const ROUNDING = 1e-6;

	/** A service whose answers come after a time, and the ages at which it was asked. */
	function service(answers: (index: number) => unknown, answerMs = 0, lateMs = 0) {
		let now = 1_000_000;
		const ages: number[] = [];
		const timer = {
			now: () => now,
			epochMs: () => now,
			wait: async (milliseconds: number) => {
				now += milliseconds + lateMs;
				await Promise.resolve();
			},
		};
		const client = {
			pollOnce: async () => {
				ages.push((now - 1_000_000) / 1000);
				now += answerMs;
				const answer = answers(ages.length - 1);
				if (answer instanceof Error) throw answer;
				return await Promise.resolve(answer as DeclarationResult | undefined);
			},
		} as unknown as DimonaClient;
		return { client, timer, ages };
	}

	const result = (letter: string) => readDeclaration({ declarationStatus: { result: letter } });

	test('asks at the prescribed ages, then gives up without a failure', async () => {
		const { client, timer, ages } = service(() => undefined);
		await expect(waitForResult(client, '1', { timer })).resolves.toEqual({ checks: 48 });
		expect(ages).toEqual(PRESCRIBED);
	});

	test.each([
		[139, 0],
		[3_000, 0],
		[0, 900],
		[70_000, 0],
	])('keeps the pace when answers take %i ms and timers are %i ms late', async (answer, late) => {
		const { client, timer, ages } = service(() => undefined, answer, late);
		await waitForResult(client, '1', { timer });
		expect(ages[0]).toBeGreaterThanOrEqual(2);
		for (const [index, age] of ages.entries()) {
			const before = ages[index - 1];
			if (before !== undefined)
				expect(age - before - answer / 1000 + ROUNDING).toBeGreaterThanOrEqual(
					age - late / 1000 <= 30 ? 1 : 60,
				);
		}
	});

	test('ends with the first final result, and keeps one that is not final', async () => {
		const done = service((index) => (index < 2 ? undefined : result('A')));
		const outcome = await waitForResult(done.client, '1', { timer: done.timer });
		expect(outcome).toMatchObject({ checks: 3, result: { status: 'accepted' } });
		expect(done.ages).toEqual([2, 3, 4]);
		const waiting = service((index) => (index === 0 ? result('S') : undefined));
		const kept = await waitForResult(waiting.client, '1', { timer: waiting.timer });
		expect(kept.result?.status).toBe('waitingForIdentification');
		expect(waiting.ages.slice(0, 3)).toEqual([2, 62, 122]);
	});

	test.each([
		'service_failed',
		'unreachable',
		'timeout',
		'rate_limited',
		'answer_malformed',
	] as const)('waits out %s and tells it when it stays', async (code) => {
		const { client, timer } = service(() => new GuichetError(code, 'trouble'));
		const outcome = await waitForResult(client, '1', { timer, limitSeconds: 5 });
		expect(outcome).toMatchObject({ checks: 4, trouble: { message: 'trouble' } });
		const over = service((index) => (index === 0 ? new GuichetError(code, 'x') : undefined));
		const later = await waitForResult(over.client, '1', { timer: over.timer, limitSeconds: 5 });
		expect(later.trouble).toBeUndefined();
	});

	test.each(['forbidden', 'token_refused', 'cancelled', 'unauthenticated'] as const)(
		'ends at once with %s',
		async (code) => {
			const { client, timer, ages } = service(() => new GuichetError(code, 'no'));
			await expect(waitForResult(client, '1', { timer })).rejects.toMatchObject({ code });
			expect(ages).toHaveLength(1);
		},
	);

	test('does not ask before the service wants it', async () => {
		const patience = new GuichetError('rate_limited', 'slow', { retryAfterSeconds: 12 });
		const { client, timer, ages } = service((index) => (index === 0 ? patience : result('A')));
		await waitForResult(client, '1', { timer });
		expect(ages).toEqual([2, 14]);
	});

	test('counts the age of a declaration, and never waits longer than twenty minutes', async () => {
		const old = service(() => undefined);
		const outcome = await waitForResult(old.client, '1', {
			timer: old.timer,
			ageMs: 1_190_000,
			limitSeconds: 9_999,
		});
		expect(outcome.checks).toBe(1);
		const older = service(() => undefined);
		await waitForResult(older.client, '1', { timer: older.timer, ageMs: 9_000_000 });
		expect(older.ages).toEqual([0]);
	});
});
