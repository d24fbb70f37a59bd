import type { Case, CaseEvent } from './types';

/**
 * The events of a case that changed its status, oldest first; the order in which the hub lists them
 * is not specified. A deposit that its author has not sent yet has changed nothing.
 */
export function statusEvents(current: Case): CaseEvent[] {
	return (current.events ?? [])
		.filter(({ caseNewStatus, status }) => Boolean(caseNewStatus) && status !== 'IN_PROGRESS')
		.sort((a, b) => timeOf(a) - timeOf(b));
}

/** The newest event of a case that changed its status. */
export function lastStatusEvent(current: Case): CaseEvent | undefined {
	return statusEvents(current).at(-1);
}

/** Whether an event of one of these statuses has come after this one. */
export function followedBy(current: Case, event: CaseEvent, statuses: readonly string[]): boolean {
	const all = statusEvents(current);
	const later = all.slice(all.findIndex(({ id }) => id === event.id) + 1);
	return later.some(({ caseNewStatus }) => statuses.includes(caseNewStatus ?? ''));
}

const timeOf = ({ createDateTime }: CaseEvent): number => Date.parse(createDateTime ?? '') || 0;
