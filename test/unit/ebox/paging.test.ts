import { readPagedList } from '../../../nodes/EBoxEnterprise/api/paging';
import { eBoxOf, federation } from './federation';

const around = federation();

const numbers = (from: number, to: number): Array<{ messageId: string; receivedAt: number }> =>
	Array.from({ length: to - from + 1 }, (_, index) => ({
		messageId: `m${from + index}`,
		receivedAt: Date.now() - 1_000 * (from + index),
	}));

const idsOf = (items: Array<{ messageId?: string }>) =>
	items.map(({ messageId }) => Number(messageId?.slice(1))).sort((a, b) => a - b);

async function list(limit?: number) {
	const { sandbox } = around;
	const eBox = eBoxOf(sandbox);
	return await eBox.registry(eBox.official).messages({}, limit);
}

const range = (from: number, to: number) => numbers(from, to).map((_, index) => from + index);

describe('a list that is read to its end', () => {
	beforeEach(() => {
		around.sandbox.boxes.nsso.clear();
	});

	it('has every message once, in the order of the provider, in pages of a hundred', async () => {
		around.sandbox.deliver('nsso', ...numbers(1, 411));
		const { items, complete } = await list();
		expect(complete).toBe(true);
		expect(items.map(({ messageId }) => messageId)).toEqual(
			range(1, 411).map((number) => `m${number}`),
		);
		expect(
			around.sandbox.mockServers.nsso.calls.list({ operation: 'getMessagesByEBoxId' }),
		).toHaveLength(5);
	});

	it('passes the official paging test of eleven messages', async () => {
		around.sandbox.deliver('nsso', ...numbers(1, 11));
		expect(idsOf((await list()).items)).toEqual(range(1, 11));
	});

	it('misses nothing and repeats nothing when messages arrive meanwhile', async () => {
		const { sandbox } = around;
		sandbox.deliver('nsso', ...numbers(101, 430));
		for (let arriving = 100; arriving > 70; arriving--)
			sandbox.boxes.nsso.afterPages.push(() =>
				sandbox.deliver('nsso', ...numbers(arriving, arriving)),
			);
		const { items } = await list();
		expect(new Set(idsOf(items)).size).toBe(items.length);
		expect(idsOf(items).filter((id) => id > 100)).toEqual(range(101, 430));
	});

	it('reads again when messages are hidden or expire meanwhile and pull others onto pages already read', async () => {
		const { sandbox } = around;
		sandbox.deliver('nsso', ...numbers(1, 430));
		const { nsso } = sandbox.boxes;
		nsso.afterPages.push(() => {
			nsso.messages = nsso.messages.filter(({ messageId }) => Number(messageId.slice(1)) > 30);
		});
		const { items, complete } = await list();
		expect(complete).toBe(true);
		expect(idsOf(items).filter((id) => id > 30)).toEqual(range(31, 430));
	});

	it.each([
		['gives no totals', { withoutTotal: true }],
		['gives fewer per page than it was asked for', { largestPage: 7 }],
		['gives fewer per page and no totals', { largestPage: 7, withoutTotal: true }],
		['puts null between its items', { nullEntries: true }],
	])('is whole when the provider %s', async (_, deviations) => {
		around.sandbox.deliver('nsso', ...numbers(1, 60));
		around.sandbox.boxes.nsso.deviations = deviations;
		const { items, complete } = await list();
		expect([idsOf(items), complete]).toEqual([range(1, 60), true]);
	});

	it('is empty when the provider gives null for no items', async () => {
		around.sandbox.boxes.nsso.deviations = { nullWhenEmpty: true, withoutTotal: true };
		expect(await list()).toMatchObject({ items: [], complete: true });
	});

	it('is said to be incomplete when the provider holds more than it gives', async () => {
		around.sandbox.deliver('nsso', ...numbers(1, 30));
		around.sandbox.boxes.nsso.deviations = { claimsMore: 3 };
		const { items, complete } = await list();
		expect([idsOf(items), complete]).toEqual([range(1, 30), false]);
	});

	it('asks for no more than the limit', async () => {
		around.sandbox.deliver('nsso', ...numbers(1, 300));
		expect(idsOf((await list(40)).items)).toEqual(range(1, 40));
		const [call] = around.sandbox.mockServers.nsso.calls.list({ operation: 'getMessagesByEBoxId' });
		expect(call.query).toBe('?page=1&pageSize=40');
		expect(idsOf((await list(150)).items)).toEqual(range(1, 150));
	});

	it('does not believe a total that is only the size of the page', async () => {
		const fetch = async (page: number, size: number) => {
			const items = range(1, 250).slice((page - 1) * size, page * size);
			return await Promise.resolve({ items, received: items.length, total: items.length });
		};
		const { items } = await readPagedList({ fetch, keyOf: String });
		expect(items).toEqual(range(1, 250));
	});

	it('ends at a provider that ignores the page number', async () => {
		const items = range(1, 100);
		const fetch = async () => await Promise.resolve({ items, received: 100 });
		expect((await readPagedList({ fetch, keyOf: String })).items).toEqual(items);
	});
});
