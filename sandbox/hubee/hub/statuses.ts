import type { Side } from '../model';

/** Values of a folder's `globalStatus` that a PATCH may set (contract 1.2.7). */
export const FOLDER_STATUSES = [
	'HUBEE_RECEIVED',
	'HUBEE_COMPLETED',
	'HUBEE_NOTIFIED',
	'SENT',
	'SI_RECEIVED',
	'IN_PROGRESS',
	'ADD_AWAITING',
	'REFUSED',
	'DONE',
	'CLOSED',
];

/** Values of a case's status that a caller may set; ARCHIVED is the hub's own. */
export const CASE_STATUSES = [
	'HUBEE_RECEIVED',
	'HUBEE_COMPLETED',
	'HUBEE_NOTIFIED',
	'SENT',
	'SI_RECEIVED',
	'SI_INTG_ERROR',
	'IN_PROGRESS',
	'ADD_AWAITING',
	'REFUSED',
	'DONE',
	'CLOSED',
];

/** Values of an event's `actionType`; the hub refuses any other. */
export const ACTION_TYPES = [
	'STATUS_UPDATE',
	'ATTACH_DEPOSIT',
	'SENDING_MESSAGE',
	'ATTACH_DL',
	'ATTACH_DL_ALL',
	'COM_ADD',
];

/** From which statuses an SI may set one, as the documents together allow it. */
const BY_SI: Record<string, string[]> = {
	SENT: ['HUBEE_NOTIFIED'],
	SI_RECEIVED: ['SENT', 'HUBEE_NOTIFIED'],
	IN_PROGRESS: ['SI_RECEIVED', 'SENT', 'HUBEE_NOTIFIED'],
	ADD_AWAITING: ['IN_PROGRESS', 'SENT', 'HUBEE_NOTIFIED', 'SI_RECEIVED'],
	REFUSED: ['SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING', 'SENT', 'HUBEE_NOTIFIED'],
	DONE: ['SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING', 'SENT'],
	SI_INTG_ERROR: ['HUBEE_NOTIFIED', 'SENT', 'SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING', 'DONE'],
};

/** From which statuses an OSL may set one; an empty list means from any. */
const BY_OSL: Record<string, string[]> = {
	HUBEE_NOTIFIED: [],
	HUBEE_COMPLETED: ['ADD_AWAITING'],
	CLOSED: ['SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING', 'DONE', 'REFUSED'],
};

/**
 * Whether the documents foresee this change of a case's status by this side. Staying is always
 * allowed.
 */
export function isForeseen(from: string, to: string, side: Side): boolean {
	if (from === to) return true;
	const allowed = (side === 'SI' ? BY_SI : BY_OSL)[to];
	return allowed !== undefined && (allowed.length === 0 || allowed.includes(from));
}
