import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { GuichetError, invalidInput } from '../../../../lib/errors/guichet-error';
import { executeTable } from '../../../../lib/node/execute';
import { formOf } from '../../../../lib/node/form';
import type { ItemContext } from '../../../../lib/node/item-context';
import { type Operation, type OperationTable, OutputItem } from '../../../../lib/node/operation';
import { type ExecutionSetup, fakeExecution } from '../../fakes/execution';

type Run = (context: ItemContext<string>) => ReturnType<Operation<string>['run']>;

function tableOf(
	run: Run,
	more: Partial<Operation<string>> = {},
	parallel = 3,
): OperationTable<string> {
	return {
		service: 'Test',
		resources: [
			{
				name: 'Thing',
				value: 'thing',
				operations: [
					{
						name: 'Do',
						value: 'do',
						action: 'Do a thing',
						description: 'Do',
						fields: [],
						run,
						...more,
					},
				],
			},
		],
		connect: async () => await Promise.resolve('the service'),
		parallelItems: () => parallel,
	};
}

const itemsOf = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_, n) => ({ json: { n } }));

async function run(table: OperationTable<string>, setup: Partial<ExecutionSetup> = {}) {
	const fake = fakeExecution({
		properties: formOf(table),
		parameters: { resource: 'thing', operation: 'do' },
		items: itemsOf(5),
		...setup,
	});
	return (await executeTable(fake.execution, table))[0];
}

const failureOf = async (promise: Promise<unknown>) =>
	await promise.then(
		() => {
			throw new Error('It did not fail');
		},
		(reason: Error & { description?: string; context: { itemIndex?: number } }) => reason,
	);

const turns = async (count: number): Promise<void> => {
	for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('items', () => {
	it('come out in their order although the last is done first, each paired with its own', async () => {
		const ended: number[] = [];
		const out = await run(
			tableOf(
				async ({ itemIndex }) => {
					await turns(10 - 2 * itemIndex);
					ended.push(itemIndex);
					return [{ itemIndex }, { itemIndex, second: true }];
				},
				{},
				5,
			),
		);
		expect(ended).toEqual([4, 3, 2, 1, 0]);
		expect(out.map(({ json }) => json.itemIndex)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 0, 1, 1, 2, 2, 3, 3, 4, 4].map((item) => ({ item })),
		);
	});

	it.each([
		['as many at once as allowed', {}, 3, 3],
		['one after the other where the operation wants it', { mode: 'sequential' as const }, 3, 1],
		['one after the other when none is allowed', {}, 0, 1],
	])('are treated %s', async (_, more, parallel, expected) => {
		let atOnce = 0;
		let most = 0;
		await run(
			tableOf(
				async () => {
					most = Math.max(most, ++atOnce);
					await turns(3);
					atOnce--;
					return {};
				},
				more,
				parallel,
			),
			{ items: itemsOf(9) },
		);
		expect(most).toBe(expected);
	});

	it('are treated in one run where the operation wants it', async () => {
		let runs = 0;
		const out = await run(
			tableOf(
				async ({ itemCount }) => {
					runs++;
					return await Promise.resolve([
						new OutputItem({ itemCount }),
						new OutputItem({ part: 1 }, {}, { items: [1, 3] }),
					]);
				},
				{ mode: 'once' },
			),
		);
		expect(runs).toBe(1);
		expect(out).toEqual([
			{ json: { itemCount: 5 }, pairedItem: [0, 1, 2, 3, 4].map((item) => ({ item })) },
			{ json: { part: 1 }, pairedItem: [{ item: 1 }, { item: 3 }] },
		]);
	});

	it('carry files only where there are some', async () => {
		const binary = { data: { data: '', mimeType: 'text/plain' } };
		const out = await run(
			tableOf(
				async ({ itemIndex }) =>
					await Promise.resolve(new OutputItem({}, itemIndex === 0 ? binary : {})),
			),
			{ items: itemsOf(2) },
		);
		expect(out).toEqual([
			{ json: {}, binary, pairedItem: { item: 0 } },
			{ json: {}, pairedItem: { item: 1 } },
		]);
	});
});

describe('a failure', () => {
	const failing = (failingItem: number, done: number[] = []) =>
		tableOf(async ({ itemIndex }) => {
			await turns(itemIndex === failingItem ? 2 : 6);
			if (itemIndex === failingItem)
				throw new GuichetError('refused', `no ${itemIndex}`, { status: 400, data: { id: 'x' } });
			done.push(itemIndex);
			return { itemIndex };
		});

	it('stops the node when those under way have ended, and says how many were done', async () => {
		const done: number[] = [];
		const error = await failureOf(run(failing(1, done)));
		expect(error.message).toBe('no 1');
		expect(error.context.itemIndex).toBe(1);
		expect(done).toEqual([0, 2]);
		expect(error.description).toContain(
			'2 of 5 items had been completed when this item stopped the node; they were not undone.',
		);
		await turns(20);
		expect(done).toEqual([0, 2]);
	});

	it('of the only item says nothing of others', async () => {
		const error = await failureOf(run(failing(0), { items: itemsOf(1) }));
		expect(error.description).not.toContain('items');
	});

	it('goes on item by item with "On Error: Continue"', async () => {
		const out = await run(failing(1), { continueOnFail: true, items: itemsOf(3) });
		expect(out[0]).toEqual({ json: { itemIndex: 0 }, pairedItem: { item: 0 } });
		expect(out[1]).toMatchObject({
			json: { error: 'no 1', details: { code: 'refused', status: 400, id: 'x' } },
			pairedItem: { item: 1 },
		});
		expect(Object.keys(out[1].json)).toEqual(['error', 'details']);
		expect(out[2].json).toEqual({ itemIndex: 2 });
	});

	it('of one run for all items is one item paired with all', async () => {
		const table = tableOf(async () => await Promise.reject(new GuichetError('refused', 'no')), {
			mode: 'once',
		});
		const out = await run(table, { continueOnFail: true, items: itemsOf(2) });
		expect(out).toMatchObject([{ json: { error: 'no' }, pairedItem: [{ item: 0 }, { item: 1 }] }]);
		await expect(run(table)).rejects.toThrow('no');
	});

	it('that is not ours keeps only a line of it', async () => {
		const error = await failureOf(
			run(tableOf(async () => await Promise.reject(new TypeError('x is undefined')))),
		);
		expect(error.message).toBe('Unexpected failure: x is undefined');
	});

	it('to connect is told for the first item', async () => {
		const table = tableOf(async () => await Promise.resolve({}));
		table.connect = async () => await Promise.reject(invalidInput('Client ID', 'is empty'));
		const error = await failureOf(run(table));
		expect(error.message).toBe('Client ID is empty');
		expect(error.context.itemIndex).toBe(0);
	});

	it('to read how many items at once are wanted is told as input', async () => {
		const table = tableOf(async () => await Promise.resolve({}));
		table.parallelItems = () => {
			throw invalidInput('Options: parallelCalls', 'must be a whole number');
		};
		const error = await failureOf(run(table));
		expect(error.name).toBe('NodeOperationError');
		expect(error.message).toBe('Options: parallelCalls must be a whole number');
	});

	it('of an operation that this version does not have names it', async () => {
		const table = tableOf(async () => await Promise.resolve({}));
		const functions = { ...fakeExecution({ properties: [], parameters: {} }).execution };
		const execution = Object.assign(Object.create(functions) as IExecuteFunctions, {
			getNode: () => ({
				name: 'x',
				type: 'x',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
				id: 'x',
			}),
			getInputData: () => itemsOf(1),
			getNodeParameter: (name: string) => (name === 'resource' ? 'thing' : 'undo'),
		});
		const error = await failureOf(executeTable(execution, table));
		expect(error.message).toBe(
			'Operation "thing: undo" does not exist in this version of the node',
		);
	});
});

describe('cancelling', () => {
	it.each([false, true])(
		'begins no further item (continue on error: %p)',
		async (continueOnFail) => {
			const stop = new AbortController();
			const begun: number[] = [];
			const error = await failureOf(
				run(
					tableOf(
						async ({ itemIndex, signal }) => {
							begun.push(itemIndex);
							if (itemIndex === 1) stop.abort();
							await turns(1);
							if (signal?.aborted)
								throw new GuichetError('cancelled', 'The execution was cancelled');
							return {};
						},
						{ mode: 'sequential' },
					),
					{ signal: stop.signal, continueOnFail },
				),
			);
			expect(begun).toEqual([0, 1]);
			expect(error.message).toBe('The execution was cancelled');
		},
	);
});
