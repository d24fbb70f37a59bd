import {
	isUsualMonth,
	maskNiss,
	NISS_FAULT_TEXTS,
	nissFault,
	nissMonth,
	readNiss,
	type NissFault,
} from '../../../../lib/identifiers/niss';
import { CsvScanner, type CsvRecord } from './csv-scanner';
import {
	byteOf,
	detectDialect,
	SAMPLE_SIZE,
	type Dialect,
	type DialectOptions,
} from './csv-dialect';
import { AsciiCompatible } from './encoding';
import { NissList, NissSet } from './niss-keys';

/** Where the numbers come from: the bytes of a CSV file, or values that a workflow holds. */
export type RecipientSource =
	| { kind: 'csv'; chunks: AsyncIterable<Uint8Array>; csvOptions?: DialectOptions }
	| { kind: 'values'; values: Iterable<unknown> };

/** Why a record did not become a recipient. */
export type RejectReason = NissFault | 'missing' | 'duplicate' | 'earlierList' | 'otherVersion';

export const REJECT_TEXTS: Record<RejectReason, string> = {
	...NISS_FAULT_TEXTS,
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
	/** accepted numbers whose month is none of 00-12, 20-32, 40-52: right by the rule, but odd */
	unusualMonths: number;
}

export interface CheckedRecipients {
	counts: RecipientCounts;
	/** absent for values */
	dialect?: Dialect;
	/** the accepted numbers in the order of the source */
	recipients: NissList;
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
}

function noRejects(): Record<RejectReason, number> {
	return {
		empty: 0,
		characters: 0,
		length: 0,
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
		unusualMonths: 0,
	};
	private readonly seen: NissSet;
	private pending: Reject[] = [];

	constructor(private readonly options: CheckOptions) {
		this.seen = options.seen ?? new NissSet();
	}

	take(bytes: Uint8Array, start: number, end: number, line: number): void {
		this.counts.read++;
		const key = readNiss(bytes, start, end);
		const reason = key < 0 ? nissFault(key) : this.alreadyKnown(key);
		if (reason) return this.reject(reason, line, bytes.subarray(start, end));
		if (!isUsualMonth(nissMonth(key))) this.counts.unusualMonths++;
		this.counts.accepted++;
		this.recipients.push(key);
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
	if (source.kind === 'values') {
		await checkValues(source.values, check);
		return { counts: check.counts, recipients: check.recipients };
	}
	const dialect = await checkCsv(source.chunks, source.csvOptions ?? {}, check);
	return { counts: check.counts, dialect, recipients: check.recipients };
}

async function checkValues(values: Iterable<unknown>, check: RecipientCheck): Promise<void> {
	let line = 0;
	for (const value of values) {
		line++;
		const bytes = Buffer.from(textOf(value), 'utf8');
		check.take(bytes, 0, bytes.length, line);
		if (line % 1000 === 0) await check.flush();
	}
	await check.flush();
}

/**
 * A number has lost its leading zeros: it is taken as written, and refused when it is too short.
 */
function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	return typeof value === 'number' ? String(value) : '';
}

async function checkCsv(
	chunks: AsyncIterable<Uint8Array>,
	csvOptions: DialectOptions,
	check: RecipientCheck,
): Promise<Dialect> {
	const { sample, whole, all } = await peek(chunks);
	const dialect = detectDialect(sample, whole, csvOptions);
	const reader = new AsciiCompatible(dialect);
	const scanner = new CsvScanner(
		{ separator: byteOf(dialect.separator), quote: byteOf(dialect.quote) },
		recordTaker(dialect, check),
	);
	for await (const chunk of all) {
		scanner.push(reader.push(chunk));
		await check.flush();
	}
	scanner.push(reader.end());
	scanner.end();
	await check.flush();
	return dialect;
}

function recordTaker(dialect: Dialect, check: RecipientCheck): (record: CsvRecord) => void {
	const column = dialect.column - 1;
	const quote = byteOf(dialect.quote);
	let headerLeft = dialect.header;
	return (record) => {
		if (record.blank) return check.blankLine();
		if (headerLeft) {
			headerLeft = false;
			return;
		}
		if (column >= record.count) return check.missing(record.line);
		if (record.escaped[column] === 0) {
			check.take(record.buffer, record.starts[column], record.ends[column], record.line);
			return;
		}
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
