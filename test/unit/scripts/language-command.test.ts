import { spawnSync } from 'node:child_process';
import {
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COMMAND = join(__dirname, '../../../scripts/build/language.cjs');
const FILES = ['nodes.json', 'credentials.json'];

let dist: string;

/** A package as the build leaves it, with two languages. */
beforeEach(() => {
	dist = mkdtempSync(join(tmpdir(), 'guichet-language-'));
	copyFileSync(COMMAND, join(dist, 'language.js'));
	for (const [folder, language] of [
		['types', 'en'],
		['locales/en', 'en'],
		['locales/fr', 'fr'],
	]) {
		mkdirSync(join(dist, folder), { recursive: true });
		for (const file of FILES) writeFileSync(join(dist, folder, file), `${language} ${file}`);
	}
});

afterEach(() => rmSync(dist, { recursive: true, force: true }));

const command = (...words: string[]) =>
	spawnSync(process.execPath, [join(dist, 'language.js'), ...words], { encoding: 'utf8' });

const shown = () => readdirSync(join(dist, 'types')).map((file) => [file, read(file)]);
const read = (file: string) => readFileSync(join(dist, 'types', file), 'utf8');

describe('the command that changes the language', () => {
	it('puts the texts of a language where n8n reads them, and English back, and leaves nothing else there', () => {
		expect(command('fr').status).toBe(0);
		expect(shown()).toEqual([
			['credentials.json', 'fr credentials.json'],
			['nodes.json', 'fr nodes.json'],
		]);
		expect(command('fr').status).toBe(0);
		expect(command('en').status).toBe(0);
		expect(shown()).toEqual([
			['credentials.json', 'en credentials.json'],
			['nodes.json', 'en nodes.json'],
		]);
	});

	it.each([[[]], [['xx']], [['../types']], [['fr', 'en']]])(
		'says which languages there are when it is given %j, and changes nothing',
		(words: string[]) => {
			const { status, stderr } = command(...words);
			expect(status).toBe(1);
			expect(stderr).toBe('Give one of these languages: en, fr\n');
			expect(read('nodes.json')).toBe('en nodes.json');
		},
	);
});
