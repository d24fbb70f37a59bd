/** A Markdown table, its first row the head; numbers to the right. */
export function markdownTable(rows: string[][]): string {
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	const line = (cells: string[]) =>
		`| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
	const rule = widths.map((width, column) =>
		column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
	);
	return [line(rows[0]), line(rule), ...rows.slice(1).map(line)].join('\n');
}

export const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
