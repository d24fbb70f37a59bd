import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a community package's package.json that the build and the tests read. */
export interface PackageManifest {
	name: string;
	version: string;
	n8n: { nodes: string[]; credentials: string[] };
}

/**
 * One file that n8n loads by its path: where it is built from, and to. Paths relative to the
 * package.
 */
export interface EntryPoint {
	kind: 'node' | 'credential';
	/** Such as `dist/nodes/HubEe/HubEe.node.js`. */
	output: string;
	/** Such as `nodes/HubEe/HubEe.node.ts`. */
	source: string;
}

export function readManifest(root: string): PackageManifest {
	return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageManifest;
}

/**
 * The entries of `n8n.nodes` and `n8n.credentials`, each with the TypeScript file it is built from.
 * @throws Error when an entry is not under `dist/` or its source does not exist.
 */
export function entryPoints(root: string, manifest = readManifest(root)): EntryPoint[] {
	const entry = (kind: EntryPoint['kind']) => (output: string) => {
		const match = /^dist\/(.+)\.js$/.exec(output);
		if (!match) throw new Error(`package.json: ${output} is not a .js file under dist/`);
		const source = `${match[1]}.ts`;
		if (!existsSync(join(root, source)))
			throw new Error(`package.json lists ${output}, but ${source} does not exist`);
		return { kind, output, source };
	};
	return [
		...manifest.n8n.nodes.map(entry('node')),
		...manifest.n8n.credentials.map(entry('credential')),
	];
}
