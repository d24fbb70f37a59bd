import { instantOf } from '../../../lib/answers/instant';
import type { IDataObject } from 'n8n-workflow';

import { allSettledOrThrow } from '../../../lib/all-settled';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import { requestedLimit } from '../../../lib/node/list-fields';
import type { ProviderOutcome } from '../api/ebox';
import type { MessageRegistry } from '../api/message-registry';
import type { PagedList } from '../api/paging';
import type { Message } from '../api/answers';
import { filtersOf } from './message-filters';
import type { EBoxApi } from '../connect';
import {
	assertProvidersAnswered,
	providerSelectionFrom,
	failedProviderItem,
} from './provider-selection';
import { messageItem } from './message-item';

interface Found {
	registry: MessageRegistry;
	message: Message;
	at: number;
}

/** Lists the messages of all chosen providers as one e-Box, newest first. Marks nothing as read. */
export async function listMessages(context: ItemContext<EBoxApi>): Promise<OutputItem[]> {
	const { eBox, language } = context.api;
	const filters = filtersOf(context.group('filters'), language);
	const limit = requestedLimit(context);
	const outcomes = await eBox.queryProviders(
		await eBox.selectProviders(providerSelectionFrom(context)),
		async (registry) => await registry.messages(filters, limit),
	);
	const options = context.group('options');
	assertProvidersAnswered(outcomes, options.optionalText('onProviderFailure') === 'stop');
	warnOfIncomplete(context, outcomes);
	const newest = merged(context.api, outcomes).slice(0, limit);
	const form = {
		simplify: context.boolean('simplify', true),
		names: options.boolean('addNames', true),
	};
	const items = await allSettledOrThrow(
		newest.map(
			async ({ registry, message }) =>
				new OutputItem(await messageItem(context.api, registry, message, form)),
		),
	);
	for (const reason of context.api.names.failures.splice(0)) context.warn(reason);
	const failed = outcomes.flatMap(({ provider, failure }) =>
		failure ? [failedProviderItem(provider, failure, language)] : [],
	);
	return [...items, ...failed];
}

/** One list from all, by the time of receipt. */
function merged({ eBox }: EBoxApi, outcomes: Array<ProviderOutcome<PagedList<Message>>>): Found[] {
	const found = outcomes.flatMap(({ provider, result }) =>
		(result?.items ?? []).map((message) => ({
			registry: eBox.registry(provider),
			message,
			at: instantOf(message.receiptDate) || 0,
		})),
	);
	return found.sort((a, b) => b.at - a.at);
}

export function warnOfIncomplete(
	context: ItemContext<EBoxApi>,
	outcomes: Array<ProviderOutcome<{ complete: boolean }>>,
): void {
	for (const { provider, result } of outcomes)
		if (result && !result.complete)
			context.warn(
				`The provider "${provider.id}" says that it holds more than it gave; the list may be incomplete.`,
			);
}

/** One message, by its id and provider. Marks nothing as read. */
export async function getMessage(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const { eBox } = context.api;
	const registry = eBox.registry(await eBox.provider(context.optionalText('providerId')));
	const message = await registry.message(context.text('messageId'));
	const item = await messageItem(context.api, registry, message, {
		simplify: context.boolean('simplify', true),
		names: true,
	});
	for (const reason of context.api.names.failures.splice(0)) context.warn(reason);
	return item;
}
