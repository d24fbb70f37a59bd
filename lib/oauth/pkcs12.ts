import { createPrivateKey, type KeyObject } from 'node:crypto';

import type forge from 'node-forge';

import { type GuichetError, invalidInput } from '../errors/guichet-error';
import { pemOf } from '../pem';

/** What a PKCS#12 file (`.p12`, `.pfx`) holds for us. */
export interface OpenedPkcs12 {
	key: KeyObject;
	/** PEM, in the order of the file. */
	certificates: string[];
}

const FIELD = 'Private Key';

/**
 * Opens a PKCS#12 file. Neither node:crypto nor jose can give its key, so node-forge reads it; it
 * is loaded only here, because most people paste a PEM.
 *
 * @throws GuichetError `invalid_input`: wrong passphrase, damaged, no private key, several private
 * keys, not RSA
 */
export async function openPkcs12(bytes: Buffer, passphrase: string): Promise<OpenedPkcs12> {
	const { default: library } = await import('node-forge');
	const file = decrypt(library, bytes, passphrase);
	const { oids } = library.pki;
	const bags = [oids.pkcs8ShroudedKeyBag, oids.keyBag].flatMap(
		(bagType) => file.getBags({ bagType })[bagType] ?? [],
	);
	if (bags.length === 0)
		throw invalidInput(
			FIELD,
			'is a PKCS#12 file without a private key',
			'Export the certificate again, together with its private key.',
		);
	if (bags.length > 1)
		throw invalidInput(
			FIELD,
			`is a PKCS#12 file with ${bags.length} private keys`,
			'Export only the one whose certificate is registered with the social security.',
		);
	const certificates = (file.getBags({ bagType: oids.certBag })[oids.certBag] ?? []).flatMap(
		({ cert }) => (cert ? [library.pki.certificateToPem(cert)] : []),
	);
	return { key: keyOf(library, bags[0]), certificates };
}

function decrypt(library: typeof forge, bytes: Buffer, passphrase: string): forge.pkcs12.Pkcs12Pfx {
	let structure: forge.asn1.Asn1;
	try {
		structure = library.asn1.fromDer(library.util.createBuffer(bytes.toString('binary')));
	} catch {
		throw damaged();
	}
	try {
		return library.pkcs12.pkcs12FromAsn1(structure, false, passphrase);
	} catch (error) {
		throw unopened(error, passphrase);
	}
}

function unopened(error: unknown, passphrase: string): GuichetError {
	const reason = error instanceof Error ? error.message : '';
	if (/MAC could not be verified|Invalid password|decrypt/i.test(reason))
		return passphrase === ''
			? invalidInput(
					FIELD,
					'is a PKCS#12 file that is protected by a passphrase',
					'Give it in the field "Passphrase".',
				)
			: invalidInput('Passphrase', 'does not open the PKCS#12 file');
	if (/algorithm|unsupported|OID/i.test(reason))
		return invalidInput(
			FIELD,
			'is a PKCS#12 file with an encryption that is not supported',
			'Export it again with AES-256 and SHA-256, or give the key as PEM: openssl pkcs12 -in file.p12 -nocerts.',
		);
	return damaged();
}

function damaged(): GuichetError {
	return invalidInput(
		FIELD,
		'looks like a PKCS#12 file but is damaged or incomplete',
		'Encode the whole file in base64 (base64 -w0 file.p12) and paste all of the text.',
	);
}

function keyOf(library: typeof forge, bag: forge.pkcs12.Bag): KeyObject {
	// forge knows RSA keys only; of any other it leaves the structure.
	if (bag.key) {
		const der = library.asn1.toDer(library.pki.privateKeyToAsn1(bag.key)).getBytes();
		return createPrivateKey(pemOf('RSA PRIVATE KEY', Buffer.from(der, 'binary')));
	}
	throw notRsa();
}

/** The one refusal for keys of another kind, wherever they come from. */
export function notRsa(): GuichetError {
	return invalidInput(
		FIELD,
		'is not an RSA key',
		'The social security documents assertions signed with RS256 only: make a certificate with an RSA key of 2048 bits or more and register it in Chaman.',
	);
}
