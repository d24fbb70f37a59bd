import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import type { ReferentialObject } from '../api/referential';
import type { HubEeApi } from '../connect';
import { siretFilter } from '../procedures/organization-identifier';
import {
	changesOf,
	emailOf,
	ensureSubscription,
	given,
	identifierOf,
	phoneOf,
	subscriptionItem,
} from '../procedures/referential';
import {
	additionalJson,
	branchCode,
	changes,
	limit,
	organizationType,
	processCode,
	returnAll,
	siret,
} from './referential-fields';

const subscriptionId: INodeProperties = {
	displayName: 'Subscription ID',
	name: 'subscriptionId',
	type: 'string',
	default: '={{ $json.subscriptionId }}',
	required: true,
	placeholder: 'e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6',
};

const accessMode: INodeProperties = {
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

const notificationFrequency: INodeProperties = {
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

const filters: INodeProperties = {
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

const creationFields: INodeProperties[] = [
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

function newSubscription(context: ItemContext<HubEeApi>): ReferentialObject {
	const fields = context.group('additionalFields');
	const email = emailOf(context, 'administratorEmail');
	if (!email) throw invalidInput(context.label('administratorEmail'), 'is empty');
	return given({
		datapassId: context.optionalNumber('datapassId', { min: 1 }),
		processCode: context.text('processCode', { maxLength: 30 }),
		subscriber: identifierOf(context),
		notificationFrequency:
			fields.optionalText('notificationFrequency', { maxLength: 20 }) ?? 'Aucune',
		localAdministrator: given({
			email,
			firstName: context.text('administratorFirstName', { maxLength: 255 }),
			lastName: context.text('administratorLastName', { maxLength: 255 }),
			function: fields.optionalText('administratorFunction', { maxLength: 255 }),
			phoneNumber: phoneOf(fields, 'administratorPhone'),
		}),
		accessMode: fields.optionalText('accessMode'),
		status: fields.optionalText('status', { maxLength: 20 }) ?? 'Inactif',
		email: emailOf(fields, 'email'),
		...fields.json('additionalJson'),
	});
}

async function getMany(context: ItemContext<HubEeApi>): Promise<IDataObject[]> {
	const fields = context.group('filters');
	const found = await context.api.referential.subscriptions(
		{
			processCode: fields.list('processCodes', { maxLength: 30 }),
			status: fields.optionalText('status', { maxLength: 20 }),
			companyRegister: siretFilter(fields, 'siret'),
			delegationActorEmail: fields.optionalText('delegationActorEmail', { maxLength: 320 }),
			orderBy: fields.optionalText('orderBy', { maxLength: 40 }),
			datapassId: fields.optionalText('datapassId'),
		},
		context.boolean('returnAll') ? undefined : context.number('limit', { min: 1 }),
	);
	return found.map(subscriptionItem);
}

async function ensure(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const wanted = newSubscription(context);
	const { subscription, created } = await ensureSubscription(
		context.api.referential,
		identifierOf(context),
		String(wanted.processCode),
		() => wanted,
	);
	return { ...subscriptionItem(subscription), created };
}

async function activate(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const { referential } = context.api;
	const id = context.uuid('subscriptionId');
	const current = await referential.subscription(id);
	if (current.status === 'Actif') return { ...subscriptionItem(current), activated: false };
	const updated = await referential.updateSubscription(id, {
		status: 'Actif',
		activateDateTime: context.optionalDateTime('activateDateTime') ?? new Date().toISOString(),
		accessMode: context.text('accessMode'),
		notificationFrequency: context.text('notificationFrequency', { maxLength: 20 }),
	});
	return { ...subscriptionItem(updated), activated: true };
}

export const subscriptionResource: Resource<HubEeApi> = {
	name: 'Subscription',
	value: 'subscription',
	description: 'The subscription (abonnement) of an authority to a process',
	operations: [
		{
			name: 'Get Many',
			value: 'getMany',
			action: 'Get many subscriptions',
			description: 'Get many subscriptions, for instance the possible recipients of a process',
			fields: [returnAll, limit, filters],
			run: getMany,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get a subscription',
			description: 'Get one subscription',
			fields: [subscriptionId],
			run: async (context) =>
				subscriptionItem(
					await context.api.referential.subscription(context.uuid('subscriptionId')),
				),
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create a subscription',
			description: 'Create a subscription; Ensure also accepts an existing one',
			fields: creationFields,
			run: async (context) =>
				subscriptionItem(
					await context.api.referential.createSubscription(newSubscription(context)),
				),
		},
		{
			name: 'Ensure',
			value: 'ensure',
			action: 'Ensure that a subscription exists',
			description:
				'Find the subscription of an organization to a process, or create it; safe to repeat',
			fields: creationFields,
			run: ensure,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update a subscription',
			description: 'Change fields of a subscription',
			fields: [subscriptionId, changes],
			run: async (context) =>
				subscriptionItem(
					await context.api.referential.updateSubscription(
						context.uuid('subscriptionId'),
						changesOf(context),
					),
				),
		},
		{
			name: 'Activate',
			value: 'activate',
			action: 'Activate a subscription',
			description: 'Set a subscription to Actif; one that is active already is left alone',
			fields: [
				subscriptionId,
				accessMode,
				notificationFrequency,
				{
					displayName: 'Activation Date',
					name: 'activateDateTime',
					type: 'dateTime',
					default: '',
					description: 'Effective at 00:01 of that day; empty for now',
				},
			],
			run: activate,
		},
	],
};
