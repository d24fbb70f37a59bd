import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import type { Provider } from '../api/provider';
import type { MessageChange } from '../api/types';
import type { EBoxApi } from '../connect';
import { assertAnswered, failedProviderItem } from './provider-selection';

interface Planned {
	change: MessageChange;
	/** The input item that asks for it. */
	item: number;
}

/** Changes the messages of all items with as few calls as possible: one for each provider and hundred messages. */
export async function changeMessages(
	context: ItemContext<EBoxApi>,
	change: (item: ItemContext<EBoxApi>) => Omit<MessageChange, 'messageId'>,
): Promise<OutputItem[]> {
	const { eBox, language } = context.api;
	const byProvider = new Map<string, Planned[]>();
	for (let index = 0; index < context.itemCount; index++) {
		const item = context.forItem(index);
		const { id } = await eBox.provider(item.optionalText('providerId'));
		const planned = { change: { messageId: item.text('messageId'), ...change(item) }, item: index };
		byProvider.set(id, [...(byProvider.get(id) ?? []), planned]);
	}
	const plannedAt = ({ id }: Provider): Planned[] => byProvider.get(id) ?? [];
	const providers = await Promise.all([...byProvider.keys()].map((id) => eBox.provider(id)));
	const outcomes = await eBox.each(providers, async (registry) => {
		await registry.change(plannedAt(registry.provider).map((planned) => planned.change));
	});
	assertAnswered(outcomes, !context.execution.continueOnFail());
	return outcomes
		.flatMap(({ provider, failure }) =>
			plannedAt(provider).map((planned) => ({ provider, failure, ...planned })),
		)
		.sort((a, b) => a.item - b.item)
		.map(({ provider, failure, change: done, item }) =>
			failure
				? failedProviderItem(provider, failure, language, [item])
				: new OutputItem(
						{ providerId: provider.id, ...done, updated: true } as IDataObject,
						{},
						{
							items: [item],
						},
					),
		);
}
