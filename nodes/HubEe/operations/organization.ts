import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import { limit, returnAll, requestedLimit } from '../../../lib/node/list-fields';
import { organizationPathId, type ReferentialObject } from '../api/referential';
import type { HubEeApi } from '../connect';
import { siretFilter } from '../procedures/organization-identifier';
import {
	changesOf,
	ensureOrganization,
	withoutEmptyFields,
	identifierOf,
	mailboxOf,
	phoneOf,
} from '../procedures/referential';
import { retryNotice } from './fields';
import { additionalJson, branchCode, changes, organizationType, siret } from './referential-fields';

const identifier = [organizationType, siret, branchCode];

const text = (
	displayName: string,
	name: string,
	more: Partial<INodeProperties> = {},
): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	...more,
});

const creationFields: INodeProperties[] = [
	...identifier,
	text('Name', 'name', { required: true, placeholder: 'e.g. Commune de Nice' }),
	text('Postal Code', 'postalCode', { required: true, placeholder: 'e.g. 06000' }),
	text('Territory', 'territory', {
		required: true,
		placeholder: 'e.g. ALPES-MARITIMES',
		description: 'Name of the département or commune, not its code',
	}),
	text('Email', 'email', {
		required: true,
		placeholder: 'name@email.com',
		description:
			'Required by the service in use, although the published contract makes it optional',
	}),
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			additionalJson,
			text('Code', 'code'),
			text('Country', 'country', { placeholder: 'e.g. France' }),
			text('Phone Number', 'phoneNumber', { placeholder: 'e.g. 0493000000' }),
			text('Status', 'status', { default: 'Actif' }),
		],
	},
];

function newOrganization(context: ItemContext<HubEeApi>): ReferentialObject {
	const fields = context.group('additionalFields');
	const email = mailboxOf(context, 'email');
	if (!email) throw invalidInput(context.label('email'), 'is empty');
	return withoutEmptyFields({
		...identifierOf(context),
		name: context.text('name', { maxLength: 100 }),
		postalCode: context.text('postalCode', { maxLength: 100 }),
		territory: context.text('territory', { maxLength: 255 }),
		email,
		status: fields.optionalText('status', { maxLength: 20 }) ?? 'Actif',
		code: fields.optionalText('code', { maxLength: 10 }),
		country: fields.optionalText('country', { maxLength: 100 }),
		phoneNumber: phoneOf(fields, 'phoneNumber'),
		...fields.json('additionalJson'),
	});
}

async function getMany(context: ItemContext<HubEeApi>): Promise<IDataObject[]> {
	const fields = context.group('filters');
	const parameter = fields.optionalText('siretParameter') ?? 'company_register';
	return (await context.api.referential.organizations(
		{
			type: fields.optionalText('type', { maxLength: 20 }),
			[parameter]: siretFilter(fields, 'siret'),
			orderBy: fields.optionalText('orderBy', { maxLength: 20 }),
		},
		requestedLimit(context),
	)) as IDataObject[];
}

export const organizationResource: Resource<HubEeApi> = {
	name: 'Organization',
	value: 'organization',
	description: 'For administration: authorities and operators known to HubEE',
	operations: [
		{
			name: 'Get Many',
			value: 'getMany',
			action: 'Get many organizations',
			description: 'Get many organizations',
			fields: [
				returnAll,
				limit,
				{
					displayName: 'Filters',
					name: 'filters',
					type: 'collection',
					placeholder: 'Add Filter',
					default: {},
					options: [
						text('Order By', 'orderBy', {
							placeholder: 'e.g. name',
							description: 'A bare column such as name, type or company_register',
						}),
						text('SIRET', 'siret', { placeholder: 'e.g. 11001401600015' }),
						{
							displayName: 'SIRET Parameter',
							name: 'siretParameter',
							type: 'options',
							options: [
								{ name: 'Company_register (Published Contract)', value: 'company_register' },
								{ name: 'CompanyRegister (Functional Specification)', value: 'companyRegister' },
							],
							default: 'company_register',
							description: 'The documents disagree on the name of this filter',
						},
						text('Type', 'type', { placeholder: 'e.g. SI' }),
					],
				},
			],
			run: getMany,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get an organization',
			description: 'Get one organization by its type, SIRET and branch code',
			fields: identifier,
			run: async (context) =>
				(await context.api.referential.organization(
					organizationPathId(identifierOf(context)),
				)) as IDataObject,
		},
		{
			name: 'Create',
			value: 'create',
			creates: true,
			action: 'Create an organization',
			description: 'Create an organization; Ensure also accepts an existing one',
			fields: [retryNotice, ...creationFields],
			run: async (context) =>
				(await context.api.referential.createOrganization(newOrganization(context))) as IDataObject,
		},
		{
			name: 'Ensure',
			value: 'ensure',
			action: 'Ensure that an organization exists',
			description: 'Find an organization, or create it; safe to repeat',
			fields: [retryNotice, ...creationFields],
			run: async (context) => {
				const wanted = newOrganization(context);
				const { organization, created } = await ensureOrganization(
					context.api.referential,
					identifierOf(context),
					() => wanted,
				);
				return { ...(organization as IDataObject), created };
			},
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update an organization',
			description: 'Change fields of an organization',
			fields: [...identifier, changes],
			run: async (context) =>
				(await context.api.referential.updateOrganization(
					organizationPathId(identifierOf(context)),
					changesOf(context),
				)) as IDataObject,
		},
	],
};
