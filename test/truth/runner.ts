import * as fc from 'fast-check';

// The HTTP client reads it at each request, and jest's copy of `process` computes it each time.
Object.defineProperty(process, 'allowedNodeEnvironmentFlags', {
	value: process.allowedNodeEnvironmentFlags,
});

/** One thing that happens in a history: an act of ours, of somebody else, or a fault. */
export interface Step<World> {
	/** The step and its arguments, as the failure prints them. */
	readonly text: string;
	run(world: World): Promise<void>;
}

/** A kind of step and how often it is drawn. */
export interface StepKind<World> {
	name: string;
	weight: number;
	arbitrary: fc.Arbitrary<Step<World>>;
}

/**
 * A kind of step whose arguments are drawn.
 *
 * @param run does nothing where the history gives it nothing to do: a step must never need another
 * @example step<World, number>('a case arrives', 3, fc.nat(9), async (world, n) => world.arrive(n))
 */
export function step<World, Arguments>(
	name: string,
	weight: number,
	values: fc.Arbitrary<Arguments>,
	run: (world: World, values: Arguments) => Promise<void> | void,
): StepKind<World> {
	const toStep = (drawn: Arguments): Step<World> => ({
		text: drawn === undefined ? name : `${name} ${fc.stringify(drawn)}`,
		run: async (world) => await run(world, drawn),
	});
	return { name, weight, arbitrary: values.map(toStep) };
}

/** What a service's truth test consists of. */
export interface TruthTest<World, Setting> {
	/** Name of the folder below `test/truth`. */
	service: string;
	/** Histories in `npm test`; `npm run truth -- <service> <count>` runs more. */
	histories: number;
	/** Most steps of a history. */
	steps: number;
	/** What differs between two worlds: everything that the documents leave open. */
	settings: fc.Arbitrary<Setting>;
	kinds: Array<StepKind<World>>;
	/** A new and empty world. Start servers once, outside, and only reset them here. */
	open(setting: Setting): Promise<World> | World;
	/** After each step: throws where something was claimed that the service does not hold. */
	check(world: World): Promise<void> | void;
	/**
	 * After the last step: lets what is under way come to its end and throws where something is lost.
	 */
	finish?(world: World): Promise<void> | void;
	close?(world: World): Promise<void> | void;
}

export interface TruthOptions {
	histories: number;
	seed: number;
	/** Of a failure printed before: begins with that history. */
	path?: string;
}

/** What was run. */
export interface TruthReport extends TruthOptions {
	steps: number;
	/** How often each kind of step was taken. */
	taken: Record<string, number>;
}

/**
 * Runs random histories.
 *
 * @throws Error whose message is the shortest history that fails, and the command that repeats it
 */
export async function runHistories<World, Setting>(
	test: TruthTest<World, Setting>,
	{ histories, seed, path }: TruthOptions,
): Promise<TruthReport> {
	const report: TruthReport = { histories, seed, steps: 0, taken: {} };
	const anyStep = fc.oneof(
		...test.kinds.map(({ weight, arbitrary, name }) => ({
			weight,
			arbitrary: arbitrary.map((one) => ({ name, one })),
		})),
	);
	const history = fc.array(anyStep, { maxLength: test.steps, size: 'max' });
	const property = fc.asyncProperty(test.settings, history, async (setting, steps) => {
		const world = await test.open(setting);
		try {
			for (const { name, one } of steps) {
				await one.run(world);
				await test.check(world);
				report.steps += 1;
				report.taken[name] = (report.taken[name] ?? 0) + 1;
			}
			await test.finish?.(world);
			await test.check(world);
		} finally {
			await test.close?.(world);
		}
	});
	const details = await fc.check(property, { numRuns: histories, seed, path });
	if (!details.failed || details.counterexample === null) return report;
	const [setting, steps] = details.counterexample;
	const reason = details.errorInstance;
	const lines = [
		`${test.service}: the shortest history that fails (${details.numRuns} run, ${details.numShrinks} shrinks)`,
		`setting: ${fc.stringify(setting)}`,
		...steps.map(({ one }, index) => `${index + 1}. ${one.text}`),
		`then: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
		`again: npm run truth -- ${test.service} ${histories} ${seed} ${details.counterexamplePath ?? ''}`,
	];
	throw new Error(lines.join('\n'));
}

/** Seed of `npm test`, so that it is the same run on every machine. */
const SEED = 20_260_105;

/** What the command line asks for, handed on by `npm run truth`. */
function optionsOf(histories: number): TruthOptions {
	const { TRUTH_HISTORIES, TRUTH_SEED, TRUTH_PATH } = process.env;
	return {
		histories: Number(TRUTH_HISTORIES ?? histories),
		seed: Number(TRUTH_SEED ?? SEED),
		path: TRUTH_PATH || undefined,
	};
}

/** Defines the jest test of a service. */
export function testTruth<World, Setting>(test: TruthTest<World, Setting>): void {
	const options = optionsOf(test.histories);
	const limit = 120_000 + options.histories * 1_000;
	it(
		`${test.service} says nothing that the service does not hold`,
		async () => {
			const report = await runHistories(test, options);
			const taken = Object.entries(report.taken)
				.sort(([, a], [, b]) => b - a)
				.map(([name, count]) => `${name} ${count}`);
			if (process.env.TRUTH_HISTORIES)
				process.stdout.write(
					`truth ${test.service}: ${report.histories} histories, ${report.steps} steps, seed ${report.seed}\n  ${taken.join(', ')}\n`,
				);
			// A kind that is never taken proves nothing.
			if (report.histories >= 100)
				expect(Object.keys(report.taken).sort()).toEqual(test.kinds.map(({ name }) => name).sort());
		},
		limit,
	);
}
