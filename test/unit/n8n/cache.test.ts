import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from '../../../scripts/n8n/cache';
import { turns } from '../fakes/held-time';

let folder: string;
let path: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'guichet-cache-'));
	path = join(folder, 'made');
	jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(() => {
	jest.restoreAllMocks();
	rmSync(folder, { recursive: true, force: true });
});

it('makes a thing once, even when two want it at the same time', async () => {
	const make = jest.fn(async (temporary: string) => {
		await turns(20);
		writeFileSync(temporary, 'whole');
	});
	await Promise.all([madeOnce(path, make), madeOnce(path, make)]);
	await madeOnce(path, make);
	expect(make).toHaveBeenCalledTimes(1);
	expect(readFileSync(path, 'utf8')).toBe('whole');
});

it('never leaves half a thing under its name, and starts afresh after a failure', async () => {
	const half = async (temporary: string) => {
		writeFileSync(temporary, 'half');
		throw new Error('no space left');
	};
	await expect(madeOnce(path, half)).rejects.toThrow('no space left');
	expect(existsSync(path)).toBe(false);
	await madeOnce(path, async (temporary) => {
		expect(existsSync(temporary)).toBe(false);
		writeFileSync(temporary, 'whole');
	});
	expect(readFileSync(path, 'utf8')).toBe('whole');
});

it('takes over the lock of a run that was killed', async () => {
	const { pid } = spawnSync(process.execPath, ['-e', '']);
	writeFileSync(`${path}.lock`, String(pid));
	await madeOnce(path, async (temporary) => writeFileSync(temporary, 'whole'));
	expect(existsSync(`${path}.lock`)).toBe(false);
});

it('keeps the cache where the user says', () => {
	const { GUICHET_CACHE } = process.env;
	process.env.GUICHET_CACHE = folder;
	expect(cacheFolder()).toBe(join(folder, 'n8n-nodes-guichet'));
	if (GUICHET_CACHE === undefined) delete process.env.GUICHET_CACHE;
	else process.env.GUICHET_CACHE = GUICHET_CACHE;
});
