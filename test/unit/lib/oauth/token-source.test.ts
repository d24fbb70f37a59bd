import { getEventListeners } from 'node:events';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import {
	type AccessToken,
	forgetAllTokens,
	type TokenRequest,
	TokenSource,
} from '../../../../lib/oauth/token-source';

const START = Date.parse('2026-03-01T09:00:00Z');
let now: number;
let requests: number;
let answer: () => Promise<AccessToken>;

beforeEach(() => {
	forgetAllTokens();
	now = START;
	requests = 0;
	answer = async () =>
		await Promise.resolve({ token: `token-${requests}`, expiresInSeconds: 3600 });
	jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

const sourceOf = (more: Partial<TokenRequest> = {}): TokenSource =>
	TokenSource.for({
		identity: ['service', 'client'],
		defaultLifetimeSeconds: 600,
		secrets: ['planted-secret'],
		fetch: async () => {
			requests++;
			return await answer();
		},
		...more,
	});

const later = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

describe('a token', () => {
	it('is asked for once by a hundred callers at the same time', async () => {
		const answers = await Promise.all(
			Array.from({ length: 100 }, async () => await sourceOf().authorization()),
		);
		expect(new Set(answers)).toEqual(new Set(['Bearer token-1']));
		expect(requests).toBe(1);
	});

	it('is asked for once after a hundred callers were refused at the same time', async () => {
		const first = await sourceOf().authorization();
		const answers = await Promise.all(
			Array.from({ length: 100 }, async () => {
				const source = sourceOf();
				source.refused(first);
				return await source.authorization();
			}),
		);
		expect(new Set(answers)).toEqual(new Set(['Bearer token-2']));
		expect(requests).toBe(2);
	});

	it('is renewed in the last minute of its life', async () => {
		await sourceOf().token();
		now = START + 3_539_000;
		expect((await sourceOf().token()).token).toBe('token-1');
		now = START + 3_540_000;
		expect((await sourceOf().token()).token).toBe('token-2');
	});

	it('of a short life is renewed in the last tenth of it', async () => {
		answer = async () => await Promise.resolve({ token: `t${requests}`, expiresInSeconds: 10 });
		await sourceOf().token();
		now = START + 8_999;
		await sourceOf().token();
		expect(requests).toBe(1);
		now = START + 9_000;
		await sourceOf().token();
		expect(requests).toBe(2);
	});

	it.each([0, -5])(
		'with a life of %p s is good for those that wait for it, and no others',
		async (life) => {
			answer = async () => await Promise.resolve({ token: 't', expiresInSeconds: life });
			const source = sourceOf();
			const waiting = await Promise.all([source.token(), source.token()]);
			expect(waiting.map(({ token }) => token)).toEqual(['t', 't']);
			expect(requests).toBe(1);
			await source.token();
			expect(requests).toBe(2);
		},
	);

	it.each([undefined, NaN])('with a life of %p s has the life that is assumed', async (life) => {
		answer = async () => await Promise.resolve({ token: 't', expiresInSeconds: life });
		expect((await sourceOf().token()).renewAt).toBe(START + 540_000);
	});

	it('that is newer than the refused one is kept', async () => {
		const source = sourceOf();
		const first = await source.authorization();
		source.refused(first);
		const second = await source.authorization();
		source.refused(first);
		expect(await source.authorization()).toBe(second);
		expect(requests).toBe(2);
	});

	it('that is forgotten is asked for anew, however long it would live', async () => {
		await sourceOf().token();
		sourceOf().forget();
		expect((await sourceOf().token()).token).toBe('token-2');
	});

	it('is kept for two thousand identities, and the one used longest ago goes first', async () => {
		const use = async (name: string) => await sourceOf({ identity: [name] }).token();
		await use('first');
		await use('second');
		for (let index = 2; index < 2_000; index++) await use(`client ${index}`);
		await use('first');
		expect(requests).toBe(2_000);
		await use('one too many');
		await use('first');
		expect(requests).toBe(2_001);
		await use('second');
		expect(requests).toBe(2_002);
	});

	it('of another identity is another token', async () => {
		await sourceOf().token();
		await sourceOf({ identity: ['service', 'other'] }).token();
		await sourceOf({ identity: ['serviceclient'] }).token();
		expect(requests).toBe(3);
	});
});

describe('a server that gives a refused token again', () => {
	const SERVICE = 'https://api.example';
	const AGAIN = /refused this access token a moment ago/;

	beforeEach(() => {
		answer = async () => await Promise.resolve({ token: 'same', expiresInSeconds: 3600 });
	});

	/** A token that was offered to the service, and refused by it. */
	async function refusedOnce(): Promise<TokenSource> {
		const source = sourceOf();
		source.refused(await source.authorization(undefined, SERVICE), SERVICE);
		return source;
	}

	it('is asked once by each call, and the token is not offered', async () => {
		await refusedOnce();
		for (let call = 1; call <= 3; call++) {
			await expect(sourceOf().authorization(undefined, SERVICE)).rejects.toMatchObject({
				code: 'unauthenticated',
				message: expect.stringMatching(AGAIN) as string,
				details: { outcome: 'not_done', hint: expect.stringContaining('half a minute') as string },
			});
			expect(requests).toBe(1 + call);
		}
	});

	it('is asked once by a hundred callers at the same time', async () => {
		const source = await refusedOnce();
		const results = await Promise.allSettled(
			Array.from({ length: 100 }, async () => await source.authorization(undefined, SERVICE)),
		);
		expect(results.every(({ status }) => status === 'rejected')).toBe(true);
		expect(requests).toBe(2);
	});

	it('may give another one, which is offered', async () => {
		const source = await refusedOnce();
		answer = async () => await Promise.resolve({ token: 'other' });
		expect(await source.authorization(undefined, SERVICE)).toBe('Bearer other');
		source.refused('Bearer other', SERVICE);
		answer = async () => await Promise.resolve({ token: 'same' });
		await expect(source.authorization(undefined, SERVICE)).rejects.toThrow(AGAIN);
	});

	it('gives it for another service, which has not refused it', async () => {
		const source = await refusedOnce();
		expect(await source.authorization(undefined, 'https://other.example')).toBe('Bearer same');
		await expect(source.authorization(undefined, SERVICE)).rejects.toThrow(AGAIN);
	});

	it('is believed after half a minute: the refusal may have been a passing fault', async () => {
		const source = await refusedOnce();
		now = START + 29_999;
		await expect(source.authorization(undefined, SERVICE)).rejects.toThrow(AGAIN);
		now = START + 30_000;
		expect(await source.authorization(undefined, SERVICE)).toBe('Bearer same');
	});

	it('is believed when a person wants to try it anew', async () => {
		const source = await refusedOnce();
		source.forget();
		expect(await source.authorization(undefined, SERVICE)).toBe('Bearer same');
	});

	it('leaves no token in the memory of what was refused, and a short memory', async () => {
		const source = sourceOf();
		answer = async () => await Promise.resolve({ token: `planted-token-${requests}` });
		for (let call = 0; call < 50; call++)
			source.refused(await source.authorization(undefined, SERVICE), SERVICE);
		const { refusals } = source as unknown as { refusals: Map<string, number> };
		expect(refusals.size).toBeGreaterThan(0);
		expect(refusals.size).toBeLessThan(10);
		expect(JSON.stringify([...refusals])).not.toContain('planted-token');
	});
});

describe('a refused token request', () => {
	it('fails all that wait for it, and is tried again by the next', async () => {
		const refusal = new GuichetError('token_refused', 'no');
		answer = async () => await Promise.reject(refusal);
		const results = await Promise.allSettled(
			Array.from({ length: 10 }, async () => await sourceOf().token()),
		);
		expect(
			results.every((result) => result.status === 'rejected' && result.reason === refusal),
		).toBe(true);
		expect(requests).toBe(1);
		answer = async () => await Promise.resolve({ token: 'good' });
		expect((await sourceOf().token()).token).toBe('good');
		expect(requests).toBe(2);
	});
});

describe('a caller that is cancelled', () => {
	it('leaves the others and their one request alone', async () => {
		let finish: (token: AccessToken) => void = () => undefined;
		answer = async () => await new Promise((resolve) => (finish = resolve));
		const stop = new AbortController();
		const cancelled = sourceOf().token(stop.signal);
		const other = sourceOf().token(new AbortController().signal);
		stop.abort(new Error('stopped by the user'));
		await expect(cancelled).rejects.toThrow('stopped by the user');
		finish({ token: 'good' });
		expect((await other).token).toBe('good');
		expect(requests).toBe(1);
	});

	it('for a reason that is no error fails all the same', async () => {
		answer = async () => await new Promise(() => undefined);
		const stop = new AbortController();
		const cancelled = sourceOf().token(stop.signal);
		stop.abort('enough');
		await expect(cancelled).rejects.toThrow('aborted');
	});

	it('no longer listens to its signal when the token is there', async () => {
		const { signal } = new AbortController();
		await sourceOf().token(signal);
		expect(getEventListeners(signal, 'abort')).toEqual([]);
	});

	it('before it asked makes no request', async () => {
		await expect(sourceOf().token(AbortSignal.abort())).rejects.toThrow();
		expect(requests).toBe(0);
	});

	it('does not turn a later refusal into a crash of the process', async () => {
		const unhandled = jest.fn();
		process.on('unhandledRejection', unhandled);
		let refuse: (reason: Error) => void = () => undefined;
		answer = async () => await new Promise((_, reject) => (refuse = reject));
		const stop = new AbortController();
		const cancelled = sourceOf().token(stop.signal);
		stop.abort();
		await expect(cancelled).rejects.toThrow();
		refuse(new Error('refused'));
		await later();
		await later();
		process.off('unhandledRejection', unhandled);
		expect(unhandled).not.toHaveBeenCalled();
	});
});

describe('what must not be shown', () => {
	it('is the secret and the token, also one that has just been refused', async () => {
		const source = sourceOf();
		const first = await source.authorization();
		source.refused(first);
		await source.authorization();
		expect(source.secrets()).toEqual(['planted-secret', 'token-2', 'token-1']);
	});

	it('is the secret alone before the first token', () => {
		expect(sourceOf().secrets()).toEqual(['planted-secret']);
	});

	it('does not pile up', async () => {
		const source = sourceOf();
		for (let i = 0; i < 50; i++) source.refused(await source.authorization());
		expect(source.secrets().length).toBeLessThan(10);
	});
});
