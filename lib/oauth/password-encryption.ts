import { createDecipheriv, hash, pbkdf2, scrypt } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';

import { type Der, numberOf, octetsOf, oidOf, TAG } from './der';

/**
 * Encryption with a passphrase, as key files use it: PBES2 and PBES1 of PKCS#5 (RFC 8018) and the
 * older schemes of PKCS#12 (RFC 7292, appendix B and C).
 *
 * The derivation of a key is made slow on purpose. It runs in the thread pool, or in slices with
 * turns of the event loop between them, so that n8n goes on meanwhile.
 */

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt = promisify<
	Buffer,
	Buffer,
	number,
	{ N: number; r: number; p: number; maxmem: number },
	Buffer
>(scrypt);

/** A scheme that this package does not know, or whose parameters nobody uses. */
export class UnsupportedEncryption extends Error {}

/** More would take minutes; the tools' own defaults are 2,048 to 600,000. */
const MAX_ITERATIONS = 20_000_000;

const MAX_SCRYPT_BYTES = 512 * 1024 * 1024;

/** How long a slice of a derivation may hold the event loop. Milliseconds. */
const SLICE_MS = 5;

const DIGESTS: Record<string, string> = {
	'1.3.14.3.2.26': 'sha1',
	'1.2.840.113549.2.5': 'md5',
	'2.16.840.1.101.3.4.2.4': 'sha224',
	'2.16.840.1.101.3.4.2.1': 'sha256',
	'2.16.840.1.101.3.4.2.2': 'sha384',
	'2.16.840.1.101.3.4.2.3': 'sha512',
	'2.16.840.1.101.3.4.2.5': 'sha512-224',
	'2.16.840.1.101.3.4.2.6': 'sha512-256',
	// The same with HMAC, as PBKDF2 and PBMAC1 name them.
	'1.2.840.113549.2.7': 'sha1',
	'1.2.840.113549.2.8': 'sha224',
	'1.2.840.113549.2.9': 'sha256',
	'1.2.840.113549.2.10': 'sha384',
	'1.2.840.113549.2.11': 'sha512',
	'1.2.840.113549.2.12': 'sha512-224',
	'1.2.840.113549.2.13': 'sha512-256',
};

/**
 * The digest that an AlgorithmIdentifier or an object identifier names, as node:crypto names it.
 */
export function digestName(element: Der | undefined): string {
	const oid = oidOf(element?.tag === TAG.sequence ? element.children[0] : element);
	const name = DIGESTS[oid];
	if (name === undefined) throw new UnsupportedEncryption(`the digest ${oid}`);
	return name;
}

interface Cipher {
	/** For people and for node:crypto. */
	name: string;
	keyBytes: number;
	ivBytes: number;
}

const cipher = (name: string, keyBytes: number, ivBytes: number): Cipher => ({
	name,
	keyBytes,
	ivBytes,
});

const PBES2_CIPHERS: Record<string, Cipher> = {
	'2.16.840.1.101.3.4.1.2': cipher('aes-128-cbc', 16, 16),
	'2.16.840.1.101.3.4.1.22': cipher('aes-192-cbc', 24, 16),
	'2.16.840.1.101.3.4.1.42': cipher('aes-256-cbc', 32, 16),
	'1.2.392.200011.61.1.1.1.2': cipher('camellia-128-cbc', 16, 16),
	'1.2.392.200011.61.1.1.1.3': cipher('camellia-192-cbc', 24, 16),
	'1.2.392.200011.61.1.1.1.4': cipher('camellia-256-cbc', 32, 16),
	'1.2.840.113549.3.7': cipher('des-ede3-cbc', 24, 8),
	'1.2.840.113549.3.2': cipher('rc2-cbc', 16, 8),
	'1.3.14.3.2.7': cipher('des-cbc', 8, 8),
};

const PKCS12_CIPHERS: Record<string, Cipher> = {
	'1.2.840.113549.1.12.1.1': cipher('rc4', 16, 0),
	'1.2.840.113549.1.12.1.2': cipher('rc4', 5, 0),
	'1.2.840.113549.1.12.1.3': cipher('des-ede3-cbc', 24, 8),
	'1.2.840.113549.1.12.1.4': cipher('des-ede-cbc', 16, 8),
	'1.2.840.113549.1.12.1.5': cipher('rc2-cbc', 16, 8),
	'1.2.840.113549.1.12.1.6': cipher('rc2-cbc', 5, 8),
};

const PBES1: Record<string, { digest: string; cipher: string }> = {
	'1.2.840.113549.1.5.3': { digest: 'md5', cipher: 'des-cbc' },
	'1.2.840.113549.1.5.6': { digest: 'md5', cipher: 'rc2-cbc' },
	'1.2.840.113549.1.5.10': { digest: 'sha1', cipher: 'des-cbc' },
	'1.2.840.113549.1.5.11': { digest: 'sha1', cipher: 'rc2-cbc' },
};

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

/**
 * Decrypts what a passphrase protects.
 *
 * @param algorithm the AlgorithmIdentifier beside the encrypted bytes
 * @returns the content, one ASN.1 element; nothing when the passphrase does not open it
 * @throws UnsupportedEncryption when no passphrase could
 */
export async function decryptWithPassphrase(
	algorithm: Der | undefined,
	encrypted: Buffer,
	passphrase: string,
): Promise<Buffer | undefined> {
	const [name, parameters] = algorithm?.children ?? [];
	const oid = oidOf(name);
	const keys = keysFor(oid, parameters);
	for (const secret of secretsFor(oid, passphrase)) {
		const opened = await open(await keys(secret), encrypted);
		if (opened) return opened;
	}
	return undefined;
}

/** The cipher of an AlgorithmIdentifier, for people: `aes-256-cbc`. */
export function cipherName(algorithm: Der | undefined): string {
	const [name, parameters] = algorithm?.children ?? [];
	const oid = oidOf(name);
	if (oid === PBES2) return pbes2Cipher(parameters).name;
	return PKCS12_CIPHERS[oid]?.name ?? PBES1[oid]?.cipher ?? oid;
}

interface CipherKey extends Cipher {
	key: Buffer;
	iv: Buffer;
}

function keysFor(oid: string, parameters: Der | undefined): (secret: Buffer) => Promise<CipherKey> {
	if (oid === PBES2) return pbes2(parameters);
	const [salt, iterations] = parameters?.children ?? [];
	const pkcs12 = PKCS12_CIPHERS[oid];
	if (pkcs12)
		return async (secret) => {
			const facts = { digest: 'sha1', secret, salt: octetsOf(salt), times: times(iterations) };
			return {
				...pkcs12,
				key: await pkcs12Derive({ ...facts, purpose: 1, length: pkcs12.keyBytes }),
				iv: await pkcs12Derive({ ...facts, purpose: 2, length: pkcs12.ivBytes }),
			};
		};
	const pbes1 = PBES1[oid];
	if (!pbes1) throw new UnsupportedEncryption(`the encryption ${oid}`);
	return async (secret) => {
		const start = Buffer.concat([secret, octetsOf(salt)]);
		const derived = await hashedTimes(pbes1.digest, start, times(iterations));
		return {
			...cipher(pbes1.cipher, 8, 8),
			key: derived.subarray(0, 8),
			iv: derived.subarray(8, 16),
		};
	};
}

function pbes2Cipher(parameters: Der | undefined): Cipher & { iv: Buffer } {
	const [name, more] = parameters?.children[1]?.children ?? [];
	const oid = oidOf(name);
	const found = PBES2_CIPHERS[oid];
	if (!found) throw new UnsupportedEncryption(`the cipher ${oid}`);
	const iv = found.name === 'rc2-cbc' ? more?.children.at(-1) : more;
	return { ...found, iv: octetsOf(iv) };
}

function pbes2(parameters: Der | undefined): (secret: Buffer) => Promise<CipherKey> {
	const scheme = pbes2Cipher(parameters);
	const derive = passwordDerivation(parameters?.children[0], scheme.keyBytes);
	return async (secret) => ({ ...scheme, key: await derive(secret) });
}

/** The key derivation function that PBES2 and PBMAC1 name, for a key of some length. */
export function passwordDerivation(
	algorithm: Der | undefined,
	keyBytes: number,
): (secret: Buffer) => Promise<Buffer> {
	const [name, parameters] = algorithm?.children ?? [];
	const oid = oidOf(name);
	const [salt, ...numbers] = parameters?.children ?? [];
	if (oid === SCRYPT) {
		const [N, r, p] = numbers.slice(0, 3).map(numberOf);
		if (N === undefined || r === undefined || p === undefined || 128 * N * r > MAX_SCRYPT_BYTES)
			throw new UnsupportedEncryption('the parameters of scrypt');
		const cost = { N, r, p, maxmem: 2 * MAX_SCRYPT_BYTES };
		return async (secret) => await deriveScrypt(secret, octetsOf(salt), keyBytes, cost);
	}
	if (oid !== PBKDF2) throw new UnsupportedEncryption(`the key derivation ${oid}`);
	const iterations = times(numbers[0]);
	const prf = numbers.find(({ tag }) => tag === TAG.sequence);
	const digest = prf ? digestName(prf) : 'sha1';
	return async (secret) => await derivePbkdf2(secret, octetsOf(salt), iterations, keyBytes, digest);
}

function times(element: Der | undefined): number {
	const iterations = numberOf(element);
	if (iterations < 1 || iterations > MAX_ITERATIONS)
		throw new UnsupportedEncryption(`a key derivation of ${iterations} rounds`);
	return iterations;
}

/**
 * The bytes that tools make of a passphrase. UTF-8 is what PBES2 asks for; some wrote Latin-1, or
 * the two bytes a character of PKCS#12, so that these are tried after it.
 */
function secretsFor(oid: string, passphrase: string): Buffer[] {
	if (PKCS12_CIPHERS[oid]) return [bmpText(passphrase)];
	const utf8 = Buffer.from(passphrase, 'utf8');
	const ascii = utf8.length === passphrase.length;
	return ascii ? [utf8] : [utf8, Buffer.from(passphrase, 'latin1'), bmpText(passphrase)];
}

/** A passphrase as PKCS#12 wants it: two bytes a character, and two of zero at the end. */
export function bmpText(passphrase: string): Buffer {
	return Buffer.from(`${passphrase}\0`, 'utf16le').swap16();
}

export interface Pkcs12Derivation {
	digest: string;
	/** Of {@link bmpText}, or empty for files whose tool left an empty passphrase out. */
	secret: Buffer;
	salt: Buffer;
	times: number;
	/** 1 for a key, 2 for an initialisation vector, 3 for a MAC. */
	purpose: 1 | 2 | 3;
	length: number;
}

/** Bytes that the digests take in at once. */
const blockBytes = (digest: string): number => (/sha(384|512)/.test(digest) ? 128 : 64);

/** The key derivation of PKCS#12 (RFC 7292, appendix B.2). */
export async function pkcs12Derive(facts: Pkcs12Derivation): Promise<Buffer> {
	const { digest, secret, salt, times: rounds, purpose, length } = facts;
	const block = blockBytes(digest);
	const filled = (bytes: Buffer) =>
		Buffer.alloc(Math.ceil(bytes.length / block) * block).fill(bytes.length > 0 ? bytes : 0);
	const purposes = Buffer.alloc(block, purpose);
	const input = Buffer.concat([filled(salt), filled(secret)]);
	const parts: Buffer[] = [];
	for (let made = 0; made < length;) {
		const part = await hashedTimes(digest, Buffer.concat([purposes, input]), rounds);
		parts.push(part);
		made += part.length;
		addToBlocks(input, Buffer.alloc(block).fill(part), block);
	}
	return Buffer.concat(parts).subarray(0, length);
}

/** Adds a number, and one, to each block; all are big-endian, and overflow is dropped. */
function addToBlocks(input: Buffer, addend: Buffer, block: number): void {
	for (let start = 0; start < input.length; start += block) {
		let carry = 1;
		for (let at = block - 1; at >= 0; at--) {
			carry += input.readUInt8(start + at) + addend.readUInt8(at);
			input.writeUInt8(carry & 0xff, start + at);
			carry >>= 8;
		}
	}
}

/** A digest of a digest of a digest, in slices between which the event loop goes on. */
async function hashedTimes(digest: string, start: Buffer, rounds: number): Promise<Buffer> {
	let bytes = start;
	let sliceEnd = performance.now() + SLICE_MS;
	for (let round = 1; round <= rounds; round++) {
		bytes = hash(digest, bytes, 'buffer');
		if (round % 256 === 0 && performance.now() > sliceEnd) {
			await nextTurn();
			sliceEnd = performance.now() + SLICE_MS;
		}
	}
	return bytes;
}

/** What a key opens, or nothing: a wrong key leaves no valid padding, or no ASN.1. */
async function open(key: CipherKey, encrypted: Buffer): Promise<Buffer | undefined> {
	const opened = await decipher(key, encrypted).catch(() => undefined);
	return opened?.[0] === TAG.sequence ? opened : undefined;
}

async function decipher({ name, key, iv }: CipherKey, encrypted: Buffer): Promise<Buffer> {
	switch (name) {
		case 'rc4':
			return rc4(key, encrypted);
		case 'rc2-cbc':
		case 'des-cbc':
			return await oldCipher(name, key, iv, encrypted);
		case 'des-ede-cbc':
			return nodeCipher('des-ede3-cbc', Buffer.concat([key, key.subarray(0, 8)]), iv, encrypted);
		default:
			return nodeCipher(name, key, iv, encrypted);
	}
}

function nodeCipher(name: string, key: Buffer, iv: Buffer, encrypted: Buffer): Buffer {
	const engine = createDecipheriv(name, key, iv);
	return Buffer.concat([engine.update(encrypted), engine.final()]);
}

/** Ciphers that OpenSSL 3 has put away; node-forge has them, and is loaded only here. */
async function oldCipher(
	name: 'rc2-cbc' | 'des-cbc',
	key: Buffer,
	iv: Buffer,
	encrypted: Buffer,
): Promise<Buffer> {
	const { default: forge } = await import('node-forge');
	const engine =
		name === 'rc2-cbc'
			? forge.rc2.createDecryptionCipher(key.toString('binary'), key.length * 8)
			: forge.cipher.createDecipher('DES-CBC', key.toString('binary'));
	const input = forge.util.createBuffer(encrypted.toString('binary'));
	const vector = iv.toString('binary');
	if ('mode' in engine) engine.start({ iv: vector });
	else engine.start(vector);
	engine.update(input);
	if (!engine.finish()) throw new RangeError('wrong padding');
	return Buffer.from(engine.output.getBytes(), 'binary');
}

/** RC4 is a permutation of bytes that the key shuffles. */
function rc4(key: Buffer, encrypted: Buffer): Buffer {
	const state = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
	const swap = (one: number, other: number) => {
		const kept = state.readUInt8(one);
		state.writeUInt8(state.readUInt8(other), one);
		state.writeUInt8(kept, other);
	};
	let j = 0;
	for (let i = 0; i < 256; i++) {
		j = (j + state.readUInt8(i) + key.readUInt8(i % key.length)) & 0xff;
		swap(i, j);
	}
	let i = 0;
	j = 0;
	const opened = Array.from(encrypted, (byte) => {
		i = (i + 1) & 0xff;
		j = (j + state.readUInt8(i)) & 0xff;
		swap(i, j);
		return byte ^ state.readUInt8((state.readUInt8(i) + state.readUInt8(j)) & 0xff);
	});
	return Buffer.from(opened);
}
