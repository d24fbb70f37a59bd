import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isObject } from '../../../lib/answers/json';
import { invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Operation } from '../../../lib/node/operation';
import type { Fields } from '../../../lib/node/fields';
import { limit, returnAll, requestedLimit } from '../../../lib/node/list-fields';
import type { SearchableResource } from '../api/client';
import { readDeclaration } from '../api/result';
import type { Json } from '../api/types';
import type { DimonaApi } from '../connect';
import { searchDeclarationsOptions, searchOptions } from './form/options';
import { employerFields } from './form/party-fields';
import { readEmployer, readSsin } from './form/read-declaration';
import { mergeInto } from '../api/rules';
import { foundItem, resultItem, shownItem } from '../procedures/output';

/** The employer is a filter here, so that it may also be left out. */
function filterFields(options: INodeProperties): INodeProperties[] {
	const fields = employerFields.map((field) =>
		field.name === 'employerBy' ? { ...field, ...filterByEmployer(field) } : field,
	);
	return [...fields, returnAll, limit, options];
}

function filterByEmployer({ options = [] }: INodeProperties): Partial<INodeProperties> {
	return {
		displayName: 'Filter by Employer',
		default: 'employerId',
		description:
			'The filter by NSSO number is the one that is published; the service may refuse another one',
		options: [
			...options,
			{
				name: 'No Filter',
				value: 'none',
				description: 'All employers that the client may act for',
			},
		],
	};
}

function searchOperation(
	kind: SearchableResource,
	description: string,
	itemOf: (item: Json, options: Fields) => IDataObject,
	fields = filterFields(searchOptions),
): Operation<DimonaApi> {
	return {
		name: 'Search',
		value: 'search',
		action: `Search ${kind}`,
		description,
		fields,
		mode: 'sequential',
		async run(context) {
			const found = await searchItems(context, kind);
			const options = context.group('options');
			return found.map((item) => itemOf(item, options));
		},
	};
}

async function searchItems(
	context: ItemContext<DimonaApi>,
	kind: SearchableResource,
): Promise<Json[]> {
	const options = context.group('options');
	const limit = requestedLimit(context) ?? Infinity;
	const ssin = options.optionalText('ssin') ? readSsin(options, 'ssin') : undefined;
	const pageSize = options.optionalNumber('pageSize', { min: 1 });
	const found: Json[] = [];
	for await (const { items } of context.api.client.search(kind, filterOf(context), pageSize)) {
		found.push(...items.filter((item) => !ssin || hasSsin(item, ssin)));
		if (found.length >= limit) break;
	}
	return found.slice(0, limit);
}

function filterOf(context: ItemContext<DimonaApi>): Json {
	const options = context.group('options');
	const additional = options.json<unknown>('filterJson') ?? {};
	if (!isObject(additional))
		throw invalidInput(options.label('filterJson'), 'must be a JSON object');
	const filter = context.text('employerBy') === 'none' ? {} : { employer: readEmployer(context) };
	return mergeInto(filter, additional) as Json;
}

function hasSsin({ worker }: Json, ssin: string): boolean {
	return isObject(worker) && String(worker.ssin as string).padStart(11, '0') === ssin;
}

export const searchDeclarations = searchOperation(
	'declarations',
	'Find declarations and their results',
	(item, options) => {
		const result = readDeclaration(item);
		return result ? shownItem(resultItem(result), options) : foundItem(item);
	},
	filterFields(searchDeclarationsOptions),
);

export const searchPeriods = searchOperation('periods', 'Find periods of employment', foundItem);

export const searchRelations = searchOperation(
	'relations',
	'Find who is or was employed: first to last day of each worker with an employer',
	foundItem,
);
