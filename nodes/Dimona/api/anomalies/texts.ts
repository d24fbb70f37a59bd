/** One sentence in the three languages of the people who read it. */
export interface Text {
	en: string;
	fr: string;
	nl: string;
}

export const text = (en: string, fr: string, nl: string): Text => ({ en, fr, nl });

/** What a person can do; several kinds of anomaly share an advice. */
export const ADVICE = {
	complete: text(
		'Add the missing value and declare again.',
		'Ajoutez la donnée manquante et déclarez à nouveau.',
		'Vul het ontbrekende gegeven in en doe de aangifte opnieuw.',
	),
	correct: text(
		'Correct the value and declare again.',
		'Corrigez la donnée et déclarez à nouveau.',
		'Verbeter het gegeven en doe de aangifte opnieuw.',
	),
	leaveOut: text(
		'Leave this value out and declare again.',
		'Supprimez cette donnée et déclarez à nouveau.',
		'Laat dit gegeven weg en doe de aangifte opnieuw.',
	),
	compare: text(
		'The declaration stands. Compare the value with official documents and correct your records.',
		'La déclaration est valable. Comparez la donnée avec les documents officiels et corrigez vos fichiers.',
		'De aangifte is geldig. Vergelijk het gegeven met officiële documenten en verbeter uw bestanden.',
	),
	identify: text(
		'Check the number or the identity data with the person or the employer’s documents.',
		'Vérifiez le numéro ou les données d’identité avec la personne ou les documents de l’employeur.',
		'Controleer het nummer of de identiteitsgegevens met de persoon of de documenten van de werkgever.',
	),
	mandate: text(
		'Have the mandate for this employer checked or renewed (Mahis), or use the employer’s own credential.',
		'Faites vérifier ou renouveler le mandat pour cet employeur (Mahis), ou utilisez l’accès de l’employeur.',
		'Laat het mandaat voor deze werkgever nakijken of vernieuwen (Mahis), of gebruik de toegang van de werkgever zelf.',
	),
	alreadyThere: text(
		'Do not declare again: the period exists. Search for it to get its number.',
		'Ne déclarez pas à nouveau : la période existe. Recherchez-la pour obtenir son numéro.',
		'Doe geen nieuwe aangifte: de periode bestaat. Zoek ze op om haar nummer te kennen.',
	),
	overlap: text(
		'Search for the periods of this worker; change or cancel the one that overlaps, or correct the dates.',
		'Recherchez les périodes de ce travailleur ; modifiez ou annulez celle qui chevauche, ou corrigez les dates.',
		'Zoek de perioden van deze werknemer op; wijzig of annuleer de overlappende, of verbeter de data.',
	),
	cancelAndRedeclare: text(
		'Cancel the period and declare again.',
		'Annulez la période et déclarez à nouveau.',
		'Annuleer de periode en doe de aangifte opnieuw.',
	),
	nothing: text(
		'Nothing: it had already happened.',
		'Rien : c’était déjà fait.',
		'Niets: het was al gebeurd.',
	),
	closed: text(
		'The period already has an end date. To move it, use UPDATE.',
		'La période a déjà une date de fin. Pour la déplacer, utilisez UPDATE.',
		'De periode heeft al een einddatum. Gebruik UPDATE om die te verplaatsen.',
	),
	useOut: text(
		'To close an open period use OUT.',
		'Pour clôturer une période ouverte, utilisez OUT.',
		'Gebruik OUT om een open periode af te sluiten.',
	),
	contactAuthority: text(
		'Contact the social security with the declaration number.',
		'Contactez la sécurité sociale avec le numéro de déclaration.',
		'Neem contact op met de sociale zekerheid en vermeld het aangiftenummer.',
	),
	split: text(
		'Make one declaration for each quarter or day.',
		'Faites une déclaration par trimestre ou par jour.',
		'Doe één aangifte per kwartaal of per dag.',
	),
	otherTypeOrCommittee: text(
		'Choose the worker type and joint committee that go together; hotels and restaurants use XXX for students and flexi-jobs and 302 for occasional workers.',
		'Choisissez un type de travailleur et une commission paritaire compatibles ; l’horeca utilise XXX pour les étudiants et flexi-jobs et 302 pour les extras.',
		'Kies een type werknemer en paritair comité die samengaan; de horeca gebruikt XXX voor studenten en flexi-jobs en 302 voor gelegenheidswerknemers.',
	),
	notFlexi: text(
		'This person may NOT work as a flexi-jobber. Cancel the declaration and, if the person is to work, declare another worker type before the work begins.',
		'Cette personne ne peut PAS travailler comme flexi-jobber. Annulez la déclaration et, si elle doit travailler, déclarez-la sous un autre type avant le début du travail.',
		'Deze persoon mag NIET als flexi-jobber werken. Annuleer de aangifte en geef, als de persoon toch werkt, vóór het begin van het werk een ander type werknemer aan.',
	),
	late: text(
		'The declaration stands, but it was late: the favourable contributions of this worker type may be lost and a sanction is possible.',
		'La déclaration est valable mais tardive : les cotisations favorables de ce type de travailleur peuvent être perdues et une sanction est possible.',
		'De aangifte is geldig maar laattijdig: de gunstige bijdragen van dit type werknemer kunnen verloren gaan en een sanctie is mogelijk.',
	),
	contingent: text(
		'The declaration stands. The hours beyond the contingent are charged with ordinary contributions: tell whoever plans the work.',
		'La déclaration est valable. Les heures au-delà du contingent sont soumises aux cotisations ordinaires : prévenez le planning.',
		'De aangifte is geldig. Voor de uren boven het contingent gelden de gewone bijdragen: verwittig de planning.',
	),
	twoDays: text(
		'Cancel and declare as another worker type (OTH or STU).',
		'Annulez et déclarez sous un autre type (OTH ou STU).',
		'Annuleer en geef een ander type aan (OTH of STU).',
	),
	waitOrAsk: text(
		'Try later; if it stays so, contact the social security.',
		'Réessayez plus tard ; si cela persiste, contactez la sécurité sociale.',
		'Probeer later opnieuw; neem contact op met de sociale zekerheid als het zo blijft.',
	),
} as const;
