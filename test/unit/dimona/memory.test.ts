import fc from 'fast-check';

import type * as memoryModule from '../../../nodes/Dimona/procedures/memory';
import { SharedList, VirtualTime } from '../fakes/shared-list';

/** The memory as so many processes have it, each with a module of its own. */
function memories(
	processes: number,
	list: SharedList,
	time: VirtualTime,
	sharedDatabase: boolean,
): memoryModule.SubmissionMemory[] {
	return Array.from({ length: processes }, () => {
		let made: memoryModule.SubmissionMemory | undefined;
		jest.isolateModules(() => {
			const { SubmissionMemory } = jest.requireActual<typeof memoryModule>(
				'../../../nodes/Dimona/procedures/memory',
			);
			made = new SubmissionMemory(list, time, sharedDatabase);
		});
		if (!made) throw new Error('The module was not loaded');
		return made;
	});
}

/**
 * Reading and writing take up to so long each; both together stay below the time after which they
 * count as settled.
 */
const DELAYS = fc.array(fc.integer({ min: 0, max: 490 }), { minLength: 20, maxLength: 60 });

it('admits each declaration once, whatever several processes write at the same time', async () => {
	await fc.assert(
		fc.asyncProperty(
			DELAYS,
			fc.integer({ min: 2, max: 3 }),
			fc.integer({ min: 1, max: 5 }),
			async (delays, processes, count) => {
				const time = new VirtualTime();
				let calls = 0;
				const list = new SharedList(time, () => delays[calls++ % delays.length]);
				const keys = Array.from({ length: count }, (_, index) => `declaration ${index}`);
				const all = memories(processes, list, time, true).map(
					async (memory) => await Promise.all(keys.map(async (key) => await memory.record(key))),
				);
				const admitted = await time.run(Promise.all(all));
				for (const index of keys.keys())
					expect(admitted.filter((ofProcess) => ofProcess[index])).toHaveLength(1);
				// Nothing was lost either: whoever comes later is refused.
				const [later] = memories(1, list, time, true);
				for (const key of keys) expect(await time.run(later.record(key))).toBe(false);
			},
		),
		{ numRuns: 150 },
	);
});

it('takes one look and no time when no other process writes', async () => {
	const time = new VirtualTime();
	const [memory] = memories(1, new SharedList(time, () => 1), time, false);
	expect(await time.run(memory.record('a'))).toBe(true);
	expect(await time.run(memory.record('a'))).toBe(false);
	expect(time.now()).toBe(4);
});

it.each([true, false])('admits again what was forgotten (queue mode: %s)', async (shared) => {
	const time = new VirtualTime();
	const [one, other] = memories(2, new SharedList(time, () => 1), time, shared);
	expect(await time.run(one.record('a'))).toBe(true);
	await time.run(one.forget('a'));
	expect(await time.run(other.record('a'))).toBe(true);
	expect(await time.run(one.record('a'))).toBe(false);
});

it('waits longer when the database is slow', async () => {
	const time = new VirtualTime();
	// After the two calls that make the list: both read it at once; one has written after 400 ms, the
	// other after 1,900.
	const delays = [0, 0, 0, 0, 400, 1_900];
	const list = new SharedList(time, () => delays.shift() ?? 0);
	const [one, other] = memories(2, list, time, true);
	await time.run(memories(1, list, time, false)[0].record('before'));
	const both = Promise.all([one.record('a'), other.record('a')]);
	expect(await time.run(both)).toEqual([false, true]);
});

it('sends nothing when its entry never stands', async () => {
	const time = new VirtualTime();
	const nothingStands = {
		checkProcessedAndRecord: async (items: unknown[]) =>
			await Promise.resolve({ new: items as string[], processed: [] }),
		removeProcessed: async () => await Promise.resolve(),
	};
	const [memory] = memories(1, nothingStands as unknown as SharedList, time, true);
	await expect(time.run(memory.record('a'))).rejects.toMatchObject({
		code: 'failed_here',
		details: { outcome: 'not_done' },
	});
});

describe('many at once', () => {
	it.each([true, false])(
		'are written together, so that the cost does not grow with their square (queue mode: %s)',
		async (shared) => {
			const time = new VirtualTime();
			const list = new SharedList(time, () => 1);
			const [memory] = memories(1, list, time, shared);
			for (let round = 0; round < 20; round++) {
				const keys = Array.from({ length: 50 }, (_, index) => `${round} ${index}`);
				const admitted = Promise.all(keys.map(async (key) => await memory.record(key)));
				expect(await time.run(admitted)).toEqual(keys.map(() => true));
			}
			// One by one they would be 1,000, and in queue mode, where each looks once more, 2,000.
			expect(list.calls).toBeLessThanOrEqual(shared ? 60 : 20);
			expect(await time.run(memory.record('7 7'))).toBe(false);
		},
	);

	it.each([true, false])('the same twice is admitted once (queue mode: %s)', async (shared) => {
		const time = new VirtualTime();
		const list = new SharedList(time, () => 1);
		const [memory] = memories(1, list, time, shared);
		const keys = ['a', 'b', 'a', 'c', 'b', 'a'];
		const admitted = await time.run(Promise.all(keys.map(async (key) => await memory.record(key))));
		for (const key of ['a', 'b', 'c'])
			expect(admitted.filter((isNew, index) => isNew && keys[index] === key)).toHaveLength(1);
	});
});
