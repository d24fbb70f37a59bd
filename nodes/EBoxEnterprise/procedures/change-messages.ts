import type { IDataObject } from 'n8n-workflow';

import type { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import { fillPath, onlyInV3 } from '../api/api-version';
import type { Provider } from '../api/provider';
import type { MessageChange } from '../api/types';
import type { EBoxApi } from '../connect';
import { providerFacts } from './provider-selection';
import { inOrder, readItems } from './read-items';

interface PlannedChange {
	change: MessageChange;
	/** The input item that asks for it. */
	item: number;
}

/**
 * Changes the messages of all items with as few calls as possible: one for each provider and
 * hundred messages.
 */
export async function changeMessages(
	context: ItemContext<EBoxApi>,
	change: (item: ItemContext<EBoxApi>) => Omit<MessageChange, 'messageId'>,
): Promise<OutputItem[]> {
	const { eBox, language } = context.api;
	const byProvider = new Map<string, PlannedChange[]>();
	const { wanted, refused } = await readItems(context, async (item) => ({
		id: (await eBox.provider(item.optionalText('providerId'))).id,
		change: { messageId: item.text('messageId'), ...change(item) },
	}));
	for (const { item, value } of wanted)
		byProvider.set(value.id, [...(byProvider.get(value.id) ?? []), { change: value.change, item }]);
	const changesOf = ({ id }: Provider): PlannedChange[] => byProvider.get(id) ?? [];
	const providers = await Promise.all([...byProvider.keys()].map((id) => eBox.provider(id)));
	const outcomes = await eBox.queryProviders(
		providers,
		async (registry) =>
			await registry.change(changesOf(registry.provider).map((planned) => planned.change)),
	);
	const reports = outcomes
		.flatMap(({ provider, result, failure }) =>
			changesOf(provider).map((planned, index) => ({
				provider,
				failure: failure ?? result?.get(index),
				...planned,
			})),
		)
		.sort((a, b) => a.item - b.item);
	assertEachChanged(context, reports);
	const items = reports.map(({ provider, failure, change: done, item }) =>
		failure
			? new OutputItem(
					{ ...providerFacts(provider, language), messageId: done.messageId },
					{},
					{ failure, items: [item] },
				)
			: new OutputItem(
					{ providerId: provider.id, ...done, updated: true } as IDataObject,
					{},
					{ items: [item] },
				),
	);
	return inOrder([...refused, ...items]);
}

/** Where a failure stops the workflow, its message says how many messages were changed before. */
function assertEachChanged(
	{ execution }: ItemContext<EBoxApi>,
	reports: ReadonlyArray<{ failure?: GuichetError; change: MessageChange }>,
): void {
	const failed = reports.find(({ failure }) => failure !== undefined);
	if (!failed?.failure || execution.continueOnFail()) return;
	if (reports.length === 1) throw failed.failure;
	const changed = reports.filter(({ failure }) => failure === undefined).length;
	throw failed.failure.with({
		message: `Message "${failed.change.messageId}" was not changed (${changed} of ${reports.length} were): ${failed.failure.message}`,
	});
}

/**
 * Reports that the action of a message has been done. Version 3 has the operation; its path and
 * body are settings of the API profile.
 */
export async function executeAction(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const { eBox, v3 } = context.api;
	const registry = eBox.registry(await eBox.provider(context.optionalText('providerId')));
	if (registry.spec.version !== 'v3')
		throw onlyInV3('Execute Action', 'its messages ask for no actions');
	const messageId = context.text('messageId');
	const answer = await registry.patch(
		fillPath(v3.actionPath, { messageId }),
		JSON.parse(v3.actionBody) as unknown,
	);
	return { providerId: registry.provider.id, messageId, executed: true, answer: answer ?? null };
}
