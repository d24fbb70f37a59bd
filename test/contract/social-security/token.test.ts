import { SignJWT } from 'jose';

import * as v from 'valibot';

import { object } from '../../../lib/answers/schema';
import type { GuichetError } from '../../../lib/errors/guichet-error';
import { HttpClient } from '../../../lib/http/client';
import { closeAllConnections } from '../../../lib/http/agents';
import { signClientAssertion } from '../../../lib/oauth/client-assertion';
import { socialSecurityAuthenticator } from '../../../lib/social-security/social-security';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import {
	encryptedPkcs1,
	encryptedPkcs8,
	newPair,
	pkcs1,
	pkcs12Of,
	tellTale,
} from '../../unit/lib/social-security/key-material';
import { CONSULT, DECLARE, startExample } from './mock-server';

const who = object({ clientId: v.string(), scopes: v.array(v.string()) });

const CLIENT = 'self_service_chaman_123456_a1b2c3d4e5';
const PASSPHRASE = 'quatre chevaux';
const pair = newPair();
const other = newPair();

let example: Awaited<ReturnType<typeof startExample>>;

beforeAll(async () => {
	example = await startExample([
		{ clientId: CLIENT, certificate: pair.certificate, scopes: [CONSULT, DECLARE] },
	]);
});

beforeEach(async () => {
	forgetAllTokens();
	await example.mockServer.reset();
});

afterAll(async () => {
	await example.close();
	closeAllConnections();
});

const credential = (more: Record<string, unknown> = {}) => ({
	environment: 'custom',
	tokenUrl: example.authorizationServer.tokenUrl,
	servicesUrl: `${example.mockServer.url}/REST`,
	clientId: CLIENT,
	privateKey: pair.pkcs8,
	...more,
});

const callService = async (data: Record<string, unknown>) => {
	const client = new HttpClient({
		service: 'The example',
		auth: socialSecurityAuthenticator(data),
		retry: { maxTries: 1 },
	});
	const { body } = await client.json(
		{
			method: 'GET',
			url: example.url,
			repeat: 'safe',
		},
		who,
	);
	return body;
};

const refusal = async (data: Record<string, unknown>): Promise<GuichetError> =>
	await callService(data).then(
		() => {
			throw new Error('It was not refused');
		},
		(error: GuichetError) => error,
	);

describe('a token for each form of the key', () => {
	const forms: Array<[string, Record<string, unknown>]> = [
		['PKCS#8', { privateKey: pair.pkcs8 }],
		['PKCS#1', { privateKey: pkcs1(pair) }],
		['PKCS#8 with \\n as text', { privateKey: pair.pkcs8.replace(/\n/g, '\\n') }],
		['PKCS#8 with spaces', { privateKey: pair.pkcs8.replace(/\n/g, ' ') }],
		['encrypted PKCS#8', { privateKey: encryptedPkcs8(pair, PASSPHRASE), passphrase: PASSPHRASE }],
		['encrypted PKCS#1', { privateKey: encryptedPkcs1(pair, PASSPHRASE), passphrase: PASSPHRASE }],
		['base64 of a PEM', { privateKey: Buffer.from(pair.pkcs8).toString('base64') }],
		['PKCS#12', { privateKey: pkcs12Of(pair, PASSPHRASE), passphrase: PASSPHRASE }],
		['a key with its certificate', { certificate: pair.certificate }],
	];

	test.each(forms)('%s', async (_name, more) => {
		await expect(callService(credential(more))).resolves.toEqual({
			clientId: CLIENT,
			scopes: [CONSULT, DECLARE],
		});
	});
});

test('a hundred parallel calls ask for one token', async () => {
	await Promise.all(Array.from({ length: 100 }, async () => await callService(credential())));
	expect(example.mockServer.calls.counters()).toMatchObject({ tokenRequests: 1, calls: 101 });
});

test('a scope narrows the token', async () => {
	await expect(callService(credential({ scope: CONSULT }))).resolves.toMatchObject({
		scopes: [CONSULT],
	});
	const error = await refusal(credential({ scope: DECLARE }));
	expect(error.code).toBe('forbidden');
});

test('a token that the service forgot is renewed once and the call repeated', async () => {
	await callService(credential());
	example.authorizationServer.revokeAll();
	await callService(credential());
	expect(example.mockServer.calls.counters().byStatus).toEqual({ '200': 4, '401': 1 });
});

test('a token request that was cut off is repeated with a new assertion', async () => {
	example.mockServer.failNext({ path: '/token$', how: { kind: 'cutAfter' } });
	await callService(credential());
	expect(example.mockServer.calls.counters().tokenRequests).toBe(2);
});

describe('the authorization server itself refuses', () => {
	const post = async (assertion: string) => {
		const response = await fetch(example.authorizationServer.tokenUrl, {
			method: 'POST',
			body: new URLSearchParams({
				grant_type: 'client_credentials',
				client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
				client_assertion: assertion,
			}),
		});
		return { status: response.status, body: (await response.json()) as { error?: string } };
	};
	const sign = async (claims: Record<string, unknown>) => {
		const now = Math.floor(Date.now() / 1000);
		return await new SignJWT({
			iss: CLIENT,
			sub: CLIENT,
			aud: example.authorizationServer.tokenUrl,
			jti: crypto.randomUUID(),
			iat: now,
			exp: now + 240,
			...claims,
		})
			.setProtectedHeader({ alg: 'RS256' })
			.sign(pair.key);
	};

	test('nothing when the assertion is as described', async () => {
		expect((await post(await sign({}))).status).toBe(200);
	});

	const now = Math.floor(Date.now() / 1000);
	const wrong: Array<[string, Record<string, unknown>, RegExp]> = [
		['another audience', { aud: 'https://oauth.socialsecurity.be' }, /audience/],
		['the bare server as audience', { aud: 'http://127.0.0.1' }, /audience/],
		['an expired assertion', { iat: now - 600, exp: now - 300 }, /expired/],
		['an assertion that lives too long', { exp: now + 50_000 }, /five minutes/],
		['an assertion from the future', { iat: now + 600 }, /future/],
		['another issuer', { iss: 'self_service_chaman_999999_zzzzzzzzzz' }, /iss/],
		['an assertion without number', { jti: undefined }, /jti/],
	];

	test.each(wrong)('%s', async (_name, claims, reason) => {
		const { status, body } = await post(await sign(claims));
		expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' });
		expect(example.authorizationServer.lastRefusal).toMatch(reason);
	});

	test('an assertion that comes a second time', async () => {
		const assertion = await signClientAssertion({
			clientId: CLIENT,
			audience: example.authorizationServer.tokenUrl,
			key: pair.key,
		});
		expect((await post(assertion)).status).toBe(200);
		expect(await post(assertion)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
		expect(example.authorizationServer.lastRefusal).toMatch(/used once/);
	});
});

describe('a refusal is explained', () => {
	test('an unknown client id that is no id of Chaman', async () => {
		const error = await refusal(credential({ clientId: '123456' }));
		expect(error.code).toBe('token_refused');
		expect(error.details.hint).toMatch(/likeliest first: \(1\) client ID: it does not begin with/);
	});

	test('a key that is not the registered one, with its own certificate', async () => {
		const error = await refusal(
			credential({ privateKey: other.pkcs8, certificate: other.certificate }),
		);
		expect(error.details.serviceCodes).toEqual(['invalid_client']);
		expect(error.details.hint).toMatch(/this certificate may not be the one that is registered/);
	});

	test('another audience than the token URL', async () => {
		const error = await refusal(credential({ audience: 'https://oauth.socialsecurity.be' }));
		expect(error.details.hint).toMatch(/likeliest first: \(1\) audience: "https:\/\/oauth/);
	});

	test('a clock that is wrong', async () => {
		example.mockServer.clock.advance(-7 * 60_000);
		const error = await refusal(credential({ clientId: 'self_service_chaman_1_aaaaaaaaaa' }));
		expect(error.details.hint).toMatch(/\(1\) clock: this machine is (420|419|421) seconds ahead/);
	});

	test('a scope that the client does not have', async () => {
		const error = await refusal(credential({ scope: 'dimona' }));
		expect(error.details.hint).toMatch(/Empty the field "Scope"/);
	});

	test('a certificate of another pair, before who is sent', async () => {
		const error = await refusal(credential({ certificate: other.certificate }));
		expect(error.message).toBe('Certificate does not belong to the private key');
		expect(example.mockServer.calls.counters().calls).toBe(0);
	});
});

test('no error holds the key, the passphrase, the assertion or a token', async () => {
	const passphrase = 'a-passphrase-to-look-for';
	const privateKey = encryptedPkcs8(pair, passphrase);
	const errors = [
		await refusal(credential({ privateKey, passphrase, clientId: 'unknown' })),
		await refusal(credential({ privateKey, passphrase: `${passphrase}-wrong` })),
		await refusal(credential({ privateKey, passphrase, scope: DECLARE })),
	];
	example.mockServer.failNext({
		path: '/token$',
		how: { kind: 'status', status: 400, body: `{"error":"x","error_description":"${passphrase}"}` },
	});
	forgetAllTokens();
	errors.push(await refusal(credential({ privateKey, passphrase })));
	for (const error of errors) {
		const shown = JSON.stringify(error) + error.description + String(error.stack);
		for (const secret of [tellTale(privateKey), passphrase, 'eyJ']) {
			expect(shown).not.toContain(secret);
		}
	}
});
