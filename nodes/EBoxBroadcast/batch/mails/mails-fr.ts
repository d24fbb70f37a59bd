import {
	belgianDate,
	belgianEnterprise,
	paragraphs,
	type MailFacts,
	type MailFile,
	type MailVersion,
	type MailTexts,
} from './mail-text';

const gap = (what: string): string => `[à compléter : ${what}]`;

const who = ({ institution, enterpriseNumber }: MailFacts): string => {
	const number = enterpriseNumber
		? belgianEnterprise(enterpriseNumber)
		: gap('numéro d’entreprise');
	return `${institution ?? gap('nom de l’institution')} (numéro d’entreprise ${number})`;
};

const count = (n: number | undefined, what: string): string =>
	n === undefined ? gap(what) : n.toLocaleString('fr-BE').replace(/\s/g, ' ');

const when = (day: string, { moment }: MailFacts): string =>
	`le ${belgianDate(day)}, ${moment ?? gap('moment souhaité, p. ex. en soirée')}`;

const version = ({ language, title, recipients, lists }: MailVersion): string =>
	`version ${language.toUpperCase()} : « ${title ?? gap('titre du document')} », ` +
	`${count(recipients, 'nombre')} destinataires, ${count(lists, 'nombre')} liste(s)`;

const versions = ({ versions: all }: MailFacts): string[] =>
	all.length > 0
		? all.map(version)
		: [gap('versions linguistiques, titres, nombres de destinataires')];

const file = ({ fileName, sha256, recipients }: MailFile): string =>
	`${fileName}${recipients === undefined ? '' : ` (${count(recipients, 'nombre')} destinataires)`}, SHA-256 ${sha256}`;

const files = (all: MailFile[]): string[] =>
	all.length > 0 ? all.map(file) : [gap('noms des fichiers et SHA-256')];

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
			request: `eBox Citizen – demande de broadcast (${on})`,
			reminder: `eBox Citizen – rappel : demande de broadcast (${on})`,
			acceptanceTest: `eBox Citizen – fichiers pour le test en acceptation (${on})`,
			testVerdict: `eBox Citizen – résultat du test en acceptation (${on})`,
			go: `eBox Citizen – GO pour le broadcast en production (${on})`,
		};
		return subjects[kind];
	},

	body(kind, facts, days) {
		const testFiles = facts.versions.flatMap((one) => one.testFiles);
		const tested = facts.versions.find((one) => one.testRecipients !== undefined)?.testRecipients;
		const bodies = {
			request: () =>
				paragraphs(
					'Bonjour,',
					`${who(facts)} souhaite publier un document dans l’eBox d’un grand nombre de citoyens (broadcast) ${when(days.production, facts)}.`,
					[`type de message : ${facts.messageType ?? gap('type de message')}`, ...versions(facts)],
					'Chaque version linguistique constitue un broadcast distinct. Pouvez-vous nous confirmer que cette date convient et nous indiquer le canal de transmission des fichiers ?',
				),
			reminder: () =>
				paragraphs(
					'Bonjour,',
					`Nous vous rappelons la demande de broadcast de ${who(facts)}, prévu ${when(days.production, facts)}.`,
					versions(facts),
					`Les fichiers pour le test en acceptation vous parviendront au plus tard le ${belgianDate(days.acceptanceTest)}.`,
				),
			acceptanceTest: () =>
				paragraphs(
					'Bonjour,',
					`Veuillez trouver, par le canal convenu, les fichiers pour le test en acceptation du broadcast de ${who(facts)}. Nous souhaitons que le test soit exécuté à partir du ${belgianDate(days.acceptanceTest)}.`,
					`Nombre de destinataires du test : ${count(tested, 'nombre')}. Fichiers :`,
					files(testFiles),
					'Merci de nous avertir dès que le test a été exécuté : nous vérifierons les eBox concernées.',
				),
			testVerdict: () =>
				paragraphs(
					'Bonjour,',
					`Nous avons vérifié le résultat du test en acceptation du broadcast de ${who(facts)}.`,
					[
						`document présent dans les eBox vérifiées : ${gap('oui / non')}`,
						`titre conforme : ${gap('oui / non')}`,
						`vérifié par : ${gap('nom, date')}`,
					],
					`Sur cette base, le broadcast prévu ${when(days.production, facts)} ${gap('peut / ne peut pas')} être préparé pour la production.`,
				),
			go: () =>
				paragraphs(
					'Bonjour,',
					`GO : le broadcast de ${who(facts)} peut être exécuté en Production, comme convenu, ${when(days.production, facts)}.`,
					...facts.versions.flatMap((one) => [
						`${capital(version(one))}. Fichiers :`,
						files(one.files),
					]),
					facts.versions.length === 0 ? files([]) : '',
					'Merci de nous communiquer le résultat de l’exécution.',
				),
		};
		return paragraphs(bodies[kind](), closing(facts)) + '\n';
	},
};

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
