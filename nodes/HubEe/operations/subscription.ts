import type { IDataObject } from 'n8n-workflow';

import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import { limit, returnAll, requestedLimit } from '../../../lib/node/list-fields';
import type { ReferentialObject } from '../api/referential';
import type { HubEeApi } from '../connect';
import { siretFilter } from '../procedures/organization-identifier';
import {
	changesOf,
	emailOf,
	ensureSubscription,
	withoutEmptyFields,
	identifierOf,
	mailboxOf,
	phoneOf,
	subscriptionItem,
} from '../procedures/referential';
import { retryNotice } from './fields';
import { changes } from './referential-fields';
import {
	accessMode,
	creationFields,
	filters,
	notificationFrequency,
	subscriptionId,
} from './subscription-fields';

function newSubscription(context: ItemContext<HubEeApi>): ReferentialObject {
	const fields = context.group('additionalFields');
	const email = emailOf(context, 'administratorEmail');
	if (!email) throw invalidInput(context.label('administratorEmail'), 'is empty');
	return withoutEmptyFields({
		datapassId: context.optionalNumber('datapassId', { min: 1 }),
		processCode: context.text('processCode', { maxLength: 30 }),
		subscriber: identifierOf(context),
		notificationFrequency:
			fields.optionalText('notificationFrequency', { maxLength: 20 }) ?? 'Aucune',
		localAdministrator: withoutEmptyFields({
			email,
			firstName: context.text('administratorFirstName', { maxLength: 255 }),
			lastName: context.text('administratorLastName', { maxLength: 255 }),
			function: fields.optionalText('administratorFunction', { maxLength: 255 }),
			phoneNumber: phoneOf(fields, 'administratorPhone'),
		}),
		accessMode: fields.optionalText('accessMode'),
		status: fields.optionalText('status', { maxLength: 20 }) ?? 'Inactif',
		email: mailboxOf(fields, 'email'),
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
		requestedLimit(context),
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
	const reactivate = context.group('additionalFields').boolean('reactivate');
	const changes = {
		status: 'Actif',
		activateDateTime: context.optionalDateTime('activateDateTime') ?? new Date().toISOString(),
		accessMode: context.text('accessMode'),
		notificationFrequency: context.text('notificationFrequency', { maxLength: 20 }),
	};
	// One look decides: between two, somebody else may have activated it.
	const seen = { active: false };
	const updated = await referential.updateSubscription(id, changes, ({ status }) => {
		seen.active = status === 'Actif';
		if (seen.active) return false;
		if (status === 'Inactif' || reactivate) return true;
		throw new GuichetError(
			'invalid_input',
			`The subscription is ${status ?? 'without a status'}: only an inactive one (Inactif) is activated`,
			{
				field: 'Subscription ID',
				hint: 'Somebody decided that it should not be active. To activate it all the same, add the field "Reactivate".',
				outcome: 'not_done',
				data: { subscriptionId: id, status: status ?? null },
			},
		);
	});
	if (updated.status !== 'Actif')
		context.warn(`Subscription ${id}: HubEE took the activation and shows ${updated.status}.`);
	return { ...subscriptionItem(updated), activated: !seen.active && updated.status === 'Actif' };
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
			creates: true,
			action: 'Create a subscription',
			description: 'Create a subscription; Ensure also accepts an existing one',
			fields: [retryNotice, ...creationFields],
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
			fields: [retryNotice, ...creationFields],
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
			description:
				'Set an inactive subscription to Actif; one that is active already is left alone, one that was suspended or refused is an error',
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
				{
					displayName: 'Additional Fields',
					name: 'additionalFields',
					type: 'collection',
					placeholder: 'Add Field',
					default: {},
					options: [
						{
							displayName: 'Reactivate',
							name: 'reactivate',
							type: 'boolean',
							default: false,
							description:
								'Whether to activate a subscription that is Suspendu or Refusé too, which somebody decided',
						},
					],
				},
			],
			run: activate,
		},
	],
};
