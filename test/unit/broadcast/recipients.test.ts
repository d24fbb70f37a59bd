import fc from 'fast-check';
import { formatNissKey, isValidNiss } from '../../../lib/identifiers/niss';
import type { Quote, Separator } from '../../../nodes/EBoxBroadcast/batch/recipients/csv-dialect';
import {
	listBytes,
	planLists,
	type CutStrategy,
} from '../../../nodes/EBoxBroadcast/batch/recipients/lists';
import { NissSet } from '../../../nodes/EBoxBroadcast/batch/recipients/niss-keys';
import {
	checkRecipients,
	type CheckedRecipients,
	type CheckOptions,
	type RecipientSource,
	type Reject,
} from '../../../nodes/EBoxBroadcast/batch/recipients/recipients';
import { anyNiss, chunked, csv, numbers } from './support';

/** Everything that comes out of a check. */
async function check(
	source: RecipientSource,
	options: CheckOptions = {},
): Promise<CheckedRecipients & { rejects: Reject[]; accepted: string[] }> {
	const rejects: Reject[] = [];
	const checked = await checkRecipients(source, {
		...options,
		onReject: (reject) => void rejects.push(reject),
	});
	const { recipients } = checked;
	const bytes = [...listBytes(recipients, { first: 0, count: recipients.length })];
	const text = Buffer.concat(bytes).toString();
	return { ...checked, rejects, accepted: text === '' ? [] : text.trimEnd().split('\n') };
}

describe('checking recipients', () => {
	it('lists every reject with line, reason and masked number', async () => {
		const text = [
			'NISS;nom',
			'85.07.30-033.28;a',
			'',
			'71022722580;b',
			'85073003328;c',
			'5010100113;d',
			';e',
			'Dupont;f',
			'05010100113;g',
		].join('\n');
		const { counts, rejects, accepted, dialect } = await check(csv(text, 5));
		expect(accepted).toEqual(['85073003328', '05010100113']);
		expect(rejects).toEqual([
			{ line: 4, reason: 'checkNumber', masked: '71*******80' },
			{ line: 5, reason: 'duplicate', masked: '85*******28' },
			{ line: 6, reason: 'lostZero', masked: '50******13' },
			{ line: 7, reason: 'empty', masked: '' },
			{ line: 8, reason: 'characters', masked: '******' },
		]);
		expect(counts).toMatchObject({ read: 7, accepted: 2, blankLines: 1, unusualMonths: 0 });
		expect(dialect).toMatchObject({ separator: ';', header: true, column: 1, columnName: 'NISS' });
	});

	it('rejects a record without the column', async () => {
		const source = csv('a;85073003328\nb\nc;05010100113\n');
		const { rejects } = await check(source);
		expect(rejects).toEqual([{ line: 2, reason: 'missing', masked: '' }]);
	});

	it('finds a duplicate a million records apart', async () => {
		const list = [...numbers(1_000_000)];
		const { counts, rejects } = await check(csv([...list, list[0]].join('\n'), 1 << 20));
		expect(counts.accepted).toBe(1_000_000);
		expect(rejects).toEqual([
			{ line: 1_000_001, reason: 'duplicate', masked: expect.stringMatching(/^\d\d\*{7}\d\d$/) },
		]);
	});

	it('leaves out people of earlier lists and of other language versions, and says so', async () => {
		const earlier = new NissSet();
		await checkRecipients(csv('85073003328\n'), { seen: earlier });
		const other = new NissSet();
		await checkRecipients(csv('05010100113\n'), { seen: other });
		const { rejects, accepted } = await check(csv('85073003328\n05010100113\n93051822361\n'), {
			earlier,
			otherVersions: [other],
		});
		expect(rejects.map(({ reason }) => reason)).toEqual(['earlierList', 'otherVersion']);
		expect(accepted).toEqual(['93051822361']);
	});

	it('counts odd months without refusing them', async () => {
		const [odd, usual] = [859_900_001, 854_100_001].map(formatNissKey);
		const { counts } = await check({ kind: 'values', values: [odd, usual] });
		expect(counts).toMatchObject({ read: 2, accepted: 2, unusualMonths: 1 });
	});

	it('takes values, and gives a number its lost zero back only when the check number proves it', async () => {
		const values = [85073003328, 5010100113, null, undefined, { niss: 1 }, 5010100114];
		const { accepted, rejects, counts } = await check({ kind: 'values', values });
		expect(accepted).toEqual(['85073003328', '05010100113']);
		expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
			[3, 'empty'],
			[4, 'empty'],
			[5, 'empty'],
			[6, 'length'],
		]);
		expect(counts.restoredZeros).toBe(1);
	});

	it('reads an empty file as nobody', async () => {
		const { counts } = await check(csv(''));
		expect(counts).toMatchObject({ read: 0, accepted: 0 });
	});

	it('waits for the reject file, one reject at a time, in place of piling them up', async () => {
		let waiting = 0;
		let most = 0;
		const text = 'x1\n'.repeat(300_000);
		await checkRecipients(
			{ kind: 'csv', chunks: chunked(Buffer.from(text), 4096), csvOptions: { header: false } },
			{
				onReject: async () => {
					most = Math.max(most, ++waiting);
					await Promise.resolve();
					waiting--;
				},
			},
		);
		expect(most).toBe(1);
	});
});

/** One record of a file: its cell, and how it has to be judged. */
const cell = fc.oneof(
	{ weight: 6, arbitrary: anyNiss },
	{
		weight: 2,
		arbitrary: anyNiss.map(
			(n) => `${n.slice(0, 2)}.${n.slice(2, 4)}.${n.slice(4, 6)}-${n.slice(6, 9)}.${n.slice(9)}`,
		),
	},
	{ weight: 1, arbitrary: fc.stringMatching(/^[0-9]{1,13}$/) },
	{
		weight: 1,
		arbitrary: fc.constantFrom('85073003328', '05010100113', 'inconnu 12', '1e5', '-1'),
	},
);

const dialect = fc.record({
	separator: fc.constantFrom<Separator>(';', ',', '\t', '|', 'none'),
	quote: fc.constantFrom<Quote>('"', "'", 'none'),
	header: fc.boolean(),
	lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
	encoding: fc.constantFrom<BufferEncoding>('utf8', 'latin1', 'utf16le'),
	bom: fc.boolean(),
	last: fc.boolean(),
	chunk: fc.integer({ min: 1, max: 70 }),
	optionValue: fc.boolean(),
});

describe('whatever the dialect', () => {
	it('every valid number is on exactly one list, every other is a reject, in the order of the file', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(cell, { minLength: 1, maxLength: 40 }),
				dialect,
				fc.constantFrom<CutStrategy>('fill', 'even'),
				fc.integer({ min: 1, max: 9 }),
				async (cells, how, strategy, max) => {
					const alone = how.separator === 'none';
					const row = (text: string): string =>
						(alone ? [text] : ['é', text, 'x'])
							.map((one) => (how.quote === 'none' ? one : how.quote + one + how.quote))
							.join(alone ? '' : how.separator);
					const rows = [...(how.header ? [row('niss')] : []), ...cells.map(row)];
					const text = rows.join(how.lineEnd) + (how.last ? how.lineEnd : '');
					const mark = how.bom && how.encoding !== 'latin1' ? '\ufeff' : '';
					const bytes = Buffer.from(mark + text, how.encoding);

					// A file without one valid number cannot tell its dialect: then it is told.
					const optionValue = how.optionValue || !cells.some(isValidNiss) || cells.length < 5;
					const csvOptions = optionValue
						? {
								separator: how.separator,
								quote: how.quote,
								header: how.header,
								column: alone ? 1 : 2,
								...(how.encoding === 'utf16le' ? { encoding: 'utf-16le' as const } : {}),
							}
						: { header: how.header };
					const source: RecipientSource = {
						kind: 'csv',
						chunks: chunked(bytes, how.chunk),
						csvOptions,
					};
					const { accepted, rejects, recipients, counts } = await check(source);

					const clean = (one: string): string => one.replace(/[. -]/g, '');
					const expected: string[] = [];
					const expectedLines: number[] = [];
					for (const [i, one] of cells.entries()) {
						if (isValidNiss(one) && !expected.includes(clean(one))) expected.push(clean(one));
						else expectedLines.push(i + (how.header ? 2 : 1));
					}
					expect(accepted).toEqual(expected);
					expect(rejects.map(({ line }) => line)).toEqual(expectedLines);
					expect(counts.read).toBe(cells.length);

					if (recipients.length === 0) return;
					const lists = planLists(recipients.length, strategy, max).map((list) =>
						Buffer.concat([...listBytes(recipients, list)])
							.toString()
							.trimEnd()
							.split('\n'),
					);
					expect(lists.flat()).toEqual(expected);
					expect(lists.every(({ length }) => length <= max)).toBe(true);
				},
			),
			{ numRuns: 500 },
		);
	});
});
