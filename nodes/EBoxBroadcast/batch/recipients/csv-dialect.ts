import { readNiss } from '../../../../lib/identifiers/niss';
import { CsvScanner, type CsvRecord } from './csv-scanner';
import { readNotation } from './notation';
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
	/** whether a record names the columns */
	header: boolean;
	/**
	 * records before the first recipient, when there are others than the names of the columns:
	 * `sep=;`, titles, a second line of names
	 */
	headerLines?: number;
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

/** Titles and names of columns stand in the first records, if anywhere. */
const HEADER_SEARCH = 10;

/** Words of a second line below the names: "(11 chiffres)", "rijksregisternummer", "NISS". */
const COLUMN_WORDS =
	/niss|insz|inss|ssin|regist|nation|num[eé]ro|nummer|number|chiffre|cijfer|digit|\bn[°r]/i;

/** Names of other columns, lower case, letters only. Only these are ever repeated in an error. */
const OTHER_NAMES = new Set([
	...['nom', 'prenom', 'nomprenom', 'adresse', 'rue', 'codepostal', 'commune', 'localite'],
	...['langue', 'datedenaissance', 'naissance', 'sexe', 'email', 'telephone', 'dossier', 'pays'],
	...['naam', 'voornaam', 'achternaam', 'familienaam', 'adres', 'straat', 'postcode', 'gemeente'],
	...['taal', 'geboortedatum', 'geslacht', 'telefoon', 'dossiernummer', 'land', 'numerodossier'],
	...['name', 'firstname', 'lastname', 'surname', 'address', 'street', 'zip', 'city', 'language'],
	...['birthdate', 'gender', 'phone', 'country', 'id', 'partner', 'partenaire', 'conjoint'],
]);

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

	const directive = separatorLine(text);
	const stated = csvOptions.separator ?? directive?.separator;
	const separators = stated === undefined ? SEPARATORS : [stated];
	const skip = directive === undefined ? 0 : 1;
	const candidates = separators.map((separator) =>
		read(bytes, { whole, encoding, separator, quote, skip }),
	);
	const best = candidates.reduce((a, b) => (b.score > a.score + 1e-9 ? b : a));

	const { column, titles, names } = findColumn(best, csvOptions);
	const headerLines = skip + titles + names;
	const header = names > 0;
	const columnName = nameOfColumn(best.rows.slice(titles, titles + names), column);
	return {
		encoding,
		bom,
		separator: best.separator,
		quote,
		header,
		...(headerLines === headerLinesOf({ header }) ? {} : { headerLines }),
		column: column + 1,
		...(columnName === undefined ? {} : { columnName }),
		columns: best.width,
	};
}

/** How many records stand before the first recipient. */
export function headerLinesOf({
	header,
	headerLines,
}: Pick<Dialect, 'header' | 'headerLines'>): number {
	return headerLines ?? (header ? 1 : 0);
}

/** The first line `sep=;` by which Excel is told the separator. */
function separatorLine(text: string): { separator?: Separator } | undefined {
	const sign = /^\ufeff?"?sep=(.)"?[ \t]*(?:[\r\n]|$)/i.exec(text)?.[1];
	if (sign === undefined) return undefined;
	return { separator: SEPARATORS.find((separator) => separator === sign) };
}

/** The name that is known, else the last; what is no name (a number, say) is never shown. */
function nameOfColumn(header: readonly Row[], column: number): string | undefined {
	const names = header.map((row) => row[column] ?? '').filter(looksLikeName);
	return names.find((name) => KNOWN_NAMES.has(plainName(name))) ?? names.at(-1);
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

interface SampleShape {
	/** whether the sample is the whole file */
	whole: boolean;
	encoding: Encoding;
	separator: Separator;
	quote: Quote;
	/** records to leave out at the beginning */
	skip: number;
}

function read(bytes: Uint8Array, shape: SampleShape): DialectCandidate {
	const { separator } = shape;
	const rows = sampleRows(bytes, shape);
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
	{ whole, encoding, separator, quote, skip }: SampleShape,
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
	return rows.slice(skip);
}

function share(rows: Row[], column: number): number {
	const weight = rows.reduce((sum, row) => sum + likeness(row[column] ?? ''), 0);
	return rows.length === 0 ? 0 : weight / rows.length;
}

/** 1 for a national number, a half for one that a spreadsheet has spoiled, 0 for anything else. */
function likeness(cell: string): number {
	const bytes = Buffer.from(cell, 'utf8');
	if (readNiss(bytes, 0, bytes.length) >= 0) return 1;
	const { key, fault } = readNotation(cell);
	if (key >= 0) return 1;
	return fault === undefined ? 0 : 0.5;
}

function detectQuote(text: string): Quote {
	if (text.includes('"')) return '"';
	return /(^|[;,\t|\n\r])'[^'\n\r]*'([;,\t|\n\r]|$)/.test(text) ? "'" : '"';
}

/** A name of a column rather than a number: it has letters and no long row of digits. */
function looksLikeName(cell: string): boolean {
	return /\p{L}/u.test(cell) && !looksLikeNumber(cell) && readNotation(cell).fault === undefined;
}

function plainName(cell: string): string {
	return cell.normalize('NFD').replace(/\P{L}/gu, '').toLowerCase();
}

interface FoundColumn {
	/** from 0 */
	column: number;
	/** records before the names of the columns */
	titles: number;
	/** records that name the columns: none, one, or two (a second language, an explanation) */
	names: number;
}

function findColumn(candidate: DialectCandidate, csvOptions: DialectOptions): FoundColumn {
	const { rows } = candidate;
	if (typeof csvOptions.column === 'string') return columnByName(rows, csvOptions.column);
	const column =
		csvOptions.column === undefined ? guessColumn(candidate, csvOptions) : csvOptions.column - 1;
	if (!Number.isInteger(column) || column < 0) {
		throw new BroadcastError(
			'column_not_found',
			'The position of a column is a whole number from 1',
			'Set Column to 1 for the first column',
		);
	}
	if (csvOptions.header === false) return { column, titles: 0, names: 0 };
	const titles = titleCount(candidate, column);
	const named = looksLikeName(rows[titles]?.[column] ?? '');
	if (!named && csvOptions.header !== true) return { column, titles: 0, names: 0 };
	return { column, titles, names: 1 + furtherNames(rows, titles + 1, column) };
}

/** How many records stand before the one that names the columns. */
function titleCount({ rows, width }: DialectCandidate, column: number): number {
	const known = headerRow(rows);
	const isTitle = (row: Row): boolean => !looksLikeNumber(row[column] ?? '');
	if (known >= 0) return rows.slice(0, known).every(isTitle) ? known : 0;
	if (width === 1) return 0;
	// A title fills one cell of a table that has more.
	const alone = (row: Row): boolean => isTitle(row) && row.filter(Boolean).length === 1;
	let titles = 0;
	for (const row of rows.slice(0, HEADER_SEARCH)) {
		if (!alone(row)) break;
		titles++;
	}
	return looksLikeName(rows[titles]?.[column] ?? '') ? titles : 0;
}

/** The first record that holds a name under which institutions keep the numbers; -1 for none. */
function headerRow(rows: readonly Row[]): number {
	return rows
		.slice(0, HEADER_SEARCH)
		.findIndex(
			(row) => !row.some(looksLikeNumber) && row.some((cell) => KNOWN_NAMES.has(plainName(cell))),
		);
}

function furtherNames(rows: readonly Row[], from: number, column: number): number {
	const cell = rows[from]?.[column] ?? '';
	return looksLikeName(cell) && COLUMN_WORDS.test(cell) ? 1 : 0;
}

function looksLikeNumber(cell: string): boolean {
	return /\d(?:[ .-]?\d){5}/.test(cell);
}

function columnByName(rows: readonly Row[], name: string): FoundColumn {
	const wanted = name.trim().toLowerCase();
	for (const [titles, row] of rows.slice(0, HEADER_SEARCH).entries()) {
		const exact = row.indexOf(name.trim());
		const column = exact >= 0 ? exact : row.findIndex((cell) => cell.toLowerCase() === wanted);
		if (column >= 0) return { column, titles, names: 1 + furtherNames(rows, titles + 1, column) };
	}
	// The first line may be personal data: only usual column names are shown in an error.
	const first = rows[Math.max(0, headerRow(rows))] ?? [];
	const names = first.filter((cell) => {
		const plain = plainName(cell);
		return !looksLikeNumber(cell) && (KNOWN_NAMES.has(plain) || OTHER_NAMES.has(plain));
	});
	throw new BroadcastError(
		'column_not_found',
		`The file has no column named "${name.trim()}"`,
		names.length > 0
			? `It has ${first.length} columns, among them: ${names.slice(0, 20).join(', ')}`
			: `Its first line has ${first.length} cells and names no column that is known`,
	);
}

function guessColumn(
	{ rows, shares, width }: DialectCandidate,
	csvOptions: DialectOptions,
): number {
	const header = csvOptions.header === false ? [] : (rows[headerRow(rows)] ?? []);
	const named = header.map(plainName);
	const [known, ...others] = named.flatMap((name, i) => (KNOWN_NAMES.has(name) ? [i] : []));
	if (known !== undefined && others.length === 0) return known;
	const full = shares
		.map((share, column) => ({ share, column }))
		.filter(({ share }) => share > 0)
		.sort((a, b) => b.share - a.share || a.column - b.column);
	const [best, second] = full;
	// Two columns with numbers (a person and a partner): guessing would publish to the wrong one.
	if (best && (!second || second.share < best.share / 4)) return best.column;
	if (width === 1) return 0;
	throw new BroadcastError(
		'column_unclear',
		second
			? `Columns ${full.map(({ column }) => column + 1).join(' and ')} hold national numbers`
			: 'No column holds national numbers',
		'Set Column to the name or the position of the right one',
	);
}
