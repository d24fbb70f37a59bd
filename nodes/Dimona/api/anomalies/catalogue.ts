import { ADVICE, type Text, text } from './texts';

/** Everything that is known of one kind of anomaly: the last three digits of its code. */
export interface AnomalyKind {
	/** Blocking ones refuse the declaration (result B), the others are warnings (result W). */
	severity: 'blocking' | 'nonBlocking';
	meaning: Text;
	/** What to do, unless the worker is declared as a flexi-jobber and `forbidsFlexiJob` is set. */
	whatToDo: Text;
	/**
	 * Whether a flexi-jobber may not be employed although the declaration was accepted.
	 *
	 * - `true`: when the declared worker type is FLX
	 * - `whateverType`: the anomaly speaks of flexi-jobs alone, so it tells the worker type as well
	 */
	forbidsFlexiJob?: true | 'whateverType';
	/** Worker types for which this warning refuses the declaration. */
	blocksFor?: readonly string[];
}

const blocking = (meaning: Text, whatToDo: Text): AnomalyKind => ({
	severity: 'blocking',
	meaning,
	whatToDo,
});

const warning = (
	meaning: Text,
	whatToDo: Text,
	more: Pick<AnomalyKind, 'forbidsFlexiJob' | 'blocksFor'> = {},
): AnomalyKind => ({ severity: 'nonBlocking', meaning, whatToDo, ...more });

/** A condition of flexi-jobs that the worker does not meet. */
const flexiWarning = (meaning: Text): AnomalyKind =>
	warning(meaning, ADVICE.notFlexi, { forbidsFlexiJob: 'whateverType' });

const DIMONA_MIX = blocking(
	text(
		'the rules for mixing full and light declarations, or performance and end date, are not respected',
		'les règles de cumul des déclarations complètes et légères, ou de prestation et date de fin, ne sont pas respectées',
		'de regels voor volledige en lichte aangiften, of voor prestatie en einddatum, zijn niet nageleefd',
	),
	ADVICE.overlap,
);

/**
 * The catalogue: each kind stands here once, in the order of its code, with everything about it.
 *
 * Sources: glossary 2023/3. That 058, 460 and 510 forbid a flexi-job is the rule of the payroll
 * secretariats and of the INS instructions: a late flexi-job (460) is accepted, and yet the worker
 * may not be employed as a flexi-jobber.
 */
export const ANOMALY_KINDS: Readonly<Record<string, AnomalyKind>> = {
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
	'014': blocking(
		text(
			'the end date is before the start date',
			'la date de fin précède la date de début',
			'de einddatum ligt vóór de begindatum',
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
	'058': flexiWarning(
		text(
			'has not worked enough (4/5) in the reference quarter for a flexi-job',
			'n’a pas travaillé assez (4/5) au trimestre de référence pour un flexi-job',
			'werkte niet genoeg (4/5) in het referentiekwartaal voor een flexi-job',
		),
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
	'181': blocking(
		text(
			'may not be changed or cancelled',
			'ne peut être modifié ni annulé',
			'mag niet gewijzigd of geannuleerd worden',
		),
		ADVICE.contactAuthority,
	),
	'235': blocking(
		text(
			'is not in the register of employers',
			'ne figure pas au répertoire des employeurs',
			'komt niet voor in het werkgeversrepertorium',
		),
		ADVICE.correct,
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
	'346': blocking(
		text(
			'the employer has not been migrated',
			'l’employeur n’a pas été migré',
			'de werkgever is niet gemigreerd',
		),
		ADVICE.contactAuthority,
	),
	'347': blocking(
		text(
			'does not match the period',
			'ne correspond pas à la période',
			'stemt niet overeen met de periode',
		),
		ADVICE.correct,
	),
	'348': warning(
		text('does not match the SSIN', 'ne correspond pas au NISS', 'stemt niet overeen met het INSZ'),
		ADVICE.compare,
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
		{ blocksFor: ['O17', 'S17', 'T17'] },
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
		{ forbidsFlexiJob: true },
	),
	'461': blocking(
		text(
			'the employer did not choose Dimona for daily registrations',
			'l’employeur n’a pas choisi Dimona pour les enregistrements journaliers',
			'de werkgever koos Dimona niet voor de dagelijkse registraties',
		),
		ADVICE.contactAuthority,
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
	'510': flexiWarning(
		text(
			'does not meet the conditions for a flexi-job',
			'ne remplit pas les conditions du flexi-job',
			'voldoet niet aan de voorwaarden voor een flexi-job',
		),
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
