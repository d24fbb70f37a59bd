import { draftMails, versionsOf } from '../../../nodes/EBoxBroadcast/batch/mails/mails';
import type { MailFacts } from '../../../nodes/EBoxBroadcast/batch/mails/mail-text';
import { planBroadcast } from '../../../nodes/EBoxBroadcast/batch/mails/plan';
import { DEFAULT_SETTINGS, prepareBroadcast } from '../../../nodes/EBoxBroadcast/batch/prepare';
import { csv, MemorySink, numbers, version } from './support';

const PLAN = planBroadcast('2026-05-28', '2026-03-01');

const FACTS: MailFacts = {
	institution: 'Office national de l’exemple',
	enterpriseNumber: '0406798006',
	messageType: 'EXAMPLE_TYPE',
	moment: 'à partir de 18 h',
	contact: 'Camille Peeters, 02 000 00 00',
	versions: [],
};

describe('the drafts', () => {
	it('are five in each language, each with its latest day', () => {
		const drafts = draftMails(PLAN, FACTS, ['fr', 'nl']);
		expect(drafts.map(({ kind, language, latestDay }) => [language, kind, latestDay])).toEqual(
			['fr', 'nl'].flatMap((language) => [
				[language, 'request', '2026-05-05'],
				[language, 'reminder', '2026-05-12'],
				[language, 'acceptanceTest', '2026-05-20'],
				[language, 'testVerdict', '2026-05-26'],
				[language, 'go', '2026-05-27'],
			]),
		);
		expect(drafts.every(({ draft, to }) => draft && to === 'eBoxIntegration@smals.be')).toBe(true);
	});

	it('leave gaps to fill in where nothing is known, never "undefined"', () => {
		for (const { body, subject, language } of draftMails(PLAN, { versions: [] }, ['fr', 'nl'])) {
			expect(subject + body).not.toMatch(/undefined|NaN|\[object/);
			expect(subject).toContain(language === 'fr' ? '[à compléter' : '[in te vullen');
		}
	});

	it('tell the facts of the manifests, and no national number', async () => {
		const sink = new MemorySink();
		const input = [...numbers(5)].join('\n');
		const run = async (label?: string): ReturnType<typeof prepareBroadcast> =>
			await prepareBroadcast(
				[version('fr', csv(input))],
				[],
				{
					...DEFAULT_SETTINGS,
					maximumSize: 3,
					label,
					purpose: label ? 'acceptance test' : 'production',
				},
				sink.sink,
			);
		const manifests = [...(await run()), ...(await run('test'))].map(({ manifest }) => manifest);
		const drafts = draftMails(PLAN, { ...FACTS, versions: versionsOf(manifests) }, ['fr', 'nl']);
		const text = (kind: string, language: string): string =>
			drafts.find((one) => one.kind === kind && one.language === language)?.body ?? '';

		expect(text('request', 'fr')).toContain(
			'« Votre information annuelle », 5 destinataires, 2 liste(s)',
		);
		expect(text('request', 'nl')).toContain('0406.798.006');
		expect(text('acceptanceTest', 'nl')).toContain('Aantal bestemmelingen van de test: 5.');
		for (const { role, fileName, sha256 } of manifests[0].files) {
			expect(text('go', 'fr')).toContain(`${fileName}`);
			expect(text('go', 'nl')).toContain(sha256);
			expect(text('acceptanceTest', 'fr').includes(`- ${fileName},`)).toBe(role === 'document');
		}
		for (const niss of numbers(5)) expect(JSON.stringify(drafts)).not.toContain(niss);
	});
});

describe('the GO', () => {
	it('reads as a person would write it', () => {
		const facts: MailFacts = {
			...FACTS,
			versions: [
				{
					language: 'nl',
					title: 'Uw jaarlijkse informatie',
					recipients: 300_001,
					lists: 2,
					files: [{ fileName: 'a.csv', sha256: 'f00', recipients: 300_000 }],
					testFiles: [],
				},
			],
		};
		const go = draftMails(PLAN, facts, ['nl']).find(({ kind }) => kind === 'go');
		expect(go?.subject).toBe(
			'eBox Citizen – GO voor de broadcast in productie (Office national de l’exemple, 28/05/2026)',
		);
		expect(go?.body).toBe(`Geachte,

GO: de broadcast van Office national de l’exemple (ondernemingsnummer 0406.798.006) mag in Productie uitgevoerd worden, zoals afgesproken op 28/05/2026, à partir de 18 h.

Versie NL: “Uw jaarlijkse informatie”, 300.001 bestemmelingen, 2 lijst(en). Bestanden:

- a.csv (300.000 bestemmelingen), SHA-256 f00

Graag vernemen wij het resultaat van de uitvoering.

Contactpersoon (SPOC): Camille Peeters, 02 000 00 00

Met vriendelijke groeten,
`);
	});
});
