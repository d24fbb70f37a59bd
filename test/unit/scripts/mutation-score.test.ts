import { isCurrent, type MutationReport, quality, scoreOf } from '../../../scripts/mutation/score';

const report = (...statuses: string[]): MutationReport => ({
	files: {
		'lib/a.ts': {
			source: 'text',
			mutants: statuses.map((status) => ({
				status,
				location: { start: { line: 5 } },
				mutatorName: 'BooleanLiteral',
				replacement: 'false',
			})),
		},
	},
});

it('a change that ran into the time limit is noticed, one that no test reaches is not', () => {
	const score = scoreOf('a', report('Killed', 'Timeout', 'Survived', 'NoCoverage'));
	expect(score).toMatchObject({ mutants: 4, percent: 50 });
	expect(score.survivors.map(({ file, line }) => [file, line])).toEqual([
		['lib/a.ts', 5],
		['lib/a.ts', 5],
	]);
});

it('changes that could not be tried do not count', () => {
	expect(scoreOf('a', report('Killed', 'CompileError', 'Ignored'))).toMatchObject({
		mutants: 1,
		percent: 100,
	});
});

it('a module without any change that could be tried has not passed', () => {
	expect(scoreOf('a', report()).percent).toBe(0);
});

it('a report is of the present code while none of its files has changed or gone', () => {
	expect(isCurrent(report('Killed'), () => 'text')).toBe(true);
	expect(isCurrent(report('Killed'), () => 'other')).toBe(false);
	expect(isCurrent(report('Killed'), () => undefined)).toBe(false);
});

describe('the table', () => {
	const [begin, end] = ['<!-- written by `npm run test:mutation` -->', '<!-- end -->'];

	it('replaces the one before and nothing else of the page', () => {
		const page = quality(`before\n${begin}\nold\n${end}\nafter`, [
			{ name: 'a', score: scoreOf('a', report('Killed')), current: true },
		]);
		expect(page).toContain('| a | 1 | 0 | 100.0 % |');
		expect(page).not.toContain('old');
		expect([page.startsWith('before\n'), page.endsWith('\nafter')]).toEqual([true, true]);
	});

	it('says what was not measured, and what was measured before a change of the code', () => {
		const page = quality(`${begin}${end}`, [
			{ name: 'a', current: false },
			{ name: 'b', score: scoreOf('b', report('Killed', 'Survived')), current: false },
		]);
		expect(page).toContain('| a | not measured | | |');
		expect(page).toContain('| b (changed since) | 2 | 1 | 50.0 % |');
	});
});
