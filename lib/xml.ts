/** Characters that XML 1.0 cannot hold, not even escaped (section 2.2). */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/**
 * Whether the text can stand in an XML document.
 *
 * @example fitsXml('a\u0000b') // false
 */
export function fitsXml(text: string): boolean {
	return !FORBIDDEN.test(text);
}

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
	'\t': '&#9;',
	'\n': '&#10;',
	'\r': '&#13;',
};

/**
 * Escapes a text for the content of an element or for an attribute, so that it arrives as it is:
 * an XML reader changes white space in attributes and line ends everywhere.
 *
 * @example escapeXml('a & b') // 'a &amp; b'
 */
export function escapeXml(text: string): string {
	return text.replace(/[&<>"'\t\n\r]/g, (character) => ENTITIES[character] ?? character);
}
