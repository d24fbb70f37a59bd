import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import forge from 'node-forge';

/** A key pair and its certificate, made for one test run. */
export interface Pair {
	key: KeyObject;
	pkcs8: string;
	certificate: string;
}

export function newPair(days: { from: number; to: number } = { from: -1, to: 365 }): Pair {
	const pair = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		publicKeyEncoding: { type: 'spki', format: 'pem' },
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
	});
	const certificate = forge.pki.createCertificate();
	certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
	certificate.serialNumber = '01';
	certificate.validity.notBefore = inDays(days.from);
	certificate.validity.notAfter = inDays(days.to);
	const subject = [{ name: 'commonName', value: 'A test employer' }];
	certificate.setSubject(subject);
	certificate.setIssuer(subject);
	certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
	return {
		key: createPrivateKey(pair.privateKey),
		pkcs8: pair.privateKey,
		certificate: forge.pki.certificateToPem(certificate),
	};
}

function inDays(days: number): Date {
	return new Date(Date.now() + days * 24 * 60 * 60 * 1000);
}

/** Base64 of a PKCS#12 file, in the encryption of today's tools or of old ones. */
export function pkcs12Of(
	pair: Pair,
	passphrase: string,
	algorithm: 'aes256' | '3des' = 'aes256',
): string {
	const structure = forge.pkcs12.toPkcs12Asn1(
		forge.pki.privateKeyFromPem(pair.pkcs8),
		[forge.pki.certificateFromPem(pair.certificate)],
		passphrase,
		{ algorithm },
	);
	return Buffer.from(forge.asn1.toDer(structure).getBytes(), 'binary').toString('base64');
}

export function encryptedPkcs8(pair: Pair, passphrase: string): string {
	return pair.key
		.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
		.toString();
}

export function encryptedPkcs1(pair: Pair, passphrase: string): string {
	return pair.key
		.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase })
		.toString();
}

export function pkcs1(pair: Pair): string {
	return pair.key.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** The middle of a key's base64, to look for in texts that must not hold it. */
export function tellTale(pem: string): string {
	return pem.replace(/-----[^-]+-----|\s/g, '').slice(200, 240);
}
