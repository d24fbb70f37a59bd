import type { HubEeFigures } from './main';
import {
	CASES,
	type Distance,
	FILE_BYTES,
	FILES,
	PARALLEL,
	type ReceptionRow,
	ROUNDS,
	type Way,
} from './reception';

/** The figures as tables for people. */
export function hubEeReport({ receptions, bigFilePeak }: HubEeFigures): string {
	return [
		`HubEE: ${CASES} télédossiers with ${FILES} files of ${FILE_BYTES / 1000} kB, TLS, ${PARALLEL} calls at once, best of ${ROUNDS} rounds`,
		...receptions.flatMap(({ distance, rows }) => table(distance, rows)),
		`  one file of 1 GB received, memory of n8n above idle at the peak: ${Math.round(bigFilePeak / 1e6)} MB (aim: 80 MB)`,
	].join('\n');
}

const COLUMNS: Array<[string, (row: ReceptionRow) => string]> = [
	['seconds', ({ seconds }) => seconds.toFixed(2)],
	['processor', ({ processor }) => processor.toFixed(2)],
	['connections', ({ connections }) => String(connections)],
	['most at once', ({ mostAtOnce }) => String(mostAtOnce)],
	['calls', ({ calls }) => String(calls)],
	[
		'tokens / 1,000 calls',
		({ tokenRequests, calls }) => ((1000 * tokenRequests) / calls).toFixed(1),
	],
];

function table(distance: Distance, rows: ReceptionRow[]): string[] {
	const of = (way: Way) => rows.find((row) => row.way === way) as ReceptionRow;
	const ours = of('HubEE node');
	const hand = of('HTTP Request nodes');
	const times = (value: number) => value.toFixed(2);
	const line = (name: string, cells: string[]) =>
		`  ${name.padEnd(24)}${COLUMNS.map(([head], index) => (cells[index] ?? '').padStart(head.length + 3)).join('')}`;
	return [
		'',
		`  ${distance.answer} ms before each answer, ${distance.connection} ms more for a new connection`,
		line(
			'',
			COLUMNS.map(([name]) => name),
		),
		...rows.map((row) =>
			line(
				row.way,
				COLUMNS.map(([, cell]) => cell(row)),
			),
		),
		`  against HTTP Request nodes: ${times(hand.seconds / ours.seconds)} times as fast (aim: 3), ${times(hand.processor / ours.processor)} times less processor time`,
		`  against the bare client: ${times(ours.seconds / of('bare keep-alive client').seconds)} times its time (aim: 1.3)`,
		'',
	];
}
