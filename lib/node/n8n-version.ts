import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { GuichetError } from '../errors/guichet-error';

/**
 * The oldest n8n that the package works on. README, guides and the tests' own n8n agree with it.
 */
export const OLDEST_N8N = '2.30';

/** Major, minor, patch. Of n8n-workflow; major and minor are those of n8n itself. */
export type Version = readonly [number, number, number];

/**
 * What n8n recognises as a failed item where a node continues with its error output. What it does
 * not recognise leaves by the success output.
 *
 * - `details`: data of `error` and `details`
 * - `message`: data of `error` and `message`; every version recognises it
 * - `property`: an `error` beside the item's data; every version recognises it, and keeps the text
 *   alone
 */
export type FailureForm = 'details' | 'message' | 'property';

/**
 * The version from which on n8n recognises `details`. Two older lines got it later, with n8n 2.34.6
 * and 2.35.3.
 */
const RECOGNISES_DETAILS: Version = [2, 36, 0];
const LATER_RELEASES: Version[] = [
	[2, 34, 3],
	[2, 35, 1],
];

export function failureForm(version = n8nVersion()): FailureForm {
	if (!version) return 'property';
	const [major, minor] = version;
	const sameLine = LATER_RELEASES.find((other) => other[0] === major && other[1] === minor);
	return compare(version, sameLine ?? RECOGNISES_DETAILS) >= 0 ? 'details' : 'message';
}

/**
 * @throws GuichetError on an n8n older than {@link OLDEST_N8N}; one whose version cannot be told is
 *   let through
 * @example assertN8nIsNewEnough([2, 41, 1]);
 */
export function assertN8nIsNewEnough(version = n8nVersion()): void {
	const oldest = parsed(`${OLDEST_N8N}.0`);
	if (!version || !oldest || compare(version, oldest) >= 0) return;
	throw new GuichetError(
		'failed_here',
		`n8n-nodes-guichet needs n8n ${OLDEST_N8N} or newer, and this is n8n ${version[0]}.${version[1]}`,
		{ outcome: 'not_done', hint: 'Update n8n. Nothing was sent.' },
	);
}

let known: { version?: Version } | undefined;

/** Read once per process; nothing where it cannot be told. */
function n8nVersion(): Version | undefined {
	known ??= { version: oldestOf(copiesInUse()) };
	return known.version;
}

/**
 * The oldest of several copies of n8n-workflow: whoever installs the package by hand may have a
 * newer copy beside n8n's own, and what is right for that one loses data on the older one.
 *
 * @param entries files in the copies, such as `…/n8n-workflow/dist/cjs/index.js`
 * @returns nothing where the version of one of them cannot be read
 */
export function oldestOf(entries: string[]): Version | undefined {
	const versions: Version[] = [];
	for (const entry of entries) {
		const version = versionBeside(entry);
		if (!version) return undefined;
		versions.push(version);
	}
	return versions.sort(compare)[0];
}

/** The copy that this package is given, and that of the program that runs: n8n. */
function copiesInUse(): string[] {
	const program = process.argv[1];
	return [__filename, ...(program ? [program] : [])].flatMap((file) => {
		try {
			return [createRequire(realpathSync(file)).resolve('n8n-workflow')];
		} catch {
			return [];
		}
	});
}

function versionBeside(entry: string): Version | undefined {
	for (let folder = dirname(entry); ; folder = dirname(folder)) {
		const { name, version } = manifestIn(folder);
		if (name === 'n8n-workflow') return parsed(version);
		if (folder === dirname(folder)) return undefined;
	}
}

function manifestIn(folder: string): { name?: unknown; version?: unknown } {
	try {
		return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
	} catch {
		return {};
	}
}

function parsed(version: unknown): Version | undefined {
	const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(String(version)) ?? [];
	return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
