import { draftMails, versionsOf } from '../../../nodes/EBoxBroadcast/batch/mails/mails';
import type {
	MailDraft,
	MailFacts,
	MailVersion,
} from '../../../nodes/EBoxBroadcast/batch/mails/mail-text';
import { planBroadcast } from '../../../nodes/EBoxBroadcast/batch/mails/plan';
import { DEFAULT_SETTINGS, prepareBroadcast } from '../../../nodes/EBoxBroadcast/batch/prepare';
import { csv, MemorySink, numbers, version } from './support';

const PLAN = planBroadcast('2026-05-28', '2026-03-01');

const FACTS: MailFacts = {
	institution: 'Office national de l’exemple',
	enterpriseNumber: '0406798006',
	messageType: 'EXAMPLE_TYPE',
	moment: '18:00',
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
			'« Votre information annuelle », 5 destinataires, 2 listes',
		);
		expect(text('request', 'nl')).toContain('0406.798.006');
		expect(text('acceptanceTest', 'nl')).toContain('Testlijst: 5 bestemmelingen.');
		for (const { role, fileName, sha256 } of manifests[0].files) {
			expect(text('go', 'fr')).toContain(`${fileName}`);
			expect(text('go', 'nl')).toContain(sha256);
			expect(text('acceptanceTest', 'fr').includes(`- ${fileName},`)).toBe(role === 'document');
		}
		for (const niss of numbers(5)) expect(JSON.stringify(drafts)).not.toContain(niss);
	});
});

const COUNTS = {
	read: 28,
	accepted: 5,
	rejected: {
		empty: 0,
		characters: 0,
		length: 23,
		lostZero: 0,
		scientific: 0,
		checkNumber: 0,
		missing: 0,
		duplicate: 0,
		earlierList: 0,
		otherVersion: 0,
	},
	blankLines: 0,
	mended: 0,
	restoredZeros: 0,
	unusualMonths: 0,
};

const mail = (kind: string, language: 'fr' | 'nl', change: Partial<MailFacts> = {}): MailDraft => {
	const drafts = draftMails(PLAN, { ...FACTS, ...change }, [language]);
	const draft = drafts.find((one) => one.kind === kind);
	if (!draft) throw new Error(`There is no ${kind}`);
	return draft;
};

describe('the mails read by natives', () => {
	const nl: MailVersion = {
		language: 'nl',
		title: 'Uw jaarlijkse informatie',
		recipients: 300_001,
		lists: 2,
		files: [{ fileName: 'a.csv', sha256: 'f00', recipients: 300_000 }],
		testFiles: [{ fileName: 't-nl.csv', sha256: 'f01', recipients: 1 }],
		testRecipients: 1,
	};
	const fr: MailVersion = {
		language: 'fr',
		title: 'Votre information annuelle',
		recipients: 1,
		lists: 1,
		files: [{ fileName: 'b.csv', sha256: 'f02', recipients: 1 }],
		testFiles: [{ fileName: 't-fr.csv', sha256: 'f03', recipients: 1 }],
		testRecipients: 1,
		counts: COUNTS,
	};

	it('the GO in Dutch', () => {
		const go = mail('go', 'nl', { versions: [nl] });
		expect(go.subject).toBe(
			'eBox Citizen – GO voor de broadcast in productie (Office national de l’exemple, 28/05/2026)',
		);
		expect(go.body).toBe(`Geachte mevrouw, geachte heer,

GO: de broadcast van Office national de l’exemple (ondernemingsnummer 0406.798.006) mag, zoals afgesproken, op 28/05/2026 om 18 uur in productie uitgevoerd worden.

Versie NL: “Uw jaarlijkse informatie”, 300.001 bestemmelingen, 2 lijsten. Bestanden:

- a.csv (300.000 bestemmelingen), SHA-256 f00

Wij vernemen graag het resultaat van de uitvoering.

Contactpersoon (SPOC): Camille Peeters, 02 000 00 00

Met vriendelijke groeten,
`);
	});

	it('the GO in French, with what was left out of the list', () => {
		const go = mail('go', 'fr', { versions: [fr] });
		expect(go.subject).toBe(
			'eBox Citoyen – GO pour le broadcast en production (Office national de l’exemple, 28/05/2026)',
		);
		expect(go.body).toBe(`Bonjour,

GO : le broadcast de notre institution, Office national de l’exemple (numéro d’entreprise 0406.798.006), peut, comme convenu, être exécuté en production le 28/05/2026 à 18 h.

Version FR : « Votre information annuelle », 1 destinataire, 1 liste. Fichiers :

- b.csv (1 destinataire), SHA-256 f02

Contrôle de la liste : 28 numéros lus, 5 gardés, 23 écartés (23 sans 11 chiffres).

Merci de nous communiquer le résultat de l’exécution.

Personne de contact (SPOC) : Camille Peeters, 02 000 00 00

Cordialement,
`);
		expect(mail('go', 'nl', { versions: [fr] }).body).toContain(
			'Controle van de lijst: 28 nummers gelezen, 5 behouden, 23 weggelaten (23 zonder 11 cijfers).',
		);
	});

	it('the acceptance mail lists the files of each version under its own heading', () => {
		const { body } = mail('acceptanceTest', 'nl', { versions: [fr, nl] });
		expect(body).toContain('Gelieve de test vanaf 20/05/2026 uit te voeren.');
		expect(body).toContain(`Testlijst: 1 bestemmeling.

Versie FR: “Votre information annuelle”. Bestanden:

- t-fr.csv (1 bestemmeling), SHA-256 f03

Versie NL: “Uw jaarlijkse informatie”. Bestanden:

- t-nl.csv (1 bestemmeling), SHA-256 f01
`);
	});

	it.each([
		['18:00', 'à 18 h', 'om 18 uur'],
		['18h30', 'à 18 h 30', 'om 18.30 uur'],
		['18.05 uur', 'à 18 h 05', 'om 18.05 uur'],
		['18 uur', 'à 18 h', 'om 18 uur'],
		['en soirée', '(en soirée)', '(en soirée)'],
		['à partir de 18 h', '(à partir de 18 h)', '(à partir de 18 h)'],
		['25:00', '(25:00)', '(25:00)'],
	])('say the moment %p each in its language', (moment, french, dutch) => {
		expect(mail('go', 'fr', { moment }).body).toContain(`le 28/05/2026 ${french}`);
		expect(mail('go', 'nl', { moment }).body).toContain(`op 28/05/2026 ${dutch}`);
	});

	it('name the institution without an article that its first letter might need', () => {
		expect(mail('request', 'fr').body).toContain(
			'Notre institution, Office national de l’exemple (numéro d’entreprise 0406.798.006), souhaite',
		);
		expect(mail('testVerdict', 'fr').body).toContain('0406.798.006).\n');
	});

	it('the request speaks of several broadcasts only where there are several', () => {
		expect(mail('request', 'fr', { versions: [fr] }).body).toContain(
			'\n\nPourriez-vous nous confirmer que cette date vous convient et nous indiquer par quel canal vous transmettre les fichiers ?\n',
		);
		expect(mail('request', 'fr', { versions: [fr, nl] }).body).toContain(
			'Chaque version linguistique constitue un broadcast distinct. Pourriez-vous',
		);
		expect(mail('request', 'nl', { versions: [nl] }).body).toContain(
			'\n\nKunt u bevestigen dat deze datum voor u past en ons meedelen via welk kanaal wij de bestanden kunnen bezorgen?\n',
		);
	});

	it('what is planned is the broadcast, not the request', () => {
		expect(mail('reminder', 'fr').body).toContain(
			'notre demande relative au broadcast prévu le 28/05/2026 à 18 h pour notre institution, Office national de l’exemple (numéro d’entreprise 0406.798.006).\n',
		);
		expect(mail('reminder', 'nl').body).toContain(
			'onze aanvraag voor de broadcast van Office national de l’exemple (ondernemingsnummer 0406.798.006), die gepland is op 28/05/2026 om 18 uur.\n',
		);
	});

	it('the verdict is a whole sentence whatever is filled in', () => {
		expect(mail('testVerdict', 'nl').body).toContain(
			'Op basis hiervan mag de broadcast, gepland op 28/05/2026 om 18 uur, [in te vullen: wel / niet] voor productie voorbereid worden.',
		);
		expect(mail('testVerdict', 'fr').body).toContain(
			'le broadcast prévu le 28/05/2026 à 18 h [à compléter : peut / ne peut pas] être préparé en vue de la production.',
		);
	});

	it('one number is one number', () => {
		const one = { ...COUNTS, read: 1, accepted: 0, rejected: { ...COUNTS.rejected, length: 1 } };
		expect(mail('go', 'fr', { versions: [{ ...fr, counts: one }] }).body).toContain(
			'Contrôle de la liste : 1 numéro lu, 0 gardé, 1 écarté (1 sans 11 chiffres).',
		);
		expect(mail('go', 'nl', { versions: [{ ...nl, counts: one }] }).body).toContain(
			'Controle van de lijst: 1 nummer gelezen, 0 behouden, 1 weggelaten (1 zonder 11 cijfers).',
		);
	});

	it('ask for several dates in one mail', () => {
		const otherDates = ['2026-06-01', '2026-06-08'];
		expect(mail('request', 'fr', { otherDates }).body).toContain(
			'Autres dates souhaitées : 01/06/2026, 08/06/2026.',
		);
		expect(mail('request', 'nl', { otherDates }).body).toContain(
			'Andere gewenste data: 01/06/2026, 08/06/2026.',
		);
		expect(mail('request', 'fr', { otherDates }).body).toContain(
			'Pourriez-vous nous indiquer laquelle de ces dates vous convient et par quel canal vous transmettre les fichiers ?',
		);
		expect(mail('request', 'nl', { otherDates }).body).toContain(
			'Kunt u ons meedelen welke van deze data voor u past en via welk kanaal wij de bestanden kunnen bezorgen?',
		);
		expect(mail('go', 'fr', { otherDates }).body).not.toContain('08/06/2026');
	});
});
