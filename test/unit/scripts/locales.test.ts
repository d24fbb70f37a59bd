import { join } from 'node:path';
import {
	completed,
	entriesOf,
	faultsOf,
	inLanguage,
	isIn,
	LANGUAGES,
	type Catalogue,
} from '../../../scripts/locales/catalogue';
import { descriptionsOf } from '../../../scripts/locales/descriptions';
import { readCatalogue } from '../../../scripts/locales/files';
import { withTexts, type Description } from '../../../scripts/locales/texts';

const ROOT = join(__dirname, '../../..');

/** One of each place in which a description has a text. */
const counter: Description = {
	name: 'counter',
	displayName: 'Counter',
	description: 'Speak with the counter',
	subtitle: '={{ $parameter["operation"] }}',
	defaults: { name: 'Counter' },
	outputNames: ['Answers', 'Failures'],
	credentials: [{ name: 'counterApi', displayName: 'Key of the counter', required: true }],
	properties: [
		{ displayName: 'Mind the <b>gap</b>', name: 'notice', type: 'notice', default: '' },
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			default: 'ask',
			options: [
				{ name: 'Ask', value: 'ask', action: 'Ask a question', description: 'Sets SI_RECEIVED' },
			],
		},
		{
			displayName: 'Files',
			name: 'files',
			type: 'fixedCollection',
			placeholder: 'Add File',
			typeOptions: { multipleValueButtonText: 'Add', multipleValues: true },
			default: {},
			options: [
				{
					displayName: 'File',
					name: 'file',
					values: [{ displayName: 'Name', name: 'name', type: 'string', default: 'Name' }],
				},
			],
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			default: {},
			options: [{ displayName: 'Limit', name: 'limit', hint: 'At most 1,000', default: 50 }],
		},
		{
			displayName: 'Process',
			name: 'process',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					validation: [
						{ type: 'regex', properties: { regex: '^.+$', errorMessage: 'Not a process' } },
					],
				},
			],
		},
	],
};

const shout = (description: Description): Description =>
	withTexts(description, (_, text) => text.toUpperCase());

const blank = (description: Description): Description => withTexts(description, () => '');

describe('the texts of a description', () => {
	it('are all that n8n shows, each with its place', () => {
		const places: string[] = [];
		withTexts(counter, (key, text) => {
			places.push(`${key}: ${text}`);
			return text;
		});
		expect(places).toEqual([
			'displayName: Counter',
			'description: Speak with the counter',
			'defaults.name: Counter',
			'outputNames: Answers',
			'outputNames: Failures',
			'credentials.counterApi.displayName: Key of the counter',
			'notice.displayName: Mind the <b>gap</b>',
			'operation.displayName: Operation',
			'operation=ask.name: Ask',
			'operation=ask.description: Sets SI_RECEIVED',
			'operation=ask.action: Ask a question',
			'files.displayName: Files',
			'files.placeholder: Add File',
			'files.multipleValueButtonText: Add',
			'files.file.displayName: File',
			'files.file.name.displayName: Name',
			'options.displayName: Options',
			'options.limit.displayName: Limit',
			'options.limit.hint: At most 1,000',
			'process.displayName: Process',
			'process@list.displayName: From List',
			'process@list.errorMessage: Not a process',
		]);
	});

	it('are replaced without touching the description, its names, values, defaults or expressions', () => {
		const before = JSON.stringify(counter);
		const shouted = JSON.stringify(shout(counter));
		expect(JSON.stringify(counter)).toBe(before);
		for (const kept of [
			'"name":"counter"',
			'"value":"ask"',
			'"default":"ask"',
			'"default":"Name"',
			'$parameter[\\"operation\\"]',
			'"regex":"^.+$"',
		])
			expect(shouted).toContain(kept);
		expect(shouted).toContain('"errorMessage":"NOT A PROCESS"');
	});
});

describe('a catalogue', () => {
	const empty = completed({}, [counter]);
	const filled: Catalogue = JSON.parse(
		JSON.stringify(empty)
			.replaceAll('""', '"="')
			.replace('"Sets SI_RECEIVED":"="', '"Sets SI_RECEIVED":"Pose SI_RECEIVED"')
			.replace('"At most 1,000":"="', '"At most 1,000":"1\u202f000 au plus"')
			.replace('</b>":"="', '</b>":"Attention à la <b>marche</b>"'),
	) as Catalogue;

	it('is in order when it has every text, translated or marked as the same', () => {
		expect(faultsOf(filled, [counter])).toEqual([]);
	});

	it('gives the description in its language; what is marked or missing stays as it is', () => {
		const french = JSON.stringify(inLanguage(counter, filled));
		expect(french).toContain('Pose SI_RECEIVED');
		expect(french).toContain('"displayName":"Operation"');
		expect(inLanguage(counter, {})).toEqual(counter);
	});

	it.each([
		['missing: counter operation=ask.name "Ask"', '"Ask":"="', '"Ask":""'],
		['missing: counter operation=ask.name "Ask"', '"Ask":"="', ''],
		['unchanged: counter operation=ask.name "Ask"', '"Ask":"="', '"Ask":"Ask"'],
		['superfluous: counter operation=ask.name "Tell"', '"Ask":"="', '"Ask":"=","Tell":"Dire"'],
		['lost SI_RECEIVED: counter', '"Pose SI_RECEIVED"', '"Pose le statut"'],
		['lost 1000: counter', '1\u202f000 au plus', '100 au plus'],
		['lost <b>: counter', 'à la <b>marche</b>', 'à la marche</b>'],
	])('is faulty: %s', (fault, before, after) => {
		const text = JSON.stringify(filled);
		expect(text).toContain(before);
		const faulty = JSON.parse(text.replace(before, after)) as Catalogue;
		expect(faultsOf(faulty, [counter])).toEqual([expect.stringContaining(fault)]);
	});

	it('is brought up to date: known texts are kept or taken over, others emptied or removed', () => {
		const old: Catalogue = {
			counter: {
				'operation=ask.name': { Ask: 'Demander' },
				'options.gone.displayName': { Files: 'Fichiers' },
			},
		};
		const { counter: entries } = completed(old, [counter]);
		expect(entries['operation=ask.name']).toEqual({ Ask: 'Demander' });
		expect(entries['files.displayName']).toEqual({ Files: 'Fichiers' });
		expect(entries['options.displayName']).toEqual({ Options: '' });
		expect(entries['options.gone.displayName']).toBeUndefined();
	});
});

describe.each(Object.keys(LANGUAGES))('locales/%s.json', (language) => {
	it('has every text of the forms and no other, keeps codes and numbers, repeats no English', async () => {
		const all = await descriptionsOf(ROOT);
		const descriptions = all.filter((description) => isIn(language, description));
		const catalogue = readCatalogue(ROOT, language);
		expect(entriesOf(catalogue).length).toBeGreaterThan(500);
		// `npm run locales` brings a catalogue up to date and lists what has to be translated.
		expect(faultsOf(catalogue, descriptions)).toEqual([]);
	});

	it('leaves the workflows alone: what is no text is the same as in English', async () => {
		const catalogue = readCatalogue(ROOT, language);
		for (const description of await descriptionsOf(ROOT))
			expect(blank(inLanguage(description, catalogue))).toEqual(blank(description));
	});
});
