import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PackageManifest } from './manifest';

/**
 * Writes `dist/known` and `dist/types` with n8n-core's own generator, so that n8n starts without
 * loading our code. The generator loads every node and credential the way n8n does: a class that
 * n8n could not find fails here.
 * @throws Error when the generator fails or the files do not list what package.json lists.
 */
export function generateMetadata(root: string, manifest: PackageManifest): void {
	const require = createRequire(__filename);
	const generator = join(
		dirname(require.resolve('n8n-core/package.json')),
		'bin',
		'generate-metadata',
	);
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		['--require', require.resolve('reflect-metadata'), generator],
		{ cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
	);
	if (status !== 0) throw new Error(`n8n-generate-metadata failed:\n${stdout}${stderr}`);
	// The generator also lists `loadOptions` methods, for n8n's own checks of its base nodes. n8n
	// reads it nowhere.
	rmSync(join(root, 'dist', 'methods'), { recursive: true, force: true });
	checkComplete(root, manifest);
}

function checkComplete(root: string, { n8n }: PackageManifest): void {
	for (const kind of ['nodes', 'credentials'] as const) {
		const file = join(root, 'dist', 'known', `${kind}.json`);
		const known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { sourcePath: string }>;
		const listed = Object.values(known).map(({ sourcePath }) => sourcePath);
		const missing = n8n[kind].filter((path) => !listed.includes(path));
		if (missing.length > 0)
			throw new Error(`dist/known/${kind}.json does not list ${missing.join(', ')}`);
	}
}
