import { badInput } from './refusal';

export interface Part {
	name: string;
	fileName?: string;
	mediaType?: string;
	bytes: Buffer;
}

/** Reads a `multipart/form-data` body (RFC 7578). */
export function partsOf(body: Buffer, contentType: string): Part[] {
	const boundary = contentType.match(/boundary="?([^";]+)"?/)?.[1];
	if (!boundary) throw badInput('body', 'Missing boundary', undefined, 'body');
	const mark = Buffer.from(`--${boundary}`);
	const parts: Part[] = [];
	let at = body.indexOf(mark);
	while (at >= 0) {
		const from = at + mark.length;
		if (body.subarray(from, from + 2).toString() === '--') return parts;
		const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), from);
		if (next < 0) break;
		parts.push(part(body.subarray(from + 2, next)));
		at = next + 2;
	}
	throw badInput('body', 'The last boundary is missing', undefined, 'body');
}

function part(text: Buffer): Part {
	const split = text.indexOf('\r\n\r\n');
	const head = text.subarray(0, split).toString('utf8');
	return {
		name: head.match(/[; ]name="([^"]*)"/)?.[1] ?? '',
		fileName: head.match(/filename="([^"]*)"/)?.[1],
		mediaType: head.match(/^content-type:\s*(\S+)/im)?.[1],
		bytes: text.subarray(split + 4),
	};
}
