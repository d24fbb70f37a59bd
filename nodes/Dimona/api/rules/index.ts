import { isObject } from '../../../../lib/answers/json';
import { WORKER_TYPES } from '../codes';
import { type Declaration, type DimonaIn, type DimonaOut, type DimonaUpdate } from '../types';
import { checkDates, OPEN_END } from './dates';
import { type Finding, Findings, isEmpty } from './finding';
import { checkAddress, checkEmployer, checkWorker } from './parties';
import { checkWorkerType } from './worker-type';

export type { Finding } from './finding';
export { OPEN_END } from './dates';

export interface CheckContext {
	/** Belgian day, YYYY-MM-DD. */
	today: string;
	/** Type of the period that is updated, when it is known: an UPDATE does not name it. */
	periodWorkerType?: string;
	/** Names of the blocks that "Additional JSON" added to `dimonaIn`. */
	additionalBlocks?: string[];
}

/**
 * Checks a declaration by every published rule that needs no knowledge of the authority's data.
 * Nothing is sent.
 */
export function checkDeclaration(declaration: Declaration, context: CheckContext): Finding[] {
	const findings = new Findings();
	if ('dimonaIn' in declaration) checkIn(declaration, context, findings);
	else if ('dimonaOut' in declaration) checkOut(declaration.dimonaOut, context, findings);
	else if ('dimonaUpdate' in declaration) checkUpdate(declaration.dimonaUpdate, context, findings);
	else if ('dimonaCancel' in declaration)
		checkPeriodId(declaration.dimonaCancel.periodId, 'dimonaCancel', findings);
	else findings.refuse('90372-089', 'declaration', 'one of IN, OUT, UPDATE or CANCEL is needed');
	return findings.list;
}

function checkIn(
	{ employer, worker, dimonaIn }: Extract<Declaration, { dimonaIn: DimonaIn }>,
	context: CheckContext,
	findings: Findings,
): void {
	checkEmployer(employer, findings);
	checkWorker(worker, findings);
	findings.require(
		dimonaIn.startDate,
		'00910-001',
		'dimonaIn.startDate',
		'the start date is needed',
	);
	if (dimonaIn.endDate === OPEN_END)
		findings.refuse('00911-003', 'dimonaIn.endDate', `${OPEN_END} is for an UPDATE only`);
	checkDates(dimonaIn, 'dimonaIn', context.today, findings);
	const place = dimonaIn.studentPlaceOfWork;
	if (place) {
		if ((place.name ?? '').length > 96)
			findings.refuse(
				'schema',
				'dimonaIn.studentPlaceOfWork.name',
				'may have 96 characters at most',
			);
		if (place.address)
			checkAddress(place.address, 'dimonaIn.studentPlaceOfWork.address', 42, findings);
	}
	// Rules that compare days make no sense for days that do not exist.
	if (findings.list.some(({ rule }) => /^0091[01]-00[138]$/.test(rule))) return;
	checkWorkerType(dimonaIn, !isEmpty(worker.ssin), context.today, findings);
	warnOfUnpublishedBlocks(dimonaIn, context.additionalBlocks ?? [], findings);
}

/**
 * Blocks that are mandatory but whose names in REST v2 are not published: they can only be given as
 * "Additional JSON".
 */
function warnOfUnpublishedBlocks(
	{ features: { workerType, jointCommissionNumber: committee } }: DimonaIn,
	added: string[],
	findings: Findings,
): void {
	if (added.length > 0) return;
	const remind = (rule: string, what: string) =>
		findings.warn(
			rule,
			'dimonaIn',
			`${what} is needed; its name in the REST service is not published, so give it in "Additional JSON"`,
		);
	if (['IVT', 'TRI', 'STG'].includes(workerType))
		remind('90594', 'information on the small statutes (kind of work, status F1 or F2)');
	if (committee === '124' || (committee === '322' && workerType === 'BCW'))
		remind('90375', 'the construction control card C3.2A of this and of the next month');
	if (committee === '322') remind('90107', 'the using employer of temporary agency work');
}

function checkOut(block: DimonaOut, { today }: CheckContext, findings: Findings): void {
	checkPeriodId(block.periodId, 'dimonaOut', findings);
	findings.require(block.endDate, '00911-001', 'dimonaOut.endDate', 'OUT needs the end date');
	if (block.endDate === OPEN_END)
		findings.refuse('00911-003', 'dimonaOut.endDate', `${OPEN_END} is for an UPDATE only`);
	checkDates({ endDate: block.endDate }, 'dimonaOut', today, findings);
}

function checkUpdate(
	block: DimonaUpdate,
	{ today, periodWorkerType = '' }: CheckContext,
	findings: Findings,
): void {
	const { startDate, endDate, startHour, endHour, plannedHoursNumber } = block;
	checkPeriodId(block.periodId, 'dimonaUpdate', findings);
	checkDates(block, 'dimonaUpdate', today, findings);
	const dated = !isEmpty(startDate) || !isEmpty(endDate);
	const timed = !isEmpty(startHour) || !isEmpty(endHour);
	if (!dated && !timed && isEmpty(plannedHoursNumber))
		findings.refuse('90378-444', 'dimonaUpdate', 'an UPDATE needs at least one change');
	else if (!dated && timed)
		findings.refuse(
			'90378-361',
			'dimonaUpdate',
			'to change the hours send the dates along: start date, start hour, end date, end hour',
		);
	else if (!dated)
		findings.warn(
			'90378-360',
			'dimonaUpdate.endDate',
			'an UPDATE of the planned hours alone may be refused: send the end date along, also when it stays',
		);
	checkUpdateByType(block, periodWorkerType, findings);
}

function checkUpdateByType(block: DimonaUpdate, type: string, findings: Findings): void {
	const facts = Object.hasOwn(WORKER_TYPES, type) ? WORKER_TYPES[type] : undefined;
	if (!facts) return;
	if (type === 'STU')
		findings.forbid(
			block.startDate,
			'00910-005',
			'dimonaUpdate.startDate',
			'the start date of a student cannot be updated: cancel and declare again',
		);
	if (block.endDate === OPEN_END && facts.endDate !== 'optional')
		findings.refuse(
			'00911-368',
			'dimonaUpdate.endDate',
			`the end date of ${type} may be moved but not removed`,
		);
	if (facts.plannedHours === 'forbidden')
		findings.forbid(
			block.plannedHoursNumber,
			'01135-005',
			'dimonaUpdate.plannedHoursNumber',
			`${type} must not have planned hours`,
		);
	if (facts.hours === 'forbidden') {
		findings.forbid(
			block.startHour,
			'00777-005',
			'dimonaUpdate.startHour',
			`${type} must not have hours`,
		);
		findings.forbid(
			block.endHour,
			'00778-005',
			'dimonaUpdate.endHour',
			`${type} must not have hours`,
		);
	}
}

function checkPeriodId(periodId: number, block: string, findings: Findings): void {
	if (!Number.isSafeInteger(periodId) || periodId < 1 || periodId > 999_999_999_999)
		findings.refuse(
			'00913-003',
			`${block}.periodId`,
			'the period ID must be a number of 12 digits at most, as the result of an IN gives it',
		);
}

/** Merges "Additional JSON" into a declaration: objects are merged, everything else is replaced. */
export function mergeInto(target: object, additional: object): object {
	const merged: Record<string, unknown> = { ...target };
	for (const [key, value] of Object.entries(additional)) {
		if (key === '__proto__') continue;
		const present = merged[key];
		merged[key] = isObject(present) && isObject(value) ? mergeInto(present, value) : value;
	}
	return merged;
}
