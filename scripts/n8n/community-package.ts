import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run';
import { instanceFolders } from './settings';

interface PackedManifest {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
}

/**
 * Puts a tarball where n8n puts an installed community package, in n8n's own steps (2.41,
 * downloadPackage): unpack, drop the development, peer and optional dependencies, note it in the
 * ledger. The step that fetches dependencies is left out, and a package that has some is refused:
 * ours bundles everything.
 * @returns the package's folder.
 */
export async function installCommunityPackage(
	userFolder: string,
	tarball: string,
): Promise<string> {
	const { packages } = instanceFolders(userFolder);
	const unpacked = join(packages, 'unpacking');
	rmSync(unpacked, { recursive: true, force: true });
	mkdirSync(unpacked, { recursive: true });
	await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1'], { cwd: packages });
	const manifest = JSON.parse(
		readFileSync(join(unpacked, 'package.json'), 'utf8'),
	) as PackedManifest;
	const { devDependencies, peerDependencies, optionalDependencies, ...kept } = manifest;
	void [devDependencies, peerDependencies, optionalDependencies];
	if (Object.keys(kept.dependencies ?? {}).length > 0)
		throw new Error(`${kept.name} has dependencies, which n8n would have to download`);
	writeFileSync(join(unpacked, 'package.json'), JSON.stringify(kept, null, 2));
	const folder = join(packages, 'node_modules', kept.name);
	mkdirSync(join(folder, '..'), { recursive: true });
	rmSync(folder, { recursive: true, force: true });
	await run('mv', [unpacked, folder], { cwd: packages });
	const ledger = {
		name: 'installed-nodes',
		private: true,
		dependencies: { [kept.name]: kept.version },
	};
	writeFileSync(join(packages, 'package.json'), JSON.stringify(ledger, null, 2));
	return folder;
}
