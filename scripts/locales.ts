/**
 * `npm run locales`: brings `locales/<language>.json` up to date with the forms. New texts are
 * added without translation, or with the one that the same text has elsewhere; texts that are gone
 * are removed. What is left to do is listed. With `--check` nothing is written.
 */
import { resolve } from 'node:path';
import { completed, entriesOf, faultsOf, isIn, LANGUAGES } from './locales/catalogue';
import { descriptionsOf } from './locales/descriptions';
import { readCatalogue, writeCatalogue } from './locales/files';

const ROOT = resolve(__dirname, '..');

async function main(): Promise<void> {
	const all = await descriptionsOf(ROOT);
	for (const language of Object.keys(LANGUAGES)) {
		const descriptions = all.filter((description) => isIn(language, description));
		if (!process.argv.includes('--check'))
			writeCatalogue(ROOT, language, completed(readCatalogue(ROOT, language), descriptions));
		const catalogue = readCatalogue(ROOT, language);
		const faults = faultsOf(catalogue, descriptions);
		for (const fault of faults) console.log(`${language} ${fault}`);
		console.log(`${language}: ${entriesOf(catalogue).length} texts, ${faults.length} to look at`);
		if (faults.length > 0) process.exitCode = 1;
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
