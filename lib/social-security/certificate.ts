import { type KeyObject, X509Certificate } from 'node:crypto';

import { type GuichetError, invalidInput } from '../errors/guichet-error';
import { base64Bytes, pemBlocks, plainLines } from '../pem';

const FIELD = 'Certificate';

/** How long before the end a warning begins. */
export const WARN_DAYS = 30;

/**
 * The certificates in a text: PEM with any line ends, base64 of a PEM, or base64 of the bare
 * certificate. Empty for an empty text.
 *
 * @throws GuichetError `invalid_input`
 */
export function readCertificates(text: string): X509Certificate[] {
	if (plainLines(text) === '') return [];
	const bytes = text.includes('-----BEGIN') ? undefined : base64Bytes(text);
	const armoured = bytes?.includes('-----BEGIN') ? bytes.toString('utf8') : text;
	if (/PRIVATE KEY/.test(armoured) && !/BEGIN CERTIFICATE-/.test(armoured))
		throw invalidInput(
			FIELD,
			'holds a private key',
			'The key goes into the field "Private Key", where it is stored masked; paste here the certificate, or leave this empty.',
		);
	const blocks = pemBlocks(armoured).filter(({ label }) => label === 'CERTIFICATE');
	try {
		if (blocks.length > 0) return blocks.map(({ pem }) => new X509Certificate(pem));
		if (bytes) return [new X509Certificate(bytes)];
	} catch {
		throw unreadable();
	}
	throw unreadable();
}

function unreadable(): GuichetError {
	return invalidInput(
		FIELD,
		'cannot be read',
		'It must be a certificate as PEM ("-----BEGIN CERTIFICATE-----") or base64. It may be left empty: it is only used for checks.',
	);
}

/**
 * The certificate of a key: among those that were given, or else among those that came with the
 * key.
 */
export function certificateOf(
	key: KeyObject,
	given: X509Certificate[],
	found: X509Certificate[],
): X509Certificate | undefined {
	return (given.length > 0 ? given : found).find((one) => one.checkPrivateKey(key));
}

/**
 * Checks the certificate that belongs to a key; of a chain, the one that matches.
 *
 * @param given what the person put into the field "Certificate"; has to match
 * @param found certificates that came with the key; may be those of the authority only
 * @throws GuichetError `invalid_input`: not the key's certificate, not yet valid, expired
 */
export function checkCertificate(
	key: KeyObject,
	given: X509Certificate[],
	found: X509Certificate[],
	now = new Date(),
): void {
	const own = certificateOf(key, given, found);
	if (own) checkValidity(own, now);
	else if (given.length > 0)
		throw invalidInput(
			FIELD,
			'does not belong to the private key',
			'One of the two is from another pair. The certificate that was registered in Chaman and its own key are needed.',
		);
}

function checkValidity(certificate: X509Certificate, now: Date): void {
	const from = new Date(certificate.validFrom);
	const to = new Date(certificate.validTo);
	if (now < from)
		throw invalidInput(
			FIELD,
			`is valid only from ${day(from)}`,
			'Wait until then, or check the clock of this machine.',
		);
	if (now > to)
		throw invalidInput(
			FIELD,
			`expired on ${day(to)}`,
			'Make a new certificate, register it in Chaman and put its key here.',
		);
}

function day(date: Date): string {
	return date.toISOString().slice(0, 10);
}
