#!/usr/bin/env node
/*
 * The language of the nodes' forms in n8n, for all of its users:
 *   node dist/language.js fr
 * n8n reads the texts of the forms from `dist/types` when it starts. What workflows hold is the
 * same in every language, so that it can be changed at any time.
 */
const { copyFileSync, readdirSync, renameSync } = require('node:fs');
const { join } = require('node:path');

const editions = join(__dirname, 'locales');
const languages = readdirSync(editions).sort();
const [language, ...rest] = process.argv.slice(2);

if (language === undefined || rest.length > 0 || !languages.includes(language)) {
	console.error(`Give one of these languages: ${languages.join(', ')}`);
	process.exitCode = 1;
} else {
	for (const file of readdirSync(join(editions, language))) {
		const place = join(__dirname, 'types', file);
		// n8n may read at this moment: it finds the old file or the new one, never a part.
		const complete = `${place}.${process.pid}`;
		copyFileSync(join(editions, language, file), complete);
		renameSync(complete, place);
	}
	console.log(`The forms are in "${language}" from the next start of n8n.`);
}
