import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Operation, Resource } from '../../../lib/node/operation';
import { limit, returnAll } from '../../../lib/node/list-fields';
import { retryNoticeSaying } from '../../../lib/node/retry-notice';
import { inLanguage } from '../api/translated';
import { archiveMessage } from '../procedures/archive';
import { changeMessages, executeAction } from '../procedures/change-messages';
import { getMessage, listMessages } from '../procedures/list-messages';
import { replyToMessage } from '../procedures/publish';
import type { EBoxApi } from '../connect';
import {
	messageId,
	onProviderFailure,
	providerId,
	providerIds,
	providers,
	readNotice,
	simplify,
} from './fields';
import { messageFilters } from './message-filters';
import { replyFields } from './publication-fields';

const retryNotice = retryNoticeSaying(
	'does not reply or execute a second time: what this execution began is remembered.',
);

const listOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Add Names',
			name: 'addNames',
			type: 'boolean',
			default: true,
			description:
				'Whether to add the names of sender, application and type. They are fetched once per provider and kept.',
		},
		onProviderFailure,
	],
};

const archiveOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Attachments',
			name: 'attachments',
			type: 'boolean',
			default: true,
			description: 'Whether to fetch the files of the message',
		},
		{
			displayName: 'Body',
			name: 'body',
			type: 'boolean',
			default: true,
			description: 'Whether to fetch the text of the message and add it as a file per language',
		},
		{
			displayName: 'Metadata File',
			name: 'metadata',
			type: 'boolean',
			default: true,
			description:
				'Whether to add the metadata as a file in the binary field metadata, to be stored beside the others',
		},
		{
			displayName: 'Output Field Prefix',
			name: 'outputPrefix',
			type: 'string',
			default: 'file_',
			description: 'The beginning of the names of the binary fields',
		},
	],
};

async function getBody(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const { eBox, language } = context.api;
	const provider = await eBox.provider(context.optionalText('providerId'));
	const id = context.text('messageId');
	const body = await eBox.registry(provider).body(id);
	if (!body) throw absent('body', id);
	return {
		providerId: provider.id,
		messageId: id,
		body: inLanguage(body, language),
		languages: { ...body },
	};
}

async function getPaymentData(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const { eBox } = context.api;
	const provider = await eBox.provider(context.optionalText('providerId'));
	const id = context.text('messageId');
	const payment = await eBox.registry(provider).paymentData(id);
	if (!payment) throw absent('payment data', id);
	return { providerId: provider.id, messageId: id, ...payment };
}

function absent(what: string, id: string): GuichetError {
	return new GuichetError('not_found', `The message "${id}" has no ${what}`, {
		hint: 'It may not exist at this provider, or the provider does not offer this optional operation (the official one has no payment data).',
	});
}

/** Showing and hiding differ in one word. */
const visibility = (visible: boolean): Operation<EBoxApi> => ({
	name: visible ? 'Show' : 'Hide',
	value: visible ? 'show' : 'hide',
	action: visible ? 'Show messages' : 'Hide messages',
	description: visible
		? 'Make hidden messages visible again, many at a time'
		: 'Put messages aside, many at a time; nothing is deleted and they still expire',
	mode: 'once',
	fields: [messageId, providerId],
	run: async (context) => await changeMessages(context, () => ({ visible })),
});

export const messageResource: Resource<EBoxApi> = {
	name: 'Message',
	value: 'message',
	description: 'Official mail of the enterprise',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many messages',
			description: 'List messages of all providers as one e-Box; marks nothing as read',
			fields: [providers, providerIds, returnAll, limit, simplify, messageFilters, listOptions],
			run: listMessages,
		},
		{
			name: 'Archive',
			value: 'archive',
			action: 'Archive a message',
			description: 'Get a message with all its files, checked, and the names of sender and type',
			fields: [messageId, providerId, readNotice, archiveOptions],
			run: archiveMessage,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get a message',
			description: 'Get the metadata of a message; marks nothing as read',
			fields: [messageId, providerId, simplify],
			run: getMessage,
		},
		{
			name: 'Get Body',
			value: 'getBody',
			action: 'Get the body of a message',
			description: 'Get the text of a message; marks it as read when that is its main content',
			fields: [messageId, providerId, readNotice],
			run: getBody,
		},
		{
			name: 'Get Payment Data',
			value: 'getPaymentData',
			action: 'Get the payment data of a message',
			description: 'Get what is to be paid, where the provider offers it',
			fields: [messageId, providerId],
			run: getPaymentData,
		},
		visibility(true),
		visibility(false),
		{
			name: 'Move to Partition',
			value: 'moveToPartition',
			action: 'Move messages to a partition',
			description: 'Move messages to another part of the e-Box, many at a time (version 3)',
			mode: 'once',
			fields: [
				messageId,
				providerId,
				{
					displayName: 'Partition',
					name: 'partition',
					type: 'string',
					default: '',
					required: true,
					placeholder: 'e.g. GENERAL',
				},
			],
			run: async (context) =>
				await changeMessages(context, (item) => ({ partition: item.text('partition') })),
		},
		{
			name: 'Reply',
			value: 'reply',
			action: 'Reply to a message',
			description: 'Answer a message that allows replies (version 3)',
			fields: [retryNotice, messageId, providerId, ...replyFields],
			run: replyToMessage,
		},
		{
			name: 'Execute Action',
			value: 'executeAction',
			action: 'Execute the action of a message',
			description: 'Report that what a message asked for has been done (version 3)',
			fields: [retryNotice, messageId, providerId],
			creates: true,
			run: executeAction,
		},
	],
};
