import { IdempotencyRecords } from '../../../../lib/node/idempotency-records';

interface Facts {
	id?: number;
}

const acts = (most = 10) => new IdempotencyRecords<Facts>(most);
const noFacts = (): Facts => ({});

describe('of two callers that come at once', () => {
	test('one begins, and the other waits and hears what came of it', async () => {
		const memory = acts();
		const [first, second] = [memory.admit('a', noFacts), memory.admit('a', noFacts)];
		const { begun } = await first;
		Object.assign(begun ?? {}, { id: 1 });
		begun?.settle();
		expect((await second).before).toMatchObject({ id: 1 });
	});

	test('the other begins when the first one certainly did nothing', async () => {
		const memory = acts();
		const [first, second] = [memory.admit('a', noFacts), memory.admit('a', noFacts)];
		await first;
		memory.forget('a');
		expect(await second).toEqual({ begun: memory.find('a') });
	});

	test('of three, the last waits for the one that begins again', async () => {
		const memory = acts();
		const callers = [1, 2, 3].map((id) => memory.admit('a', () => ({ id })));
		expect((await callers[0])?.begun).toMatchObject({ id: 1 });
		memory.forget('a');
		expect((await callers[1])?.begun).toMatchObject({ id: 2 });
		memory.find('a')?.settle();
		expect((await callers[2])?.before).toMatchObject({ id: 2 });
	});

	test('neither waits for the other when they begin different things', async () => {
		const memory = acts();
		const both = await Promise.all([memory.admit('a', noFacts), memory.admit('b', noFacts)]);
		expect(both.map(({ begun }) => begun)).toEqual([memory.find('a'), memory.find('b')]);
	});
});

test('beyond the bound the oldest is forgotten, and what was begun again is no longer the oldest', () => {
	const memory = acts(2);
	for (const key of ['a', 'b', 'a', 'c']) memory.begin(key, {});
	expect(['a', 'b', 'c'].filter((key) => memory.find(key))).toEqual(['a', 'c']);
});

test('after forgetting everything nothing was begun', async () => {
	const memory = acts();
	memory.begin('a', { id: 1 }).settle();
	memory.forgetAll();
	expect((await memory.admit('a', noFacts)).before).toBeUndefined();
});
