/**
 * Deeper documents overflow the stack of whatever walks them later: n8n's own serialization too.
 */
const MAX_DEPTH = 100;

/** A text that cannot be used as JSON; the message follows the name of who sent it. */
export class UnreadableJson extends Error {
	constructor(
		readonly reason: 'not_json' | 'too_deep',
		message: string,
	) {
		super(message);
	}
}

/**
 * Reads JSON that came from outside. A byte order mark at its beginning is skipped.
 *
 * @returns `undefined` for an empty text
 * @throws UnreadableJson for what is no JSON, and for a document that is nested too deeply
 * @example parseJson('{"id":"7"}')
 */
export function parseJson(text: string): unknown {
	const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	if (plain.trim() === '') return undefined;
	if (isDeeperThan(plain, MAX_DEPTH))
		throw new UnreadableJson(
			'too_deep',
			`answered with a document that is nested more than ${MAX_DEPTH} levels deep`,
		);
	try {
		return JSON.parse(plain) as unknown;
	} catch {
		throw notJson();
	}
}

const notJson = (): UnreadableJson =>
	new UnreadableJson('not_json', 'answered with something that is not JSON');

/** Counts brackets outside strings, without a stack of its own. */
function isDeeperThan(text: string, limit: number): boolean {
	if (text.length <= limit) return false;
	let depth = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) at = endOfString(text, at);
		else if (code === BRACKET || code === BRACE) {
			if (++depth > limit) return true;
		} else if (code === BRACKET_END || code === BRACE_END) depth--;
	}
	return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

/** Where the string that begins at `start` ends; the end of the text for one that is cut off. */
function endOfString(text: string, start: number): number {
	for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
		let backslashes = 0;
		while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
		if (backslashes % 2 === 0) return end;
	}
	return text.length;
}

/**
 * A JSON object, and neither null nor a list.
 *
 * @example isObject([]) // false
 */
export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A value where it is a text; nothing for anything else.
 *
 * @example textIn(7) // undefined
 */
export const textIn = (value: unknown): string | undefined =>
	typeof value === 'string' ? value : undefined;

/**
 * A text without the white space around it; empty for anything that is no text.
 *
 * @example trimmedText(' Lyon ') // 'Lyon'
 */
export const trimmedText = (value: unknown): string =>
	typeof value === 'string' ? value.trim() : '';

/**
 * Like `trimmedText`, for fields that some services write as a number: versions, ids, codes.
 *
 * @example textOrNumber(2.1) // '2.1'
 */
export const textOrNumber = (value: unknown): string =>
	typeof value === 'number' ? String(value) : trimmedText(value);
