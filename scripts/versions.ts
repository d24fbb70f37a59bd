/**
 * `npm run test:versions`: runs the tests of `test/versions` on several versions of n8n, each installed once into the
 * cache (minutes and 3 GB each), and writes the table of `docs/compatibility.md`. `-- 2.30 2.4` runs these only and
 * writes nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { countsOf, type Report } from './check/counts';

const ROOT = resolve(__dirname, '..');
const PAGE = join(ROOT, 'docs/compatibility.md');
/** Folders of `test/e2e/n8n`; the newest has none. */
const VERSIONS = ['', '2.30', '2.4', '1.123'];

interface Result {
	version: string;
	/** The tests' file: `works`, or `refuses` on what is too old. */
	ran: string;
	passed: number;
	failed: number;
}

function runOn(folder: string, reports: string): Result {
	const report = join(reports, `${folder || 'newest'}.json`);
	const config = ['-c', 'jest.versions.config.mjs', '--json', `--outputFile=${report}`];
	spawnSync('npx', ['jest', ...config], {
		cwd: ROOT,
		env: { ...process.env, GUICHET_N8N: folder },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	const read = JSON.parse(readFileSync(report, 'utf8')) as Report;
	const { passed, failed } = countsOf(read);
	const manifest = readFileSync(join(ROOT, 'test/e2e/n8n', folder, 'package.json'), 'utf8');
	const { dependencies } = JSON.parse(manifest) as { dependencies: { n8n: string } };
	const ran = read.testResults.some(({ name = '' }) => name.includes('refuses'))
		? 'refuses'
		: 'works';
	return { version: dependencies.n8n, ran, passed, failed };
}

function tableOf(results: Result[]): string {
	const rows = results.map(({ version, ran, passed, failed }) => {
		const what = ran === 'works' ? 'the package works' : 'the nodes refuse to run, in one sentence';
		const count = `${passed + failed} ${passed + failed === 1 ? 'test' : 'tests'}`;
		return `| ${version} | ${what}: ${count} | ${failed === 0 ? 'passed' : `**${failed} failed**`} |`;
	});
	return ['| n8n | what was tested | result |', '| --- | --- | --- |', ...rows].join('\n');
}

const wanted = process.argv.slice(2);
const reports = mkdtempSync(join(tmpdir(), 'guichet-versions-'));
const results = (wanted.length > 0 ? wanted : VERSIONS).map((folder) => runOn(folder, reports));
rmSync(reports, { recursive: true, force: true });
console.log(tableOf(results));
if (wanted.length === 0) {
	const [before = '', after = ''] = readFileSync(PAGE, 'utf8').split(
		/<!-- versions: begin -->[\s\S]*<!-- versions: end -->/,
	);
	const table = `<!-- versions: begin -->\n\n${tableOf(results)}\n\n<!-- versions: end -->`;
	writeFileSync(PAGE, before + table + after);
}
if (results.some(({ passed, failed }) => failed > 0 || passed === 0)) process.exitCode = 1;
