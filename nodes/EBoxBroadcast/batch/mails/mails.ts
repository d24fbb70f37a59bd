import { frenchMails } from './mails-fr';
import { dutchMails } from './mails-nl';
import type {
	MailDays,
	MailDraft,
	MailFacts,
	MailKind,
	MailLanguage,
	MailVersion,
	MailTexts,
} from './mail-text';
import type { Manifest } from '../files/manifest';
import type { BroadcastPlan, StepName } from './plan';

/** Contact of the broadcast procedure for everything. */
const EBOX_INTEGRATION = 'eBoxIntegration@smals.be';

const STEP_OF: Record<MailKind, StepName> = {
	request: 'announcement',
	reminder: 'reminder',
	acceptanceTest: 'acceptanceTest',
	testVerdict: 'testVerdict',
	go: 'go',
};

const WORDS: Record<MailLanguage, MailTexts> = { fr: frenchMails, nl: dutchMails };

/**
 * The five mails of the procedure, in the order of their days. No national number is ever in one.
 */
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

/**
 * What manifests say about the versions: production and test manifests of a language come together.
 */
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
			version.counts = manifest.recipients;
		}
	}
	return [...versions.values()];
}
