import { type INodeProperties, NodeHelpers } from 'n8n-workflow';

import { formOf } from '../../../../lib/node/form';
import { ItemContext } from '../../../../lib/node/item-context';
import type { Operation, OperationTable } from '../../../../lib/node/operation';
import { BinaryStore } from '../../fakes/binary-store';
import { fakeExecution } from '../../fakes/execution';

const field = (name: string, more: Partial<INodeProperties> = {}): INodeProperties => ({
	displayName: `Label of ${name}`,
	name,
	type: 'string',
	default: '',
	...more,
});
const operation = (name: string, fields: INodeProperties[]): Operation<unknown> => ({
	name,
	value: name.toLowerCase(),
	action: `${name} a thing`,
	description: name,
	fields,
	run: async () => await Promise.resolve({}),
});

const shared = field('id');
const more = field('more', {
	type: 'collection',
	default: {},
	options: [
		field('text'),
		{
			displayName: 'Rows',
			name: 'rows',
			type: 'fixedCollection',
			default: {},
			options: [{ displayName: 'Row', name: 'row', values: [field('cell')] }],
		},
	],
});
const table: OperationTable<unknown> = {
	service: 'Test',
	resources: [
		{
			name: 'Zebra',
			value: 'zebra',
			operations: [
				operation('Send', [shared, field('only', { displayOptions: { show: { flag: [true] } } })]),
				operation('Get', [shared, more]),
			],
		},
		{ name: 'Apple', value: 'apple', operations: [operation('Get', [shared])] },
	],
	shared: [field('options', { type: 'collection', default: {} })],
	connect: async () => await Promise.resolve(undefined),
};

describe('a form', () => {
	const form = formOf(table);

	it('lists resources and operations by name, and starts with the first of the table', () => {
		expect(form[0]).toMatchObject({ name: 'resource', default: 'zebra' });
		expect(form[0].options?.map(({ name }) => name)).toEqual(['Apple', 'Zebra']);
		const selector = form.find(
			({ name, displayOptions }) =>
				name === 'operation' && displayOptions?.show?.resource?.[0] === 'zebra',
		);
		expect(selector?.options?.map(({ name }) => name)).toEqual(['Get', 'Send']);
		expect(selector?.default).toBe('send');
	});

	it('has a field that operations of a resource share once, so that its value stays', () => {
		const ids = form.filter(({ name }) => name === 'id');
		expect(ids.map(({ displayOptions }) => displayOptions?.show)).toEqual([
			{ resource: ['apple'], operation: ['get'] },
			{ resource: ['zebra'], operation: ['send', 'get'] },
		]);
	});

	it('keeps a field’s own conditions', () => {
		expect(form.find(({ name }) => name === 'only')?.displayOptions?.show).toEqual({
			resource: ['zebra'],
			operation: ['send'],
			flag: [true],
		});
	});

	it('changes no field of the table', () => {
		expect(shared.displayOptions).toBeUndefined();
	});

	it('shows of all fields those of the chosen operation', () => {
		const node = { typeVersion: 1 };
		const shown = form
			.filter((property) =>
				NodeHelpers.displayParameter({ resource: 'zebra', operation: 'get' }, property, node, null),
			)
			.map(({ name }) => name);
		expect(shown).toEqual(['resource', 'operation', 'id', 'more', 'options']);
	});
});

describe('what an operation works with', () => {
	const store = new BinaryStore();
	const stored = store.put('stored', 'a.txt', 'text/plain');
	const { execution, hints } = fakeExecution({
		properties: formOf(table),
		parameters: { resource: 'zebra', operation: 'get', id: '={{ $json.id }}', more: { text: 'x' } },
		items: [
			{ json: { id: 'first' } },
			{
				json: { id: 'second' },
				binary: {
					stored,
					inline: { data: Buffer.from('inline').toString('base64'), mimeType: 'text/plain' },
				},
			},
		],
		store,
	});
	const form = [shared, more];
	const contextOf = (item: number) => new ItemContext(execution, undefined, item, form, 2);
	const read = async (name: string): Promise<string> => {
		const chunks: Buffer[] = [];
		for await (const chunk of await contextOf(1).inputFile(name).open())
			chunks.push(Buffer.from(chunk as Uint8Array));
		return Buffer.concat(chunks).toString();
	};

	it('is the values of its item', () => {
		expect(contextOf(0).text('id')).toBe('first');
		expect(contextOf(0).forItem(1).text('id')).toBe('second');
		expect(contextOf(0).group('more').text('text')).toBe('x');
	});

	it.each([
		['id', 'Label of id'],
		['more', 'Label of more'],
		['more.text', 'Label of text'],
		['more.rows.row.cell', 'Label of cell'],
		['unknown', 'unknown'],
		['more.unknown', 'more.unknown'],
	])('is named as the person sees it: %s is "%s"', (name, label) => {
		expect(contextOf(0).label(name)).toBe(label);
	});

	it('is its files, opened as often as needed, wherever n8n keeps them', async () => {
		expect(contextOf(1).inputFileNames()).toEqual(['stored', 'inline']);
		expect(contextOf(1).inputFile('stored')).toMatchObject({
			fileName: 'a.txt',
			mimeType: 'text/plain',
			size: 6,
		});
		expect(contextOf(1).inputFile('inline')).toMatchObject({ fileName: 'inline', size: 6 });
		expect([await read('stored'), await read('stored'), await read('inline')]).toEqual([
			'stored',
			'stored',
			'inline',
		]);
	});

	it.each([
		[0, 'The input field "x" holds no file: this item has no files'],
		[1, 'The input field "x" holds no file: this item has files in stored, inline'],
	])('is not a file that item %p lacks', (item, message) => {
		expect(() => contextOf(item).inputFile('x')).toThrow(message);
	});

	it('is a way to tell the person something', () => {
		contextOf(0).warn('Look');
		expect(hints).toEqual([{ message: 'Look', location: 'outputPane', type: 'warning' }]);
	});
});
