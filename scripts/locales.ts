/**
 * `npm run locales`: brings `locales/<language>.json` up to date with the forms. New texts are
 * added without translation, or with the one that the same text has elsewhere; texts that are gone
 * are removed. The same for the texts of `workflows/`, in `locales/templates.<language>.json`; when
 * none is missing, the templates of the language are written to `workflows/<language>/`. What is
 * left to do is listed. With `--check` nothing is written.
 */
import { resolve } from 'node:path';
import { completed, entriesOf, faultsOf, isIn, LANGUAGES } from './locales/catalogue';
import { descriptionsOf } from './locales/descriptions';
import { readCatalogue, writeCatalogue } from './locales/files';
import {
	readTemplateCatalogue,
	staleTemplates,
	TEMPLATE_LANGUAGES,
	templateFaults,
	templatesFor,
	updateTemplateCatalogue,
	writeTemplates,
} from './locales/templates';

const ROOT = resolve(__dirname, '..');
const CHECKS_ONLY = process.argv.includes('--check');

async function main(): Promise<void> {
	const all = await descriptionsOf(ROOT);
	for (const language of Object.keys(LANGUAGES)) {
		const descriptions = all.filter((description) => isIn(language, description));
		if (!CHECKS_ONLY)
			writeCatalogue(ROOT, language, completed(readCatalogue(ROOT, language), descriptions));
		const catalogue = readCatalogue(ROOT, language);
		tell(
			`locales/${language}.json`,
			entriesOf(catalogue).length,
			faultsOf(catalogue, descriptions),
		);
	}
	for (const language of Object.keys(TEMPLATE_LANGUAGES)) templatesIn(language);
}

function templatesIn(language: string): void {
	const catalogue = CHECKS_ONLY
		? readTemplateCatalogue(ROOT, language)
		: updateTemplateCatalogue(ROOT, language);
	const faults = templateFaults(catalogue, templatesFor(ROOT, language));
	if (faults.length === 0 && !CHECKS_ONLY) writeTemplates(ROOT, language, catalogue);
	if (faults.length === 0)
		for (const file of staleTemplates(ROOT, language, catalogue))
			faults.push(`out of date: workflows/${language}/${file}; npm run locales writes it`);
	tell(`locales/templates.${language}.json`, Object.keys(catalogue).length, faults);
}

function tell(file: string, texts: number, faults: string[]): void {
	for (const fault of faults) console.log(`${file}: ${fault}`);
	console.log(`${file}: ${texts} texts, ${faults.length} to look at`);
	if (faults.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
