import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';
import { LIST_EXAMPLE } from '../api/alert-list';
import {
	DELAY_DAYS,
	MAILS,
	MESSAGE_TYPE_RULES,
	MESSAGE_TYPES,
	type MessageType,
} from '../api/alert-rules';
import { LABELS } from '../api/modification';

/**
 * Fields that several operations ask for. The same object in two operations of a resource keeps its
 * value when the person switches.
 */

export const accountName: INodeProperties = chooseFrom(
	{
		displayName: LABELS.accountName,
		name: 'accountName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. CABINET01',
		description: 'Name of the account (IdCompte), without @ and what follows it in the login',
	},
	'accounts',
);

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const anyAccountNameLength: INodeProperties = {
	displayName: 'Any Account Name Length',
	name: 'anyAccountNameLength',
	type: 'boolean',
	default: false,
	description:
		'Whether to accept account names of more than 9 characters, as secondary accounts may have them',
};

export const readOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [anyAccountNameLength],
};

export const writeOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		anyAccountNameLength,
		{
			displayName: 'Send Current Alerts Along',
			name: 'sendCurrentAlerts',
			type: 'boolean',
			default: false,
			description:
				'Whether to read the configuration first and send its active alerts along with the new ones. Whether ASPOne keeps alerts that a modification leaves out is not documented.',
		},
		{
			displayName: 'Skip if Nothing Changes',
			name: 'skipUnchanged',
			type: 'boolean',
			default: false,
			description:
				'Whether to read the configuration first and send nothing when the account already has it all',
		},
		{
			displayName: 'Unlisted Procedures',
			name: 'unlistedProcedures',
			type: 'boolean',
			default: false,
			description:
				'Whether to send procedure codes that are not in the specification as they are, for procedures that ASPOne added later',
		},
	],
};

export const onlyReport: INodeProperties = {
	displayName: 'Only Report Differences',
	name: 'onlyReportDifferences',
	type: 'boolean',
	default: false,
	description:
		'Whether to read the configuration and say what would change, without changing anything',
};

const mailList = (
	name: 'mails' | 'mailsToAdd' | 'mailsToDelete',
	description: string,
): INodeProperties => ({
	displayName: LABELS[name],
	name,
	type: 'string',
	default: '',
	placeholder: 'e.g. compta@cabinet.example, gestion@cabinet.example',
	description: `${description}, separated by commas; at most ${MAILS.most}`,
});

const flag = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'boolean',
	default: false,
	description,
});

const changes: INodeProperties = {
	displayName: 'Changes',
	name: 'changes',
	type: 'collection',
	placeholder: 'Add change',
	default: {},
	description:
		'Only what is added here is sent. An empty value is not sent either, so that nothing is cleared by accident.',
	options: [
		flag('Alert Active', 'alertActive', 'Whether the account gets alerts at all (alertActive)'),
		mailList('mails', 'New list of all recipients, which replaces the stored one'),
		mailList('mailsToAdd', 'Recipients to add to the stored list'),
		mailList('mailsToDelete', 'Recipients to take out of the stored list'),
		flag(
			'Secondary Account Alert',
			'secondaryAccountAlert',
			'Whether the primary account gets the alerts of its secondary accounts',
		),
		flag(
			'Send Admin',
			'sendAdmin',
			'Whether the administrator gets the alerts of the accounts he manages',
		),
		flag(
			'Send Multiple Payments',
			'sendMultiplePaiement',
			'Whether to alert on multiple payments (sendMultiplePaiement), for subscribers of TVA or PAIEMENT',
		),
		flag(
			'Send Test',
			'sendTest',
			'Whether to alert also for test flows that were sent through a real account',
		),
	],
};

const alertsFrom: INodeProperties = {
	displayName: 'Alerts',
	name: 'alertsFrom',
	type: 'options',
	default: 'none',
	options: [
		{ name: 'Leave as They Are', value: 'none' },
		{ name: 'Set From a Form', value: 'form' },
		{
			name: 'Set From a List',
			value: 'list',
			description: 'A text such as a cell of a sheet, or JSON',
		},
	],
	description: 'Which answers of which procedures (télé-procédures) trigger an alert',
};

/** Message type and answer together, so that the form offers only what exists. */
/** What a message brings, and to whom (specification, annex 4.1). */
const CONTENT: Partial<Record<MessageType, string>> = {
	AIS: 'DUCS: operating report (CRE); AED: employer certificate (AER); DSN: reports of OPS, AER; REQUETE: list of premises; OGA: FEC answers, EPS and ECCV documents',
	RCP: 'TVA, PAIEMENT: to OGA, tiers-déclarant; TDFC: to OGA, tiers-déclarant, entreprise; IR: to GPA; OGA: to tiers-déclarant, entreprise',
};

const triggers: INodePropertyOptions[] = MESSAGE_TYPES.flatMap((type) => {
	const { negative, positive, procedures } = MESSAGE_TYPE_RULES[type];
	const description =
		CONTENT[type] ?? (procedures ? `For ${procedures.join(', ')}` : 'For all procedures');
	return [negative ? 'Negative' : '', positive ? 'Positive' : ''].filter(Boolean).map((answer) => ({
		name: `${type} ${answer}`,
		value: `${type} ${answer.toLowerCase()}`,
		description,
	}));
}).sort((a, b) => a.name.localeCompare(b.name));

const alertForm: INodeProperties = {
	displayName: LABELS.alerts,
	name: 'alertForm',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Alert',
	default: {},
	displayOptions: { show: { alertsFrom: ['form'] } },
	options: [
		{
			displayName: 'Alert',
			name: 'alert',
			values: [
				{
					displayName: 'Trigger',
					name: 'trigger',
					type: 'options',
					default: 'ARS negative',
					options: triggers,
					description: 'Kind of message and answer that triggers the alert',
				},
				{
					displayName: 'Procedure Names or IDs',
					name: 'procedures',
					type: 'multiOptions',
					default: [],
					typeOptions: {
						loadOptionsMethod: 'proceduresOfTrigger',
						loadOptionsDependsOn: ['&trigger'],
					},
					description:
						'The procedures (télé-procédures) that this alert is set for. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				},
				{
					displayName: 'Delay (Days)',
					name: 'delayDays',
					type: 'number',
					typeOptions: { minValue: DELAY_DAYS.min, maxValue: DELAY_DAYS.max },
					default: 0,
					displayOptions: {
						show: {
							trigger: triggers
								.map(({ value }) => value)
								.filter((value) => String(value).endsWith('negative')),
						},
					},
					description:
						'Days to wait (délai): the alert leaves only if the declaration was not sent again meanwhile',
				},
				{
					displayName: 'Active',
					name: 'active',
					type: 'boolean',
					default: true,
					description: 'Whether this alert is sent',
				},
			],
		},
	],
};

const alertList: INodeProperties = {
	displayName: LABELS.alerts,
	name: 'alertList',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: `e.g. ${LIST_EXAMPLE}`,
	displayOptions: { show: { alertsFrom: ['list'] } },
	description:
		'One alert per line or between semicolons: procedures, message type, answer, days of delay for negative ones, "off" to switch it off. Also a JSON list, such as the alerts that Get returns.',
};

export const modificationFields: INodeProperties[] = [
	accountName,
	changes,
	alertsFrom,
	alertForm,
	alertList,
];
