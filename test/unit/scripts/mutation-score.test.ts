import { quality, scoreOf } from '../../../scripts/mutation/score';

type Results = Parameters<typeof scoreOf>[1];

const results = (...statuses: string[]) =>
	statuses.map((status) => ({
		status,
		fileName: 'lib/a.ts',
		location: { start: { line: 4, column: 0 }, end: { line: 4, column: 1 } },
		mutatorName: 'BooleanLiteral',
		replacement: 'false',
	})) as unknown as Results;

it('a change that ran into the time limit is noticed, one that no test reaches is not', () => {
	const score = scoreOf('a', results('Killed', 'Timeout', 'Survived', 'NoCoverage'));
	expect(score).toMatchObject({ mutants: 4, percent: 50 });
	expect(score.survivors.map(({ line }) => line)).toEqual([5, 5]);
});

it('changes that could not be tried do not count', () => {
	expect(scoreOf('a', results('Killed', 'CompileError', 'Ignored'))).toMatchObject({
		mutants: 1,
		percent: 100,
	});
});

it('a module without any change that could be tried has not passed', () => {
	expect(scoreOf('a', []).percent).toBe(0);
});

it('the table replaces the one before and nothing else of the page', () => {
	const [begin, end] = ['<!-- written by `npm run test:mutation` -->', '<!-- end -->'];
	const page = quality(`before\n${begin}\nold\n${end}\nafter`, [scoreOf('a', results('Killed'))]);
	expect(page).toContain('| a | 1 | 0 | 100.0 % |');
	expect(page).not.toContain('old');
	expect([page.startsWith('before\n'), page.endsWith('\nafter')]).toEqual([true, true]);
});
