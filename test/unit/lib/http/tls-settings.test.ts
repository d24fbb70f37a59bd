import { X509Certificate } from 'node:crypto';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import { tlsSettings } from '../../../../lib/http/tls-settings';
import { TestAuthority } from '../../../../sandbox/mock-server';

let first: string;
let second: string;
beforeAll(async () => {
	const authorities = await Promise.all([TestAuthority.create(), TestAuthority.create()]);
	[first, second] = authorities.map(({ certificate }) => certificate);
});

const subjects = (pem = ''): string[] =>
	pem
		.split(/(?=-----BEGIN)/)
		.filter((one) => one.trim() !== '')
		.map((one) => new X509Certificate(one).fingerprint256);

const refusal = (extraCa: unknown): GuichetError => {
	try {
		tlsSettings({ extraCa });
	} catch (error) {
		if (error instanceof GuichetError) return error;
	}
	throw new Error('was not refused');
};

describe('Extra CA Certificates', () => {
	it.each([undefined, '', ' \n '])(
		'may be %p, and then only the usual ones are trusted',
		(text) => {
			expect(tlsSettings({ extraCa: text })).toEqual({
				extraCa: undefined,
				ignoreTlsIssues: false,
			});
		},
	);

	const damages: Array<[string, (pem: string) => string]> = [
		['as they are', (pem) => pem],
		['with Windows line ends', (pem) => pem.replace(/\n/g, '\r\n')],
		['with line ends that became \\n as text', (pem) => pem.trim().replace(/\n/g, '\\n')],
		['with line ends that became \\r\\n as text', (pem) => pem.trim().replace(/\n/g, '\\r\\n')],
		['with line ends that became spaces', (pem) => pem.trim().replace(/\n/g, ' ')],
		['with quotes around', (pem) => `"${pem.trim().replace(/\n/g, '\\n')}"`],
		['with comments between', (pem) => `# Proxy of the house\n=====\n${pem}`],
		[
			'under the names of OpenSSL',
			(pem) => pem.replace(/(BEGIN|END) CERTIFICATE/g, '$1 X509 CERTIFICATE'),
		],
	];
	it.each(damages)('are taken %s', (_, damage) => {
		const { extraCa } = tlsSettings({ extraCa: damage(first + second) });
		expect(subjects(extraCa)).toEqual(subjects(first + second));
	});

	it.each<[string, () => string, RegExp]>([
		['no certificate at all', () => 'planted-content', /hold no certificate/],
		[
			'the base64 without its first and last line',
			() => first.replace(/-----.*-----/g, ''),
			/hold no certificate/,
		],
		['a path', () => '/etc/ssl/planted-content.pem', /hold no certificate/],
		[
			'a private key',
			() => '-----BEGIN PRIVATE KEY-----\nplanted-content\n-----END PRIVATE KEY-----',
			/hold a private key and no certificate/,
		],
		[
			'a damaged certificate',
			() => first.replace(/\n[^\n]+/, '\nplanted0content'),
			/certificate 1 cannot be read/,
		],
		[
			'a damaged certificate after a good one',
			() => `${first}-----BEGIN CERTIFICATE-----\nplanted0content\n-----END CERTIFICATE-----\n`,
			/certificate 2 cannot be read/,
		],
		[
			'a certificate without its end',
			() => first.trim().slice(0, -100),
			/last line of a certificate is missing/,
		],
		[
			'a certificate without its end before a good one',
			() => `${first.trim().slice(0, -40)}\n${second}`,
			/last line of a certificate is missing/,
		],
	])('that are %s are refused by name, and not shown', (_, text, problem) => {
		const failure = refusal(text());
		expect(failure).toMatchObject({
			code: 'invalid_input',
			details: { field: 'Extra CA Certificates', outcome: 'not_done' },
		});
		expect(failure.message).toMatch(/^Extra CA Certificates /);
		expect(failure.message).toMatch(problem);
		expect(failure.details.hint).toContain('-----BEGIN CERTIFICATE-----');
		const shown = JSON.stringify([failure.message, failure.details, failure.description]);
		expect(shown).not.toContain('planted');
		for (const line of first.split('\n').filter((one) => /^[A-Za-z0-9+/=]{20,}$/.test(one)))
			expect(shown).not.toContain(line);
	});
});
