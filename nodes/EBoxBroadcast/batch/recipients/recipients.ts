import { textIn } from '../../../../lib/answers/json';
import {
	isUsualMonth,
	maskNiss,
	nissFault,
	nissMonth,
	readNiss,
	type NissFault,
} from '../../../../lib/identifiers/niss';
import { CsvScanner, type CsvRecord } from './csv-scanner';
import {
	byteOf,
	detectDialect,
	headerLinesOf,
	SAMPLE_SIZE,
	type Dialect,
	type DialectOptions,
} from './csv-dialect';
import { AsciiCompatible, decode, type Encoding } from './encoding';
import { assertText, isZip } from './file-kind';
import { NissList, NissSet } from './niss-keys';
import { CELL_FAULT_TEXTS, readNotation, restoreZeros, type SpreadsheetFault } from './notation';

/** Where the numbers come from: the bytes of a file, or values that a workflow holds. */
export type RecipientSource =
	| {
			/** CSV, or a workbook (.xlsx), which its first bytes tell */
			kind: 'csv';
			chunks: AsyncIterable<Uint8Array>;
			csvOptions?: DialectOptions;
			/** sheet of a workbook; the first visible one when left out */
			sheet?: string;
			/** name of the file, for people */
			name?: string;
	  }
	| { kind: 'values'; values: Iterable<unknown> };

/** Why a record did not become a recipient. */
export type RejectReason =
	NissFault | SpreadsheetFault | 'missing' | 'duplicate' | 'earlierList' | 'otherVersion';

export const REJECT_TEXTS: Record<RejectReason, string> = {
	...CELL_FAULT_TEXTS,
	missing: 'the record has no such column',
	duplicate: 'occurs before in this list',
	earlierList: 'stands in an earlier list',
	otherVersion: 'is a recipient of another language version',
};

/** One record that was left out. The number is masked: rejects are read, mailed and logged. */
export interface Reject {
	/** physical line in the file, or position among the values, from 1 */
	line: number;
	reason: RejectReason;
	masked: string;
}

/** What was found in one source. `read` = `accepted` + the sum of `rejected`. */
export interface RecipientCounts {
	/** records read, header and blank lines not counted */
	read: number;
	accepted: number;
	rejected: Record<RejectReason, number>;
	blankLines: number;
	/** numbers that were written with an apostrophe, `="…"`, dashes, slashes or unseen characters */
	mended: number;
	/** numbers that had lost leading zeros as number cells and got them back */
	restoredZeros: number;
	/** accepted numbers whose month is none of 00-12, 20-32, 40-52: right by the rule, but odd */
	unusualMonths: number;
}

export interface CheckedRecipients {
	counts: RecipientCounts;
	/** how a CSV file was read */
	dialect?: Dialect;
	/** how a workbook was read */
	workbook?: WorkbookForm;
	/** the accepted numbers in the order of the source; none with `withoutOrder` */
	recipients: NissList;
}

/** How a workbook was read. */
export interface WorkbookForm extends Pick<
	Dialect,
	'header' | 'headerLines' | 'column' | 'columnName' | 'columns'
> {
	sheet: string;
	sheetCount: number;
	/** rows that a filter or a person has hidden; they were read too */
	hiddenRows: number;
}

export interface CheckOptions {
	/** receives every reject in order; a promise is waited for before the next chunk is read */
	onReject?: (reject: Reject) => void | Promise<void>;
	/** numbers of earlier lists */
	earlier?: NissSet;
	/** numbers that other language versions hold already */
	otherVersions?: readonly NissSet[];
	/** receives the accepted numbers, so that later sources can be compared with them */
	seen?: NissSet;
	/** whether only the counts and `seen` are wanted: the numbers in their order take 4 bytes each */
	withoutOrder?: boolean;
}

function noRejects(): Record<RejectReason, number> {
	return {
		empty: 0,
		characters: 0,
		length: 0,
		lostZero: 0,
		scientific: 0,
		checkNumber: 0,
		missing: 0,
		duplicate: 0,
		earlierList: 0,
		otherVersion: 0,
	};
}

/** The number of records left out, whatever the reason. */
export function rejectedTotal(counts: RecipientCounts): number {
	return Object.values(counts.rejected).reduce((sum, n) => sum + n, 0);
}

/** Takes one cell after the other and sorts it into recipients and rejects. */
class RecipientCheck {
	readonly recipients = new NissList();
	readonly counts: RecipientCounts = {
		read: 0,
		accepted: 0,
		rejected: noRejects(),
		blankLines: 0,
		mended: 0,
		restoredZeros: 0,
		unusualMonths: 0,
	};
	/** how cells are to be read where bytes do not do */
	encoding: Encoding = 'utf-8';
	private readonly seen: NissSet;
	private pending: Reject[] = [];

	constructor(private readonly options: CheckOptions) {
		this.seen = options.seen ?? new NissSet();
	}

	take(bytes: Uint8Array, start: number, end: number, line: number): void {
		this.counts.read++;
		const key = readNiss(bytes, start, end);
		if (key >= 0) this.accept(key, bytes, start, end, line);
		else this.takeNotation(nissFault(key), bytes.subarray(start, end), line);
	}

	private accept(key: number, bytes: Uint8Array, start: number, end: number, line: number): void {
		const reason = this.alreadyKnown(key);
		if (reason) return this.reject(reason, line, bytes.subarray(start, end));
		if (!isUsualMonth(nissMonth(key))) this.counts.unusualMonths++;
		this.counts.accepted++;
		if (!this.options.withoutOrder) this.recipients.push(key);
	}

	/** A cell that is no number as it stands: perhaps people mean one. */
	private takeNotation(asWritten: NissFault, cell: Uint8Array, line: number): void {
		if (asWritten === 'empty') return this.reject('empty', line, cell);
		const { key, fault } = readNotation(decode(cell, this.encoding));
		if (key < 0) return this.reject(fault ?? asWritten, line, cell);
		this.counts.mended++;
		this.accept(key, cell, 0, cell.length, line);
	}

	missing(line: number): void {
		this.counts.read++;
		this.reject('missing', line, new Uint8Array(0));
	}

	blankLine(): void {
		this.counts.blankLines++;
	}

	/** Hands the rejects of the last chunk over, at the pace of whoever writes them. */
	async flush(): Promise<void> {
		const rejects = this.pending;
		this.pending = [];
		for (const reject of rejects) await this.options.onReject?.(reject);
	}

	private alreadyKnown(key: number): RejectReason | undefined {
		if (this.options.earlier?.has(key)) return 'earlierList';
		if (this.options.otherVersions?.some((set) => set.has(key))) return 'otherVersion';
		return this.seen.add(key) ? undefined : 'duplicate';
	}

	private reject(reason: RejectReason, line: number, cell: Uint8Array): void {
		this.counts.rejected[reason]++;
		if (!this.options.onReject) return;
		const masked = maskNiss(Buffer.from(cell.subarray(0, 64)).toString('latin1'));
		this.pending.push({ line, reason, masked });
	}
}

/**
 * Reads a source to its end: cleans, checks and de-duplicates. Nothing is dropped silently: what is
 * not accepted is counted by reason and handed to `onReject` with its line.
 *
 * @throws BroadcastError when the dialect stays unclear or a quote is never closed
 */
export async function checkRecipients(
	source: RecipientSource,
	options: CheckOptions = {},
): Promise<CheckedRecipients> {
	const check = new RecipientCheck(options);
	const { counts, recipients } = check;
	if (source.kind === 'values') {
		await checkValues(source.values, check);
		return { counts, recipients };
	}
	const { sample, whole, all } = await peek(source.chunks);
	if (isZip(sample)) {
		const workbook = await checkWorkbook(all, source.sheet, source.csvOptions ?? {}, check);
		return { counts, workbook, recipients };
	}
	if (source.csvOptions?.encoding === undefined) assertText(sample);
	const dialect = detectDialect(sample, whole, source.csvOptions);
	await checkCsv(all, dialect, check);
	return { counts, dialect, recipients };
}

async function checkValues(values: Iterable<unknown>, check: RecipientCheck): Promise<void> {
	let line = 0;
	for (const value of values) {
		line++;
		const text = typeof value === 'number' ? numberText(value, check) : value;
		const bytes = Buffer.from(textIn(text) ?? '', 'utf8');
		check.take(bytes, 0, bytes.length, line);
		if (line % 1000 === 0) await check.flush();
	}
	await check.flush();
}

/** A number cannot have leading zeros: it gets them back when the check number proves them. */
function numberText(value: number, check: RecipientCheck): string {
	const digits = String(value);
	const whole = restoreZeros(digits);
	if (whole !== undefined) check.counts.restoredZeros++;
	return whole ?? digits;
}

/** A workbook is read through the same door as CSV: its sheet comes as lines of one dialect. */
async function checkWorkbook(
	chunks: AsyncIterable<Uint8Array>,
	sheetName: string | undefined,
	{ header, column }: DialectOptions,
	check: RecipientCheck,
): Promise<WorkbookForm> {
	// The ZIP and XML readers are needed only here.
	const { openWorkbook } = await import('./workbook');
	const opened = await openWorkbook(chunks, sheetName);
	const { sample, whole, all } = await peek(opened.rows);
	const dialect = detectDialect(sample, whole, {
		encoding: 'utf-8',
		separator: ';',
		quote: '"',
		header,
		column,
	});
	await checkCsv(all, dialect, check);
	check.counts.restoredZeros += opened.restoredZeros(dialect.column);
	return {
		sheet: opened.sheet,
		sheetCount: opened.sheetCount,
		hiddenRows: opened.hiddenRows(),
		header: dialect.header,
		...(dialect.headerLines === undefined ? {} : { headerLines: dialect.headerLines }),
		column: dialect.column,
		...(dialect.columnName === undefined ? {} : { columnName: dialect.columnName }),
		columns: dialect.columns,
	};
}

async function checkCsv(
	chunks: AsyncIterable<Uint8Array>,
	dialect: Dialect,
	check: RecipientCheck,
): Promise<void> {
	const reader = new AsciiCompatible(dialect);
	check.encoding = AsciiCompatible.encodingAfter(dialect.encoding);
	const scanner = new CsvScanner(
		{ separator: byteOf(dialect.separator), quote: byteOf(dialect.quote) },
		recordTaker(dialect, check),
	);
	for await (const chunk of chunks) {
		scanner.push(reader.push(chunk));
		await check.flush();
	}
	scanner.push(reader.end());
	scanner.end();
	await check.flush();
}

function recordTaker(dialect: Dialect, check: RecipientCheck): (record: CsvRecord) => void {
	const column = dialect.column - 1;
	const quote = byteOf(dialect.quote);
	let headerLeft = headerLinesOf(dialect);
	return (record) => {
		if (record.blank) return check.blankLine();
		if (headerLeft > 0) {
			headerLeft--;
			return;
		}
		const start = record.starts[column];
		const end = record.ends[column];
		if (column >= record.count || start === undefined || end === undefined) {
			return check.missing(record.line);
		}
		if (record.escaped[column] === 0) return check.take(record.buffer, start, end, record.line);
		const cell = record.cell(column, quote) ?? new Uint8Array(0);
		check.take(cell, 0, cell.length, record.line);
	};
}

/** Reads enough of a stream to detect its dialect, and gives the whole of it back. */
async function peek(
	chunks: AsyncIterable<Uint8Array>,
): Promise<{ sample: Uint8Array; whole: boolean; all: AsyncIterable<Uint8Array> }> {
	const iterator = chunks[Symbol.asyncIterator]();
	const head: Uint8Array[] = [];
	let size = 0;
	let whole = false;
	while (size < SAMPLE_SIZE && !whole) {
		const next = await iterator.next();
		if (next.done) whole = true;
		else {
			head.push(next.value);
			size += next.value.length;
		}
	}
	const sample = Buffer.concat(head).subarray(0, SAMPLE_SIZE);
	async function* all(): AsyncGenerator<Uint8Array> {
		yield* head;
		head.length = 0;
		while (!whole) {
			const next = await iterator.next();
			if (next.done) return;
			yield next.value;
		}
	}
	return { sample, whole: whole && size <= SAMPLE_SIZE, all: all() };
}
