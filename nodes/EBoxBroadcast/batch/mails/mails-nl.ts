import {
	belgianDate,
	belgianEnterprise,
	paragraphs,
	type MailFacts,
	type MailFile,
	type MailVersion,
	type MailTexts,
} from './mail-text';

const gap = (what: string): string => `[in te vullen: ${what}]`;

const who = ({ institution, enterpriseNumber }: MailFacts): string => {
	const number = enterpriseNumber ? belgianEnterprise(enterpriseNumber) : gap('ondernemingsnummer');
	return `${institution ?? gap('naam van de instelling')} (ondernemingsnummer ${number})`;
};

const count = (n: number | undefined, what: string): string =>
	n === undefined ? gap(what) : n.toLocaleString('nl-BE');

const when = (day: string, { moment }: MailFacts): string =>
	`op ${belgianDate(day)}, ${moment ?? gap('gewenst tijdstip, bv. ’s avonds')}`;

const version = ({ language, title, recipients, lists }: MailVersion): string =>
	`versie ${language.toUpperCase()}: “${title ?? gap('titel van het document')}”, ` +
	`${count(recipients, 'aantal')} bestemmelingen, ${count(lists, 'aantal')} lijst(en)`;

const versions = ({ versions: all }: MailFacts): string[] =>
	all.length > 0 ? all.map(version) : [gap('taalversies, titels, aantallen bestemmelingen')];

const file = ({ fileName, sha256, recipients }: MailFile): string =>
	`${fileName}${recipients === undefined ? '' : ` (${count(recipients, 'aantal')} bestemmelingen)`}, SHA-256 ${sha256}`;

const files = (all: MailFile[]): string[] =>
	all.length > 0 ? all.map(file) : [gap('bestandsnamen en SHA-256')];

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
			request: `eBox Citizen – aanvraag broadcast (${on})`,
			reminder: `eBox Citizen – herinnering: aanvraag broadcast (${on})`,
			acceptanceTest: `eBox Citizen – bestanden voor de acceptatietest (${on})`,
			testVerdict: `eBox Citizen – resultaat van de acceptatietest (${on})`,
			go: `eBox Citizen – GO voor de broadcast in productie (${on})`,
		};
		return subjects[kind];
	},

	body(kind, facts, days) {
		const testFiles = facts.versions.flatMap((one) => one.testFiles);
		const tested = facts.versions.find((one) => one.testRecipients !== undefined)?.testRecipients;
		const bodies = {
			request: () =>
				paragraphs(
					'Geachte,',
					`${who(facts)} wenst ${when(days.production, facts)} een document te publiceren in de eBox van een groot aantal burgers (broadcast).`,
					[`berichttype: ${facts.messageType ?? gap('berichttype')}`, ...versions(facts)],
					'Elke taalversie is een afzonderlijke broadcast. Kunt u bevestigen dat deze datum past, en meedelen via welk kanaal de bestanden bezorgd moeten worden?',
				),
			reminder: () =>
				paragraphs(
					'Geachte,',
					`Graag herinneren wij u aan de aanvraag voor een broadcast van ${who(facts)}, voorzien ${when(days.production, facts)}.`,
					versions(facts),
					`De bestanden voor de acceptatietest ontvangt u uiterlijk op ${belgianDate(days.acceptanceTest)}.`,
				),
			acceptanceTest: () =>
				paragraphs(
					'Geachte,',
					`Via het afgesproken kanaal ontvangt u de bestanden voor de acceptatietest van de broadcast van ${who(facts)}. Graag de test uitvoeren vanaf ${belgianDate(days.acceptanceTest)}.`,
					`Aantal bestemmelingen van de test: ${count(tested, 'aantal')}. Bestanden:`,
					files(testFiles),
					'Gelieve ons te verwittigen zodra de test uitgevoerd is: wij controleren dan de betrokken eBoxen.',
				),
			testVerdict: () =>
				paragraphs(
					'Geachte,',
					`Wij hebben het resultaat van de acceptatietest van de broadcast van ${who(facts)} gecontroleerd.`,
					[
						`document aanwezig in de gecontroleerde eBoxen: ${gap('ja / nee')}`,
						`titel zoals verwacht: ${gap('ja / nee')}`,
						`gecontroleerd door: ${gap('naam, datum')}`,
					],
					`Op basis hiervan ${gap('mag / mag niet')} de broadcast, voorzien ${when(days.production, facts)}, voor productie voorbereid worden.`,
				),
			go: () =>
				paragraphs(
					'Geachte,',
					`GO: de broadcast van ${who(facts)} mag in Productie uitgevoerd worden, zoals afgesproken ${when(days.production, facts)}.`,
					...facts.versions.flatMap((one) => [
						`${capital(version(one))}. Bestanden:`,
						files(one.files),
					]),
					facts.versions.length === 0 ? files([]) : '',
					'Graag vernemen wij het resultaat van de uitvoering.',
				),
		};
		return paragraphs(bodies[kind](), closing(facts)) + '\n';
	},
};

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
