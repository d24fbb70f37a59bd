import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { readAnswer } from '../../../lib/answers/read';
import { jsonObject } from '../../../lib/answers/schema';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Resource } from '../../../lib/node/operation';
import { countMessages } from '../api/statistics';
import type { MessageRegistry } from '../api/message-registry';
import {
	assertProvidersAnswered,
	providerSelectionFrom,
	failedProviderItem,
	providerFacts,
} from '../procedures/provider-selection';
import { warnOfIncomplete } from '../procedures/list-messages';
import type { EBoxApi } from '../connect';
import { onProviderFailure, providerIds, providers } from './fields';

const options = (more: INodeProperties[] = []): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [onProviderFailure, ...more],
});

const days: INodeProperties = {
	displayName: 'Days to Expiry',
	name: 'days',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 366 },
	default: 15,
	description: 'Messages that expire within so many days are counted as soon to expire',
};

const perProvider: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{ name: 'One Item per Provider', value: 'perProvider' },
		{ name: 'Sum of All Providers', value: 'sum' },
	],
	default: 'perProvider',
};

/** Asks each provider and gives one item per provider, or one with the sums. */
async function each(
	context: ItemContext<EBoxApi>,
	ask: (registry: MessageRegistry) => Promise<IDataObject & { complete?: boolean }>,
): Promise<OutputItem[]> {
	const { eBox, language } = context.api;
	const outcomes = await eBox.queryProviders(
		await eBox.selectProviders(providerSelectionFrom(context)),
		ask,
	);
	const stop = context.group('options').optionalText('onProviderFailure') === 'stop';
	assertProvidersAnswered(outcomes, stop);
	warnOfIncomplete(
		context,
		outcomes.map(({ provider, result }) => ({
			provider,
			result: result && { complete: result.complete !== false },
		})),
	);
	const failed = outcomes.flatMap(({ provider, failure }) =>
		failure ? [failedProviderItem(provider, failure, language)] : [],
	);
	const given = outcomes.flatMap(({ provider, result }) =>
		result ? [{ ...providerFacts(provider, language), ...result }] : [],
	);
	if (context.optionalText('output') !== 'sum')
		return [...given.map((json) => new OutputItem(json)), ...failed];
	const providerCount = { providers: given.length, failedProviders: failed.length };
	return [new OutputItem({ ...sumOf(given), ...providerCount }), ...failed];
}

/** Adds numbers up; of dates the latest counts; what is text or unknown is left out. */
function sumOf(rows: IDataObject[]): IDataObject {
	const sum: IDataObject = {};
	for (const [name, value] of rows.flatMap((row) => Object.entries(row))) {
		// What was asked for is the same for all and not a count.
		if (name === 'days') sum[name] = value;
		else if (typeof value === 'number') sum[name] = Number(sum[name] ?? 0) + value;
		else if (/Date$/.test(name) && typeof value === 'string')
			sum[name] = value > String(sum[name] ?? '') ? value : sum[name];
		else if (typeof value === 'boolean') sum[name] = sum[name] !== false && value;
	}
	return sum;
}

async function statistics(context: ItemContext<EBoxApi>): Promise<OutputItem[]> {
	const { v3, eBox } = context.api;
	const within = context.number('days', { min: 1, max: 366 });
	const onlyVisible = context.group('options').boolean('onlyVisible');
	return await each(context, async (registry) => {
		if (registry.spec.version === 'v3' && v3.statisticsPath) {
			const call = { method: 'GET', url: v3.statisticsPath, repeat: 'safe' } as const;
			const { body } = await registry.custom(call);
			const service = `The e-Box provider "${registry.provider.id}"`;
			return { source: 'service', ...readAnswer(jsonObject, body, { service }) } as IDataObject;
		}
		const counted = await countMessages(registry, {
			days: within,
			now: eBox.now(),
			visible: onlyVisible ? true : undefined,
			actionProperty: v3.actionProperty,
		});
		return { source: 'counted', days: within, ...counted } as IDataObject;
	});
}

export const summaryResource: Resource<EBoxApi> = {
	name: 'Summary',
	value: 'summary',
	description: 'Counters of the e-Box',
	operations: [
		{
			name: 'Get',
			value: 'get',
			action: 'Get the summary of the e-Box',
			description: 'Get the counters of each provider, hidden messages included',
			fields: [providers, providerIds, perProvider, options()],
			run: async (context) =>
				await each(context, async (registry) => (await registry.summary()) as IDataObject),
		},
		{
			name: 'Get Statistics',
			value: 'getStatistics',
			action: 'Get statistics of the e-Box',
			description:
				'Count messages that are unread, registered, soon to expire or ask for an action; marks nothing as read',
			fields: [
				providers,
				providerIds,
				perProvider,
				days,
				options([
					{
						displayName: 'Only Visible',
						name: 'onlyVisible',
						type: 'boolean',
						default: false,
						description: 'Whether to leave hidden messages out of the counts',
					},
				]),
			],
			run: statistics,
		},
	],
};
