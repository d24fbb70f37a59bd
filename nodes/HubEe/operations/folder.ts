import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import type { Folder } from '../api/types';
import type { HubEeApi } from '../connect';
import { declaredFiles, folderFiles, folderHead } from '../procedures/new-folder';
import { failedFile, uploadedFile } from '../procedures/outgoing-files';
import { createFolder, lookForSubmitted, submitFolder } from '../procedures/submit-folder';
import { attachmentId, inputField, mimeTypes, retryNotice } from './fields';
import {
	additional,
	applicantEmail,
	files,
	folderId,
	head,
	ifSubmittedBefore,
	oslCode,
	shortProcessCode,
	visibility,
} from './folder-fields';

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
	const { declared, open, sha256 } = await uploadedFile(context);
	await context.api.client
		.uploadFolderAttachment(folder, attachment, { open, size: declared.size, sha256 })
		.catch((error: unknown) => {
			throw failedFile(declared, error);
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
				retryNotice,
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
					ifSubmittedBefore,
					{
						displayName: 'Longest Wait for Antivirus (Seconds)',
						name: 'scanSeconds',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 120,
						description: 'After this time the folder is deleted again',
					},
					mimeTypes,
					oslCode,
					shortProcessCode,
					visibility,
				]),
			],
			creates: { findOutcome: lookForSubmitted },
			run: submitFolder,
		},
		{
			name: 'Create',
			value: 'create',
			creates: true,
			action: 'Create a folder without sending it',
			description: 'Declare a folder, its cases and files; Submit does all steps',
			fields: [
				retryNotice,
				...head,
				...files,
				additional([applicantEmail, mimeTypes, oslCode, shortProcessCode, visibility]),
			],
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
