import type { INodeProperties } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';

/** Texts and files of a publication and of a reply. */

const subject: INodeProperties = {
	displayName: 'Subject',
	name: 'subject',
	type: 'string',
	default: '',
	required: true,
	description: 'At most 400 characters',
};

const textLanguage: INodeProperties = {
	displayName: 'Text Language',
	name: 'textLanguage',
	type: 'options',
	options: [
		{ name: 'Dutch', value: 'nl' },
		{ name: 'French', value: 'fr' },
		{ name: 'German', value: 'de' },
	],
	default: 'fr',
	description: 'Of subject, body and business data; the official provider takes one language only',
};

const mainContent: INodeProperties = {
	displayName: 'Main Content',
	name: 'mainContent',
	type: 'options',
	options: [
		{
			name: 'Body',
			value: 'body',
			description: 'A text is the message; files can go along as annexes (Additional Fields)',
		},
		{
			name: 'First File',
			value: 'file',
			description:
				'The other files are annexes, and a text can go along as one (Additional Fields)',
		},
	],
	default: 'file',
	description: 'A message has exactly one main content; opening it marks the message as read',
};

const body: INodeProperties = {
	displayName: 'Body',
	name: 'body',
	type: 'string',
	typeOptions: { rows: 4 },
	displayOptions: { show: { mainContent: ['body'] } },
	default: '',
	description: 'The text of the message',
};

const inputFields: INodeProperties = {
	displayName: 'Input Data Field Names',
	name: 'inputFields',
	type: 'string',
	displayOptions: { show: { mainContent: ['file'] } },
	default: 'data',
	hint: 'The names of the input binary fields that hold the files, separated by commas; at most 6',
};

const annexFields: INodeProperties = {
	displayName: 'Annexes: Input Data Field Names',
	name: 'annexFields',
	type: 'string',
	displayOptions: { show: { '/mainContent': ['body'] } },
	default: '',
	placeholder: 'e.g. data',
	hint: 'The names of the input binary fields that hold files which go along with the body, separated by commas; at most 6',
};

const annexBody: INodeProperties = {
	displayName: 'Annexed Text',
	name: 'annexBody',
	type: 'string',
	typeOptions: { rows: 4 },
	displayOptions: { show: { '/mainContent': ['file'] } },
	default: '',
	description: 'A body that goes along with the file as an annex',
};

const businessData: INodeProperties = {
	displayName: 'Business Data',
	name: 'businessData',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Value',
	default: {},
	options: [
		{
			displayName: 'Value',
			name: 'value',
			values: [
				{
					displayName: 'Key',
					name: 'key',
					type: 'string',
					default: '',
					description: 'As defined for the message type',
				},
				{
					displayName: 'Value',
					name: 'text',
					type: 'string',
					default: '',
					description: 'At most 256 characters. Rows with the same key are its values.',
				},
				{
					displayName: 'Language',
					name: 'language',
					type: 'options',
					options: [
						{ name: 'Dutch', value: 'nl' },
						{ name: 'French', value: 'fr' },
						{ name: 'German', value: 'de' },
						{ name: 'Same as the Text', value: 'same' },
					],
					default: 'same',
				},
			],
		},
	],
};

const businessDataJson: INodeProperties = {
	displayName: 'Business Data (JSON)',
	name: 'businessDataJson',
	type: 'json',
	default: '[]',
	placeholder: 'e.g. [{"key": "BECBE", "values": [{"nl": "0406798006"}, {"fr": "…"}]}]',
	description: 'Further business data as the contract has it, for values in several languages',
};

const sendDigest: INodeProperties = {
	displayName: 'Send Digest',
	name: 'sendDigest',
	type: 'boolean',
	default: true,
	description:
		'Whether the provider is told the SHA-256 of each file, to check that it arrived intact',
};

const filesSigned: INodeProperties = {
	displayName: 'Files Are Signed',
	name: 'filesSigned',
	type: 'boolean',
	default: false,
	description: 'Whether the files carry an electronic signature',
};

const idempotencyKey: INodeProperties = {
	displayName: 'Idempotency Key',
	name: 'idempotencyKey',
	type: 'string',
	default: '',
	placeholder: 'e.g. invoice 2026/117',
	description:
		'Version 3: what makes this publication one, also over several executions; a UUID, or any text that a UUID is made from. Empty: the same for retries within an execution.',
};

const translations: INodeProperties = {
	displayName: 'Translations',
	name: 'translations',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. {"nl": {"subject": "Bericht", "body": "…"}}',
	description: 'Subject and body in further languages, where the provider takes them',
};

const content = [subject, textLanguage, mainContent, body, inputFields];

export const replyFields: INodeProperties[] = [
	...content,
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			annexBody,
			annexFields,
			businessData,
			businessDataJson,
			filesSigned,
			idempotencyKey,
			sendDigest,
			translations,
		],
	},
];

export const recipientType: INodeProperties = {
	displayName: 'Recipient Type',
	name: 'recipientType',
	type: 'options',
	options: [
		{ name: 'Citizen', value: 'citizen' },
		{ name: 'Enterprise', value: 'enterprise' },
	],
	default: 'enterprise',
};

export const recipientId: INodeProperties = {
	displayName: 'Recipient',
	name: 'recipientId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 0206731645',
	description: 'Enterprise number of ten digits, or national number of eleven for a citizen',
};

const onBehalfOf: INodeProperties = {
	displayName: 'On Behalf Of',
	name: 'onBehalfOf',
	type: 'string',
	default: '',
	placeholder: 'e.g. 0206731645',
	description: 'Version 3: enterprise number of the mandator',
};

export const publishFields: INodeProperties[] = [
	recipientType,
	recipientId,
	chooseFrom(
		{
			displayName: 'Message Type ID',
			name: 'messageTypeId',
			type: 'string',
			default: '',
			required: true,
			description: 'Configured for sender and application; it decides how long the message is kept',
		},
		'messageTypes',
		['providerId'],
	),
	chooseFrom(
		{
			displayName: 'Sender Enterprise Number',
			name: 'senderOrganizationId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 0474028805',
			description: 'The enterprise of the certificate, unless there is a mandate',
		},
		'senderOrganizations',
		['providerId'],
	),
	chooseFrom(
		{
			displayName: 'Sender Application ID',
			name: 'senderApplicationId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. urn:app:contributions',
		},
		'senderApplications',
		['providerId'],
	),
	...content,
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			annexBody,
			annexFields,
			businessData,
			businessDataJson,
			{
				displayName: 'Expiration Date',
				name: 'expirationDate',
				type: 'dateTime',
				default: '',
				description: 'The official provider ignores it and takes the validity of the message type',
			},
			filesSigned,
			{
				displayName: 'For the Attention Of: Name',
				name: 'attentionName',
				type: 'string',
				default: '',
				description: 'At most 100 characters',
			},
			{
				displayName: 'For the Attention Of: National Number',
				name: 'attentionId',
				type: 'string',
				default: '',
			},
			idempotencyKey,
			onBehalfOf,
			{
				displayName: 'Payment Data',
				name: 'paymentData',
				type: 'json',
				default: '{}',
				description: 'As the contract has it; the official provider does not take any',
			},
			{
				displayName: 'Registered Mail',
				name: 'registeredMail',
				type: 'boolean',
				default: false,
				description: 'Whether it is registered mail; the official provider takes none by this way',
			},
			{
				displayName: 'Replies Allowed',
				name: 'replyAuthorized',
				type: 'boolean',
				default: false,
				description: 'Whether the recipient may reply. Left out of the message unless chosen here.',
			},
			sendDigest,
			{
				displayName: 'Sender Partition',
				name: 'senderPartition',
				type: 'string',
				default: '',
				description: 'Version 3: the part of the sender’s e-Box to which replies return',
			},
			translations,
		],
	},
];
