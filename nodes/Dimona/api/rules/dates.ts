import { isDay } from '../../../../lib/time/days';
import { type Findings, isEmpty } from './finding';

/** Means "no end any more" in an UPDATE, and nothing elsewhere. */
export const OPEN_END = '9999-12-31';

const EARLIEST = '1920-01-01';

/** Zones of the two dates and hours (glossary 2023/3). */
const ZONES = {
	startDate: '00910',
	endDate: '00911',
	startHour: '00777',
	endHour: '00778',
	plannedHoursNumber: '01135',
} as const;

export interface EmploymentDates {
	startDate?: string;
	endDate?: string;
	startHour?: string;
	endHour?: string;
	plannedHoursNumber?: number;
}

/** Rules that hold for the dates, hours and planned hours of every declaration. */
export function checkDates(
	span: EmploymentDates,
	path: string,
	today: string,
	findings: Findings,
): void {
	for (const field of ['startDate', 'endDate'] as const) {
		const value = span[field];
		if (isEmpty(value) || value === OPEN_END) continue;
		const where = `${path}.${field}`;
		if (!isDay(value ?? ''))
			findings.refuse(`${ZONES[field]}-003`, where, 'must be a day of the calendar, YYYY-MM-DD');
		else if ((value ?? '') < EARLIEST || (value ?? '') >= `${Number(today.slice(0, 4)) + 10}-01-01`)
			findings.refuse(
				`${ZONES[field]}-008`,
				where,
				`must be from ${EARLIEST} on and less than ten years ahead`,
			);
	}
	const { startDate = '', endDate = '', startHour = '', endHour = '' } = span;
	if (startDate !== '' && endDate !== '' && endDate < startDate)
		findings.refuse('00911-014', `${path}.endDate`, 'the end date is before the start date');
	for (const field of ['startHour', 'endHour'] as const)
		if (!isEmpty(span[field]) && !/^([01]\d|2[0-3])[0-5]\d$/.test(span[field] ?? ''))
			findings.refuse(
				`${ZONES[field]}-003`,
				`${path}.${field}`,
				'must be an hour from 0000 to 2359, without colon',
			);
	if (startHour !== '' && endHour !== '' && startDate === endDate && endHour <= startHour)
		findings.refuse(
			'00778-345',
			`${path}.endHour`,
			'the end hour is not after the start hour; for work past midnight the end date is the next day',
		);
	const planned = span.plannedHoursNumber;
	if (planned !== undefined && !(Number.isInteger(planned) && planned >= 1 && planned <= 999))
		findings.refuse(
			'01135-003',
			`${path}.plannedHoursNumber`,
			'the planned hours must be a whole number from 1 to 999; each hour that is begun counts whole',
		);
}
