/**
 * `npm run build`: makes `dist`, all that the published package holds besides its README and
 * licence. `tsx scripts/build.ts <folder>` builds another package folder, for the tests of the
 * build itself.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { copyAssets } from './build/assets';
import { bundle } from './build/bundle';
import { thirdPartyLicences } from './build/licences';
import { writeEditions } from './build/editions';
import { entryPoints, readManifest } from './build/manifest';
import { generateMetadata } from './build/metadata';

export interface BuildResult {
	/** Files written by the bundler, relative to `dist`, with their size in bytes. */
	chunks: Array<{ fileName: string; bytes: number }>;
	assets: string[];
}

/** Builds the package in `root`; a `dist` of an earlier build is removed first. */
export async function build(root: string): Promise<BuildResult> {
	const manifest = readManifest(root);
	const entries = entryPoints(root, manifest);
	const dist = join(root, 'dist');
	rmSync(dist, { recursive: true, force: true });
	mkdirSync(dist);
	const chunks = await bundle(root, entries);
	const assets = copyAssets(root);
	writeFileSync(
		join(dist, 'THIRD-PARTY-LICENSES.txt'),
		thirdPartyLicences(chunks.flatMap((chunk) => chunk.moduleIds)),
	);
	generateMetadata(root, manifest);
	writeEditions(root);
	return {
		chunks: chunks.map(({ fileName, code }) => ({ fileName, bytes: Buffer.byteLength(code) })),
		assets,
	};
}

async function main(): Promise<void> {
	const root = resolve(process.argv[2] ?? join(__dirname, '..'));
	const started = Date.now();
	const { chunks, assets } = await build(root);
	for (const { fileName, bytes } of chunks)
		console.log(`${(bytes / 1024).toFixed(1).padStart(9)} KB  dist/${fileName}`);
	const seconds = ((Date.now() - started) / 1000).toFixed(1);
	console.log(`Built ${chunks.length} files and ${assets.length} assets in ${seconds} s`);
}

if (resolve(process.argv[1] ?? '') === __filename) {
	main().catch((error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	});
}
