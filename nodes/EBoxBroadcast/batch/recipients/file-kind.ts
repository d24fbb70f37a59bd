import { BroadcastError } from '../errors';

/** A kind of file that is no text, by its first bytes. */
interface FileKind {
	/** what the error calls it */
	name: string;
	hint: string;
	begins: readonly number[];
}

const SAVE_AS = 'Open it in a spreadsheet, save it as "CSV UTF-8" or as .xlsx, and give that file';
const bytes = (text: string): number[] => [...Buffer.from(text, 'latin1')];

const KINDS: readonly FileKind[] = [
	{
		name: 'an old Excel file (.xls), or a workbook protected by a password',
		hint: SAVE_AS,
		begins: [0xd0, 0xcf, 0x11, 0xe0],
	},
	{
		name: 'a PDF document',
		hint: 'Give the list itself: a CSV or .xlsx file',
		begins: bytes('%PDF-'),
	},
	{
		name: 'a gzip archive',
		hint: 'Unpack it, and give the file that lies in it',
		begins: [0x1f, 0x8b],
	},
	{
		name: 'a bzip2 archive',
		hint: 'Unpack it, and give the file that lies in it',
		begins: bytes('BZh'),
	},
	{
		name: 'a 7-Zip archive',
		hint: 'Unpack it, and give the file that lies in it',
		begins: bytes('7z\xbc\xaf'),
	},
	{
		name: 'a RAR archive',
		hint: 'Unpack it, and give the file that lies in it',
		begins: bytes('Rar!'),
	},
	{ name: 'a PNG image', hint: 'Give the list itself', begins: bytes('\x89PNG') },
	{ name: 'a JPEG image', hint: 'Give the list itself', begins: [0xff, 0xd8, 0xff] },
	{ name: 'an RTF document', hint: SAVE_AS, begins: bytes('{\\rtf') },
];

const startsWith = (sample: Uint8Array, begins: readonly number[]): boolean =>
	begins.every((byte, i) => sample[i] === byte);

/** Whether the file is a ZIP archive, which every .xlsx file is. */
export function isZip(sample: Uint8Array): boolean {
	return startsWith(sample, [0x50, 0x4b, 0x03, 0x04]);
}

/**
 * Refuses what is no text by its first bytes, and names it as what it is.
 *
 * @throws BroadcastError not_text
 * @example
 * assertText(Buffer.from('85073003328\n')); // passes
 * assertText(Buffer.from('%PDF-1.7')); // throws: The list is a PDF document, not text
 */
export function assertText(sample: Uint8Array): void {
	const kind = KINDS.find(({ begins }) => startsWith(sample, begins)) ?? kindByContent(sample);
	if (!kind) return;
	throw new BroadcastError('not_text', `The list is ${kind.name}, not text`, kind.hint);
}

function kindByContent(sample: Uint8Array): Omit<FileKind, 'begins'> | undefined {
	if (isEbcdic(sample)) {
		return {
			name: 'in EBCDIC, the code of a mainframe',
			hint: 'Ask for a transfer in text mode (ASCII), or convert it, for instance with iconv',
		};
	}
	const start = Buffer.from(sample.subarray(0, 1000)).toString('latin1').replaceAll('\0', '');
	const text = start.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '').trimStart();
	if (/^<(?:!doctype html|html|table|head|meta|style)/i.test(text)) {
		return { name: 'a web page, perhaps under the name of an Excel file', hint: SAVE_AS };
	}
	if (/^<\?xml/i.test(text)) return { name: 'an XML document', hint: SAVE_AS };
	if (/^(?:\[\s*["{[]|\{\s*")/.test(text)) {
		return {
			name: 'JSON',
			hint: 'Use Extract From File, and Recipients From: Items, to check numbers in JSON',
		};
	}
	return isBinary(sample)
		? { name: 'a binary file', hint: 'Give a CSV, text or .xlsx file' }
		: undefined;
}

/** Digits are 0xF0 to 0xF9 in EBCDIC; a text in ASCII has others. */
function isEbcdic(sample: Uint8Array): boolean {
	let ebcdic = 0;
	let ascii = 0;
	for (const byte of sample) {
		if (byte >= 0xf0 && byte <= 0xf9) ebcdic++;
		else if (byte >= 0x30 && byte <= 0x39) ascii++;
	}
	return ebcdic > sample.length / 4 && ascii === 0;
}

/**
 * UTF-16 has a zero in every other place, or its mark; other texts have hardly a control character.
 */
function isBinary(sample: Uint8Array): boolean {
	const marked =
		(sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff);
	if (marked) return false;
	let even = 0;
	let odd = 0;
	let controls = 0;
	sample.forEach((byte, i) => {
		if (byte === 0 && i % 2 === 0) even++;
		else if (byte === 0) odd++;
		else if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1a)) controls++;
	});
	const many = sample.length / 4;
	const wide = [even, odd].filter((count) => count > many).length === 1;
	return (wide ? controls : even + odd + controls) > sample.length / 10;
}
