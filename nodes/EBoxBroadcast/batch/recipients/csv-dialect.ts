import { readNiss } from '../../../../lib/identifiers/niss';
import { CsvScanner, type CsvRecord } from './csv-scanner';
import { AsciiCompatible, decode, detectEncoding, type Encoding } from './encoding';
import { BroadcastError } from '../errors';

export type Separator = ';' | ',' | '\t' | '|' | 'none';
export type Quote = '"' | "'" | 'none';

/** How a recipient file is written, as detected or told. Shown to the user as it is. */
export interface Dialect {
	encoding: Encoding;
	bom: boolean;
	separator: Separator;
	quote: Quote;
	/** whether the first record names the columns */
	header: boolean;
	/** position of the column with the national numbers, from 1 */
	column: number;
	/** its name, when there is a header */
	columnName?: string;
	/** how many columns the records of the sample have */
	columns: number;
}

/** What the user tells; everything left out is detected. */
export interface DialectOptions {
	encoding?: Encoding;
	separator?: Separator;
	quote?: Quote;
	header?: boolean;
	/** name in the header, or position from 1 */
	column?: string | number;
}

/** How much of a file the detection looks at, in bytes. */
export const SAMPLE_SIZE = 64 * 1024;
const SAMPLE_RECORDS = 1000;

const SEPARATORS: readonly Separator[] = [';', ',', '\t', '|', 'none'];

/** Names under which institutions keep the column, lower case, letters only. */
const KNOWN_NAMES = new Set([
	...['niss', 'insz', 'inss', 'ssin', 'nrn', 'rrn', 'nn', 'rnn'],
	...['registrenational', 'numeronational', 'numeroregistrenational', 'nregistrenational'],
	...['rijksregisternummer', 'rijksregister', 'rijksregnr', 'rrnr', 'nationaalnummer'],
	...['nationalnumber', 'nationalregisternumber', 'socialsecuritynumber'],
]);

/** A record of the sample: its cells, blanks around them cut off. */
type Row = string[];

/** The byte of a separator or quote for the scanner; -1 for none. */
export function byteOf(sign: Separator | Quote): number {
	return sign === 'none' ? -1 : sign.charCodeAt(0);
}

/**
 * Works out the dialect of a file from its beginning. What the user tells is taken as it is.
 *
 * The separator is the one under which a column is full of national numbers; the header is a first
 * record whose cell in that column reads like a name.
 *
 * @param whole whether the sample is the whole file (else its last record may be cut off)
 * @throws BroadcastError column_unclear, column_not_found
 */
export function detectDialect(
	sample: Uint8Array,
	whole: boolean,
	csvOptions: DialectOptions = {},
): Dialect {
	const found = detectEncoding(sample);
	const encoding = csvOptions.encoding ?? found.encoding;
	const bom = found.bom && found.encoding === encoding;
	const reader = new AsciiCompatible({ encoding, bom });
	const bytes = reader.push(sample);
	const text = decode(bytes, AsciiCompatible.encodingAfter(encoding));
	const quote = csvOptions.quote ?? detectQuote(text);

	const separators = csvOptions.separator === undefined ? SEPARATORS : [csvOptions.separator];
	const readings = separators.map((separator) => read(bytes, whole, encoding, separator, quote));
	const best = readings.reduce((a, b) => (b.score > a.score + 1e-9 ? b : a));

	const { header, column } = findColumn(best, csvOptions);
	return {
		encoding,
		bom,
		separator: best.separator,
		quote,
		header,
		column: column + 1,
		...(header ? { columnName: best.rows[0]?.[column] ?? '' } : {}),
		columns: best.width,
	};
}

interface DialectCandidate {
	separator: Separator;
	rows: Row[];
	/** the number of cells most records have */
	width: number;
	/** share of valid national numbers in each column */
	shares: number[];
	score: number;
}

function read(
	bytes: Uint8Array,
	whole: boolean,
	encoding: Encoding,
	separator: Separator,
	quote: Quote,
): DialectCandidate {
	const rows = sampleRows(bytes, whole, encoding, separator, quote);
	const widths = new Map<number, number>();
	for (const row of rows) widths.set(row.length, (widths.get(row.length) ?? 0) + 1);
	const [width, alike] = [...widths].reduce((a, b) => (b[1] > a[1] ? b : a), [1, 0]);
	const shares = Array.from({ length: width }, (_, i) => share(rows, i));
	const consistency = rows.length === 0 ? 0 : alike / rows.length;
	// National numbers decide; among equals, regular records do; one column is the last guess.
	const alone = separator === 'none' ? 0.01 : 0;
	const score = 10 * Math.max(0, ...shares) + (width > 1 ? consistency : alone);
	return { separator, rows, width, shares, score };
}

function sampleRows(
	bytes: Uint8Array,
	whole: boolean,
	encoding: Encoding,
	separator: Separator,
	quote: Quote,
): Row[] {
	const rows: Row[] = [];
	const text = AsciiCompatible.encodingAfter(encoding);
	const quoteByte = byteOf(quote);
	const take = (record: CsvRecord): void => {
		if (record.blank || rows.length >= SAMPLE_RECORDS) return;
		const cells = Array.from({ length: record.count }, (_, i) => record.cell(i, quoteByte));
		rows.push(cells.map((cell) => decode(cell ?? new Uint8Array(0), text).trim()));
	};
	const scanner = new CsvScanner({ separator: byteOf(separator), quote: quoteByte }, take);
	scanner.push(bytes);
	// In place of the line end that the last line may lack. A quote left open is reported later.
	if (whole) scanner.push(Buffer.from('\n'));
	return rows;
}

function share(rows: Row[], column: number): number {
	const valid = rows.filter((row) => isNumber(row[column] ?? '')).length;
	return rows.length === 0 ? 0 : valid / rows.length;
}

function isNumber(cell: string): boolean {
	const bytes = Buffer.from(cell, 'utf8');
	return readNiss(bytes, 0, bytes.length) >= 0;
}

function detectQuote(text: string): Quote {
	if (text.includes('"')) return '"';
	return /(^|[;,\t|\n\r])'[^'\n\r]*'([;,\t|\n\r]|$)/.test(text) ? "'" : '"';
}

/** A name of a column rather than a number: it has letters and no long row of digits. */
function looksLikeName(cell: string): boolean {
	return /\p{L}/u.test(cell) && !/\d(?:[ .-]?\d){5}/.test(cell);
}

function plainName(cell: string): string {
	return cell.normalize('NFD').replace(/\P{L}/gu, '').toLowerCase();
}

function findColumn(
	reading: DialectCandidate,
	csvOptions: DialectOptions,
): { header: boolean; column: number } {
	const first = reading.rows[0] ?? [];
	if (typeof csvOptions.column === 'string') {
		return { header: true, column: columnByName(first, csvOptions.column) };
	}
	const column =
		csvOptions.column === undefined ? guessColumn(reading, csvOptions) : csvOptions.column - 1;
	if (!Number.isInteger(column) || column < 0) {
		throw new BroadcastError(
			'column_not_found',
			'The position of a column is a whole number from 1',
			'Set Column to 1 for the first column',
		);
	}
	return { header: csvOptions.header ?? looksLikeName(first[column] ?? ''), column };
}

function columnByName(header: Row, name: string): number {
	const wanted = name.trim();
	const exact = header.indexOf(wanted);
	const column =
		exact >= 0 ? exact : header.findIndex((cell) => cell.toLowerCase() === wanted.toLowerCase());
	if (column >= 0) return column;
	// The first line may be data, so only names are repeated, never a cell that could be a number.
	const names = header.filter(looksLikeName).slice(0, 20);
	throw new BroadcastError(
		'column_not_found',
		`The file has no column named "${wanted}"`,
		names.length > 0
			? `Its first line names: ${names.join(', ')}`
			: 'Its first line names no column',
	);
}

function guessColumn(
	{ rows, shares, width }: DialectCandidate,
	csvOptions: DialectOptions,
): number {
	const named = csvOptions.header === false ? [] : (rows[0] ?? []).map(plainName);
	const known = named.flatMap((name, i) => (KNOWN_NAMES.has(name) ? [i] : []));
	if (known.length === 1) return known[0];
	const full = shares.flatMap((value, i) => (value > 0 ? [i] : []));
	full.sort((a, b) => shares[b] - shares[a] || a - b);
	// Two columns with numbers (a person and a partner): guessing would publish to the wrong one.
	const clear = full.length === 1 || (full.length > 1 && shares[full[1]] < shares[full[0]] / 4);
	if (clear) return full[0];
	if (width === 1) return 0;
	throw new BroadcastError(
		'column_unclear',
		full.length > 1
			? `Columns ${full.map((i) => i + 1).join(' and ')} hold national numbers`
			: 'No column holds national numbers',
		'Set Column to the name or the position of the right one',
	);
}
