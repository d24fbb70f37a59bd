/**
 * Recipients per second and peak memory of a broadcast list: checked, de-duplicated over the whole
 * input, cut and hashed.
 * Beside it an awk one-liner that computes the check digits and nothing else, over the same file on
 * the same machine.
 *
 * `tsx bench/broadcast.ts` for 1,000,000 numbers; `tsx bench/broadcast.ts 11000000` for the whole
 * country.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
	closeSync,
	mkdtempSync,
	openSync,
	readFileSync,
	rmSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { formatNissKey } from '../lib/identifiers/niss';
import { workbook } from '../test/unit/broadcast/workbooks';
import type { RunResult } from './broadcast-run';
import { runProgram } from './program';

const ROUNDS = 7;

export const AWK =
	'{ n = substr($0, 1, 9) + 0; c = substr($0, 10, 2) + 0;' +
	' if (c != 97 - n % 97 && c != 97 - (2000000000 + n) % 97) bad++ } END { print bad + 0 }';

/** Lines of the workbook; the aim is 250 MB at most. */
const WORKBOOK_ROWS = 650_000;

export interface WorkbookFigures {
	cells: 'texts' | 'numbers';
	rows: number;
	/** bytes of the file */
	size: number;
	seconds: number;
	/** bytes, the runtime itself included */
	peakRss: number;
}

export interface BroadcastFigures {
	recipients: number;
	/** whole processes, start included, best of seven rounds; seconds */
	ours: number;
	awk: number;
	/** ours / awk; the aim is 2 at most */
	ratio: number;
	recipientsPerSecond: number;
	/** bytes, the runtime itself included; the aim is 150 MB at most */
	peakRss: number;
	/** the same list of 650,000 numbers as an .xlsx file, as texts and as number cells */
	workbooks: WorkbookFigures[];
	/** bytes of the runtime that has loaded the program and read an empty list */
	emptyRss: number;
}

/**
 * Writes valid numbers with plausible dates, all different, in no order; the same file every time.
 * Lists of one `population` that begin at other places hold other people.
 */
export function writeList(file: string, count: number, from = 0, population = count): void {
	const dates = 36_600;
	const perDate = Math.ceil(population / dates);
	if (perDate > 997) throw new Error('More numbers than a century has');
	const handle = openSync(file, 'w');
	let text = '';
	// A step without a common factor with the total visits every place once.
	const places = dates * perDate;
	const step = 7_919_999;
	let place = (from * step) % places;
	for (let i = 0; i < count; i++, place = (place + step) % places) {
		const date = place % dates;
		const year = Math.floor(date / 366);
		const month = 1 + (Math.floor(date / 31) % 12);
		const day = 1 + (date % 31);
		const recent = year < 25 && place % 2 === 0;
		// Some days do not exist and some dates meet: different numbers are what matters here.
		const order = 1 + (Math.floor(place / dates) % 997);
		text += formatNissKey((recent ? 1e9 : 0) + year * 1e7 + month * 1e5 + day * 1e3 + order) + '\n';
		if (text.length > 1 << 20) {
			writeSync(handle, text);
			text = '';
		}
	}
	writeSync(handle, text);
	closeSync(handle);
}

export function seconds(command: string, args: string[]): { seconds: number; output: string } {
	const started = process.hrtime.bigint();
	const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
	const elapsed = Number(process.hrtime.bigint() - started) / 1e9;
	if (status !== 0) throw new Error(`${command}: ${stderr}`);
	return { seconds: elapsed, output: stdout };
}

/** As in the published package: bundled, so that no TypeScript loader is measured. */
export function bundleProgram(source: string, program: string): void {
	buildSync({
		entryPoints: [source],
		outfile: program,
		bundle: true,
		platform: 'node',
		target: 'node20',
		logLevel: 'error',
	});
}

/** Measures both over a list of `recipients` numbers. */
export async function measureBroadcast(recipients = 1_000_000): Promise<BroadcastFigures> {
	const folder = mkdtempSync(join(tmpdir(), 'guichet-bench-'));
	try {
		const program = join(folder, 'run.cjs');
		bundleProgram(join(__dirname, 'broadcast-run.ts'), program);
		const list = join(folder, 'list.csv');
		writeList(list, recipients);
		const rounds = Array.from({ length: ROUNDS }, () => ({
			awk: seconds('awk', [AWK, list]),
			ours: seconds(process.execPath, [program, list]),
		}));
		const results = rounds.map(({ ours }) => JSON.parse(ours.output) as RunResult);
		if (results.some(({ read }) => read !== recipients))
			throw new Error('Not every record was read');
		if (rounds.some(({ awk }) => awk.output.trim() !== '0'))
			throw new Error('awk found bad numbers');
		const awk = Math.min(...rounds.map((round) => round.awk.seconds));
		const ours = Math.min(...rounds.map((round) => round.ours.seconds));
		const empty = join(folder, 'one.csv');
		writeList(empty, 1);
		const idle = JSON.parse(seconds(process.execPath, [program, empty]).output) as RunResult;
		return {
			recipients,
			ours,
			awk,
			ratio: ours / awk,
			recipientsPerSecond: recipients / ours,
			peakRss: Math.max(...results.map(({ peakRss }) => peakRss)),
			workbooks: [
				await measureWorkbook(folder, program, 'texts'),
				await measureWorkbook(folder, program, 'numbers'),
			],
			emptyRss: idle.peakRss,
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function measureWorkbook(
	folder: string,
	program: string,
	cells: WorkbookFigures['cells'],
): Promise<WorkbookFigures> {
	const list = join(folder, 'rows.csv');
	writeList(list, WORKBOOK_ROWS);
	const numbers = readFileSync(list, 'latin1').trimEnd().split('\n');
	const rows = numbers.map((number, i) => [
		`Nom ${i % 5000}`,
		cells === 'texts' ? number : Number(number),
	]);
	const file = join(folder, 'list.xlsx');
	const bytes = await workbook([['Nom', 'NISS'], ...rows]);
	writeFileSync(file, bytes);
	const { seconds: taken, output } = seconds(process.execPath, [program, file]);
	const { read, accepted, peakRss } = JSON.parse(output) as RunResult;
	// A number cell that has lost more than three zeros is no proof, and stays a reject.
	const wanted = numbers.filter((number) => cells === 'texts' || Number(number) >= 1e7).length;
	if (read !== WORKBOOK_ROWS || accepted !== wanted) {
		throw new Error(`${read} rows read and ${accepted} accepted, not ${WORKBOOK_ROWS}, ${wanted}`);
	}
	return { cells, rows: WORKBOOK_ROWS, size: bytes.length, seconds: taken, peakRss };
}

/** The figures as lines for people. */
export function broadcastReport(figures: BroadcastFigures): string {
	const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
	const awkVersion = execFileSync('sh', ['-c', 'readlink -f "$(command -v awk)"'], {
		encoding: 'utf8',
	}).trim();
	return [
		`Broadcast list of ${figures.recipients.toLocaleString('en')} numbers`,
		`  checked, de-duplicated, cut, hashed   ${figures.ours.toFixed(2)} s   ${Math.round(figures.recipientsPerSecond).toLocaleString('en')} recipients/s`,
		`  awk, check digits only (${awkVersion})   ${figures.awk.toFixed(2)} s   ratio ${figures.ratio.toFixed(2)} (aim: 2)`,
		`  peak memory   ${mb(figures.peakRss)} (aim: 150 MB), of which ${mb(figures.emptyRss)} without a list`,
		...figures.workbooks.map(
			({ cells, rows, size, seconds: taken, peakRss }) =>
				`  .xlsx, ${rows.toLocaleString('en')} rows of ${cells} (${mb(size)})   ${taken.toFixed(2)} s   peak memory ${mb(peakRss)} (aim: 250 MB)`,
		),
	].join('\n');
}

if (resolve(process.argv[1] ?? '') === __filename) {
	runProgram(async () => {
		console.log(broadcastReport(await measureBroadcast(Number(process.argv[2] ?? 1_000_000))));
	});
}
