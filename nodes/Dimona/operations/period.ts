import { chooseFrom } from '../../../lib/node/choose';
import type { Operation, Resource } from '../../../lib/node/operation';
import type { DimonaApi } from '../connect';
import { readOptions } from './form/options';
import { foundItem } from '../procedures/output';
import { searchPeriods, searchRelations } from './search';

const getPeriod: Operation<DimonaApi> = {
	name: 'Get',
	value: 'get',
	action: 'Get a period',
	description: 'The period as the authority holds it',
	fields: [
		chooseFrom(
			{
				displayName: 'Period ID',
				name: 'periodId',
				type: 'string',
				default: '={{ $json.periodId }}',
				required: true,
				placeholder: 'e.g. 656309292174',
			},
			'periods',
		),
		readOptions,
	],
	async run(context) {
		const periodId = context.text('periodId', {
			pattern: /^\d{1,15}$/,
			expected: 'the number of a period',
		});
		return { ...foundItem(await context.api.client.getPeriod(periodId)), periodId };
	},
};

export const periodResource: Resource<DimonaApi> = {
	name: 'Period',
	value: 'period',
	description: 'What an IN created, from its first to its last day',
	operations: [getPeriod, searchPeriods],
};

export const relationResource: Resource<DimonaApi> = {
	name: 'Relation',
	value: 'relation',
	description: 'Employer and worker, from the first to the last employment',
	operations: [searchRelations],
};
