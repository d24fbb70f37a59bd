/**
 * The statuses of a case, in the order of its life, with the transitions that the documents
 * describe (functional specification 2021, contract V2 2024, process matrix). The server is not
 * known to enforce them, so an unusual one is worth a warning and never a refusal.
 */
export interface CaseStatus {
	value: string;
	/** Title Case, with the French label of the portal. */
	name: string;
	description: string;
	/** Statuses from which the documents let a case come here. */
	from: readonly string[];
}

const REFUSABLE = ['HUBEE_NOTIFIED', 'SENT', 'SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING'];

export const CASE_STATUSES: readonly CaseStatus[] = [
	{
		value: 'HUBEE_COMPLETED',
		name: 'HUBEE_COMPLETED (Complété)',
		description:
			'Set by the sender (OSL): everything is there, also in answer to a request for complements',
		from: ['HUBEE_RECEIVED', 'ADD_AWAITING'],
	},
	{
		value: 'HUBEE_NOTIFIED',
		name: 'HUBEE_NOTIFIED (Notifié)',
		description: 'Set by the hub; by the sender (OSL) to reopen a case, even a closed one',
		from: [
			'HUBEE_COMPLETED',
			'SENT',
			'SI_RECEIVED',
			'SI_INTG_ERROR',
			'IN_PROGRESS',
			'ADD_AWAITING',
			'REFUSED',
			'DONE',
			'CLOSED',
		],
	},
	{
		value: 'SENT',
		name: 'SENT (Transmis)',
		description: 'Set by the receiving authority (SI): the metadata was fetched',
		from: ['HUBEE_NOTIFIED'],
	},
	{
		value: 'SI_RECEIVED',
		name: 'SI_RECEIVED (Reçu Par Un Agent)',
		description:
			'Set by the SI: taken into its software. Mandatory intermediate status for EtatCivil, recensementCitoyen, depotDossierPACS, JeChangeDeCoordonnees.',
		from: ['HUBEE_NOTIFIED', 'SENT'],
	},
	{
		value: 'SI_INTG_ERROR',
		name: 'SI_INTG_ERROR (Erreur D’intégration)',
		description:
			'Set by the SI: its software could not take the file in; the sender sends it again',
		from: ['HUBEE_NOTIFIED', 'SENT', 'SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING', 'DONE'],
	},
	{
		value: 'IN_PROGRESS',
		name: 'IN_PROGRESS (En Cours)',
		description:
			'Set by the SI: the files are downloaded and being treated. Mandatory intermediate status for CERTDC, RSA, Grossesse, SNATED. The hub may delete the files afterwards.',
		from: ['HUBEE_NOTIFIED', 'SENT', 'SI_RECEIVED'],
	},
	{
		value: 'ADD_AWAITING',
		name: 'ADD_AWAITING (En Attente De Compléments)',
		description: 'Set by the SI: the citizen is asked for more',
		from: ['HUBEE_NOTIFIED', 'SENT', 'SI_RECEIVED', 'IN_PROGRESS'],
	},
	{
		value: 'REFUSED',
		name: 'REFUSED (Refusé)',
		description: 'Final, set by the SI',
		from: REFUSABLE,
	},
	{
		value: 'DONE',
		name: 'DONE (Traité)',
		description: 'Final, set by the SI',
		from: ['SENT', 'SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING'],
	},
	{
		value: 'CLOSED',
		name: 'CLOSED (Clos)',
		description: 'Set by the sender (OSL): the citizen is informed',
		from: ['SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING', 'DONE', 'REFUSED'],
	},
];

/**
 * A sentence when the documents do not describe a change, `undefined` when they do or when a status
 * is not known.
 */
export function unusualTransition(from: string, to: string): string | undefined {
	const target = CASE_STATUSES.find(({ value }) => value === to);
	if (!target)
		return `"${to}" is not among the documented statuses; it was sent as it is. Statuses are upper case, such as IN_PROGRESS.`;
	if (from === to || target.from.includes(from)) return undefined;
	return `The documents do not describe a change from ${from} to ${to}; it was sent all the same. A status cannot be taken back in the portal.`;
}

/**
 * Event action types (folder contract 1.2.7). Files are allowed on ATTACH_DEPOSIT only, which needs
 * at least one.
 */
export const ACTION_TYPES = [
	'ATTACH_DEPOSIT',
	'ATTACH_DL',
	'ATTACH_DL_ALL',
	'COM_ADD',
	'SENDING_MESSAGE',
	'STATUS_UPDATE',
] as const;

export const ATTACH_DEPOSIT = 'ATTACH_DEPOSIT';
