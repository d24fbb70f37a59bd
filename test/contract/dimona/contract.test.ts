import { readFileSync } from 'node:fs';

import type { IDataObject } from 'n8n-workflow';

import { testSsin } from '../../../sandbox/dimona';
import type { DetailedCallRecord } from '../../../sandbox/mock-server';
import { OpenApiContract } from '../openapi';
import { describeWithContract, publishedContract } from '../published';
import { Harness } from './harness';

const FILE = publishedContract('dimona', 'dimona-v2.openapi.yaml');

describeWithContract(FILE)('Dimona by its described contract', () => {
	let harness: Harness;
	let contract: OpenApiContract;

	beforeAll(async () => {
		contract = OpenApiContract.read(FILE);
		harness = await Harness.start();
	});

	beforeEach(async () => await harness.reset());

	afterAll(async () => await harness.close());

	const bodyOf = (body: Buffer | null) => (body && body.length > 0 ? body : null);

	const request = ({ method, path, query, requestHeaders, requestBody }: DetailedCallRecord) => ({
		method,
		path,
		query,
		headers: requestHeaders,
		body: bodyOf(requestBody),
	});

	/** Faults of every call of the service so far, requests and answers. */
	const faults = (checkRequests = true) =>
		harness.sandbox.mockServer.calls
			.detailed()
			.filter(({ path }) => path.includes('/dimona/'))
			.flatMap((record) => [
				...(checkRequests ? contract.requestFaults(request(record)) : []),
				...contract.answerFaults(request(record), {
					status: record.status ?? 0,
					headers: record.responseHeaders,
					body: bodyOf(record.responseBody),
				}),
			]);

	test('every request that the node can make, and what the sandbox answers', async () => {
		const declare = async (more: IDataObject) =>
			await harness.run({ ...harness.other(more), operation: 'submitAndWait', kind: 'in' });
		const made = await declare({});
		const periodId = String(made.json[0].periodId);
		await declare({ workerType: 'FLX', startHour: '17:00', endHour: '21:00', ssin: testSsin(2) });
		await declare({
			workerType: 'STU',
			ssin: testSsin(3),
			endDate: harness.day(1),
			plannedHours: 8,
			placeOfWork: {
				values: {
					name: 'Kiosk',
					street: 'Markt',
					houseNumber: '1',
					postCode: '1000',
					municipalityCode: '21004',
					municipalityName: 'Brussels',
					country: 150,
				},
			},
		});
		await declare({
			workerBy: 'identity',
			familyName: 'Müller',
			givenName: 'Ingrid',
			birthDate: '1991-11-25',
			placeOfBirth: 'AACHEN',
			countryOfBirth: 103,
			nationality: 103,
			gender: '2',
			address: { values: { street: 'Markt', country: 103 } },
		});
		await declare({ employerBy: 'employerId', employerId: '125482497', ssin: testSsin(4) });
		for (const more of [
			{ kind: 'out', endDate: harness.day(30) },
			{ kind: 'update', changes: { endDate: harness.day(40) } },
			{ kind: 'cancel' },
			{ kind: 'cancel' },
		])
			await harness.run({ operation: 'submitAndWait', periodId, ...more });
		for (const resource of ['declaration', 'period', 'relation'])
			await harness.run({
				resource,
				operation: 'search',
				employerId: '125482497',
				returnAll: true,
			});
		await harness.run({ resource: 'period', operation: 'get', periodId });
		expect(faults()).toEqual([]);
		const reached = new Set(
			harness.sandbox.mockServer.calls.list().map(({ operation }) => operation),
		);
		expect(reached).toEqual(
			new Set([
				'token',
				'submit declaration',
				'get declaration',
				'get period',
				'search declarations',
				'search periods',
				'search relations',
			]),
		);
	});

	test('what the sandbox refuses', async () => {
		const { client } = harness;
		await client
			.submit({ dimonaCancel: { periodId: 1, extra: true } } as never)
			.catch(() => undefined);
		await client.getPeriod('1').catch(() => undefined);
		await client.getPeriod('abc').catch(() => undefined);
		const { servicesUrl } = harness.sandbox;
		await fetch(`${servicesUrl}/dimona/v2/declarations`, { method: 'POST' });
		await fetch(`${servicesUrl}/dimona/v2/periods/1`, {
			headers: { authorization: 'Bearer wrong' },
		});
		expect(
			harness.sandbox.mockServer.calls.list({ path: '/dimona/' }).map(({ status }) => status),
		).toEqual([400, 404, 400, 401, 401]);
		expect(faults(false)).toEqual([]);
	});

	test.each([
		'in.FLX.day',
		'in.OTH.open',
		'in.STU',
		'in.STU.place-of-work',
		'out',
		'update.hours',
		'cancel',
	])('the sandbox takes the published example %s', async (name) => {
		const text = readFileSync(
			publishedContract('dimona', 'samples', 'requests', `${name}.json`),
			'utf8',
		);
		const body = JSON.parse(text) as never;
		await expect(harness.client.submit(body)).resolves.toMatch(/^\d{12}$/);
		expect(faults()).toEqual([]);
	});
});
