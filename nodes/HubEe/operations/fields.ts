import type { INodeProperties } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';
import { retryNoticeSaying } from '../../../lib/node/retry-notice';
import { CASE_STATUSES } from '../api/statuses';

/**
 * Fields that several operations ask for. The same object in two operations of a resource keeps its
 * value when the person switches.
 */

export const caseId: INodeProperties = chooseFrom(
	{
		displayName: 'Case ID',
		name: 'caseId',
		type: 'string',
		default: '={{ $json.caseId }}',
		required: true,
		placeholder: 'e.g. 3fa85f64-5717-4562-b3fc-2c963f66afa6',
		description:
			'The part of a télédossier (folder) that is addressed to one authority; notifications carry it',
	},
	'casesInQueue',
);

/** On every operation that creates something at HubEE. */
export const retryNotice = retryNoticeSaying(
	'does not do this a second time: what this execution began is remembered.',
);

export const eventId: INodeProperties = chooseFrom(
	{
		displayName: 'Event ID',
		name: 'eventId',
		type: 'string',
		default: '={{ $json.eventId }}',
		required: true,
		placeholder: 'e.g. 5bb7a1f2-9d0c-4b58-8d5c-0f5a0f2f9a11',
	},
	'eventsOfCase',
	['caseId'],
);

export const attachmentId: INodeProperties = chooseFrom(
	{
		displayName: 'Attachment ID',
		name: 'attachmentId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 0b0ff3a2-2f53-4f0e-8f4c-6a1c1a2f6d10',
		description: 'ID of the file (pièce jointe), from Case: Get or Event: Get',
	},
	'attachments',
	['caseId', 'eventId', 'folderId'],
);

export const notificationId: INodeProperties = chooseFrom(
	{
		displayName: 'Notification ID',
		name: 'notificationId',
		type: 'string',
		default: '={{ $json.notificationId }}',
		required: true,
		placeholder: 'e.g. 9c6f1a2b-7d5e-4c3b-8a1f-2e3d4c5b6a79',
	},
	'notifications',
);

export const outputField: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'outputField',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the output binary field to put the file in',
};

export const inputField: INodeProperties = {
	displayName: 'Input Data Field Name',
	name: 'inputField',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the input binary field that holds the file',
};

export const author: INodeProperties = {
	displayName: 'Author',
	name: 'author',
	type: 'string',
	default: '',
	placeholder: 'e.g. Service état civil',
	description: 'The person or service that acts, as the other side sees it; at most 255 characters',
};

export const message: INodeProperties = {
	displayName: 'Message',
	name: 'message',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	description:
		'Shown to the other side and the citizen; at most 1,000 characters. Some processes forbid messages.',
};

export const comment: INodeProperties = {
	displayName: 'Comment',
	name: 'comment',
	type: 'string',
	typeOptions: { rows: 2 },
	default: '',
	description: 'Internal to the receiving authority; at most 1,000 characters',
};

export const partnerAttributes: INodeProperties = {
	displayName: 'Partner Attributes',
	name: 'partnerAttributes',
	type: 'string',
	default: '',
	placeholder: 'e.g. statut=17;type=SIGNALEMENT',
	description: 'Technical text agreed with the other side; at most 1,024 characters',
};

export const notify: INodeProperties = {
	displayName: 'Notify Other Side',
	name: 'notification',
	type: 'boolean',
	default: true,
	description: 'Whether the other side finds a notification of this event in its queue',
};

/** The list of statuses; any other value can be given as an expression. */
export function statusField(
	name: string,
	displayName: string,
	more: Partial<INodeProperties> = {},
): INodeProperties {
	return {
		displayName,
		name,
		type: 'options',
		options: CASE_STATUSES.map(({ name: label, value, description }) => ({
			name: label,
			value,
			description,
		})),
		default: 'IN_PROGRESS',
		description:
			'In the order of a case’s life. Use an expression for a status that is not in the list.',
		...more,
	};
}

/** Which of the credential's accounts acts. */
export const account: INodeProperties = chooseFrom(
	{
		displayName: 'Account',
		name: 'account',
		type: 'string',
		default: '',
		placeholder: 'e.g. Lyon',
		description:
			'For credentials that hold several accounts: the name of the one that acts, or * to go over all of them, the main one included. Empty for the main account.',
	},
	'accounts',
);

/** At the end of every form of the node. */
export const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		account,
		{
			displayName: 'Parallel Calls',
			name: 'parallelCalls',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 32 },
			default: 4,
			description:
				'How many calls may be under way at once, over all items and files. HubEE publishes no limit; stay modest.',
		},
		{
			displayName: 'Send PATCH as POST',
			name: 'patchByOverride',
			type: 'boolean',
			default: false,
			description:
				'Whether to send PATCH as POST with X-HTTP-Method-Override, for networks whose proxy blocks PATCH',
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeoutSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 60,
			description:
				'How long to wait for an answer. For files it is the longest silence, and at least the 310 seconds that the gateway allows itself.',
		},
	],
};

export const mimeTypes: INodeProperties = {
	displayName: 'MIME Types (JSON)',
	name: 'mimeTypes',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. {"text/xml":"application/xml"}',
	description:
		'For all files of the item: declares one MIME type in place of another. n8n takes XML for text/xml, and a process may enable application/xml alone.',
};

export const scanWait: INodeProperties = {
	displayName: 'Longest Wait for Antivirus (Seconds)',
	name: 'scanSeconds',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 120,
	description: 'After this time the event is deleted again',
};

export const skipIfSent: INodeProperties = {
	displayName: 'Skip If Already Sent',
	name: 'skipIfSent',
	type: 'boolean',
	default: true,
	description:
		'Whether to do nothing when the same files (by name, type and content) have been sent on this case before, so that a repeated workflow sends them once',
};
