/** What jest writes with `--json`, as far as it is read here. */
export interface Report {
	numPassedTests: number;
	numFailedTests: number;
	/** Test files that could not even be loaded. */
	numRuntimeErrorTestSuites: number;
	testResults: Array<{
		/** The test file. */
		name?: string;
		/** All failures of the file in words; why it could not be loaded. */
		message?: string;
		assertionResults: Array<{ status: string; fullName: string; failureMessages?: string[] }>;
	}>;
}

export interface Counts {
	passed: number;
	failed: number;
	/** Full names of the skipped tests. */
	skipped: string[];
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: [] };

const SKIPPED = new Set(['pending', 'skipped', 'todo', 'disabled']);
/** Written into the name by `test/skip.ts`. */
const REASON = /\[skipped: ([^\]]+)\]/;

/**
 * A test file that cannot be loaded has no tests to count and is a failure all the same; so is a
 * test that is skipped without a reason, for nobody would notice that it does not run.
 */
export function countsOf(report: Report): Counts {
	const skipped = report.testResults
		.flatMap(({ assertionResults }) => assertionResults)
		.filter(({ status }) => SKIPPED.has(status))
		.map(({ fullName }) => fullName);
	const unexplained = skipped.filter((name) => !REASON.test(name));
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + report.numRuntimeErrorTestSuites + unexplained.length,
		skipped,
	};
}

export function add(one: Counts, other: Counts): Counts {
	return {
		passed: one.passed + other.passed,
		failed: one.failed + other.failed,
		skipped: [...one.skipped, ...other.skipped],
	};
}

/** A line for each reason with the number of tests, and one for each test without a reason. */
export function explained({ skipped }: Counts): string[] {
	const counts = new Map<string, number>();
	for (const name of skipped) {
		const line = REASON.exec(name)?.[1] ?? `NO REASON GIVEN, counted as failed: ${name}`;
		counts.set(line, (counts.get(line) ?? 0) + 1);
	}
	return [...counts].map(([reason, count]) => `skipped ${count}: ${reason}`);
}
