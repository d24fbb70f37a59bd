import { Readable } from 'node:stream';

/** Body of an answer. A stream is opened only when it is sent and says its length beforehand. */
export type AnswerBody =
	| { json: unknown; type?: string }
	| { text: string; type: string }
	| { bytes: Uint8Array; type: string }
	| { open: () => Readable; length: number; type: string };

/** What a mock server answers to a call. */
export interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: AnswerBody;
}

export function json(status: number, value: unknown, headers?: Record<string, string>): Answer {
	return { status, body: { json: value }, headers };
}

export function html(status: number, page: string): Answer {
	return { status, body: { text: page, type: 'text/html; charset=utf-8' } };
}

export function empty(status = 204, headers?: Record<string, string>): Answer {
	return { status, headers };
}

/** A body ready to be written: all of it, or a stream of a known length. */
export interface WireBody {
	type: string;
	length: number;
	content: Buffer | (() => Readable);
}

/** Turns the body of an answer into bytes (or a stream) with type and length. */
export function toWire(body: AnswerBody): WireBody {
	if ('open' in body) {
		return { type: body.type, length: body.length, content: body.open };
	}
	if ('bytes' in body) {
		return whole(Buffer.from(body.bytes), body.type);
	}
	if ('text' in body) {
		return whole(Buffer.from(body.text, 'utf8'), body.type);
	}
	return whole(Buffer.from(JSON.stringify(body.json), 'utf8'), body.type ?? 'application/json');
}

function whole(content: Buffer, type: string): WireBody {
	return { type, length: content.length, content };
}
