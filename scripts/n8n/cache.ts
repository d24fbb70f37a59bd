import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withProgress } from './progress';

/**
 * Where what is expensive to make is kept between runs: `$GUICHET_CACHE`, else the user's cache
 * folder.
 */
export function cacheFolder(): string {
	const { GUICHET_CACHE, XDG_CACHE_HOME } = process.env;
	const base = GUICHET_CACHE || XDG_CACHE_HOME || join(homedir(), '.cache');
	return join(base, 'n8n-nodes-guichet');
}

/** A short hash of some files' contents, to name what is made from them. */
export function hashOfFiles(files: string[]): string {
	const hash = createHash('sha256');
	for (const file of files) hash.update(readFileSync(file)).update('\0');
	return hash.digest('hex').slice(0, 12);
}

/**
 * Makes a file or folder once. `make` works on a temporary name, which is renamed when it is
 * complete: what exists under its name is whole, even after an interruption. Two runs at once make
 * it one after the other.
 */
export async function madeOnce(
	path: string,
	make: (temporary: string) => Promise<void>,
): Promise<string> {
	if (existsSync(path)) return path;
	mkdirSync(dirname(path), { recursive: true });
	await withLock(`${path}.lock`, async () => {
		if (existsSync(path)) return;
		const temporary = `${path}.incomplete`;
		rmSync(temporary, { recursive: true, force: true });
		await make(temporary);
		renameSync(temporary, path);
	});
	return path;
}

/**
 * Runs `work` while holding a lock file with our process id; a lock whose process is gone is taken
 * over.
 */
async function withLock(file: string, work: () => Promise<void>): Promise<void> {
	if (!takeLock(file))
		await withProgress('Waiting for another run that is making the same', async () => {
			while (!takeLock(file)) await sleep(500);
		});
	try {
		await work();
	} finally {
		rmSync(file, { force: true });
	}
}

function takeLock(file: string): boolean {
	try {
		writeFileSync(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	if (!isAbandoned(file)) return false;
	rmSync(file, { force: true });
	return takeLock(file);
}

function isAbandoned(file: string): boolean {
	try {
		process.kill(Number(readFileSync(file, 'utf8')), 0);
		return false;
	} catch (error) {
		// ENOENT: released between our two looks. Everything else but ESRCH means that the process
		// lives.
		const { code } = error as NodeJS.ErrnoException;
		return code === 'ESRCH' || code === 'ENOENT';
	}
}
