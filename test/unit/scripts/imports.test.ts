import { arrowsBetween, drawing, roomOf, serviceOf } from '../../../scripts/imports/drawing';

const IMPORTS = [
	{ from: 'nodes/Dimona/operations/form/options.ts', to: 'nodes/Dimona/api/codes.ts' },
	{ from: 'nodes/Dimona/operations/period.ts', to: 'nodes/Dimona/api/client.ts' },
	{ from: 'nodes/Dimona/api/client.ts', to: 'nodes/Dimona/api/types.ts' },
	{ from: 'nodes/Dimona/api/client.ts', to: 'lib/http/call.ts' },
];

it('many imports between two rooms are one arrow, and those within a room none', () => {
	const inDimona = (file: string) => file.startsWith('nodes/Dimona/');
	expect(arrowsBetween(IMPORTS, roomOf, inDimona)).toEqual([
		{ from: 'nodes/Dimona/operations', to: 'nodes/Dimona/api' },
	]);
});

it('a service and a part of lib are one box each', () => {
	expect(arrowsBetween(IMPORTS, serviceOf, () => true)).toEqual([
		{ from: 'nodes/Dimona', to: 'lib/http' },
	]);
});

it('a file beside the rooms has a box of its own', () => {
	expect(roomOf('nodes/Dimona/table.ts')).toBe('nodes/Dimona/table');
});

it('draws every box once and every arrow between two boxes', () => {
	expect(
		drawing([
			{ from: 'a', to: 'b' },
			{ from: 'b', to: 'c' },
		]),
	).toBe(
		[
			'```mermaid',
			'flowchart LR',
			'  n0["a"]',
			'  n1["b"]',
			'  n2["c"]',
			'  n0 --> n1',
			'  n1 --> n2',
			'```',
		].join('\n'),
	);
});
