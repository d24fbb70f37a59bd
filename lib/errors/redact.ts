import { shapesOf } from './secret-shapes';

const MASK = '***';

/**
 * Texts that are secret wherever they stand, whoever wrote them: a server may echo what it was
 * sent.
 */
const SECRET_PATTERNS: Array<[RegExp, string]> = [
	[/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${MASK}`],
	[/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/g, MASK],
	[/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(-----END [A-Z0-9 ]+-----|$)/g, MASK],
	[
		/\b(access_token|refresh_token|client_secret|client_assertion|password|passphrase)((?:\\*["']|&quot;)?\s*[=:]\s*(?:\\*["']|&quot;)?)(?:[^\s"'&,;}\\]|\\(?!["']))+/gi,
		`$1$2${MASK}`,
	],
	[
		/(?:<|&lt;|\\u003c)[\w.-]*:?(Envelope|Security|UsernameToken|Password|Nonce)\b[\s\S]*/gi,
		'<XML left out>',
	],
];

/**
 * A UUID, which is kept, or a national number, which is not: Belgian, plain or in its usual
 * notation (yy.mm.dd-nnn.cc), or French (NIR, with its key), plain or in groups.
 */
const UUID_OR_NATIONAL_NUMBER = new RegExp(
	[
		/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
		/(?<!\d)\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. -]?\d{2}(?!\d)/,
		/(?<!\d)[12][. ]?\d{2}[. ]?(?:0[1-9]|1[0-2]|[2-9]\d)[. ]?(?:\d{2}|2[ab])[. ]?\d{3}[. ]?\d{3}[. ]?\d{2}(?!\d)/,
	]
		.map(({ source }) => source)
		.join('|'),
	'gi',
);

const UUID = /^[0-9a-f]{8}-/i;

/**
 * Takes out of a text everything that must not be shown or stored.
 *
 * @param text any text that did not come from this package's own source
 * @param secrets values known to be secret in this call (token, client secret, password); shorter
 *   than four characters are ignored
 */
export function redact(text: string, secrets: readonly string[] = []): string {
	let clean = text;
	// The longest first: one secret may be the beginning of another.
	const shapes = [...new Set(secrets.filter(({ length }) => length >= 4).flatMap(shapesOf))].sort(
		(a, b) => b.length - a.length,
	);
	for (const shape of shapes) clean = clean.split(shape).join(MASK);
	for (const [pattern, replacement] of SECRET_PATTERNS) clean = clean.replace(pattern, replacement);
	return clean.replace(UUID_OR_NATIONAL_NUMBER, (found) => (UUID.test(found) ? found : MASK));
}

/**
 * The longest text of a server that is shown: enough for a sentence or three, too little for an
 * envelope or a page.
 */
const LONGEST_TEXT = 1000;

/** The elements of a web page that begin a line of their own. */
const BLOCK = /<\/?(?:title|h[1-6]|p|div|center|hr|br|li|tr|body)\b/gi;

/**
 * A readable text of few lines from a server's text: redacted, without markup and control
 * characters, cut at a bearable length.
 *
 * @example presentable('<h1>Sorry</h1> token=s3cret-value', ['s3cret-value'])
 */
export function presentable(text: string, secrets: readonly string[] = []): string {
	const redacted = redact(text, secrets);
	const lined = redacted.replace(BLOCK, '\n$&');
	const plain = lined
		.replace(/<(style|script)\b[\s\S]*?(<\/\1>|$)/gi, ' ')
		.replace(/<[^<>]{0,200}>/g, ' ')
		.replace(/[^\P{Cc}\n]/gu, ' ')
		.replace(/[^\S\n]+/g, ' ')
		.replace(/ ?(?:\n ?)+/g, '\n')
		.trim();
	const shown = lined === redacted ? plain : withoutEchoes(plain);
	return shown.length > LONGEST_TEXT ? `${shown.slice(0, LONGEST_TEXT)}…` : shown;
}

/** A web page says its title again in its heading, in whole or in part. */
function withoutEchoes(page: string): string {
	const said: string[] = [];
	for (const line of page.slice(0, 4 * LONGEST_TEXT).split('\n'))
		if (!said.some((earlier) => ` ${earlier} `.includes(` ${line} `))) said.push(line);
	return said.join('\n');
}

/**
 * A URL as it may be shown: without user information, and with the names but not the values of its
 * query.
 *
 * @example presentableUrl('https://user:pw@host.example/a?token=1')
 */
export function presentableUrl(url: string): string {
	let parsed: URL;
	try {
		parsed = new URL(url);
	} catch {
		return redact(url.replace(/[?#].*$/s, ''));
	}
	const names = [...new Set(parsed.searchParams.keys())];
	const query = names.length > 0 ? `?${names.map((name) => `${name}=…`).join('&')}` : '';
	return redact(`${parsed.origin}${parsed.pathname}`) + query;
}
