import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The results files that the sheet template wrote into a folder, one for each run, oldest first.
 */
export function resultFiles(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => /^dimona-results-.+\.csv$/.test(name))
		.map((name) => join(folder, name))
		.sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
}

/** The lines of the last run's results, without their heading. */
export function lastResults(folder: string): string[] {
	const last = resultFiles(folder).at(-1);
	if (last === undefined) throw new Error('No run has written results');
	return readFileSync(last, 'utf8').trim().split(/\r?\n/).slice(1);
}
