import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import { parser as saxParser, type QualifiedTag, type Tag } from 'sax';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';

import { BroadcastError } from '../errors';
import { restoreZeros } from './notation';
import { SharedStrings } from './shared-strings';

/** Compressed bytes of a workbook; its parts lie in any order, so the archive is held in memory. */
const LARGEST_WORKBOOK = 64 * 1024 * 1024;
/** Unpacked bytes of one part: against archives that unpack to something without an end. */
const LARGEST_PART = 2 * 1024 * 1024 * 1024;
/** Limits of Excel itself. */
const MOST_ROWS = 1_048_576;
const MOST_COLUMNS = 16_384;
/** Rows are handed on in pieces of about this many characters. */
const PIECE = 64 * 1024;

const AS_CSV = 'Open it in a spreadsheet, save it as "CSV UTF-8", and give that file';

function damaged(why: string, hint = AS_CSV): BroadcastError {
	return new BroadcastError('workbook', `The workbook cannot be read: ${why}`, hint);
}

/** A sheet of a workbook as CSV: what {@link openWorkbook} gives. */
export interface SheetAsCsv {
	sheet: string;
	sheetCount: number;
	/** `;` between cells, `"` around them where needed, UTF-8; line n is row n of the sheet */
	rows: AsyncIterable<Uint8Array>;
	/** rows that a filter or a person has hidden; complete when `rows` has been read */
	hiddenRows(): number;
	/** numbers of a column whose lost zeros were restored; complete when `rows` has been read */
	restoredZeros(column: number): number;
}

/**
 * Opens an .xlsx file and gives one sheet row by row. Cells that hold a number can have no leading
 * zeros: they get them back when the check number proves that they were lost.
 *
 * @param wanted name of the sheet; the first visible one when left out
 * @throws BroadcastError workbook, sheet_not_found
 */
export async function openWorkbook(
	chunks: AsyncIterable<Uint8Array>,
	wanted?: string,
): Promise<SheetAsCsv> {
	const parts = await openArchive(await collect(chunks));
	const start = await relationships(parts, '');
	const main = start.find(({ type }) => type.endsWith('/officeDocument'))?.target;
	if (main === undefined || !main.endsWith('.xml')) throw damaged(kindOfArchive(parts));
	const sheets = await sheetsOf(parts, main);
	const sheet = chooseSheet(sheets, wanted);
	const related = await relationships(parts, main);
	const path = related.find(({ id }) => id === sheet.id)?.target;
	const strings = related.find(({ type }) => type.endsWith('/sharedStrings'))?.target;
	const sheetPart = path === undefined ? undefined : parts.entries.get(path);
	if (!sheetPart) throw damaged(`the sheet "${sheet.name}" is missing in it`);
	const reader = new SheetReader(
		strings === undefined ? new SharedStrings() : await sharedStrings(parts, strings),
	);
	return {
		sheet: sheet.name,
		sheetCount: sheets.length,
		rows: reader.read(readPart(parts.zip, sheetPart)),
		hiddenRows: () => reader.hiddenRows,
		restoredZeros: (column) => reader.restored.get(column) ?? 0,
	};
}

interface Archive {
	zip: ZipFile;
	entries: ReadonlyMap<string, Entry>;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const all: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of chunks) {
		size += chunk.length;
		if (size > LARGEST_WORKBOOK) {
			throw damaged(`it has more than ${LARGEST_WORKBOOK / 1024 / 1024} MB`);
		}
		all.push(chunk);
	}
	return Buffer.concat(all);
}

async function openArchive(bytes: Buffer): Promise<Archive> {
	const entries = new Map<string, Entry>();
	try {
		const zip = await fromBufferPromise(bytes, { autoClose: false });
		for await (const entry of zip.eachEntry()) {
			entries.set(entry.fileName.replace(/^\//, ''), entry);
		}
		return { zip, entries };
	} catch {
		throw damaged('it is an incomplete or damaged archive', 'Transfer or save it again');
	}
}

function kindOfArchive({ entries }: Archive): string {
	if (entries.has('xl/workbook.bin')) return 'it is a binary workbook (.xlsb)';
	if (entries.has('content.xml') && entries.has('mimetype')) {
		return 'it is an OpenDocument file (.ods)';
	}
	if (entries.has('word/document.xml')) return 'it is a Word document';
	return 'it is a ZIP archive without a workbook; unpack it first';
}

/** The text of a part, piece by piece; a part that is not what the archive announced is refused. */
async function* readPart(zip: ZipFile, entry: Entry): AsyncGenerator<string> {
	if (entry.uncompressedSize > LARGEST_PART) throw damaged('it unpacks to more than 2 GB');
	if (entry.isEncrypted()) throw damaged('it is protected by a password');
	const decoder = new TextDecoder('utf-8');
	let checksum = 0;
	const stream = await zip.openReadStreamPromise(entry).catch(() => {
		throw damaged('it is damaged', 'Transfer or save it again');
	});
	const chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
	try {
		for (;;) {
			const next = await chunks.next().catch(() => {
				throw damaged('it is damaged', 'Transfer or save it again');
			});
			if (next.done) break;
			checksum = crc32(next.value, checksum);
			yield decoder.decode(next.value, { stream: true });
		}
	} finally {
		stream.destroy();
	}
	if (checksum !== entry.crc32) throw damaged('it is damaged', 'Transfer or save it again');
}

interface XmlHandlers {
	open?(name: string, attributes: Record<string, string>): void;
	text?(text: string): void;
	close?(name: string): void;
}

/** Feeds a part to handlers; prefixes are cut off, since some programs write `x:row` for `row`. */
class PartParser {
	private readonly sax = saxParser(true, { position: false });
	private failed = false;

	constructor({ open, text, close }: XmlHandlers) {
		if (open) {
			this.sax.onopentag = ({ name, attributes }: Tag | QualifiedTag) =>
				open(localName(name), attributes as Record<string, string>);
		}
		if (close) this.sax.onclosetag = (name) => close(localName(name));
		if (text) {
			this.sax.ontext = text;
			this.sax.oncdata = text;
		}
		// The text of the error quotes the document, so it is not kept.
		this.sax.onerror = () => (this.failed = true);
	}

	write(piece: string): void {
		// After its error the parser throws at the next piece, which never comes.
		this.sax.write(piece);
		if (this.failed) throw damaged('one of its parts is not well-formed XML');
	}
}

function localName(name: string): string {
	return name.slice(name.indexOf(':') + 1);
}

async function parsePart(archive: Archive, path: string, handlers: XmlHandlers): Promise<void> {
	const entry = archive.entries.get(path);
	if (!entry) return;
	const parser = new PartParser(handlers);
	for await (const piece of readPart(archive.zip, entry)) parser.write(piece);
}

interface Relationship {
	id: string;
	type: string;
	/** path in the archive */
	target: string;
}

/** The relationships of a part; those of the archive itself for the empty path. */
async function relationships(archive: Archive, part: string): Promise<Relationship[]> {
	const found: Relationship[] = [];
	const folder = posix.dirname(part);
	const path = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
	await parsePart(archive, path, {
		open: (name, { Id = '', Type = '', Target = '' }) => {
			if (name !== 'Relationship') return;
			const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
			found.push({ id: Id, type: Type, target });
		},
	});
	return found;
}

interface Sheet {
	name: string;
	id: string;
	hidden: boolean;
}

async function sheetsOf(archive: Archive, main: string): Promise<Sheet[]> {
	const sheets: Sheet[] = [];
	await parsePart(archive, main, {
		open: (name, attributes) => {
			if (name !== 'sheet') return;
			const id = Object.entries(attributes).find(([key]) => /^\w+:id$/.test(key))?.[1] ?? '';
			const { name: title = '', state = 'visible' } = attributes;
			sheets.push({ name: title, id, hidden: state !== 'visible' });
		},
	});
	return sheets;
}

function chooseSheet(sheets: readonly Sheet[], wanted?: string): Sheet {
	const name = wanted?.trim().toLowerCase();
	const sheet =
		name === undefined
			? (sheets.find(({ hidden }) => !hidden) ?? sheets[0])
			: sheets.find((one) => one.name.trim().toLowerCase() === name);
	if (sheet) return sheet;
	if (name === undefined) throw damaged('it has no sheet');
	throw new BroadcastError(
		'sheet_not_found',
		`The workbook has no sheet named "${wanted}"`,
		`Its sheets are: ${sheets
			.slice(0, 20)
			.map((one) => one.name)
			.join(', ')}`,
	);
}

async function sharedStrings(archive: Archive, path: string): Promise<SharedStrings> {
	const strings = new SharedStrings();
	let text = '';
	let inText = false;
	let phonetic = 0;
	await parsePart(archive, path, {
		open: (name) => {
			if (name === 'si') text = '';
			else if (name === 'rPh') phonetic++;
			else if (name === 't') inText = phonetic === 0;
		},
		text: (piece) => {
			if (inText) text += piece;
		},
		close: (name) => {
			if (name === 't') inText = false;
			else if (name === 'rPh') phonetic--;
			else if (name === 'si' && !strings.add(text)) throw damaged('it holds too much text');
		},
	});
	return strings;
}

/** Turns the rows of a sheet into lines of CSV. */
class SheetReader {
	readonly restored = new Map<number, number>();
	hiddenRows = 0;
	private out = '';
	private row = 0;
	private column = 0;
	private cells: string[] = [];
	private type = '';
	private value = '';
	private inValue = false;
	private phonetic = 0;

	constructor(private readonly strings: SharedStrings) {}

	async *read(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
		const parser = new PartParser({
			open: (name, attributes) => this.open(name, attributes),
			text: (text) => {
				if (this.inValue) this.value += text;
			},
			close: (name) => this.close(name),
		});
		for await (const piece of pieces) {
			parser.write(piece);
			if (this.out.length < PIECE) continue;
			yield Buffer.from(this.out, 'utf8');
			this.out = '';
		}
		if (this.out !== '') yield Buffer.from(this.out, 'utf8');
	}

	private open(name: string, attributes: Record<string, string>): void {
		if (name === 'c') {
			this.column = attributes.r === undefined ? this.column + 1 : columnOf(attributes.r);
			if (this.column < 1 || this.column > MOST_COLUMNS) throw damaged('a cell lies nowhere');
			this.type = attributes.t ?? 'n';
			this.value = '';
		} else if (name === 'v' || name === 't') {
			this.inValue = this.phonetic === 0;
		} else if (name === 'rPh') {
			this.phonetic++;
		} else if (name === 'row') {
			this.startRow(attributes);
		}
	}

	private startRow({ r, hidden }: Record<string, string>): void {
		const row = r === undefined ? this.row + 1 : Number(r);
		if (!Number.isInteger(row) || row <= this.row || row > MOST_ROWS) {
			throw damaged('its rows are not in their order');
		}
		// Rows without a cell are left out of the file: line n stays row n.
		this.out += '\n'.repeat(row - this.row - 1);
		this.row = row;
		this.column = 0;
		this.cells = [];
		if (hidden === '1' || hidden === 'true') this.hiddenRows++;
	}

	private close(name: string): void {
		if (name === 'v' || name === 't') {
			this.inValue = false;
		} else if (name === 'rPh') {
			this.phonetic--;
		} else if (name === 'c') {
			while (this.cells.length < this.column - 1) this.cells.push('');
			this.cells[this.column - 1] = csvCell(this.cellText());
		} else if (name === 'row') {
			this.out += this.cells.join(';') + '\n';
		}
	}

	private cellText(): string {
		const { type, value } = this;
		if (type === 's') {
			const text = this.strings.at(Number(value));
			if (text === undefined) throw damaged('a text that a cell names is missing in it');
			return text;
		}
		return type === 'n' ? this.numberText(value) : value;
	}

	private numberText(value: string): string {
		const number = Number(value);
		// National numbers are far below the numbers that a double holds exactly.
		if (value.trim() === '' || !Number.isSafeInteger(number) || number < 0) return value;
		const digits = String(number);
		const whole = restoreZeros(digits);
		if (whole === undefined) return digits;
		this.restored.set(this.column, (this.restored.get(this.column) ?? 0) + 1);
		return whole;
	}
}

/** The column of a reference such as `AB12`, from 1. */
function columnOf(reference: string): number {
	let column = 0;
	for (let i = 0; i < reference.length; i++) {
		const letter = reference.charCodeAt(i) - 0x40;
		if (letter < 1 || letter > 26) break;
		column = column * 26 + letter;
	}
	return column;
}

/** A line end inside a cell becomes a blank, so that line n stays row n. */
function csvCell(text: string): string {
	const line = /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ') : text;
	return /[";]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
