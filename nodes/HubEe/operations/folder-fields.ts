import type { INodeProperties } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';
import { notChosen } from './referential-fields';
import { sentFiles } from './sent-files';

/** Fields of a folder (télédossier). */

export const folderId: INodeProperties = {
	displayName: 'Folder ID',
	name: 'folderId',
	type: 'string',
	default: '={{ $json.folderId }}',
	required: true,
	placeholder: 'e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6',
	description: 'ID of the télédossier as its sender (OSL) knows it, from Submit or Create',
};

/** What a new folder says of itself, its applicant and its recipients. */
export const head: INodeProperties[] = [
	chooseFrom(
		{
			displayName: 'Process Code',
			name: 'processCode',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. CERTDC',
			description: 'The process (démarche); case-sensitive, at most 30 characters',
		},
		'processes',
	),
	{
		displayName: 'External ID',
		name: 'externalId',
		type: 'string',
		default: '',
		placeholder: 'e.g. DGS-CERTDC-00000000001',
		description:
			'Your own number of the folder, unique, at most 27 characters. Empty to build one from OSL code, process code and random characters.',
	},
	{
		displayName: 'Applicant First Name',
		name: 'firstName',
		type: 'string',
		default: '',
		required: true,
		description: 'The citizen (usager) whom the folder is about',
	},
	{
		displayName: 'Applicant Last Name',
		name: 'lastName',
		type: 'string',
		default: '',
		required: true,
	},
	{
		displayName: 'Specify Recipients',
		name: 'specifyRecipients',
		type: 'options',
		options: [
			{ name: 'Using Fields Below', value: 'fields' },
			{ name: 'Using JSON', value: 'json', description: 'When their number comes from the data' },
		],
		default: 'fields',
	},
	{
		displayName: 'Recipients (JSON)',
		name: 'recipientsJson',
		type: 'json',
		default: '',
		required: true,
		placeholder: 'e.g. [{"siret":"11001401600015","branchCode":"75108"}]',
		displayOptions: { show: { specifyRecipients: ['json'] } },
		description:
			'A list of objects with siret (or companyRegister), branchCode and, where needed, partnerAttributes. Each recipient gets a case of its own, numbered in this order.',
	},
	{
		displayName: 'Recipients',
		name: 'recipients',
		displayOptions: { show: { specifyRecipients: ['fields'] } },
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Recipient',
		default: {},
		description:
			'The authorities (services instructeurs) that the folder is addressed to. Each gets a case of its own, numbered in this order.',
		options: [
			{
				displayName: 'Recipient',
				name: 'recipient',
				values: [
					chooseFrom(
						{
							displayName: 'SIRET',
							name: 'siret',
							type: 'string',
							default: '',
							placeholder: 'e.g. 11001401600015',
							description:
								'14 digits; spaces are removed. A recipient chosen from the list (active subscriptions of the process) brings its branch code along.',
						},
						'recipients',
						['processCode'],
					),
					{
						displayName: 'Branch Code',
						name: 'branchCode',
						type: 'string',
						default: '',
						placeholder: 'e.g. 06088',
						displayOptions: notChosen,
						description: 'INSEE code of the commune or desk code; leading zeros matter',
					},
					{
						displayName: 'Partner Attributes',
						name: 'partnerAttributes',
						type: 'string',
						default: '',
						description: 'Technical text for this recipient; at most 1,024 characters',
					},
				],
			},
		],
	},
];

export const files: INodeProperties[] = sentFiles([
	{
		displayName: 'Visible To',
		name: 'visibleTo',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1,3',
		hint: 'Empty: all recipients',
		description:
			'Numbers of the recipients that may see the file, as they stand in the list above; empty for all',
	},
]);

export const applicantEmail: INodeProperties = {
	displayName: 'Applicant Email',
	name: 'applicantEmail',
	type: 'string',
	default: '',
	placeholder: 'name@email.com',
	description: 'E-mail address of the applicant',
};

export const ifSubmittedBefore: INodeProperties = {
	displayName: 'If Submitted Before',
	name: 'ifSubmittedBefore',
	type: 'options',
	options: [
		{
			name: 'Fail',
			value: 'fail',
			description: 'The item fails, and says which folder it was',
		},
		{
			name: 'Report',
			value: 'report',
			description: 'Send nothing, and give the folder of before with "submittedBefore": true',
		},
		{
			name: 'Submit Again',
			value: 'submitAgain',
			description: 'Remember nothing and look for nothing',
		},
	],
	default: 'report',
	description:
		'For an External ID of your own, whose folder this node has completed before, also before a crash. One that was begun and not completed is deleted and sent anew. Another content under the same External ID fails.',
};

export const visibility: INodeProperties = {
	displayName: 'Visibility (JSON)',
	name: 'visibility',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. {"file_0":"1","file_1":"1,2"}',
	description:
		'For all files of the item: which recipients may see each, by binary field and by the numbers of the recipients in their list. Files that are not named are for all.',
};

export const oslCode: INodeProperties = {
	displayName: 'OSL Code',
	name: 'oslCode',
	type: 'string',
	default: 'OSL',
	placeholder: 'e.g. DGS',
	description: 'Beginning of an external ID that is built',
};

export const shortProcessCode: INodeProperties = {
	displayName: 'Short Process Code',
	name: 'shortProcessCode',
	type: 'string',
	default: '',
	placeholder: 'e.g. JCC',
	description:
		'Stands for the process code in an external ID that is built, where the code is too long for it. Known are AEC, DDPACS, JCC and RCO; agree others with HubEE.',
};

export const additional = (options: INodeProperties[]): INodeProperties => ({
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options,
});
