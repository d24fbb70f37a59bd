import {
	addDays,
	belgianHolidays,
	easterSunday,
	parseDay,
	WorkingCalendar,
} from '../../../nodes/EBoxBroadcast/batch/mails/calendar';
import { planBroadcast } from '../../../nodes/EBoxBroadcast/batch/mails/plan';

// Large or many inputs, on machines that may be busy with other things.
jest.setTimeout(60_000);

/** From published church calendars. */
const EASTER = [
	'2024-03-31',
	'2025-04-20',
	'2026-04-05',
	'2027-03-28',
	'2028-04-16',
	'2029-04-01',
	'2030-04-21',
	'2031-04-13',
	'2032-03-28',
	'2033-04-17',
	'2034-04-09',
	'2035-03-25',
	'2036-04-13',
];

describe('the Belgian calendar', () => {
	it.each(EASTER)('knows that %s is Easter Sunday', (day) => {
		expect(easterSunday(Number(day.slice(0, 4)))).toBe(day);
	});

	it('knows the ten legal holidays of 2026', () => {
		expect(belgianHolidays(2026).map(({ day }) => day)).toEqual([
			'2026-01-01',
			'2026-04-06',
			'2026-05-01',
			'2026-05-14',
			'2026-05-25',
			'2026-07-21',
			'2026-08-15',
			'2026-11-01',
			'2026-11-11',
			'2026-12-25',
		]);
	});

	it.each(['2026-02-30', '2026-13-01', 'tomorrow', '18/05/2026', ''])(
		'refuses %p as a day',
		(text) => {
			expect(() => parseDay(text, 'Wished Date')).toThrow('Wished Date must be a date');
		},
	);

	it('takes the day as written, whatever time and zone follow', () => {
		expect(parseDay('2026-05-18T23:30:00.000+02:00', 'Date')).toBe('2026-05-18');
	});
});

describe('working days', () => {
	/** Latest days for reminder and test, counted by hand on a calendar. */
	it.each([
		// Easter Monday 6 April lies between.
		['2026-04-14', '2026-03-30', '2026-04-07'],
		// Christmas and New Year lie between.
		['2027-01-08', '2026-12-23', '2026-12-31'],
		// Ascension Day 14 May, and Whit Monday 25 May.
		['2026-05-28', '2026-05-12', '2026-05-20'],
		// Labour Day on a Friday.
		['2026-05-08', '2026-04-23', '2026-04-30'],
		// Armistice Day; All Saints falls on a Sunday.
		['2026-11-16', '2026-10-30', '2026-11-06'],
		// No holiday at all.
		['2026-03-16', '2026-03-02', '2026-03-09'],
	])('for %s: reminder by %s, test by %s', (production, reminder, test) => {
		const { steps } = planBroadcast(production, '2026-01-01');
		expect(steps.find(({ step }) => step === 'reminder')?.day).toBe(reminder);
		expect(steps.find(({ step }) => step === 'acceptanceTest')?.day).toBe(test);
	});

	it('counts a bridge day of the institution as a day off', () => {
		const without = planBroadcast('2026-05-20', '2026-01-01');
		const bridge = planBroadcast('2026-05-20', '2026-01-01', undefined, { extra: ['2026-05-15'] });
		expect(without.steps[2].day).toBe('2026-05-12');
		expect(bridge.steps[2].day).toBe('2026-05-11');
		expect(bridge.daysOff).toContainEqual({ day: '2026-05-15', name: 'extra day off' });
	});

	it('works on a holiday that was taken off the list', () => {
		const plan = planBroadcast('2026-07-24', '2026-01-01', undefined, { removed: ['2026-07-21'] });
		expect(plan.steps[2].day).toBe('2026-07-17');
	});

	it('over ten years always leaves the stated number of working days, and never fewer', () => {
		const calendar = new WorkingCalendar({ extra: ['2027-05-07', '2028-05-26'] });
		let checked = 0;
		for (let day = '2025-01-01'; day < '2035-01-01'; day = addDays(day, 1)) {
			for (const count of [1, 5, 10]) {
				const latest = calendar.workingDaysBefore(day, count);
				expect(calendar.dayOff(latest)).toBeUndefined();
				let between = 0;
				for (let d = latest; d < day; d = addDays(d, 1)) {
					if (calendar.dayOff(d) === undefined) between++;
				}
				expect({ day, count, between }).toEqual({ day, count, between: count });
				checked++;
			}
		}
		expect(checked).toBeGreaterThan(10_000);
	});
});

describe('a plan', () => {
	it('says which steps are late and that the date is no working day', () => {
		const plan = planBroadcast('2026-12-25', '2026-12-15');
		expect(plan.warnings[0]).toContain('no working day (Christmas)');
		expect(plan.warnings[1]).toContain('reminder');
		expect(plan.steps.filter(({ late }) => late).map(({ step }) => step)).toEqual([
			'announcement',
			'reminder',
		]);
	});

	it('says what the procedure states and what is a setting', () => {
		const { steps } = planBroadcast('2026-03-16', '2026-01-01');
		const stated = steps.filter(({ source }) => source === 'procedure').map(({ step }) => step);
		expect(stated).toEqual(['reminder', 'acceptanceTest', 'production']);
	});
});
