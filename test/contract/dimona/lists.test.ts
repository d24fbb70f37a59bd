import type { IDataObject } from 'n8n-workflow';

import { forgetChoices } from '../../../lib/node/list-search';
import { Dimona } from '../../../nodes/Dimona/Dimona.node';
import { testSsin } from '../../../sandbox/dimona';
import { choicesOf } from '../../unit/fakes/choices';
import { Harness } from './harness';

let harness: Harness;

beforeAll(async () => {
	harness = await Harness.start();
	const items = [1, 2].map((sequence) => ({ ssin: testSsin(sequence) }));
	await harness.run(harness.other({ ssin: '={{ $json.ssin }}', options: { pauseMs: 0 } }), {
		items,
	});
	harness.sandbox.mockServer.clock.advance(10_000);
});

beforeEach(() => forgetChoices());

afterEach(() => expect(harness.sandbox.mockServer.faults).toEqual([]));

afterAll(async () => await harness.close());

const list = async (name: string, search?: string) =>
	await choicesOf(new Dimona(), name, {
		credential: harness.sandbox.credential() as IDataObject,
		search,
	});

const values = (choices: Array<{ value: string }>) => choices.map(({ value }) => value);

test('employers are those that the service names, each once, by either of their numbers', async () => {
	expect(await list('employersByEnterpriseNumber')).toEqual([
		{ name: 'Enterprise 0000000196 · NSSO 125482497', value: '0000000196' },
	]);
	// The stand-in's relations have this number alone.
	expect(await list('employersByNssoNumber')).toEqual([
		{ name: 'NSSO 125482497', value: '125482497' },
	]);
});

test('periods are found by their worker, whose number and name are not shown', async () => {
	const all = await list('periods');
	expect(values(all).sort()).toEqual(harness.periods.map(({ id }) => String(id)).sort());
	expect(all[0]?.name).toMatch(
		new RegExp(`^${harness.day(1)} to … · OTH · 0000000196 · ${all[0]?.value}$`),
	);
	const second = harness.periods.find(({ worker }) => worker.ssin === testSsin(2));
	expect(values(await list('periods', testSsin(2)))).toEqual([String(second?.id)]);
	expect(values(await list('periods', 'test2'))).toEqual([String(second?.id)]);
	expect(JSON.stringify(all)).not.toContain(testSsin(2));
	expect(JSON.stringify(all)).not.toMatch(/TEST2/i);
});

test('declarations come newest first, with kind and status', async () => {
	const all = await list('declarations');
	expect(all.map(({ name }) => name)).toEqual(
		all.map(({ value }) => `${value} · IN · OTH · accepted · 0000000196`),
	);
	expect(values(all)).toEqual([...values(all)].sort((a, b) => Number(b) - Number(a)));
	expect(all).toHaveLength(2);
});

test('a period that was chosen, typed, or stands in an older workflow is read', async () => {
	const [{ id }] = harness.periods;
	const written = [
		{ __rl: true, mode: 'list', value: String(id) },
		{ __rl: true, mode: 'id', value: '={{ $json.periodId }}' },
		String(id),
		'={{ $json.periodId }}',
	];
	for (const periodId of written) {
		const parameters = { resource: 'period', operation: 'get', periodId };
		const { json } = await harness.run(parameters, { items: [{ periodId: String(id) }] });
		expect(json[0]).toMatchObject({ periodId: String(id) });
	}
});

test('an employer that was chosen is declared for', async () => {
	const before = harness.periods.length;
	const enterpriseNumber = { __rl: true, mode: 'list', value: '0000000196' };
	await harness.run(harness.other({ enterpriseNumber, ssin: testSsin(3) }));
	harness.sandbox.mockServer.clock.advance(10_000);
	expect(harness.periods).toHaveLength(before + 1);
});
