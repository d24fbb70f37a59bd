import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import { maintenanceEnd, stateOf } from '../api/provider';
import { providerFacts } from '../procedures/provider-selection';
import type { EBoxApi } from '../connect';

async function getMany(context: ItemContext<EBoxApi>): Promise<IDataObject[]> {
	const { eBox, language } = context.api;
	const now = eBox.now();
	const all = (await eBox.providers()).map((provider) => ({
		...providerFacts(provider, language),
		state: stateOf(provider, now),
		maintenanceUntil: maintenanceEnd(provider, now),
		apiVersion: provider.version,
		apiSupportedVersion: provider.apiSupportedVersion,
		url: provider.url,
		trusted: eBox.isTrusted(provider),
		activeFrom: provider.activeFrom,
		activeUntil: provider.activeUntil,
		plannedMaintenance: provider.maintenance,
		technicalContact: provider.raw.messageProviderTechnicalContact,
	})) as IDataObject[];
	return context.boolean('onlyActive')
		? all.filter(({ state }) => state === 'active' || state === 'inMaintenance')
		: all;
}

export const providerResource: Resource<EBoxApi> = {
	name: 'Provider',
	value: 'provider',
	description: 'An organization that holds a part of the e-Box (Document Provider)',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many providers',
			description:
				'List the Document Providers of the federation: active or in maintenance, their version, and whether their host is trusted',
			fields: [
				{
					displayName: 'Only Active',
					name: 'onlyActive',
					type: 'boolean',
					default: false,
					description: 'Whether to leave out providers that are not active yet or no longer',
				},
			],
			run: getMany,
		},
	],
};
