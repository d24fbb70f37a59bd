import { belgianMoment, isDay } from './days';
import { DAY_MS } from './durations';

/** Why a text is no day or hour; the words follow the field's name. */
export class UnreadableMomentError extends Error {}

/**
 * What counts where a moment is one day in its own time zone and another in Belgium: `belgian`
 * refuses it, because a declaration must not depend on a guess; `written` takes the day as it is
 * written.
 */
export type DayPolicy = 'belgian' | 'written';

/**
 * Reads a calendar day from whatever a form, a sheet or a database gives: `2026-02-21`,
 * `21/02/2026`, `20260221`, a date and time, a spreadsheet's day number, a Date. The day is never
 * shifted by a time zone: midnight in any zone is a calendar day.
 *
 * @returns `YYYY-MM-DD`
 * @throws UnreadableMomentError
 * @example readDay('21/2/2026') // '2026-02-21'
 */
export function readDay(value: unknown, policy: DayPolicy = 'belgian'): string {
	if (value instanceof Date) return dayOfInstant(value.toISOString(), policy);
	if (typeof value === 'number') return dayOfNumber(value);
	const text = momentText(value);
	const iso =
		/^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
	if (iso) return day(iso[1], iso[2], iso[3]);
	const european = EUROPEAN_DAY.exec(text);
	if (european) return dayFirst(text, european);
	const local = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.exec(text);
	if (local) return readDay(local[1]);
	if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})(\[[\w/+-]+\])?$/i.test(text))
		return dayOfInstant(text.replace(/\[.*$/, ''), policy);
	if (/^\d{5}(\.\d+)?$/.test(text)) return dayOfNumber(Number(text));
	throw unreadableDayError();
}

const EUROPEAN_DAY = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/;

/**
 * Reads an instant. A day that stands first (`21/02/2026`) is read so, never as an American date.
 *
 * @returns ISO 8601 in UTC; `undefined` when it is none
 * @example readInstant('3/2/2026') // '2026-02-03T00:00:00.000Z'
 */
export function readInstant(value: unknown): string | undefined {
	const text = momentText(value);
	const date = new Date(EUROPEAN_DAY.test(text) ? readDay(text) : text);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Expressions of n8n give Luxon's DateTime. */
function momentText(value: unknown): string {
	if (value instanceof Date) return value.toISOString();
	if (typeof value === 'string') return value.trim();
	if (typeof value !== 'object' || value === null || !('toISO' in value)) return String(value);
	return typeof value.toISO === 'function' ? String(value.toISO()) : '';
}

function dayOfInstant(text: string, policy: DayPolicy): string {
	const written = text.slice(0, 10);
	const instant = new Date(text.replace(' ', 'T'));
	if (Number.isNaN(instant.getTime())) throw unreadableDayError();
	if (policy === 'written') return readDay(written);
	if (/^.{10}[T ]00:00(:00(\.0+)?)?(?=Z|[+-])/i.test(text)) return readDay(written);
	const belgian = belgianMoment(instant);
	if (belgian.day === written || belgian.time === '00:00') return belgian.day;
	throw new UnreadableMomentError(
		`is ${written} in its own time zone and ${belgian.day} in Belgium: give the day alone, as YYYY-MM-DD`,
	);
}

/**
 * Spreadsheets count days from 1899-12-30. The range is 1954 to 2118, so that a year or a 8-digit
 * day is not taken for one.
 */
function dayOfNumber(value: number): string {
	if (Number.isInteger(value) && value > 19_000_000 && value < 21_000_000)
		return readDay(String(value));
	if (!(value > 20_000 && value < 80_000)) throw unreadableDayError();
	return new Date(Date.UTC(1899, 11, 30) + Math.floor(value) * DAY_MS).toISOString().slice(0, 10);
}

/** In Belgium the day stands first; the other order is quoted, so that nobody has to guess. */
function dayFirst(text: string, [, date = '', month = '', year = '']: RegExpExecArray): string {
	const read = calendarDay(year, month, date);
	if (isDay(read)) return read;
	throw new UnreadableMomentError(
		`"${text}" was read as day ${date}, month ${month}, year ${year}, which is not a day of the calendar: write YYYY-MM-DD`,
	);
}

function calendarDay(year: string, month: string, date: string): string {
	return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
}

function day(year = '', month = '', date = ''): string {
	const text = calendarDay(year, month, date);
	if (isDay(text)) return text;
	throw new UnreadableMomentError(`is ${text}, which is not a day of the calendar`);
}

/**
 * Reads an hour from any usual notation: `17:00`, `17h30`, `17u30`, `1730`, `9`, `5 pm`,
 * `17:00:00`, a date and time, a spreadsheet's part of a day.
 *
 * @returns `HHMM`
 * @throws UnreadableMomentError
 * @example readHour('5 pm') // '1700'
 */
export function readHour(value: unknown): string {
	if (typeof value === 'number') return hourOfNumber(value);
	if (value instanceof Date) return belgianMoment(value).time.replace(':', '');
	const text = momentText(value);
	const moment = /^\d{4}-\d{2}-\d{2}[T ](\d{2}):(\d{2})/.exec(text);
	if (moment) {
		if (!/(Z|[+-]\d{2}:?\d{2})$/i.test(text)) return hour(moment[1], moment[2]);
		return belgianMoment(new Date(text.replace(' ', 'T'))).time.replace(':', '');
	}
	const clock =
		/^(\d{1,2})\s*(?:[:.hHuU]\s*(\d{2})?)?(?::\d{2}(?:\.\d+)?)?\s*([ap])?\.?(?:m\.?)?$/i.exec(text);
	if (clock) return hour(twelveHours(clock[1], clock[3]), clock[2] ?? '00');
	const digits = /^(\d{1,2})(\d{2})$/.exec(text);
	if (digits) return hour(digits[1], digits[2]);
	throw unreadableHourError();
}

function hourOfNumber(value: number): string {
	if (value > 0 && value < 1) {
		const minutes = Math.round(value * 1440);
		return hour(String(Math.floor(minutes / 60)), String(minutes % 60));
	}
	if (!Number.isInteger(value) || value < 0) throw unreadableHourError();
	return value < 100 ? hour(String(value), '00') : readHour(String(value));
}

function twelveHours(hours = '', half?: string): string {
	if (!half) return hours;
	const number = Number(hours) % 12;
	return String(half.toLowerCase() === 'p' ? number + 12 : number);
}

function hour(hours = '', minutes = ''): string {
	if (Number(hours) > 23 || Number(minutes) > 59) throw unreadableHourError();
	return `${hours.padStart(2, '0')}${minutes.padStart(2, '0')}`;
}

function unreadableDayError(): UnreadableMomentError {
	return new UnreadableMomentError('must be a day such as 2026-02-21 or 21/02/2026');
}

function unreadableHourError(): UnreadableMomentError {
	return new UnreadableMomentError(
		'must be an hour from 0000 to 2359, such as 1730, 17:30 or 17h30',
	);
}
