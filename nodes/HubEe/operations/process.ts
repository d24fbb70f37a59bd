import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import type { ReferentialObject } from '../api/referential';
import type { HubEeApi } from '../connect';
import { siretFilter } from '../procedures/organization-identifier';
import { changesOf, withoutEmptyFields } from '../procedures/referential';
import { retryNotice } from './fields';
import { changes, processCode } from './referential-fields';

/**
 * Required by the published contract, and by the release of March 2022 (the last two); their list
 * is checked before sending.
 */
const REQUIRED = [
	'code',
	'name',
	'isActivated',
	'osl',
	'attachmentFormatsEnabled',
	'attachmentTypesEnabled',
	'attachmentMaxSizeEnabled',
	'statusBeforeFileDeletion',
	'timeBeforeFileDeletion',
	'timeBeforeArchiving',
	'timeBeforeFolderDeletion',
	'messageToTransmitter',
	'subscriptionValidation',
];

const FIELDS_OF_2022 = ['messageWithStatus', 'authorizedAwaiting'];

const EXAMPLE = `{
  "code": "CERTDC",
  "name": "Certificat de décès",
  "isActivated": true,
  "osl": { "type": "OSL", "companyRegister": "13002603200016", "branchCode": "75107" },
  "attachmentFormatsEnabled": ["application/pdf", "application/xml"],
  "siAttachmentFormatsEnabled": [],
  "attachmentTypesEnabled": ["DD_Certificatdedeces"],
  "attachmentMaxSizeEnabled": 10485760,
  "statusBeforeFileDeletion": "IN_PROGRESS",
  "timeBeforeFileDeletion": 30,
  "timeBeforeArchiving": 60,
  "timeBeforeFolderDeletion": 365,
  "messageToTransmitter": false,
  "subscriptionValidation": "Auto",
  "messageWithStatus": false,
  "authorizedAwaiting": false
}`;

const newerFields: INodeProperties = {
	displayName: 'Fields of the 2022 Release',
	name: 'newerFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	description:
		'Required since Process 1.2.3; their types are not documented, yes or no is likely. What is given here replaces what stands in Process.',
	options: [
		{
			displayName: 'Authorized Awaiting',
			name: 'authorizedAwaiting',
			type: 'boolean',
			default: false,
			description: 'Whether authorities may ask for complements (ADD_AWAITING)',
		},
		{
			displayName: 'Message With Status',
			name: 'messageWithStatus',
			type: 'boolean',
			default: false,
			description: 'Whether a message may come with a status',
		},
	],
};

function newProcess(context: ItemContext<HubEeApi>): ReferentialObject {
	const newer = context.group('newerFields');
	const typed = context.json('process');
	if (typeof typed !== 'object' || Array.isArray(typed))
		throw invalidInput(context.label('process'), 'must be a JSON object');
	const process: ReferentialObject = { ...typed };
	for (const name of FIELDS_OF_2022)
		if (newer.raw(name) !== undefined) process[name] = newer.boolean(name);
	const missing = REQUIRED.filter((name) => process[name] === undefined || process[name] === '');
	if (missing.length > 0)
		throw invalidInput(
			context.label('process'),
			`lacks ${missing.join(', ')}`,
			'Empty lists are allowed for siAttachmentFormatsEnabled only.',
		);
	return withoutEmptyFields(process);
}

async function getMany(context: ItemContext<HubEeApi>): Promise<IDataObject[]> {
	const fields = context.group('filters');
	return (await context.api.referential.processes({
		companyRegister: siretFilter(fields, 'siret'),
		orderBy: fields.optionalText('orderBy', { maxLength: 20 }),
	})) as IDataObject[];
}

export const processResource: Resource<HubEeApi> = {
	name: 'Process',
	value: 'process',
	description: 'For administration: the processes (démarches) that HubEE carries',
	operations: [
		{
			name: 'Get Many',
			value: 'getMany',
			action: 'Get many processes',
			description: 'Get many processes; HubEE gives the whole list at once',
			fields: [
				{
					displayName: 'Filters',
					name: 'filters',
					type: 'collection',
					placeholder: 'Add Filter',
					default: {},
					options: [
						{
							displayName: 'Order By',
							name: 'orderBy',
							type: 'string',
							default: '',
							placeholder: 'e.g. code',
						},
						{
							displayName: 'SIRET of the OSL',
							name: 'siret',
							type: 'string',
							default: '',
							placeholder: 'e.g. 13002603200016',
						},
					],
				},
			],
			run: getMany,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get a process',
			description: 'Get one process by its code',
			fields: [processCode],
			run: async (context) =>
				(await context.api.referential.process(
					context.text('processCode', { maxLength: 30 }),
				)) as IDataObject,
		},
		{
			name: 'Create',
			value: 'create',
			creates: true,
			action: 'Create a process',
			description: 'Create a process',
			fields: [
				retryNotice,
				{
					displayName: 'Process',
					name: 'process',
					type: 'json',
					default: EXAMPLE,
					required: true,
					description: 'The process as a JSON object; the example has every required field',
				},
				newerFields,
			],
			run: async (context) =>
				(await context.api.referential.createProcess(newProcess(context))) as IDataObject,
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update a process',
			description: 'Change fields of a process',
			fields: [processCode, changes],
			run: async (context) =>
				(await context.api.referential.updateProcess(
					context.text('processCode', { maxLength: 30 }),
					changesOf(context),
				)) as IDataObject,
		},
	],
};
