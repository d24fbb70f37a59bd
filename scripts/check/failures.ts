import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Report } from './counts';

const MESSAGE_LINES = 15;
/** Logs of continuous integration keep some 80 lines of the end, and the summary follows. */
const MOST_LINES = 56;

interface Failure {
	title: string;
	/** The first lines of what went wrong. */
	lines: string[];
}

/**
 * The tests that failed, for the end of a run whose beginning may be cut off: file, full name and
 * the first lines of the message. When there are too many, those without room are named before the
 * others.
 */
export function failureLines(report: Report, root: string): string[] {
	const failures = failuresOf(report, root);
	const shown: Failure[] = [];
	let room = MOST_LINES;
	for (const failure of failures) {
		room -= 1 + failure.lines.length;
		if (shown.length > 0 && room < 0) break;
		shown.push(failure);
	}
	const others = failures.slice(shown.length).map(({ title }) => `FAILED  ${title}`);
	const details = shown.flatMap(({ title, lines }) => [
		`FAILED  ${title}`,
		...lines.map((line) => `        ${line}`),
	]);
	return [...others, ...details];
}

function failuresOf({ testResults }: Report, root: string): Failure[] {
	return testResults.flatMap(({ name = '', message = '', assertionResults }) => {
		const file = relative(root, name);
		const failed = assertionResults.filter(({ status }) => status === 'failed');
		// A file that cannot be loaded has a message and no tests.
		if (assertionResults.length === 0 && message !== '')
			return [{ title: file, lines: firstLines(message) }];
		return failed.map(({ fullName, failureMessages = [] }) => ({
			title: `${file}: ${fullName}`,
			lines: firstLines(failureMessages.join('\n')),
		}));
	});
}

/** Without empty lines, and of the stack only the lines of the project's own files. */
function firstLines(message: string): string[] {
	return stripVTControlCharacters(message)
		.split('\n')
		.map((line) => line.trimEnd())
		.filter((line) => line !== '' && !/^\s+at .*(node_modules|node:|<anonymous>\)$)/.test(line))
		.slice(0, MESSAGE_LINES);
}
