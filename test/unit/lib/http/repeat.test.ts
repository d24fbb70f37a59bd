import { type ErrorCode, GuichetError, type Outcome } from '../../../../lib/errors/guichet-error';
import { isTransient, mayRepeat, withRetries } from '../../../../lib/http/repeat';

const failure = (code: ErrorCode, outcome?: Outcome) => new GuichetError(code, code, { outcome });

test.each<[ErrorCode, Outcome | undefined, boolean, boolean]>([
	['rate_limited', 'not_done', true, true],
	['unreachable', 'not_done', true, true],
	['unreachable', 'unknown', true, false],
	['timeout', 'unknown', true, false],
	['service_failed', 'unknown', true, false],
	['refused', 'not_done', false, false],
	['not_found', 'not_done', false, false],
	['answer_malformed', undefined, false, false],
	['cancelled', 'not_done', false, false],
	['tls', 'not_done', false, false],
])(
	'after %s (%s) a safe call may be sent again: %s, a creation: %s',
	(code, outcome, safe, never) => {
		expect(mayRepeat(failure(code, outcome), 'safe')).toBe(safe);
		expect(mayRepeat(failure(code, outcome), 'never')).toBe(never);
		expect(isTransient(failure(code, outcome))).toBe(safe);
	},
);

describe('repeats', () => {
	const policy = { maxTries: 3, firstDelayMs: 10, maxDelayMs: 10, maxElapsedMs: 60_000 };
	const waits: number[] = [];
	const rules = {
		policy,
		mayRepeat: isTransient,
		wait: async (milliseconds: number) => {
			waits.push(milliseconds);
			await Promise.resolve();
		},
	};
	beforeEach(() => {
		waits.length = 0;
	});

	const failing = (failures: GuichetError[]) => async () => {
		const next = failures.shift();
		if (next) throw next;
		return await Promise.resolve('done');
	};

	test('go on until it works', async () => {
		const seen: string[] = [];
		const attempt = failing([failure('timeout'), failure('service_failed')]);
		const beforeNextTry = ({ code }: GuichetError) => void seen.push(code);
		expect(await withRetries(attempt, { ...rules, beforeNextTry })).toBe('done');
		expect(seen).toEqual(['timeout', 'service_failed']);
		expect(waits).toHaveLength(2);
	});

	test('end with the last failure and the number of tries', async () => {
		const attempt = failing([failure('timeout'), failure('timeout'), failure('unreachable')]);
		await expect(withRetries(attempt, rules)).rejects.toMatchObject({
			code: 'unreachable',
			message: 'unreachable (tried 3 times)',
		});
	});

	test('are none for what may not be repeated, and its words stay', async () => {
		await expect(withRetries(failing([failure('refused')]), rules)).rejects.toThrow(/^refused$/);
		expect(waits).toEqual([]);
	});

	test('never undercut the pause that a 429 asks for', async () => {
		const limited = new GuichetError('rate_limited', 'slow', { retryAfterSeconds: 7 });
		await withRetries(failing([limited]), rules);
		expect(waits).toEqual([7000]);
	});

	test('are none when the pause is longer than the time that is left', async () => {
		const limited = new GuichetError('rate_limited', 'slow', { retryAfterSeconds: 120 });
		await expect(withRetries(failing([limited]), rules)).rejects.toThrow(/^slow$/);
	});
});
