const MASK = '***';

/** Names of fields whose values are secrets, in forms and JSON alike. */
const SECRET_FIELDS =
	'client_secret|client_assertion|password|access_token|refresh_token|id_token|assertion';

const FORM_FIELD = new RegExp(`(^|&)(${SECRET_FIELDS})=[^&]*`, 'gi');
const JSON_FIELD = new RegExp(`("(?:${SECRET_FIELDS})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
/**
 * The text of `Password` and `BinarySecurityToken` elements of WS-Security headers, whatever
 * their prefix.
 */
const SOAP_ELEMENT = /(<(?:[\w-]+:)?(?:Password|BinarySecurityToken)\b[^>]*>)[^<]*(<\/)/gi;

/** The same text with the values of secret fields masked; what the log keeps. */
function maskSecrets(text: string): string {
	return text
		.replace(FORM_FIELD, `$1$2=${MASK}`)
		.replace(JSON_FIELD, `$1"${MASK}"`)
		.replace(SOAP_ELEMENT, `$1${MASK}$2`);
}

/** Only textual bodies are masked: a change in binary ones would falsify what a test compares. */
export function maskBody(body: Buffer | null, contentType: string | undefined): Buffer | null {
	if (body === null || !/json|xml|text|x-www-form-urlencoded/i.test(contentType ?? '')) return body;
	const text = body.toString('utf8');
	const masked = maskSecrets(text);
	return masked === text ? body : Buffer.from(masked, 'utf8');
}

/**
 * Headers for the log: joined values, `Authorization` and `Proxy-Authorization` reduced to the
 * scheme.
 */
export function maskHeaders(
	headers: Record<string, string | string[] | number | undefined>,
): Record<string, string> {
	const masked: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined) continue;
		const text = Array.isArray(value) ? value.join(', ') : String(value);
		const lower = name.toLowerCase();
		masked[lower] = /^(proxy-)?authorization$|^(set-)?cookie$/.test(lower)
			? (text.split(/[ =]/)[0] ?? '')
			: text;
	}
	return masked;
}
