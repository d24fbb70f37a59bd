import { type Description, withTexts } from './texts';

/** By node or credential, by place in its form, by English text: the text in the language. */
export type Catalogue = Record<string, Record<string, Record<string, string>>>;

/** Stands for a text that is the same in both languages, such as a name or a code. */
const SAME = '=';

/** The languages, and what is translated into each; all nodes and credentials without a list. */
export const LANGUAGES: Record<string, string[] | undefined> = {
	fr: undefined,
	nl: undefined,
	de: ['dimona', 'eBoxEnterprise', 'eBoxEnterpriseTrigger', 'socialSecurityCertificateOAuth2Api'],
};

export const isIn = (language: string, { name }: Description): boolean =>
	LANGUAGES[language]?.includes(name) ?? true;

/**
 * The description in the catalogue's language. A text without translation stays English.
 * @example inLanguage(new HubEe().description, french).displayName;
 */
export function inLanguage(description: Description, catalogue: Catalogue): Description {
	const entries = catalogue[description.name] ?? {};
	return withTexts(description, (key, text) => {
		const translation = entries[key]?.[text];
		return translation === undefined || translation === '' || translation === SAME
			? text
			: translation;
	});
}

/**
 * The catalogue with exactly the texts of the descriptions, in their order. Translations are kept;
 * a new text takes the translation that the same English text has elsewhere, or stays empty.
 */
export function completed(catalogue: Catalogue, descriptions: Description[]): Catalogue {
	const elsewhere = new Map<string, string>();
	for (const { english, translation } of entriesOf(catalogue))
		if (translation !== '' && !elsewhere.has(english)) elsewhere.set(english, translation);
	const whole: Catalogue = {};
	for (const description of descriptions) {
		const entries: Catalogue[string] = {};
		withTexts(description, (key, text) => {
			const kept = catalogue[description.name]?.[key]?.[text];
			entries[key] = { ...entries[key], [text]: kept || (elsewhere.get(text) ?? '') };
			return text;
		});
		whole[description.name] = entries;
	}
	return whole;
}

export interface Entry {
	/** Such as `hubEe caseId.displayName`. */
	where: string;
	english: string;
	translation: string;
}

export function entriesOf(catalogue: Catalogue): Entry[] {
	return Object.entries(catalogue).flatMap(([type, keys]) =>
		Object.entries(keys).flatMap(([key, entries]) =>
			Object.entries(entries).map(([english, translation]) => ({
				where: `${type} ${key}`,
				english,
				translation,
			})),
		),
	);
}

/** What is wrong with the catalogue, one line for each entry; empty when nothing is. */
export function faultsOf(catalogue: Catalogue, descriptions: Description[]): string[] {
	const wanted = completed(catalogue, descriptions);
	const known = new Set(entriesOf(catalogue).map(({ where, english }) => `${where} ${english}`));
	const needed = new Set(entriesOf(wanted).map(({ where, english }) => `${where} ${english}`));
	return [
		...entriesOf(wanted)
			.filter(({ where, english }) => !known.has(`${where} ${english}`))
			.map(({ where, english }) => `missing: ${where} "${english}"`),
		...entriesOf(catalogue)
			.filter(({ where, english }) => !needed.has(`${where} ${english}`))
			.map(({ where, english }) => `superfluous: ${where} "${english}"`),
		...entriesOf(catalogue).flatMap(({ where, english, translation }) => {
			if (translation === '') return [`missing: ${where} "${english}"`];
			if (translation === english) return [`unchanged: ${where} "${english}"`];
			const lost = translation === SAME ? [] : lostCodes(english, translation);
			return lost.map((code) => `lost ${code}: ${where} "${translation}"`);
		}),
	];
}

/**
 * What a translator must not change: tags, expressions, places to fill in, codes, field names,
 * addresses, numbers.
 */
const CODES = [
	/<\/?[a-z][^>]*>/g,
	/\{\{.*?\}\}/g,
	/\[\[\w+\]\]/g,
	/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g,
	/\b(?!eBox)[a-z]+(?:[A-Z][a-z0-9]*)+\b/g,
	/\b[a-z]+_[a-z0-9_]+\b/g,
	/\b(?:https?:\/\/)?[\w-]+(?:\.[\w-]+)+\/[\w./-]*\w/g,
	/\d+(?:[.,\u00a0\u202f ]\d{3})*/g,
];

/** What the translation lacks of what must not be translated. */
export function lostCodes(english: string, translation: string): string[] {
	const plain = (text: string): string =>
		text.replace(/(\d)[.,\u00a0\u202f ](?=\d{3}(?!\d))/g, '$1');
	const found = plain(translation);
	return CODES.flatMap((code) => [...plain(english).matchAll(code)].map(([text]) => text)).filter(
		(text) => !found.includes(text),
	);
}
