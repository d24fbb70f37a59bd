import { rejectedTotal } from '../recipients/recipients';
import { summaryOf } from '../recipients/summary';
import {
	belgianDate,
	belgianEnterprise,
	capital,
	paragraphs,
	timeOfDay,
	type MailFacts,
	type MailFile,
	type MailTexts,
	type MailVersion,
} from './mail-text';

const gap = (what: string): string => `[à compléter : ${what}]`;

const who = ({ institution, enterpriseNumber }: MailFacts): string => {
	const number = enterpriseNumber
		? belgianEnterprise(enterpriseNumber)
		: gap('numéro d’entreprise');
	// "de notre institution, X": a name needs no article that way, whatever its first letter.
	return `notre institution, ${institution ?? gap('nom de l’institution')} (numéro d’entreprise ${number}),`;
};

/** The name at the end of a sentence. */
const sentenceEnd = (name: string): string => name.replace(/,$/, '.');

/** "1 destinataire", "300 001 destinataires"; French takes the singular for nought too. */
const count = (n: number | undefined, what: string): string => {
	if (n === undefined) return `${gap('nombre')} ${what}s`;
	return `${n.toLocaleString('fr-BE').replace(/\s/g, ' ')} ${what}${n > 1 ? 's' : ''}`;
};

const when = (day: string, { moment }: MailFacts): string => {
	const time = moment === undefined ? undefined : timeOfDay(moment);
	if (time) {
		const minutes = time.minutes === 0 ? '' : ` ${String(time.minutes).padStart(2, '0')}`;
		return `le ${belgianDate(day)} à ${time.hour} h${minutes}`;
	}
	return `le ${belgianDate(day)} (${moment ?? gap('moment souhaité, p. ex. en soirée')})`;
};

const heading = ({ language, title }: MailVersion): string =>
	`version ${language.toUpperCase()} : « ${title ?? gap('titre du document')} »`;

const version = (one: MailVersion): string =>
	`${heading(one)}, ${count(one.recipients, 'destinataire')}, ${count(one.lists, 'liste')}`;

const versions = ({ versions: all }: MailFacts): string[] =>
	all.length > 0
		? all.map(version)
		: [gap('versions linguistiques, titres, nombres de destinataires')];

const file = ({ fileName, sha256, recipients }: MailFile): string =>
	`${fileName}${recipients === undefined ? '' : ` (${count(recipients, 'destinataire')})`}, SHA-256 ${sha256}`;

const files = (all: MailFile[]): string[] =>
	all.length > 0 ? all.map(file) : [gap('noms des fichiers et SHA-256')];

/** What became of the list, when something was left out. */
const leftOut = ({ counts }: MailVersion): string =>
	counts === undefined || rejectedTotal(counts) === 0
		? ''
		: `Contrôle de la liste : ${summaryOf(counts, 'fr')}.`;

const otherDates = ({ otherDates: dates = [] }: MailFacts): string =>
	dates.length === 0 ? '' : `Autres dates souhaitées : ${dates.map(belgianDate).join(', ')}.`;

const separateRuns = ({ versions: all }: MailFacts): string =>
	all.length === 1 ? '' : 'Chaque version linguistique constitue un broadcast distinct.';

const question = ({ otherDates: dates = [] }: MailFacts): string => {
	const date =
		dates.length === 0
			? 'confirmer que cette date vous convient et nous indiquer'
			: 'indiquer laquelle de ces dates vous convient et';
	return `Pourriez-vous nous ${date} par quel canal vous transmettre les fichiers ?`;
};

const closing = ({ contact }: MailFacts): string =>
	paragraphs(
		`Personne de contact (SPOC) : ${contact ?? gap('nom, téléphone, adresse e-mail')}`,
		'Cordialement,',
	);

/** The mails in French. */
export const frenchMails: MailTexts = {
	subject(kind, facts, days) {
		const on = `${facts.institution ?? gap('institution')}, ${belgianDate(days.production)}`;
		const subjects = {
			request: `eBox Citoyen – demande de broadcast (${on})`,
			reminder: `eBox Citoyen – rappel : demande de broadcast (${on})`,
			acceptanceTest: `eBox Citoyen – fichiers pour le test en acceptation (${on})`,
			testVerdict: `eBox Citoyen – résultat du test en acceptation (${on})`,
			go: `eBox Citoyen – GO pour le broadcast en production (${on})`,
		};
		return subjects[kind];
	},

	body(kind, facts, days) {
		const tested = facts.versions.find((one) => one.testRecipients !== undefined)?.testRecipients;
		const bodies = {
			request: () =>
				paragraphs(
					'Bonjour,',
					`${capital(who(facts))} souhaite publier un document dans l’eBox d’un grand nombre de citoyens (broadcast) ${when(days.production, facts)}.`,
					otherDates(facts),
					[`type de message : ${facts.messageType ?? gap('type de message')}`, ...versions(facts)],
					[separateRuns(facts), question(facts)].filter(Boolean).join(' '),
				),
			reminder: () =>
				paragraphs(
					'Bonjour,',
					`Nous vous rappelons notre demande relative au broadcast prévu ${when(days.production, facts)} pour ${sentenceEnd(who(facts))}`,
					otherDates(facts),
					versions(facts),
					`Les fichiers pour le test en acceptation vous parviendront au plus tard le ${belgianDate(days.acceptanceTest)}.`,
				),
			acceptanceTest: () =>
				paragraphs(
					'Bonjour,',
					`Nous vous transmettons, par le canal convenu, les fichiers pour le test en acceptation du broadcast de ${sentenceEnd(who(facts))} Merci d’exécuter le test à partir du ${belgianDate(days.acceptanceTest)}.`,
					`Liste de test : ${count(tested, 'destinataire')}.`,
					...facts.versions.flatMap((one) => [
						`${capital(heading(one))}. Fichiers :`,
						files(one.testFiles),
					]),
					...(facts.versions.length === 0 ? ['Fichiers :', files([])] : []),
					'Merci de nous avertir dès que le test aura été exécuté : nous vérifierons alors les eBox concernées.',
				),
			testVerdict: () =>
				paragraphs(
					'Bonjour,',
					`Nous avons vérifié le résultat du test en acceptation du broadcast de ${sentenceEnd(who(facts))}`,
					[
						`document présent dans les eBox vérifiées : ${gap('oui / non')}`,
						`titre conforme : ${gap('oui / non')}`,
						`vérifié par : ${gap('nom, date')}`,
					],
					`Sur cette base, le broadcast prévu ${when(days.production, facts)} ${gap('peut / ne peut pas')} être préparé en vue de la production.`,
				),
			go: () =>
				paragraphs(
					'Bonjour,',
					`GO : le broadcast de ${who(facts)} peut, comme convenu, être exécuté en production ${when(days.production, facts)}.`,
					...facts.versions.flatMap((one) => [
						`${capital(version(one))}. Fichiers :`,
						files(one.files),
						leftOut(one),
					]),
					facts.versions.length === 0 ? files([]) : '',
					'Merci de nous communiquer le résultat de l’exécution.',
				),
		};
		return paragraphs(bodies[kind](), closing(facts)) + '\n';
	},
};
