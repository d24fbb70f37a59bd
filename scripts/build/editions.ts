import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inLanguage, LANGUAGES } from '../locales/catalogue';
import { readCatalogue } from '../locales/files';
import type { Description } from '../locales/texts';

/** What n8n shows, in the folder of each language and in `dist/types`. */
const FILES = ['nodes.json', 'credentials.json'];

/**
 * Writes what n8n shows in every language that has a catalogue, into `dist/locales`, and beside
 * it `dist/language.js`, which puts one in place. The package itself stays English.
 */
export function writeEditions(root: string): void {
	if (!existsSync(join(root, 'locales'))) return;
	const dist = join(root, 'dist');
	cpSync(join(__dirname, 'language.cjs'), join(dist, 'language.js'));
	cpSync(join(dist, 'types'), join(dist, 'locales/en'), { recursive: true });
	for (const language of Object.keys(LANGUAGES)) {
		const catalogue = readCatalogue(root, language);
		const folder = join(dist, 'locales', language);
		mkdirSync(folder, { recursive: true });
		for (const file of FILES) {
			const english = JSON.parse(readFileSync(join(dist, 'types', file), 'utf8')) as Description[];
			const translated = english.map((description) => inLanguage(description, catalogue));
			writeFileSync(join(folder, file), JSON.stringify(translated));
		}
	}
}
