import { curlLine } from './controls';
import type { Control, ControlField, N8nCredential } from './controls';

/** A cell that leads somewhere. */
export interface Link {
	text: string;
	href: string;
}

/** A table of the root page. Columns are the keys of the rows. */
export interface PageSection {
	title: string;
	rows: Array<Record<string, unknown>>;
}

/** All that the root page of a mock server shows. */
export interface Page {
	name: string;
	/** Where the forms are sent, without a trailing slash. */
	adminUrl: string;
	credentials: readonly N8nCredential[];
	controls: readonly Control[];
	/** What the last form or `curl` line gave. */
	done: { title: string; result: unknown } | undefined;
	sections: PageSection[];
}

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --soft: #8881; --accent: #c2410c }
body { font: 14px/1.5 system-ui, sans-serif; margin: 1.5rem auto; padding: 0 1.5rem; max-width: 80rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
h3 { font-size: .95rem; margin: 0 0 .25rem }
p { margin: .25rem 0 } .quiet { opacity: .75 }
code, pre, input, select, textarea, button { font-size: 13px }
code, textarea, pre { font-family: ui-monospace, monospace }
.table { overflow-x: auto }
table { border-collapse: collapse } th, td { border: 1px solid var(--line); padding: .2rem .6rem; text-align: left; vertical-align: top }
th { background: var(--soft) } td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; min-width: 3rem; max-width: 34rem }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 1rem }
.card, details { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem }
.card { display: flex; flex-direction: column; gap: .4rem } .card form { display: grid; gap: .4rem }
.card code { overflow-wrap: anywhere }
details { margin: .5rem 0 } summary { cursor: pointer; font-weight: 600 }
.field { display: grid; grid-template-columns: 9rem 1fr auto; gap: .5rem; align-items: center; margin-top: .35rem }
.curl { display: flex; gap: .5rem; align-items: start; justify-content: space-between; margin-top: auto }
.curl code { background: var(--soft); border-radius: 4px; padding: .2rem .4rem; flex: 1 }
input, select, textarea { border: 1px solid var(--line); border-radius: 4px; padding: .25rem .4rem; width: 100%; box-sizing: border-box; background: transparent; color: inherit }
button { border: 1px solid var(--line); border-radius: 4px; padding: .25rem .7rem; background: var(--soft); color: inherit; cursor: pointer; white-space: nowrap }
button[type=submit] { background: var(--accent); border-color: var(--accent); color: #fff; justify-self: start }
pre { background: var(--soft); border-radius: 8px; padding: .6rem .8rem; overflow: auto; max-height: 16rem }
`;

/** Copies the field beside the button; the page works without it. */
const SCRIPT = `
document.addEventListener('click', async ({ target }) => {
	if (!target.matches('button[data-copy]')) return;
	const source = target.previousElementSibling;
	await navigator.clipboard.writeText(source.value ?? source.textContent);
	target.textContent = 'Copied';
	setTimeout(() => { target.textContent = 'Copy'; }, 1500);
});
`;

const COPY = '<button type="button" data-copy>Copy</button>';

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

const isLink = (value: unknown): value is Link =>
	typeof value === 'object' && value !== null && 'href' in value;

const cell = (value: unknown): string =>
	isLink(value)
		? `<a href="${escapeHtml(value.href)}">${escapeHtml(value.text)}</a>`
		: escapeHtml(value);

function renderTable({ title, rows }: PageSection): string {
	const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join('');
	const body = rows
		.map((row) => columns.map((column) => `<td>${cell(row[column])}</td>`).join(''))
		.map((cells) => `<tr>${cells}</tr>`)
		.join('\n');
	const table =
		rows.length === 0
			? '<p class="quiet">None.</p>'
			: `<div class="table"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
	return `<h2>${escapeHtml(title)} (${rows.length})</h2>\n${table}`;
}

function renderCredential({ name, data, labels }: N8nCredential, index: number): string {
	const fields = Object.entries(labels).map(([parameter, label]) => {
		const value = data[parameter] ?? '';
		const content = value.includes('\n')
			? `<textarea readonly rows="3" aria-label="${escapeHtml(label)}">${escapeHtml(value)}</textarea>`
			: `<input readonly aria-label="${escapeHtml(label)}" value="${escapeHtml(value)}">`;
		return `<div class="field"><span>${escapeHtml(label)}</span>${content}${COPY}</div>`;
	});
	return `<details${index === 0 ? ' open' : ''}><summary>${escapeHtml(name)}</summary>${fields.join('\n')}</details>`;
}

function renderCredentials({ credentials, adminUrl }: Page): string {
	if (credentials.length === 0) return '';
	const download = `curl -o credentials.json ${adminUrl}/n8n-credentials &amp;&amp; n8n import:credentials --input=credentials.json`;
	return `<h2>Credentials for n8n</h2>
<p class="quiet">Choose <em>Custom</em> as environment and copy the fields, or import all of them at once:</p>
<div class="curl"><code>${download}</code>${COPY}</div>
${credentials.map(renderCredential).join('\n')}`;
}

function renderField({ name, label, value, options }: ControlField): string {
	const given = options
		? `<select name="${escapeHtml(name)}">${options
				.map(
					(option) =>
						`<option${option === value ? ' selected' : ''}>${escapeHtml(option)}</option>`,
				)
				.join('')}</select>`
		: `<input name="${escapeHtml(name)}" value="${escapeHtml(value)}">`;
	return `<label class="field"><span>${escapeHtml(label)}</span>${given}</label>`;
}

function renderControl(control: Control, adminUrl: string): string {
	const { name, title, explanation, fields } = control;
	return `<section class="card"><h3>${escapeHtml(title)}</h3>
${explanation === undefined ? '' : `<p class="quiet">${escapeHtml(explanation)}</p>`}
<form method="post" action="${escapeHtml(`${adminUrl}/do/${name}`)}">${fields.map(renderField).join('\n')}
<button type="submit">${escapeHtml(title)}</button></form>
<div class="curl"><code>${escapeHtml(curlLine(control, adminUrl))}</code>${COPY}</div></section>`;
}

function renderDone({ done }: Page): string {
	if (done === undefined) return '';
	const result =
		done.result === undefined
			? ''
			: `<pre>${escapeHtml(JSON.stringify(done.result, null, 2))}</pre>`;
	return `<h2>Done: ${escapeHtml(done.title)}</h2>${result}`;
}

/** The root page of a mock server; nothing of it is fetched from elsewhere. */
export function renderPage(page: Page): string {
	const { name, adminUrl, controls, sections } = page;
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(name)}</title>
<style>${STYLE}</style></head><body>
<h1>${escapeHtml(name)}</h1>
<p class="quiet">Administration: <code>${escapeHtml(adminUrl)}</code></p>
${renderDone(page)}
${renderCredentials(page)}
<h2>What you can do</h2>
<div class="cards">${controls.map((control) => renderControl(control, adminUrl)).join('\n')}</div>
${sections.map(renderTable).join('\n')}
<script type="module">${SCRIPT}</script>
</body></html>
`;
}
