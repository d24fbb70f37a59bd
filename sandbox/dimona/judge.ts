import type { Block, Person, Period, Submitted } from './model';

/** What a judge looks at beside the declaration. */
export interface Records {
	periods: Period[];
	person?: Person;
	/** Belgian day of the reception. */
	today: string;
}

interface InBlock extends Block {
	startDate: string;
	startHour?: string;
	endDate?: string;
	endHour?: string;
	plannedHoursNumber?: number;
	features: { workerType: string; jointCommissionNumber: string };
}

const NEEDS_END = ['STU', 'EXT', 'IVT', 'TRI', 'STG', 'O17', 'S17', 'T17'];
const NEEDS_PLANNED_HOURS = ['STU', 'O17', 'S17'];
const ONE_QUARTER = ['STU', 'O17', 'S17', 'FLX'];
const TAKES_HOURS = ['FLX', 'EXT'];
const LATE_MATTERS = ['STU', 'FLX', 'EXT'];
const CASUAL_COMMITTEES = ['302', '144', '145', '320'];
const DAY_MS = 86_400_000;

/**
 * The anomalies of an IN, by those published rules that can be computed. Blocking ones come alone,
 * as the real service stops at them.
 */
export function anomaliesOfIn(
	body: Submitted,
	records: Records,
): { blocking: string[]; warnings: string[] } {
	const block = body.dimonaIn as InBlock;
	const { workerType, jointCommissionNumber } = block.features;
	const found: string[] = [];
	const when = (condition: boolean, code: string) => {
		if (condition) found.push(code);
	};
	when(!exists(block.startDate), '00910-003');
	when(block.endDate !== undefined && !exists(block.endDate), '00911-003');
	when((block.endDate ?? '9') < block.startDate, '00911-014');
	when(
		block.startDate < '1920-01-01' ||
			block.startDate >= `${Number(records.today.slice(0, 4)) + 10}-01-01`,
		'00910-008',
	);
	when(workerType === 'EXT' && !body.worker?.ssin, '00024-001');
	when(
		['FLX', 'STU'].includes(workerType) && CASUAL_COMMITTEES.includes(jointCommissionNumber),
		'90374-349',
	);
	when(needsEnd(block) && !block.endDate, '00911-001');
	when(NEEDS_PLANNED_HOURS.includes(workerType) && !block.plannedHoursNumber, '01135-001');
	when(
		!NEEDS_PLANNED_HOURS.includes(workerType) && block.plannedHoursNumber !== undefined,
		'01135-005',
	);
	found.push(...hourAnomalies(block));
	when(ONE_QUARTER.includes(workerType) && !block.startHour && crossesQuarter(block), '90373-421');
	when(TAKES_HOURS.includes(workerType) && length(block) > DAY_MS, '90373-341');
	if (found.length > 0) return { blocking: found, warnings: [] };
	const own = records.periods.filter(({ cancelled }) => !cancelled);
	if (own.some((period) => isSamePeriod(period, block))) found.push('90373-333');
	else if (own.some((period) => overlaps(period, block))) found.push('90373-334');
	when(workerType === 'EXT' && consecutiveDays(own, block.startDate) > 2, '00910-459');
	return { blocking: found, warnings: found.length > 0 ? [] : warningsOf(block, records) };
}

function warningsOf(block: InBlock, { person, today }: Records): string[] {
	const { workerType } = block.features;
	const warnings: string[] = [];
	if (LATE_MATTERS.includes(workerType) && block.startDate < today) warnings.push('90373-460');
	if (workerType === 'FLX' && person?.flexiAllowed === false)
		warnings.push('90017-058', '90017-510');
	const left = person?.studentHours;
	if (workerType === 'STU' && left !== undefined && (block.plannedHoursNumber ?? 0) > left)
		warnings.push('90017-369');
	return warnings;
}

function needsEnd({ features, startHour }: InBlock): boolean {
	const { workerType, jointCommissionNumber } = features;
	// A flexi-job of one day may leave the end date out, one for a period not.
	return (
		NEEDS_END.includes(workerType) ||
		jointCommissionNumber === '322' ||
		(workerType === 'FLX' && !startHour)
	);
}

function hourAnomalies({ features, startDate, endDate, startHour, endHour }: InBlock): string[] {
	const { workerType, jointCommissionNumber } = features;
	const found: string[] = [];
	const forbidden = !TAKES_HOURS.includes(workerType);
	if (startHour && forbidden) found.push('00777-005');
	if (endHour && forbidden) found.push('00778-005');
	const flexiPeriod =
		workerType === 'FLX' &&
		endDate !== undefined &&
		endDate !== startDate &&
		!startHour &&
		!endHour;
	if (!forbidden && !flexiPeriod) {
		if (!startHour) found.push('00777-001');
		if (!endHour && jointCommissionNumber !== '302') found.push('00778-001');
	}
	if (startHour && endHour && (endDate ?? startDate) === startDate && endHour <= startHour)
		found.push('00778-345');
	return found;
}

function exists(day: string): boolean {
	const parsed = new Date(`${day}T00:00:00Z`);
	return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
}

function crossesQuarter({ startDate, endDate }: InBlock): boolean {
	const quarter = (day: string) => `${day.slice(0, 4)}${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
	return endDate !== undefined && quarter(startDate) !== quarter(endDate);
}

interface DateRange {
	startDate: string;
	startHour?: string;
	endDate?: string;
	endHour?: string;
}

const moment = (day: string, hour: string) =>
	Date.parse(`${day}T${hour.slice(0, 2)}:${hour.slice(2)}:00Z`);

function limits({ startDate, startHour, endDate, endHour }: DateRange): [number, number] {
	const from = moment(startDate, startHour ?? '0000');
	if (startHour && endHour) return [from, moment(endDate ?? startDate, endHour)];
	if (!endDate) return [from, Infinity];
	return [from, moment(endDate, '0000') + DAY_MS];
}

function length(span: DateRange): number {
	const [from, to] = limits(span);
	return span.startHour && span.endHour ? to - from : 0;
}

function isSamePeriod(period: Period, block: InBlock): boolean {
	const names = ['startDate', 'startHour', 'endDate', 'endHour'] as const;
	return (
		period.workerType === block.features.workerType &&
		names.every((name) => period[name] === block[name])
	);
}

/**
 * Two periods of one worker with one employer may not overlap; an occasional or flexi day may lie
 * beside others of the same day.
 */
function overlaps(period: Period, block: InBlock): boolean {
	if (period.workerType !== block.features.workerType) return false;
	const [from, to] = limits(period);
	const [newFrom, newTo] = limits(block);
	return newFrom < to && from < newTo;
}

/** Days in a row with an occasional job, the new one included. */
function consecutiveDays(periods: Period[], day: string): number {
	const worked = new Set(
		periods.filter(({ workerType }) => workerType === 'EXT').map(({ startDate }) => startDate),
	);
	worked.add(day);
	const at = (offset: number) =>
		new Date(Date.parse(`${day}T00:00:00Z`) + offset * DAY_MS).toISOString().slice(0, 10);
	let count = 1;
	for (let offset = -1; worked.has(at(offset)); offset--) count++;
	for (let offset = 1; worked.has(at(offset)); offset++) count++;
	return count;
}

/** The anomalies of an OUT, UPDATE or CANCEL, all blocking. */
export function anomaliesOfChange(
	body: Submitted,
	period: Period | undefined,
	others: Period[],
): string[] {
	if (!period) return ['00913-354'];
	if (period.cancelled) return ['00913-355'];
	if (period.locked) return ['00913-362'];
	if (body.dimonaOut) return judgeOut(String(body.dimonaOut.endDate), period);
	return body.dimonaUpdate ? judgeUpdate(body.dimonaUpdate, period, others) : [];
}

function judgeOut(endDate: string, period: Period): string[] {
	if (period.endDate) return ['00913-356'];
	if (!exists(endDate)) return ['00911-003'];
	return endDate < period.startDate ? ['00911-014'] : [];
}

const OPEN_END = '9999-12-31';

function judgeUpdate(block: Block, period: Period, others: Period[]): string[] {
	const changes = changesOf(block) as Block & Partial<DateRange> & { plannedHoursNumber?: number };
	const { startDate, endDate, startHour, endHour } = changes;
	if (Object.keys(changes).length === 0) return ['90378-444'];
	if (!startDate && !endDate && (startHour || endHour)) return ['90378-361'];
	if (period.workerType === 'STU' && startDate) return ['00910-005'];
	if (!period.endDate && endDate && endDate !== OPEN_END) return ['00913-359'];
	if (endDate === OPEN_END && NEEDS_END.includes(period.workerType)) return ['00911-368'];
	if (!TAKES_HOURS.includes(period.workerType) && (startHour || endHour)) return ['00777-005'];
	const changed = periodAfterUpdate(period, block);
	if (JSON.stringify(changed) === JSON.stringify(period)) return ['90378-444'];
	if ((changed.endDate ?? '9') < changed.startDate) return ['00911-014'];
	const asBlock = { ...changed, features: changed } as unknown as InBlock;
	return others.some((other) => !other.cancelled && overlaps(other, asBlock)) ? ['90378-334'] : [];
}

/** The period after an UPDATE. */
export function periodAfterUpdate(period: Period, block: Block): Period {
	const changed = { ...period, ...changesOf(block) } as Period;
	if (changed.endDate === OPEN_END) delete changed.endDate;
	return changed;
}

function changesOf(block: Block): Block {
	return Object.fromEntries(Object.entries(block).filter(([name]) => name !== 'periodId'));
}
