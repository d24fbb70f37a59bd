import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import { chooseFrom } from '../../../lib/node/choose';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Resource } from '../../../lib/node/operation';
import { retryNoticeSaying } from '../../../lib/node/retry-notice';
import { enterpriseNumber } from '../api/enterprise-number';
import { type EBoxId, isStatusOf, link, messageStatus, type SentMessage } from '../api/publication';
import { failedProviderItem } from '../procedures/provider-selection';
import { inOrder, readItems } from '../procedures/read-items';
import { recipientFrom, publishMessage } from '../procedures/publish';
import type { EBoxApi } from '../connect';
import { messageId, providerId } from './fields';
import { publishFields, recipientId, recipientType } from './publication-fields';

const originalMessageId: INodeProperties = chooseFrom(
	{
		displayName: 'Original Message ID',
		name: 'originalMessageId',
		type: 'string',
		default: '={{ $json.messageId }}',
		required: true,
		description: 'The message that is replied to',
	},
	'messages',
	['providerId'],
);

const recipients: INodeProperties = {
	displayName: 'Recipients',
	name: 'recipients',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	required: true,
	placeholder: 'e.g. 0206731645, 0406798006',
	description: 'Enterprise numbers, separated by commas or line breaks',
};

const retryNotice = retryNoticeSaying(
	'does not publish or link a second time: what this execution began is remembered.',
);

async function linkMessage(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const { eBox } = context.api;
	const provider = await eBox.provider(context.optionalText('providerId'));
	const label = context.label('recipients');
	const owners: EBoxId[] = context
		.list('recipients')
		.map((text) => ({ type: 'enterprise', id: enterpriseNumber(text, label) }));
	if (owners.length === 0) throw invalidInput(label, 'is empty');
	const answer = await link(eBox.registry(provider), context.text('messageId'), owners);
	return { providerId: provider.id, ...answer };
}

interface WantedStatus extends SentMessage {
	item: number;
}

/**
 * One call for all items of a provider. Each item gets the status of its message, or is told that
 * there is none.
 */
async function searchStatus(context: ItemContext<EBoxApi>): Promise<OutputItem[]> {
	const { eBox, language } = context.api;
	const byProvider = new Map<string, WantedStatus[]>();
	const { wanted: all, refused } = await readItems(context, async (item) => ({
		id: (await eBox.provider(item.optionalText('providerId'))).id,
		messageId: item.text('messageId'),
		owner: recipientFrom(item),
	}));
	for (const { item, value } of all) {
		const { id, ...wanted } = value;
		byProvider.set(id, [...(byProvider.get(id) ?? []), { ...wanted, item }]);
	}
	const providers = await Promise.all([...byProvider.keys()].map((id) => eBox.provider(id)));
	const outcomes = await eBox.queryProviders(
		providers,
		async (registry) => await messageStatus(registry, byProvider.get(registry.provider.id) ?? []),
	);
	const items = outcomes
		.flatMap(({ provider, result, failure }) =>
			(byProvider.get(provider.id) ?? []).map((wanted) => ({ provider, result, failure, wanted })),
		)
		.map(({ provider, result, failure, wanted }) => {
			const items = [wanted.item];
			if (failure && !context.execution.continueOnFail()) throw failure;
			if (failure) return failedProviderItem(provider, failure, language, items);
			const status = result?.find((one) => isStatusOf(wanted, one));
			const facts = { providerId: provider.id, messageId: wanted.messageId };
			return new OutputItem({ ...facts, found: status !== undefined, ...status }, {}, { items });
		});
	return inOrder([...refused, ...items]);
}

export const publicationResource: Resource<EBoxApi> = {
	name: 'Publication',
	value: 'publication',
	description: 'For senders: publish messages and follow them',
	operations: [
		{
			name: 'Publish',
			value: 'publish',
			action: 'Publish a message',
			description: 'Send a message with files to an enterprise or a citizen',
			fields: [retryNotice, ...publishFields, providerId],
			run: async (context) => await publishMessage(context),
		},
		{
			name: 'Publish Reply',
			value: 'publishReply',
			action: 'Publish a reply',
			description: 'Send a message that answers another (originalMessageId)',
			fields: [retryNotice, originalMessageId, ...publishFields, providerId],
			run: async (context) => await publishMessage(context, context.text('originalMessageId')),
		},
		{
			name: 'Link',
			value: 'link',
			action: 'Link a message to recipients',
			description:
				'Give a published message to further recipients; the official provider does not offer it',
			fields: [retryNotice, messageId, recipients, providerId],
			creates: true,
			run: linkMessage,
		},
		{
			name: 'Search Status',
			value: 'searchStatus',
			action: 'Search the status of messages',
			description: 'Ask whether published messages have been read, one call for all items',
			mode: 'once',
			fields: [messageId, recipientType, recipientId, providerId],
			run: searchStatus,
		},
	],
};
