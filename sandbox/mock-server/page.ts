/** A table of the root page. Columns are the keys of the rows. */
export interface PageSection {
	title: string;
	rows: Array<Record<string, unknown>>;
}

function escapeHtml(value: unknown): string {
	const text =
		value === null || value === undefined
			? ''
			: typeof value === 'object'
				? JSON.stringify(value)
				: String(value);
	return text.replace(
		/[&<>"']/g,
		(character) =>
			({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character] ?? '',
	);
}

function renderTable({ title, rows }: PageSection): string {
	const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join('');
	const body = rows
		.map((row) => columns.map((column) => `<td>${escapeHtml(row[column])}</td>`).join(''))
		.map((cells) => `<tr>${cells}</tr>`)
		.join('\n');
	const table =
		rows.length === 0
			? '<p>None.</p>'
			: `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
	return `<h2>${escapeHtml(title)} (${rows.length})</h2>\n${table}`;
}

/** The root page of a mock server: tables only, no script, nothing fetched from elsewhere. */
export function renderPage(name: string, sections: PageSection[]): string {
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(name)}</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }
table { border-collapse: collapse } th, td { border: 1px solid #8886; padding: .2rem .6rem; text-align: left }
td { font-variant-numeric: tabular-nums; word-break: break-word; max-width: 40rem }
</style></head><body>
<h1>${escapeHtml(name)}</h1>
${sections.map(renderTable).join('\n')}
</body></html>
`;
}
