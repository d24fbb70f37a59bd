import { instantOf } from '../../../lib/answers/instant';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { CASE_STATUSES } from './statuses';
import type { Case, CaseEvent } from './types';

/**
 * The events of a case. What an operation decides by the history of a case, it does not decide
 * where the history is missing.
 *
 * @throws GuichetError `answer_malformed` when the answer has no list of events
 */
export function eventsOf({ id, events }: Case): CaseEvent[] {
	if (events) return events;
	throw new GuichetError(
		'answer_malformed',
		`HubEE gave case ${id} without its events, so what happened to it before cannot be told`,
		{ hint: 'Nothing was changed. Try again; if it stays so, tell the support of HubEE.' },
	);
}

/**
 * The events of a case that changed its status, oldest first; the order in which the hub lists them
 * is not specified. A deposit that its author has not sent yet has changed nothing.
 */
export function statusEvents(current: Case): CaseEvent[] {
	return inOrder(
		eventsOf(current).filter(
			({ caseNewStatus, status }) => Boolean(caseNewStatus) && status !== 'IN_PROGRESS',
		),
	);
}

/** The newest event of a case that changed its status. */
export function lastStatusEvent(current: Case): CaseEvent | undefined {
	return statusEvents(current).at(-1);
}

/**
 * The newest event that was to set this status, where the case still stands at the status before:
 * the hub took the event and did not move the case.
 */
export function ineffectiveEvent(current: Case, status: string): CaseEvent | undefined {
	const events = statusEvents(current);
	const last = events.at(-1);
	if (last?.caseNewStatus !== status || current.status === status) return undefined;
	const before = last.caseCurrentStatus ?? events.at(-2)?.caseNewStatus;
	const stayed = before ? current.status === before : BEFORE_ALL.includes(current.status);
	return stayed ? last : undefined;
}

/** Where a case stands that nobody has treated. */
const BEFORE_ALL = ['HUBEE_RECEIVED', 'HUBEE_COMPLETED', 'HUBEE_NOTIFIED'];

/** Whether an event of one of these statuses has come after this one. */
export function isFollowedBy(
	current: Case,
	event: CaseEvent,
	statuses: readonly string[],
): boolean {
	const all = statusEvents(current);
	const own = all.findIndex(({ id }) => id === event.id);
	const later =
		own >= 0 ? all.slice(own + 1) : all.filter((other) => timeOf(other) > timeOf(event));
	return later.some(({ caseNewStatus }) => statuses.includes(caseNewStatus ?? ''));
}

/** An event and all that came after it. */
export function eventsSince(current: Case, event: CaseEvent): CaseEvent[] {
	return eventsOf(current).filter(
		(other) => other.id === event.id || timeOf(other) >= timeOf(event),
	);
}

/** The final statuses come after all others, whatever the order of the list says. */
const AFTER_ALL = ['REFUSED', 'DONE', 'CLOSED', 'ARCHIVED'];

const LIFE = [
	'HUBEE_RECEIVED',
	...CASE_STATUSES.map(({ value }) => value).filter((value) => !AFTER_ALL.includes(value)),
];

/**
 * Why setting this status would take a case back: it had the status before and has moved on, or it
 * stands further in its life. `undefined` when the status leads forward.
 */
export function revertReason(current: Case, status: string): string | undefined {
	if (current.status === status || ineffectiveEvent(current, status)) return undefined;
	if (statusEvents(current).some(({ caseNewStatus }) => caseNewStatus === status))
		return `it was ${status} before and has moved on to ${current.status}`;
	return stageOf(current.status) > stageOf(status)
		? `it is ${current.status} already, which comes after ${status}`
		: undefined;
}

/**
 * DONE and REFUSED are two ends of the same stage. A status that nobody documents is not judged.
 */
function stageOf(status: string): number {
	const final = ['', 'DONE', 'CLOSED', 'ARCHIVED'].indexOf(status === 'REFUSED' ? 'DONE' : status);
	return final > 0 ? LIFE.length + final : LIFE.indexOf(status);
}

const inOrder = (events: CaseEvent[]): CaseEvent[] =>
	[...events].sort((a, b) => timeOf(a) - timeOf(b));

const timeOf = ({ createDateTime }: CaseEvent): number => instantOf(createDateTime) || 0;
