import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Operation } from '../../../lib/node/operation';
import { ACTION_TYPES, ATTACH_DEPOSIT, unusualTransition } from '../api/statuses';
import type { NewAttachment, NewEvent } from '../api/types';
import type { HubEeApi } from '../connect';
import { eventItem, eventTexts, textSentBefore } from '../procedures/event';
import { inTurnOfCase } from '../procedures/turn-of-case';
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

interface Wanted {
	caseId: string;
	event: NewEvent;
	skipIfSent: boolean;
}

function wantedOf(context: ItemContext<HubEeApi>): Wanted {
	const id = context.uuid('caseId');
	const type = context.text('actionType', { maxLength: 100 });
	const fields = context.group('additionalFields');
	const attachments = fields.json<NewAttachment[]>('attachments') ?? [];
	checkAttachments(type, attachments);
	const skipIfSent = fields.boolean('skipIfSent');
	if (skipIfSent) checkText(context.label('additionalFields.skipIfSent'), type);
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
	const event = {
		actionType: type,
		notification: fields.boolean('notification', true),
		...eventTexts(fields),
		...(currentStatus ? { caseCurrentStatus: currentStatus } : {}),
		...(newStatus ? { caseNewStatus: newStatus } : {}),
		...(attachments.length > 0 ? { attachments } : {}),
	};
	return { caseId: id, event, skipIfSent };
}

async function create(context: ItemContext<HubEeApi>): Promise<IDataObject> {
	const { caseId: id, event, skipIfSent } = wantedOf(context);
	const { client } = context.api;
	if (!skipIfSent) return eventItem(id, await client.createEvent(id, event));
	return await inTurnOfCase(context, 'text', async () => {
		const sent = await textSentBefore(context, id, event);
		const item = eventItem(id, sent ?? (await client.createEvent(id, event)));
		return { ...item, skipped: sent !== undefined };
	});
}

/** What came of a text whose answer was lost, where the case may be looked at. */
async function lookForText(context: ItemContext<HubEeApi>): Promise<IDataObject | undefined> {
	const { caseId: id, event, skipIfSent } = wantedOf(context);
	const sent = skipIfSent ? await textSentBefore(context, id, event) : undefined;
	return sent && { ...eventItem(id, sent), skipped: true };
}

function checkText(field: string, actionType: string): void {
	if (TEXTS.includes(actionType)) return;
	throw invalidInput(
		field,
		`is for ${TEXTS.join(' and ')}, and the action type is ${actionType}: Case: Update Status and Event: Send Files look by themselves`,
	);
}

const TEXTS = ['SENDING_MESSAGE', 'COM_ADD'];

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
	creates: { findOutcome: lookForText },
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
				{
					displayName: 'Skip If Already Sent',
					name: 'skipIfSent',
					type: 'boolean',
					default: false,
					description:
						'Whether to look at the case first, and to send nothing when your side sent the same message or comment by the same author less than 24 hours ago. Calls in the very same moment take turns, except on different workers of queue mode.',
				},
			],
		},
	],
	run: create,
};
