import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Resource } from '../../../lib/node/operation';
import type { HubEeApi } from '../connect';
import { downloadOne } from '../procedures/download';
import { caseItem, filesOf, receiveCase } from '../procedures/receive-case';
import { findAttachment } from '../procedures/find-attachment';
import { answerRequest, closeCase, reopenCase } from '../procedures/sender-steps';
import { updateStatus } from '../procedures/update-status';
import { sentFiles } from './sent-files';
import {
	attachmentId,
	author,
	caseId,
	comment,
	message,
	mimeTypes,
	notify,
	outputField,
	partnerAttributes,
	retryNotice,
	scanWait,
	skipIfSent,
	statusField,
} from './fields';

const receiveFields: INodeProperties[] = [
	caseId,
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [
			{
				name: 'One Item With All Files',
				value: 'perCase',
				description: 'The files are in the binary fields file_0, file_1 …',
			},
			{
				name: 'One Item per File',
				value: 'perFile',
				description: 'Each item has the case and one file in the binary field data',
			},
		],
		default: 'perCase',
	},
	{
		displayName:
			'Receiving changes nothing at HubEE. Store the files first, then update the status, and acknowledge the notification last: the hub may delete files once the status has moved on.',
		name: 'receiveNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Accept Missing Files',
				name: 'acceptMissingFiles',
				type: 'boolean',
				default: false,
				description:
					'Whether to go on when files were rejected by the antivirus or are not there yet; they are listed in missingFiles',
			},
			{
				displayName: 'Longest File Name (Bytes)',
				name: 'fileNameBytes',
				type: 'number',
				typeOptions: { minValue: 20, maxValue: 255 },
				default: 200,
				description:
					'Longer names are cut; the extension stays, and they stay different. File systems take 255 bytes: leave room for what you put in front.',
			},
			{
				displayName: 'Output Field Prefix',
				name: 'outputPrefix',
				type: 'string',
				default: 'file_',
				description: 'For one item with all files: the beginning of the binary fields’ names',
			},
			{
				displayName: 'Put Output File in Field',
				name: 'outputField',
				type: 'string',
				default: 'data',
				description: 'For one item per file: the name of the binary field',
			},
		],
	},
];

/** What the sender's steps on a case have in common. */
const closingTexts: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		author,
		message,
		notify,
		{
			displayName: 'Only Forward',
			name: 'onlyForward',
			type: 'boolean',
			default: false,
			description:
				'Whether to close only a case that is DONE or REFUSED now. A notification that comes again hours later then does not close a case that was reopened.',
		},
		partnerAttributes,
	],
};

const depositTexts: INodeProperties = {
	...closingTexts,
	options: [author, scanWait, message, mimeTypes, notify, partnerAttributes, skipIfSent],
};

const folderOfCase: INodeProperties = {
	displayName: 'Folder ID',
	name: 'folderId',
	type: 'string',
	default: '={{ $json.folderId }}',
	placeholder: 'e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6',
	description: 'The folder (télédossier) of the case, to bring it along; empty to leave it alone',
};

const withFiles: INodeProperties = {
	displayName: 'With Files',
	name: 'withFiles',
	type: 'boolean',
	default: true,
	description: 'Whether to answer with files, or with a message alone',
};

const answerFiles: INodeProperties[] = sentFiles().map((field) => ({
	...field,
	displayOptions: { show: { ...field.displayOptions?.show, withFiles: [true] } },
}));

const statusFields: INodeProperties[] = [
	caseId,
	statusField('status', 'Status', { required: true }),
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Also PATCH the Case',
				name: 'alsoPatchCase',
				type: 'boolean',
				default: false,
				description:
					'Whether to set the status on the case before the event, as documents before 2024 ask for and online-service operators (OSL) still do. It notifies nobody, so nothing is doubled.',
			},
			author,
			comment,
			message,
			notify,
			{
				displayName: 'Only Forward',
				name: 'onlyForward',
				type: 'boolean',
				default: false,
				description:
					'Whether to leave a case alone that had this status before and has moved on, or that stands further. A notification that comes again hours later then takes nothing back.',
			},
			partnerAttributes,
			{
				displayName: 'Skip If Already Set',
				name: 'skipIfSet',
				type: 'boolean',
				default: true,
				description:
					'Whether to do nothing when the case already has the status, so that a repeated workflow makes no second event',
			},
		],
	},
];

async function downloadAttachment(context: ItemContext<HubEeApi>): Promise<OutputItem> {
	const { client } = context.api;
	const id = context.uuid('caseId');
	const field = context.text('outputField');
	const files = filesOf(await client.getCase(id));
	const attachment = findAttachment(files, context.uuid('attachmentId'));
	const file = await downloadOne(context, attachment, (fileId, consume) =>
		client.downloadCaseAttachment(id, fileId, consume),
	);
	return new OutputItem(
		{ caseId: id, ...file.facts, binaryField: field },
		{ [field]: file.binary },
	);
}

export const caseResource: Resource<HubEeApi> = {
	name: 'Case',
	value: 'case',
	description: 'The part of a télédossier (folder) that is addressed to one authority',
	operations: [
		{
			name: 'Receive',
			value: 'receive',
			action: 'Receive a case with all its files',
			description: 'Get a case and download all its files, each checked in size and digest',
			fields: receiveFields,
			run: receiveCase,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get a case',
			description: 'Get the data of a case, with the list of its files and events',
			fields: [
				caseId,
				{
					displayName: 'Lite',
					name: 'lite',
					type: 'boolean',
					default: false,
					description:
						'Whether to ask for the lighter version; what the server leaves out is not documented',
				},
			],
			run: async (context) =>
				caseItem(await context.api.client.getCase(context.uuid('caseId'), context.boolean('lite'))),
		},
		{
			name: 'Download Attachment',
			value: 'downloadAttachment',
			action: 'Download an attachment of a case',
			description: 'Download one file (pièce jointe) of a case',
			fields: [caseId, attachmentId, outputField],
			run: downloadAttachment,
		},
		{
			name: 'Update Status',
			value: 'updateStatus',
			action: 'Update the status of a case',
			description: 'Change the status of a case and tell the other side',
			fields: [retryNotice, ...statusFields],
			run: updateStatus,
		},
		{
			name: 'Answer Request',
			value: 'answerRequest',
			creates: { findOutcome: async (context) => await answerRequest(context) },
			action: 'Answer a request for complements',
			description:
				'For senders (OSL): send what the authority asked for (ADD_AWAITING), as files or a message',
			fields: [retryNotice, caseId, withFiles, ...answerFiles, depositTexts],
			run: answerRequest,
		},
		{
			name: 'Close',
			value: 'close',
			creates: { findOutcome: async (context) => await closeCase(context) },
			action: 'Close a case',
			description:
				'For senders (OSL): close a case after DONE or REFUSED, and its folder when it was the last',
			fields: [retryNotice, caseId, folderOfCase, closingTexts],
			run: closeCase,
		},
		{
			name: 'Reopen',
			value: 'reopen',
			creates: { findOutcome: async (context) => await reopenCase(context) },
			action: 'Reopen a case with new files',
			description:
				'For senders (OSL): send new files on a case, even a closed one, and notify the authority again',
			fields: [retryNotice, caseId, folderOfCase, ...sentFiles(), depositTexts],
			run: reopenCase,
		},
	],
};
