import { addDays, WorkingCalendar, type Day, type HolidayChanges } from './calendar';

export type StepName =
	'announcement' | 'reminder' | 'acceptanceTest' | 'testVerdict' | 'go' | 'production';

/** Working days before production by which each step has to be done. */
export interface PlanRules {
	/** no rule is published ("as soon as the dates are known"); before the reminder */
	announcement: number;
	/** broadcast procedure: 10 working days before */
	reminder: number;
	/** broadcast procedure: at least 5 working days before */
	acceptanceTest: number;
	/** no rule is published; between test and GO */
	testVerdict: number;
	/** no rule is published ("before production"); the batch starts in the early evening */
	go: number;
}

export const PLAN_RULES: PlanRules = {
	announcement: 15,
	reminder: 10,
	acceptanceTest: 5,
	testVerdict: 2,
	go: 1,
};

export interface PlanStep {
	step: StepName;
	/** latest day */
	day: Day;
	workingDaysBefore: number;
	/** whether the procedure states the term, or we chose it */
	source: 'procedure' | 'setting';
	who: 'institution' | 'eBox team';
	what: string;
	/** whether the day lies before the day of planning */
	late: boolean;
}

export interface BroadcastPlan {
	production: Day;
	steps: PlanStep[];
	/** days off between the first step and production, weekends left out */
	daysOff: Array<{ day: Day; name: string }>;
	warnings: string[];
}

const TEXTS: Record<StepName, Pick<PlanStep, 'source' | 'who' | 'what'>> = {
	announcement: {
		source: 'setting',
		who: 'institution',
		what: 'Mail the wished date; the sooner the better',
	},
	reminder: { source: 'procedure', who: 'institution', what: 'Mail a reminder of the request' },
	acceptanceTest: {
		source: 'procedure',
		who: 'institution',
		what: 'Send the input files with a limited list for the acceptance test',
	},
	testVerdict: {
		source: 'setting',
		who: 'institution',
		what: 'Look into the test eBoxes (document there, title as expected) and mail the verdict',
	},
	go: {
		source: 'setting',
		who: 'institution',
		what: 'Hand the production files over and mail the GO',
	},
	production: { source: 'procedure', who: 'eBox team', what: 'The batch runs, usually at night' },
};

/**
 * Counts back from the wished date (that day excluded) to the latest days of every step.
 *
 * @param today the day of planning; steps before it are marked late
 */
export function planBroadcast(
	production: Day,
	today: Day,
	rules: PlanRules = PLAN_RULES,
	changes: HolidayChanges = {},
): BroadcastPlan {
	const calendar = new WorkingCalendar(changes);
	const terms: Array<[StepName, number]> = [
		['announcement', rules.announcement],
		['reminder', rules.reminder],
		['acceptanceTest', rules.acceptanceTest],
		['testVerdict', rules.testVerdict],
		['go', rules.go],
		['production', 0],
	];
	const steps = terms.map(([step, workingDaysBefore]): PlanStep => {
		const day = calendar.workingDaysBefore(production, workingDaysBefore);
		return { step, day, workingDaysBefore, ...TEXTS[step], late: day < today };
	});
	return {
		production,
		steps,
		daysOff: daysOffBetween(calendar, steps[0].day, production),
		warnings: warningsOf(calendar, production, steps),
	};
}

function daysOffBetween(
	calendar: WorkingCalendar,
	first: Day,
	last: Day,
): Array<{ day: Day; name: string }> {
	const found: Array<{ day: Day; name: string }> = [];
	for (let day = first; day <= last; day = addDays(day, 1)) {
		const name = calendar.dayOff(day);
		if (name !== undefined && name !== 'Saturday' && name !== 'Sunday') found.push({ day, name });
	}
	return found;
}

function warningsOf(calendar: WorkingCalendar, production: Day, steps: PlanStep[]): string[] {
	const off = calendar.dayOff(production);
	const late = steps.filter((step) => step.late);
	return [
		...(off === undefined
			? []
			: [
					`The wished date ${production} is no working day (${off}): ask for another, or agree on it`,
				]),
		...(late.length === 0
			? []
			: [
					`Already past: ${late.map(({ step, day }) => `${step} (${day})`).join(', ')}. Smals may refuse or postpone the date`,
				]),
	];
}
