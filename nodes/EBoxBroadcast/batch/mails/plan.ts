import { addDays } from '../../../../lib/time/days';
import { WorkingCalendar, type Day, type HolidayChanges } from './calendar';

export type StepName =
	| 'announcement'
	| 'reminder'
	| 'acceptanceTest'
	| 'testVerdict'
	| 'contactCentre'
	| 'go'
	| 'production'
	| 'followUp';

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
	/** no rule is published; Smals warns its own contact centre, since many new users may follow */
	contactCentre: number;
	/** no rule is published ("before production"); the batch starts in the early evening */
	go: number;
	/** working days after production; no rule is published ("reports on the run") */
	followUp: number;
}

export const PLAN_RULES: PlanRules = {
	announcement: 15,
	reminder: 10,
	acceptanceTest: 5,
	testVerdict: 2,
	contactCentre: 2,
	go: 1,
	followUp: 1,
};

/** Terms that the procedure itself states, in working days before production. */
const PROCEDURE_TERMS: Partial<Record<StepName, number>> = {
	reminder: 10,
	acceptanceTest: 5,
	production: 0,
};

export interface PlanStep {
	step: StepName;
	/** latest day */
	day: Day;
	/** negative after production */
	workingDaysBefore: number;
	/** whether the procedure states this term, or it is a setting */
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

/** What holds for every plan and has no day. */
export const PLAN_NOTES: readonly string[] = [
	'First use only, before everything: become a sender and have a message type configured, by the form on portalinfo.smals.be. The Crossroads Bank (BCSS/KSZ) validates the business side, Smals the technical side.',
	'Smals and the Crossroads Bank may refuse or postpone a date, for instance for work on the infrastructure: the date holds when they have confirmed it.',
];

const TEXTS: Record<StepName, Pick<PlanStep, 'who' | 'what'>> = {
	announcement: {
		who: 'institution',
		what: 'Mail the wished date; the sooner the better',
	},
	reminder: { who: 'institution', what: 'Mail a reminder of the request' },
	acceptanceTest: {
		who: 'institution',
		what: 'Send the input files with a limited list for the acceptance test',
	},
	testVerdict: {
		who: 'institution',
		what: 'Look into the test eBoxes (document there, title as expected) and mail the verdict',
	},
	contactCentre: {
		who: 'institution',
		what: 'Tell your own contact centre: citizens will ask, and many eBox users may be new',
	},
	go: {
		who: 'institution',
		what: 'Hand the production files over and mail the GO',
	},
	production: { who: 'eBox team', what: 'The batch runs, usually at night' },
	followUp: {
		who: 'eBox team',
		what: 'The eBox team reports on the run; ask for the report when none has come',
	},
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
		['contactCentre', rules.contactCentre],
		['go', rules.go],
		['production', 0],
		['followUp', -rules.followUp],
	];
	const steps = terms.map(([step, workingDaysBefore]): PlanStep => {
		const day =
			workingDaysBefore < 0
				? calendar.workingDaysAfter(production, -workingDaysBefore)
				: calendar.workingDaysBefore(production, workingDaysBefore);
		const source = PROCEDURE_TERMS[step] === workingDaysBefore ? 'procedure' : 'setting';
		return { step, day, workingDaysBefore, source, ...TEXTS[step], late: day < today };
	});
	const first = steps.map(({ day }) => day).reduce((a, b) => (b < a ? b : a));
	return {
		production,
		steps,
		daysOff: daysOffBetween(calendar, first, production),
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
	const warnings: string[] = [];
	const off = calendar.dayOff(production);
	if (off !== undefined) {
		warnings.push(
			`The wished date ${production} is no working day (${off}): ask for another, or agree on it`,
		);
	}
	const late = steps.filter((step) => step.late);
	if (late.length > 0) {
		warnings.push(
			`Already past: ${late.map(({ step, day }) => `${step} (${day})`).join(', ')}. Smals may refuse or postpone the date`,
		);
	}
	for (const { step, workingDaysBefore } of steps) {
		const stated = PROCEDURE_TERMS[step];
		if (stated === undefined || workingDaysBefore >= stated) continue;
		warnings.push(
			`${step}: your own term is ${workingDaysBefore} working days before; the procedure asks for ${stated}. Agree on it with the eBox team`,
		);
	}
	// The contact centre may be told at any time before production.
	const inOrder = steps.filter(({ step }) => step !== 'contactCentre');
	for (const [i, { step, day }] of inOrder.entries()) {
		const next = inOrder[i + 1];
		if (!next || next.day >= day) continue;
		warnings.push(
			`The order of the steps is wrong: ${next.step} (${next.day}) comes before ${step} (${day}). Look at the terms in Calendar Options`,
		);
	}
	return warnings;
}
