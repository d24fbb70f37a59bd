import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installN8n } from '../scripts/n8n/install';
import { packedTarball } from '../scripts/n8n/pack';

const ROUNDS = 15;

/** Milliseconds. */
export interface StartFigures {
	/** Wall time, the median and the least of all rounds. */
	median: number;
	least: number;
	/** User and system time of the process, the median. */
	cpu: number;
}

/**
 * What the package adds to n8n's start: n8n's own loader reads its lists, and n8n makes every
 * credential class (`postProcessLoaders`). Whole starts of n8n differ by hundreds of milliseconds
 * among themselves, which would hide it. Each round is a process of its own, with n8n's own Node
 * and n8n-core, that has loaded n8n's base nodes, as n8n does first, and nothing of the package.
 */
export async function measureStart(): Promise<StartFigures> {
	const n8n = await installN8n();
	const folder = mkdtempSync(join(tmpdir(), 'guichet-start-'));
	try {
		execFileSync('tar', ['xzf', await packedTarball(), '-C', folder]);
		const rounds = Array.from(
			{ length: ROUNDS },
			() =>
				JSON.parse(
					execFileSync(n8n.node, ['-e', PROGRAM, join(folder, 'package')], {
						cwd: n8n.folder,
						encoding: 'utf8',
						// n8n lends its packages their `n8n-workflow`.
						env: { ...process.env, NODE_PATH: join(n8n.folder, 'node_modules') },
					}),
				) as { wall: number; cpu: number },
		);
		const walls = rounds.map(({ wall }) => wall);
		return {
			median: median(walls),
			least: Math.min(...walls),
			cpu: median(rounds.map(({ cpu }) => cpu)),
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function median(values: number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const PROGRAM = `
require('reflect-metadata');
const { setTimeout: sleep } = require('node:timers/promises');
const { dirname } = require('node:path');
const { LazyPackageDirectoryLoader } = require('n8n-core');
async function load(folder, credentials) {
	const loader = new LazyPackageDirectoryLoader(folder);
	await loader.loadAll();
	if (!loader.isLazyLoaded) throw new Error('The package was not loaded lazily');
	for (const name of credentials ?? Object.keys(loader.known.credentials)) loader.getCredential(name);
}
async function measure() {
	await load(dirname(require.resolve('n8n-nodes-base/package.json')), ['httpBasicAuth']);
	// Until the compiler's threads rest.
	await sleep(300);
	const cpuBefore = process.cpuUsage();
	const began = performance.now();
	await load(process.argv[1]);
	const wall = performance.now() - began;
	const { user, system } = process.cpuUsage(cpuBefore);
	console.log(JSON.stringify({ wall, cpu: (user + system) / 1000 }));
}
measure();
`;

export function startReport({ median: wall, least, cpu }: StartFigures): string {
	return [
		`Start of n8n: lists and credential classes of the package, ${ROUNDS} new processes`,
		`  ${wall.toFixed(1)} ms (median), ${least.toFixed(1)} ms (least), of which ${cpu.toFixed(1)} ms processor time (aim: 30 ms)`,
	].join('\n');
}
