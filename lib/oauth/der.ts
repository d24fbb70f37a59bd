/** An element of ASN.1 in DER or BER (X.690). */
export interface Der {
	/** The identifier octet: class, constructed or not, number. */
	tag: number;
	/** The element with its header, as it stood. */
	bytes: Buffer;
	/** What stands between header and end. */
	content: Buffer;
	/** The elements of a constructed one. */
	children: Der[];
}

export const TAG = { integer: 0x02, octets: 0x04, oid: 0x06, sequence: 0x30, explicit0: 0xa0 };

const CONSTRUCTED = 0x20;

/** Key files are a dozen levels deep. */
const MAX_LEVELS = 40;

/**
 * Reads the first element of some bytes. Lengths may be indefinite, as browsers write them.
 *
 * @throws RangeError when the bytes are no ASN.1, cut off or too deep
 * @example readDer(Buffer.from('020103', 'hex')).content[0]; // 3
 */
export function readDer(bytes: Buffer, level = 0): Der {
	const [tag, first] = bytes;
	if (tag === undefined || first === undefined || level > MAX_LEVELS || (tag & 0x1f) === 0x1f)
		throw new RangeError('no ASN.1');
	if (first === 0x80) return readIndefinite(bytes, tag, level);
	const lengthBytes = first > 0x80 ? first & 0x7f : 0;
	if (lengthBytes > 4) throw new RangeError('too long');
	const start = 2 + lengthBytes;
	const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes);
	const end = start + length;
	if (end > bytes.length) throw new RangeError('cut off');
	const content = bytes.subarray(start, end);
	return {
		tag,
		bytes: bytes.subarray(0, end),
		content,
		children: (tag & CONSTRUCTED) === 0 ? [] : readAll(content, level + 1),
	};
}

function readAll(content: Buffer, level: number): Der[] {
	const children: Der[] = [];
	for (let at = 0; at < content.length;) {
		const child = readDer(content.subarray(at), level);
		children.push(child);
		at += child.bytes.length;
	}
	return children;
}

/** Up to two zero bytes in the place of an element. */
function readIndefinite(bytes: Buffer, tag: number, level: number): Der {
	const children: Der[] = [];
	let at = 2;
	for (;;) {
		if (at + 2 > bytes.length) throw new RangeError('cut off');
		if (bytes[at] === 0 && bytes[at + 1] === 0) break;
		const child = readDer(bytes.subarray(at), level + 1);
		children.push(child);
		at += child.bytes.length;
	}
	return { tag, bytes: bytes.subarray(0, at + 2), content: bytes.subarray(2, at), children };
}

/** An octet string, in one piece or in several. */
export function octetsOf(element: Der | undefined): Buffer {
	if (!element) throw new RangeError('an octet string is missing');
	return element.children.length === 0
		? element.content
		: Buffer.concat(element.children.map(octetsOf));
}

/** A whole number of at most six bytes. */
export function numberOf(element: Der | undefined): number {
	const { length = 0 } = element?.content ?? {};
	if (!element || length === 0 || length > 6) throw new RangeError('a number is missing');
	return element.content.readUIntBE(0, length);
}

/** An object identifier in its dotted form: `1.2.840.113549.1.5.13`. */
export function oidOf(element: Der | undefined): string {
	if (element?.tag !== TAG.oid) throw new RangeError('an object identifier is missing');
	const arcs: number[] = [];
	let arc = 0;
	for (const byte of element.content) {
		arc = arc * 128 + (byte & 0x7f);
		if (byte < 0x80) {
			arcs.push(arc);
			arc = 0;
		}
	}
	const [first = 0, ...rest] = arcs;
	const root = Math.min(Math.floor(first / 40), 2);
	return [root, first - root * 40, ...rest].join('.');
}
