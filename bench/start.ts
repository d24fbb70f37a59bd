import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { packedTarball } from '../scripts/n8n/pack';

const ROUNDS = 15;

/**
 * What the package adds to n8n's start: the time n8n's own lazy loader takes for it. Whole starts of n8n differ by hundreds of milliseconds among
 * themselves, which would hide it. Each round is a process of its own that has loaded n8n-core before.
 *
 * @returns milliseconds, the median
 */
export async function measureStart(): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'guichet-start-'));
	try {
		execFileSync('tar', ['xzf', await packedTarball(), '-C', folder]);
		const times = Array.from({ length: ROUNDS }, () =>
			Number(
				execFileSync(process.execPath, ['-e', PROGRAM, folder], {
					cwd: join(__dirname, '..'),
					encoding: 'utf8',
				}).trim(),
			),
		);
		return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

const PROGRAM = `
require('reflect-metadata');
const { LazyPackageDirectoryLoader } = require('n8n-core');
const folder = require('node:path').join(process.argv[1], 'package');
const began = performance.now();
const loader = new LazyPackageDirectoryLoader(folder);
loader.loadAll().then(() => {
	if (!loader.isLazyLoaded) throw new Error('The package was not loaded lazily');
	console.log(performance.now() - began);
});
`;

export function startReport(milliseconds: number): string {
	return `Start of n8n: the package adds ${milliseconds.toFixed(1)} ms (aim: 30 ms)`;
}
