import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

/** The steps that several templates share, run outside n8n. */

const FOLDER = join(__dirname, '../../workflows');

const nodes = readdirSync(FOLDER)
	.filter((file) => file.startsWith('hubee-'))
	.flatMap((file) =>
		(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { nodes: INode[] }).nodes.map(
			(node) => ({ file, ...node }),
		),
	);

const steps = nodes.filter(({ name }) => name === 'All Files Stored?');

/** What a Code node gives, with what other nodes gave before it. */
function run(node: INode, others: Record<string, IDataObject[]>, input: IDataObject[]) {
	const items = (list: IDataObject[]) => list.map((json) => ({ json }));
	const found = runInNewContext(
		`(function ($, $input) {\n${String(node.parameters.jsCode)}\n})`,
	) as ($: (name: string) => object, $input: object) => INodeExecutionData[];
	const given = found(
		(name) => ({
			isExecuted: name in others,
			all: () => items(others[name] ?? []),
			first: () => items(others[name] ?? [])[0],
		}),
		{ all: () => items(input) },
	);
	return given.map(({ json }) => JSON.parse(JSON.stringify(json)) as IDataObject);
}

const file = (caseId: string, fileIndex: number, fileCount: number) => ({
	caseId,
	fileIndex,
	fileCount,
	file: { fileName: `${fileIndex}.pdf`, sha256: `${caseId}${fileIndex}` },
});

const received = [file('A', 0, 2), file('A', 1, 2), file('B', 0, 1), file('A', 0, 1)];
const stored = received.map((one) => ({ sha256: one.file.sha256 }));

describe.each(steps.map((step) => [step.file, step]))('All Files Stored? of %s', (_, step) => {
	const decided = (written: IDataObject[], readBack: IDataObject[]) =>
		run(
			step,
			{ Settings: [{ folder: '/files' }], 'Has a File?': received, 'Store File': written },
			readBack,
		);

	it('lets what is stored go on, each delivery of a case by itself', () => {
		expect(decided(received, stored)).toMatchObject([
			{ caseId: 'A', allStored: true },
			{ caseId: 'B', allStored: true },
			{ caseId: 'A', allStored: true },
		]);
	});

	it('holds a case of which one file failed, and says which and why', () => {
		const failed = [received[0], { error: 'no space left' }, ...received.slice(2)] as IDataObject[];
		const readBack = [stored[0], { error: 'not found' }, ...stored.slice(2)] as IDataObject[];
		expect(decided(failed, readBack)).toMatchObject([
			{
				caseId: 'A',
				allStored: false,
				error:
					'1 of 2 files were stored. "1.pdf": no space left. Does the folder /files exist, and may n8n write there (N8N_RESTRICT_FILE_ACCESS_TO)?',
			},
			{ allStored: true },
			{ allStored: true },
		]);
	});

	it('holds a case of which a file is not what was received', () => {
		const half = [...stored.slice(0, 2), { sha256: 'half' }, ...stored.slice(3)];
		const cases = decided(received, half);
		expect(cases.map(({ allStored }) => allStored)).toEqual([true, false, true]);
		expect(cases[1]?.error).toBe(
			'0 of 1 files were stored. "0.pdf": what was stored is not what was received',
		);
	});

	it.each([0, 1, 2, 3])('holds all when item %d was lost on the way', (lost) => {
		const some = stored.filter((_one, index) => index !== lost);
		expect(decided(received, some).map(({ allStored }) => allStored)).not.toContain(true);
	});
});

it('the step is the same in all templates, but for the word', () => {
	const texts = steps.map(({ parameters }) =>
		String(parameters.jsCode).replace(/one (case|event|case or event) decide/, 'one decide'),
	);
	expect(steps.length).toBeGreaterThanOrEqual(4);
	expect(new Set(texts).size).toBe(1);
});

describe('the rounds of the scheduled loop', () => {
	const [over] = nodes.filter(({ name }) => name === 'Round Over');
	const [fresh] = nodes.filter(({ name }) => name === 'New Ones');
	if (!over || !fresh) throw new Error('The scheduled loop has no rounds');
	const settings = { batchSize: 2, maximumRounds: 5, maximumFailedRounds: 2 };
	const notification = (id: string) => ({ notificationId: id });
	const failed = (id: string) => ({ key: id, whatHappened: 'Not acknowledged' });
	const round = (batch: string[], tried: string[], left: string[], before?: IDataObject) =>
		run(
			over,
			{
				Settings: [settings],
				'Get a Batch': batch.map(notification),
				'New Ones': tried.map(notification),
				...(before ? { 'Further Round?': [before] } : {}),
			},
			tried.map((id) => (left.includes(id) ? failed(id) : notification(id))),
		)[0];

	it('looks past what failed with a larger batch', () => {
		const first = round(['a', 'b'], ['a', 'b'], ['a', 'b']);
		expect(first).toMatchObject({ goOn: true, nextBatchSize: 4, left: ['a', 'b'] });
		const tried = run(
			fresh,
			{ 'Round Over': [first ?? {}] },
			['a', 'b', 'c', 'd'].map(notification),
		);
		expect(tried).toEqual([notification('c'), notification('d')]);
		const second = round(['a', 'b', 'c', 'd'], ['c', 'd'], [], first);
		expect(second).toMatchObject({ goOn: true, acknowledged: 2, failedRounds: 0 });
		expect(round(['a', 'b'], [], [], second)).toMatchObject({
			goOn: false,
			whatHappened: '2 acknowledged, 2 left in the queue. Stopped: the queue was worked off.',
		});
	});

	it('stops when round after round acknowledges nothing, and says so', () => {
		const first = round(['a', 'b'], ['a', 'b'], ['a', 'b']);
		expect(round(['a', 'b', 'c', 'd'], ['c', 'd'], ['c', 'd'], first)).toMatchObject({
			goOn: false,
			whatHappened: expect.stringContaining('nothing could be acknowledged in 2 rounds') as unknown,
		});
	});
});
