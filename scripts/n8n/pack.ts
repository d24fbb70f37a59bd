/**
 * The package as a user gets it. `tsx scripts/n8n/pack.ts` builds and packs it and prints where the
 * tarball is.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hashOfFiles, madeOnce } from './cache';
import { withProgress } from './progress';
import { run } from './run';

const PROJECT = resolve(__dirname, '../..');

/** What the tarball is made from: a change in any of these makes another one. */
const SOURCES = [
	'nodes',
	'credentials',
	'lib',
	'workflows',
	'docs',
	'locales',
	'scripts/build',
	'scripts/build.ts',
	'scripts/locales',
];
const SINGLE_FILES = [
	'package.json',
	'package-lock.json',
	'README.md',
	'README.fr.md',
	'LICENSE',
	'CHANGELOG.md',
	'CONTRIBUTING.md',
	'SECURITY.md',
	'sandbox/README.md',
];

/**
 * Builds and packs the package, unless the tarball for these very sources is there already.
 * @param root another package folder, for the tests of this machinery.
 * @returns the tarball's absolute path.
 */
export async function packedTarball(root = PROJECT): Promise<string> {
	const hash = hashOfFiles(sourceFiles(root));
	const folder = join(root, 'node_modules/.cache/guichet', `package-${hash}`);
	await madeOnce(
		folder,
		async (temporary) =>
			await withProgress('Building and packing the package', async () => {
				mkdirSync(temporary, { recursive: true });
				const tsx = resolve(PROJECT, 'node_modules/.bin/tsx');
				await run(tsx, [join(PROJECT, 'scripts/build.ts'), root], { cwd: root });
				await run('npm', ['pack', '--ignore-scripts', '--pack-destination', temporary], {
					cwd: root,
				});
			}),
	);
	const [tarball] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
	if (!tarball) throw new Error(`npm pack left no tarball in ${folder}`);
	return join(folder, tarball);
}

function sourceFiles(root: string): string[] {
	const listed = SOURCES.flatMap((source) => filesUnder(join(root, source)));
	const single = SINGLE_FILES.map((file) => join(root, file)).filter((file) => existsSync(file));
	return [...listed, ...single].sort();
}

function filesUnder(path: string): string[] {
	if (!existsSync(path)) return [];
	if (path.endsWith('.ts')) return [path];
	return readdirSync(path, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
}

if (resolve(process.argv[1] ?? '') === __filename) {
	packedTarball().then(
		(tarball) => console.log(tarball),
		(error: unknown) => {
			console.error(error instanceof Error ? error.message : error);
			process.exitCode = 1;
		},
	);
}
