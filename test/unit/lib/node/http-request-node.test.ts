import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import { tokenToStore, withStoredToken } from '../../../../lib/node/http-request-node';
import { forgetAllTokens, TokenSource } from '../../../../lib/oauth/token-source';

let requests: number;
let next: () => string;
const source = (): TokenSource =>
	TokenSource.for({
		identity: ['http-request-node'],
		defaultLifetimeSeconds: 3600,
		secrets: [],
		fetch: async () => await Promise.resolve({ token: next() }),
	});

beforeEach(() => {
	forgetAllTokens();
	requests = 0;
	next = () => `token-${++requests}`;
});

/**
 * What n8n does with a credential and a request: renew when told 401, then once more after a real
 * one.
 */
async function n8nSends(
	stored: IDataObject,
	accepts: (authorization: string) => boolean,
): Promise<{ sent: string[] }> {
	const sent: string[] = [];
	const send = (): boolean => {
		const { headers } = withStoredToken(source(), stored as never, { url: 'https://x.example' });
		sent.push(String(headers?.Authorization));
		return accepts(sent[sent.length - 1]);
	};
	const attempt = (): boolean => {
		try {
			return send();
		} catch (error) {
			if ((error as { response?: { status?: number } }).response?.status !== 401) throw error;
			return false;
		}
	};
	if (!attempt()) {
		Object.assign(stored, await tokenToStore(source(), stored as never));
		attempt();
	}
	return { sent };
}

describe('a token in n8n’s HTTP Request node', () => {
	it('is brought before the first request, which is sent once', async () => {
		const { sent } = await n8nSends({ accessToken: '' }, () => true);
		expect(sent).toEqual(['Bearer token-1']);
	});

	it('is stored and used again', async () => {
		const stored = { accessToken: '' };
		await n8nSends(stored, () => true);
		expect((await n8nSends(stored, () => true)).sent).toEqual(['Bearer token-1']);
		expect(requests).toBe(1);
	});

	it('that has become stale is renewed before anything is sent', async () => {
		const stored: IDataObject = {
			accessToken: 'old',
			renewAt: Date.now() - 1,
			issuedFor: source().key,
		};
		expect((await n8nSends(stored, () => true)).sent).toEqual(['Bearer token-1']);
		expect(stored).toMatchObject({ accessToken: 'token-1', renewAt: expect.any(Number) });
	});

	it('that was issued for other settings of the credential is not used', async () => {
		const stored: IDataObject = {
			accessToken: 'of-another-client',
			renewAt: Date.now() + 60_000,
			issuedFor: 'another client',
		};
		expect((await n8nSends(stored, () => true)).sent).toEqual(['Bearer token-1']);
	});

	it('that was refused in its life is renewed', async () => {
		const stored: IDataObject = { accessToken: '' };
		await n8nSends(stored, () => true);
		const { sent } = await n8nSends(stored, (authorization) => authorization !== 'Bearer token-1');
		expect(sent).toEqual(['Bearer token-1', 'Bearer token-2']);
	});

	it('that was refused and comes again is not sent again, and the person is told', async () => {
		const stored: IDataObject = { accessToken: '' };
		next = () => `same-${Math.min(++requests, 1)}`;
		await n8nSends(stored, () => true);
		let sent = 0;
		const refusing = (): boolean => ++sent > 99;
		await expect(n8nSends(stored, refusing)).rejects.toThrow(
			'The service refused this access token a moment ago, and the token server gave the same token again',
		);
		expect([sent, requests]).toEqual([1, 2]);
	});

	it('that has become stale and comes again with a life to come is used', async () => {
		next = () => `same-${Math.min(++requests, 1)}`;
		const stored: IDataObject = {
			accessToken: 'same-1',
			renewAt: Date.now() - 1,
			issuedFor: source().key,
		};
		expect((await n8nSends(stored, () => true)).sent).toEqual(['Bearer same-1']);
		expect(requests).toBe(1);
	});

	it('that was refused to ten requests at once is renewed once', async () => {
		const first: IDataObject = { accessToken: '' };
		await n8nSends(first, () => true);
		await Promise.all(
			Array.from({ length: 10 }, async () => {
				// Each execution has its own copy of the stored credential.
				const { sent } = await n8nSends({ ...first }, (value) => value !== 'Bearer token-1');
				expect(sent).toEqual(['Bearer token-1', 'Bearer token-2']);
			}),
		);
		expect(requests).toBe(2);
	});

	it('keeps the request’s own headers, replaces an old token, and forbids it to travel', () => {
		const request: IHttpRequestOptions = {
			url: 'https://x.example',
			headers: { accept: 'x', Authorization: 'Bearer old' },
		};
		const stored = { accessToken: 'new', renewAt: Date.now() + 60_000, issuedFor: source().key };
		expect(withStoredToken(source(), stored, request)).toEqual({
			url: 'https://x.example',
			headers: { accept: 'x', Authorization: 'Bearer new' },
			sendCredentialsOnCrossOriginRedirect: false,
		});
		expect(request.headers?.Authorization).toBe('Bearer old');
	});
});
