import { X509Certificate } from 'node:crypto';

import { type GuichetError, invalidInput } from '../errors/guichet-error';
import { pemBlocks, plainLines } from '../pem';
import type { TlsSettings } from './agents';

const FIELD = 'Extra CA Certificates';

/** OpenSSL writes and trusts all three. */
const CERTIFICATE = /^(X509 |TRUSTED )?CERTIFICATE$/;

const EXPECTED =
	'Expected is the text of a PEM file: one or several blocks, each from "-----BEGIN CERTIFICATE-----" to "-----END CERTIFICATE-----". Leave it empty to trust the usual authorities only.';

/**
 * How a connection is secured, from the fields of a credential. Node would silently skip a text in
 * which it finds no certificate, and the person would look for the fault elsewhere.
 *
 * @throws GuichetError `invalid_input`: no certificate, one that is cut off, one that cannot be
 *   read; no message holds a part of the text
 * @example new HttpClient({ service: 'HubEE', tls: tlsSettings(credential) });
 */
export function tlsSettings({
	extraCa,
	ignoreTlsIssues,
}: {
	extraCa?: unknown;
	ignoreTlsIssues?: unknown;
}): TlsSettings {
	return {
		extraCa: typeof extraCa === 'string' ? certificatesIn(extraCa) : undefined,
		ignoreTlsIssues: ignoreTlsIssues === true,
	};
}

/** The certificates of a text as OpenSSL wants them, whatever became of its line ends. */
function certificatesIn(text: string): string | undefined {
	const plain = plainLines(text);
	if (plain === '') return undefined;
	const begun = plain.match(/-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/g)?.length ?? 0;
	const certificates = pemBlocks(text).filter(({ label }) => CERTIFICATE.test(label));
	if (begun === 0)
		throw refused(
			/PRIVATE KEY-----/.test(plain)
				? 'hold a private key and no certificate'
				: 'hold no certificate',
		);
	if (certificates.length < begun)
		throw refused('are cut off: the last line of a certificate is missing');
	certificates.forEach(({ pem }, index) => {
		try {
			new X509Certificate(pem);
		} catch {
			throw refused(`are damaged: certificate ${index + 1} cannot be read`);
		}
	});
	return certificates.map(({ pem }) => pem).join('');
}

const refused = (problem: string): GuichetError => invalidInput(FIELD, problem, EXPECTED);
