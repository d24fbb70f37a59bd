import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

import { type GuichetError, invalidInput } from '../errors/guichet-error';
import { base64Bytes, pemBlocks, type PemBlock, pemOf, plainLines } from '../pem';
import { notRsa, openPkcs12 } from './pkcs12';

/** A private key that can sign, and the certificates that came with it. */
export interface SigningKey {
	key: KeyObject;
	/** PEM. */
	certificates: string[];
}

const FIELD = 'Private Key';
const FORMS =
	'a private key: PEM (PKCS#8 or PKCS#1), base64 of a PEM, or base64 of a PKCS#12 file (.p12, .pfx)';
const SMALLEST_KEY_BITS = 2048;

/**
 * Reads a private key in any form in which people have one: PKCS#8 and PKCS#1 PEM, plain or
 * encrypted, with line ends that became spaces or `\n` as text; base64 of such a file; base64 of
 * the bare key; base64 of a PKCS#12 file.
 *
 * @param passphrase empty when there is none; ignored by a key that is not encrypted
 * @throws GuichetError `invalid_input` with a message of its own for each mistake; no message holds
 * a part of the text
 */
export async function readSigningKey(text: string, passphrase = ''): Promise<SigningKey> {
	if (plainLines(text) === '') throw invalidInput(FIELD, 'is empty', `It must be ${FORMS}.`);
	return checked(await readAnyForm(text, passphrase));
}

async function readAnyForm(text: string, passphrase: string): Promise<SigningKey> {
	if (text.includes('-----BEGIN')) return await fromPem(text, passphrase);
	const bytes = base64Bytes(text);
	if (!bytes) throw unreadable(text);
	if (bytes.includes('-----BEGIN')) return await fromPem(bytes.toString('utf8'), passphrase);
	return await fromDer(bytes, passphrase);
}

async function fromPem(text: string, passphrase: string): Promise<SigningKey> {
	const blocks = pemBlocks(text);
	const keys = blocks.filter(({ label }) => /^(RSA |EC |ENCRYPTED )?PRIVATE KEY$/.test(label));
	if (keys.length === 0) throw withoutKey(blocks, text);
	if (keys.length > 1)
		throw invalidInput(
			FIELD,
			`holds ${keys.length} private keys`,
			'Leave only the one whose certificate is registered with the social security.',
		);
	const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ pem }) => pem);
	return { key: await openKey(keys[0], passphrase), certificates };
}

/** A PEM that holds no private key is most often the other half of the pair. */
function withoutKey(blocks: PemBlock[], text: string): GuichetError {
	const labels = blocks.map(({ label }) => label).join(' ');
	if (/OPENSSH/.test(text))
		return invalidInput(
			FIELD,
			'is a key in the format of OpenSSH',
			'Convert a copy of it: ssh-keygen -p -m PKCS8 -f copy-of-the-key.',
		);
	if (/CERTIFICATE REQUEST/.test(labels))
		return invalidInput(
			FIELD,
			'is a certificate request and not a private key',
			'Paste the key file that was made together with the request.',
		);
	if (/CERTIFICATE/.test(labels))
		return invalidInput(
			FIELD,
			'is a certificate and not a private key',
			'The certificate goes into the field "Certificate"; paste here the key it was made with.',
		);
	if (/PUBLIC KEY/.test(labels))
		return invalidInput(
			FIELD,
			'is a public key and not a private key',
			'Paste the private key it belongs to.',
		);
	return cutOff();
}

function cutOff(): GuichetError {
	return invalidInput(
		FIELD,
		'is cut off: the line "-----END … PRIVATE KEY-----" is missing or differs from the first line',
		'Paste the whole file.',
	);
}

async function openKey(block: PemBlock, passphrase: string): Promise<KeyObject> {
	if (block.encrypted && passphrase === '')
		throw invalidInput(FIELD, 'is encrypted', 'Give its passphrase in the field "Passphrase".');
	try {
		return createPrivateKey({ key: block.pem, ...(block.encrypted ? { passphrase } : {}) });
	} catch {
		if (block.encrypted) return await openWithForge(block, passphrase);
		throw invalidInput(
			FIELD,
			'cannot be read: its content is damaged or incomplete',
			'Paste the whole file again, without changes.',
		);
	}
}

/** Old tools encrypt with ciphers that OpenSSL 3 no longer opens (RC2, single DES); forge does. */
async function openWithForge(block: PemBlock, passphrase: string): Promise<KeyObject> {
	const { default: forge } = await import('node-forge');
	try {
		const key = forge.pki.decryptRsaPrivateKey(block.pem, passphrase);
		return createPrivateKey(forge.pki.privateKeyToPem(key));
	} catch {
		throw invalidInput(
			'Passphrase',
			'does not open the private key',
			'If the passphrase is right, the key uses an old cipher: encrypt it again with openssl pkcs8 -topk8 -v2 aes256.',
		);
	}
}

async function fromDer(bytes: Buffer, passphrase: string): Promise<SigningKey> {
	switch (kindOf(bytes)) {
		case 'pkcs12':
			return await openPkcs12(bytes, passphrase);
		case 'javaKeyStore':
			throw invalidInput(
				FIELD,
				'is a Java key store (JKS)',
				'Convert it to PKCS#12: keytool -importkeystore -srckeystore file.jks -destkeystore file.p12 -deststoretype pkcs12.',
			);
		case 'certificate':
			throw withoutKey([{ label: 'CERTIFICATE', pem: '', encrypted: false }], '');
		case 'encryptedKey': {
			const pem = pemOf('ENCRYPTED PRIVATE KEY', bytes);
			return {
				key: await openKey({ label: '', pem, encrypted: true }, passphrase),
				certificates: [],
			};
		}
		case 'key': {
			const label = isPkcs1(bytes) ? 'RSA PRIVATE KEY' : 'PRIVATE KEY';
			const pem = pemOf(label, bytes);
			return { key: await openKey({ label, pem, encrypted: false }, ''), certificates: [] };
		}
		default:
			throw unreadable('');
	}
}

type BinaryKind = 'pkcs12' | 'javaKeyStore' | 'certificate' | 'encryptedKey' | 'key' | undefined;

/**
 * Tells the ASN.1 structures apart by their first element: the version number of PKCS#12 is 3, that
 * of a key 0 or 1.
 */
function kindOf(bytes: Buffer): BinaryKind {
	const magic = bytes.subarray(0, 4).toString('hex');
	if (magic === 'feedfeed' || magic === 'cececece') return 'javaKeyStore';
	if (bytes[0] !== 0x30) return undefined;
	const first = contentStart(bytes);
	if (bytes[first] === 0x02 && bytes[first + 1] === 1)
		return bytes[first + 2] === 3 ? 'pkcs12' : 'key';
	if (bytes[first] !== 0x30) return undefined;
	return isCertificate(bytes) ? 'certificate' : 'encryptedKey';
}

/**
 * Where the content of the outermost ASN.1 element begins: after the tag and a length of one or
 * more bytes.
 */
function contentStart(bytes: Buffer): number {
	return bytes[1] > 0x80 ? 2 + (bytes[1] & 0x7f) : 2;
}

/** PKCS#1 goes on with the modulus, PKCS#8 with the algorithm. */
function isPkcs1(bytes: Buffer): boolean {
	return bytes[contentStart(bytes) + 3] === 0x02;
}

function isCertificate(bytes: Buffer): boolean {
	try {
		return new X509Certificate(bytes).subject !== undefined;
	} catch {
		return false;
	}
}

function unreadable(text: string): GuichetError {
	if (/^PuTTY-User-Key-File/.test(plainLines(text)))
		return invalidInput(
			FIELD,
			'is a key in the format of PuTTY',
			'Export it with PuTTYgen as an OpenSSL (PEM) key.',
		);
	return invalidInput(FIELD, 'is in no known format', `It must be ${FORMS}.`);
}

function checked(found: SigningKey): SigningKey {
	if (found.key.asymmetricKeyType !== 'rsa') throw notRsa();
	const bits = found.key.asymmetricKeyDetails?.modulusLength ?? 0;
	if (bits < SMALLEST_KEY_BITS)
		throw invalidInput(
			FIELD,
			`is too short: it has ${bits} bits`,
			`RS256 needs ${SMALLEST_KEY_BITS} bits or more.`,
		);
	return found;
}
