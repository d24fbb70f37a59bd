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

const gap = (what: string): string => `[in te vullen: ${what}]`;

const who = ({ institution, enterpriseNumber }: MailFacts): string => {
	const number = enterpriseNumber ? belgianEnterprise(enterpriseNumber) : gap('ondernemingsnummer');
	return `${institution ?? gap('naam van de instelling')} (ondernemingsnummer ${number})`;
};

/** "1 lijst", "300.001 bestemmelingen". */
const count = (n: number | undefined, one: string, more: string): string =>
	n === undefined
		? `${gap('aantal')} ${more}`
		: `${n.toLocaleString('nl-BE')} ${n === 1 ? one : more}`;

const people = (n: number | undefined): string => count(n, 'bestemmeling', 'bestemmelingen');

const when = (day: string, { moment }: MailFacts): string => {
	const time = moment === undefined ? undefined : timeOfDay(moment);
	if (time) {
		const minutes = time.minutes === 0 ? '' : `.${String(time.minutes).padStart(2, '0')}`;
		return `op ${belgianDate(day)} om ${time.hour}${minutes} uur`;
	}
	return `op ${belgianDate(day)} (${moment ?? gap('gewenst tijdstip, bv. ’s avonds')})`;
};

const heading = ({ language, title }: MailVersion): string =>
	`versie ${language.toUpperCase()}: “${title ?? gap('titel van het document')}”`;

const version = (one: MailVersion): string =>
	`${heading(one)}, ${people(one.recipients)}, ${count(one.lists, 'lijst', 'lijsten')}`;

const versions = ({ versions: all }: MailFacts): string[] =>
	all.length > 0 ? all.map(version) : [gap('taalversies, titels, aantallen bestemmelingen')];

const file = ({ fileName, sha256, recipients }: MailFile): string =>
	`${fileName}${recipients === undefined ? '' : ` (${people(recipients)})`}, SHA-256 ${sha256}`;

const files = (all: MailFile[]): string[] =>
	all.length > 0 ? all.map(file) : [gap('bestandsnamen en SHA-256')];

/** What became of the list, when something was left out. */
const leftOut = ({ counts }: MailVersion): string =>
	counts === undefined || rejectedTotal(counts) === 0
		? ''
		: `Controle van de lijst: ${summaryOf(counts, 'nl')}.`;

const otherDates = ({ otherDates: dates = [] }: MailFacts): string =>
	dates.length === 0 ? '' : `Andere gewenste data: ${dates.map(belgianDate).join(', ')}.`;

const separateRuns = ({ versions: all }: MailFacts): string =>
	all.length === 1 ? '' : 'Elke taalversie is een afzonderlijke broadcast.';

const question = ({ otherDates: dates = [] }: MailFacts): string => {
	const date =
		dates.length === 0
			? 'bevestigen dat deze datum voor u past en ons meedelen'
			: 'ons meedelen welke van deze data voor u past en';
	return `Kunt u ${date} via welk kanaal wij de bestanden kunnen bezorgen?`;
};

const closing = ({ contact }: MailFacts): string =>
	paragraphs(
		`Contactpersoon (SPOC): ${contact ?? gap('naam, telefoon, e-mailadres')}`,
		'Met vriendelijke groeten,',
	);

/** The mails in Dutch. */
export const dutchMails: MailTexts = {
	subject(kind, facts, days) {
		const on = `${facts.institution ?? gap('instelling')}, ${belgianDate(days.production)}`;
		const subjects = {
			request: `eBox Citizen – aanvraag voor een broadcast (${on})`,
			reminder: `eBox Citizen – herinnering: aanvraag voor een broadcast (${on})`,
			acceptanceTest: `eBox Citizen – bestanden voor de acceptatietest (${on})`,
			testVerdict: `eBox Citizen – resultaat van de acceptatietest (${on})`,
			go: `eBox Citizen – GO voor de broadcast in productie (${on})`,
		};
		return subjects[kind];
	},

	body(kind, facts, days) {
		const tested = facts.versions.find((one) => one.testRecipients !== undefined)?.testRecipients;
		const bodies = {
			request: () =>
				paragraphs(
					'Geachte mevrouw, geachte heer,',
					`${capital(who(facts))} wenst ${when(days.production, facts)} een document te publiceren in de eBox van een groot aantal burgers (broadcast).`,
					otherDates(facts),
					[`berichttype: ${facts.messageType ?? gap('berichttype')}`, ...versions(facts)],
					[separateRuns(facts), question(facts)].filter(Boolean).join(' '),
				),
			reminder: () =>
				paragraphs(
					'Geachte mevrouw, geachte heer,',
					`Graag herinneren wij u aan onze aanvraag voor de broadcast van ${who(facts)}, die gepland is ${when(days.production, facts)}.`,
					otherDates(facts),
					versions(facts),
					`De bestanden voor de acceptatietest ontvangt u uiterlijk op ${belgianDate(days.acceptanceTest)}.`,
				),
			acceptanceTest: () =>
				paragraphs(
					'Geachte mevrouw, geachte heer,',
					`Via het afgesproken kanaal ontvangt u de bestanden voor de acceptatietest van de broadcast van ${who(facts)}. Gelieve de test vanaf ${belgianDate(days.acceptanceTest)} uit te voeren.`,
					`Testlijst: ${people(tested)}.`,
					...facts.versions.flatMap((one) => [
						`${capital(heading(one))}. Bestanden:`,
						files(one.testFiles),
					]),
					...(facts.versions.length === 0 ? ['Bestanden:', files([])] : []),
					'Gelieve ons te verwittigen zodra de test uitgevoerd is: wij controleren dan de betrokken eBoxen.',
				),
			testVerdict: () =>
				paragraphs(
					'Geachte mevrouw, geachte heer,',
					`Wij hebben het resultaat van de acceptatietest van de broadcast van ${who(facts)} gecontroleerd.`,
					[
						`document aanwezig in de gecontroleerde eBoxen: ${gap('ja / nee')}`,
						`titel correct: ${gap('ja / nee')}`,
						`gecontroleerd door: ${gap('naam, datum')}`,
					],
					`Op basis hiervan mag de broadcast, gepland ${when(days.production, facts)}, ${gap('wel / niet')} voor productie voorbereid worden.`,
				),
			go: () =>
				paragraphs(
					'Geachte mevrouw, geachte heer,',
					`GO: de broadcast van ${who(facts)} mag, zoals afgesproken, ${when(days.production, facts)} in productie uitgevoerd worden.`,
					...facts.versions.flatMap((one) => [
						`${capital(version(one))}. Bestanden:`,
						files(one.files),
						leftOut(one),
					]),
					facts.versions.length === 0 ? files([]) : '',
					'Wij vernemen graag het resultaat van de uitvoering.',
				),
		};
		return paragraphs(bodies[kind](), closing(facts)) + '\n';
	},
};
