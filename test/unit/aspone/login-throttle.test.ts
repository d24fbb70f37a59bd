import { GuichetError } from '../../../lib/errors/guichet-error';
import { LoginThrottle, type LoginEvidence } from '../../../nodes/AspOneAlert/api/login-throttle';
import { turns } from '../fakes/held-time';

const login = { endpoint: 'https://e/', whiteLabel: 'WL', login: 'u', secret: 'p' };

interface CallFacts {
	text?: string;
	/** Seconds of waiting that the service names. */
	named?: number;
	alone?: () => boolean;
}

class Scene {
	time = 0;

	calls = 0;

	readonly throttle = new LoginThrottle(() => this.time);

	/** A call that the service answers with this verdict. */
	async call(
		evidence: LoginEvidence,
		identity = login,
		{ text = `service: ${evidence}`, named, alone }: CallFacts = {},
	): Promise<string> {
		return await this.throttle.attempt(
			identity,
			async () => {
				this.calls += 1;
				await new Promise((resolve) => setImmediate(resolve));
				if (evidence === 'accepted') return 'answer';
				throw new GuichetError('unauthenticated', text, {
					serviceMessages: [text],
					retryAfterSeconds: named,
				});
			},
			() => evidence,
			alone,
		);
	}

	/** Whether a call with that login reaches the service now. */
	async reaches(identity = login): Promise<boolean> {
		const before = this.calls;
		await this.call('unknown', identity).catch(() => undefined);
		return this.calls > before;
	}
}

describe('the throttle after a refused login', () => {
	it('waits a minute more for each failure, thirty minutes at most, and starts over after a success', async () => {
		const scene = new Scene();
		for (const minutes of [1, 2, 3, 4]) {
			await expect(scene.call('refused')).rejects.toThrow('service: refused');
			scene.time += minutes * 60_000 - 1;
			expect(await scene.reaches()).toBe(false);
			scene.time += 1;
			expect(await scene.reaches()).toBe(true);
		}
		for (let failures = 5; failures < 40; failures++) {
			await scene.call('refused').catch(() => undefined);
			scene.time += 30 * 60_000;
		}
		expect(await scene.reaches()).toBe(true);
		await scene.call('accepted');
		await scene.call('refused').catch(() => undefined);
		scene.time += 60_000;
		expect(await scene.reaches()).toBe(true);
	});

	it('says when the next try is possible, in the refusal and in every later failure', async () => {
		const scene = new Scene();
		const data = { nextTryAt: '1970-01-01T00:01:00.000Z' };
		await expect(scene.call('refused')).rejects.toMatchObject({ details: { data } });
		await expect(scene.call('accepted')).rejects.toMatchObject({
			code: 'unauthenticated',
			details: { outcome: 'not_done', data: { ...data, refusedLevel: 'user' } },
		});
		expect(scene.calls).toBe(1);
	});

	it.each([
		['2026-11-22T13:59:20.500Z', 1, 0, 'in about 1 minute (at 14:01 UTC)'],
		['2026-11-22T13:59:00.000Z', 1, 0, 'in about 1 minute (at 14:00 UTC)'],
		['2026-11-22T13:59:20.500Z', 3, 0, 'in about 3 minutes (at 14:03 UTC)'],
		['2026-11-22T13:59:20.500Z', 3, 100_000, 'in about 2 minutes (at 14:03 UTC)'],
		['2026-11-22T23:50:00.000Z', 30, 0, 'in about 30 minutes (at 00:20 UTC)'],
	])('says at %s after %d failures how long it takes', async (now, failures, later, expected) => {
		const scene = new Scene();
		scene.time = Date.parse(now) - (failures - 1) * 30 * 60_000;
		for (let failure = 1; failure < failures; failure++) {
			await scene.call('refused').catch(() => undefined);
			scene.time += 30 * 60_000;
		}
		await expect(scene.call('refused')).rejects.toMatchObject({
			details: { hint: expect.stringContaining(later ? 'in about 3 minutes' : expected) },
		});
		scene.time += later;
		const refused = await scene.call('accepted').catch((error: unknown) => error);
		const { message, details } = refused as GuichetError;
		expect(message).toBe(
			`This login was refused a moment ago, so ASPOne was not called; the next try is possible ${expected}`,
		);
		expect(details.hint).not.toMatch(/\d{2}:\d{2}|\.\d{3}Z/);
		expect(details.hint).toContain('Correct the user login');
	});

	it('lets one of fifty parallel calls through while the login is not known to be good', async () => {
		const scene = new Scene();
		const results = await Promise.allSettled(
			Array.from({ length: 50 }, async () => await scene.call('refused')),
		);
		expect(results.every(({ status }) => status === 'rejected')).toBe(true);
		expect(scene.calls).toBe(1);
	});

	it('lets all go on at once after the first was accepted', async () => {
		const scene = new Scene();
		const underWay: Array<() => void> = [];
		const held = async () =>
			await scene.throttle.attempt(
				login,
				async () => await new Promise<void>((resolve) => underWay.push(resolve)),
				() => 'unknown',
			);
		await scene.call('accepted');
		const calls = Array.from({ length: 5 }, held);
		await turns(1);
		expect(underWay).toHaveLength(5);
		for (const release of underWay) release();
		await Promise.all(calls);
	});

	it('keeps endpoints, white labels and logins apart, but not passwords', async () => {
		const scene = new Scene();
		await scene.call('refused').catch(() => undefined);
		expect(await scene.reaches({ ...login, secret: 'new' })).toBe(false);
		expect(await scene.reaches({ ...login, login: 'other' })).toBe(true);
		expect(await scene.reaches({ ...login, whiteLabel: 'other' })).toBe(true);
		expect(await scene.reaches({ ...login, endpoint: 'https://other/' })).toBe(true);
	});

	it('tries a changed password out alone, although the old one was accepted', async () => {
		const scene = new Scene();
		await scene.call('accepted');
		await Promise.allSettled(
			Array.from(
				{ length: 10 },
				async () => await scene.call('refused', { ...login, secret: 'x' }),
			),
		);
		expect(scene.calls).toBe(2);
	});

	it('does not take failures of the transport for failed logins', async () => {
		const scene = new Scene();
		for (let call = 0; call < 10; call++) await scene.call('unknown').catch(() => undefined);
		expect(await scene.reaches()).toBe(true);
	});

	it('takes the same doubtful refusal three times in a row for a failed login', async () => {
		const scene = new Scene();
		for (let call = 0; call < 3; call++) await scene.call('doubtful').catch(() => undefined);
		expect(await scene.reaches()).toBe(false);
	});

	it('takes no doubtful refusals of different texts for a failed login', async () => {
		const scene = new Scene();
		for (let call = 0; call < 10; call++)
			await scene.call('doubtful', login, { text: `text ${call % 2}` }).catch(() => undefined);
		expect(await scene.reaches()).toBe(true);
	});

	it('has no doubts about a login that was accepted', async () => {
		const scene = new Scene();
		await scene.call('accepted');
		for (let call = 0; call < 10; call++) await scene.call('doubtful').catch(() => undefined);
		expect(await scene.reaches()).toBe(true);
	});

	it('takes a suspicion against a login that was accepted a moment ago for a failed login only when it comes again', async () => {
		const scene = new Scene();
		await scene.call('accepted');
		await scene.call('suspected').catch(() => undefined);
		expect(await scene.reaches()).toBe(true);
		await scene.call('suspected').catch(() => undefined);
		expect(await scene.reaches()).toBe(false);
		const unproven = new Scene();
		await unproven.call('suspected').catch(() => undefined);
		expect(await unproven.reaches()).toBe(false);
	});

	it.each([
		['the first call of an execution goes alone', 0, () => true],
		['the proof of a login ages', 60_000, () => false],
	])('makes one call with a login that has become wrong: %s', async (_name, later, alone) => {
		const scene = new Scene();
		await scene.call('accepted');
		scene.time += later;
		await Promise.allSettled(
			Array.from({ length: 20 }, async () => await scene.call('refused', login, { alone })),
		);
		expect(scene.calls).toBe(2);
	});

	it('obeys the wait that the service names when it is longer, a day at most', async () => {
		for (const [named, waits] of [
			[30, 60],
			[600, 600],
			[999_999, 86_400],
		] as const) {
			const scene = new Scene();
			await scene.call('refused', login, { named }).catch(() => undefined);
			scene.time += waits * 1000 - 1;
			expect(await scene.reaches()).toBe(false);
			scene.time += 1;
			expect(await scene.reaches()).toBe(true);
		}
	});

	it('repeats the reason of the first failure to those who come after it', async () => {
		const scene = new Scene();
		await scene.call('refused').catch(() => undefined);
		await expect(scene.call('accepted')).rejects.toMatchObject({
			details: { serviceMessages: ['service: refused'], data: { notCalled: true } },
		});
	});

	it('takes an accepted login for good for a minute, and the password with which it was', async () => {
		const scene = new Scene();
		expect(scene.throttle.isProven(login)).toBe(false);
		scene.time = 10 * 60_000;
		await scene.call('accepted');
		scene.time += 59_999;
		expect(scene.throttle.isProven(login)).toBe(true);
		expect(scene.throttle.isProven({ ...login, secret: 'other' })).toBe(false);
		scene.time += 1;
		expect(scene.throttle.isProven(login)).toBe(false);
	});

	it('adds when the next try is possible to the advice of the refusal', async () => {
		const scene = new Scene();
		const refused = new GuichetError('unauthenticated', 'no', {
			hint: 'Look at the login.',
			data: { asked: 'it' },
		});
		const failing = scene.throttle.attempt(
			login,
			async () => await Promise.reject(refused),
			() => 'refused',
		);
		await expect(failing).rejects.toMatchObject({
			details: {
				hint: expect.stringMatching(
					/^Look at the login\. The next try with this login is possible in about 1 minute \(at 00:01 UTC\)\. Until then .*"Retry On Fail" of the node off\.$/,
				) as string,
				data: { asked: 'it', nextTryAt: '1970-01-01T00:01:00.000Z' },
			},
		});
	});

	it('leaves a failure as it is while the login need not wait', async () => {
		const scene = new Scene();
		const failure = new GuichetError('timeout', 'late');
		const failing = scene.throttle.attempt(
			login,
			async () => await Promise.reject(failure),
			() => 'unknown',
		);
		await expect(failing).rejects.toBe(failure);
	});

	it('leaves a failure that is no error of this package as it is, also when the login has to wait', async () => {
		const scene = new Scene();
		const broken = new TypeError('broken');
		const call = async () =>
			await scene.throttle.attempt(
				login,
				async () => await Promise.reject(broken),
				() => 'refused',
			);
		await expect(call()).rejects.toBe(broken);
		await expect(scene.call('accepted')).rejects.toMatchObject({
			details: { data: { notCalled: true }, serviceMessages: undefined },
		});
		scene.time += 60_000;
		await expect(call()).rejects.toBe(broken);
		scene.time += 119_999;
		expect(await scene.reaches()).toBe(false);
	});

	it('has doubts about failures without words too', async () => {
		const scene = new Scene();
		const doubtful = async (failure: Error) =>
			await scene.throttle
				.attempt(
					login,
					async () => await Promise.reject(failure),
					() => 'doubtful',
				)
				.catch(() => undefined);
		await doubtful(new Error('a'));
		await doubtful(new Error('b'));
		expect(await scene.reaches()).toBe(true);
		await doubtful(new Error('c'));
		expect(await scene.reaches()).toBe(false);
	});

	it('keeps a login waiting while a thousand others come, and forgets the oldest for one more', async () => {
		const scene = new Scene();
		const other = (index: number) => ({ ...login, login: `user ${index}` });
		await scene.call('refused').catch(() => undefined);
		for (let index = 1; index < 1_000; index++) await scene.call('accepted', other(index));
		expect(await scene.reaches()).toBe(false);
		expect(scene.throttle.isProven(other(1))).toBe(true);
		await scene.call('accepted', other(1_000));
		expect(await scene.reaches()).toBe(true);
		expect(scene.throttle.isProven(other(2))).toBe(true);
	});
});
