import { type Fault, FAULTS } from './faults';
import type { Row } from './matrix';
import { INCOMPLETE_CALL } from './scenario';

/** What was seen of one scenario. */
export interface Seen {
	template: string;
	part?: string;
	rows: Row[];
	/** How many rows there are to be. */
	trials: number;
	unreached: string[];
}

const HEADINGS: Record<Fault, string> = {
	fails: 'Fails',
	empty: 'Gives nothing',
	one: 'One of five fails',
	other: 'Stores another content',
	ends: 'Ends here',
	killed: 'n8n is killed',
};

const titleOf = ({ template, part }: Pick<Seen, 'template' | 'part'>) =>
	part ? `${template} (${part})` : template;

/** One cell: done during the fault, done after it, and what was told again. */
function cell(row: Row | undefined): string {
	if (!row) return '';
	const { during, after, total, toldAgain, problems } = row;
	const again = toldAgain > 0 ? ` (told again: ${toldAgain})` : '';
	const bad = problems.length > 0 ? ` **${problems.join('; ')}**` : '';
	return `${during} → ${after}${total === 5 ? '' : ` of ${total}`}${again}${bad}`;
}

function tableOf({ template, part, rows, unreached }: Seen, reached: Set<string>): string {
	const never = unreached.filter((node) => !reached.has(node));
	const nodes = [...new Set(rows.map(({ node }) => node))];
	const line = (node: string) => {
		const by = rows.find((row) => row.node === node)?.by;
		const cells = FAULTS.map((fault) =>
			cell(rows.find((row) => row.node === node && row.fault === fault)),
		);
		return `| ${node}${by ? ` (beside ${by === INCOMPLETE_CALL ? by : `one that fails at *${by}*`})` : ''} | ${cells.join(' | ')} |`;
	};
	return `### ${titleOf({ template, part })}

| Node | ${FAULTS.map((fault) => HEADINGS[fault]).join(' | ')} |
| --- | ${FAULTS.map(() => '---').join(' | ')} |
${nodes.map(line).join('\n')}
${never.length > 0 ? `\nNot reached: ${never.join(', ')}.\n` : ''}`;
}

/** The page for the documentation. */
export function pageOf(seen: Seen[]): string {
	const rows = seen.flatMap((one) => one.rows);
	const shared = rows.filter(({ sameAs }) => sameAs !== undefined).length;
	const bad = rows.filter(({ problems }) => problems.length > 0).length;
	const counts = FAULTS.map((fault) => {
		const those = rows.filter((row) => row.fault === fault);
		const wrong = those.filter(({ problems }) => problems.length > 0).length;
		return `| ${HEADINGS[fault]} | ${those.length} | ${wrong} |`;
	});
	const begun = seen.filter((one) => one.rows.length > 0);
	const templates = new Set(begun.map(({ template }) => template)).size;
	const left = seen.filter((one) => one.rows.length !== one.trials).map(titleOf);
	return `# Templates under failure

Made by \`npm run test:templates\`; do not edit. Each cell is a run on a real n8n with a sandbox of the service: the template has five things to do (or as many as the cell says), one of its nodes has a fault, and afterwards the template runs once more without it, as after a mend, a repetition of the call or the next delivery.

- *Fails*: the node fails for each of its items, as its *On Error* says. *Gives nothing*: it ends well and gives no item, for nodes that can; left out are those whose empty answer is an answer of the service (an empty queue), and those of this package that give an item or an error for each item they get. *One of five fails*: for nodes that reach outside n8n. *Stores another content*: what stands on the disk for one of five is not what was received, and the node says that all is well; for nodes whose files are read back. *Ends here*: the execution is cut right after the node: no further node runs, as when n8n ends; the caller gets no answer of the template's. *n8n is killed*: the process is really ended (SIGKILL) right after the node, once for each template, and started again.
- **2 → 5**: two were done with the fault, five after the template ran once more. *Told again*: so many times a person or an application was told what it had been told before, which the template prefers to telling nobody.
- Where one node follows and stops the execution when it fails, *ends here* is the very same run as that node's *fails*, and was made once.
- A problem, in bold, is: something acknowledged, closed or told OK that was not done; something done twice; something lost; one bad thing that held up the others.
- A node that only the branch of a failure reaches is tried beside one thing that fails, or one call that is incomplete. *Not reached*: nodes that none of the things to do leads to.

${templates} templates, ${rows.length} cells of ${rows.length - shared} runs, ${bad} with a problem.${left.length > 0 ? ` Not tried with all faults yet: ${left.join(', ')}.` : ''}

| Fault | Cells | With a problem |
| --- | --- | --- |
${counts.join('\n')}

${begun
	.map((one) => {
		const all = seen.filter(({ template }) => template === one.template);
		return tableOf(one, new Set(all.flatMap(({ rows: those }) => those.map(({ node }) => node))));
	})
	.join('\n')}`;
}
