import type { INodeProperties } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';
import {
	additionalJson,
	branchCode,
	organizationType,
	processCode,
	siret,
} from './referential-fields';

/** Fields of a subscription (abonnement). */

export const subscriptionId: INodeProperties = chooseFrom(
	{
		displayName: 'Subscription ID',
		name: 'subscriptionId',
		type: 'string',
		default: '={{ $json.subscriptionId }}',
		required: true,
		placeholder: 'e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6',
	},
	'subscriptions',
);

export const accessMode: INodeProperties = {
	displayName: 'Access Mode',
	name: 'accessMode',
	type: 'options',
	options: [
		{ name: 'API', value: 'API', description: 'The authority fetches its folders by software' },
		{ name: 'PORTAIL', value: 'PORTAIL', description: 'The authority works in the HubEE portal' },
	],
	default: 'API',
	description: 'Never both; after a change, older folders can no longer be modified',
};

export const notificationFrequency: INodeProperties = {
	displayName: 'Mail Frequency',
	name: 'notificationFrequency',
	type: 'string',
	default: 'Aucune',
	placeholder: 'e.g. unitaire',
	description:
		'How often the hub writes mails to the authority: Aucune, unitaire, Quotidienne, Biquotidienne',
};

const STATUSES = ['Actif', 'Inactif', 'Refusé', 'Suspendu'].map((value) => ({
	name: value,
	value,
}));

export const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
		{
			displayName: 'DataPass ID',
			name: 'datapassId',
			type: 'string',
			default: '',
			description:
				'Number of the request in DataPass; not in the published contract, used in production',
		},
		{
			displayName: 'Delegation Actor Email',
			name: 'delegationActorEmail',
			type: 'string',
			default: '',
			placeholder: 'name@email.com',
			description: 'E-mail address of the delegated actor',
		},
		{
			displayName: 'Order By',
			name: 'orderBy',
			type: 'string',
			default: '',
			placeholder: 'e.g. asc(process_code)',
			description: 'A column with its direction: asc(column) or desc(column)',
		},
		{
			displayName: 'Process Codes',
			name: 'processCodes',
			type: 'string',
			default: '',
			placeholder: 'e.g. CERTDC, EtatCivil',
			description: 'Processes (démarches), separated by commas; case-sensitive',
		},
		{
			displayName: 'SIRET',
			name: 'siret',
			type: 'string',
			default: '',
			placeholder: 'e.g. 11001401600015',
			description: 'Of the subscriber',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'options',
			options: STATUSES,
			default: 'Actif',
			description: 'Use an expression for another status',
		},
	],
};

/** What Create and Ensure ask for. */
export const creationFields: INodeProperties[] = [
	processCode,
	organizationType,
	siret,
	branchCode,
	{
		displayName: 'DataPass ID',
		name: 'datapassId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 4711',
		description:
			'Number of the request in DataPass. HubEE wants it for a new subscription; empty: not sent.',
	},
	{
		displayName: 'Administrator Email',
		name: 'administratorEmail',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'name@email.com',
		description: 'E-mail address of the local administrator',
	},
	{
		displayName: 'Administrator First Name',
		name: 'administratorFirstName',
		type: 'string',
		default: '',
		required: true,
		description: 'Without first and last name HubEE creates no account and writes no mail',
	},
	{
		displayName: 'Administrator Last Name',
		name: 'administratorLastName',
		type: 'string',
		default: '',
		required: true,
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			accessMode,
			additionalJson,
			{
				displayName: 'Administrator Function',
				name: 'administratorFunction',
				type: 'string',
				default: '',
				placeholder: 'e.g. Secrétaire de mairie',
			},
			{
				displayName: 'Administrator Phone Number',
				name: 'administratorPhone',
				type: 'string',
				default: '',
				placeholder: 'e.g. 0102030405',
			},
			notificationFrequency,
			{
				displayName: 'Notification Email',
				name: 'email',
				type: 'string',
				default: '',
				placeholder: 'name@email.com',
				description: 'Where the hub writes its mails to',
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'options',
				options: STATUSES,
				default: 'Inactif',
				description: 'New subscriptions begin as Inactif and are activated afterwards',
			},
		],
	},
];
