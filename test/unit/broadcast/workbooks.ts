import { ZipFile } from 'yazl';

/** A cell of a workbook as a program writes it. */
export type Cell =
	| string
	| number
	| null
	/** raw XML of the cell, after `<c r="…"` */
	| { xml: string };

export interface WorkbookOptions {
	/** texts in the cells (LibreOffice calls it inline) or in the shared strings, as Excel does */
	strings?: 'shared' | 'inline';
	/** names of the sheets; the rows are on the last one */
	sheets?: string[];
	hidden?: string[];
	hiddenRows?: number[];
	/** prefix of the elements, as the Open XML SDK writes them */
	prefix?: string;
	/** without `r` attributes, as some exporters write */
	withoutReferences?: boolean;
	/** numbers as 8.5073003328E10, as Apache POI writes them */
	exponents?: boolean;
	/** parts in their own order in the archive, the shared strings last */
	leaveOut?: string;
}

const escape = (text: string): string =>
	text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Letters of a column from 0. */
function letters(column: number): string {
	const rest = Math.floor(column / 26);
	return (rest > 0 ? letters(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}

/** The XML of a sheet, row by row, so that a long list needs no memory here either. */
function* sheetXml(
	rows: Iterable<readonly Cell[] | null>,
	strings: Map<string, number> | undefined,
	options: WorkbookOptions = {},
): Generator<string> {
	const p = options.prefix ? `${options.prefix}:` : '';
	const xmlns = options.prefix ? `xmlns:${options.prefix}` : 'xmlns';
	yield `<?xml version="1.0" encoding="UTF-8"?><${p}worksheet ${xmlns}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><${p}sheetData>`;
	let number = 0;
	for (const row of rows) {
		number++;
		if (row === null) continue;
		const hidden = options.hiddenRows?.includes(number) ? ' hidden="1"' : '';
		const cells = row.map((cell, i) => {
			if (cell === null) return '';
			const at = options.withoutReferences ? '' : ` r="${letters(i)}${number}"`;
			if (typeof cell === 'object') return `<${p}c${at}${cell.xml}</${p}c>`;
			if (typeof cell === 'number') {
				const text = options.exponents ? cell.toExponential().toUpperCase().replace('+', '') : cell;
				return `<${p}c${at}><${p}v>${text}</${p}v></${p}c>`;
			}
			if (!strings) {
				return `<${p}c${at} t="inlineStr"><${p}is><${p}t xml:space="preserve">${escape(cell)}</${p}t></${p}is></${p}c>`;
			}
			const index = strings.get(cell) ?? strings.size;
			strings.set(cell, index);
			return `<${p}c${at} t="s"><${p}v>${index}</${p}v></${p}c>`;
		});
		const at = options.withoutReferences ? '' : ` r="${number}"`;
		yield `<${p}row${at}${hidden}>${cells.join('')}</${p}row>`;
	}
	yield `</${p}sheetData></${p}worksheet>`;
}

/** An .xlsx file. */
export async function workbook(
	rows: Iterable<readonly Cell[] | null>,
	options: WorkbookOptions = {},
): Promise<Buffer> {
	const { sheets = ['Feuil1'], hidden = [] } = options;
	const strings = options.strings === 'inline' ? undefined : new Map<string, number>();
	const xml = [...sheetXml(rows, strings, options)].join('');
	const empty = [...sheetXml([], undefined)].join('');
	const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
	const packaged = 'http://schemas.openxmlformats.org/package/2006/relationships';
	const related = (target: string, type: string, i: number): string =>
		`<Relationship Id="rId${i}" Type="${office}/${type}" Target="${target}"/>`;
	const parts: Record<string, string> = {
		'[Content_Types].xml':
			'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
		'_rels/.rels': `<Relationships xmlns="${packaged}">${related('xl/workbook.xml', 'officeDocument', 1)}</Relationships>`,
		'xl/workbook.xml': `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${sheets
			.map(
				(name, i) =>
					`<sheet name="${escape(name)}" sheetId="${i + 1}"${hidden.includes(name) ? ' state="hidden"' : ''} r:id="rId${i + 1}"/>`,
			)
			.join('')}</sheets></workbook>`,
		'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packaged}">${sheets
			.map((_, i) => related(`worksheets/sheet${i + 1}.xml`, 'worksheet', i + 1))
			.join('')}${related('/xl/sharedStrings.xml', 'sharedStrings', 99)}</Relationships>`,
	};
	sheets.forEach((_, i) => {
		parts[`xl/worksheets/sheet${i + 1}.xml`] = i === sheets.length - 1 ? xml : empty;
	});
	if (strings) {
		parts['xl/sharedStrings.xml'] =
			`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">${[...strings.keys()].map((text) => `<si><t xml:space="preserve">${escape(text)}</t></si>`).join('')}</sst>`;
	}
	return await archive(
		Object.fromEntries(Object.entries(parts).filter(([name]) => name !== options.leaveOut)),
	);
}

/** A ZIP archive of texts. */
export async function archive(parts: Record<string, string>): Promise<Buffer> {
	const zip = new ZipFile();
	for (const [name, text] of Object.entries(parts)) zip.addBuffer(Buffer.from(text), name);
	zip.end();
	const chunks: Uint8Array[] = [];
	for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
