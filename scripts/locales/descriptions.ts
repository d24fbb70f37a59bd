import { join, parse } from 'node:path';
import { entryPoints } from '../build/manifest';
import type { Description } from './texts';

/** The descriptions of all nodes and credentials in package.json, from their classes. */
export async function descriptionsOf(root: string): Promise<Description[]> {
	return await Promise.all(
		entryPoints(root).map(async ({ kind, source }) => {
			const exported = (await import(join(root, source))) as Record<string, new () => unknown>;
			const [className = ''] = parse(source).name.split('.');
			const Type = exported[className];
			if (!Type) throw new Error(`${source} does not export ${className}`);
			const type = new Type() as Description & { description: Description };
			return kind === 'node' ? type.description : type;
		}),
	);
}
