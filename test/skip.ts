/** What `npm test` reads out of the name of a skipped test. */
const WHY = 'skipped';

/**
 * `describe` when something is there, otherwise skipped, with the reason in the name.
 *
 * @example
 * describeIf(existsSync(file), 'needs the contract')('the contract', () => { … });
 */
export function describeIf(isThere: boolean, otherwise: string) {
	return (name: string, tests: () => void): void => {
		if (isThere) describe(name, tests);
		else describe.skip(withReason(name, otherwise), tests);
	};
}

/** `it` when something is there, otherwise skipped, with the reason in the name. */
export function itIf(isThere: boolean, otherwise: string) {
	return (name: string, test: () => Promise<void>): void => {
		if (isThere) it(name, test);
		else it.skip(withReason(name, otherwise), test);
	};
}

const withReason = (name: string, reason: string) => `${name} [${WHY}: ${reason}]`;
