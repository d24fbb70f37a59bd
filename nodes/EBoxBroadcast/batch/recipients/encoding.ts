import { TextDecoder } from 'node:util';
import { BroadcastError } from '../errors';

/** Encodings of recipient files that occur; the names are those of the WHATWG Encoding Standard. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface DetectedEncoding {
	encoding: Encoding;
	bom: boolean;
}

const BOMS: ReadonlyArray<[Encoding, readonly number[]]> = [
	['utf-8', [0xef, 0xbb, 0xbf]],
	['utf-16le', [0xff, 0xfe]],
	['utf-16be', [0xfe, 0xff]],
];

/**
 * Tells the encoding of a file from its beginning: a byte order mark; else zero bytes in every
 * other place (UTF-16 of digits); else UTF-8 when the bytes are well-formed; else windows-1252,
 * which contains ISO 8859-1 and, for digits and separators, every other 8-bit code.
 */
export function detectEncoding(sample: Uint8Array): DetectedEncoding {
	for (const [encoding, bom] of BOMS) {
		if (bom.every((byte, i) => sample[i] === byte)) return { encoding, bom: true };
	}
	let even = 0;
	let odd = 0;
	sample.forEach((byte, i) => {
		if (byte === 0 && i % 2 === 0) even++;
		else if (byte === 0) odd++;
	});
	const many = sample.length / 4;
	if (odd > many && even <= many) return { encoding: 'utf-16le', bom: false };
	if (even > many && odd <= many) return { encoding: 'utf-16be', bom: false };
	return { encoding: isUtf8(sample) ? 'utf-8' : 'windows-1252', bom: false };
}

/** Well-formed UTF-8, a character cut off at the end of the sample allowed. */
function isUtf8(sample: Uint8Array): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
		return true;
	} catch {
		return false;
	}
}

/** Making a decoder takes longer than reading a cell with it. */
const decoders = new Map<Encoding, TextDecoder>();

/** The text of a cell or a sample, for people to read. */
export function decode(bytes: Uint8Array, encoding: Encoding): string {
	const decoder = decoders.get(encoding) ?? new TextDecoder(encoding);
	decoders.set(encoding, decoder);
	return decoder.decode(bytes);
}

/**
 * Makes a file's bytes such that ASCII bytes stand for themselves, chunk by chunk: takes the byte
 * order mark away and turns UTF-16 into UTF-8. Other bytes pass untouched.
 */
export class AsciiCompatible {
	private readonly decoder: TextDecoder | undefined;
	private bomLeft: number;

	constructor({ encoding, bom }: DetectedEncoding) {
		const wide = encoding === 'utf-16le' || encoding === 'utf-16be';
		// TextDecoder drops the mark of its own encoding by itself.
		this.decoder = wide ? new TextDecoder(encoding) : undefined;
		this.bomLeft = bom && encoding === 'utf-8' ? 3 : 0;
	}

	/** The encoding in which cells have to be read after this. */
	static encodingAfter(encoding: Encoding): Encoding {
		return encoding === 'windows-1252' ? encoding : 'utf-8';
	}

	push(chunk: Uint8Array): Uint8Array {
		if (this.decoder) return Buffer.from(this.decoder.decode(chunk, { stream: true }), 'utf8');
		if (this.bomLeft === 0) return chunk;
		const skip = Math.min(this.bomLeft, chunk.length);
		this.bomLeft -= skip;
		return chunk.subarray(skip);
	}

	end(): Uint8Array {
		return Buffer.from(this.decoder?.decode() ?? '', 'utf8');
	}
}

/** Reads an encoding a user typed ("latin1", "UTF-8", "Windows-1252" ...). */
export function parseEncoding(name: string): Encoding {
	try {
		const { encoding } = new TextDecoder(name.trim());
		if (
			encoding === 'utf-8' ||
			encoding === 'utf-16le' ||
			encoding === 'utf-16be' ||
			encoding === 'windows-1252'
		) {
			return encoding;
		}
	} catch {
		// Falls through to the refusal, which names the encodings that are known.
	}
	throw new BroadcastError(
		'encoding_unknown',
		`The encoding "${name}" is not known`,
		'Use utf-8, utf-16le, utf-16be, windows-1252 or latin1',
	);
}
