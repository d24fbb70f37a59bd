import { createPublicKey } from 'node:crypto';

import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

import { explainRefusal } from '../../../../lib/social-security/refusal-advice';
import { signClientAssertion } from '../../../../lib/oauth/client-assertion';
import {
	certificateWarning,
	socialSecuritySettings,
} from '../../../../lib/social-security/social-security';
import { newPair, pkcs12Of } from './key-material';

const pair = newPair();
const clientId = 'self_service_chaman_123456_a1b2c3d4e5';
const PRODUCTION = 'https://services.socialsecurity.be/REST/oauth/v5/token';

test.each([
	['production', 'https://services.socialsecurity.be/REST', PRODUCTION],
	['simulation', 'https://services-sim.socialsecurity.be/REST', PRODUCTION],
	[
		'acceptance',
		'https://services-acpt.socialsecurity.be/REST',
		'https://services-acpt.socialsecurity.be/REST/oauth/v5/token',
	],
])(
	'%s has its published addresses, and the token URL as audience',
	(environment, servicesUrl, tokenUrl) => {
		expect(
			socialSecuritySettings({ environment, clientId, tokenUrl: 'https://left.over' }),
		).toMatchObject({
			servicesUrl,
			tokenUrl,
			audience: tokenUrl,
			scope: '',
		});
	},
);

test('extra certificates that are none are refused before anything is sent', () => {
	expect(() => socialSecuritySettings({ clientId, extraCa: 'none' })).toThrow(
		'Extra CA Certificates hold no certificate',
	);
	const { tls } = socialSecuritySettings({
		clientId,
		extraCa: pair.certificate.trim().replace(/\r?\n/g, ' '),
	});
	expect(tls.extraCa).toBe(pair.certificate.replace(/\r\n/g, '\n'));
});

test('custom addresses, with the token URL as audience unless another is given', () => {
	const custom = {
		environment: 'custom',
		clientId,
		tokenUrl: ' https://a/token ',
		servicesUrl: 'https://a/REST//',
	};
	expect(socialSecuritySettings(custom)).toMatchObject({
		servicesUrl: 'https://a/REST',
		audience: 'https://a/token',
	});
	expect(socialSecuritySettings({ ...custom, audience: 'https://b' }).audience).toBe('https://b');
	expect(() => socialSecuritySettings({ ...custom, tokenUrl: '' })).toThrow(/^Token URL is empty/);
	expect(() => socialSecuritySettings({ ...custom, servicesUrl: 'ftp://a' })).toThrow(
		/^Services URL must be a URL/,
	);
	expect(() => socialSecuritySettings({ clientId, environment: 'moon' })).toThrow(
		/^Environment is not known/,
	);
});

test('scopes may be separated by spaces, commas or lines', () => {
	expect(socialSecuritySettings({ clientId, scope: ' scope:a,\n scope:b ' }).scope).toBe(
		'scope:a scope:b',
	);
});

test('the signed statement is as described: RS256, five minutes at most, a new number each time', async () => {
	const sign = async () =>
		await signClientAssertion({ clientId, audience: PRODUCTION, key: pair.key });
	const [first, second] = [await sign(), await sign()];
	await expect(
		jwtVerify(first, createPublicKey(pair.pkcs8), {
			audience: PRODUCTION,
			issuer: clientId,
			subject: clientId,
		}),
	).resolves.toBeDefined();
	expect(decodeProtectedHeader(first)).toEqual({ alg: 'RS256', typ: 'JWT' });
	const claims = decodeJwt(first);
	expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sub']);
	expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(300);
	// A server whose clock is a little behind must not see an assertion from its future.
	expect(Number(claims.iat)).toBeLessThanOrEqual(Date.now() / 1000 - 20);
	expect(claims.jti).not.toBe(decodeJwt(second).jti);
});

describe('the warning about a certificate', () => {
	const ends = (days: number) => newPair({ from: -300, to: days });
	const withCertificate = ({ pkcs8, certificate }: typeof pair) => ({
		privateKey: pkcs8,
		certificate,
	});

	test.each([
		[31.5, undefined],
		[30.5, /expires in 30 days/],
		[1.5, /expires in 1 day\./],
		[-1, undefined],
	])('with %p days left', async (days, expected) => {
		const warning = await certificateWarning(withCertificate(ends(days)));
		if (expected) expect(warning).toMatch(expected);
		else expect(warning).toBeUndefined();
	});

	test('comes from a PKCS#12 file too', async () => {
		const privateKey = pkcs12Of(ends(10.5), 'geheim');
		await expect(certificateWarning({ privateKey, passphrase: 'geheim' })).resolves.toMatch(
			/in 10 days/,
		);
	});

	test('is left to the token request for a key that cannot be read', async () => {
		await expect(certificateWarning({ privateKey: 'nonsense' })).resolves.toBeUndefined();
	});
});

describe('a refusal', () => {
	const facts = {
		clientId,
		tokenUrl: PRODUCTION,
		audience: PRODUCTION,
		audienceShown: true,
		pairChecked: false,
		scope: '',
	};
	const refused = (messages: string[], serverDate?: string, codes = ['invalid_client']) =>
		explainRefusal(
			facts,
			{ status: 401, method: 'POST', path: '/token', codes, messages, serverDate },
			new Date('2026-02-21T12:00:00Z'),
		);

	test.each([
		['JWT has expired', /likeliest first: \(1\) clock/],
		['assertion issued in the future', /\(1\) clock: the server speaks of time/],
		['Invalid audience', /\(1\) audience/],
		['Signature verification failed', /\(1\) certificate/],
		['Client not found', /\(1\) client ID/],
	])('"%s" puts the right suspect first', (message, expected) => {
		expect(refused([message])).toMatch(expected);
	});

	test('a clock that differs is told with its size and direction', () => {
		expect(refused([], 'Sat, 21 Feb 2026 12:20:00 GMT')).toMatch(
			/\(1\) clock: this machine is 20 minutes behind/,
		);
		expect(refused([], 'Sat, 21 Feb 2026 11:58:00 GMT')).toMatch(
			/\(1\) clock: this machine is 120 seconds ahead/,
		);
		expect(refused([], 'Sat, 21 Feb 2026 12:00:30 GMT')).not.toMatch(/clock/);
	});

	test('words that only contain those of time say nothing of a clock', () => {
		expect(refused(['unexpected sometimes'])).not.toMatch(/clock/);
	});

	test('speaks of the audience only where the form shows it', () => {
		const preset = { ...facts, audienceShown: false };
		const failure = { status: 401, method: 'POST', path: '/token', codes: ['invalid_client'] };
		expect(explainRefusal(preset, { ...failure, messages: ['Invalid audience'] })).not.toMatch(
			/\(\d\) audience/,
		);
	});

	test('other codes have their own advice', () => {
		expect(refused([], undefined, ['invalid_scope'])).toMatch(/no default scope/);
		expect(refused([], undefined, ['unauthorized_client'])).toMatch(/Chaman/);
	});
});
