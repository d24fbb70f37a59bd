import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Operation, OperationResult } from '../../../lib/node/operation';
import type { Day } from '../batch/mails/calendar';
import { draftMails, versionsOf } from '../batch/mails/mails';
import type { MailLanguage } from '../batch/mails/mail-text';
import type { Manifest } from '../batch/files/manifest';
import {
	PLAN_NOTES,
	PLAN_RULES,
	planBroadcast,
	type BroadcastPlan,
	type PlanRules,
	type PlanStep,
} from '../batch/mails/plan';
import type { NoService } from '../connect';

const dates: INodeProperties[] = [
	{
		displayName: 'Wished Date',
		name: 'wishedDate',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		required: true,
		description: 'Day on which the batch is to run in production; the time is ignored',
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [
			{ name: 'One Item', value: 'plan', description: 'The plan with all steps and all drafts' },
			{ name: 'One Item per Mail', value: 'mails' },
			{ name: 'One Item per Step', value: 'steps' },
		],
		default: 'plan',
	},
];

const mailFields: INodeProperties[] = [
	{
		displayName: 'Mails In',
		name: 'mailLanguages',
		type: 'multiOptions',
		options: [
			{ name: 'Dutch', value: 'nl' },
			{ name: 'French', value: 'fr' },
		],
		default: ['fr', 'nl'],
		description:
			'Languages of the drafts. They are drafts: the node sends no mail, and a GO must be the deliberate act of a person.',
	},
	{
		displayName: 'Mail Details',
		name: 'mailDetails',
		type: 'collection',
		placeholder: 'Add Detail',
		default: {},
		description: 'What is not filled in stands in the drafts as a gap in square brackets',
		options: [
			{
				displayName: 'Contact',
				name: 'contact',
				type: 'string',
				default: '',
				placeholder: 'e.g. Camille Peeters, 02 000 00 00',
				description: 'The one contact person of the institution',
			},
			{
				displayName: 'Enterprise Number',
				name: 'enterpriseNumber',
				type: 'string',
				default: '',
				placeholder: 'e.g. 0406798006',
			},
			{
				displayName: 'Institution Name',
				name: 'institution',
				type: 'string',
				default: '',
			},
			{
				displayName: 'Manifests',
				name: 'manifests',
				type: 'json',
				default: '',
				placeholder: "e.g. {{ $('Prepare').all().map((item) => item.json.manifest) }}",
				description:
					'Manifests of Prepare and of Make Test Set as an array: titles, counts, file names and digests come from them',
			},
			{
				displayName: 'Message Type',
				name: 'messageType',
				type: 'string',
				default: '',
			},
			{
				displayName: 'Moment',
				name: 'moment',
				type: 'string',
				default: '',
				placeholder: 'e.g. 18:00',
				description:
					'Agreed moment of the day: a time such as 18:00, which each mail says in its language, or words in the language of the mails',
			},
		],
	},
];

const term = (
	displayName: string,
	name: string,
	value: number,
	description: string,
): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	typeOptions: { minValue: 0 },
	default: value,
	description,
});

const days = (displayName: string, name: string, value: number, why: string): INodeProperties =>
	term(displayName, name, value, `Working days before the wished date. ${why}.`);

const calendarOptions: INodeProperties = {
	displayName: 'Calendar Options',
	name: 'calendar',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		days(
			'Announcement',
			'announcement',
			PLAN_RULES.announcement,
			'The procedure says "as soon as the dates are known"',
		),
		days(
			'Contact Centre',
			'contactCentre',
			PLAN_RULES.contactCentre,
			'The procedure names no term for your own contact centre',
		),
		{
			displayName: 'Extra Days Off',
			name: 'extraDaysOff',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2026-05-15, 2026-12-24',
			description: 'Bridge days and other days on which nobody works, separated by commas',
		},
		term(
			'Follow-Up',
			'followUp',
			PLAN_RULES.followUp,
			'Working days after the wished date by which the report on the run is asked for. The procedure names no term.',
		),
		{
			displayName: 'Further Wished Dates',
			name: 'otherDates',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2026-05-25, 2026-06-01',
			description:
				'Other dates to ask for in the same mail, separated by commas; each gets its own steps',
		},
		days('GO', 'go', PLAN_RULES.go, 'The procedure says "before production"'),
		{
			displayName: 'Reference Date',
			name: 'today',
			type: 'dateTime',
			typeOptions: { dateOnly: true },
			default: '',
			description: 'Day from which steps are late or due; today when empty',
		},
		days('Reminder', 'reminder', PLAN_RULES.reminder, 'The procedure says 10'),
		days('Test', 'acceptanceTest', PLAN_RULES.acceptanceTest, 'The procedure says at least 5'),
		days('Test Verdict', 'testVerdict', PLAN_RULES.testVerdict, 'The procedure names no term'),
		{
			displayName: 'Working Holidays',
			name: 'workingHolidays',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2026-11-11',
			description:
				'Legal holidays of Belgium that are to count as working days, separated by commas',
		},
	],
};

/** Today where the workflow lives. */
function todayOf(context: ItemContext<NoService>): Day {
	const timeZone = context.execution.getTimezone();
	// Swedish dates are ISO dates.
	return new Date().toLocaleDateString('sv-SE', { timeZone });
}

function rulesOf(options: Fields): PlanRules {
	const daysOf = (name: keyof PlanRules): number =>
		options.optionalNumber(name, { min: 0, max: 250 }) ?? PLAN_RULES[name];
	return {
		announcement: daysOf('announcement'),
		reminder: daysOf('reminder'),
		acceptanceTest: daysOf('acceptanceTest'),
		testVerdict: daysOf('testVerdict'),
		contactCentre: daysOf('contactCentre'),
		go: daysOf('go'),
		followUp: daysOf('followUp'),
	};
}

function manifestsOf(details: Fields): Manifest[] {
	const value = details.json<unknown>('manifests');
	if (value === undefined) return [];
	const list = (Array.isArray(value) ? value : [value]) as Array<Partial<Manifest> | null>;
	const usable = list.every(
		(one) =>
			Array.isArray(one?.files) && typeof one.language === 'string' && one.lists && one.recipients,
	);
	if (usable) return list as Manifest[];
	throw invalidInput(
		details.label('manifests'),
		'must be an array of manifests',
		'Use the field "manifest" of the items that Prepare and Make Test Set give',
	);
}

export const plan: Operation<NoService> = {
	name: 'Plan',
	value: 'plan',
	action: 'Plan a broadcast',
	description:
		'Compute the latest days of every step from a wished date, and draft the five mails of the procedure',
	fields: [...dates, ...mailFields, calendarOptions],
	async run(context) {
		return await Promise.resolve(planItems(context));
	},
};

function planItems(context: ItemContext<NoService>): OperationResult {
	const production = context.optionalDay('wishedDate', 'written');
	if (production === undefined) throw invalidInput(context.label('wishedDate'), 'is empty');
	const options = context.group('calendar');
	const today = options.optionalDay('today', 'written') ?? todayOf(context);
	const holidays = {
		extra: options.days('extraDaysOff'),
		removed: options.days('workingHolidays'),
	};
	const planOf = (day: Day): BroadcastPlan => planBroadcast(day, today, rulesOf(options), holidays);
	const planned = planOf(production);
	const furtherDates = options.days('otherDates').filter((day) => day !== production);
	const further = [...new Set(furtherDates)].map(planOf);
	planned.warnings.push(
		...further.flatMap((one) => one.warnings.map((warning) => `${one.production}: ${warning}`)),
	);
	for (const warning of planned.warnings) context.warn(warning);

	const details = context.group('mailDetails');
	const languages = context.list('mailLanguages').filter(isMailLanguage);
	const mails = draftMails(
		planned,
		{
			institution: details.optionalText('institution'),
			enterpriseNumber: details.optionalText('enterpriseNumber')?.replace(/^BE|[. ]/gi, ''),
			messageType: details.optionalText('messageType'),
			moment: details.optionalText('moment'),
			contact: details.optionalText('contact'),
			otherDates: further.map((one) => one.production),
			versions: versionsOf(manifestsOf(details)),
		},
		languages,
	).map((mail) => ({ ...mail, dueToday: mail.latestDay === today }));
	const stepsOf = (one: BroadcastPlan): Array<PlanStep & { dueToday: boolean }> =>
		one.steps.map((step) => ({ ...step, dueToday: step.day === today }));

	const output = context.optionalText('output');
	if (output === 'mails') return mails.map((mail): IDataObject => ({ production, ...mail }));
	if (output === 'steps') {
		return [planned, ...further].flatMap((one) =>
			stepsOf(one).map((step): IDataObject => ({ production: one.production, ...step })),
		);
	}
	const otherDates = further.map((one) => ({
		production: one.production,
		steps: stepsOf(one),
		daysOff: one.daysOff,
	}));
	return {
		...planned,
		today,
		steps: stepsOf(planned),
		notes: [...PLAN_NOTES],
		...(otherDates.length > 0 ? { otherDates } : {}),
		mails,
	};
}

function isMailLanguage(language: string): language is MailLanguage {
	return language === 'fr' || language === 'nl';
}
