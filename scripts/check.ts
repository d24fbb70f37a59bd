/**
 * `npm test`: everything that has to hold before a change is taken in, cheapest first. Stops at the
 * first failure. `npm test -- --queue` adds the tests in queue mode, which want Redis and
 * PostgreSQL.
 *
 * The last line is `N passed, N failed, N skipped`, the jest tests of all steps that ran. Above it
 * stand the tests that failed, each with what went wrong, the time that each step took, and why
 * tests were skipped. A skipped test that gives no reason is a failure.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { add, type Counts, countsOf, explained, NOTHING, type Report } from './check/counts';
import { failureLines } from './check/failures';

interface Step {
	title: string;
	/** The npm script of package.json. */
	script: string;
	/** Whether it is jest, whose tests are counted. */
	jest?: boolean;
}

const STEPS: Step[] = [
	{ title: 'Lint', script: 'lint' },
	{ title: 'Format', script: 'format:check' },
	{ title: 'Types', script: 'typecheck' },
	{ title: 'Unit tests', script: 'test:unit', jest: true },
	{ title: 'Contract tests', script: 'test:contract', jest: true },
	{ title: 'Random histories', script: 'test:truth', jest: true },
	{ title: 'Build', script: 'build' },
	{ title: 'Tests of build and commands', script: 'test:build', jest: true },
	{ title: 'End-to-end tests on a real n8n', script: 'test:e2e', jest: true },
	{ title: 'End-to-end tests on the oldest', script: 'test:floor', jest: true },
	...(process.argv.includes('--queue')
		? [{ title: 'Tests in queue mode', script: 'test:queue', jest: true }]
		: []),
];

const root = resolve(__dirname, '..');
const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

async function main(): Promise<void> {
	let total: Counts = NOTHING;
	const failures: string[] = [];
	const summary: string[] = [];
	const reports = mkdtempSync(join(tmpdir(), 'guichet-check-'));
	try {
		for (const step of STEPS) {
			console.log(`\n=== ${step.title} (npm run ${step.script})`);
			const started = Date.now();
			const reportFile = join(reports, `${step.script.replace(':', '-')}.json`);
			const ok = await runScript(step, reportFile);
			const report = readReport(reportFile);
			const counts = report ? countsOf(report) : NOTHING;
			if (report) failures.push(...failureLines(report, root));
			total = add(total, counts);
			const tests = step.jest ? `, ${inWords(counts)}` : '';
			summary.push(
				`${ok ? 'ok    ' : 'FAILED'}  ${step.title.padEnd(32)} ${seconds(started)}${tests}`,
			);
			if (ok) continue;
			process.exitCode = 1;
			break;
		}
	} finally {
		rmSync(reports, { recursive: true, force: true });
	}
	console.log(['', ...failures, '', ...summary, ''].join('\n'));
	for (const line of explained(total)) console.log(line);
	if (total.failed > 0) process.exitCode = 1;
	console.log(inWords(total));
}

const inWords = ({ passed, failed, skipped }: Counts) =>
	`${passed} passed, ${failed} failed, ${skipped.length} skipped`;

async function runScript({ script, jest }: Step, report: string): Promise<boolean> {
	const extra = jest ? ['--', '--json', `--outputFile=${report}`] : [];
	const child = spawn('npm', ['run', '--silent', script, ...extra], {
		cwd: root,
		// jest prints its report to stdout as well, in one huge line; what people read goes to stderr.
		stdio: ['ignore', jest ? 'ignore' : 'inherit', 'inherit'],
	});
	return await new Promise((done, fail) => {
		child.on('error', fail);
		child.on('close', (code) => done(code === 0));
	});
}

/** Nothing for a step that is not jest, and for a jest that ended before it could report. */
function readReport(file: string): Report | undefined {
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
