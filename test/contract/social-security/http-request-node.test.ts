import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { SocialSecurityCertificateOAuth2Api } from '../../../credentials/SocialSecurityCertificateOAuth2Api.credentials';
import { closeAllConnections } from '../../../lib/http/agents';
import { socialSecurityCertificateTest } from '../../../lib/social-security/credential-test';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import { newPair } from '../../unit/lib/social-security/key-material';
import { CONSULT, startExample } from './mock-server';

const CLIENT = 'self_service_chaman_123456_a1b2c3d4e5';
const pair = newPair();
let example: Awaited<ReturnType<typeof startExample>>;

beforeAll(async () => {
	example = await startExample(
		['', '_other'].map((suffix) => ({
			clientId: `${CLIENT}${suffix}`,
			certificate: pair.certificate,
			scopes: [CONSULT],
		})),
	);
});

beforeEach(async () => {
	forgetAllTokens();
	await example.mockServer.reset();
});

afterAll(async () => {
	await example.close();
	closeAllConnections();
});

/**
 * A credential as n8n keeps it in its database, and requests in n8n's own order of
 * `preAuthentication` and `authenticate`.
 */
class StoredCredential {
	private readonly type = new SocialSecurityCertificateOAuth2Api();

	constructor(public data: ICredentialDataDecryptedObject) {}

	async request(): Promise<number> {
		// Each request reads the credential from the database.
		const own = { ...this.data };
		const options: IHttpRequestOptions = { url: example.url, headers: {} };
		if (!own.accessToken) await this.renew(own);
		let status: number;
		try {
			status = await this.send(await this.type.authenticate(own, options));
		} catch (error) {
			status = (error as { response: { status: number } }).response.status;
		}
		if (status !== 401) return status;
		await this.renew(own);
		return await this.send(await this.type.authenticate(own, options));
	}

	private async renew(own: ICredentialDataDecryptedObject): Promise<void> {
		const helper = {
			helpers: { httpRequest: async () => await Promise.reject(new Error('not used')) },
		};
		Object.assign(own, await this.type.preAuthentication.call(helper, own));
		this.data = own;
	}

	private async send({ url, headers }: IHttpRequestOptions): Promise<number> {
		const response = await fetch(url, { headers: headers as Record<string, string> });
		await response.arrayBuffer();
		return response.status;
	}
}

const credential = () =>
	new StoredCredential({
		environment: 'custom',
		tokenUrl: example.authorizationServer.tokenUrl,
		servicesUrl: `${example.mockServer.url}/REST`,
		clientId: CLIENT,
		privateKey: pair.pkcs8,
		accessToken: '',
	});

const tenTimes = async (stored: StoredCredential) =>
	await Promise.all(Array.from({ length: 10 }, async () => await stored.request()));

test('ten parallel requests without a token ask for one', async () => {
	expect(new Set(await tenTimes(credential()))).toEqual(new Set([200]));
	expect(example.mockServer.calls.counters()).toMatchObject({ tokenRequests: 1, calls: 11 });
});

test('ten parallel requests whose token is refused ask for one new token', async () => {
	const stored = credential();
	await stored.request();
	example.authorizationServer.revokeAll();
	await example.mockServer.calls.clear();
	expect(new Set(await tenTimes(stored))).toEqual(new Set([200]));
	expect(example.mockServer.calls.counters()).toMatchObject({
		tokenRequests: 1,
		byStatus: { '200': 11, '401': 10 },
	});
});

test('a token that is refused after this process began anew is replaced', async () => {
	const stored = credential();
	await stored.request();
	forgetAllTokens();
	example.authorizationServer.revokeAll();
	expect(await stored.request()).toBe(200);
});

test('a stale token is renewed before anything is sent', async () => {
	const stored = credential();
	await stored.request();
	stored.data.renewAt = Date.now() - 1;
	forgetAllTokens();
	await example.mockServer.calls.clear();
	expect(new Set(await tenTimes(stored))).toEqual(new Set([200]));
	expect(example.mockServer.calls.counters()).toMatchObject({
		tokenRequests: 1,
		byStatus: { '200': 11 },
	});
});

test('a token of the client id that was there before is not used', async () => {
	const stored = credential();
	await stored.request();
	stored.data = { ...stored.data, clientId: `${CLIENT}_other` };
	await example.mockServer.calls.clear();
	expect(await stored.request()).toBe(200);
	expect(example.mockServer.calls.counters().tokenRequests).toBe(1);
});

test('the declared fields hold everything that is stored', async () => {
	const stored = credential();
	const before = new Set(Object.keys(stored.data));
	await stored.request();
	const declared = new SocialSecurityCertificateOAuth2Api().properties.map(({ name }) => name);
	const added = Object.keys(stored.data).filter((name) => !before.has(name));
	expect(declared).toEqual(expect.arrayContaining(added));
});

describe('the test of the credential', () => {
	const testOf = async (more: ICredentialDataDecryptedObject = {}) =>
		await socialSecurityCertificateTest({
			id: '1',
			name: 'Test',
			type: 'socialSecurityCertificateOAuth2Api',
			data: { ...credential().data, ...more },
		});

	test('asks for a new token each time', async () => {
		expect(await testOf()).toEqual({
			status: 'OK',
			message: 'The server gave a token. Key: PKCS#8 PEM, 2048 bits, no certificate beside it.',
		});
		await testOf();
		expect(example.mockServer.calls.counters().tokenRequests).toBe(2);
	});

	test('tells that the certificate ends soon', async () => {
		const soon = newPair({ from: -300, to: 12.5 });
		example.authorizationServer.register({
			clientId: 'soon',
			certificate: soon.certificate,
			scopes: [CONSULT],
		});
		const { message } = await testOf({
			clientId: 'soon',
			privateKey: soon.pkcs8,
			certificate: soon.certificate,
		});
		expect(message).toMatch(
			/its certificate lasts until \d{4}-\d\d-\d\d\. The certificate .* expires in 12 days/,
		);
	});

	test.each([
		['expired', { from: -300, to: -1 }, /^Certificate expired on \d{4}-/],
		['not yet valid', { from: 2, to: 300 }, /^Certificate is valid only from \d{4}-/],
	])('refuses a certificate that is %s', async (_name, days, message) => {
		const one = newPair(days);
		const result = await testOf({ privateKey: one.pkcs8, certificate: one.certificate });
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
	});

	test('explains a refusal', async () => {
		expect(await testOf({ clientId: 'me@example.be' })).toEqual({
			status: 'Error',
			message: expect.stringMatching(/invalid_client.*likeliest first: \(1\) client ID/),
		});
	});

	test('names an empty field', async () => {
		expect(await testOf({ clientId: ' ' })).toMatchObject({
			message: expect.stringMatching(/^Client ID is empty/),
		});
	});
});
