import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import type { Folder } from '../api/types';
import type { HubEeApi } from '../connect';
import { aboutFile } from '../procedures/about-file';
import { declaredFiles, folderFiles, folderHead } from '../procedures/new-folder';
import { outgoingFiles } from '../procedures/outgoing-files';
import { createFolder, submitFolder } from '../procedures/submit-folder';
import { attachmentId, inputField } from './fields';
import { sentFiles } from './sent-files';

const folderId: INodeProperties = {
	displayName: 'Folder ID',
	name: 'folderId',
	type: 'string',
	default: '={{ $json.folderId }}',
	required: true,
	placeholder: 'e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6',
	description: 'ID of the télédossier as its sender (OSL) knows it, from Submit or Create',
};

const head: INodeProperties[] = [
	{
		displayName: 'Process Code',
		name: 'processCode',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. CERTDC',
		description: 'The process (démarche); case-sensitive, at most 30 characters',
	},
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
					{
						displayName: 'SIRET',
						name: 'siret',
						type: 'string',
						default: '',
						placeholder: 'e.g. 11001401600015',
						description: '14 digits; spaces are removed',
					},
					{
						displayName: 'Branch Code',
						name: 'branchCode',
						type: 'string',
						default: '',
						placeholder: 'e.g. 06088',
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

const files: INodeProperties[] = sentFiles([
	{
		displayName: 'Visible To',
		name: 'visibleTo',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1,3',
		description:
			'Numbers of the recipients that may see the file, as they stand in the list above; empty for all',
	},
]);

const applicantEmail: INodeProperties = {
	displayName: 'Applicant Email',
	name: 'applicantEmail',
	type: 'string',
	default: '',
	placeholder: 'name@email.com',
	description: 'E-mail address of the applicant',
};

const visibility: INodeProperties = {
	displayName: 'Visibility (JSON)',
	name: 'visibility',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. {"file_0":"1","file_1":"1,2"}',
	description:
		'For all files of the item: which recipients may see each, by binary field and by the numbers of the recipients in their list. Files that are not named are for all.',
};

const oslCode: INodeProperties = {
	displayName: 'OSL Code',
	name: 'oslCode',
	type: 'string',
	default: 'OSL',
	placeholder: 'e.g. DGS',
	description: 'Beginning of an external ID that is built',
};

const additional = (options: INodeProperties[]): INodeProperties => ({
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options,
});

function folderItem({ id, cases, ...rest }: Folder): IDataObject {
	return {
		folderId: id,
		...rest,
		cases: cases.map(({ id: caseId, ...part }) => ({ caseId, ...part })),
	} as unknown as IDataObject;
}

async function create(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const declared = folderHead(context);
	const attachments = declaredFiles(await folderFiles(context), declared.cases);
	return folderItem(await createFolder(context, { ...declared, attachments }));
}

async function uploadAttachment(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const [folder, attachment] = [context.uuid('folderId'), context.uuid('attachmentId')];
	const [{ declared, open, sha256 }] = await outgoingFiles(context, [
		{ field: context.text('inputField'), type: 'upload' },
	]);
	await context.api.client
		.uploadFolderAttachment(folder, attachment, { open, size: declared.size, sha256 })
		.catch((error: unknown) => {
			throw aboutFile(declared, error);
		});
	const { fileName, size } = declared;
	return { folderId: folder, attachmentId: attachment, fileName, size, sha256, uploaded: true };
}

async function patch(
	context: ItemContext<HubEeApi>,
	globalStatus: string,
	closeDateTime?: string,
): Promise<IDataObject> {
	const id = context.uuid('folderId');
	await context.api.client.patchFolder(id, globalStatus, closeDateTime);
	return { folderId: id, globalStatus, ...(closeDateTime ? { closeDateTime } : {}) };
}

const FOLDER_STATUSES = [
	['HUBEE_COMPLETED', 'All files are there: the hub notifies the recipients'],
	['HUBEE_NOTIFIED', 'Reopened'],
	['SENT', ''],
	['SI_RECEIVED', ''],
	['IN_PROGRESS', ''],
	['ADD_AWAITING', 'Complements are awaited'],
	['REFUSED', ''],
	['DONE', ''],
	['CLOSED', 'The applicant is informed; Close does it with its date'],
] as const;

export const folderResource: Resource<HubEeApi> = {
	name: 'Folder',
	value: 'folder',
	description: 'For senders (OSL): a télédossier with its cases and files',
	operations: [
		{
			name: 'Submit',
			value: 'submit',
			action: 'Submit a folder with all its files',
			description:
				'Create a folder, upload its files, wait for the antivirus and complete it; on failure nothing remains',
			fields: [
				...head,
				...files,
				additional([
					applicantEmail,
					{
						displayName: 'Complete Despite Refused Files',
						name: 'completeDespiteRefusedFiles',
						type: 'boolean',
						default: false,
						description:
							'Whether to send the folder although the antivirus refused a file; the recipients then miss it',
					},
					{
						displayName: 'Longest Wait for Antivirus (Seconds)',
						name: 'scanSeconds',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 120,
						description: 'After this time the folder is deleted again',
					},
					oslCode,
					visibility,
				]),
			],
			run: submitFolder,
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create a folder without sending it',
			description: 'Declare a folder, its cases and files; Submit does all steps',
			fields: [...head, ...files, additional([applicantEmail, oslCode, visibility])],
			run: create,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get a folder',
			description: 'Get a folder with the status of its cases and files',
			fields: [folderId],
			run: async (context) =>
				folderItem(await context.api.client.getFolder(context.uuid('folderId'))),
		},
		{
			name: 'Upload Attachment',
			value: 'uploadAttachment',
			action: 'Upload an attachment of a folder',
			description: 'Upload the bytes of a file that the folder declares',
			fields: [folderId, attachmentId, inputField],
			run: uploadAttachment,
		},
		{
			name: 'Update Status',
			value: 'updateStatus',
			action: 'Update the status of a folder',
			description: 'Set the status of the folder alone; update its cases first',
			fields: [
				folderId,
				{
					displayName: 'Status',
					name: 'globalStatus',
					type: 'options',
					options: FOLDER_STATUSES.map(([value, description]) => ({
						name: value,
						value,
						description,
					})),
					default: 'HUBEE_COMPLETED',
					description:
						'HUBEE_COMPLETED on a new folder also moves its cases; every other status changes the folder only',
				},
			],
			run: async (context) => await patch(context, context.text('globalStatus', { maxLength: 50 })),
		},
		{
			name: 'Close',
			value: 'close',
			action: 'Close a folder',
			description: 'Set a folder to CLOSED when all its cases are closed',
			fields: [
				folderId,
				{
					displayName: 'Close Date',
					name: 'closeDateTime',
					type: 'dateTime',
					default: '',
					description: 'Empty for now',
				},
			],
			run: async (context) =>
				await patch(
					context,
					'CLOSED',
					context.optionalDateTime('closeDateTime') ?? new Date().toISOString(),
				),
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete a folder',
			description: 'Give up a folder that has not been completed; others cannot be deleted',
			fields: [folderId],
			run: async (context) => {
				const id = context.uuid('folderId');
				const existed = await context.api.client.deleteFolder(id);
				return { deleted: true, folderId: id, wasGone: !existed };
			},
		},
	],
};
