/**
 * The n8n that tests, demo and benchmark run: installed once into the cache from `test/e2e/n8n`,
 * with a Node new enough for it. `tsx scripts/n8n/install.ts` installs it and prints where it is;
 * with `GUICHET_N8N=2.30` (any folder in `test/e2e/n8n`) it is that version.
 */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { cacheFolder, hashOfFiles, madeOnce } from './cache';
import { withProgress } from './progress';
import { run } from './run';

/** n8n 2.36 and newer want this. */
const NODE_MAJOR = 24;
const MANIFESTS = ['package.json', 'package-lock.json'];
const NEWEST = resolve(__dirname, '../../test/e2e/n8n');

export interface N8nInstallation {
	/** Names this n8n: another version or lock file gives another one. */
	hash: string;
	folder: string;
	/** Such as `2.41.1`. */
	version: string;
	/** The Node executable that runs it. */
	node: string;
	/** The script of the `n8n` command. */
	command: string;
}

/**
 * Gives the installed n8n, installing it first when the cache does not hold it (about 4 minutes,
 * 2.8 GB).
 */
export async function installN8n(): Promise<N8nInstallation> {
	const source = join(NEWEST, process.env.GUICHET_N8N ?? '');
	const version = wantedVersion(source);
	const hash = hashOfFiles(manifestsIn(source));
	const folder = await madeOnce(
		join(cacheFolder(), `n8n-${hash}`),
		async (temporary) =>
			await withProgress(`Installing n8n ${version} (once, about 4 minutes)`, async () => {
				await install(source, temporary);
			}),
	);
	return {
		hash,
		folder,
		version,
		node: nodeFor(folder),
		command: join(folder, 'node_modules/n8n/bin/n8n'),
	};
}

/**
 * The versions that are too old for the package have no lock file: they are installed seldom, and
 * run one test.
 */
const manifestsIn = (folder: string): string[] =>
	MANIFESTS.map((file) => join(folder, file)).filter((file) => existsSync(file));

function wantedVersion(source: string): string {
	const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
		dependencies: { n8n: string };
	};
	return manifest.dependencies.n8n;
}

async function install(source: string, folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	for (const file of manifestsIn(source)) cpSync(file, join(folder, basename(file)));
	// Install scripts stay off: they download binaries from places other than the registry. The one
	// native module
	// that n8n cannot do without is compiled below.
	const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	// One lost connection among thousands must not end what has gone on for minutes.
	const patient = ['--fetch-retries=6', '--prefer-offline'];
	const [command, ...first] = await lockReader(folder);
	const isLocked = existsSync(join(folder, 'package-lock.json'));
	await run(command, [...first, isLocked ? 'ci' : 'install', ...quiet, ...patient], {
		cwd: folder,
	});
	await buildSqlite(folder);
	await run(nodeFor(folder), [join(folder, 'node_modules/n8n/bin/n8n'), '--version'], {
		cwd: folder,
		env: { PATH: process.env.PATH, HOME: folder, N8N_USER_FOLDER: folder },
	});
}

/**
 * The npm that reads our lock file: npm 10, of Node 20 and 22, misses peer dependencies in one that
 * npm 11 wrote.
 */
async function lockReader(folder: string): Promise<[string, ...string[]]> {
	const version = await run('npm', ['--version'], { cwd: folder });
	return Number(version.split('.')[0]) >= 11 ? ['npm'] : ['npx', '--yes', 'npm@11'];
}

async function buildSqlite(folder: string): Promise<void> {
	const headers = packagedNode(folder);
	const gyp = join(folder, 'node_modules/node-gyp/bin/node-gyp.js');
	await run(
		nodeFor(folder),
		[gyp, 'rebuild', ...(headers ? [`--nodedir=${headers}`] : []), '--jobs=max'],
		{ cwd: join(folder, 'node_modules/sqlite3') },
	);
}

/** The folder of Node's binary and headers that npm chose for this platform, if there is one. */
function packagedNode(folder: string): string | undefined {
	const name = `node-${process.platform}-${process.arch}`;
	const found = join(folder, 'node_modules', name);
	return existsSync(join(found, 'bin/node')) ? found : undefined;
}

function nodeFor(folder: string): string {
	if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
	const packaged = packagedNode(folder);
	if (packaged) return join(packaged, 'bin/node');
	throw new Error(
		`n8n needs Node ${NODE_MAJOR} or newer, this is ${process.version}, and npm has no Node package for ` +
			`${process.platform} ${process.arch}: run this command with Node ${NODE_MAJOR}`,
	);
}

if (resolve(process.argv[1] ?? '') === __filename) {
	installN8n().then(
		({ folder, version }) => console.log(`n8n ${version} in ${folder}`),
		(error: unknown) => {
			console.error(error instanceof Error ? error.message : error);
			process.exitCode = 1;
		},
	);
}
