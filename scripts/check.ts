/**
 * `npm test`: everything that has to hold before a change is taken in, cheapest first. Stops at the first failure.
 * `npm test -- --queue` adds the tests in queue mode, which want Redis and PostgreSQL.
 * The last line is `N passed, N failed, N skipped`, the jest tests of all steps that ran; above it
 * stands why tests were skipped. A skipped test that gives no reason is a failure.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { add, type Counts, countsOf, explained, NOTHING, type Report } from './check/counts';

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
	const summary: string[] = [];
	const reports = mkdtempSync(join(tmpdir(), 'guichet-check-'));
	try {
		for (const step of STEPS) {
			console.log(`\n=== ${step.title} (npm run ${step.script})`);
			const started = Date.now();
			const report = join(reports, `${step.script.replace(':', '-')}.json`);
			const ok = await runScript(step, report);
			const counts = readCounts(report);
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
	console.log(`\n${summary.join('\n')}\n`);
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

function readCounts(report: string): Counts {
	return existsSync(report)
		? countsOf(JSON.parse(readFileSync(report, 'utf8')) as Report)
		: NOTHING;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
