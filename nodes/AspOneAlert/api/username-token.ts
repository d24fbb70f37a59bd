import { createHash, randomBytes } from 'node:crypto';

import { escapedXml } from './xml-text';

const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';

/**
 * Namespaces and types of the UsernameToken Profile 1.0 (OASIS, 2004), which the 1.1 profile keeps.
 */
const WSSE = {
	security: `${WSS}-wssecurity-secext-1.0.xsd`,
	utility: `${WSS}-wssecurity-utility-1.0.xsd`,
	passwordDigest: `${WSS}-username-token-profile-1.0#PasswordDigest`,
	base64Binary: `${WSS}-soap-message-security-1.0#Base64Binary`,
} as const;

/**
 * `Base64(SHA-1(nonce + created + password))`, with the nonce as bytes and the texts as UTF-8
 * without normalisation (OASIS UsernameToken Profile 1.1, section 3.1).
 *
 * @param created exactly as it is written into the message
 */
export function passwordDigest(nonce: Buffer, created: string, password: string): string {
	return createHash('sha1')
		.update(nonce)
		.update(created, 'utf8')
		.update(password, 'utf8')
		.digest('base64');
}

const SOAP_ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

export interface WhiteLabel {
	login: string;
	password: string;
}

/**
 * The `wsse:Security` header that identifies the white label ("marque blanche"). Digest only, no
 * timestamp, a nonce of 16 random bytes: made anew for every message, because receivers reject a
 * nonce that comes twice.
 */
export function securityHeader(
	{ login, password }: WhiteLabel,
	now = new Date(),
	nonce = randomBytes(16),
): string {
	const created = now.toISOString().replace(/\.\d+Z$/, 'Z');
	return (
		`<wsse:Security xmlns:wsse="${WSSE.security}" xmlns:wsu="${WSSE.utility}" xmlns:env="${SOAP_ENVELOPE}" env:mustUnderstand="1">` +
		'<wsse:UsernameToken>' +
		`<wsse:Username>${escapedXml('White-Label Login', login)}</wsse:Username>` +
		`<wsse:Password Type="${WSSE.passwordDigest}">${passwordDigest(nonce, created, password)}</wsse:Password>` +
		`<wsse:Nonce EncodingType="${WSSE.base64Binary}">${nonce.toString('base64')}</wsse:Nonce>` +
		`<wsu:Created>${created}</wsu:Created>` +
		'</wsse:UsernameToken></wsse:Security>'
	);
}
