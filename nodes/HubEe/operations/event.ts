import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Resource } from '../../../lib/node/operation';
import { ACTION_TYPES, ATTACH_DEPOSIT, unusualTransition } from '../api/statuses';
import type { CaseEvent, NewAttachment } from '../api/types';
import type { HubEeApi } from '../connect';
import { aboutFile } from '../procedures/about-file';
import { downloadAll } from '../procedures/download';
import { markReceived, moveEvent } from '../procedures/event-status';
import { eventTexts } from '../procedures/event-texts';
import { findAttachment } from '../procedures/find-attachment';
import { outgoingFiles } from '../procedures/outgoing-files';
import { receiveEvent } from '../procedures/receive-event';
import { sendFiles } from '../procedures/send-files';
import { sentFiles } from './sent-files';
import {
	attachmentId,
	author,
	caseId,
	comment,
	eventId,
	inputField,
	message,
	notify,
	outputField,
	partnerAttributes,
	scanWait,
	skipIfSent,
	statusField,
} from './fields';

const ACTION_DESCRIPTIONS: Record<(typeof ACTION_TYPES)[number], string> = {
	ATTACH_DEPOSIT:
		'Declare files; upload them and set the event to SENT afterwards. Send Files does all of it.',
	ATTACH_DL: 'Trace that one file was downloaded',
	ATTACH_DL_ALL: 'Trace that all files were downloaded',
	COM_ADD: 'Add a comment',
	SENDING_MESSAGE: 'Send a message',
	STATUS_UPDATE: 'Change the status; Case: Update Status does it safely',
};

const actionType: INodeProperties = {
	displayName: 'Action Type',
	name: 'actionType',
	type: 'options',
	options: ACTION_TYPES.map((value) => ({
		name: value,
		value,
		description: ACTION_DESCRIPTIONS[value],
	})),
	default: 'SENDING_MESSAGE',
	required: true,
};

async function create(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const id = context.uuid('caseId');
	const type = context.text('actionType', { maxLength: 100 });
	const fields = context.group('additionalFields');
	const attachments = fields.json<NewAttachment[]>('attachments') ?? [];
	checkAttachments(type, attachments);
	const currentStatus = fields.optionalText('caseCurrentStatus', { maxLength: 15 });
	const newStatus = fields.optionalText('caseNewStatus', { maxLength: 15 });
	if (type === 'STATUS_UPDATE' && !newStatus)
		throw invalidInput(
			'New Status',
			'is empty: an event of type STATUS_UPDATE changes the status of the case',
		);
	const unusual =
		currentStatus && newStatus ? unusualTransition(currentStatus, newStatus) : undefined;
	if (unusual) context.warn(`Case ${id}: ${unusual}`);
	const event = await context.api.client.createEvent(id, {
		actionType: type,
		notification: fields.boolean('notification', true),
		...eventTexts(fields),
		...(currentStatus ? { caseCurrentStatus: currentStatus } : {}),
		...(newStatus ? { caseNewStatus: newStatus } : {}),
		...(attachments.length > 0 ? { attachments } : {}),
	});
	return eventItem(id, event);
}

function checkAttachments(type: string, attachments: unknown): void {
	if (!Array.isArray(attachments))
		throw invalidInput('Attachments', 'must be a JSON array of objects');
	if (type === ATTACH_DEPOSIT && attachments.length === 0)
		throw invalidInput(
			'Attachments',
			'are missing: an event of type ATTACH_DEPOSIT declares at least one file',
		);
	if (type !== ATTACH_DEPOSIT && attachments.length > 0)
		throw invalidInput(
			'Attachments',
			`are allowed on ATTACH_DEPOSIT only, and the action type is ${type}`,
		);
	for (const [index, attachment] of (attachments as IDataObject[]).entries()) {
		const missing = ['fileName', 'type', 'size', 'mimeType'].filter((key) => !attachment?.[key]);
		if (missing.length > 0)
			throw invalidInput('Attachments', `entry ${index + 1} lacks ${missing.join(', ')}`);
	}
}

/** An event as our nodes give it: its ids under the names that the other operations ask for. */
function eventItem(id: string, { id: event, ...rest }: CaseEvent): IDataObject {
	return { caseId: id, eventId: event, ...rest } as unknown as IDataObject;
}

async function uploadAttachment(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const [case_, event, attachment] = [
		context.uuid('caseId'),
		context.uuid('eventId'),
		context.uuid('attachmentId'),
	];
	const file = await outgoingFiles(context, [
		{ field: context.text('inputField'), type: 'upload' },
	]);
	const { declared, open, sha256 } = file[0];
	await context.api.client
		.uploadEventAttachment(case_, event, attachment, { open, size: declared.size, sha256 })
		.catch((error: unknown) => {
			throw aboutFile(declared, error);
		});
	return {
		caseId: case_,
		eventId: event,
		attachmentId: attachment,
		fileName: declared.fileName,
		size: declared.size,
		sha256,
		uploaded: true,
	};
}

async function downloadAttachment(context: ItemContext<HubEeApi>): Promise<OutputItem> {
	const { client } = context.api;
	const [id, event, field] = [
		context.uuid('caseId'),
		context.uuid('eventId'),
		context.text('outputField'),
	];
	const { attachments } = await client.getEvent(id, event);
	const attachment = findAttachment(attachments, context.uuid('attachmentId'));
	const [file] = await downloadAll(context, [attachment], (fileId, consume) =>
		client.downloadEventAttachment(id, event, fileId, consume),
	);
	return new OutputItem(
		{ caseId: id, eventId: event, ...file.facts, binaryField: field },
		{ [field]: file.binary },
	);
}

export const eventResource: Resource<HubEeApi> = {
	name: 'Event',
	value: 'event',
	description: 'What happens on a case: status changes, messages, deposits of files, comments',
	operations: [
		{
			name: 'Send Files',
			value: 'sendFiles',
			action: 'Send files on a case',
			description:
				'Deposit files: create the event, upload, wait for the antivirus, send; on failure nothing half-sent remains',
			fields: [
				caseId,
				...sentFiles(),
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
								'Whether to set a new status on the case itself too, as documents before 2024 ask for',
						},
						author,
						comment,
						scanWait,
						message,
						statusField('newStatus', 'New Status', {
							description: 'Changes the status of the case with the deposit',
						}),
						notify,
						partnerAttributes,
						skipIfSent,
					],
				},
			],
			run: sendFiles,
		},
		{
			name: 'Receive',
			value: 'receive',
			action: 'Receive an event with all its files',
			description: 'Get an event and download all its files, each checked in size and digest',
			fields: [
				caseId,
				eventId,
				{
					displayName: 'Output Field Prefix',
					name: 'outputPrefix',
					type: 'string',
					default: 'file_',
					description: 'The beginning of the binary fields’ names',
				},
			],
			run: receiveEvent,
		},
		{
			name: 'Create',
			value: 'create',
			action: 'Create an event on a case',
			description:
				'Create an event: a message, a comment, a trace, a status change, or the declaration of files',
			fields: [
				caseId,
				actionType,
				{
					displayName: 'Additional Fields',
					name: 'additionalFields',
					type: 'collection',
					placeholder: 'Add Field',
					default: {},
					options: [
						{
							displayName: 'Attachments',
							name: 'attachments',
							type: 'json',
							default: '[]',
							placeholder:
								'e.g. [{"fileName":"acte.pdf","type":"ActeEtatCivil-PDF","size":3337,"mimeType":"application/pdf"}]',
							description:
								'For ATTACH_DEPOSIT: the files that will be uploaded, with their exact sizes in bytes',
						},
						author,
						comment,
						statusField('caseCurrentStatus', 'Current Status', {
							description: 'Status of the case before the event; optional since 2024',
						}),
						message,
						statusField('caseNewStatus', 'New Status', {
							description: 'Status of the case after the event',
						}),
						notify,
						partnerAttributes,
					],
				},
			],
			run: create,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get an event',
			description: 'Get an event with its message, status and list of files',
			fields: [caseId, eventId],
			run: async (context) => {
				const id = context.uuid('caseId');
				return eventItem(id, await context.api.client.getEvent(id, context.uuid('eventId')));
			},
		},
		{
			name: 'Acknowledge',
			value: 'acknowledge',
			action: 'Acknowledge an event',
			description:
				'Mark an event as RECEIVED, which tells its author; the notification stays in the queue',
			fields: [caseId, eventId],
			run: async (context) => {
				const [id, event] = [context.uuid('caseId'), context.uuid('eventId')];
				const marked = await markReceived(context.api.client, id, event);
				return { caseId: id, eventId: event, acknowledged: true, eventMarkedReceived: marked };
			},
		},
		{
			name: 'Update Status',
			value: 'updateStatus',
			action: 'Update the status of an event',
			description:
				'Set an event to SENT (by its author, when all files are received) or RECEIVED (by its recipient)',
			fields: [
				caseId,
				eventId,
				{
					displayName: 'Status',
					name: 'eventStatus',
					type: 'options',
					options: [
						{ name: 'RECEIVED', value: 'RECEIVED', description: 'By the recipient: it arrived' },
						{
							name: 'SENT',
							value: 'SENT',
							description: 'By the author of a deposit: notifies the other side',
						},
					],
					default: 'SENT',
				},
			],
			run: async (context) => {
				const [id, event] = [context.uuid('caseId'), context.uuid('eventId')];
				const status = context.text('eventStatus') as 'SENT' | 'RECEIVED';
				await moveEvent(context.api.client, id, event, status);
				return { caseId: id, eventId: event, eventStatus: status };
			},
		},
		{
			name: 'Upload Attachment',
			value: 'uploadAttachment',
			action: 'Upload an attachment of an event',
			description: 'Upload the bytes of a file that the event declares',
			fields: [caseId, eventId, attachmentId, inputField],
			run: uploadAttachment,
		},
		{
			name: 'Download Attachment',
			value: 'downloadAttachment',
			action: 'Download an attachment of an event',
			description: 'Download one file (pièce jointe) of an event',
			fields: [caseId, eventId, attachmentId, outputField],
			run: downloadAttachment,
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete an event',
			description: 'Give up a deposit that has not been sent; other events cannot be deleted',
			fields: [caseId, eventId],
			run: async (context) => {
				const [id, event] = [context.uuid('caseId'), context.uuid('eventId')];
				const existed = await context.api.client.deleteEvent(id, event);
				return { deleted: true, caseId: id, eventId: event, wasGone: !existed };
			},
		},
	],
};
