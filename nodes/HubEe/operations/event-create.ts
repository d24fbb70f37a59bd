import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Operation } from '../../../lib/node/operation';
import { ACTION_TYPES, ATTACH_DEPOSIT, unusualTransition } from '../api/statuses';
import type { NewAttachment } from '../api/types';
import type { HubEeApi } from '../connect';
import { eventItem, eventTexts } from '../procedures/event';
import {
	author,
	caseId,
	comment,
	message,
	notify,
	partnerAttributes,
	retryNotice,
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
	for (const [index, attachment] of (attachments as Array<IDataObject | null>).entries()) {
		const missing = ['fileName', 'type', 'size', 'mimeType'].filter((key) => !attachment?.[key]);
		if (missing.length > 0)
			throw invalidInput('Attachments', `entry ${index + 1} lacks ${missing.join(', ')}`);
	}
}

/**
 * Event: Create, with everything that HubEE takes; Send Files and Case: Update Status do the usual
 * things more safely.
 */
export const createEvent: Operation<HubEeApi> = {
	name: 'Create',
	value: 'create',
	creates: true,
	action: 'Create an event on a case',
	description:
		'Create an event: a message, a comment, a trace, a status change, or the declaration of files',
	fields: [
		retryNotice,
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
};
