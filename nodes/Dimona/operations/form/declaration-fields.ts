import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { chooseFrom } from '../../../../lib/node/choose';
import { JOINT_COMMITTEES, typesWhere, WORKER_TYPES } from '../../api/codes';
import type { DeclarationKind } from '../../api/types';
import { addressFields, employerFields, workerFields } from './party-fields';

const OTHER = 'other';

/**
 * Types that may still be declared; the ended ones can be given as a free code, for corrections of
 * the past.
 */
export const workerTypeOptions: INodePropertyOptions[] = [
	...Object.entries(WORKER_TYPES)
		.filter(([, { until }]) => !until)
		.map(([value, { name }]) => ({ name: `${value}: ${name}`, value }))
		.sort((a, b) => a.name.localeCompare(b.name, 'en')),
	{ name: 'Other (Three-Letter Code)', value: OTHER },
];

const jointCommitteeOptions: INodePropertyOptions[] = Object.entries(JOINT_COMMITTEES)
	.map(([value, name]) => ({ name: `${value}: ${name}`, value }))
	.sort((a, b) => a.name.localeCompare(b.name, 'en'));

const forTypes = (workerType: string[]) => ({ show: { workerType: [...workerType, OTHER] } });

const HOUR = 'Belgian time, in any usual notation: 17:30, 1730, 17h30, 5:30 pm';
const DAY = 'Belgian day, for instance 2026-02-21 or 21/02/2026; never shifted by a time zone';

const periodIdField: INodeProperties = chooseFrom(
	{
		displayName: 'Period ID',
		name: 'periodId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 656309292174',
		description: 'From the result of the IN (periodId), not the ID of its declaration',
	},
	'periods',
);

const inFields: INodeProperties[] = [
	...employerFields,
	...workerFields,
	{
		displayName: 'Worker Type',
		name: 'workerType',
		type: 'options',
		options: workerTypeOptions,
		default: 'OTH',
		description: 'The fields below depend on it',
	},
	{
		displayName: 'Worker Type Code',
		name: 'otherWorkerType',
		type: 'string',
		displayOptions: { show: { workerType: [OTHER] } },
		// Not marked as required: with an expression as worker type n8n would ask for it.
		default: '',
		placeholder: 'e.g. OTH',
		description: 'Three capital letters or digits, for a type that is not in the list',
	},
	{
		displayName: 'Joint Committee',
		name: 'jointCommittee',
		type: 'options',
		options: jointCommitteeOptions,
		default: 'XXX',
		description:
			'Only these sectors have a number in Dimona; every other one (200, for instance) is XXX',
	},
	{
		displayName:
			'Hotels and restaurants: flexi-jobs (FLX) and students (STU) are declared with XXX and refused with 302. 302 is for occasional workers (EXT).',
		name: 'horecaNotice',
		type: 'notice',
		displayOptions: { show: { jointCommittee: ['302'], workerType: ['FLX', 'STU'] } },
		default: '',
	},
	{
		displayName:
			'Temporary agency work also needs the using employer, and construction the control cards C3.2A. Their names in the service are not published: give them in "Additional JSON".',
		name: 'blocksNotice',
		type: 'notice',
		displayOptions: { show: { jointCommittee: ['124', '322'] } },
		default: '',
	},
	{
		displayName: 'Start Date',
		name: 'startDate',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		required: true,
		description: DAY,
	},
	{
		displayName: 'End Date',
		name: 'endDate',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		hint: 'Needed by STU, IVT, TRI, STG, O17, S17, joint committee 322, and by FLX for a period',
		description:
			'Needed by STU, by FLX for a period (written contract), IVT, TRI, STG, O17, S17 and joint committee 322; optional for the others. Empty with hours (FLX for one day, EXT): the start date, or the next day when the end hour is not later than the start hour.',
	},
	{
		displayName: 'Start Hour',
		name: 'startHour',
		type: 'string',
		displayOptions: forTypes(typesWhere(({ hours }) => hours !== 'forbidden')),
		default: '',
		placeholder: 'e.g. 17:00',
		hint: 'Needed by EXT, and by FLX for one day',
		description: `${HOUR}. Empty for a flexi-job of a whole period.`,
	},
	{
		displayName: 'End Hour',
		name: 'endHour',
		type: 'string',
		displayOptions: forTypes(typesWhere(({ hours }) => hours !== 'forbidden')),
		default: '',
		placeholder: 'e.g. 21:30',
		hint: 'Needed by EXT, and by FLX for one day',
		description: HOUR,
	},
	{
		displayName: 'Planned Hours',
		name: 'plannedHours',
		type: 'number',
		displayOptions: forTypes(typesWhere(({ plannedHours }) => plannedHours === 'required')),
		typeOptions: { minValue: 0, maxValue: 999 },
		default: 0,
		hint: 'Needed by this worker type',
		description: 'Whole hours from 1 to 999; each hour that is begun counts whole',
	},
	{
		displayName: 'Place of Work',
		name: 'placeOfWork',
		type: 'fixedCollection',
		displayOptions: { show: { workerType: ['STU'] } },
		placeholder: 'Add Place of Work',
		default: {},
		description: 'Only when the student does not work at the head office of the employer',
		options: [
			{
				displayName: 'Place',
				name: 'values',
				values: [
					{ displayName: 'Name of the Place', name: 'name', type: 'string', default: '' },
					...addressFields,
				],
			},
		],
	},
];

const outFields: INodeProperties[] = [
	periodIdField,
	{
		displayName: 'End Date',
		name: 'endDate',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		required: true,
		description: `Last day of the employment. ${DAY}.`,
	},
];

const updateFields: INodeProperties[] = [
	periodIdField,
	{
		displayName: 'Worker Type of the Period',
		name: 'periodWorkerType',
		type: 'options',
		options: [
			{ name: 'Unknown', value: '', description: 'The rules of the type are not checked' },
			...workerTypeOptions.filter(({ value }) => value !== OTHER),
		],
		default: '',
		description: 'Not sent, only used to check the rules before',
	},
	{
		displayName: 'Changes',
		name: 'changes',
		type: 'collection',
		placeholder: 'Add Change',
		default: {},
		description:
			'At least one date; for periods with hours both dates and both hours, also those that stay',
		options: [
			{
				displayName: 'End Date',
				name: 'endDate',
				type: 'dateTime',
				typeOptions: { dateOnly: true },
				default: '',
				description: DAY,
			},
			{ displayName: 'End Hour', name: 'endHour', type: 'string', default: '', description: HOUR },
			{
				displayName: 'Planned Hours',
				name: 'plannedHours',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 999 },
				default: 1,
				description: 'Whole hours from 1 to 999',
			},
			{
				displayName: 'Remove End Date',
				name: 'removeEndDate',
				type: 'boolean',
				default: false,
				description: 'Whether to make the period open again (sent as end date 9999-12-31)',
			},
			{
				displayName: 'Start Date',
				name: 'startDate',
				type: 'dateTime',
				typeOptions: { dateOnly: true },
				default: '',
				description: `${DAY}. Not for students.`,
			},
			{
				displayName: 'Start Hour',
				name: 'startHour',
				type: 'string',
				default: '',
				description: HOUR,
			},
		],
	},
];

export const KIND_FIELDS: Record<DeclarationKind, INodeProperties[]> = {
	in: inFields,
	out: outFields,
	update: updateFields,
	cancel: [periodIdField],
};

/** The choice of the declaration, and the fields of each, for operations that take all four. */
export const anyKindFields: INodeProperties[] = [
	{
		displayName: 'Declaration',
		name: 'kind',
		type: 'options',
		options: [
			{ name: 'Cancel', value: 'cancel', description: 'The period never happened (no-show)' },
			{ name: 'In', value: 'in', description: 'A worker begins' },
			{ name: 'Out', value: 'out', description: 'An open period ends' },
			{ name: 'Update', value: 'update', description: 'Other dates or hours for a period' },
		],
		default: 'in',
	},
	...Object.entries(KIND_FIELDS).flatMap(([kind, fields]) =>
		fields.map((field) => ({
			...field,
			displayOptions: {
				...field.displayOptions,
				show: { kind: [kind], ...field.displayOptions?.show },
			},
		})),
	),
];

export const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Additional JSON',
			name: 'additionalJson',
			type: 'json',
			default: '{}',
			description:
				'Merged into the body of the declaration, for blocks that have no field here: using employer, construction control cards, small statutes, sub-entity',
		},
		{
			displayName: 'Reference',
			name: 'reference',
			type: 'string',
			default: '',
			placeholder: 'e.g. shift-2026-0815',
			description:
				'Your own name of this declaration. Not sent; declarations with different references are never taken for the same.',
		},
	],
};
