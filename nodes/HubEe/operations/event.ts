import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Resource } from '../../../lib/node/operation';
import type { HubEeApi } from '../connect';
import { downloadOne } from '../procedures/download';
import { eventItem, markReceived, moveEvent } from '../procedures/event';
import { findAttachment } from '../procedures/find-attachment';
import { failedFile, uploadedFile } from '../procedures/outgoing-files';
import { receiveEvent } from '../procedures/receive-event';
import { sendFiles } from '../procedures/send-files';
import { createEvent } from './event-create';
import {
	attachmentId,
	author,
	caseId,
	comment,
	eventId,
	inputField,
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
import { sentFiles } from './sent-files';

async function uploadAttachment(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const [case_, event, attachment] = [
		context.uuid('caseId'),
		context.uuid('eventId'),
		context.uuid('attachmentId'),
	];
	const { declared, open, sha256 } = await uploadedFile(context);
	await context.api.client
		.uploadEventAttachment(case_, event, attachment, { open, size: declared.size, sha256 })
		.catch((error: unknown) => {
			throw failedFile(declared, error);
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
	const file = await downloadOne(context, attachment, (fileId, consume) =>
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
				retryNotice,
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
						mimeTypes,
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
		createEvent,
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
