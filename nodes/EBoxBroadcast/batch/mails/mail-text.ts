import type { Day } from './calendar';
import type { RecipientCounts } from '../recipients/recipients';
import type { StepName } from './plan';

export type MailKind = 'request' | 'reminder' | 'acceptanceTest' | 'testVerdict' | 'go';
export type MailLanguage = 'fr' | 'nl';

/** What the mails tell. Everything left out appears as a gap to fill in. */
export interface MailFacts {
	institution?: string;
	/** 10 digits */
	enterpriseNumber?: string;
	messageType?: string;
	/** moment on the day, such as "in the evening, from 18:00" */
	moment?: string;
	/** single point of contact: name, telephone, mail */
	contact?: string;
	/** further wished dates, in the order of wish */
	otherDates?: readonly Day[];
	versions: MailVersion[];
}

export interface MailVersion {
	language: string;
	title?: string;
	recipients?: number;
	lists?: number;
	/** hand-over files of production */
	files: MailFile[];
	/** hand-over files of the acceptance test */
	testFiles: MailFile[];
	testRecipients?: number;
	/** what became of the list from which the files were made */
	counts?: RecipientCounts;
}

export interface MailFile {
	fileName: string;
	sha256: string;
	recipients?: number;
}

/** A mail for a person to read, correct and send. The node never sends one. */
export interface MailDraft {
	kind: MailKind;
	language: MailLanguage;
	to: string;
	subject: string;
	body: string;
	/** latest day to send it */
	latestDay: Day;
	draft: true;
}

/** The words of one language. */
export interface MailTexts {
	subject(kind: MailKind, facts: MailFacts, days: MailDays): string;
	body(kind: MailKind, facts: MailFacts, days: MailDays): string;
}

/** The days of a plan, by step. */
export type MailDays = Record<StepName, Day>;

/** `2026-05-18` as Belgians write it: `18/05/2026`. */
export function belgianDate(day: Day): string {
	return day.split('-').reverse().join('/');
}

/** A number of 10 digits as the Crossroads Bank writes it: `0406.798.006`. */
export function belgianEnterprise(number: string): string {
	return number.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1.$2.$3');
}

/** Paragraphs and lists, with one empty line between. */
export function paragraphs(...parts: Array<string | string[]>): string {
	return parts
		.map((part) => (Array.isArray(part) ? part.map((line) => `- ${line}`).join('\n') : part))
		.filter((text) => text !== '')
		.join('\n\n');
}

/** A time of day that somebody typed: "18:00", "18h30", "18 uur", "18". */
export interface TimeOfDay {
	hour: number;
	minutes: number;
}

/** The time that a moment names and nothing else; undefined for words such as "en soirée". */
export function timeOfDay(moment: string): TimeOfDay | undefined {
	const match = /^\s*(\d{1,2})\s*(?:(?:[:.]|h|u|uur)\s*(\d{2})?)?\s*(?:h|u|uur)?\s*$/i.exec(moment);
	if (!match) return undefined;
	const hour = Number(match[1]);
	const minutes = Number(match[2] ?? 0);
	return hour < 24 && minutes < 60 ? { hour, minutes } : undefined;
}

/** The first letter as a capital. */
export function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
