import type { Report } from '../../../scripts/check/counts';
import { failureLines } from '../../../scripts/check/failures';

type Result = Report['testResults'][number];

const report = (...testResults: Result[]): Report => ({
	numPassedTests: 0,
	numFailedTests: 0,
	numRuntimeErrorTestSuites: 0,
	testResults,
});

const file = (name: string, failures: Record<string, string>): Result => ({
	name: `/repository/test/${name}`,
	message: 'all failures at once',
	assertionResults: [
		{ status: 'passed', fullName: 'what went well', failureMessages: [] },
		...Object.entries(failures).map(([fullName, message]) => ({
			status: 'failed',
			fullName,
			failureMessages: [message],
		})),
	],
});

const linesOf = (...results: Result[]) => failureLines(report(...results), '/repository');

it('names file and test of a failure, and says what went wrong', () => {
	const message = [
		'Error: \u001b[31mexpect\u001b[39m(received)',
		'',
		'- Expected',
		'    at Object.toEqual (/repository/test/a.test.ts:1:63)',
		'    at new Promise (<anonymous>)',
		'    at run (/repository/node_modules/jest-circus/build/run.js:1:1)',
		'    at processTicks (node:internal/process/task_queues:105:5)',
	].join('\n');
	expect(linesOf(file('a.test.ts', { 'the case is closed': message }))).toEqual([
		'FAILED  test/a.test.ts: the case is closed',
		'        Error: expect(received)',
		'        - Expected',
		'            at Object.toEqual (/repository/test/a.test.ts:1:63)',
	]);
});

it('says nothing of what passed', () => {
	expect(linesOf(file('a.test.ts', {}))).toEqual([]);
});

it('says why a file could not be loaded', () => {
	const result = {
		name: '/repository/test/b.test.ts',
		message: '  ● Test suite failed to run\n\n    Unexpected token\n',
		assertionResults: [],
	};
	expect(linesOf(result)).toEqual([
		'FAILED  test/b.test.ts',
		'          ● Test suite failed to run',
		'            Unexpected token',
	]);
});

it('shows the beginning of a long message', () => {
	const message = Array.from({ length: 40 }, (_, line) => `line ${line + 1}`).join('\n');
	const lines = linesOf(file('a.test.ts', { one: message }));
	expect(lines).toHaveLength(16);
	expect(lines.at(-1)?.trim()).toBe('line 15');
});

it('shows as many failures as fit before the end, after the names of all others', () => {
	const message = Array.from({ length: 20 }, (_, line) => `line ${line + 1}`).join('\n');
	const failures = Object.fromEntries(
		Array.from({ length: 6 }, (_, test) => [`test ${test + 1}`, message]),
	);
	const lines = linesOf(file('a.test.ts', failures));
	const titles = lines.filter((line) => line.startsWith('FAILED')).map((line) => line.slice(-6));
	expect(titles).toEqual(['test 4', 'test 5', 'test 6', 'test 1', 'test 2', 'test 3']);
	expect(lines.slice(3)).toHaveLength(48);
});
