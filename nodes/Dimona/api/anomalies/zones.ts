import { type Text, text } from './texts';

const SMALL_STATUTES = text('small statutes', 'petits statuts', 'kleine statuten');

/**
 * Street, number, box, post code, municipality and country of an address; which is which is not
 * needed to find the mistake.
 */
const ADDRESS = text('address', 'adresse', 'adres');
const ADDRESS_ZONES = ['00517', '00518', '00519', '00520', '00521', '00522', '00523'];

/**
 * The first five digits of an anomaly code: the field or block that it is about (glossary 2023/3).
 */
export const ZONES: Record<string, Text> = {
	...Object.fromEntries(ADDRESS_ZONES.map((zone) => [zone, ADDRESS])),
	'00011': text('NSSO number', 'numéro ONSS', 'RSZ-nummer'),
	'00014': text('enterprise number', 'numéro d’entreprise', 'ondernemingsnummer'),
	'00024': text('SSIN', 'NISS', 'INSZ'),
	'00025': text('family name', 'nom', 'naam'),
	'00026': text('given name', 'prénom', 'voornaam'),
	'00028': text('birth date', 'date de naissance', 'geboortedatum'),
	'00029': text('gender', 'sexe', 'geslacht'),
	'00030': text('street', 'rue', 'straat'),
	'00031': text('house number', 'numéro', 'huisnummer'),
	'00032': text('box', 'boîte', 'bus'),
	'00033': text('post code', 'code postal', 'postcode'),
	'00034': text('municipality', 'commune', 'gemeente'),
	'00035': text('country', 'pays', 'land'),
	'00041': SMALL_STATUTES,
	'00046': text('joint committee', 'commission paritaire', 'paritair comité'),
	'00053': SMALL_STATUTES,
	'00119': text('nationality', 'nationalité', 'nationaliteit'),
	'00131': text(
		'number of the using employer',
		'numéro de l’utilisateur',
		'nummer van de gebruiker',
	),
	'00153': text('name of the using employer', 'nom de l’utilisateur', 'naam van de gebruiker'),
	'00168': text('place of birth', 'lieu de naissance', 'geboorteplaats'),
	'00169': text('country of birth', 'pays de naissance', 'geboorteland'),
	'00652': text('sub-entity', 'sous-entité', 'subentiteit'),
	'00655': text('worker type', 'type de travailleur', 'type werknemer'),
	'00663': text(
		'C3.2A card, first month',
		'carte C3.2A, premier mois',
		'C3.2A-kaart, eerste maand',
	),
	'00664': text(
		'C3.2A card, next month',
		'carte C3.2A, mois suivant',
		'C3.2A-kaart, volgende maand',
	),
	'00776': text(
		'place of work of the student',
		'lieu de travail de l’étudiant',
		'werkplaats van de student',
	),
	'00777': text('start hour', 'heure de début', 'beginuur'),
	'00778': text('end hour', 'heure de fin', 'einduur'),
	'00910': text('start date', 'date de début', 'begindatum'),
	'00911': text('end date', 'date de fin', 'einddatum'),
	'00913': text('period ID', 'numéro de période', 'periodenummer'),
	'00948': text('provisional NSSO number', 'numéro ONSS provisoire', 'voorlopig RSZ-nummer'),
	'01017': text('planned days', 'jours planifiés', 'geplande dagen'),
	'01085': text(
		'daily registration ID',
		'numéro d’enregistrement journalier',
		'nummer van de dagelijkse registratie',
	),
	'01135': text('planned hours', 'heures planifiées', 'geplande uren'),
	'01231': SMALL_STATUTES,
	'90017': text('worker', 'travailleur', 'werknemer'),
	'90059': text('form', 'formulaire', 'formulier'),
	'90107': text('using employer', 'utilisateur', 'gebruiker'),
	'90256': text('employer', 'employeur', 'werkgever'),
	'90372': text('message', 'message', 'bericht'),
	'90373': text('Dimona IN', 'Dimona IN', 'Dimona IN'),
	'90374': text(
		'worker type and joint committee',
		'type de travailleur et commission paritaire',
		'type werknemer en paritair comité',
	),
	'90378': text('Dimona UPDATE', 'Dimona UPDATE', 'Dimona UPDATE'),
	'90480': text('daily registration', 'enregistrement journalier', 'dagelijkse registratie'),
};
