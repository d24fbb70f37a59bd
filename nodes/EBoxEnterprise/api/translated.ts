import { isObject } from '../../../lib/answers/json';
import type { Language, TranslatedString } from './types';

/**
 * A name as a service gave it. What is not read here is only shown, so that one that cannot be read
 * is none; a text without languages is taken as it is.
 */
export function translated(value: unknown): TranslatedString | undefined {
	if (typeof value === 'string') return { en: value };
	return isTranslated(value) ? value : undefined;
}

const isTranslated = (value: unknown): value is TranslatedString =>
	isObject(value) && OTHERWISE.every((language) => typeof (value[language] ?? '') === 'string');

/** Languages of the federation, in the order in which a missing one is replaced. */
const OTHERWISE: Language[] = ['fr', 'nl', 'de', 'en'];

/**
 * The text in the preferred language, or in the first one that its author gave: any language may be
 * missing.
 *
 * @returns an empty string when there is none, or when what came is no text at all
 */
export function inLanguage(text: TranslatedString | undefined | null, preferred: Language): string {
	if (typeof text === 'string') return text;
	if (typeof text !== 'object' || text === null) return '';
	for (const language of [preferred, ...OTHERWISE]) {
		const value = text[language];
		if (typeof value === 'string' && value.trim() !== '') return value;
	}
	return '';
}
