import { ADVICE } from './advice';
import { type AnomalyKind, blocking, warning } from './kind';
import { text } from './text';

/** What is wrong with a value, or with the employer, the worker or the user whom it names. */
export const VALUE_KINDS: Record<string, AnomalyKind> = {
	'001': blocking(text('is missing', 'est absent', 'ontbreekt'), ADVICE.complete),
	'003': blocking(text('is not valid', 'n’est pas valable', 'is ongeldig'), ADVICE.correct),
	'005': blocking(
		text(
			'must not be given here',
			'ne peut pas être mentionné ici',
			'mag hier niet vermeld worden',
		),
		ADVICE.leaveOut,
	),
	'008': blocking(
		text(
			'is outside the allowed range',
			'est hors des limites permises',
			'ligt buiten de toegelaten grenzen',
		),
		ADVICE.correct,
	),
	'022': warning(
		text(
			'does not match the register of employers',
			'ne correspond pas au répertoire des employeurs',
			'stemt niet overeen met het werkgeversrepertorium',
		),
		ADVICE.compare,
	),
	'089': blocking(
		text(
			'the message is of an unknown form',
			'la forme du message est inconnue',
			'de vorm van het bericht is onbekend',
		),
		ADVICE.correct,
	),
	'092': blocking(text('is not known', 'est inconnu', 'is onbekend'), ADVICE.correct),
	'134': blocking(
		text('holds no data', 'ne contient pas de données', 'bevat geen gegevens'),
		ADVICE.complete,
	),
	'151': blocking(
		text('cannot be identified', 'ne peut être identifié', 'kan niet geïdentificeerd worden'),
		ADVICE.identify,
	),
	'155': blocking(
		text(
			'there is no mandate, or it has lapsed',
			'il n’y a pas de mandat ou il a expiré',
			'er is geen mandaat of het is vervallen',
		),
		ADVICE.mandate,
	),
	'235': blocking(
		text(
			'is not in the register of employers',
			'ne figure pas au répertoire des employeurs',
			'komt niet voor in het werkgeversrepertorium',
		),
		ADVICE.correct,
	),
	'342': blocking(
		text(
			'this employer may use a secured channel only',
			'cet employeur ne peut utiliser qu’un canal sécurisé',
			'deze werkgever mag enkel een beveiligd kanaal gebruiken',
		),
		ADVICE.contactAuthority,
	),
	'343': blocking(
		text(
			'the employer is not active',
			'l’employeur n’est pas actif',
			'de werkgever is niet actief',
		),
		ADVICE.contactAuthority,
	),
	'346': blocking(
		text(
			'the employer has not been migrated',
			'l’employeur n’a pas été migré',
			'de werkgever is niet gemigreerd',
		),
		ADVICE.contactAuthority,
	),
	'348': warning(
		text('does not match the SSIN', 'ne correspond pas au NISS', 'stemt niet overeen met het INSZ'),
		ADVICE.compare,
	),
	'351': blocking(
		text(
			'number or name of the using employer is missing',
			'le numéro ou le nom de l’utilisateur est absent',
			'nummer of naam van de gebruiker ontbreekt',
		),
		ADVICE.complete,
	),
	'352': blocking(
		text(
			'number and name of the using employer are both given',
			'le numéro et le nom de l’utilisateur sont tous deux mentionnés',
			'nummer en naam van de gebruiker zijn beide vermeld',
		),
		ADVICE.leaveOut,
	),
	'353': blocking(
		text(
			'the same C3.2A card is given twice',
			'la même carte C3.2A est mentionnée deux fois',
			'dezelfde C3.2A-kaart is tweemaal vermeld',
		),
		ADVICE.correct,
	),
	'363': blocking(
		text(
			'the SSIN or the full identity is needed',
			'le NISS ou l’identité complète est requis',
			'het INSZ of de volledige identiteit is vereist',
		),
		ADVICE.complete,
	),
	'364': blocking(
		text(
			'a number of the employer is needed',
			'un numéro d’employeur est requis',
			'een werkgeversnummer is vereist',
		),
		ADVICE.complete,
	),
	'461': blocking(
		text(
			'the employer did not choose Dimona for daily registrations',
			'l’employeur n’a pas choisi Dimona pour les enregistrements journaliers',
			'de werkgever koos Dimona niet voor de dagelijkse registraties',
		),
		ADVICE.contactAuthority,
	),
};
