/**
 * `npm run test:versions`: runs the tests of `test/versions` on several versions of n8n, each
 * installed once into the cache (minutes and 3 GB each), and with several settings on the newest,
 * and writes the tables of `docs/compatibility.md`. `-- 2.30 2.4` runs these versions only and
 * writes nothing; `-- settings` the settings only.
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

/** What administrators set, and n8n leaves otherwise; tried on the newest n8n. */
const SETTINGS: Array<Record<string, string>> = [
	{ N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
	{ N8N_DEFAULT_BINARY_DATA_MODE: 'database' },
	{ N8N_RESTRICT_FILE_ACCESS_TO: '' },
	{ N8N_BLOCK_ENV_ACCESS_IN_NODE: 'false' },
	{ EXECUTIONS_DATA_SAVE_ON_PROGRESS: 'true' },
	// A proxy that is not there, and must not be asked.
	{
		HTTP_PROXY: 'http://127.0.0.1:9',
		HTTPS_PROXY: 'http://127.0.0.1:9',
		NO_PROXY: '127.0.0.1,localhost',
	},
	{ N8N_SSRF_PROTECTION_ENABLED: 'true', N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.0/8,::1/128' },
];

interface Result {
	version: string;
	/** The tests' file: `works`, or `refuses` on what is too old. */
	ran: string;
	passed: number;
	failed: number;
}

function runOn(folder: string, reports: string, env: Record<string, string> = {}): Result {
	const report = join(reports, `${folder || 'newest'}.json`);
	const config = ['-c', 'jest.versions.config.mjs', '--json', `--outputFile=${report}`];
	spawnSync('npx', ['jest', ...config], {
		cwd: ROOT,
		env: { ...process.env, GUICHET_N8N: folder, GUICHET_N8N_ENV: JSON.stringify(env) },
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

function settingsTable(results: Array<[Record<string, string>, Result]>): string {
	const rows = results.map(([env, { version, passed, failed }]) => {
		const set = Object.entries(env).map(([name, value]) => `\`${name}=${value}\``);
		const result = failed === 0 ? `${passed} tests passed` : `**${failed} tests failed**`;
		return `| ${set.join(', ')} | ${version} | ${result} |`;
	});
	return ['| settings | n8n | result |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Puts a table between its two marks in the page. */
function write(mark: string, table: string): void {
	const marks = new RegExp(`(<!-- ${mark}: begin -->)[\\s\\S]*(<!-- ${mark}: end -->)`);
	writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(marks, `$1\n\n${table}\n\n$2`));
}

const wanted = process.argv.slice(2);
const all = wanted.length === 0;
const named = wanted.filter((word) => word !== 'settings');
const reports = mkdtempSync(join(tmpdir(), 'guichet-versions-'));
const results = (all ? VERSIONS : named).map((folder) => runOn(folder, reports));
const withSettings = (all || wanted.includes('settings') ? SETTINGS : []).map(
	(env): [Record<string, string>, Result] => [env, runOn('', reports, env)],
);
rmSync(reports, { recursive: true, force: true });
if (results.length > 0) console.log(tableOf(results));
if (all) write('versions', tableOf(results));
if (withSettings.length > 0) {
	console.log(settingsTable(withSettings));
	write('settings', settingsTable(withSettings));
}
const everything = [...results, ...withSettings.map(([, result]) => result)];
if (everything.some(({ passed, failed }) => failed > 0 || passed === 0)) process.exitCode = 1;
