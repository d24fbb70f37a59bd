import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lostCodes } from './catalogue';
import { type Template, withTemplateTexts } from './template-texts';

/** By English text: the text in the language; `=` for one that stays. */
export type TemplateCatalogue = Record<string, string>;

/** What stays as it is in the language. */
const SAME = '=';

/** The languages, and which templates there are in each. */
export const TEMPLATE_LANGUAGES: Record<string, RegExp> = {
	fr: /./,
	nl: /^(dimona|ebox|tell)-/,
};

/** n8n takes no longer name of a workflow. */
const LONGEST_NAME = 128;

const catalogueFile = (root: string, language: string): string =>
	join(root, `locales/templates.${language}.json`);

export function readTemplateCatalogue(root: string, language: string): TemplateCatalogue {
	const file = catalogueFile(root, language);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TemplateCatalogue) : {};
}

/** The templates that there are in the language, in English, by the name of their file. */
export function templatesFor(root: string, language: string): Map<string, Template> {
	const files = readdirSync(join(root, 'workflows')).filter(
		(file) => file.endsWith('.json') && TEMPLATE_LANGUAGES[language]?.test(file),
	);
	return new Map(files.map((file) => [file, readTemplate(root, file)]));
}

/** A file of `workflows/`, such as `fr/hubee-receive-cases.json`. */
export const readTemplate = (root: string, file: string): Template =>
	JSON.parse(readFileSync(join(root, 'workflows', file), 'utf8')) as Template;

/** The template in the catalogue's language; what the catalogue does not have stays English. */
export const translatedTemplate = <T extends Template>(
	template: T,
	catalogue: TemplateCatalogue,
): T => withTemplateTexts(template, (text) => translationOf(text, catalogue));

/** The same the other way round, for a template that is {@link translatedTemplate} of `english`. */
export function englishTemplate(
	template: Template,
	english: Template,
	catalogue: TemplateCatalogue,
): Template {
	const back = new Map(
		textsOf(english).map((text) => [translationOf(text, catalogue), text] as const),
	);
	return withTemplateTexts(
		template,
		(text) => back.get(text) ?? text,
		(text) => back.has(text.trim()),
	);
}

function translationOf(text: string, catalogue: TemplateCatalogue): string {
	const translation = catalogue[text];
	return translation === undefined || translation === '' || translation === SAME
		? text
		: translation;
}

/** The names and texts of a template, each once. */
function textsOf(template: Template): string[] {
	const texts = new Set<string>();
	withTemplateTexts(template, (text) => {
		texts.add(text);
		return text;
	});
	return [...texts];
}

/**
 * The catalogue with exactly the texts of the templates, in their order; a new text has no
 * translation yet.
 */
export function completedForTemplates(
	catalogue: TemplateCatalogue,
	templates: Iterable<Template>,
): TemplateCatalogue {
	const texts = [...templates].flatMap(textsOf);
	return Object.fromEntries(texts.map((text) => [text, catalogue[text] ?? '']));
}

/** What is wrong with the catalogue, one line for each entry; empty when nothing is. */
export function templateFaults(
	catalogue: TemplateCatalogue,
	templates: Map<string, Template>,
): string[] {
	const places = new Map<string, string>();
	for (const [file, template] of templates)
		for (const text of textsOf(template)) if (!places.has(text)) places.set(text, file);
	return [
		...[...places]
			.filter(([text]) => !catalogue[text])
			.map(([text, file]) => `missing: "${text}" (${file})`),
		...Object.entries(catalogue).flatMap(([text, translation]) => {
			if (!places.has(text)) return [`superfluous: "${text}"`];
			if (translation === text) return [`unchanged, mark it with "=": "${text}"`];
			if (translation === '' || translation === SAME) return [];
			const lost = [...lostCodes(text, translation), ...lostMarks(text, translation)];
			return lost.map((code) => `lost ${code}: "${translation}"`);
		}),
		...[...templates].flatMap(([file, template]) =>
			faultsOfTemplate(template, catalogue).map((fault) => `${fault} (${file})`),
		),
	];
}

/** Code between backticks, addresses, and what is computed between the words, in its order. */
function lostMarks(text: string, translation: string): string[] {
	const marks = [...text.matchAll(/`[^`]+`|https?:\S+|\S+@\S+/g)].map(([mark]) => mark);
	const computed = (whole: string): string[] => whole.match(/\{\d+\}/g) ?? [];
	const isInOrder = computed(text).join() === computed(translation).join();
	return [
		...marks.filter((mark) => !translation.includes(mark)),
		...(isInOrder ? [] : [`the order of ${computed(text).join(' ')}`]),
	];
}

/** Names that n8n refuses or confuses, and names in notes that are not the nodes' own. */
function faultsOfTemplate(template: Template, catalogue: TemplateCatalogue): string[] {
	const inLanguage = (text: string): string => translationOf(text, catalogue);
	const names = template.nodes.map(({ name }) => name);
	const taken = new Map<string, string>();
	return [
		...[template.name, ...names]
			.map(inLanguage)
			.filter((name) => name.length > LONGEST_NAME || /["'`\\]/.test(name))
			.map((name) => `not a name for n8n: "${name}"`),
		...textsOf(template).flatMap((text) => {
			const translation = inLanguage(text);
			const other = taken.get(translation);
			taken.set(translation, text);
			return other === undefined ? [] : [`the same for "${other}" and "${text}": "${translation}"`];
		}),
		...textsOf(template).flatMap((text) =>
			(text.match(/(\*\*?)[^*]+\1/g) ?? [])
				.map((marked) => [marked, marked.replaceAll('*', '')] as const)
				.filter(([, name]) => names.includes(name))
				.map(([marked, name]) => marked.replace(name, inLanguage(name)))
				.filter((marked) => !inLanguage(text).includes(marked))
				.map((marked) => `lost the node ${marked}: "${inLanguage(text)}"`),
		),
	];
}

const written = (template: Template): string => `${JSON.stringify(template, null, '\t')}\n`;

/** The files of `workflows/<language>/` that are not what the catalogue gives. */
export function staleTemplates(
	root: string,
	language: string,
	catalogue: TemplateCatalogue,
): string[] {
	const templates = templatesFor(root, language);
	const folder = join(root, 'workflows', language);
	const there = existsSync(folder) ? readdirSync(folder) : [];
	return [
		...there.filter((file) => file.endsWith('.json') && !templates.has(file)),
		...[...templates]
			.filter(([file, template]) => {
				const path = join(folder, file);
				return (
					!existsSync(path) ||
					readFileSync(path, 'utf8') !== written(translatedTemplate(template, catalogue))
				);
			})
			.map(([file]) => file),
	];
}

/** Brings the catalogue up to date with the templates; returns it. */
export function updateTemplateCatalogue(root: string, language: string): TemplateCatalogue {
	const catalogue = completedForTemplates(
		readTemplateCatalogue(root, language),
		templatesFor(root, language).values(),
	);
	writeFileSync(catalogueFile(root, language), `${JSON.stringify(catalogue, null, '\t')}\n`);
	return catalogue;
}

/** Writes `workflows/<language>/`. */
export function writeTemplates(root: string, language: string, catalogue: TemplateCatalogue): void {
	const folder = join(root, 'workflows', language);
	mkdirSync(folder, { recursive: true });
	const templates = templatesFor(root, language);
	for (const file of readdirSync(folder))
		if (file.endsWith('.json') && !templates.has(file)) rmSync(join(folder, file));
	for (const [file, template] of templates)
		writeFileSync(join(folder, file), written(translatedTemplate(template, catalogue)));
}
