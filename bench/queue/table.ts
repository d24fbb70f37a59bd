/** A Markdown table, its first row the head; numbers to the right. */
export function markdownTable(rows: [head: string[], ...body: string[][]]): string {
	const [head, ...body] = rows;
	const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	const line = (cells: string[]) =>
		`| ${widths.map((width, column) => aligned(cells[column] ?? '', width, column)).join(' | ')} |`;
	const rule = widths.map((width, column) =>
		column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
	);
	return [line(head), line(rule), ...body.map(line)].join('\n');
}

function aligned(cell: string, width: number, column: number): string {
	return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

export const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
