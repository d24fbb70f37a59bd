import type { Day } from './calendar';
import { dutchMails } from './mailsNl';
import { frenchMails } from './mailsFr';
import type { Manifest } from './manifest';
import type { BroadcastPlan, StepName } from './plan';

/** Contact of the broadcast procedure for everything. */
export const EBOX_INTEGRATION = 'eBoxIntegration@smals.be';

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
export interface MailWords {
	subject(kind: MailKind, facts: MailFacts, days: MailDays): string;
	body(kind: MailKind, facts: MailFacts, days: MailDays): string;
}

/** The days of a plan, by step. */
export type MailDays = Record<StepName, Day>;

const STEP_OF: Record<MailKind, StepName> = {
	request: 'announcement',
	reminder: 'reminder',
	acceptanceTest: 'acceptanceTest',
	testVerdict: 'testVerdict',
	go: 'go',
};

const WORDS: Record<MailLanguage, MailWords> = { fr: frenchMails, nl: dutchMails };

/** The five mails of the procedure, in the order of their days. No national number is ever in one. */
export function draftMails(
	plan: BroadcastPlan,
	facts: MailFacts,
	languages: readonly MailLanguage[],
): MailDraft[] {
	const days = Object.fromEntries(plan.steps.map(({ step, day }) => [step, day])) as MailDays;
	return languages.flatMap((language) =>
		(Object.keys(STEP_OF) as MailKind[]).map((kind): MailDraft => ({
			kind,
			language,
			to: EBOX_INTEGRATION,
			subject: WORDS[language].subject(kind, facts, days),
			body: WORDS[language].body(kind, facts, days),
			latestDay: days[STEP_OF[kind]],
			draft: true,
		})),
	);
}

/** What manifests say about the versions: production and test manifests of a language come together. */
export function versionsOf(manifests: readonly Manifest[]): MailVersion[] {
	const versions = new Map<string, MailVersion>();
	for (const manifest of manifests) {
		const version: MailVersion = versions.get(manifest.language) ?? {
			language: manifest.language,
			files: [],
			testFiles: [],
		};
		versions.set(manifest.language, version);
		version.title = manifest.title;
		const files = manifest.files
			.filter(({ role }) => role === 'document' || role === 'metadata' || role === 'recipients')
			.map(({ fileName, sha256, recipients }) => ({ fileName, sha256, recipients }));
		if (manifest.purpose === 'acceptance test') {
			version.testFiles = files;
			version.testRecipients = manifest.recipients.accepted;
		} else {
			version.files = files;
			version.recipients = manifest.recipients.accepted;
			version.lists = manifest.lists.count;
		}
	}
	return [...versions.values()];
}

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
