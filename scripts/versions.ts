/**
 * `npm run test:versions`: runs the tests of `test/versions` on several versions of n8n, each
 * installed once into the cache (minutes and 3 GB each), and with several settings on the newest,
 * and writes the tables of `docs/compatibility.md`. `-- newest 2.4` runs these versions only,
 * `-- settings` the settings only, and `-- HTTP_PROXY` those that set this variable: their rows are
 * replaced, the others stay.
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

/**
 * What administrators set, and n8n leaves otherwise; tried on the newest n8n, several at a time.
 * Words in angle brackets become what they name, in `test/versions/surroundings.ts`.
 */
const SETTINGS: Array<Record<string, string>> = [
	{
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		N8N_RUNNERS_MODE: 'internal',
		EXECUTIONS_DATA_SAVE_ON_PROGRESS: 'true',
	},
	{
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
		N8N_RUNNERS_MODE: 'external',
		N8N_RUNNERS_AUTH_TOKEN: '<a secret>',
		EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none',
		EXECUTIONS_DATA_SAVE_ON_ERROR: 'none',
	},
	{
		HTTP_PROXY: '<a proxy>',
		HTTPS_PROXY: '<a proxy>',
		NODE_EXTRA_CA_CERTS: '<a file of authorities>',
		N8N_RESTRICT_FILE_ACCESS_TO: '~/.n8n-files',
	},
	{
		// A proxy that is not there, and must not be asked.
		HTTP_PROXY: 'http://127.0.0.1:9',
		HTTPS_PROXY: 'http://127.0.0.1:9',
		NO_PROXY: '127.0.0.1,localhost',
		N8N_SSRF_PROTECTION_ENABLED: 'true',
		N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.0/8,::1/128',
		N8N_RESTRICT_FILE_ACCESS_TO: '',
		N8N_BLOCK_ENV_ACCESS_IN_NODE: 'false',
	},
];

interface Result {
	version: string;
	/** The tests' file: `works`, or `refuses` on what is too old. */
	ran: string;
	passed: number;
	failed: number;
}

function runOn(folder: string, reports: string, env: Record<string, string> = {}): Result {
	const report = join(reports, 'report.json');
	rmSync(report, { force: true });
	const config = ['-c', 'jest.versions.config.mjs', '--json', `--outputFile=${report}`];
	spawnSync('npx', ['jest', ...config], {
		cwd: ROOT,
		env: { ...process.env, GUICHET_N8N: folder, GUICHET_N8N_ENV: JSON.stringify(env) },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	const read = JSON.parse(readFileSync(report, 'utf8')) as Report;
	const { passed, failed } = countsOf(read);
	const ran = read.testResults.some(({ name = '' }) => name.includes('refuses'))
		? 'refuses'
		: 'works';
	return { version: versionIn(folder), ran, passed, failed };
}

function versionIn(folder: string): string {
	const manifest = readFileSync(join(ROOT, 'test/e2e/n8n', folder, 'package.json'), 'utf8');
	const { dependencies } = JSON.parse(manifest) as { dependencies: { n8n: string } };
	return dependencies.n8n;
}

const versionRow = ({ version, ran, passed, failed }: Result): string => {
	const what = ran === 'works' ? 'the package works' : 'the nodes refuse to run, in one sentence';
	const count = `${passed + failed} ${passed + failed === 1 ? 'test' : 'tests'}`;
	return `| ${version} | ${what}: ${count} | ${failed === 0 ? 'passed' : `**${failed} failed**`} |`;
};

const settingsRow = (env: Record<string, string>, { version, passed, failed }: Result): string =>
	`| ${cellOf(env)} | ${version} | ${failed === 0 ? `${passed} tests passed` : `**${failed} tests failed**`} |`;

const cellOf = (env: Record<string, string>): string =>
	Object.entries(env)
		.map(([name, value]) => `\`${name}=${value}\``)
		.join(', ');

const firstCell = (row: string): string => row.split(' | ')[0]?.replace('| ', '') ?? '';

/** Puts rows into the table between two marks of the page, in the order of `cells`. */
function write(mark: string, head: string, rows: string[], cells: string[]): void {
	const marks = new RegExp(`(<!-- ${mark}: begin -->)([\\s\\S]*)(<!-- ${mark}: end -->)`);
	const page = readFileSync(PAGE, 'utf8');
	const present = marks.exec(page)?.[2]?.split('\n') ?? [];
	const table = cells.flatMap(
		(cell) => [...rows, ...present].find((row) => firstCell(row) === cell) ?? [],
	);
	const line = head.replace(/[^|]+/g, ' --- ');
	writeFileSync(PAGE, page.replace(marks, `$1\n\n${[head, line, ...table].join('\n')}\n\n$3`));
}

const wanted = process.argv.slice(2);
const isWanted = (...names: string[]): boolean =>
	wanted.length === 0 || wanted.some((word) => names.includes(word));
const reports = mkdtempSync(join(tmpdir(), 'guichet-versions-'));
const everything: Result[] = [];
for (const folder of VERSIONS.filter((one) => isWanted(one || 'newest'))) {
	const result = runOn(folder, reports);
	everything.push(result);
	console.log(versionRow(result));
	const head = '| n8n | what was tested | result |';
	write('versions', head, [versionRow(result)], VERSIONS.map(versionIn));
}
for (const env of SETTINGS.filter((one) => isWanted('settings', ...Object.keys(one)))) {
	const result = runOn('', reports, env);
	everything.push(result);
	console.log(settingsRow(env, result));
	write(
		'settings',
		'| settings | n8n | result |',
		[settingsRow(env, result)],
		SETTINGS.map(cellOf),
	);
}
rmSync(reports, { recursive: true, force: true });
if (everything.length === 0)
	throw new Error(`Neither a version nor a setting: ${wanted.join(' ')}`);
if (everything.some(({ passed, failed }) => failed > 0 || passed === 0)) process.exitCode = 1;
