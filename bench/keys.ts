import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { signClientAssertion } from '../lib/oauth/client-assertion';
import { readSigningKey } from '../lib/oauth/private-key';

const KEYS = join(__dirname, '..', 'test', 'fixtures', 'keys');
const PASSPHRASE = 'de trein naar Oostende';

/** Both derive their key in 600,000 iterations, as is advised for PBKDF2 with SHA-256. */
const FILES = ['iterations-600000.p12', 'pkcs8-iterations-600000.pem'];

/** Openings of each file. */
const ROUNDS = 9;

/** Milliseconds of wall time; `idle` is the longest turn while nothing is done. */
interface Figures {
	file: string;
	opening: number;
	longestTurn: number;
	idle: number;
	secondToken: number;
}

/** How long opening a key holds n8n's event loop, and what the second token costs. */
export async function measureKeys(): Promise<Figures[]> {
	const figures: Figures[] = [];
	for (const file of FILES) {
		const bytes = readFileSync(join(KEYS, file));
		const text = bytes.toString(file.endsWith('.pem') ? 'utf8' : 'base64');
		// The first opening also compiles the code.
		await openAndSign(text);
		for (let round = 1; round <= ROUNDS; round++) {
			// A text of its own each time: what was opened once is kept in memory.
			const own = `${text}${'\n'.repeat(round)}`;
			let opening = 0;
			const longestTurn = await longest(async () => {
				opening = await milliseconds(() => openAndSign(own));
			});
			figures.push({
				file,
				opening,
				longestTurn,
				idle: await longest(() => sleep(opening)),
				secondToken: await milliseconds(() => openAndSign(own)),
			});
		}
	}
	return figures;
}

async function openAndSign(text: string): Promise<void> {
	const { key } = await readSigningKey(text, PASSPHRASE);
	await signClientAssertion({ clientId: 'bench', audience: 'https://localhost/token', key });
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
	const begun = performance.now();
	await run();
	return performance.now() - begun;
}

async function longest(run: () => Promise<unknown>): Promise<number> {
	const delays = monitorEventLoopDelay({ resolution: 1 });
	delays.enable();
	await run();
	// A turn that is under way is counted when the next one begins.
	await sleep(5);
	delays.disable();
	return delays.max / 1e6;
}

export function keysReport(figures: Figures[]): string {
	const lines = FILES.map((file) => {
		const of = (name: Exclude<keyof Figures, 'file'>) =>
			leastMedianMost(figures.filter((one) => one.file === file).map((one) => one[name]));
		return `| ${file} | ${of('opening')} | ${of('longestTurn')} | ${of('idle')} | ${of('secondToken')} |`;
	});
	return [
		`Keys: opened ${ROUNDS} times, milliseconds (least, median, most)`,
		'',
		'| File | Opened and signed | Longest turn of the event loop | Longest turn when idle | Second token |',
		'| --- | ---: | ---: | ---: | ---: |',
		...lines,
	].join('\n');
}

function leastMedianMost(values: number[]): string {
	const sorted = values.toSorted((one, other) => one - other);
	return [0, 0.5, 1]
		.map((part) => sorted[Math.round(part * (sorted.length - 1))]?.toFixed(1))
		.join(', ');
}
