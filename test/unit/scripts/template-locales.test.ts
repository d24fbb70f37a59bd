import { join } from 'node:path';
import {
	completedForTemplates,
	englishTemplate,
	readTemplate,
	readTemplateCatalogue,
	staleTemplates,
	TEMPLATE_LANGUAGES,
	templateFaults,
	templatesFor,
	translatedTemplate,
} from '../../../scripts/locales/templates';

const ROOT = join(__dirname, '../../..');

/** One of each place in which a template has a name or a text. */
const counter = {
	name: 'Count at the counter',
	nodes: [
		{
			name: 'Note',
			type: 'n8n-nodes-base.stickyNote',
			parameters: {
				content:
					'## How it works\n\n1. Open **The Form**.\n\n```\nname,age\nAda,36\n```\n\n`curl http://x`',
			},
		},
		{
			name: 'The Form',
			type: 'n8n-nodes-base.formTrigger',
			parameters: {
				formTitle: 'Say who you are',
				path: 'counter/in',
				formFields: { values: [{ fieldLabel: 'Your Paper' }, { fieldLabel: 'Remarks' }] },
			},
		},
		{
			name: 'Read It',
			type: 'n8n-nodes-base.set',
			parameters: {
				field: 'Your_Paper',
				status: 'pending',
				text: '=Paper of {{ $json.name ?? "no name" }}: {{ $json.Remarks }}',
				other: "={{ $('The Form').first().json['Your Paper'] + $node[\"The Form\"].json.Remarks }}",
			},
		},
		{
			name: 'Tell',
			type: 'n8n-nodes-base.code',
			parameters: {
				jsCode:
					"// A comment.\nconst all = await f(/'a b'/, 'it\\'s \\u0041 key');\nconst mine = keys.filter((key) => key.startsWith('Your_P'));\nreturn `${all.length} papers by ${all.x ? 'a person' : $('Read It').item.json.name}`;",
			},
		},
	],
	connections: {
		'The Form': { main: [[{ node: 'Read It', type: 'main', index: 0 }], null] },
		'Read It': { main: [[{ node: 'Tell', type: 'main', index: 0 }]] },
	},
	settings: { timezone: 'Europe/Paris' },
};

const french: Record<string, string> = {
	'Count at the counter': 'Compter au guichet',
	Note: '=',
	'The Form': 'Le formulaire',
	'Read It': 'Le lire',
	Tell: 'Dire',
	'How it works': 'Fonctionnement',
	'Open **The Form**.': 'Ouvrez **Le formulaire**.',
	'Say who you are': 'Dites qui vous êtes',
	'Your Paper': 'Votre pièce',
	Remarks: 'Remarques',
	'Paper of {1}: {2}': 'Pièce de {1} : {2}',
	'no name': 'sans nom',
	"it's A key": "l'une des clés",
	Your_P: 'Votre_p',
	'{1} papers by {2}': '{1} pièces de {2}',
	'a person': 'quelqu’un',
};

const templates = new Map([['counter.json', counter]]);

it('a template in another language has all its texts, and names nodes and fields as they are now', () => {
	expect(templateFaults(french, templates)).toEqual([]);
	const [note, form, read, tell] = translatedTemplate(counter, french).nodes;
	expect(note.parameters.content).toBe(
		'## Fonctionnement\n\n1. Ouvrez **Le formulaire**.\n\n```\nname,age\nAda,36\n```\n\n`curl http://x`',
	);
	expect(form).toMatchObject({
		name: 'Le formulaire',
		parameters: { formTitle: 'Dites qui vous êtes', path: 'counter/in' },
	});
	expect(read.parameters).toEqual({
		field: 'Votre_pi_ce',
		status: 'pending',
		text: '=Pièce de {{ $json.name ?? "sans nom" }} : {{ $json.Remarques }}',
		other:
			"={{ $('Le formulaire').first().json['Votre pièce'] + $node[\"Le formulaire\"].json.Remarques }}",
	});
	expect(tell.parameters.jsCode).toBe(
		"// A comment.\nconst all = await f(/'a b'/, 'l\\'une des clés');\nconst mine = keys.filter((key) => key.startsWith('Votre_p'));\nreturn `${all.length} pièces de ${all.x ? 'quelqu’un' : $('Le lire').item.json.name}`;",
	);
	expect(translatedTemplate(counter, french).connections).toEqual({
		'Le formulaire': { main: [[{ node: 'Le lire', type: 'main', index: 0 }], null] },
		'Le lire': { main: [[{ node: 'Dire', type: 'main', index: 0 }]] },
	});
});

it.each([
	['missing: "no name" (counter.json)', { 'no name': '' }],
	['superfluous: "Gone text"', { 'Gone text': 'Texte parti' }],
	['unchanged, mark it with "=": "Note"', { Note: 'Note' }],
	['lost the order of {1} {2}', { '{1} papers by {2}': 'De {2}, {1} pièces' }],
	['lost the node **Le formulaire**', { 'Open **The Form**.': 'Ouvrez **The Form**.' }],
	['not a name for n8n: "L\'écran"', { Tell: "L'écran" }],
	['the same for "The Form" and "Read It": "Le lire"', { 'The Form': 'Le lire' }],
])('a catalogue is faulty: %s', (fault, change) => {
	const faults = templateFaults({ ...french, ...change }, templates);
	expect(faults).toContainEqual(expect.stringContaining(fault));
});

it('a beginning by which code tells fields must begin the same fields in the language', () => {
	expect(() => translatedTemplate(counter, { ...french, Your_P: 'Le_p' })).toThrow(
		'"Le_p" does not begin the same fields of the form as "Your_P"',
	);
});

it('a catalogue is brought up to date: known texts are kept, others emptied or removed', () => {
	const updated = completedForTemplates({ Tell: 'Dire', Gone: 'Parti' }, [counter]);
	expect(updated.Tell).toBe('Dire');
	expect(updated['no name']).toBe('');
	expect(updated).not.toHaveProperty('Gone');
});

describe.each(Object.keys(TEMPLATE_LANGUAGES))('the templates in %s', (language) => {
	const catalogue = readTemplateCatalogue(ROOT, language);
	const english = templatesFor(ROOT, language);

	it('have every text and no other, and keep codes, names and addresses', () => {
		expect(english.size).toBeGreaterThan(10);
		// `npm run locales` brings the catalogue up to date and lists what has to be translated.
		expect(templateFaults(catalogue, english)).toEqual([]);
	});

	it('are what the catalogue makes of the English ones; `npm run locales` writes them', () => {
		expect(staleTemplates(ROOT, language, catalogue)).toEqual([]);
	});

	it.each([...english])('%s is its source when it is put back into English', (file, source) => {
		const template = readTemplate(ROOT, `${language}/${file}`);
		expect(template.name).not.toBe(source.name);
		expect(JSON.stringify(englishTemplate(template, source, catalogue))).toBe(
			JSON.stringify(source),
		);
	});
});
