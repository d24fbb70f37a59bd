/** One armoured block of a PEM text, freed from whatever happened to its line ends. */
export interface PemBlock {
	/** `RSA PRIVATE KEY`, `CERTIFICATE` … */
	label: string;
	/** The block as OpenSSL wants it: lines of 64 characters. */
	pem: string;
	/** Encrypted with a passphrase: PKCS#8 by its label, the older form by its header. */
	encrypted: boolean;
}

/**
 * The header of a key that OpenSSL encrypted in its older form (RFC 1421): `Proc-Type: 4,ENCRYPTED
 * DEK-Info: AES-256-CBC,8F3A…`.
 */
const OLD_ENCRYPTION =
	/^\s*Proc-Type:\s*4,\s*ENCRYPTED\s*DEK-Info:\s*((?:AES-\d+-[A-Z]+),[0-9A-F]{32}|(?:[A-Z0-9-]+),[0-9A-F]{16})/i;

/**
 * Undoes what a form, a shell or a JSON file does to a text of several lines: `\n` as two
 * characters, quotes around it, a byte order mark.
 *
 * @example plainLines('"one\\ntwo"') // 'one\ntwo'
 */
export function plainLines(text: string): string {
	return text
		.replace(/^\uFEFF/, '')
		.trim()
		.replace(/^(["'])([\s\S]*)\1$/, '$2')
		.replace(/(?:\\+r)?\\+n|\\+r/g, '\n')
		.trim();
}

/**
 * The blocks of a PEM text whose line ends may be line ends, spaces, `\n` as text, or gone.
 *
 * @example pemBlocks('-----BEGIN X-----AAAA-----END X-----').map(({ label }) => label) // ['X']
 */
export function pemBlocks(text: string): PemBlock[] {
	const armour = /-----BEGIN ([A-Z0-9 ]+?)-----([\s\S]*?)-----END \1-----/g;
	return [...plainLines(text).matchAll(armour)].map(([, label = '', content = '']) =>
		block(label, content),
	);
}

function block(label = '', content = ''): PemBlock {
	const header = OLD_ENCRYPTION.exec(content);
	const base64 = content.slice(header?.[0].length ?? 0).replace(/\s+/g, '');
	const lines = base64.match(/.{1,64}/g) ?? [];
	const head = header ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${header[1]}`, ''] : [];
	return {
		label,
		pem: [`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`, ''].join('\n'),
		encrypted: header !== null || label === 'ENCRYPTED PRIVATE KEY',
	};
}

/**
 * Armours DER bytes.
 *
 * @example pemOf('CERTIFICATE', certificate.raw)
 */
export function pemOf(label: string, der: Buffer): string {
	return block(label, der.toString('base64')).pem;
}

/**
 * The bytes of a base64 text (either alphabet, any white space), or `undefined` when it is not one.
 *
 * @example base64Bytes('c29tZSBieXRlcyBvZiBhIGtleQ==')?.length // 19
 */
export function base64Bytes(text: string): Buffer | undefined {
	const compact = plainLines(text).replace(/\s+/g, '');
	return /^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}
