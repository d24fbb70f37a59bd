import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CsvScanner } from '../../../nodes/EBoxBroadcast/batch/recipients/csv-scanner';
import {
	detectDialect,
	type DialectOptions,
} from '../../../nodes/EBoxBroadcast/batch/recipients/csv-dialect';
import { parseEncoding } from '../../../nodes/EBoxBroadcast/batch/recipients/encoding';
import { numbers } from './support';

const QUOTE = 0x22;
const SEMICOLON = 0x3b;

/** All records of a text, read in chunks of the given size. */
function scan(text: string, size: number): { cells: string[][]; lines: number[] } {
	const cells: string[][] = [];
	const lines: number[] = [];
	const scanner = new CsvScanner({ separator: SEMICOLON, quote: QUOTE }, (record) => {
		lines.push(record.line);
		cells.push(
			Array.from({ length: record.count }, (_, i) =>
				Buffer.from(record.cell(i, QUOTE) ?? []).toString('utf8'),
			),
		);
	});
	const bytes = Buffer.from(text, 'utf8');
	// One piece of memory for all chunks, as a stream may use it.
	const chunk = Buffer.alloc(Math.min(size, bytes.length));
	for (let i = 0; i < bytes.length; i += size) {
		scanner.push(chunk.subarray(0, bytes.copy(chunk, 0, i, i + size)));
		chunk.fill('x');
	}
	scanner.end();
	return { cells, lines };
}

describe('the CSV scanner', () => {
	it('knows quotes, doubled quotes, line ends inside quotes, and counts physical lines', () => {
		const text = 'a;"b;1"\r\n"c""d";"e\r\nf\ng"\n\n;\rlast;x';
		for (const size of [1, 2, 3, 1000]) {
			expect(scan(text, size)).toEqual({
				cells: [['a', 'b;1'], ['c"d', 'e\r\nf\ng'], [''], ['', ''], ['last', 'x']],
				lines: [1, 2, 5, 6, 7],
			});
		}
	});

	it('keeps text after a closing quote, so that the cell is seen to be wrong', () => {
		expect(scan('"85073003328"x;b\n', 100).cells).toEqual([['85073003328"x', 'b']]);
	});

	it('refuses a quote that is never closed, with its line', () => {
		expect(() => scan('a;b\n"c;d\ne;f\n', 4)).toThrow('opened on line 2 is never closed');
	});

	it('does not keep a whole file in memory because of one quote', () => {
		expect(() => scan(`x\n"${'85073003328\n'.repeat(200_000)}`, 65_536)).toThrow(
			'starts on line 2 does not end within one megabyte',
		);
	});

	it('reads what csv-parse reads, however the bytes are cut', () => {
		const cell = fc.string({
			unit: fc.constantFrom('a', '1', ';', '"', '\n', '\r\n', ' ', 'é'),
			maxLength: 6,
		});
		const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 });
		fc.assert(
			fc.property(rows, fc.integer({ min: 1, max: 9 }), fc.boolean(), (table, size, last) => {
				const quoted = table.map((row) =>
					row.map((text) => `"${text.replaceAll('"', '""')}"`).join(';'),
				);
				const text = quoted.join('\n') + (last ? '\n' : '');
				const reference = parse(text, { delimiter: ';', recordDelimiter: '\n' });
				expect(scan(text, size).cells).toEqual(reference);
			}),
		);
	});
});

const LIST = [...numbers(200)];

function detect(
	bytes: Uint8Array | string,
	csvOptions: DialectOptions = {},
): ReturnType<typeof detectDialect> {
	return detectDialect(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, true, csvOptions);
}

/** The list with a name and a postcode beside each number. */
function table(separator: string, quote = '', header = ['Nom', 'NISS', 'Code postal']): string {
	const row = (cells: string[]): string =>
		cells.map((cell) => `${quote}${cell}${quote}`).join(separator);
	const rows = LIST.map((niss, i) => row([`Élise ${i}`, niss, String(1000 + i)]));
	return [...(header.length > 0 ? [row(header)] : []), ...rows].join('\r\n') + '\r\n';
}

describe('dialect detection', () => {
	it.each([';', ',', '\t', '|'] as const)('finds separator %p, header and column', (separator) => {
		expect(detect(table(separator))).toEqual({
			encoding: 'utf-8',
			bom: false,
			separator,
			quote: '"',
			header: true,
			column: 2,
			columnName: 'NISS',
			columns: 3,
		});
	});

	it.each(['"', "'"] as const)('finds the quote %p', (quote) => {
		expect(detect(table(',', quote))).toMatchObject({ quote, separator: ',', column: 2 });
	});

	it('sees that there is no header, and no separator', () => {
		expect(detect(table(';', '', []))).toMatchObject({ header: false, column: 2 });
		expect(detect(LIST.join('\n'))).toEqual({
			encoding: 'utf-8',
			bom: false,
			separator: 'none',
			quote: '"',
			header: false,
			column: 1,
			columns: 1,
		});
	});

	it('takes a first line with a wrong number for data, not for a header', () => {
		expect(detect(`12345678901\n${LIST.join('\n')}`)).toMatchObject({ header: false });
		expect(detect(`85073003328x\n${LIST.join('\n')}`)).toMatchObject({ header: false });
	});

	it('is not misled by commas in names', () => {
		const text = LIST.map((niss, i) => `"Dupont, Jean ${i}";${niss}`).join('\n');
		expect(detect(text)).toMatchObject({ separator: ';', column: 2, columns: 2 });
	});

	it.each([
		['utf-8 with mark', Buffer.from('\ufeff' + table(';')), 'utf-8', true],
		['windows-1252', Buffer.from(table(';'), 'latin1'), 'windows-1252', false],
		['utf-16le with mark', Buffer.from('\ufeff' + table(';'), 'utf16le'), 'utf-16le', true],
		['utf-16le without mark', Buffer.from(table(';'), 'utf16le'), 'utf-16le', false],
		[
			'utf-16be with mark',
			Buffer.from('\ufeff' + table(';'), 'utf16le').swap16(),
			'utf-16be',
			true,
		],
	])('reads %s', (_, bytes, encoding, bom) => {
		expect(detect(bytes)).toMatchObject({ encoding, bom, column: 2, columnName: 'NISS' });
	});

	it('takes a column by name or by position', () => {
		expect(detect(table(';'), { column: 'niss' })).toMatchObject({ column: 2, header: true });
		expect(detect(table(';'), { column: 3 })).toMatchObject({ column: 3, header: true });
		expect(() => detect(table(';'), { column: 'INSZ' })).toThrow('no column named "INSZ"');
		expect(() => detect(table(';'), { column: 0 })).toThrow('whole number from 1');
	});

	it('refuses to guess between two columns of numbers, unless one has the usual name', () => {
		const rows = LIST.map((niss, i) => `${niss};${LIST[199 - i]}`).join('\n');
		expect(() => detect(rows)).toThrow('Columns 1 and 2 hold national numbers');
		expect(detect(`partner;insz\n${rows}`)).toMatchObject({ column: 2, columnName: 'insz' });
	});

	it('refuses to guess where no column holds numbers', () => {
		expect(() => detect('a;b\nc;d\ne;f\n')).toThrow('No column holds national numbers');
	});

	it('does not repeat a number that stands where a header was expected', () => {
		const message = (): string => {
			try {
				detect(LIST.map((niss) => `${niss};x`).join('\n'), { column: 'NISS' });
			} catch (error) {
				return JSON.stringify(error) + String(error);
			}
			return 'nothing was thrown';
		};
		expect(message()).toContain('no column named');
		expect(message()).not.toMatch(/\d{11}/);
	});

	it.each([
		['latin1', 'windows-1252'],
		['ISO-8859-1', 'windows-1252'],
		['UTF-16', 'utf-16le'],
		['utf8', 'utf-8'],
	])('knows the encoding %s', (name, encoding) => expect(parseEncoding(name)).toBe(encoding));

	it('refuses an unknown encoding', () => {
		expect(() => parseEncoding('ebcdic')).toThrow('"ebcdic" is not known');
	});
});
