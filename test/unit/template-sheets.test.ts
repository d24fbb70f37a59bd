import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

interface Template {
	nodes: INode[];
	connections: Record<string, { main: Array<Array<{ node: string }>> }>;
}

const FOLDER = join(__dirname, '../../workflows');

const templates = readdirSync(FOLDER)
	.filter((file) => file.endsWith('.json'))
	.map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Template);

const nodesOfAll = (suits: (node: INode) => boolean): INode[] =>
	templates.flatMap(({ nodes }) => nodes.filter(suits));

const valuesOf = (nodes: INode[], parameter: string): string[] => [
	...new Set(nodes.map(({ parameters }) => String(parameters[parameter]))),
];

const steps = nodesOfAll(({ name }) => name === 'Rows of CSV');
const [code] = valuesOf(steps, 'jsCode') as [string];

/** What the step of the templates makes of a file. */
async function rowsOf(file: Buffer): Promise<IDataObject[]> {
	const helpers = { getBinaryDataBuffer: async () => await Promise.resolve(file) };
	const run = runInNewContext(`(async function () {\n${code}\n})`, {
		Buffer,
		TextDecoder,
	}) as (this: object) => Promise<INodeExecutionData[]>;
	const items = await run.call({ helpers });
	return items.map(({ json }) => ({ ...json }));
}

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

const ENCODINGS: Array<[string, (text: string) => Buffer]> = [
	['UTF-8', (text) => Buffer.from(text)],
	['UTF-8 with a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
	['Windows-1252', (text) => Buffer.from(text, 'latin1')],
	['UTF-16 LE', utf16],
	['UTF-16 BE', (text) => utf16(text).swap16()],
];

const LINE_ENDS: Array<[string, string]> = [
	['CRLF', '\r\n'],
	['LF', '\n'],
	['CR', '\r'],
];

const SEPARATORS = [';', ',', '\t', '|'];

const ROWS = [
	['account', 'société', 'alertActive', 'alerts'],
	[
		'CABINET01',
		'Crédit d’Été'.replace('’', "'"),
		'VRAI',
		'TVA, TDFC ARS negative 5; DSN AIS positive',
	],
	['CLIENT02', 'Say "oui"', 'NON', 'TVA ACS negative 2\nTDFC ACS negative 3'],
	['CLIENT03', '', 'x', ''],
];

const EXPECTED = ROWS.slice(1).map((cells) =>
	Object.fromEntries(cells.map((cell, column) => [ROWS[0]?.[column], cell])),
);

/** As Excel writes: quotes only where they are needed, two empty rows at the end. */
function sheet(separator: string, lineEnd: string): string {
	const quoted = (cell: string): string =>
		/[";,|\n\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
	const lines = ROWS.map((cells) => cells.map(quoted).join(separator));
	const empty = separator.repeat(3);
	return [...lines, empty, empty].map((line) => line + lineEnd).join('');
}

describe('the step that reads a sheet', () => {
	it('is the same in every template, and none reads a CSV in another way', () => {
		expect(steps.length).toBeGreaterThan(1);
		expect(valuesOf(steps, 'jsCode')).toHaveLength(1);
		expect(
			nodesOfAll(
				({ type, parameters }) =>
					type === 'n8n-nodes-base.extractFromFile' && parameters.operation === 'csv',
			),
		).toEqual([]);
	});

	describe.each(ENCODINGS)('%s', (_, encoded) => {
		it.each(
			SEPARATORS.flatMap((separator) =>
				LINE_ENDS.map(([name, lineEnd]) => ({ separator, name, lineEnd })),
			),
		)('$separator $name', async ({ separator, lineEnd }) => {
			expect(await rowsOf(encoded(sheet(separator, lineEnd)))).toEqual(EXPECTED);
		});
	});

	it.each([
		['without a line end at the last line', 'account;on\nA;oui'],
		['with the line sep=; of Excel', 'sep=;\r\naccount;on\r\nA;oui\r\n'],
		['with the line sep=; in quotes', '"sep=;"\naccount;on\nA;oui\n'],
		['with blank lines before and between', '\r\n;;\r\naccount;on\r\n\r\nA;oui\r\n ; \r\n'],
		['with every cell in quotes', '"account";"on"\n"A";"oui"\n'],
		['with blanks around names and cells', ' account ; on\n A ;\u00a0oui \n'],
		['with text that Excel shall not take for a number', 'account;on\n="A";"=""oui"""\n'],
		['with empty columns behind the last name', 'account;on;;\nA;oui;;\n'],
		['with fewer cells than names', 'on;account;more\noui;A\n', { more: '' }],
		['with a separator in the names', '"account";"on";"a,b,c,d"\nA;oui;\n', { 'a,b,c,d': '' }],
		['with the end sign of a mainframe', 'account;on\r\nA;oui\r\n\x1a'],
		['with an apostrophe that guards a cell', "account;on;sum\nA;oui;'=1+1\n", { sum: '=1+1' }],
		['with a column named __proto__', 'account;on;constructor\nA;oui;x\n', { constructor: 'x' }],
	] as Array<[string, string, IDataObject?]>)('%s', async (_, text, more = {}) => {
		expect(await rowsOf(Buffer.from(text))).toEqual([{ account: 'A', on: 'oui', ...more }]);
	});

	it('an apostrophe of Word and the euro sign are read from Windows-1252', async () => {
		const file = Buffer.from('account;note\nA;l\x92\xe9t\xe9 \x80\n', 'latin1');
		expect(await rowsOf(file)).toEqual([{ account: 'A', note: 'l’été €' }]);
	});

	it('names without rows are no rows', async () => {
		expect(await rowsOf(Buffer.from('account;on\r\n;\r\n'))).toEqual([]);
	});

	it.each([
		['an Excel workbook', Buffer.from('PK\x03\x04'), /Excel workbook.*\.xlsx/],
		['an old Excel workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), /Excel workbook/],
		['what is no text', Buffer.from('%PDF\0\x01', 'latin1'), /no text/],
		['nothing', Buffer.alloc(0), /no line with the names/],
		['a quote that is never closed', Buffer.from('a;b\n1;"2\n3;4\n'), /line 2 is not closed/],
		['a name that is there twice', Buffer.from('a;b;a\n1;2;3\n'), /Two columns have the name a/],
		[
			'a separator in a cell without quotes',
			Buffer.from(
				'account;alerts\nA;TVA ACS negative 2\n\nB;TVA ACS negative 2; DSN AIS positive\n',
			),
			/Line 4 has a value in a column without a name: a cell that holds ; stands between quotes/,
		],
	])('%s is refused, not read in part', async (_, file, message) => {
		await expect(rowsOf(file)).rejects.toThrow(message);
	});
});

describe('the step before a CSV is written', () => {
	const guards = nodesOfAll(({ name }) => name === 'Guard Cells');
	const [expression] = valuesOf(guards, 'jsonOutput') as [string];

	/** The row as it is written. */
	function guarded(row: IDataObject, cellGuard = "'"): IDataObject {
		const $ = () => ({ first: () => ({ json: { cellGuard } }) });
		return {
			...(runInNewContext(expression.slice('={{'.length, -'}}'.length), {
				$json: row,
				$,
				Object,
			}) as IDataObject),
		};
	}

	it('stands before every CSV, the same in every template', () => {
		const unguarded = templates.flatMap(({ nodes, connections }) =>
			nodes
				.filter(
					({ type, parameters }) =>
						type === 'n8n-nodes-base.convertToFile' && parameters.operation === 'csv',
				)
				.filter(({ name }) => {
					const before = Object.keys(connections).filter((from) =>
						connections[from]?.main.flat().some(({ node }) => node === name),
					);
					return before.join() !== 'Guard Cells';
				})
				.map(({ name }) => name),
		);
		expect(unguarded).toEqual([]);
		expect(guards.length).toBeGreaterThan(2);
		expect(valuesOf(guards, 'jsonOutput')).toHaveLength(1);
	});

	it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\tplain'])('guards %j', (cell) => {
		expect(guarded({ cell })).toEqual({ cell: `'${cell}` });
	});

	it('guards what begins a cell where another separator or a line break splits it', () => {
		expect(guarded({ cell: 'x;=HYPERLINK("a")' })).toEqual({ cell: 'x;\'=HYPERLINK("a")' });
		expect(guarded({ cell: 'x\n =1' })).toEqual({ cell: "x\n' =1" });
	});

	it('leaves everything else as it is', () => {
		const row = { a: 'A=1 -2', b: -3, c: true, d: null, e: 'a@b.example; c@d.example', f: '' };
		expect(guarded(row)).toEqual(row);
	});

	it('guards with what the setting says, and not at all where it is empty', () => {
		expect(guarded({ cell: '=1' }, ' ')).toEqual({ cell: ' =1' });
		expect(guarded({ cell: '=1' }, '')).toEqual({ cell: '=1' });
	});

	it('is undone by the step that reads', async () => {
		const cells = ['=1', '+2', '-3', '@x', 'plain'];
		const written = cells.map((cell) => String(guarded({ cell }).cell));
		expect(await rowsOf(Buffer.from(['cell', ...written].join('\n')))).toEqual(
			cells.map((cell) => ({ cell })),
		);
	});
});
