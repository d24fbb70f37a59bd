import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { HttpCall, QueryValue } from '../../../lib/http/call';
import type { Fields } from '../../../lib/node/fields';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import { retryNoticeSaying } from '../../../lib/node/retry-notice';
import { limit, returnAll, requestedLimit } from '../../../lib/node/list-fields';
import type { MessageRegistry } from '../api/message-registry';
import { readAnswer } from '../../../lib/answers/read';
import { anyList } from '../api/answers';
import { pageOf } from '../api/contract-names';
import { readPagedList } from '../api/paging';
import type { EBoxApi } from '../connect';
import { providerId } from './fields';

const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const;

const retryNotice: INodeProperties = {
	...retryNoticeSaying(
		'does not send the request a second time, unless it is safe to repeat: what this execution began is remembered.',
	),
	displayOptions: { hide: { method: ['GET'] } },
};

const onlyGet = { show: { method: ['GET'] } };

const fields: INodeProperties[] = [
	retryNotice,
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		options: METHODS.map((value) => ({ name: value, value })),
		default: 'GET',
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. /ebox/messages',
		description: 'Below the base URL of the provider’s message registry',
	},
	providerId,
	{
		displayName: 'Split Pages Into Items',
		name: 'paged',
		type: 'boolean',
		displayOptions: onlyGet,
		default: false,
		description:
			'Whether the answer is a list in pages (items, totalItems) of which each entry becomes an item',
	},
	{ ...returnAll, displayOptions: { show: { method: ['GET'], paged: [true] } } },
	{ ...limit, displayOptions: { show: { method: ['GET'], paged: [true], returnAll: [false] } } },
	{
		displayName: 'Body',
		name: 'body',
		type: 'json',
		displayOptions: { hide: { method: ['GET'] } },
		default: '{}',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Content Type',
				name: 'contentType',
				type: 'string',
				default: '',
				placeholder: 'e.g. application/merge-patch+json',
				description: 'Of the body. Empty: merge-patch for PATCH, JSON otherwise.',
			},
			{
				displayName: 'Headers',
				name: 'headers',
				type: 'json',
				default: '{}',
				placeholder: 'e.g. {"On-Behalf-Of-Enterprise-Number": "0206731645"}',
			},
			{
				displayName: 'Query Parameters',
				name: 'query',
				type: 'json',
				default: '{}',
				placeholder: 'e.g. {"partition": "GENERAL"}',
			},
			{
				displayName: 'Safe to Repeat',
				name: 'safe',
				type: 'boolean',
				default: false,
				description:
					'Whether doing it twice is the same as doing it once, so that it may be repeated when its outcome is unknown. GET always may.',
			},
		],
	},
];

async function send(context: ItemContext<EBoxApi>): Promise<IDataObject | IDataObject[]> {
	const { eBox } = context.api;
	const registry = eBox.registry(await eBox.provider(context.optionalText('providerId')));
	const call = callOf(context);
	if (call.method === 'GET' && context.boolean('paged'))
		return await pages(context, registry, call);
	const request = async () => await registry.custom(call);
	const { status, body } =
		call.repeat === 'never' ? await context.once('request', request) : await request();
	return { providerId: registry.provider.id, status, body: body as IDataObject };
}

function callOf(context: ItemContext<EBoxApi>): HttpCall {
	const method = METHODS.find((one) => one === context.text('method'));
	if (!method) throw invalidInput(context.label('method'), `must be ${METHODS.join(', ')}`);
	const more = context.group('additionalFields');
	const body = method === 'GET' ? undefined : context.json<unknown>('body');
	const usual = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
	return {
		method,
		url: pathFrom(context),
		query: more.json<Record<string, QueryValue>>('query'),
		headers: headersOf(more),
		repeat: method === 'GET' || more.boolean('safe') ? 'safe' : 'never',
		...(body === undefined
			? {}
			: {
					body: {
						text: JSON.stringify(body),
						contentType: more.optionalText('contentType') ?? usual,
					},
				}),
	};
}

/** A path and nothing else: the address is the provider's. */
function pathFrom(context: ItemContext<EBoxApi>): string {
	const path = context.text('path');
	if (/^[a-z][a-z+.-]*:|^\/\/|\\|[?#]|(^|\/)\.{1,2}(\/|$)/i.test(path))
		throw invalidInput(
			context.label('path'),
			'must be a path such as /ebox/messages, without host, query and dots',
		);
	return path;
}

/** What a person adds; the token is ours to set, and the host the provider's. */
function headersOf(more: Fields): Record<string, string> | undefined {
	const given = more.json<Record<string, unknown>>('headers') ?? {};
	const names = Object.keys(given);
	const refused = names.find((name) => /^(authorization|host|cookie|content-length)$/i.test(name));
	if (refused) throw invalidInput(more.label('headers'), `must not contain ${refused}`);
	return Object.fromEntries(names.map((name) => [name.toLowerCase(), String(given[name])]));
}

async function pages(
	context: ItemContext<EBoxApi>,
	registry: MessageRegistry,
	call: HttpCall,
): Promise<IDataObject[]> {
	const { items, complete } = await readPagedList({
		fetch: async (page, pageSize) => {
			const query = { ...call.query, ...registry.spec.pageQuery(page, pageSize) };
			const { body } = await registry.custom({ ...call, query });
			const service = `The e-Box provider "${registry.provider.id}"`;
			return pageOf<Record<string, unknown>>(readAnswer(anyList, body, { service }));
		},
		keyOf: (entry) => JSON.stringify(entry),
		limit: requestedLimit(context),
	});
	if (!complete) context.warn('The provider says that it holds more than it gave.');
	return items.map((entry) => ({ providerId: registry.provider.id, ...entry }));
}

export const customRequestResource: Resource<EBoxApi> = {
	name: 'Custom Request',
	value: 'customRequest',
	description: 'Anything else that a message registry offers',
	operations: [
		{
			name: 'Send',
			value: 'send',
			action: 'Send a custom request',
			description:
				'Call any path of a provider’s message registry with the token, the paging and the errors of this node',
			fields,
			run: send,
		},
	],
};
