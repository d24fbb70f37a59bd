import { relative } from 'node:path';
import type { Stryker } from '@stryker-mutator/core';

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/** A change that no test noticed. */
export interface Survivor {
	file: string;
	line: number;
	mutator: string;
	replacement: string;
}

export interface Score {
	name: string;
	/** Changes that could be tried. */
	mutants: number;
	/** Those that a test noticed, in percent. */
	percent: number;
	survivors: Survivor[];
}

const NOTICED = new Set(['Killed', 'Timeout']);
const SURVIVED = new Set(['Survived', 'NoCoverage']);

export function scoreOf(name: string, results: readonly MutantResult[]): Score {
	const tried = results.filter(({ status }) => NOTICED.has(status) || SURVIVED.has(status));
	const survived = tried.filter(({ status }) => SURVIVED.has(status));
	return {
		name,
		mutants: tried.length,
		percent: tried.length === 0 ? 0 : (100 * (tried.length - survived.length)) / tried.length,
		survivors: survived.map(({ fileName, location, mutatorName, replacement = '' }) => ({
			file: relative(process.cwd(), fileName),
			// Stryker counts from 0.
			line: location.start.line + 1,
			mutator: mutatorName,
			replacement: replacement.replace(/\s+/g, ' ').slice(0, 80),
		})),
	};
}

const BEGIN = '<!-- written by `npm run test:mutation` -->';
const END = '<!-- end -->';

/** The page with the table between the two marks replaced. */
export function quality(page: string, scores: readonly Score[]): string {
	const begin = page.indexOf(BEGIN);
	const end = page.indexOf(END, begin);
	if (begin < 0 || end < 0) throw new Error(`The page lacks ${BEGIN} … ${END}`);
	const rows = scores.map(
		({ name, mutants, percent, survivors }) =>
			`| ${name} | ${mutants} | ${survivors.length} | ${percent.toFixed(1)} % |`,
	);
	const table = [
		'| module | changes | unnoticed | noticed |',
		'| --- | ---: | ---: | ---: |',
		...rows,
	];
	return `${page.slice(0, begin + BEGIN.length)}\n\n${table.join('\n')}\n\n${page.slice(end)}`;
}
