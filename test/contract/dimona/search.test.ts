import { testSsin } from '../../../sandbox/dimona';
import { Harness } from './harness';

let harness: Harness;

beforeAll(async () => {
	harness = await Harness.start();
});

beforeEach(async () => {
	await harness.reset();
	const items = Array.from({ length: 7 }, (_, index) => ({ ssin: testSsin(index + 1) }));
	await harness.run(harness.other({ ssin: '={{ $json.ssin }}', options: { pauseMs: 0 } }), {
		items,
	});
	harness.sandbox.mockServer.clock.advance(10_000);
});

afterEach(() => expect(harness.sandbox.mockServer.faults).toEqual([]));

afterAll(async () => await harness.close());

const search = (resource: string, more = {}) => ({
	resource,
	operation: 'search',
	employerId: '125482497',
	returnAll: true,
	...more,
});

test.each(['absent', 'false'] as const)(
	'follows the pages to the end, which is "%s"',
	async (lastPage) => {
		harness.sandbox.settings.lastPage = lastPage;
		const { json } = await harness.run(search('period', { options: { pageSize: 3 } }));
		expect(json.map(({ periodId }) => periodId)).toEqual(
			harness.periods.map(({ id }) => String(id)),
		);
		expect(harness.count('search periods')).toBe(3);
	},
);

test('asks for no page beyond the limit', async () => {
	const { json } = await harness.run(
		search('period', { returnAll: false, limit: 4, options: { pageSize: 3 } }),
	);
	expect(json).toHaveLength(4);
	expect(harness.count('search periods')).toBe(2);
});

test('does not follow a next page on another origin, nor sends the token there', async () => {
	const other = await Harness.start();
	try {
		harness.sandbox.settings.nextOrigin = other.sandbox.url;
		const { message, description } = await harness.failure(
			search('period', { options: { pageSize: 3 } }),
		);
		expect(message).toMatch(/next page of the search is on another server/);
		expect(description).toMatch(/access token/);
		expect(other.sandbox.mockServer.calls.counters().calls).toBe(0);
	} finally {
		await other.sandbox.close();
	}
});

test('finds declarations with their results', async () => {
	const { json } = await harness.run(search('declaration'));
	expect(json).toHaveLength(7);
	expect(json[0]).toMatchObject({ status: 'accepted', kind: 'in', workerType: 'OTH' });
});

test('finds relations, and those of one worker by comparing on this side', async () => {
	const { json } = await harness.run(search('relation', { options: { ssin: testSsin(3) } }));
	expect(json).toEqual([
		expect.objectContaining({ worker: expect.objectContaining({ ssin: testSsin(3) }) as object }),
	]);
	const [record] = harness.sandbox.mockServer.calls.detailed({ operation: 'search relations' });
	expect(String(record.requestBody)).toBe('{"employer":{"employerId":125482497}}');
});

test('without filter for all employers; a filter that is not published is refused by the service', async () => {
	expect((await harness.run(search('period', { employerBy: 'none' }))).json).toHaveLength(7);
	const { facts } = await harness.failure(
		search('period', { options: { filterJson: '{"worker":{}}' } }),
	);
	expect(facts).toMatchObject({ status: 400 });
});

test('gets a period, cancelled or not', async () => {
	const [{ id }] = harness.periods;
	const { json } = await harness.run({
		resource: 'period',
		operation: 'get',
		periodId: String(id),
	});
	expect(json[0]).toMatchObject({ periodId: String(id), isCancelled: 0 });
	const { message } = await harness.failure({
		resource: 'period',
		operation: 'get',
		periodId: '1',
	});
	expect(message).toMatch(/does not know this/);
});
