import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders whose pictures and descriptions n8n reads beside the code. */
const FOLDERS = ['nodes', 'credentials'];

const isAsset = (path: string): boolean =>
	/\.(svg|png)$/.test(path) ||
	/\.node\.json$/.test(path) ||
	/(^|\/)__schema__\/.*\.json$/.test(path);

/**
 * Copies icons, codex files (`*.node.json`) and output schemas to the same place under `dist`.
 * Returns their paths.
 */
export function copyAssets(root: string): string[] {
	const assets = FOLDERS.filter((folder) => existsSync(join(root, folder)))
		.flatMap((folder) =>
			readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
				join(folder, file).replaceAll('\\', '/'),
			),
		)
		.filter(isAsset);
	for (const asset of assets) cpSync(join(root, asset), join(root, 'dist', asset));
	return assets;
}
