import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { formOf } from '../../../lib/node/form';
import { executeTable } from '../../../lib/node/execute';
import { DEFAULT_SETTINGS, prepareBroadcast } from '../../../nodes/EBoxBroadcast/batch/prepare';
import type { PreparedVersion, PrepareSettings } from '../../../nodes/EBoxBroadcast/batch/prepare';
import {
	checkRecipients,
	type RecipientSource,
} from '../../../nodes/EBoxBroadcast/batch/recipients/recipients';
import {
	recipientWarnings,
	summaryOf,
} from '../../../nodes/EBoxBroadcast/batch/recipients/summary';
import { eBoxBroadcastTable } from '../../../nodes/EBoxBroadcast/table';
import { BinaryStore } from '../fakes/binary-store';
import { fakeExecution, outputOf, type FakeExecution } from '../fakes/execution';
import { chunked, csv, DOCUMENT, MemorySink, numbers, version } from './support';
import { workbook } from './workbooks';

const list = (count: number, from = 0): string => [...numbers(count, from)].join('\n') + '\n';
const named = (name: string, text: string): RecipientSource => ({
	kind: 'csv',
	chunks: chunked(Buffer.from(text)),
	name,
});

async function prepare(
	recipients: RecipientSource,
	earlier: RecipientSource[] = [],
	change: Partial<PrepareSettings> = {},
): Promise<PreparedVersion> {
	const settings = { ...DEFAULT_SETTINGS, ...change };
	const made = await prepareBroadcast(
		[version('fr', recipients)],
		earlier,
		settings,
		new MemorySink().sink,
	);
	const [first] = made;
	if (!first) throw new Error('Nothing was made');
	return first;
}

describe('an earlier list', () => {
	it('that holds no number is refused with its name, and excludes nobody in silence', async () => {
		for (const text of ['', 'Nom;Adresse\nA;B\n', '**85***28\n']) {
			await expect(prepare(csv(list(3)), [named('lastYear.csv', text)])).rejects.toMatchObject({
				problem: 'earlier_list',
				message: expect.stringContaining('The earlier list "lastYear.csv"'),
			});
		}
	});

	it('of which lines cannot be read is warned of, with the count', async () => {
		const { warnings, manifest } = await prepare(csv(list(10)), [
			named('lastYear.csv', `${list(3)}unknown\n12345678901\n`),
			named('lastMonth.csv', `NISS\n${list(2, 2)}`),
		]);
		expect(warnings).toContain(
			'Earlier list "lastYear.csv": 2 of 5 lines are no national number, so these people are not left out',
		);
		expect(manifest.earlierLists).toEqual([
			{ name: 'lastYear.csv', read: 5, accepted: 3, rejected: 2 },
			{ name: 'lastMonth.csv', read: 2, accepted: 2, rejected: 0 },
		]);
		expect(manifest.recipients.rejected.earlierList).toBe(4);
	});

	it('with two columns of numbers says which list it is', async () => {
		const two = [...numbers(5)].map((n, i, all) => `${n};${all[4 - i]}`).join('\n');
		await expect(prepare(csv(list(3)), [named('couples.csv', two)])).rejects.toMatchObject({
			message:
				'The earlier list "couples.csv" cannot be read: Columns 1 and 2 hold national numbers',
			details: { hint: expect.stringContaining('one column') },
		});
	});
});

describe('mass rejects', () => {
	const bad = Array.from({ length: 23 }, (_, i) => `dossier ${i}`).join('\n');
	const spoiled = `${list(5)}${Array.from({ length: 23 }, (_, i) => 1000 + i).join('\n')}\n`;

	it('stand in a summary in the version and its manifest, and are warned of', async () => {
		const { manifest, warnings } = await prepare(csv(spoiled));
		expect(manifest.summary).toBe('28 read, 5 kept, 23 left out: 23 without 11 digits');
		expect(warnings).toContain(
			'Version "fr": 23 of 28 records are no national numbers and are left out: look at the rejects before the list is used (28 read, 5 kept, 23 left out: 23 without 11 digits)',
		);
	});

	it('are said in French and Dutch too, the reason of most records first', async () => {
		const { counts } = await checkRecipients(csv(`${spoiled}${list(2)}`));
		expect(summaryOf(counts, 'fr')).toBe(
			'30 numéros lus, 5 gardés, 25 écartés (23 sans 11 chiffres, 2 en double)',
		);
		expect(summaryOf(counts, 'nl')).toBe(
			'30 nummers gelezen, 5 behouden, 25 weggelaten (23 zonder 11 cijfers, 2 dubbel)',
		);
	});

	it('of a few in many, and of people who stand elsewhere, are no alarm', async () => {
		const few = await checkRecipients(csv(`${list(100)}x1\n`));
		expect(recipientWarnings(few)).toEqual([]);
		const repeated = await checkRecipients(csv(list(10) + list(10)));
		expect(recipientWarnings(repeated)).toEqual([]);
	});

	it('name the version and the reason when nobody is left', async () => {
		await expect(prepare(csv(`NISS\n${bad}\n`))).rejects.toMatchObject({
			problem: 'no_recipients',
			message:
				'There is no recipient in version "fr": 23 read, 0 kept, 23 left out: 23 with other characters',
		});
	});
});

describe('a test set', () => {
	it('names no field that its form does not have', async () => {
		const change = { purpose: 'acceptance test', label: 'test', onReject: 'stop' } as const;
		const failure: unknown = await prepare(csv(`${list(2)}12345678901\n`), [], change).catch(
			(error: unknown) => error,
		);
		expect(failure).toMatchObject({ problem: 'rejected_recipients' });
		expect(JSON.stringify(failure)).not.toContain('On Rejected Numbers');
		const operation = eBoxBroadcastTable.resources
			.flatMap(({ operations }) => operations)
			.find(({ value }) => value === 'makeTestSet');
		expect(JSON.stringify(operation?.fields)).not.toMatch(/person on two lists|Earlier Lists/);
	});
});

/** Recipients: Check over one item per file. */
async function checkFiles(
	files: Record<string, string | Buffer>,
	setup: { continueOnFail?: boolean; parameters?: IDataObject } = {},
): Promise<{ run: Promise<INodeExecutionData[]>; fake: FakeExecution }> {
	const store = new BinaryStore();
	const items: INodeExecutionData[] = [];
	for (const [fileName, content] of Object.entries(files)) {
		const data = await store.store(Buffer.from(content), fileName, 'text/csv');
		items.push({ json: {}, binary: { data } });
	}
	const fake = fakeExecution({
		properties: formOf(eBoxBroadcastTable),
		parameters: { resource: 'recipient', operation: 'check', ...setup.parameters },
		items,
		store,
		continueOnFail: setup.continueOnFail,
	});
	return { run: outputOf(executeTable(fake.execution, eBoxBroadcastTable)), fake };
}

describe('Recipients: Check over several files', () => {
	const files = { 'a.csv': list(3), 'b.pdf': '%PDF-1.7', 'c.csv': list(2) };

	it('gives each file its own report, and blames none for another', async () => {
		const { run, fake } = await checkFiles(files);
		const items = await run;
		expect(items.map(({ json, pairedItem }) => [json.valid, json.accepted, pairedItem])).toEqual([
			[true, 3, [{ item: 0 }]],
			[false, 0, [{ item: 1 }]],
			[true, 2, [{ item: 2 }]],
		]);
		expect(items[0]?.json).toMatchObject({ fileName: 'a.csv', summary: '3 read, 3 kept' });
		expect(items[1]?.json).toMatchObject({
			problem: 'not_text',
			summary: 'not read: The list is a PDF document, not text',
		});
		expect(items[1]?.binary).toBeUndefined();
		expect(fake.hints.map(({ message }) => message)).toEqual([
			'Item 1: The list is a PDF document, not text',
		]);
	});

	it('sends the bad one alone to the error output when the workflow wants that', async () => {
		const { run } = await checkFiles(files, { continueOnFail: true });
		const items = await run;
		expect(items.map(({ json }) => 'error' in json)).toEqual([false, true, false]);
		expect(items[1]?.pairedItem).toEqual([{ item: 1 }]);
	});

	it('fails when no file can be read, and names the item', async () => {
		const { run } = await checkFiles({ 'b.pdf': '%PDF-1.7', 'c.xls': '%PDF-1.4' });
		await expect(run).rejects.toMatchObject({ context: { itemIndex: 0 } });
	});

	it('calls a file valid only when something was read in it', async () => {
		const { run } = await checkFiles({ 'a.csv': '', 'b.csv': 'NISS\n', 'c.csv': list(1) });
		expect((await run).map(({ json }) => json.valid)).toEqual([false, false, true]);
	});

	it('a header of the list that a spreadsheet takes for a formula is refused', async () => {
		for (const header of ['+NISS', '-', '@NISS']) {
			const { run } = await checkFiles(
				{ 'a.csv': list(1) },
				{ parameters: { listFormat: { header } } },
			);
			await expect(run).rejects.toThrow(/Header must not begin with = \+ - or @/);
		}
	});

	it('reads the sheet that the form names', async () => {
		const rows = [['NISS'], ...[...numbers(3)].map((n) => [n])];
		const file = await workbook(rows, { sheets: ['Autre', 'Liste'] });
		const { run, fake } = await checkFiles(
			{ 'a.xlsx': file },
			{ parameters: { csvInput: { sheet: 'Liste' } } },
		);
		expect((await run)[0]?.json).toMatchObject({
			accepted: 3,
			workbook: { sheet: 'Liste', sheetCount: 2 },
		});
		expect(fake.hints[0]?.message).toContain('only "Liste" was read');
	});
});

it('the document of the tests is a PDF, which no list may be', async () => {
	const source = { kind: 'csv' as const, chunks: chunked(DOCUMENT) };
	await expect(checkRecipients(source)).rejects.toMatchObject({ problem: 'not_text' });
});
