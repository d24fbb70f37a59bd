import { DAY_MS } from './durations';

/** Days and hours of the services are Belgian, whatever the clock of the machine or of n8n says. */
const TIME_ZONE = 'Europe/Brussels';

/**
 * Whether a text is `YYYY-MM-DD` and exists.
 *
 * @example isDay('2026-02-30') // false
 */
export function isDay(text: string): boolean {
	const parsed = new Date(`${text}T00:00:00Z`);
	return (
		/^\d{4}-\d{2}-\d{2}$/.test(text) &&
		!Number.isNaN(parsed.getTime()) &&
		parsed.toISOString().startsWith(text)
	);
}

/**
 * The day and the time (`HH:MM`) in Belgium at an instant.
 *
 * @example belgianMoment(new Date('2026-01-01T23:30:00Z')) // { day: '2026-01-02', time: '00:30' }
 */
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

/**
 * Whole days from one day to another.
 *
 * @example daysBetween('2026-02-28', '2026-03-01') // 1
 */
export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/**
 * The day some days later.
 *
 * @example addDays('2026-02-28', 1) // '2026-03-01'
 */
export function addDays(from: string, days: number): string {
	return new Date(Date.parse(`${from}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
