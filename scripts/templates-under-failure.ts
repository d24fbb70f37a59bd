/**
 * Puts every fault into every node of the templates, on a real n8n, and judges what came of it by
 * the state of the service, the files and what the caller was told. Keeps what it has seen of each
 * template, so that an interrupted run goes on where it was, and writes
 * `docs/templates-under-failure.md` once all templates were tried.
 *
 * @example
 * npm run test:templates
 * npm run test:templates -- hubee-receive-cases --faults fails,one
 * npm run test:templates -- --minutes 4
 * npm run test:templates -- --again
 * npm run test:templates -- --plan
 * npm run test:templates -- --worst
 * npm run test:templates -- --minutes 0 --page
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { allScenarios } from '../test/templates/all';
import { FAULTS, type Fault, stopsNextTo } from '../test/templates/faults';
import { Matrix, type Row, type Trial, worstOf } from '../test/templates/matrix';
import { pageOf, type Seen } from '../test/templates/page';
import type { Scenario } from '../test/templates/scenario';
import { cacheFolder } from './n8n/cache';
import type { WorkflowJson } from './n8n/instance';

const ROOT = join(__dirname, '..');
const PAGE = join(ROOT, 'docs/templates-under-failure.md');
/** Rows of a template that are tried side by side, where nothing is shared between them. */
const AT_ONCE = 5;

const nameOf = ({ template, part }: Scenario) => (part ? `${template} (${part})` : template);

/** What was seen of one scenario, and of which state of the template. */
interface Kept extends Seen {
	digest: string;
	/** What there is to try, once that is known. */
	plan?: Trial[];
}

const keptIn = () => join(cacheFolder(), 'templates-under-failure');
const fileOf = (scenario: Scenario) => join(keptIn(), `${nameOf(scenario)}.json`);

/** Of what a template does: its notes, and where its nodes stand, change nothing. */
function digestOf(template: string): string {
	const text = readFileSync(join(ROOT, 'workflows', `${template}.json`), 'utf8');
	const { nodes, connections, settings } = JSON.parse(text) as WorkflowJson;
	const steps = nodes
		.filter(({ type }) => !type.endsWith('.stickyNote'))
		.map((node) => ({ ...node, position: undefined, id: undefined }));
	return createHash('sha256')
		.update(JSON.stringify([steps, connections, settings, FAULTS]))
		.digest('hex');
}

function kept(scenario: Scenario, again: boolean): Kept {
	const digest = digestOf(scenario.template);
	const { template, part } = scenario;
	const file = fileOf(scenario);
	if (!again && existsSync(file)) {
		const found = JSON.parse(readFileSync(file, 'utf8')) as Kept;
		if (found.digest === digest) return found;
	}
	return { template, part, digest, rows: [], trials: -1, unreached: [] };
}

const isSame = (a: Trial, b: Trial) => a.node === b.node && a.fault === b.fault;

/** Tries what was not tried yet, and keeps each row at once. */
async function runMissingTrials(
	matrix: Matrix,
	scenario: Scenario,
	{
		faults,
		again,
		until,
		worst,
	}: { faults: Fault[]; again: boolean; until: number; worst: boolean },
): Promise<Kept> {
	const seen = kept(scenario, again);
	if (seen.trials === seen.rows.length) return seen;
	if (!worst && !seen.plan) {
		const { trials, unreached } = await matrix.plan(scenario, FAULTS);
		Object.assign(seen, { plan: trials, trials: trials.length, unreached });
	}
	const wanted = worst
		? [worstOf(scenario)]
		: (seen.plan ?? []).filter(({ fault }) => faults.includes(fault));
	const isEnd = ({ fault }: Trial) => fault === 'ends';
	// The ends come last: what many of them show was seen by then.
	const left = [...wanted.filter((trial) => !isEnd(trial)), ...wanted.filter(isEnd)].filter(
		(trial) => !seen.rows.some((row) => isSame(row, trial)),
	);
	const next = async (): Promise<void> => {
		for (;;) {
			const index = left.findIndex(({ fault }) => fault !== 'killed');
			const [trial] = index < 0 || Date.now() > until ? [] : left.splice(index, 1);
			if (!trial) return;
			keep(sameRun(scenario, trial, seen) ?? (await matrix.row(scenario, trial)));
		}
	};
	const keep = (row: Row) => {
		seen.rows.push(row);
		console.log(lineOf(scenario, row));
		mkdirSync(keptIn(), { recursive: true });
		writeFileSync(fileOf(scenario), JSON.stringify(seen));
	};
	await Promise.all(Array.from({ length: scenario.isolated ? AT_ONCE : 1 }, next));
	for (const trial of left) if (Date.now() <= until) keep(await matrix.row(scenario, trial));
	return seen;
}

/** What was seen where the failure of the next node is the very same run. */
function sameRun(scenario: Scenario, trial: Trial, { rows }: Kept): Row | undefined {
	const next = trial.fault === 'ends' && stopsNextTo(scenario.workflow(), trial.node);
	const row = rows.find(
		({ node, fault, by }) => node === next && fault === 'fails' && by === trial.by,
	);
	return row && { ...row, ...trial, sameAs: row.node };
}

const lineOf = (scenario: Scenario, { node, fault, during, after, total, problems }: Row) =>
	`${nameOf(scenario)} | ${node} | ${fault} | ${during} → ${after} of ${total} | ${problems.join('; ') || '–'}`;

/** Runs a template without a fault, and says what is to be tried. */
async function show(matrix: Matrix, scenario: Scenario, faults: Fault[]): Promise<void> {
	try {
		const { trials, unreached } = await matrix.plan(scenario, faults);
		const left = unreached.length > 0 ? `, not reached: ${unreached.join(', ')}` : '';
		console.log(`${nameOf(scenario)}: ${trials.length} runs${left}`);
	} catch (error) {
		console.log(`${nameOf(scenario)}: ${error instanceof Error ? error.message : String(error)}`);
	}
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			faults: { type: 'string' },
			minutes: { type: 'string', default: '600' },
			again: { type: 'boolean', default: false },
			plan: { type: 'boolean', default: false },
			page: { type: 'boolean', default: false },
			worst: { type: 'boolean', default: false },
		},
	});
	const faults = FAULTS.filter((fault) => !values.faults || values.faults.includes(fault));
	const until = Date.now() + Number(values.minutes) * 60_000;
	const matrix = await Matrix.start();
	const scenarios = await allScenarios(matrix.n8n);
	const all: Kept[] = [];
	try {
		for (const scenario of scenarios) {
			if (positionals.length > 0 && !positionals.includes(scenario.template)) continue;
			if (Date.now() > until) break;
			if (values.plan) {
				await show(matrix, scenario, faults);
				continue;
			}
			const options = { faults, again: values.again, until, worst: values.worst };
			const seen = await runMissingTrials(matrix, scenario, options).catch((error: unknown) => {
				console.log(`${nameOf(scenario)}: ${String(error)}`);
				return kept(scenario, false);
			});
			all.push(seen);
			if (!matrix.n8n.running) await matrix.n8n.restart();
		}
	} finally {
		await matrix.end();
		for (const { close } of scenarios) await close();
	}
	const rows = all.flatMap((one) => one.rows);
	const bad = rows.filter(({ problems }) => problems.length > 0);
	const isWhole =
		all.length === scenarios.length && all.every((one) => one.trials === one.rows.length);
	if (values.page || (isWhole && faults.length === FAULTS.length))
		writeFileSync(PAGE, pageOf(values.page ? scenarios.map((one) => kept(one, false)) : all));
	console.log(
		`${rows.length} tried, ${bad.length} with a problem${isWhole ? '' : ', not all yet'}`,
	);
	if (bad.length > 0 || !isWhole) process.exitCode = 1;
}

void main();
