import { generateKeyPairSync } from 'node:crypto';

import type { GuichetError } from '../../../../lib/errors/guichet-error';
import { readSigningKey } from '../../../../lib/oauth/private-key';
import {
	encryptedPkcs1,
	encryptedPkcs8,
	newPair,
	type Pair,
	pkcs1,
	pkcs12Of,
	tellTale,
} from '../social-security/key-material';

const PASSPHRASE = 'de trein naar Oostende $1';
const pair: Pair = newPair();

const der = (type: 'pkcs1' | 'pkcs8') =>
	pair.key.export({ type, format: 'der' }).toString('base64');

const forms: Array<[string, string, string?]> = [
	['PKCS#8 PEM', pair.pkcs8],
	['PKCS#1 PEM', pkcs1(pair)],
	['PEM with Windows line ends', pair.pkcs8.replace(/\n/g, '\r\n')],
	['PEM whose line ends became \\n as text', pair.pkcs8.replace(/\n/g, '\\n')],
	['PEM whose line ends became \\r\\n as text', pair.pkcs8.replace(/\n/g, '\\r\\n')],
	['PEM whose line ends were escaped twice', pair.pkcs8.replace(/\n/g, '\\\\n')],
	['PEM whose line ends became spaces', pair.pkcs8.replace(/\n/g, ' ')],
	['PEM whose line ends are gone', pair.pkcs8.replace(/\n/g, '')],
	['PEM as a JSON string', JSON.stringify(pair.pkcs8)],
	[
		'PEM behind the bag attributes that OpenSSL writes',
		`Bag Attributes\n  localKeyID: 01\n${pair.pkcs8}`,
	],
	['PEM of the certificate and the key', `${pair.certificate}${pair.pkcs8}`],
	['base64 of a PEM', Buffer.from(pair.pkcs8).toString('base64')],
	[
		'base64 of a PKCS#1 PEM, in lines',
		Buffer.from(pkcs1(pair)).toString('base64').replace(/.{76}/g, '$&\n'),
	],
	['bare base64 of a PKCS#8 key', der('pkcs8')],
	['bare base64 of a PKCS#1 key', der('pkcs1')],
	['encrypted PKCS#8 PEM', encryptedPkcs8(pair, PASSPHRASE), PASSPHRASE],
	[
		'encrypted PKCS#8 PEM with spaces',
		encryptedPkcs8(pair, PASSPHRASE).replace(/\n/g, ' '),
		PASSPHRASE,
	],
	['encrypted PKCS#1 PEM', encryptedPkcs1(pair, PASSPHRASE), PASSPHRASE],
	[
		'encrypted PKCS#1 PEM with spaces',
		encryptedPkcs1(pair, PASSPHRASE).replace(/\n/g, ' '),
		PASSPHRASE,
	],
	[
		'encrypted PKCS#1 PEM without line ends',
		encryptedPkcs1(pair, PASSPHRASE).replace(/\n/g, ''),
		PASSPHRASE,
	],
	[
		'base64 of an encrypted PEM',
		Buffer.from(encryptedPkcs8(pair, PASSPHRASE)).toString('base64'),
		PASSPHRASE,
	],
	['PKCS#12 with AES', pkcs12Of(pair, PASSPHRASE), PASSPHRASE],
	['PKCS#12 with 3DES', pkcs12Of(pair, PASSPHRASE, '3des'), PASSPHRASE],
	['PKCS#12 with an empty passphrase', pkcs12Of(pair, ''), ''],
	['a plain key with a passphrase that is not needed', pair.pkcs8, PASSPHRASE],
];

test.each(forms)('reads %s', async (...[, text, passphrase = '']) => {
	const { key } = await readSigningKey(text, passphrase);
	expect(key.equals(pair.key)).toBe(true);
});

test('finds the certificate beside the key, in a PEM and in a PKCS#12 file', async () => {
	const inPem = await readSigningKey(`${pair.pkcs8}${pair.certificate}`);
	const inFile = await readSigningKey(pkcs12Of(pair, PASSPHRASE), PASSPHRASE);
	for (const { certificates } of [inPem, inFile]) expect(certificates).toHaveLength(1);
});

const other = newPair();
const ec = generateKeyPairSync('ec', {
	namedCurve: 'P-256',
	publicKeyEncoding: { type: 'spki', format: 'pem' },
	privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const short = generateKeyPairSync('rsa', {
	modulusLength: 1024,
	publicKeyEncoding: { type: 'spki', format: 'pem' },
	privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const opened = pkcs12Of(pair, PASSPHRASE);

const mistakes: Array<[string, string, string, RegExp]> = [
	['nothing', ' \n', '', /^Private Key is empty/],
	['words', 'my private key', '', /in no known format/],
	['a path', '/etc/ssl/private/employer.key', '', /in no known format/],
	[
		'base64 of something else',
		Buffer.from('x'.repeat(400)).toString('base64'),
		'',
		/in no known format/,
	],
	['the certificate', pair.certificate, '', /is a certificate and not a private key/],
	[
		'the certificate without armour',
		pair.certificate.replace(/-----[^-]+-----/g, ''),
		'',
		/is a certificate and not/,
	],
	['a public key', ec.publicKey, '', /is a public key/],
	[
		'a certificate request',
		'-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----',
		'',
		/is a certificate request/,
	],
	[
		'an OpenSSH key',
		'-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----',
		'',
		/format of OpenSSH/,
	],
	['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-rsa', '', /format of PuTTY/],
	[
		'a Java key store',
		Buffer.from('feedfeed0000000200000001', 'hex').toString('base64').padEnd(40, 'A'),
		'',
		/Java key store/,
	],
	['the first half of a key', pair.pkcs8.slice(0, 800), '', /is cut off/],
	['a key with a part missing', pair.pkcs8.replace(/\n.{64}\n/, '\n'), '', /damaged or incomplete/],
	['two keys', `${pair.pkcs8}${other.pkcs8}`, '', /holds 2 private keys/],
	['an encrypted key without passphrase', encryptedPkcs8(pair, PASSPHRASE), '', /is encrypted/],
	[
		'an encrypted key with a wrong passphrase',
		encryptedPkcs8(pair, PASSPHRASE),
		'wrong one',
		/^Passphrase does not open the private key/,
	],
	[
		'an old encrypted key with a wrong passphrase',
		encryptedPkcs1(pair, PASSPHRASE),
		'wrong one',
		/^Passphrase does not open the private key/,
	],
	['a PKCS#12 file without passphrase', opened, '', /PKCS#12 file that is protected/],
	[
		'a PKCS#12 file with a wrong passphrase',
		opened,
		'wrong one',
		/^Passphrase does not open the PKCS#12 file/,
	],
	['half a PKCS#12 file', opened.slice(0, 1000), PASSPHRASE, /damaged or incomplete/],
	['an elliptic curve key', ec.privateKey, '', /is not an RSA key/],
	['a short key', short.privateKey, '', /too short: it has 1024 bits/],
];

test.each(mistakes)(
	'refuses %s with a message of its own',
	async (_name, text, passphrase, message) => {
		const error = await readSigningKey(text, passphrase).then(
			() => undefined,
			(thrown: GuichetError) => thrown,
		);
		expect(error?.message).toMatch(message);
		expect(error?.code).toBe('invalid_input');
		const shown = JSON.stringify(error) + error?.description + String(error?.stack);
		expect(shown).not.toContain(tellTale(pair.pkcs8));
		expect(shown).not.toContain(PASSPHRASE);
	},
);
