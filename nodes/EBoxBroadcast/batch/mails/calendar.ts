import { addDays } from '../../../../lib/time/days';

/** A day as `YYYY-MM-DD`: the procedure counts days, so no time zone is involved anywhere. */
export type Day = string;

function toDate(day: Day): Date {
	return new Date(`${day}T00:00:00Z`);
}

function toDay(date: Date): Day {
	return date.toISOString().slice(0, 10);
}

/** Easter Sunday in the Gregorian calendar (the rule of Meeus, Jones and Butcher). */
export function easterSunday(year: number): Day {
	const a = year % 19;
	const b = Math.floor(year / 100);
	const c = year % 100;
	const d = Math.floor(b / 4);
	const e = b % 4;
	const f = Math.floor((b + 8) / 25);
	const g = Math.floor((b - f + 1) / 3);
	const h = (19 * a + b - d - g + 15) % 30;
	const i = Math.floor(c / 4);
	const k = c % 4;
	const l = (32 + 2 * e + 2 * i - h - k) % 7;
	const m = Math.floor((a + 11 * h + 22 * l) / 451);
	const month = Math.floor((h + l - 7 * m + 114) / 31);
	const date = ((h + l - 7 * m + 114) % 31) + 1;
	return toDay(new Date(Date.UTC(year, month - 1, date)));
}

export interface Holiday {
	day: Day;
	name: string;
}

/** The ten legal holidays of Belgium (Royal Decree of 18 April 1974, article 1). */
export function belgianHolidays(year: number): Holiday[] {
	const easter = easterSunday(year);
	return [
		{ day: `${year}-01-01`, name: 'New Year' },
		{ day: addDays(easter, 1), name: 'Easter Monday' },
		{ day: `${year}-05-01`, name: 'Labour Day' },
		{ day: addDays(easter, 39), name: 'Ascension Day' },
		{ day: addDays(easter, 50), name: 'Whit Monday' },
		{ day: `${year}-07-21`, name: 'National Day' },
		{ day: `${year}-08-15`, name: 'Assumption' },
		{ day: `${year}-11-01`, name: 'All Saints' },
		{ day: `${year}-11-11`, name: 'Armistice' },
		{ day: `${year}-12-25`, name: 'Christmas' },
	];
}

/**
 * How the legal holidays are changed: bridge days of the institution, days on which it works all
 * the same.
 */
export interface HolidayChanges {
	extra?: readonly Day[];
	removed?: readonly Day[];
}

/**
 * Monday to Friday without holidays. The procedure does not define "working day"; hence the
 * changes.
 */
export class WorkingCalendar {
	private readonly years = new Map<string, ReadonlyMap<Day, string>>();

	constructor(private readonly changes: HolidayChanges = {}) {}

	/** Why a day is no working day, or undefined when it is one. */
	dayOff(day: Day): string | undefined {
		if (this.changes.extra?.includes(day)) return 'extra day off';
		const weekday = toDate(day).getUTCDay();
		if (weekday === 6) return 'Saturday';
		if (weekday === 0) return 'Sunday';
		return this.changes.removed?.includes(day) ? undefined : this.holidaysOf(day).get(day);
	}

	/**
	 * The working day `count` working days before a day, that day not counted; 0 gives the day
	 * itself.
	 */
	workingDaysBefore(day: Day, count: number): Day {
		let current = day;
		for (let left = count; left > 0;) {
			current = addDays(current, -1);
			if (this.dayOff(current) === undefined) left--;
		}
		return current;
	}

	/** The working day `count` working days after a day, that day not counted. */
	workingDaysAfter(day: Day, count: number): Day {
		let current = day;
		for (let left = count; left > 0;) {
			current = addDays(current, 1);
			if (this.dayOff(current) === undefined) left--;
		}
		return current;
	}

	private holidaysOf(day: Day): ReadonlyMap<Day, string> {
		const year = day.slice(0, 4);
		const known = this.years.get(year);
		if (known) return known;
		const holidays = new Map(belgianHolidays(Number(year)).map((one) => [one.day, one.name]));
		this.years.set(year, holidays);
		return holidays;
	}
}
