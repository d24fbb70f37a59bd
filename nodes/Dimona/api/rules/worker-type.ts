import { addDays, daysBetween } from '../../../../lib/time/days';
import {
	JOINT_COMMITTEES,
	OCCASIONAL_WORK_COMMITTEES,
	WORKER_TYPES,
	type WorkerTypeFacts,
} from '../codes';
import type { DimonaIn } from '../types';
import { type Findings, isEmpty } from './finding';

const LONGEST_EXTRA_MINUTES = 24 * 60;

/** A flexi-job may be declared from 31 days before the quarter of its start. */
const FLEXI_DAYS_BEFORE_QUARTER = 31;

/**
 * Rules of the worker type and the joint committee for an IN (glossary 2023/3; INS instructions for
 * FLX, STU and EXT).
 */
export function checkWorkerType(
	block: DimonaIn,
	hasSsin: boolean,
	today: string,
	findings: Findings,
): void {
	const { workerType, jointCommissionNumber } = block.features;
	checkJointCommittee(workerType, jointCommissionNumber, findings);
	if (jointCommissionNumber === '322')
		findings.require(
			block.endDate,
			'00911-001',
			'dimonaIn.endDate',
			'temporary agency work (joint committee 322) needs an end date',
		);
	if (!/^[A-Z0-9]{3}$/.test(workerType)) {
		findings.refuse(
			'00655-003',
			'dimonaIn.features.workerType',
			'the worker type must be three capital letters or digits, such as OTH',
		);
		return;
	}
	if (workerType === 'EXT' && !hasSsin)
		findings.refuse(
			'00024-001',
			'worker.ssin',
			'an occasional worker (EXT) can be declared with an SSIN only',
		);
	if (block.studentPlaceOfWork && workerType !== 'STU')
		findings.refuse(
			'90376-005',
			'dimonaIn.studentPlaceOfWork',
			'the place of work is for students (STU) only',
		);
	const facts = Object.hasOwn(WORKER_TYPES, workerType) ? WORKER_TYPES[workerType] : undefined;
	if (!facts) {
		findings.warn(
			'00655-003',
			'dimonaIn.features.workerType',
			`the worker type ${workerType} is not known here, so its own rules were not checked`,
		);
		return;
	}
	checkUse(workerType, facts, block, today, findings);
	if (facts.hours === 'flexi') checkFlexi(block, today, findings);
	else checkShape(workerType, facts, block, findings);
	if (workerType === 'EXT') checkExtra(block, findings);
}

function checkJointCommittee(workerType: string, number: string, findings: Findings): void {
	const field = 'dimonaIn.features.jointCommissionNumber';
	if (!Object.hasOwn(JOINT_COMMITTEES, number)) {
		findings.refuse(
			'00046-003',
			field,
			`the joint committee must be one of ${Object.keys(JOINT_COMMITTEES).sort().join(', ')}; every other sector is XXX`,
		);
		return;
	}
	const casual = workerType === 'FLX' || workerType === 'STU';
	if (casual && number === '302')
		findings.refuse(
			'90374-349',
			field,
			`${workerType} in hotels and restaurants is declared with XXX; 302 is for occasional workers (EXT) only`,
		);
	else if (casual && ['144', '145', '320'].includes(number))
		findings.warn(
			'90374-349',
			field,
			`${number} is for occasional workers (EXT); for ${workerType} XXX is expected`,
		);
	if (workerType === 'EXT' && !OCCASIONAL_WORK_COMMITTEES.includes(number))
		findings.warn(
			'90374-349',
			field,
			`occasional workers exist in ${OCCASIONAL_WORK_COMMITTEES.join(', ')}; with ${number} the declaration may be refused`,
		);
}

/** When the type exists, and how far ahead it may be declared. */
function checkUse(
	workerType: string,
	{ from, until, daysAhead }: WorkerTypeFacts,
	{ startDate }: DimonaIn,
	today: string,
	findings: Findings,
): void {
	const field = 'dimonaIn.features.workerType';
	if (until && startDate >= until)
		findings.refuse('00655-003', field, `${workerType} ended: it is for starts before ${until}`);
	if (from && startDate < from)
		findings.refuse('00655-003', field, `${workerType} exists for starts from ${from} on`);
	if (daysAhead !== undefined && daysBetween(today, startDate) > daysAhead)
		findings.refuse(
			'00910-008',
			'dimonaIn.startDate',
			`${workerType} may be declared ${daysAhead} days ahead at most`,
		);
}

function checkShape(
	workerType: string,
	facts: WorkerTypeFacts,
	block: DimonaIn,
	findings: Findings,
): void {
	const { startDate, endDate } = block;
	if (facts.endDate !== 'optional')
		findings.require(endDate, '00911-001', 'dimonaIn.endDate', `${workerType} needs an end date`);
	if (facts.endDate === 'sameAsStart' && !isEmpty(endDate) && endDate !== startDate)
		findings.refuse(
			'00911-003',
			'dimonaIn.endDate',
			`${workerType} is for one day: the end date must be the start date`,
		);
	if (facts.oneQuarter) checkQuarter(workerType, block, findings);
	const planned = block.plannedHoursNumber;
	if (facts.plannedHours === 'required')
		findings.require(
			planned,
			'01135-001',
			'dimonaIn.plannedHoursNumber',
			`${workerType} needs the planned hours`,
		);
	else
		findings.forbid(
			planned,
			'01135-005',
			'dimonaIn.plannedHoursNumber',
			`${workerType} must not have planned hours`,
		);
	if (facts.hours === 'forbidden')
		forbidHours(`${workerType} must not have hours`, block, findings);
}

function forbidHours(message: string, block: DimonaIn, findings: Findings): void {
	findings.forbid(block.startHour, '00777-005', 'dimonaIn.startHour', message);
	findings.forbid(block.endHour, '00778-005', 'dimonaIn.endHour', message);
}

function checkQuarter(
	workerType: string,
	{ startDate, endDate }: DimonaIn,
	findings: Findings,
): void {
	if (isEmpty(endDate) || quarterStart(startDate) === quarterStart(endDate ?? '')) return;
	findings.refuse(
		'90373-421',
		'dimonaIn.endDate',
		`${workerType} must begin and end in one calendar quarter: make one declaration for each quarter`,
	);
}

/**
 * A flexi-job is declared for one day with hours (oral contract) or for a period of one quarter
 * without (written contract).
 */
function checkFlexi(block: DimonaIn, today: string, findings: Findings): void {
	const { startDate, endDate, startHour, endHour } = block;
	findings.forbid(
		block.plannedHoursNumber,
		'01135-005',
		'dimonaIn.plannedHoursNumber',
		'FLX must not have planned hours',
	);
	const earliest = addDays(quarterStart(startDate), -FLEXI_DAYS_BEFORE_QUARTER);
	if (today < earliest)
		findings.refuse(
			'90373-450',
			'dimonaIn.startDate',
			`a flexi-job of that quarter may be declared from ${earliest} on (31 days before the quarter)`,
		);
	if (isEmpty(startHour) && isEmpty(endHour) && !isEmpty(endDate) && endDate !== startDate) {
		checkQuarter('FLX', block, findings);
		return;
	}
	const wanted =
		'FLX for one day needs its start and end hour; for a period (written contract) give an end date after the start and no hours';
	findings.require(startHour, '00777-001', 'dimonaIn.startHour', wanted);
	findings.require(endHour, '00778-001', 'dimonaIn.endHour', wanted);
	if (!isEmpty(endDate) && daysBetween(startDate, endDate ?? '') > 1)
		findings.refuse(
			'00911-003',
			'dimonaIn.endDate',
			'FLX with hours is for one day: the end date is the start date, or the next day for night work',
		);
	else if (minutesOf(block) > LONGEST_EXTRA_MINUTES) tooLong('FLX', findings);
}

function checkExtra(block: DimonaIn, findings: Findings): void {
	findings.require(
		block.startHour,
		'00777-001',
		'dimonaIn.startHour',
		'EXT needs the hour at which the work begins',
	);
	// In hotels and restaurants a day package may be declared without end hour; how REST wants that
	// is not published.
	const dayPackage = block.features.jointCommissionNumber === '302' && isEmpty(block.endHour);
	if (dayPackage)
		findings.warn(
			'00778-001',
			'dimonaIn.endHour',
			'without end hour this is a day package; whether the REST service takes it is not published',
		);
	else
		findings.require(
			block.endHour,
			'00778-001',
			'dimonaIn.endHour',
			'EXT needs the hour at which the work ends',
		);
	if (!isEmpty(block.endDate) && daysBetween(block.startDate, block.endDate ?? '') > 1)
		tooLong('EXT', findings);
	else if (minutesOf(block) > LONGEST_EXTRA_MINUTES) tooLong('EXT', findings);
}

function tooLong(workerType: string, findings: Findings): void {
	findings.refuse(
		'90373-341',
		'dimonaIn.endDate',
		`${workerType} may last 24 hours at most: make one declaration for each day`,
	);
}

/** Length of a block with hours; 0 when it cannot be told. */
function minutesOf({ startDate, endDate, startHour, endHour }: DimonaIn): number {
	if (isEmpty(endDate) || isEmpty(startHour) || isEmpty(endHour)) return 0;
	const clock = (text = '') => Number(text.slice(0, 2)) * 60 + Number(text.slice(2));
	return daysBetween(startDate, endDate ?? '') * 1440 + clock(endHour) - clock(startHour);
}

/** First day of the calendar quarter of a day. */
function quarterStart(of: string): string {
	const month = Math.floor((Number(of.slice(5, 7)) - 1) / 3) * 3 + 1;
	return `${of.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
}
