/** Byte order marks, longest first where one begins like another. */
const BYTE_ORDER_MARKS: Array<[Buffer, string]> = [
	[Buffer.from([0xef, 0xbb, 0xbf]), 'utf-8'],
	[Buffer.from([0xff, 0xfe]), 'utf-16le'],
	[Buffer.from([0xfe, 0xff]), 'utf-16be'],
];

/**
 * An XML declaration stands at the very beginning, in characters that all usual encodings share.
 */
const DECLARATION_LENGTH = 200;

/**
 * The text that a service sent as bytes. A byte order mark decides, then the charset of
 * `Content-Type`, then an XML declaration (RFC 7303, section 3); UTF-8 otherwise.
 *
 * @param contentType the header's value; a charset that is not known counts as none
 * @returns the text without its byte order mark
 * @example decodeText(Buffer.from([0xe9]), 'text/plain; charset=iso-8859-1') // 'é'
 */
export function decodeText(bytes: Buffer, contentType: string | undefined): string {
	const mark = BYTE_ORDER_MARKS.find(([start]) => bytes.subarray(0, start.length).equals(start));
	const candidates = [mark?.[1], charsetOf(contentType), declaredEncoding(bytes)];
	for (const name of candidates) {
		const decoder = name === undefined ? undefined : decoderFor(name);
		if (decoder) return decoder.decode(bytes);
	}
	return bytes.toString('utf8');
}

const charsetOf = (contentType = ''): string | undefined =>
	/;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1];

function declaredEncoding(bytes: Buffer): string | undefined {
	const start = bytes.subarray(0, DECLARATION_LENGTH).toString('latin1');
	const name = /^\s*<\?xml\s[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/i.exec(start)?.[1];
	// .NET writes "utf-16" into texts that it then sends as UTF-8. Read byte by byte, the declaration
	// of a real one would not have been found.
	return name !== undefined && /^(utf-?16|ucs-?2|unicode)/i.test(name) ? undefined : name;
}

function decoderFor(name: string): InstanceType<typeof TextDecoder> | undefined {
	try {
		return new TextDecoder(name);
	} catch {
		return undefined;
	}
}
