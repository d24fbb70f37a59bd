import fc from 'fast-check';
import { readNiss } from '../../../lib/identifiers/niss';
import {
	listBytes,
	planLists,
	PLAIN_LIST,
	type CutStrategy,
	type ListFormat,
} from '../../../nodes/EBoxBroadcast/batch/recipients/lists';
import { NissList, NissSet } from '../../../nodes/EBoxBroadcast/batch/recipients/niss-keys';
import { numbers } from './support';

const sizes = (total: number, strategy: CutStrategy, max?: number): number[] =>
	planLists(total, strategy, max).map(({ count }) => count);

describe('cutting into lists', () => {
	it.each([
		[300_000, 'fill', [300_000]],
		[300_000, 'even', [300_000]],
		[300_001, 'fill', [300_000, 1]],
		[300_001, 'even', [150_001, 150_000]],
		[1_000_000, 'fill', [300_000, 300_000, 300_000, 100_000]],
		[1_000_000, 'even', [250_000, 250_000, 250_000, 250_000]],
		[1, 'fill', [1]],
		[1, 'even', [1]],
	] as const)('%d with %s gives %j', (total, strategy, expected) => {
		expect(sizes(total, strategy)).toEqual(expected);
	});

	it.each([0, -1, 1.5, 300_001, NaN])('refuses %d as the size of a list', (max) => {
		expect(() => planLists(10, 'fill', max)).toThrow('from 1 to 300000');
	});

	it('refuses an empty broadcast', () => {
		expect(() => planLists(0)).toThrow('no recipient');
	});

	it('takes everyone once, in order, in as few lists as the maximum allows', () => {
		const total = fc.integer({ min: 1, max: 12_000_000 });
		const max = fc.integer({ min: 1000, max: 300_000 });
		fc.assert(
			fc.property(total, max, fc.constantFrom<CutStrategy>('fill', 'even'), (n, size, strategy) => {
				const lists = planLists(n, strategy, size);
				expect(lists).toHaveLength(Math.ceil(n / size));
				const wrong = lists.filter(
					({ number, first, count }, i) =>
						number !== i + 1 ||
						first !== (i === 0 ? 0 : lists[i - 1].first + lists[i - 1].count) ||
						count < 1 ||
						count > size,
				);
				expect(wrong).toEqual([]);
				expect(lists.reduce((sum, { count }) => sum + count, 0)).toBe(n);
				if (strategy === 'even') {
					const counts = lists.map(({ count }) => count);
					expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
				}
			}),
		);
	});
});

describe('the bytes of a list', () => {
	const sequence = (texts: Iterable<string>): NissList => {
		const made = new NissList();
		for (const text of texts) made.push(readNiss(Buffer.from(text), 0, text.length));
		return made;
	};
	const write = (format: Partial<ListFormat>): string => {
		const recipients = sequence(['00000100364', '85073003328', '05010100113']);
		const bytes = listBytes(recipients, { first: 0, count: 3 }, { ...PLAIN_LIST, ...format });
		return Buffer.concat([...bytes]).toString('latin1');
	};

	it('are one number of 11 digits per line, LF, nothing else', () => {
		expect(write({})).toBe('00000100364\n85073003328\n05010100113\n');
	});

	it.each<[Partial<ListFormat>, string]>([
		[{ lineEnd: 'CRLF' }, '00000100364\r\n85073003328\r\n05010100113\r\n'],
		[{ finalLineEnd: false }, '00000100364\n85073003328\n05010100113'],
		[{ lineEnd: 'CRLF', finalLineEnd: false }, '00000100364\r\n85073003328\r\n05010100113'],
		[{ quote: '"' }, '"00000100364"\n"85073003328"\n"05010100113"\n'],
		[{ header: 'NISS' }, 'NISS\n00000100364\n85073003328\n05010100113\n'],
		[{ bom: true }, '\xef\xbb\xbf00000100364\n85073003328\n05010100113\n'],
	])('follow the settings %j', (format, expected) => expect(write(format)).toBe(expected));

	it('are right across the borders of chunks', () => {
		const all = [...numbers(140_000)];
		const bytes = listBytes(sequence(all), { first: 65_000, count: 70_001 });
		expect(Buffer.concat([...bytes]).toString()).toBe(all.slice(65_000, 135_001).join('\n') + '\n');
	});
});

describe('the set of numbers', () => {
	it('agrees with a plain Set, whatever the numbers', () => {
		const key = fc.oneof(
			fc.integer({ min: 0, max: 1_999_999_999 }),
			fc.integer({ min: 850_730_000, max: 850_731_100 }),
		);
		fc.assert(
			fc.property(fc.array(key, { maxLength: 300 }), (keys) => {
				const ours = new NissSet();
				const plain = new Set<number>();
				for (const one of keys) {
					expect(ours.has(one)).toBe(plain.has(one));
					expect(ours.add(one)).toBe(!plain.has(one));
					plain.add(one);
				}
				expect(ours.size).toBe(plain.size);
			}),
			{ numRuns: 50 },
		);
	});
});
