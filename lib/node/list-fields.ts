import type { INodeProperties } from 'n8n-workflow';

import type { Fields } from './fields';

/** The two fields of every Get Many and Search, as n8n's own nodes have them. */
export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	displayOptions: { show: { returnAll: [false] } },
	default: 50,
	description: 'Max number of results to return',
};

/**
 * How many results the person wants; undefined for all.
 *
 * @example const limit = requestedLimit(context); // undefined for all
 */
export function requestedLimit(fields: Pick<Fields, 'boolean' | 'number'>): number | undefined {
	return fields.boolean('returnAll') ? undefined : fields.number('limit', { min: 1 });
}
