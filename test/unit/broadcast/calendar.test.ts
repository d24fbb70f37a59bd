import type { IDataObject } from 'n8n-workflow';
import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { addDays } from '../../../lib/time/days';
import {
	belgianHolidays,
	easterSunday,
	WorkingCalendar,
} from '../../../nodes/EBoxBroadcast/batch/mails/calendar';
import {
	PLAN_RULES,
	planBroadcast,
	type BroadcastPlan,
	type PlanRules,
	type PlanStep,
} from '../../../nodes/EBoxBroadcast/batch/mails/plan';
import { eBoxBroadcastTable } from '../../../nodes/EBoxBroadcast/table';
import { fakeExecution, outputOf } from '../fakes/execution';

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

describe('the plan', () => {
	const plan = (rules: Partial<PlanRules> = {}): BroadcastPlan =>
		planBroadcast('2026-05-28', '2026-03-01', { ...PLAN_RULES, ...rules });
	const step = (name: string, rules: Partial<PlanRules> = {}): PlanStep | undefined =>
		plan(rules).steps.find((one) => one.step === name);

	it('marks a term below the procedure as the own one of the user, and warns of it', () => {
		expect(step('reminder')?.source).toBe('procedure');
		expect(plan().warnings).toEqual([]);
		const short = plan({ reminder: 7, acceptanceTest: 3 });
		expect(short.steps.map((one) => `${one.step} ${one.source}`)).toEqual([
			'announcement setting',
			'reminder setting',
			'acceptanceTest setting',
			'testVerdict setting',
			'contactCentre setting',
			'go setting',
			'production procedure',
			'followUp setting',
		]);
		expect(short.warnings).toEqual([
			'reminder: your own term is 7 working days before; the procedure asks for 10. Agree on it with the eBox team',
			'acceptanceTest: your own term is 3 working days before; the procedure asks for 5. Agree on it with the eBox team',
		]);
	});

	it('says so when a longer term is the choice of the user, without a warning', () => {
		expect(step('acceptanceTest', { acceptanceTest: 8 })?.source).toBe('setting');
		expect(plan({ acceptanceTest: 8 }).warnings).toEqual([]);
	});

	it('checks the order of the dates', () => {
		expect(plan({ announcement: 8 }).warnings).toEqual([
			'The order of the steps is wrong: reminder (2026-05-12) comes before announcement (2026-05-15). Look at the terms in Calendar Options',
		]);
	});

	it('has a step for the own contact centre and one for the follow-up', () => {
		expect(step('contactCentre')).toMatchObject({ day: '2026-05-26', who: 'institution' });
		// A Friday; the weekend lies between.
		expect(step('followUp', { followUp: 2 })).toMatchObject({
			day: '2026-06-01',
			workingDaysBefore: -2,
			who: 'eBox team',
		});
	});
});

describe('Broadcast: Plan', () => {
	const run = async (calendar: IDataObject): Promise<IDataObject> => {
		const { execution } = fakeExecution({
			properties: formOf(eBoxBroadcastTable),
			parameters: {
				resource: 'broadcast',
				operation: 'plan',
				wishedDate: '2026-05-28',
				calendar: { today: '2026-03-01', ...calendar },
			},
		});
		const [item] = await outputOf(executeTable(execution, eBoxBroadcastTable));
		return item?.json ?? {};
	};

	it('plans several wished dates, with one request for all', async () => {
		const json = await run({ otherDates: '2026-06-01, 2026-06-06' });
		expect(json.otherDates).toMatchObject([
			{ production: '2026-06-01' },
			{ production: '2026-06-06' },
		]);
		expect(json.warnings).toEqual([
			'2026-06-06: The wished date 2026-06-06 is no working day (Saturday): ask for another, or agree on it',
		]);
		const mails = json.mails as Array<{ kind: string; language: string; body: string }>;
		expect(mails.filter(({ kind }) => kind === 'request')).toHaveLength(2);
		expect(mails[0]?.body).toContain('Autres dates souhaitées : 01/06/2026, 06/06/2026.');
	});

	it('says how to become a sender, and that a date may be refused or postponed', async () => {
		const { notes } = await run({});
		expect(notes).toEqual([
			expect.stringContaining('portalinfo.smals.be'),
			expect.stringContaining('refuse or postpone'),
		]);
	});
});
