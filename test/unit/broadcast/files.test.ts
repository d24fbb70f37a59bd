import { BroadcastError } from '../../../nodes/EBoxBroadcast/batch/errors';
import { listBytes } from '../../../nodes/EBoxBroadcast/batch/recipients/lists';
import {
	checkRecipients,
	type CheckedRecipients,
} from '../../../nodes/EBoxBroadcast/batch/recipients/recipients';
import { chunked, numbers } from './support';
import { archive, workbook, type Cell, type WorkbookOptions } from './workbooks';

/** Before 2000, and from 2000 on: the second loses a zero as a number. */
const A = '85073003328';
const B = '05010100113';
const C = '93051822361';
const D = '42012205181';
const E = '40000095579';
const F = '53480200724';
/** Born in January 2000: loses three zeros. */
const G = '00010100105';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from('\ufeff' + text, 'utf16le');
const dotted = (n: string): string =>
	`${n.slice(0, 2)}.${n.slice(2, 4)}.${n.slice(4, 6)}-${n.slice(6, 9)}.${n.slice(9)}`;
const slashed = (n: string): string => dotted(n).replace('.', '/').replace('.', '/');
const dashed = (n: string): string => dotted(n).replace('-', '–');
const spaced = (n: string): string => dotted(n).replace(/[.-]/g, ' ');
const xlsx = async (rows: Array<Cell[] | null>, options?: WorkbookOptions): Promise<Buffer> =>
	await workbook(rows, options);

async function read(
	bytes: Uint8Array,
	sheet?: string,
): Promise<CheckedRecipients & { accepted: string[] }> {
	const chunks = chunked(bytes, 1000);
	const checked = await checkRecipients({ kind: 'csv', chunks, sheet });
	const { recipients } = checked;
	const list = Buffer.concat([...listBytes(recipients, { first: 0, count: recipients.length })]);
	return { ...checked, accepted: list.toString().split('\n').filter(Boolean) };
}

/** A file, how it comes about, and what a person who opens it sees in it. */
interface Seen {
	accepted: string[];
	/** rejects by reason; nothing else may be rejected */
	rejected?: Record<string, number>;
	mended?: number;
	restoredZeros?: number;
}

const FILES: Array<[string, () => Buffer | Promise<Buffer>, Seen]> = [
	[
		'Excel in Belgium, CSV with semicolons and CRLF',
		() => latin1(`Nom;NISS\r\nRen\xe9;${A}\r\nZo\xeb;${C}\r\n`),
		{ accepted: [A, C] },
	],
	[
		'Excel, CSV UTF-8 with its mark',
		() => Buffer.from(`\ufeffNom;NISS\r\nRené;${A}\r\nZoë;${C}\r\n`),
		{ accepted: [A, C] },
	],
	[
		'Excel, Unicode text (UTF-16, tabs)',
		() => utf16(`Nom\tNISS\r\nRené\t${A}\r\nZoë\t${C}\r\n`),
		{ accepted: [A, C] },
	],
	[
		'Excel, CSV with the line sep=;',
		() => latin1(`sep=;\r\nNom;NISS\r\nA;${A}\r\nB;${C}\r\n`),
		{ accepted: [A, C] },
	],
	[
		'a report with sep=, and semicolons in names',
		() => latin1(`"sep=,"\r\nNom,NISS\r\n"A;a",${A}\r\n"B;b",${C}\r\n`),
		{ accepted: [A, C] },
	],
	[
		'Excel, numbers that lost their zeros',
		() => latin1(`NISS\r\n${A}\r\n${Number(B)}\r\n${Number(G)}\r\n`),
		{ accepted: [A], rejected: { lostZero: 2 } },
	],
	[
		'Excel, scientific notation',
		() => latin1(`NISS;Nom\r\n8,5073E+10;A\r\n9,30518E+10;B\r\n${D};C\r\n`),
		{ accepted: [D], rejected: { scientific: 2 } },
	],
	[
		'Excel, nothing but scientific notation',
		() => latin1('Dossier;Numéro;Nom\r\n1;8,5073E+10;A\r\n2;9,30518E+10;B\r\n'),
		{ accepted: [], rejected: { scientific: 2 } },
	],
	[
		'Excel, empty rows below the table',
		() => latin1(`Nom;NISS\r\nA;${A}\r\nB;${C}\r\n;\r\n;\r\n;\r\n`),
		{ accepted: [A, C] },
	],
	[
		'an export that keeps zeros with ="…"',
		() => latin1(`Nom;NISS\r\nA;="${A}"\r\nB;="${B}"\r\n`),
		{ accepted: [A, B], mended: 2 },
	],
	[
		'the same, saved again with quotes',
		() => latin1(`"Nom";"NISS"\r\n"A";"=""${A}"""\r\n"B";"=""${B}"""\r\n`),
		{ accepted: [A, B], mended: 2 },
	],
	[
		'an apostrophe before each number',
		() => latin1(`NISS;Nom\n'${A};A\n'${B};B\n`),
		{ accepted: [A, B], mended: 2 },
	],
	[
		'typographic apostrophes in Windows-1252',
		() => latin1(`NISS;Nom\r\n\x92${A};Ren\xe9\r\n\x92${B};B\r\n`),
		{ accepted: [A, B], mended: 2 },
	],
	[
		'the display form with dots and hyphen',
		() => latin1(`${dotted(A)}\n${dotted(B)}\n`),
		{ accepted: [A, B] },
	],
	[
		'the display form with blanks',
		() => latin1(`${spaced(A)}\n${spaced(B)}\n`),
		{ accepted: [A, B] },
	],
	[
		'en dashes from Word, UTF-8',
		() => Buffer.from(`${dashed(A)}\n${dashed(B)}\n`),
		{ accepted: [A, B], mended: 2 },
	],
	[
		'en dashes from Word, Windows-1252',
		() => latin1(`${dashed(A).replace('–', '\x96')}\r\n${dashed(B).replace('–', '\x96')}\r\n`),
		{ accepted: [A, B], mended: 2 },
	],
	[
		'slashes in the date',
		() => latin1(`${slashed(A)};A\n${slashed(B)};B\n`),
		{ accepted: [A, B], mended: 2 },
	],
	[
		'zero-width characters from a web page',
		() => Buffer.from(`NISS\n\u200b${A}\n${B}\u200e\n`),
		{ accepted: [A, B], mended: 2 },
	],
	[
		'no-break spaces',
		() => Buffer.from(`NISS\n${spaced(A).replaceAll(' ', '\u00a0')}\n${B}\n`),
		{ accepted: [A, B] },
	],
	[
		'narrow no-break spaces',
		() => Buffer.from(`NISS\n${spaced(A).replaceAll(' ', '\u202f')}\n${B}\n`),
		{ accepted: [A, B], mended: 1 },
	],
	[
		'a data frame: numbers with .0',
		() => latin1(`,niss\n0,${A}.0\n1,${C}.0\n`),
		{ accepted: [A, C], mended: 2 },
	],
	[
		'a title, an empty line, and names of columns',
		() => latin1(`Liste des b\xe9n\xe9ficiaires 2026;\r\n\r\nNom;NISS\r\nA;${A}\r\nB;${C}\r\n`),
		{ accepted: [A, C] },
	],
	[
		'two lines of names, French and Dutch',
		() => latin1(`Nom;NISS\nNaam;INSZ\nA;${A}\nB;${C}\n`),
		{ accepted: [A, C] },
	],
	[
		'names, and below what they mean',
		() => latin1(`Nom;NISS\n(texte);(11 chiffres)\nA;${A}\nB;${C}\n`),
		{ accepted: [A, C] },
	],
	[
		'a person without a number on the first line below the names',
		() => latin1(`Nom;NISS\nA;inconnu\nB;${C}\nC;${A}\n`),
		{ accepted: [C, A], rejected: { characters: 1 } },
	],
	[
		'a mainframe: one number per line, blanks to the width, Ctrl-Z at the end',
		() => latin1(`${A}      \r\n${C}      \r\n\x1a`),
		{ accepted: [A, C] },
	],
	[
		'a mainframe: a form feed at each page',
		() => latin1(`${A}\r\n\f${C}\r\n`),
		{ accepted: [A, C], mended: 1 },
	],
	[
		'a mainframe: a first and a last record of its own',
		() => latin1(`${A};1\n${C};2\nTOTAL 000000002;\n`),
		{ accepted: [A, C], rejected: { characters: 1 } },
	],
	['an old Mac: CR only', () => latin1(`NISS\r${A}\r${C}\r`), { accepted: [A, C] }],
	[
		'LibreOffice: every text in quotes, commas',
		() => Buffer.from(`"Naam","INSZ"\n"Jan, jr.","${A}"\n"An","${B}"\n`),
		{ accepted: [A, B] },
	],
	[
		'.xlsx of Excel: numbers as texts',
		async () =>
			await xlsx([
				['Nom', 'NISS'],
				['René', A],
				['Zoë', B],
			]),
		{ accepted: [A, B] },
	],
	[
		'.xlsx of Excel: numbers as numbers',
		async () =>
			await xlsx([
				['Nom', 'NISS'],
				['A', Number(A)],
				['B', Number(B)],
				['C', Number(G)],
			]),
		{ accepted: [A, B, G], restoredZeros: 2 },
	],
	[
		'.xlsx: a short number whose check number does not fit',
		async () => await xlsx([['NISS'], [Number(A)], [5010100114]]),
		{ accepted: [A], rejected: { length: 1 } },
	],
	[
		'.xlsx of LibreOffice: texts in the cells',
		async () => await xlsx([['INSZ'], [A], [B]], { strings: 'inline' }),
		{ accepted: [A, B] },
	],
	[
		'.xlsx of Apache POI: numbers with an exponent',
		async () => await xlsx([['NISS'], [Number(A)], [Number(B)]], { exponents: true }),
		{ accepted: [A, B], restoredZeros: 1 },
	],
	[
		'.xlsx of the Open XML SDK: prefixes, no references',
		async () =>
			await xlsx(
				[
					['NISS', 'Nom'],
					[A, 'A'],
					[C, 'C'],
				],
				{ prefix: 'x', withoutReferences: true },
			),
		{ accepted: [A, C] },
	],
	[
		'.xlsx: a title, an empty row, and a total below',
		async () =>
			await xlsx([
				['Bénéficiaires 2026'],
				null,
				['Nom', 'NISS'],
				['A', A],
				['B', C],
				null,
				['Total', 2],
			]),
		{ accepted: [A, C], rejected: { length: 1 } },
	],
	[
		'.xlsx: the list on the second sheet, the first one hidden',
		async () =>
			await xlsx([['NISS'], [A], [C]], { sheets: ['Params', 'Liste'], hidden: ['Params'] }),
		{ accepted: [A, C] },
	],
	[
		'.xlsx: formulas, errors, rich text and a line end in a cell',
		async () =>
			await xlsx([
				['Nom\nPrénom', 'NISS'],
				['A', { xml: `><f>A1</f><v>${Number(C)}</v>` }],
				['B', { xml: ' t="e"><v>#N/A</v>' }],
				['C;"c"', { xml: ` t="str"><f>TEXT(A1)</f><v>${B}</v>` }],
				['D', { xml: ` t="inlineStr"><is><r><t>4201</t></r><r><t>2205181</t></r></is>` }],
			]),
		{ accepted: [C, B, D], rejected: { characters: 1 } },
	],
	[
		'tabs from a database tool, no names',
		() => latin1(`1\t${A}\tFR\n2\t${E}\tNL\n3\t${F}\tFR\n3\t${F}\tFR\n`),
		{ accepted: [A, E, F], rejected: { duplicate: 1 } },
	],
	[
		'vertical bars of a mainframe extraction',
		() => latin1(`${D}|DUPONT    |1000\r\n${E}|PEETERS   |9000\r\n`),
		{ accepted: [D, E] },
	],
];

describe('files as they really come', () => {
	it('are forty at least', () => expect(FILES.length).toBeGreaterThanOrEqual(40));

	it.each(FILES)('%s', async (_, make, seen) => {
		const { counts, accepted } = await read(await make());
		expect(accepted).toEqual(seen.accepted);
		const rejected = Object.entries(counts.rejected).filter(([, n]) => n > 0);
		expect(Object.fromEntries(rejected)).toEqual(seen.rejected ?? {});
		expect([counts.mended, counts.restoredZeros]).toEqual([
			seen.mended ?? 0,
			seen.restoredZeros ?? 0,
		]);
		const left = rejected.reduce((sum, [, n]) => sum + n, 0);
		expect(counts.read).toBe(seen.accepted.length + left);
	});
});

describe('a workbook', () => {
	it('tells the sheet, how many there are, and how many rows are hidden', async () => {
		const file = await xlsx([['NISS'], [A], [B], [C]], {
			sheets: ['Vide', 'Liste'],
			hidden: ['Vide'],
			hiddenRows: [3],
		});
		const { workbook: form, dialect } = await read(file);
		expect(form).toEqual({
			sheet: 'Liste',
			sheetCount: 2,
			hiddenRows: 1,
			header: true,
			column: 1,
			columnName: 'NISS',
			columns: 1,
		});
		expect(dialect).toBeUndefined();
	});

	it('gives the sheet that is named, whatever the case', async () => {
		const file = await xlsx([['NISS'], [A]], { sheets: ['Autre', 'Liste'] });
		expect((await read(file)).accepted).toEqual([]);
		expect((await read(file, 'liste')).accepted).toEqual([A]);
		await expect(read(file, 'Lijst')).rejects.toMatchObject({
			problem: 'sheet_not_found',
			details: { hint: 'Its sheets are: Autre, Liste' },
		});
	});

	it('counts lines as rows of the sheet, empty ones included', async () => {
		const file = await xlsx([['NISS', 'Nom'], null, [A, 'a\nb'], null, ['x', 'b'], [C, 'c']]);
		const lines: number[] = [];
		await checkRecipients(
			{ kind: 'csv', chunks: chunked(file) },
			{ onReject: ({ line }) => void lines.push(line) },
		);
		expect(lines).toEqual([5]);
	});

	it('is read the same however large its parts are', async () => {
		const all = [...numbers(20_000)];
		for (const strings of ['shared', 'inline'] as const) {
			const file = await xlsx([['NISS', 'Nom'], ...all.map((n, i) => [n, `Nom ${i}`])], {
				strings,
			});
			expect((await read(file)).accepted).toEqual(all);
		}
	});

	it.each<[string, () => Promise<Buffer>, string]>([
		[
			'a damaged archive',
			async () => (await xlsx([[A]])).subarray(0, 300),
			'incomplete or damaged',
		],
		[
			'bytes that were changed',
			async () => {
				const file = await xlsx([...numbers(5000)].map((n) => [n]));
				const at = file.indexOf('xl/sharedStrings.xml') + 4000;
				file[at] = (file[at] ?? 0) ^ 0xff;
				return file;
			},
			'damaged',
		],
		[
			'a text that is missing',
			async () => await xlsx([['NISS'], [A]], { leaveOut: 'xl/sharedStrings.xml' }),
			'a text that a cell names is missing',
		],
		[
			'a sheet that is missing',
			async () => await xlsx([['NISS']], { leaveOut: 'xl/worksheets/sheet1.xml' }),
			'the sheet "Feuil1" is missing',
		],
		[
			'XML that is not well-formed',
			async () => await xlsx([[A], [{ xml: '><v>1</x>' }]]),
			'not well-formed',
		],
		['a binary workbook', async () => await archive({ 'xl/workbook.bin': 'x' }), '(.xlsb)'],
		[
			'an OpenDocument file',
			async () => await archive({ mimetype: 'application/vnd', 'content.xml': '<x/>' }),
			'(.ods)',
		],
		['a Word document', async () => await archive({ 'word/document.xml': '<x/>' }), 'Word'],
		['any archive', async () => await archive({ 'list.csv': A }), 'unpack it first'],
	])('is refused in words: %s', async (_, make, message) => {
		const failure: unknown = await read(await make()).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(BroadcastError);
		expect(failure).toMatchObject({
			problem: 'workbook',
			message: expect.stringContaining(message),
		});
		expect(JSON.stringify(failure) + String(failure)).not.toMatch(/\d{11}/);
	});
});

describe('a file that is no text', () => {
	it.each<[string, Buffer, string]>([
		['.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'an old Excel file (.xls)'],
		['.pdf', latin1('%PDF-1.7\n'), 'a PDF document'],
		['.gz', Buffer.from('1f8b0800', 'hex'), 'a gzip archive'],
		['.png', latin1('\x89PNG\r\n'), 'a PNG image'],
		['.rtf', latin1('{\\rtf1\\ansi'), 'an RTF document'],
		['a web page as .xls', latin1(`<html><table><tr><td>${A}</td>`), 'a web page'],
		['XML', Buffer.from('\ufeff<?xml version="1.0"?><Workbook/>'), 'an XML document'],
		['JSON', latin1(`[{"niss":"${A}"}]`), 'JSON'],
		['EBCDIC', Buffer.from('f8f5f0f7f3f0f0f3f3f2f815f9f3f0f5f1f8f2f2f3f6f115', 'hex'), 'EBCDIC'],
		['a program', Buffer.from('7f454c4602010100000000000000000003003e00', 'hex'), 'a binary file'],
	])('is named as what it is: %s', async (_, bytes, name) => {
		const failure: unknown = await read(bytes).catch((error: unknown) => error);
		expect(failure).toMatchObject({ problem: 'not_text', message: expect.stringContaining(name) });
		expect((failure as BroadcastError).details.hint).not.toBe('');
	});

	it('is not seen where a text begins', async () => {
		expect((await read(utf16(`${A}\r\n`))).accepted).toEqual([A]);
		expect((await read(Buffer.from(`${A}\r\n`, 'utf16le'))).accepted).toEqual([A]);
		expect((await read(latin1('PKx\n'))).accepted).toEqual([]);
	});
});

describe('an error', () => {
	it('repeats only words that name columns everywhere, never what could be a person', async () => {
		const source = (text: string): Promise<unknown> =>
			checkRecipients({
				kind: 'csv',
				chunks: chunked(latin1(text)),
				csvOptions: { column: 'Registre' },
			}).catch((error: unknown) => error);
		const data = await source(`Dupont;Jean;${A}\nPeeters;An;${C}\n`);
		expect(JSON.stringify(data) + String(data)).not.toMatch(/Dupont|Jean|\d{11}/);
		const named = await source(`Nom;Prenom;NISS;Solde\nDupont;Jean;${A};1\n`);
		expect(named).toMatchObject({
			details: { hint: 'It has 4 columns, among them: Nom, Prenom, NISS' },
		});
	});

	it('and the dialect show no number where a name was expected', async () => {
		const chunks = chunked(latin1(`${A};x\n${C};y\n`));
		const { dialect } = await checkRecipients({
			kind: 'csv',
			chunks,
			csvOptions: { header: true },
		});
		expect(dialect).toMatchObject({ header: true });
		expect(dialect).not.toHaveProperty('columnName');
	});
});
