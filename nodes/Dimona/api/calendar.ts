import { DAY_MS } from '../../../lib/time';
/**
 * Days and hours of a declaration are Belgian ones, whatever the clock of the machine or of n8n
 * says.
 */
const TIME_ZONE = 'Europe/Brussels';

/** Why a text is not a day; the words follow the field's name. */
export class UnreadableDateError extends Error {}

/**
 * Reads a calendar day from whatever a form, a sheet or a database gives: `2026-02-21`,
 * `21/02/2026`, `20260221`, a date and time, a
 * spreadsheet's day number, a Date. The day is never shifted by a time zone: midnight in any zone
 * is a calendar day, any other instant is
 * its day in Belgium, and where the written day and the Belgian one differ the value is refused
 * instead of guessed.
 *
 * @returns `YYYY-MM-DD`
 * @throws UnreadableMoment
 */
export function readDay(value: unknown): string {
	if (value instanceof Date) return dayOfInstant(value.toISOString());
	if (typeof value === 'number') return dayOfNumber(value);
	const text = textOf(value);
	const iso =
		/^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
	if (iso) return day(iso[1], iso[2], iso[3]);
	const european = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text);
	if (european) return dayFirst(text, european);
	const local = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.exec(text);
	if (local) return readDay(local[1]);
	if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})(\[[\w/+-]+\])?$/i.test(text))
		return dayOfInstant(text.replace(/\[.*$/, ''));
	if (/^\d{5}(\.\d+)?$/.test(text)) return dayOfNumber(Number(text));
	throw new UnreadableDateError('must be a day such as 2026-02-21 or 21/02/2026');
}

function textOf(value: unknown): string {
	if (typeof value === 'string') return value.trim();
	if (typeof value !== 'object' || value === null || !('toISO' in value)) return String(value);
	// A date of n8n's expressions.
	return typeof value.toISO === 'function' ? String(value.toISO()) : '';
}

function dayOfInstant(text: string): string {
	const written = text.slice(0, 10);
	const instant = new Date(text.replace(' ', 'T'));
	if (Number.isNaN(instant.getTime()))
		throw new UnreadableDateError('must be a day such as 2026-02-21 or 21/02/2026');
	if (/^.{10}[T ]00:00(:00(\.0+)?)?(?=Z|[+-])/i.test(text)) return readDay(written);
	const belgian = belgianMoment(instant);
	if (belgian.day === written || belgian.time === '00:00') return belgian.day;
	throw new UnreadableDateError(
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
	if (!(value > 20_000 && value < 80_000))
		throw new UnreadableDateError('must be a day such as 2026-02-21 or 21/02/2026');
	return new Date(Date.UTC(1899, 11, 30) + Math.floor(value) * DAY_MS).toISOString().slice(0, 10);
}

/** In Belgium the day stands first; the other order is quoted, so that nobody has to guess. */
function dayFirst(text: string, [, date = '', month = '', year = '']: RegExpExecArray): string {
	const read = calendarDay(year, month, date);
	if (isDay(read)) return read;
	throw new UnreadableDateError(
		`"${text}" was read as day ${date}, month ${month}, year ${year}, which is not a day of the calendar: write YYYY-MM-DD`,
	);
}

function calendarDay(year: string, month: string, date: string): string {
	return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
}

function day(year = '', month = '', date = ''): string {
	const text = calendarDay(year, month, date);
	if (isDay(text)) return text;
	throw new UnreadableDateError(`is ${text}, which is not a day of the calendar`);
}

/** Whether a text is `YYYY-MM-DD` and exists. */
export function isDay(text: string): boolean {
	const parsed = new Date(`${text}T00:00:00Z`);
	return (
		/^\d{4}-\d{2}-\d{2}$/.test(text) &&
		!Number.isNaN(parsed.getTime()) &&
		parsed.toISOString().startsWith(text)
	);
}

/**
 * Reads an hour from any usual notation: `17:00`, `17h30`, `17u30`, `1730`, `9`, `5 pm`,
 * `17:00:00`, a date and time, a spreadsheet's part of a day.
 *
 * @returns `HHMM`
 * @throws UnreadableMoment
 */
export function readHour(value: unknown): string {
	if (typeof value === 'number') return hourOfNumber(value);
	if (value instanceof Date) return belgianMoment(value).time.replace(':', '');
	const text = textOf(value);
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

function unreadableHourError(): UnreadableDateError {
	return new UnreadableDateError('must be an hour from 0000 to 2359, such as 1730, 17:30 or 17h30');
}

/** The day and the time (`HH:MM`) in Belgium at an instant. */
export function belgianMoment(instant: Date): { day: string; time: string } {
	const parts = new Intl.DateTimeFormat('en-GB', {
		timeZone: TIME_ZONE,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
	}).formatToParts(instant);
	const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
	return {
		day: `${of('year')}-${of('month')}-${of('day')}`,
		time: `${of('hour')}:${of('minute')}`,
	};
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The day some days later. */
export function addDays(from: string, days: number): string {
	return new Date(Date.parse(`${from}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** First day of the calendar quarter of a day. */
export function quarterStart(of: string): string {
	const month = Math.floor((Number(of.slice(5, 7)) - 1) / 3) * 3 + 1;
	return `${of.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
}
