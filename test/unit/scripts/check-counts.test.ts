import { add, countsOf, explained, type Report } from '../../../scripts/check/counts';

const report = (tests: Record<string, string>, more: Partial<Report> = {}): Report => ({
	numPassedTests: 0,
	numFailedTests: 0,
	numRuntimeErrorTestSuites: 0,
	testResults: [
		{
			assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
		},
	],
	...more,
});

it('counts what passed, failed and was skipped', () => {
	const tests = { one: 'passed', 'two [skipped: no contract]': 'pending' };
	expect(countsOf(report(tests, { numPassedTests: 1, numFailedTests: 2 }))).toEqual({
		passed: 1,
		failed: 2,
		skipped: ['two [skipped: no contract]'],
	});
});

it('a test file that cannot be loaded is a failure', () => {
	expect(countsOf(report({}, { numRuntimeErrorTestSuites: 1 })).failed).toBe(1);
});

it('a test that is skipped without a reason is a failure and is named', () => {
	const counts = countsOf(report({ 'the forgotten one': 'pending' }));
	expect(counts.failed).toBe(1);
	expect(explained(counts)).toEqual([
		'skipped 1: NO REASON GIVEN, counted as failed: the forgotten one',
	]);
});

it('says each reason once, with the number of tests, over all steps', () => {
	const one = countsOf(report({ 'a [skipped: no contract] x': 'pending' }));
	const two = countsOf(report({ 'b [skipped: no contract]': 'pending', c: 'passed' }));
	expect(explained(add(one, two))).toEqual(['skipped 2: no contract']);
});
