import { BroadcastError } from '../errors';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const END_MARK = 0x1a;
/**
 * A quote that is never closed would swallow the rest of the file; no honest record is this long.
 */
const LONGEST_RECORD = 1024 * 1024;
const EMPTY = new Uint8Array(0);

/** The two bytes that shape a CSV file; -1 stands for "none". */
export interface CsvShape {
	separator: number;
	quote: number;
}

/** The cells of one record, valid only during the callback: offsets into the scanner's buffer. */
export class CsvRecord {
	buffer: Uint8Array = EMPTY;
	/** number of the physical line on which the record starts, from 1 */
	line = 0;
	count = 0;
	starts = new Int32Array(64);
	ends = new Int32Array(64);
	/** 1 where the cell holds doubled quotes */
	escaped = new Uint8Array(64);

	/**
	 * Nothing in any cell: an empty line, or the `;;;` of the rows below a table in a spreadsheet.
	 * The end mark of old systems (Ctrl-Z) alone on its line counts as nothing too.
	 */
	get blank(): boolean {
		for (let i = 0; i < this.count; i++) {
			if (this.starts[i] === this.ends[i]) continue;
			return this.count === 1 && this.isEndMark();
		}
		return true;
	}

	private isEndMark(): boolean {
		const start = this.starts[0] ?? 0;
		const end = this.ends[0] ?? 0;
		return end - start === 1 && this.buffer[start] === END_MARK;
	}

	/** The bytes of a cell, doubled quotes undone; undefined when the record has fewer cells. */
	cell(index: number, quote: number): Uint8Array | undefined {
		if (index >= this.count) return undefined;
		const raw = this.buffer.subarray(this.starts[index], this.ends[index]);
		if (this.escaped[index] === 0) return raw;
		const plain: number[] = [];
		let doubled = false;
		for (const byte of raw) {
			// The second quote of two; the first one stands for both.
			doubled = byte === quote && !doubled && plain.at(-1) === quote;
			if (!doubled) plain.push(byte);
		}
		return Uint8Array.from(plain);
	}

	add(start: number, end: number, escaped: boolean): void {
		if (this.count === this.starts.length) this.grow();
		this.starts[this.count] = start;
		this.ends[this.count] = end;
		this.escaped[this.count] = escaped ? 1 : 0;
		this.count++;
	}

	private grow(): void {
		const size = this.starts.length * 2;
		const wider = <T extends Int32Array | Uint8Array>(from: T, to: T): T => {
			to.set(from);
			return to;
		};
		this.starts = wider(this.starts, new Int32Array(size));
		this.ends = wider(this.ends, new Int32Array(size));
		this.escaped = wider(this.escaped, new Uint8Array(size));
	}
}

/**
 * Splits CSV bytes (any encoding in which ASCII bytes stand for themselves) into records, chunk by
 * chunk. LF, CRLF and CR end a record; a quoted cell may hold separators and line ends; a doubled
 * quote inside quotes is one quote. Bytes, not strings, because a country's worth of numbers passes
 * here: see bench/broadcast.ts.
 */
export class CsvScanner {
	private rest: Uint8Array = EMPTY;
	private line = 1;
	private readonly record = new CsvRecord();

	constructor(
		private readonly shape: CsvShape,
		private readonly onRecord: (record: CsvRecord) => void,
	) {}

	push(chunk: Uint8Array): void {
		const ready = this.rest.length === 0 ? chunk : this.afterRest(chunk);
		if (ready.length > 0) this.scan(ready, false);
	}

	/**
	 * Puts the beginning of a record together with its end in the next chunk, and gives what is to be
	 * scanned after it: without a copy of the whole chunk where that first line ends the record.
	 */
	private afterRest(chunk: Uint8Array): Uint8Array {
		const lineEnd = chunk.indexOf(LF) + 1;
		this.scan(Buffer.concat([this.rest, chunk.subarray(0, lineEnd || chunk.length)]), false);
		const left = chunk.subarray(lineEnd || chunk.length);
		return this.rest.length === 0 || left.length === 0 ? left : Buffer.concat([this.rest, left]);
	}

	/** The last record needs no line end. */
	end(): void {
		if (this.rest.length > 0) this.scan(this.rest, true);
	}

	private scan(buffer: Uint8Array, last: boolean): void {
		this.record.buffer = buffer;
		let start = 0;
		while (start < buffer.length) {
			const next = this.scanRecord(buffer, start, last);
			if (next < 0) break;
			start = next;
		}
		if (buffer.length - start > LONGEST_RECORD) {
			throw new BroadcastError(
				'quote_not_closed',
				`The record that starts on line ${this.line} does not end within one megabyte`,
				'A quote is probably opened and never closed: correct the line, or set Quote to None',
			);
		}
		// A copy, which slice() of a Buffer is not: the chunk belongs to the stream that gave it.
		this.rest = start < buffer.length ? Uint8Array.from(buffer.subarray(start)) : EMPTY;
	}

	/** @returns where the next record starts, or -1 when this one is not whole yet */
	private scanRecord(buffer: Uint8Array, start: number, last: boolean): number {
		const { separator, quote } = this.shape;
		const { record } = this;
		const { length } = buffer;
		record.count = 0;
		let lines = 0;
		let i = start;
		for (;;) {
			let cellStart = i;
			let cellEnd = -1;
			let escaped = false;
			const opening = quote < 0 ? -1 : openingQuote(buffer, i, quote);
			if (opening >= 0) {
				let j = opening + 1;
				for (; j < length; j++) {
					if (buffer[j] === quote) {
						if (buffer[j + 1] !== quote) break;
						if (j + 1 === length) break;
						escaped = true;
						j++;
					} else if (buffer[j] === LF || (buffer[j] === CR && buffer[j + 1] !== LF)) {
						lines++;
					}
				}
				if (j >= length || (j + 1 === length && !last)) {
					if (!last) return -1;
					throw new BroadcastError(
						'quote_not_closed',
						`The quote opened on line ${this.line} is never closed`,
						'Correct the line, or set Quote to None',
					);
				}
				cellStart = opening + 1;
				cellEnd = j;
				i = j + 1;
			}
			let byte = -1;
			for (; i < length; i++) {
				const next = buffer[i];
				if (next === LF || next === separator || next === CR) {
					byte = next;
					break;
				}
			}
			if (byte === -1 && !last) return -1;
			// Text after the closing quote belongs to the cell, which then is no number: never drop it.
			if (cellEnd < 0 || i > cellEnd + 1) cellEnd = i;
			record.add(cellStart, cellEnd, escaped);
			i++;
			if (byte === separator && byte !== -1) continue;
			if (byte === CR) {
				if (i === length && !last) return -1;
				if (buffer[i] === LF) i++;
			}
			record.line = this.line;
			this.line += lines + 1;
			this.onRecord(record);
			return Math.min(i, length);
		}
	}
}

/** Where the quote of a quoted cell stands (blanks before it are allowed), or -1. */
function openingQuote(buffer: Uint8Array, from: number, quote: number): number {
	let i = from;
	while (buffer[i] === SPACE) i++;
	return buffer[i] === quote ? i : -1;
}
