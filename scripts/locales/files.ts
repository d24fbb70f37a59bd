import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalogue } from './catalogue';

const fileOf = (root: string, language: string): string => join(root, `locales/${language}.json`);

/** The catalogue of a language; an empty one when it has no file yet. */
export function readCatalogue(root: string, language: string): Catalogue {
	const file = fileOf(root, language);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Catalogue) : {};
}

export function writeCatalogue(root: string, language: string, catalogue: Catalogue): void {
	writeFileSync(fileOf(root, language), `${JSON.stringify(catalogue, null, '\t')}\n`);
}
