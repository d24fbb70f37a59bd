/** What of a mutation report is read here: the files that were changed, and each change. */
export interface MutationReport {
	files: Record<
		string,
		{
			/** The file as it was when it was changed. */
			source: string;
			mutants: Array<{
				status: string;
				/** Lines are counted from 1. */
				location: { start: { line: number } };
				mutatorName: string;
				replacement?: string;
			}>;
		}
	>;
}

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

export function scoreOf(name: string, { files }: MutationReport): Score {
	const tried = Object.entries(files)
		.flatMap(([file, { mutants }]) => mutants.map((mutant) => ({ file, ...mutant })))
		.filter(({ status }) => NOTICED.has(status) || SURVIVED.has(status));
	const survived = tried.filter(({ status }) => SURVIVED.has(status));
	return {
		name,
		mutants: tried.length,
		percent: tried.length === 0 ? 0 : (100 * (tried.length - survived.length)) / tried.length,
		survivors: survived.map(({ file, location, mutatorName, replacement = '' }) => ({
			file,
			line: location.start.line,
			mutator: mutatorName,
			replacement: replacement.replace(/\s+/g, ' ').slice(0, 80),
		})),
	};
}

/**
 * Whether a report is of the files as they are now.
 *
 * @param read the text of a file; nothing where it is gone
 */
export function isCurrent(
	{ files }: MutationReport,
	read: (file: string) => string | undefined,
): boolean {
	return Object.entries(files).every(([file, { source }]) => read(file) === source);
}

/** A line of the table: what was measured of a module, if anything was. */
export interface Measured {
	name: string;
	score?: Score;
	/** Whether the module's files are still those that were measured. */
	current: boolean;
}

const BEGIN = '<!-- written by `npm run test:mutation` -->';
const END = '<!-- end -->';

/** The page with the table between the two marks replaced. */
export function quality(page: string, modules: readonly Measured[]): string {
	const begin = page.indexOf(BEGIN);
	const end = page.indexOf(END, begin);
	if (begin < 0 || end < 0) throw new Error(`The page lacks ${BEGIN} … ${END}`);
	const table = [
		'| module | changes | unnoticed | noticed |',
		'| --- | ---: | ---: | ---: |',
		...modules.map(row),
	];
	return `${page.slice(0, begin + BEGIN.length)}\n\n${table.join('\n')}\n\n${page.slice(end)}`;
}

function row({ name, score, current }: Measured): string {
	if (!score) return `| ${name} | not measured | | |`;
	const { mutants, survivors, percent } = score;
	const measured = current ? name : `${name} (changed since)`;
	return `| ${measured} | ${mutants} | ${survivors.length} | ${percent.toFixed(1)} % |`;
}
