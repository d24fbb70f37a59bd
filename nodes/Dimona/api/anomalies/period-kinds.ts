import { ADVICE } from './advice';
import { type AnomalyKind, blocking, warning } from './kind';
import { text } from './text';

const DIMONA_MIX = blocking(
	text(
		'the rules for mixing full and light declarations, or performance and end date, are not respected',
		'les règles de cumul des déclarations complètes et légères, ou de prestation et date de fin, ne sont pas respectées',
		'de regels voor volledige en lichte aangiften, of voor prestatie en einddatum, zijn niet nageleefd',
	),
	ADVICE.overlap,
);

/** What is wrong with the employment that is declared: its period and what was declared before, its hours, its worker type and contingent. */
export const PERIOD_KINDS: Record<string, AnomalyKind> = {
	'014': blocking(
		text(
			'the end date is before the start date',
			'la date de fin précède la date de début',
			'de einddatum ligt vóór de begindatum',
		),
		ADVICE.correct,
	),
	'058': warning(
		text(
			'has not worked enough (4/5) in the reference quarter for a flexi-job',
			'n’a pas travaillé assez (4/5) au trimestre de référence pour un flexi-job',
			'werkte niet genoeg (4/5) in het referentiekwartaal voor een flexi-job',
		),
		ADVICE.notFlexi,
	),
	'181': blocking(
		text(
			'may not be changed or cancelled',
			'ne peut être modifié ni annulé',
			'mag niet gewijzigd of geannuleerd worden',
		),
		ADVICE.contactAuthority,
	),
	'260': blocking(
		text('has too many hours', 'comporte trop d’heures', 'telt te veel uren'),
		ADVICE.correct,
	),
	'333': blocking(
		text(
			'the same period has already been declared',
			'la même période a déjà été déclarée',
			'dezelfde periode werd al aangegeven',
		),
		ADVICE.alreadyThere,
	),
	'334': blocking(
		text(
			'the period overlaps another one',
			'la période en chevauche une autre',
			'de periode overlapt met een andere',
		),
		ADVICE.overlap,
	),
	'336': DIMONA_MIX,
	'337': DIMONA_MIX,
	'338': DIMONA_MIX,
	'339': DIMONA_MIX,
	'340': DIMONA_MIX,
	'341': blocking(
		text(
			'the period lasts more than 24 hours',
			'la période dépasse 24 heures',
			'de periode duurt langer dan 24 uur',
		),
		ADVICE.split,
	),
	'344': blocking(
		text(
			'the date may not be moved later',
			'la date ne peut être reportée',
			'de datum mag niet uitgesteld worden',
		),
		ADVICE.cancelAndRedeclare,
	),
	'345': blocking(
		text(
			'the end hour is before the start hour',
			'l’heure de fin précède l’heure de début',
			'het einduur ligt vóór het beginuur',
		),
		ADVICE.correct,
	),
	'347': blocking(
		text(
			'does not match the period',
			'ne correspond pas à la période',
			'stemt niet overeen met de periode',
		),
		ADVICE.correct,
	),
	'349': blocking(
		text(
			'joint committee and worker type do not go together',
			'commission paritaire et type de travailleur incompatibles',
			'paritair comité en type werknemer gaan niet samen',
		),
		ADVICE.otherTypeOrCommittee,
	),
	'350': blocking(
		text(
			'this employer may not use the worker type',
			'cet employeur ne peut utiliser ce type de travailleur',
			'deze werkgever mag dit type werknemer niet gebruiken',
		),
		ADVICE.correct,
	),
	'354': blocking(
		text(
			'no period has this number',
			'aucune période ne porte ce numéro',
			'geen periode heeft dit nummer',
		),
		ADVICE.correct,
	),
	'355': blocking(
		text('has already been cancelled', 'a déjà été annulé', 'werd al geannuleerd'),
		ADVICE.nothing,
	),
	'356': blocking(
		text(
			'the period is already closed',
			'la période est déjà clôturée',
			'de periode is al afgesloten',
		),
		ADVICE.closed,
	),
	'357': blocking(
		text(
			'the period carries a blocking anomaly',
			'la période comporte une anomalie bloquante',
			'de periode heeft een blokkerende anomalie',
		),
		ADVICE.cancelAndRedeclare,
	),
	'359': blocking(
		text(
			'an UPDATE may not close a period',
			'un UPDATE ne peut clôturer une période',
			'een UPDATE mag een periode niet afsluiten',
		),
		ADVICE.useOut,
	),
	'360': blocking(
		text('an UPDATE needs a date', 'un UPDATE requiert une date', 'een UPDATE vereist een datum'),
		ADVICE.complete,
	),
	'361': blocking(
		text(
			'an UPDATE needs dates and hours',
			'un UPDATE requiert dates et heures',
			'een UPDATE vereist data en uren',
		),
		ADVICE.complete,
	),
	'362': blocking(
		text(
			'the period is locked by the NSSO',
			'la période est verrouillée par l’ONSS',
			'de periode is vergrendeld door de RSZ',
		),
		ADVICE.contactAuthority,
	),
	'368': blocking(
		text(
			'the end date may not be removed',
			'la date de fin ne peut être supprimée',
			'de einddatum mag niet verwijderd worden',
		),
		ADVICE.correct,
	),
	'369': warning(
		text(
			'the contingent is exceeded',
			'le contingent est dépassé',
			'het contingent is overschreden',
		),
		ADVICE.contingent,
	),
	'370': blocking(
		text(
			'obsolete rule on student days',
			'ancienne règle sur les jours d’étudiant',
			'oude regel over studentendagen',
		),
		ADVICE.correct,
	),
	'420': blocking(
		text(
			'obsolete rule on student days',
			'ancienne règle sur les jours d’étudiant',
			'oude regel over studentendagen',
		),
		ADVICE.correct,
	),
	'421': blocking(
		text(
			'start and end must lie in one quarter',
			'le début et la fin doivent être dans un même trimestre',
			'begin en einde moeten in één kwartaal liggen',
		),
		ADVICE.split,
	),
	'444': blocking(
		text('the UPDATE changes nothing', 'l’UPDATE ne change rien', 'de UPDATE wijzigt niets'),
		ADVICE.nothing,
	),
	'450': blocking(
		text(
			'this declaration is not allowed for the period at this time',
			'cette déclaration n’est momentanément pas permise pour la période',
			'deze aangifte is voorlopig niet toegelaten voor de periode',
		),
		ADVICE.waitOrAsk,
	),
	'459': blocking(
		text(
			'an occasional worker may not work more than two consecutive days',
			'un extra ne peut travailler plus de deux jours consécutifs',
			'een gelegenheidswerknemer mag niet meer dan twee opeenvolgende dagen werken',
		),
		ADVICE.twoDays,
	),
	'460': warning(
		text('the declaration is late', 'la déclaration est tardive', 'de aangifte is laattijdig'),
		ADVICE.late,
	),
	'462': blocking(
		text(
			'the daily registration does not fit the period',
			'l’enregistrement journalier ne correspond pas à la période',
			'de dagelijkse registratie past niet bij de periode',
		),
		ADVICE.correct,
	),
	'483': warning(
		text(
			'applies on the condition that the legal terms are met',
			's’applique à condition que les conditions légales soient remplies',
			'geldt op voorwaarde dat aan de wettelijke voorwaarden voldaan is',
		),
		ADVICE.compare,
	),
	'510': warning(
		text(
			'does not meet the conditions for a flexi-job',
			'ne remplit pas les conditions du flexi-job',
			'voldoet niet aan de voorwaarden voor een flexi-job',
		),
		ADVICE.notFlexi,
	),
	'514': warning(
		text(
			'the conditions for a young worker without experience apply or fail',
			'conditions du jeune travailleur sans expérience',
			'voorwaarden van de jonge werknemer zonder ervaring',
		),
		ADVICE.compare,
	),
	'515': warning(
		text(
			'the experience of the young worker cannot be checked',
			'l’expérience du jeune travailleur ne peut être vérifiée',
			'de ervaring van de jonge werknemer kan niet gecontroleerd worden',
		),
		ADVICE.compare,
	),
	'521': blocking(
		text(
			'does not fit the kind of work',
			'ne correspond pas au type de travail',
			'past niet bij het soort werk',
		),
		ADVICE.correct,
	),
};
