/**
 * How a broadcast list grows: a tenth, a third and the whole of a country, as UTF-8, with two
 * earlier lists of the same size, as UTF-16, and as a workbook (a sheet has 1,048,576 rows at
 * most). Each beside awk over the same numbers, taking turns.
 *
 * `tsx bench/broadcast-scale.ts` for 11,000,000 numbers; `tsx bench/broadcast-scale.ts 1000000`.
 *
 * `tsx bench/broadcast-scale.ts against <commit>` compares the program of this checkout with that
 * of another commit over 1,000,000 numbers, in turns, and prints the ratios of this to that.
 */
import { execFileSync } from 'node:child_process';
import {
	closeSync,
	mkdtempSync,
	openSync,
	readFileSync,
	readSync,
	rmSync,
	symlinkSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { workbook } from '../test/unit/broadcast/workbooks';
import { AWK, bundleProgram, seconds, writeList } from './broadcast';
import type { RunResult } from './broadcast-run';
import { runProgram } from './program';

const ROUNDS = 3;
const ROUNDS_AGAINST = 15;
const ROOT = join(__dirname, '..');

/** Rows of the largest workbook in the table. */
const WORKBOOK_ROWS = 1_000_000;

interface Case {
	name: string;
	/** makes the list and the earlier lists, and says which numbers awk reads */
	files(folder: string, count: number): Promise<{ list: string; earlier: string[]; plain: string }>;
	/** how many of the list are accepted */
	accepted(count: number): number;
	most: number;
}

const all = (count: number): number => count;

const CASES: Case[] = [
	{
		name: 'UTF-8',
		async files(folder, count) {
			const plain = join(folder, 'list.csv');
			writeList(plain, count);
			return await Promise.resolve({ list: plain, earlier: [], plain });
		},
		accepted: all,
		most: Infinity,
	},
	{
		name: 'UTF-8, two earlier lists of the same size',
		async files(folder, count) {
			const plain = join(folder, 'list.csv');
			const tenth = Math.floor(count / 10);
			writeList(plain, count, 0, 3 * count);
			// The first tenth of the first earlier list stands at the end of the list.
			const earlier = [count - tenth, 2 * count - tenth].map((from, i) => {
				const file = join(folder, `earlier-${i}.csv`);
				writeList(file, count, from, 3 * count);
				return file;
			});
			return await Promise.resolve({ list: plain, earlier, plain });
		},
		accepted: (count) => count - Math.floor(count / 10),
		most: Infinity,
	},
	{
		name: 'UTF-16',
		async files(folder, count) {
			const plain = join(folder, 'list.csv');
			const list = join(folder, 'utf16.csv');
			writeList(plain, count);
			toUtf16(plain, list);
			return await Promise.resolve({ list, earlier: [], plain });
		},
		accepted: all,
		most: Infinity,
	},
	{
		name: '.xlsx, texts',
		async files(folder, count) {
			const plain = join(folder, 'list.csv');
			const list = join(folder, 'list.xlsx');
			writeList(plain, count);
			const numbers = readFileSync(plain, 'latin1').trimEnd().split('\n');
			writeFileSync(list, await workbook([['NISS'], ...numbers.map((number) => [number])]));
			return { list, earlier: [], plain };
		},
		accepted: all,
		most: WORKBOOK_ROWS,
	},
];

/** Piece by piece: the file may be larger than a string can be. */
function toUtf16(from: string, to: string): void {
	const [source, target] = [openSync(from, 'r'), openSync(to, 'w')];
	writeSync(target, Buffer.from('\ufeff', 'utf16le'));
	const piece = Buffer.alloc(1 << 20);
	for (let size = readSync(source, piece); size > 0; size = readSync(source, piece))
		writeSync(target, Buffer.from(piece.toString('latin1', 0, size), 'utf16le'));
	closeSync(source);
	closeSync(target);
}

async function inFolder<T>(work: (folder: string) => Promise<T> | T): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), 'guichet-bench-'));
	try {
		return await work(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

const machine = (): string => {
	const [{ model } = { model: 'unknown' }] = cpus();
	return `${cpus().length} × ${model}, Node ${process.version}, load before the run ${loadavg()
		.map((load) => load.toFixed(1))
		.join(' ')}`;
};

/** One line of the table: the best of the rounds, and the highest memory. */
async function line(program: string, { name, files, accepted }: Case, count: number) {
	return await inFolder(async (folder) => {
		const { list, earlier, plain } = await files(folder, count);
		const rounds = Array.from({ length: ROUNDS }, () => ({
			awk: seconds('awk', [AWK, plain, ...earlier]),
			ours: seconds(process.execPath, [program, list, ...earlier]),
		}));
		const results = rounds.map(({ ours }) => JSON.parse(ours.output) as RunResult);
		const wrong = results.find((result) => result.accepted !== accepted(count));
		if (wrong) throw new Error(`${name}: ${wrong.accepted} accepted, not ${accepted(count)}`);
		const ours = Math.min(...rounds.map((round) => round.ours.seconds));
		const awk = Math.min(...rounds.map((round) => round.awk.seconds));
		const peak = Math.max(...results.map(({ peakRss }) => peakRss)) / 1e6;
		return `| ${name} | ${count.toLocaleString('en')} | ${ours.toFixed(2)} | ${awk.toFixed(2)} | ${(ours / awk).toFixed(2)} | ${peak.toFixed(0)} MB |`;
	});
}

async function growth(whole: number): Promise<void> {
	console.log(machine());
	console.log('\n| File | Numbers | Ours, s | awk, s | Ratio | Peak memory |');
	console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
	await inFolder(async (folder) => {
		const program = join(folder, 'run.cjs');
		bundleProgram(join(__dirname, 'broadcast-run.ts'), program);
		for (const one of CASES) {
			const largest = Math.min(whole, one.most);
			for (const part of [10, 3, 1])
				console.log(await line(program, one, Math.floor(largest / part)));
		}
	});
}

const median = (values: number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/**
 * The same list through the programs of two commits, in turns; processor time is the less noisy.
 */
async function against(commit: string): Promise<void> {
	await inFolder((folder) => {
		const other = join(folder, 'other');
		execFileSync('git', ['worktree', 'add', '--detach', other, commit], { cwd: ROOT });
		try {
			symlinkSync(join(ROOT, 'node_modules'), join(other, 'node_modules'));
			const [before, now] = [join(folder, 'before.cjs'), join(folder, 'now.cjs')];
			bundleProgram(join(other, 'bench/broadcast-run.ts'), before);
			bundleProgram(join(ROOT, 'bench/broadcast-run.ts'), now);
			const hook = join(folder, 'hook.cjs');
			writeFileSync(hook, HOOK);
			const list = join(folder, 'list.csv');
			writeList(list, 1_000_000);
			const rounds = Array.from({ length: ROUNDS_AGAINST }, () => ({
				before: timed(hook, before, list),
				now: timed(hook, now, list),
			}));
			console.log(machine());
			for (const figure of ['elapsed', 'processor'] as const) {
				const [was, is] = [
					rounds.map((round) => round.before[figure]),
					rounds.map((round) => round.now[figure]),
				];
				console.log(
					`${figure}: median ${(median(is) / median(was)).toFixed(2)}, best ${(Math.min(...is) / Math.min(...was)).toFixed(2)} times ${commit}`,
				);
			}
		} finally {
			execFileSync('git', ['worktree', 'remove', '--force', other], { cwd: ROOT });
		}
	});
}

/** Prints the processor's seconds at the end, so that the program of any commit will do. */
const HOOK = `process.on('exit', () => {
	const { user, system } = process.cpuUsage();
	console.log((user + system) / 1e6);
});`;

/** Seconds by the clock and of the processor. */
function timed(hook: string, program: string, list: string) {
	const { seconds: elapsed, output } = seconds(process.execPath, ['-r', hook, program, list]);
	return { elapsed, processor: Number(output.trim().split('\n').at(-1)) };
}

runProgram(async () => {
	const [first = '11000000', commit = 'HEAD'] = process.argv.slice(2);
	if (first === 'against') await against(commit);
	else await growth(Number(first));
});
