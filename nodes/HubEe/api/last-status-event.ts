import type { Case, CaseEvent } from './types';

/** The newest event of a case that changed its status; the order of a case's events is not specified. */
export function lastStatusEvent(current: Case): CaseEvent | undefined {
	return (current.events ?? [])
		.filter(({ caseNewStatus }) => Boolean(caseNewStatus))
		.sort((a, b) => timeOf(a) - timeOf(b))
		.at(-1);
}

const timeOf = ({ createDateTime }: CaseEvent): number => Date.parse(createDateTime ?? '') || 0;
