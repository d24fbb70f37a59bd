import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

import { type GuichetError, invalidInput } from '../errors/guichet-error';
import { base64Bytes, pemBlocks, type PemBlock, pemOf, plainLines } from '../pem';
import { readDer, octetsOf } from './der';
import { decryptWithPassphrase, UnsupportedEncryption } from './password-encryption';
import { openPkcs12 } from './pkcs12';

/** A private key that can sign, and the certificates that came with it. */
export interface SigningKey {
	key: KeyObject;
	/** PEM. */
	certificates: string[];
	/** The form that the key had, for people: `PKCS#12 file (aes-256-cbc)`. */
	form: string;
}

const FIELD = 'Private Key';
const FORMS =
	'a private key: PEM (PKCS#8 or PKCS#1), base64 of a PEM, or base64 of a PKCS#12 file (.p12, .pfx)';
const SMALLEST_KEY_BITS = 2048;

/**
 * Keys that were opened, by a digest of text and passphrase: opening one is made slow on purpose.
 */
const openedKeys = new Map<string, Promise<SigningKey>>();

const MAX_OPENED_KEYS = 100;

/**
 * Reads a private key in any form in which people have one: PKCS#8 and PKCS#1 PEM, plain or
 * encrypted, with line ends that became spaces or `\n` as text; base64 of such a file; base64 of
 * the bare key; base64 of a PKCS#12 file. What was opened once is kept in memory.
 *
 * @param passphrase empty when there is none; ignored by a key that is not encrypted
 * @throws GuichetError `invalid_input` with a message of its own for each mistake; no message holds
 * a part of the text
 *
 * @example
 * const { key } = await readSigningKey(await readFile('employer.pem', 'utf8'), 'passphrase');
 */
export async function readSigningKey(text: string, passphrase = ''): Promise<SigningKey> {
	if (plainLines(text) === '') throw invalidInput(FIELD, 'is empty', `It must be ${FORMS}.`);
	const id = createHash('sha256')
		.update(JSON.stringify([text, passphrase]))
		.digest('base64');
	const known = openedKeys.get(id) ?? readAnyForm(text, passphrase).then(checked);
	openedKeys.set(id, known);
	const [oldest] = openedKeys.keys();
	if (openedKeys.size > MAX_OPENED_KEYS && oldest !== undefined) openedKeys.delete(oldest);
	return await known.catch((error: unknown) => {
		openedKeys.delete(id);
		throw error;
	});
}

async function readAnyForm(text: string, passphrase: string): Promise<SigningKey> {
	if (text.includes('-----BEGIN')) return await fromPem(text, passphrase);
	const bytes = base64Bytes(text);
	if (!bytes) throw unreadable(text);
	if (bytes.includes('-----BEGIN')) {
		const found = await fromPem(bytes.toString('utf8'), passphrase);
		return { ...found, form: `base64 of a ${found.form}` };
	}
	return await fromDer(bytes, passphrase);
}

async function fromPem(text: string, passphrase: string): Promise<SigningKey> {
	const blocks = pemBlocks(text);
	const keys = blocks.filter(({ label }) => /^(RSA |EC |ENCRYPTED )?PRIVATE KEY$/.test(label));
	const [own] = keys;
	if (!own) throw withoutKey(blocks, text);
	if (keys.length > 1)
		throw invalidInput(
			FIELD,
			`holds ${keys.length} private keys`,
			'Leave only the one whose certificate is registered with the social security.',
		);
	const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ pem }) => pem);
	const form = `${formOf(own)}${own.encrypted ? ', encrypted' : ''}`;
	return { key: await openKey(own, passphrase), certificates, form };
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

const formOf = ({ label }: PemBlock): string =>
	label === 'RSA PRIVATE KEY'
		? 'PKCS#1 PEM'
		: label === 'EC PRIVATE KEY'
			? 'SEC 1 PEM'
			: 'PKCS#8 PEM';

async function openKey(block: PemBlock, passphrase: string): Promise<KeyObject> {
	if (block.encrypted && passphrase === '')
		throw invalidInput(FIELD, 'is encrypted', 'Give its passphrase in the field "Passphrase".');
	if (block.label === 'ENCRYPTED PRIVATE KEY') return await openPkcs8(block, passphrase);
	try {
		return createPrivateKey({ key: block.pem, ...(block.encrypted ? { passphrase } : {}) });
	} catch {
		if (block.encrypted) return await openWithForge(block, passphrase);
		throw damaged();
	}
}

function damaged(): GuichetError {
	return invalidInput(
		FIELD,
		'cannot be read: its content is damaged or incomplete',
		'Paste the whole file again, without changes.',
	);
}

/** EncryptedPrivateKeyInfo (RFC 5958): the algorithm, and the encrypted key. */
async function openPkcs8({ pem }: PemBlock, passphrase: string): Promise<KeyObject> {
	try {
		const bytes = base64Bytes(pem.replace(/-----[^-]+-----/g, ''));
		const [algorithm, encrypted] = readDer(bytes ?? Buffer.alloc(0)).children;
		const content = octetsOf(encrypted);
		for (const form of new Set([passphrase, passphrase.normalize('NFC')])) {
			const opened = await decryptWithPassphrase(algorithm, content, form);
			if (opened) return createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' });
		}
	} catch (error) {
		if (error instanceof UnsupportedEncryption)
			throw invalidInput(
				FIELD,
				`is encrypted with ${error.message}, which is not supported`,
				'Encrypt a copy of it again: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new-key.pem.',
			);
		throw damaged();
	}
	throw invalidInput('Passphrase', 'does not open the private key');
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
			'If the passphrase is right, encrypt a copy of the key again: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new-key.pem.',
		);
	}
}

async function fromDer(bytes: Buffer, passphrase: string): Promise<SigningKey> {
	switch (kindOf(bytes)) {
		case 'pkcs12': {
			const { protection, ...found } = await openPkcs12(bytes, passphrase);
			return { ...found, form: `PKCS#12 file (${protection})` };
		}
		case 'javaKeyStore':
			throw invalidInput(
				FIELD,
				'is a Java key store (JKS)',
				'Convert it to PKCS#12: keytool -importkeystore -srckeystore file.jks -destkeystore file.p12 -deststoretype pkcs12.',
			);
		case 'certificate':
			throw withoutKey([{ label: 'CERTIFICATE', pem: '', encrypted: false }], '');
		case 'encryptedKey': {
			const label = 'ENCRYPTED PRIVATE KEY';
			const block = { label, pem: pemOf(label, bytes), encrypted: true };
			const key = await openKey(block, passphrase);
			return { key, certificates: [], form: 'base64 of a PKCS#8 key, encrypted' };
		}
		case 'key': {
			const label = isPkcs1(bytes) ? 'RSA PRIVATE KEY' : 'PRIVATE KEY';
			const block = { label, pem: pemOf(label, bytes), encrypted: false };
			const form = `base64 of a ${isPkcs1(bytes) ? 'PKCS#1' : 'PKCS#8'} key`;
			return { key: await openKey(block, ''), certificates: [], form };
		}
		case undefined:
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
	const length = bytes[1] ?? 0;
	return length > 0x80 ? 2 + (length & 0x7f) : 2;
}

/** PKCS#1 goes on with the modulus, PKCS#8 with the algorithm. */
function isPkcs1(bytes: Buffer): boolean {
	return bytes[contentStart(bytes) + 3] === 0x02;
}

function isCertificate(bytes: Buffer): boolean {
	try {
		return new X509Certificate(bytes).raw.length > 0;
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
	const kind = found.key.asymmetricKeyType;
	if (kind === 'rsa-pss') throw rsaPss();
	if (kind !== 'rsa') throw notRsa();
	const bits = found.key.asymmetricKeyDetails?.modulusLength ?? 0;
	if (bits < SMALLEST_KEY_BITS)
		throw invalidInput(
			FIELD,
			`is too short: it has ${bits} bits`,
			`RS256 needs ${SMALLEST_KEY_BITS} bits or more.`,
		);
	return found;
}

function notRsa(): GuichetError {
	return invalidInput(
		FIELD,
		'is not an RSA key',
		'The social security documents assertions signed with RS256 only: make a certificate with an RSA key of 2048 bits or more and register it in Chaman.',
	);
}

/** Such a key may sign with PSS only, which RS256 is not. */
function rsaPss(): GuichetError {
	return invalidInput(
		FIELD,
		'is an RSA-PSS key, which cannot sign with RS256',
		'The social security documents assertions signed with RS256 only: make a certificate with an ordinary RSA key (openssl genpkey -algorithm RSA) and register it in Chaman.',
	);
}
