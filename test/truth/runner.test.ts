import * as fc from 'fast-check';

import { runHistories, step, type TruthTest } from './runner';

/** A counter that forgets what it was told beyond a limit. */
interface Counter {
	told: number;
	claimed: number;
	limit: number;
}

const counter = (limits: fc.Arbitrary<number>): TruthTest<Counter, number> => ({
	service: 'counter',
	histories: 100,
	steps: 30,
	settings: limits,
	kinds: [
		step<Counter, number>('tell', 3, fc.integer({ min: 1, max: 9 }), (world, amount) => {
			world.told += amount;
			world.claimed = Math.min(world.claimed + amount, world.limit);
		}),
		step<Counter, undefined>('wait', 1, fc.constant(undefined), () => undefined),
	],
	open: (limit) => ({ told: 0, claimed: 0, limit }),
	check: ({ told, claimed }) => {
		if (told !== claimed) throw new Error(`claims ${claimed} of ${told}`);
	},
});

it('prints the shortest history that fails, and the command that repeats it', async () => {
	const failure: unknown = await runHistories(counter(fc.constant(20)), {
		histories: 100,
		seed: 1,
	}).catch((error: unknown) => error);
	const lines = (failure as Error).message.split('\n');
	expect(lines[1]).toBe('setting: 20');
	const steps = lines.filter((line) => /^\d+\. /.test(line));
	expect(steps.every((line) => /^\d+\. tell \d$/.test(line))).toBe(true);
	// None of them can be left out.
	const amounts = steps.map((line) => Number(line.at(-1)));
	const told = amounts.reduce((sum, amount) => sum + amount, 0);
	expect(lines.join('\n')).toContain(`then: Error: claims 20 of ${told}`);
	for (const amount of amounts) expect(told - amount).toBeLessThanOrEqual(20);
	expect(lines.at(-1)).toMatch(/^again: npm run truth -- counter 100 1 \d+(:\d+)*$/);
});

it('begins with the failing history when its path is given', async () => {
	const options = { histories: 100, seed: 1 };
	const failure = (await runHistories(counter(fc.constant(20)), options).catch(
		(error: unknown) => error,
	)) as Error;
	const path = failure.message.split(' ').at(-1);
	const again = (await runHistories(counter(fc.constant(20)), { ...options, path }).catch(
		(error: unknown) => error,
	)) as Error;
	expect(again.message).toContain('(1 run, 0 shrinks)');
});

it('counts what was run when nothing fails', async () => {
	const report = await runHistories(counter(fc.constant(Infinity)), { histories: 50, seed: 7 });
	expect(report).toMatchObject({ histories: 50, seed: 7 });
	expect(report.taken.tell + report.taken.wait).toBe(report.steps);
	expect(report.steps).toBeGreaterThan(100);
});
