import fc from 'fast-check';

import { belgianMoment } from '../../../../lib/time/days';
import { readDay, readHour, readInstant } from '../../../../lib/time/read-moment';

const zones = ['UTC', 'Europe/Brussels', 'America/Los_Angeles', 'Asia/Tokyo', 'Pacific/Kiritimati'];
const machineZone = process.env.TZ;

afterEach(() => {
	process.env.TZ = machineZone;
});

describe.each(zones)('on a machine in %s', (zone) => {
	beforeEach(() => {
		process.env.TZ = zone;
	});

	test.each([
		['2026-02-21', '2026-02-21'],
		['21/02/2026', '2026-02-21'],
		['1.3.2026', '2026-03-01'],
		['21-02-2026', '2026-02-21'],
		['2026/02/21', '2026-02-21'],
		['20260221', '2026-02-21'],
		[20260221, '2026-02-21'],
		// What n8n's date picker gives.
		['2026-02-21T00:00:00', '2026-02-21'],
		['2026-02-21 23:30:00', '2026-02-21'],
		// Midnight in any zone is a day of the calendar.
		['2026-02-21T00:00:00.000Z', '2026-02-21'],
		['2026-02-21T00:00:00.000+09:00', '2026-02-21'],
		['2026-02-21T00:00:00.000-08:00', '2026-02-21'],
		// Midnight in Belgium, as a database in UTC writes it, in winter and in summer.
		['2026-02-20T23:00:00.000Z', '2026-02-21'],
		['2026-07-20T22:00:00.000Z', '2026-07-21'],
		['2026-02-21T17:00:00+01:00', '2026-02-21'],
		['2026-02-21T09:00:00.000+01:00[Europe/Brussels]', '2026-02-21'],
		// A spreadsheet's day number, with and without a time.
		[46074, '2026-02-21'],
		['46074.75', '2026-02-21'],
		[new Date('2026-02-20T23:00:00Z'), '2026-02-21'],
		[{ toISO: () => '2026-02-21T00:00:00.000-05:00' }, '2026-02-21'],
		['2024-02-29', '2024-02-29'],
	])('%p is %s', (value, expected) => {
		expect(readDay(value)).toBe(expected);
	});
});

test.each([
	['2026-02-30', /not a day of the calendar/],
	['02/21/2026', /not a day of the calendar/],
	['2025-02-29', /not a day of the calendar/],
	['tomorrow', /must be a day/],
	['21/02/26', /must be a day/],
	[2026, /must be a day/],
	// Its own day and the Belgian one differ, and neither is a midnight: not guessed.
	['2026-02-21T23:30:00-05:00', /is 2026-02-21 in its own time zone and 2026-02-22 in Belgium/],
])('%p is refused', (value, message) => {
	expect(() => readDay(value)).toThrow(message);
});

test('a day comes back from all its notations', () => {
	fc.assert(
		fc.property(
			fc.date({
				min: new Date('1960-01-01'),
				max: new Date('2099-12-31'),
				noInvalidDate: true,
			}),
			fc.constantFrom(...zones),
			(date, zone) => {
				process.env.TZ = zone;
				const day = date.toISOString().slice(0, 10);
				const [year, month, dayOfMonth] = day.split('-');
				for (const written of [
					day,
					`${dayOfMonth}/${month}/${year}`,
					`${day}T00:00:00`,
					`${day}T00:00:00+13:00`,
				])
					expect(readDay(written)).toBe(day);
			},
		),
	);
});

test.each([
	['17:00', '1700'],
	['9:05', '0905'],
	['17h30', '1730'],
	['17u', '1700'],
	['17.30', '1730'],
	['1730', '1730'],
	['930', '0930'],
	['9', '0900'],
	[9, '0900'],
	[1730, '1730'],
	[0.7291666666666666, '1730'],
	['17:00:00', '1700'],
	['5 pm', '1700'],
	['5:30 PM', '1730'],
	['12 am', '0000'],
	['12:15 p.m.', '1215'],
	['0000', '0000'],
	[0, '0000'],
	['2026-02-21T17:30:00', '1730'],
	['2026-02-21T16:30:00Z', '1730'],
	['2026-07-21T15:30:00.000Z', '1730'],
])('%p is the hour %s', (value, expected) => {
	expect(readHour(value)).toBe(expected);
});

test.each(['24:00', '17:60', '2460', 'noon', '-1', '123456', ''])('%p is no hour', (value) => {
	expect(() => readHour(value)).toThrow(/must be an hour from 0000 to 2359/);
});

test('the Belgian day begins at 23:00 or 22:00 UTC', () => {
	expect(belgianMoment(new Date('2026-01-31T22:59:00Z'))).toEqual({
		day: '2026-01-31',
		time: '23:59',
	});
	expect(belgianMoment(new Date('2026-06-30T22:00:00Z'))).toEqual({
		day: '2026-07-01',
		time: '00:00',
	});
});

test('a date in another order is quoted as it was written, with what it was read as', () => {
	expect(() => readDay('12/31/2026')).toThrow(
		'"12/31/2026" was read as day 12, month 31, year 2026, which is not a day of the calendar: write YYYY-MM-DD',
	);
});

describe('a moment that is another day in its own time zone', () => {
	const evening = '2026-05-18T19:30:00.000-05:00';

	test('is refused where the Belgian day counts', () => {
		expect(() => readDay(evening)).toThrow('is 2026-05-18 in its own time zone and 2026-05-19');
	});

	test('is the day as it is written where that counts', () => {
		expect(readDay(evening, 'written')).toBe('2026-05-18');
		expect(readDay({ toISO: () => evening }, 'written')).toBe('2026-05-18');
		expect(readDay('2026-05-18T23:30:00.000+02:00', 'written')).toBe('2026-05-18');
	});
});

test.each([
	['3/2/2026', '2026-02-03T00:00:00.000Z'],
	['2026-03-01T09:30:00+01:00', '2026-03-01T08:30:00.000Z'],
	[new Date('2026-03-01T08:30:00Z'), '2026-03-01T08:30:00.000Z'],
	['soon', undefined],
])('the instant of %p is %p', (value, expected) => {
	expect(readInstant(value)).toBe(expected);
});
