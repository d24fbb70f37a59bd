import type { IExecuteFunctions } from 'n8n-workflow';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import { executeTable } from '../../../../lib/node/execute';
import { formOf } from '../../../../lib/node/form';
import type { Operation, OperationTable } from '../../../../lib/node/operation';
import { RunMemory } from '../../../../lib/node/run-memory';
import { type ExecutionSetup, fakeExecution, outputOf } from '../../fakes/execution';

const lost = () =>
	new GuichetError('timeout', 'The post office did not answer in time', { outcome: 'unknown' });
const refused = () => new GuichetError('refused', 'No', { outcome: 'not_done' });

/** What the post office holds, and how it answers the next creations. */
let held: string[];
let next: Array<(() => Error) | undefined>;
beforeEach(() => {
	held = [];
	next = [];
});

async function post(letter: string): Promise<{ letter: string }> {
	const failure = next.shift()?.();
	const isRefused = failure instanceof GuichetError && failure.details.outcome === 'not_done';
	if (!isRefused) held.push(letter);
	if (failure) throw failure;
	return await Promise.resolve({ letter });
}

function tableOf(rules: Partial<Operation<undefined>>): OperationTable<undefined> {
	const operation: Operation<undefined> = {
		name: 'Send',
		value: 'send',
		action: 'Send a letter',
		description: 'Send a letter',
		fields: [],
		run: async ({ itemIndex }) => await post(`letter ${itemIndex}`),
		...rules,
	};
	return {
		service: 'The post office',
		resources: [{ name: 'Letter', value: 'letter', operations: [operation] }],
		connect: async () => await Promise.resolve(undefined),
	};
}

const executionOf = (
	table: OperationTable<undefined>,
	more: Partial<ExecutionSetup> = {},
): IExecuteFunctions =>
	fakeExecution({
		properties: formOf(table),
		parameters: { resource: 'letter', operation: 'send' },
		...more,
	}).execution;

const TWO_ITEMS = { items: [{ json: {} }, { json: {} }] };

describe('what an operation creates, when n8n runs the node again in the same execution', () => {
	test('is not created again after an unknown outcome; the same is told', async () => {
		const table = tableOf({ creates: true });
		const execution = executionOf(table);
		next = [lost];
		await expect(executeTable(execution, table)).rejects.toThrow('did not answer in time');
		for (let tries = 2; tries <= 3; tries++)
			await expect(executeTable(execution, table)).rejects.toMatchObject({
				message: expect.stringContaining('did not answer in time') as string,
				description: expect.stringContaining('was not begun again') as string,
			});
		expect(held).toEqual(['letter 0']);
	});

	test('is created when the first try certainly did nothing', async () => {
		const table = tableOf({ creates: true });
		const execution = executionOf(table);
		next = [refused];
		await expect(executeTable(execution, table)).rejects.toThrow('No');
		const [item] = await outputOf(executeTable(execution, table));
		expect(item.json).toEqual({ letter: 'letter 0' });
		expect(held).toEqual(['letter 0']);
	});

	test('is not created again for the items that succeeded beside one that failed', async () => {
		const table = tableOf({ creates: true, mode: 'sequential' });
		const execution = executionOf(table, TWO_ITEMS);
		next = [undefined, refused];
		await expect(executeTable(execution, table)).rejects.toThrow('No');
		const items = await outputOf(executeTable(execution, table));
		expect(items.map(({ json }) => json.letter)).toEqual(['letter 0', 'letter 1']);
		expect(held).toEqual(['letter 0', 'letter 1']);
	});

	test('is looked for after an unknown outcome, where the operation can', async () => {
		const findOutcome = async () =>
			await Promise.resolve(held.length > 0 ? { letter: held[0], found: true } : undefined);
		const table = tableOf({ creates: { findOutcome } });
		const execution = executionOf(table);
		next = [lost];
		await expect(executeTable(execution, table)).rejects.toThrow('did not answer in time');
		const [item] = await outputOf(executeTable(execution, table));
		expect(item.json).toEqual({ letter: 'letter 0', found: true });
		expect(held).toEqual(['letter 0']);
	});

	test('holds with "On Error: Continue" too', async () => {
		const table = tableOf({ creates: true });
		const execution = executionOf(table, { continueOnFail: true });
		next = [lost];
		await executeTable(execution, table);
		const [item] = await outputOf(executeTable(execution, table));
		expect(item.json.error).toContain('did not answer in time');
		expect(held).toEqual(['letter 0']);
	});

	test('is a step of several: what followed it is done again, and it is not', async () => {
		let reads = 0;
		const table = tableOf({
			run: async (context) => {
				const { letter } = await context.once('send', async () => await post('letter'));
				if (++reads === 1) throw new GuichetError('service_failed', 'Later');
				return { letter, reads };
			},
		});
		const execution = executionOf(table);
		await expect(executeTable(execution, table)).rejects.toThrow('Later');
		const [item] = await outputOf(executeTable(execution, table));
		expect(item.json).toEqual({ letter: 'letter', reads: 2 });
		expect(held).toEqual(['letter']);
	});
});

describe('what an operation creates is created again', () => {
	test('in the next run of a loop', async () => {
		const table = tableOf({ creates: true });
		const context = {};
		next = [lost];
		await expect(executeTable(executionOf(table, { context }), table)).rejects.toThrow();
		await executeTable(executionOf(table, { context, runIndex: 1 }), table);
		expect(held).toEqual(['letter 0', 'letter 0']);
	});

	test('in another execution', async () => {
		const table = tableOf({ creates: true });
		next = [lost];
		await expect(executeTable(executionOf(table), table)).rejects.toThrow();
		await executeTable(executionOf(table), table);
		expect(held).toEqual(['letter 0', 'letter 0']);
	});

	test('in the same run, once a try has succeeded as a whole', async () => {
		const table = tableOf({ creates: true });
		const execution = executionOf(table);
		await executeTable(execution, table);
		await executeTable(execution, table);
		expect(held).toHaveLength(2);
	});

	test('by an operation that does not say that it creates', async () => {
		const table = tableOf({});
		const execution = executionOf(table);
		next = [lost];
		await expect(executeTable(execution, table)).rejects.toThrow();
		await executeTable(execution, table);
		expect(held).toHaveLength(2);
	});
});

test('what is under way is waited for, not begun beside it', async () => {
	const table = tableOf({});
	const memory = RunMemory.of(executionOf(table));
	const release: Array<() => void> = [];
	const slowly = async () => {
		await new Promise<void>((resolve) => release.push(resolve));
		return await post('letter');
	};
	const both = [memory.once('a', slowly), memory.once('a', slowly)];
	await new Promise(setImmediate);
	expect(release).toHaveLength(1);
	release[0]?.();
	expect(await Promise.all(both)).toEqual([{ letter: 'letter' }, { letter: 'letter' }]);
	expect(held).toEqual(['letter']);
});
