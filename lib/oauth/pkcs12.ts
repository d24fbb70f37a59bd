import { createHmac, createPrivateKey, type KeyObject, timingSafeEqual } from 'node:crypto';

import { type GuichetError, invalidInput } from '../errors/guichet-error';
import { pemOf } from '../pem';
import { type Der, numberOf, octetsOf, oidOf, readDer, TAG } from './der';
import {
	bmpText,
	cipherName,
	decryptWithPassphrase,
	digestName,
	passwordDerivation,
	pkcs12Derive,
	UnsupportedEncryption,
} from './password-encryption';

/** What a PKCS#12 file (`.p12`, `.pfx`) holds for us. */
export interface OpenedPkcs12 {
	key: KeyObject;
	/** PEM, in the order of the file. */
	certificates: string[];
	/** How the key was protected, for people: `aes-256-cbc`. */
	protection: string;
}

const FIELD = 'Private Key';

const CONTENT = {
	data: '1.2.840.113549.1.7.1',
	signed: '1.2.840.113549.1.7.2',
	enveloped: '1.2.840.113549.1.7.3',
	encrypted: '1.2.840.113549.1.7.6',
};

const BAG = '1.2.840.113549.1.12.10.1';

const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';

const PBMAC1 = '1.2.840.113549.1.5.14';

/** Opens nothing: keeps the tools' own words for what cannot be opened. */
const CONVERT =
	'Make a PEM of it on the machine where it was made: openssl pkcs12 -in file.p12 -nodes -out key.pem (OpenSSL 3 wants -legacy besides for old files), and paste the text of key.pem.';

/**
 * Opens a PKCS#12 file (RFC 7292). Neither node:crypto nor jose can read one; the derivation of its
 * keys never holds the event loop.
 *
 * @throws GuichetError `invalid_input`: wrong passphrase, damaged, an encryption that is not
 *   supported, no private key, several private keys
 * @example const { key } = await openPkcs12(await readFile('employer.p12'), 'secret');
 */
export async function openPkcs12(bytes: Buffer, passphrase: string): Promise<OpenedPkcs12> {
	return await readFile(bytes, passphrase).catch((error: unknown) => {
		if (error instanceof UnsupportedEncryption) throw unsupported(error.message);
		if (error instanceof RangeError) throw damaged();
		throw error;
	});
}

async function readFile(bytes: Buffer, passphrase: string): Promise<OpenedPkcs12> {
	const [, authSafe, macData] = readDer(bytes).children;
	const content = octetsOf(contentOf(authSafe).value);
	const proven = macData ? await passphraseOf(macData, content, passphrase) : undefined;
	if (macData && proven === undefined) throw wrongPassphrase(passphrase);
	const opening = { passphrase: proven ?? passphrase, proven: proven !== undefined };
	const bags: Bag[] = [];
	for (const part of readDer(content).children) bags.push(...(await bagsOf(part, opening)));
	const keys = bags.filter(({ kind }) => kind === 'key' || kind === 'shroudedKey');
	const [own, ...others] = keys;
	if (!own)
		throw invalidInput(
			FIELD,
			'is a PKCS#12 file without a private key',
			'Export the certificate again, together with its private key.',
		);
	if (others.length > 0)
		throw invalidInput(
			FIELD,
			`is a PKCS#12 file with ${keys.length} private keys`,
			'Export only the one whose certificate is registered with the social security.',
		);
	const algorithm = own.kind === 'shroudedKey' ? own.value.children[0] : undefined;
	const pkcs8 = algorithm
		? await opened(algorithm, own.value.children[1], opening)
		: own.value.bytes;
	return {
		key: keyOf(pkcs8),
		certificates: bags.flatMap(certificateIn),
		protection: algorithm ? cipherName(algorithm) : 'no encryption',
	};
}

interface Opening {
	passphrase: string;
	/** The file itself has confirmed the passphrase. */
	proven: boolean;
}

interface Bag {
	kind: 'key' | 'shroudedKey' | 'certificate' | 'other';
	value: Der;
}

const BAG_KINDS: Record<string, Bag['kind']> = {
	[`${BAG}.1`]: 'key',
	[`${BAG}.2`]: 'shroudedKey',
	[`${BAG}.3`]: 'certificate',
};

/** A ContentInfo: what kind of content, and the content. */
function contentOf(info: Der | undefined): { type: string; value: Der | undefined } {
	const type = oidOf(info?.children[0]);
	if (type === CONTENT.signed)
		throw new UnsupportedEncryption('a signature in place of a passphrase');
	return { type, value: info?.children[1]?.children[0] };
}

async function bagsOf(part: Der, opening: Opening): Promise<Bag[]> {
	const { type, value } = contentOf(part);
	if (type === CONTENT.data) return bagsIn(readDer(octetsOf(value)));
	if (type !== CONTENT.encrypted)
		throw new UnsupportedEncryption(
			type === CONTENT.enveloped ? 'a public key in place of a passphrase' : `the content ${type}`,
		);
	const [, algorithm, encrypted] = value?.children[1]?.children ?? [];
	return bagsIn(readDer(await opened(algorithm, encrypted, opening)));
}

function bagsIn(contents: Der): Bag[] {
	return contents.children.flatMap((bag) => {
		const [name, explicit] = bag.children;
		const oid = oidOf(name);
		const [value] = explicit?.children ?? [];
		if (!value) throw new RangeError('an empty bag');
		if (oid === `${BAG}.6`) return bagsIn(value);
		return [{ kind: BAG_KINDS[oid] ?? 'other', value }];
	});
}

async function opened(
	algorithm: Der | undefined,
	encrypted: Der | undefined,
	{ passphrase, proven }: Opening,
): Promise<Buffer> {
	const content = await decryptWithPassphrase(algorithm, octetsOf(encrypted), passphrase);
	if (content) return content;
	if (!proven) throw wrongPassphrase(passphrase);
	throw invalidInput(
		FIELD,
		`is a PKCS#12 file whose passphrase is right, but whose content (${cipherName(algorithm)}) cannot be decrypted`,
		CONVERT,
	);
}

/**
 * The form of the passphrase that the file's MAC confirms. Keyboards and files differ in how they
 * write letters with accents, and old tools took each byte of UTF-8 for a letter.
 */
async function passphraseOf(
	macData: Der,
	content: Buffer,
	passphrase: string,
): Promise<string | undefined> {
	const [digestInfo, salt, iterations] = macData.children;
	const [algorithm, expected] = digestInfo?.children ?? [];
	const wanted = octetsOf(expected);
	const isRight = (mac: Buffer) => mac.length === wanted.length && timingSafeEqual(mac, wanted);
	const forms = new Set([
		passphrase,
		passphrase.normalize('NFC'),
		passphrase.normalize('NFD'),
		Buffer.from(passphrase, 'utf8').toString('latin1'),
	]);
	if (oidOf(algorithm?.children[0]) === PBMAC1) {
		const [derivation, scheme] = algorithm?.children[1]?.children ?? [];
		const keyBytes = derivation?.children[1]?.children
			.slice(2)
			.find(({ tag }) => tag === TAG.integer);
		const derive = passwordDerivation(derivation, keyBytes ? numberOf(keyBytes) : wanted.length);
		for (const form of forms) {
			const key = await derive(Buffer.from(form, 'utf8'));
			if (isRight(createHmac(digestName(scheme), key).update(content).digest())) return form;
		}
		return undefined;
	}
	const digest = digestName(algorithm);
	const rounds = iterations ? numberOf(iterations) : 1;
	for (const form of forms)
		for (const secret of form === '' ? [bmpText(''), Buffer.alloc(0)] : [bmpText(form)]) {
			const key = await pkcs12Derive({
				digest,
				secret,
				salt: octetsOf(salt),
				times: rounds,
				purpose: 3,
				length: wanted.length,
			});
			if (isRight(createHmac(digest, key).update(content).digest())) return form;
		}
	return undefined;
}

function certificateIn({ kind, value }: Bag): string[] {
	if (kind !== 'certificate' || oidOf(value.children[0]) !== X509_CERTIFICATE) return [];
	return [pemOf('CERTIFICATE', octetsOf(value.children[1]?.children[0]))];
}

/** A key of any kind; which kinds can sign is judged for all forms in one place. */
function keyOf(pkcs8: Buffer): KeyObject {
	try {
		return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
	} catch {
		throw damaged();
	}
}

function wrongPassphrase(passphrase: string): GuichetError {
	return passphrase === ''
		? invalidInput(
				FIELD,
				'is a PKCS#12 file that is protected by a passphrase',
				'Give it in the field "Passphrase".',
			)
		: invalidInput('Passphrase', 'does not open the PKCS#12 file');
}

function unsupported(what: string): GuichetError {
	return invalidInput(
		FIELD,
		`is a PKCS#12 file that needs ${what}, which is not supported`,
		CONVERT,
	);
}

function damaged(): GuichetError {
	return invalidInput(
		FIELD,
		'looks like a PKCS#12 file but is damaged or incomplete',
		'Encode the whole file in base64 (base64 -w0 file.p12) and paste all of the text.',
	);
}
