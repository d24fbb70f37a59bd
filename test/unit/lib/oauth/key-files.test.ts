import { createHmac, createPrivateKey, pbkdf2Sync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { GuichetError } from '../../../../lib/errors/guichet-error';
import { readDer } from '../../../../lib/oauth/der';
import { readSigningKey } from '../../../../lib/oauth/private-key';

/** Files of OpenSSL and keytool, as `test/fixtures/keys/make.sh` made them. */
const FOLDER = path.join(__dirname, '../../../fixtures/keys');
const bytesOf = (name: string) => readFileSync(path.join(FOLDER, name));
const keyFileText = (name: string) =>
	name.endsWith('.pem') ? bytesOf(name).toString('utf8') : bytesOf(name).toString('base64');

const ASCII = 'de trein naar Oostende';
const UNICODE = 'Liège – été €';
const key = createPrivateKey(bytesOf('key.pem'));

const files: Array<[file: string, passphrase: string, form: string]> = [
	['openssl3.p12', ASCII, 'PKCS#12 file (aes-256-cbc)'],
	['legacy.p12', ASCII, 'PKCS#12 file (des-ede3-cbc)'],
	['legacy-unicode.p12', UNICODE, 'PKCS#12 file (des-ede3-cbc)'],
	['unicode.p12', UNICODE, 'PKCS#12 file (aes-256-cbc)'],
	['unicode.p12', UNICODE.normalize('NFD'), 'PKCS#12 file (aes-256-cbc)'],
	['unicode-decomposed.p12', 'Liège'.normalize('NFC'), 'PKCS#12 file (aes-256-cbc)'],
	['empty-passphrase.p12', '', 'PKCS#12 file (aes-256-cbc)'],
	['rc4.p12', ASCII, 'PKCS#12 file (rc4)'],
	['two-key-3des.p12', ASCII, 'PKCS#12 file (des-ede-cbc)'],
	['rc2-128.p12', ASCII, 'PKCS#12 file (rc2-cbc)'],
	['aes-128-sha512-mac.p12', ASCII, 'PKCS#12 file (aes-128-cbc)'],
	['sha384-mac.p12', ASCII, 'PKCS#12 file (aes-256-cbc)'],
	['camellia.p12', ASCII, 'PKCS#12 file (camellia-256-cbc)'],
	['pbes2-3des.p12', ASCII, 'PKCS#12 file (des-ede3-cbc)'],
	['certificate-not-encrypted.p12', ASCII, 'PKCS#12 file (aes-256-cbc)'],
	['key-not-encrypted.p12', ASCII, 'PKCS#12 file (no encryption)'],
	['no-mac.p12', ASCII, 'PKCS#12 file (aes-256-cbc)'],
	['no-mac-unicode.p12', UNICODE, 'PKCS#12 file (aes-256-cbc)'],
	['one-iteration.p12', ASCII, 'PKCS#12 file (aes-256-cbc)'],
	['keytool.p12', ASCII, 'PKCS#12 file (aes-256-cbc)'],
	['keytool-legacy.p12', ASCII, 'PKCS#12 file (des-ede3-cbc)'],
	['keytool-trusted.p12', ASCII, 'PKCS#12 file (aes-256-cbc)'],
	['pkcs8.pem', ASCII, 'PKCS#8 PEM, encrypted'],
	['pkcs8-unicode.pem', UNICODE, 'PKCS#8 PEM, encrypted'],
	['pkcs8-unicode.pem', UNICODE.normalize('NFD'), 'PKCS#8 PEM, encrypted'],
	['pkcs8-sha512.pem', ASCII, 'PKCS#8 PEM, encrypted'],
	['pkcs8-scrypt.pem', ASCII, 'PKCS#8 PEM, encrypted'],
	['pkcs8-3des.pem', ASCII, 'PKCS#8 PEM, encrypted'],
	['pkcs8-md5-des.pem', ASCII, 'PKCS#8 PEM, encrypted'],
	['pkcs8-sha1-rc2.pem', ASCII, 'PKCS#8 PEM, encrypted'],
	['pkcs8-sha1-3des.pem', ASCII, 'PKCS#8 PEM, encrypted'],
	['pkcs1-aes.pem', ASCII, 'PKCS#1 PEM, encrypted'],
	['pkcs1-3des.pem', ASCII, 'PKCS#1 PEM, encrypted'],
	['pkcs1-des.pem', ASCII, 'PKCS#1 PEM, encrypted'],
	['key.pem', '', 'PKCS#8 PEM'],
];

test.each(files)('opens %s with the passphrase "%s"', async (file, passphrase, form) => {
	const opened = await readSigningKey(keyFileText(file), passphrase);
	expect(opened.key.equals(key)).toBe(true);
	expect(opened.form).toBe(form);
	if (file.endsWith('.p12')) expect(opened.certificates.length).toBeGreaterThan(0);
});

const failureOf = async (text: string, passphrase: string) =>
	await readSigningKey(text, passphrase).then(
		() => undefined,
		(error: GuichetError) => error.message,
	);

test.each(files.filter(([, passphrase]) => passphrase !== ''))(
	'does not open %s with another passphrase than "%s", and says so',
	async (file, passphrase) => {
		expect(await failureOf(keyFileText(file), `${passphrase}x`)).toMatch(
			/^Passphrase does not open/,
		);
		expect(await failureOf(keyFileText(file), '')).toMatch(
			/is encrypted|protected by a passphrase/,
		);
	},
);

/** An element of ASN.1 with its length. */
function element(tag: number, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const { length } = content;
	const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from(header), content]);
}

const identifier = (hexadecimal: string) => element(0x06, Buffer.from(hexadecimal, 'hex'));
const sequence = (...parts: Buffer[]) => element(0x30, ...parts);

/**
 * A file with the MAC of RFC 9579, which OpenSSL makes from 3.4 on: that of another file, put in
 * the place of its own by this test.
 */
function withPbmac1(file: string, passphrase: string): string {
	const [version, safe] = readDer(bytesOf(file)).children;
	const content = safe?.children[1]?.children[0]?.content;
	if (!version || !safe || !content) throw new Error(`${file} is another file than expected`);
	const salt = Buffer.from('a salt of its own');
	const macKey = pbkdf2Sync(passphrase, salt, 2048, 32, 'sha256');
	const mac = createHmac('sha256', macKey).update(content).digest();
	const hmacSha256 = sequence(identifier('2a864886f70d0209'), element(0x05));
	const derivation = sequence(
		identifier('2a864886f70d01050c'),
		sequence(
			element(0x04, salt),
			element(0x02, Buffer.from('0800', 'hex')),
			element(0x02, Buffer.from('20', 'hex')),
			hmacSha256,
		),
	);
	const algorithm = sequence(identifier('2a864886f70d01050e'), sequence(derivation, hmacSha256));
	const macData = sequence(
		sequence(algorithm, element(0x04, mac)),
		element(0x04, Buffer.from('not used')),
		element(0x02, Buffer.from('01', 'hex')),
	);
	return sequence(version.bytes, safe.bytes, macData).toString('base64');
}

test.each([
	['openssl3.p12', ASCII],
	['unicode.p12', UNICODE],
])('opens %s with the MAC of RFC 9579 (PBMAC1)', async (file, passphrase) => {
	const text = withPbmac1(file, passphrase);
	const opened = await readSigningKey(text, passphrase);
	expect(opened.key.equals(key)).toBe(true);
	expect(await failureOf(text, `${passphrase}x`)).toMatch(/^Passphrase does not open/);
});

test.each(['rsa-pss.pem', 'rsa-pss-encrypted.pem', 'rsa-pss.p12'])(
	'answers the RSA-PSS key in %s with the same words',
	async (file) => {
		expect(await failureOf(keyFileText(file), ASCII)).toBe(
			'Private Key is an RSA-PSS key, which cannot sign with RS256',
		);
	},
);

test.each([
	['ec.p12', /is not an RSA key/],
	['ec.pem', /is not an RSA key/],
	['no-key.p12', /is a PKCS#12 file without a private key/],
	['keytool-two-keys.p12', /is a PKCS#12 file with 2 private keys/],
	['keytool.jks', /is a Java key store/],
])('refuses %s with the reason', async (file, message) => {
	expect(await failureOf(keyFileText(file), ASCII)).toMatch(message);
});

test('names an encryption that it does not know, with a command that converts the file', async () => {
	// The object identifier of AES-256-CBC with its last arc changed.
	const oid = Buffer.from('60864801650304012a', 'hex');
	const bytes = bytesOf('pkcs8.pem')
		.toString('utf8')
		.replace(/-----[^-]+-----|\s/g, '');
	const der = Buffer.from(bytes, 'base64');
	der.writeUInt8(0x7a, der.indexOf(oid) + oid.length - 1);
	const error = await readSigningKey(der.toString('base64'), ASCII).then(
		() => undefined,
		(thrown: GuichetError) => thrown,
	);
	expect(error?.message).toMatch(
		/encrypted with the cipher 2\.16\.840\.1\.101\.3\.4\.1\.122, which/,
	);
	expect(error?.details.hint).toContain('openssl pkcs8 -topk8');
});

/** Processor time of this thread, in milliseconds; 0 where the system does not tell it. */
function processorMs(): number {
	const file = `/proc/self/task/${process.pid}/schedstat`;
	if (!existsSync(file)) return 0;
	return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6;
}

test.each([
	['iterations-600000.p12', 'PKCS#12 file (aes-256-cbc)'],
	['pkcs8-iterations-600000.pem', 'PKCS#8 PEM, encrypted'],
])('lets the event loop go on while it opens %s, and opens it once', async (file, form) => {
	let turns = 0;
	let done = false;
	let longest = 0;
	let before = processorMs();
	const turn = () => {
		turns += 1;
		const now = processorMs();
		longest = Math.max(longest, now - before);
		before = now;
		if (!done) setImmediate(turn);
	};
	setImmediate(turn);
	const text = keyFileText(file);
	const [first, second] = await Promise.all([
		readSigningKey(text, ASCII),
		readSigningKey(text, ASCII),
	]);
	done = true;
	expect(first.form).toBe(form);
	expect(first.key.equals(key)).toBe(true);
	expect(second).toBe(first);
	expect(await readSigningKey(text, ASCII)).toBe(first);
	// In one piece there would be one or two.
	expect(turns).toBeGreaterThan(10);
	// Of the processor, whatever else this machine does meanwhile.
	expect(longest).toBeLessThan(50);
});
