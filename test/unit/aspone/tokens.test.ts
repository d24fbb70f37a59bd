import { DEFAULT_TIME_ZONE } from '../../../nodes/AspOneAlert/api/credential-defaults';
import { ssoPassword } from '../../../nodes/AspOneAlert/api/sso-token';
import { passwordDigest, securityHeader } from '../../../nodes/AspOneAlert/api/username-token';

describe('password digest of the UsernameToken', () => {
	// Computed with: printf 'nonce, created, password' | openssl dgst -sha1 -binary | base64
	it.each([
		['0123456789abcdef', '2026-03-29T01:30:00Z', 'simple', 'AOBunshY4ibqntfMPFgOayxL4Z4='],
		[
			'0123456789abcdef',
			'2026-03-29T01:30:00Z',
			'pâssé€ & <œuvre>',
			'WQeU+ARuQgVdcVYTOWGYls830ys=',
		],
		[
			'fedcba9876543210',
			'2026-10-25T00:59:59Z',
			'e\u0301 n’est pas é',
			'HTbRiWNDRjKnpl8l6rK+YGnDNGY=',
		],
	])('is that of openssl for %s %s %s', (nonce, created, password, digest) => {
		expect(passwordDigest(Buffer.from(nonce, 'latin1'), created, password)).toBe(digest);
	});

	it('hashes a composed and a decomposed é differently: passwords are not normalised', () => {
		const nonce = Buffer.alloc(16);
		expect(passwordDigest(nonce, '', 'é')).not.toBe(passwordDigest(nonce, '', 'e\u0301'));
	});
});

describe('security header', () => {
	const header = (login = 'ASPONE', password = 'secret') => securityHeader({ login, password });

	it('has a digest and no password, no timestamp, and a new nonce each time', () => {
		const [one, other] = [header(), header()];
		expect(one).toContain('#PasswordDigest"');
		expect(one).toContain('mustUnderstand="1"');
		expect(one).not.toMatch(/PasswordText|Timestamp|secret/);
		const nonce = (xml: string) => /Nonce[^>]*>([^<]+)</.exec(xml)?.[1] ?? '';
		expect(Buffer.from(nonce(one), 'base64')).toHaveLength(16);
		expect(nonce(one)).not.toBe(nonce(other));
	});

	it('hashes the time exactly as it writes it', () => {
		const nonce = Buffer.from('0123456789abcdef');
		const xml = securityHeader(
			{ login: 'A', password: 'simple' },
			new Date('2026-03-29T01:30:00.987Z'),
			nonce,
		);
		expect(xml).toContain('<wsu:Created>2026-03-29T01:30:00Z</wsu:Created>');
		expect(xml).toContain(passwordDigest(nonce, '2026-03-29T01:30:00Z', 'simple'));
	});

	it('escapes the login', () => {
		expect(header('A<b>&"\'')).toContain('>A&lt;b&gt;&amp;&quot;&apos;</wsse:Username>');
	});
});

describe('SSO password', () => {
	// Computed with: printf 'key login date time' | sha256sum
	it.each([
		[
			'winter',
			'2026-02-01T22:59:30Z',
			'sso:260201:2359:f4a3b0c4285b3ab00ca2ca1a4612878a1cd12453fd555a6c09232aefe7df06a7',
		],
		[
			'the hour that comes twice',
			'2026-10-25T00:30:00Z',
			'sso:261025:0230:23e9d3caaf0a59381568423598cc5297749e3dedbaa79cb571ff9c26a8ec7268',
		],
		[
			'after midnight in Paris',
			'2026-12-31T23:05:00Z',
			'sso:270101:0005:0fd2f773660288d936efd700bd06c7467e2dfd1be52b344bc956612a65674039',
		],
	])('is right in %s', (_name, instant, expected) => {
		expect(ssoPassword('clé-é€', 'IdCompte@aspone.fr', new Date(instant))).toBe(expected);
	});

	it('follows the time zone that is set', () => {
		const at = new Date('2026-07-01T12:00:00Z');
		expect(ssoPassword('k', 'l', at, 'UTC')).toMatch(/^sso:260701:1200:[0-9a-f]{64}$/);
		expect(ssoPassword('k', 'l', at, DEFAULT_TIME_ZONE)).toMatch(/^sso:260701:1400:/);
	});

	it('refuses a time zone that does not exist', () => {
		expect(() => ssoPassword('k', 'l', new Date(), 'Europe/Pariss')).toThrow(/SSO Time Zone/);
	});
});
