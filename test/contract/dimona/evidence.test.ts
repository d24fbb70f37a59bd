import { NOT_FLEXI_SSIN, testSsin, WORKER_SSIN } from '../../../sandbox/dimona';
import { Harness } from './harness';

let harness: Harness;

beforeAll(async () => {
	harness = await Harness.start();
});

beforeEach(async () => await harness.reset());

afterEach(() => expect(harness.sandbox.mockServer.faults).toEqual([]));

afterAll(async () => await harness.close());

const submitAndWait = (more = {}) => ({
	...harness.other(more),
	operation: 'submitAndWait',
	kind: 'in',
});

const cutNext = (kind: 'cutAfter' | 'cutBefore') =>
	harness.sandbox.mockServer.failNext({ method: 'POST', path: '/declarations$', how: { kind } });

/** What other people do at the authority: its own portal, another client. */
async function elsewhere(body: object): Promise<string> {
	const { id } = harness.sandbox.registry.receive('portal', body);
	harness.sandbox.mockServer.clock.advance(5_000);
	harness.sandbox.registry.settle();
	return await Promise.resolve(String(id));
}

/** An IN as another employer of the same social secretariat would make it, or the same one. */
const anIn = (employer: number, more = {}) => ({
	employer: { enterpriseNumber: harness.sandbox.registry.employers[employer]?.enterpriseNumber },
	worker: { ssin: WORKER_SSIN },
	dimonaIn: {
		startDate: harness.day(1),
		features: { workerType: 'OTH', jointCommissionNumber: 'XXX' },
	},
	...more,
});

describe('a lost POST', () => {
	test.each([true, false])(
		'does not take a cancelled period for the new one (period marked: %s)',
		async (marked) => {
			harness.sandbox.settings.withoutCancellationMark = !marked;
			const periodId = await elsewhere(anIn(0));
			await elsewhere({ dimonaCancel: { periodId: Number(periodId) } });
			cutNext('cutBefore');
			const { message, facts } = await harness.failure(submitAndWait());
			expect(message).toMatch(/may have been recorded/);
			expect(facts.hint).toContain(`Period ${periodId} had this content and was cancelled`);
		},
	);

	test.each([true, false])(
		'does not take the period of another employer (filter by enterprise number: %s)',
		async (filter) => {
			harness.sandbox.settings.filterByEnterpriseNumber = filter;
			await elsewhere(anIn(1));
			cutNext('cutBefore');
			const { message } = await harness.failure(submitAndWait());
			expect(message).toMatch(/may have been recorded/);
			expect(harness.periods).toHaveLength(1);
		},
	);

	test('does not take a period with an end for one without', async () => {
		const periodId = await elsewhere(anIn(0));
		await elsewhere({ dimonaOut: { periodId: Number(periodId), endDate: harness.day(9) } });
		harness.sandbox.mockServer.failNext({
			path: '/declarations/search',
			times: 50,
			how: { kind: 'status', status: 403 },
		});
		cutNext('cutBefore');
		const { facts } = await harness.failure(submitAndWait());
		expect(facts.hint).toContain(`Look at period ${periodId}: it may be this one`);
	});

	test('counts when it was recorded after a cancellation', async () => {
		const periodId = await elsewhere(anIn(0));
		await elsewhere({ dimonaCancel: { periodId: Number(periodId) } });
		cutNext('cutAfter');
		const { json } = await harness.run(submitAndWait());
		expect(json[0]).toMatchObject({
			status: 'accepted',
			foundBySearch: true,
			periodId: String(harness.periods[0].id),
		});
	});

	test.each(['out', 'update', 'cancel'])(
		'of an %s that was not recorded is not found',
		async (kind) => {
			const periodId = await elsewhere(anIn(0));
			cutNext('cutBefore');
			const { message } = await harness.failure({
				operation: 'submitAndWait',
				kind,
				periodId,
				endDate: harness.day(9),
				changes: { endDate: harness.day(9) },
			});
			expect(message).toMatch(/may have been recorded/);
		},
	);

	test('of an OUT is not found in a period that was cancelled since', async () => {
		const periodId = await elsewhere(anIn(0));
		await elsewhere({ dimonaOut: { periodId: Number(periodId), endDate: harness.day(9) } });
		await elsewhere({ dimonaCancel: { periodId: Number(periodId) } });
		cutNext('cutBefore');
		const { facts } = await harness.failure({
			operation: 'submitAndWait',
			kind: 'out',
			periodId,
			endDate: harness.day(9),
		});
		expect(facts.outcome).toBe('unknown');
	});
});

describe('an answer without echo', () => {
	beforeEach(() => {
		harness.sandbox.settings.withoutEcho = true;
	});

	const flexi = (more = {}) => ({
		...harness.flexi({ ssin: NOT_FLEXI_SSIN, ...more }),
		operation: 'submitAndWait',
		kind: 'in',
	});

	test('still says that the flexi-job is forbidden, because that was declared', async () => {
		const { json } = await harness.run(flexi());
		expect(json[0]).toMatchObject({
			status: 'acceptedWithWarning',
			kind: 'in',
			workerType: 'FLX',
			flexiJobForbidden: true,
		});
	});

	test.each(['getResult', 'waitForResult'])('%s says so as well', async (operation) => {
		const declared = await harness.run({ ...flexi(), operation: 'submitIn' });
		harness.sandbox.mockServer.clock.advance(5_000);
		const { declarationId } = declared.json[0];
		const { json } = await harness.run({ operation, declarationId, submittedAt: '' });
		expect(json[0]).toMatchObject({ flexiJobForbidden: true });
	});

	test.each(['', 'FLX'])(
		'a late UPDATE of a flexi period forbids it, also when the form does not say the type ("%s")',
		async (periodWorkerType) => {
			const made = await harness.run(flexi({ ssin: WORKER_SSIN }));
			harness.sandbox.scriptOutcome({ result: 'W', anomalies: ['90378-460'] });
			const { json } = await harness.run({
				operation: 'submitAndWait',
				kind: 'update',
				periodId: made.json[0].periodId,
				periodWorkerType,
				changes: {
					startDate: harness.day(1),
					startHour: '17:00',
					endDate: harness.day(1),
					endHour: '22:30',
				},
			});
			expect(json[0]).toMatchObject({
				status: 'acceptedWithWarning',
				kind: 'update',
				flexiJobForbidden: true,
			});
		},
	);

	test('a late UPDATE of another period forbids nothing', async () => {
		const made = await harness.run(submitAndWait());
		harness.sandbox.scriptOutcome({ result: 'W', anomalies: ['90378-460'] });
		const { json } = await harness.run({
			operation: 'submitAndWait',
			kind: 'update',
			periodId: made.json[0].periodId,
			changes: { startDate: harness.day(2) },
		});
		expect(json[0]).toMatchObject({ flexiJobForbidden: false });
	});

	test('a warning that says nothing, or something unknown, is no permission', async () => {
		for (const anomalies of [[], ['90999-777']]) {
			harness.sandbox.scriptOutcome({ result: 'W', anomalies });
			const { json } = await harness.run(flexi({ ssin: testSsin(anomalies.length + 3) }));
			expect(json[0]).toMatchObject({ status: 'acceptedWithWarning', flexiJobForbidden: null });
		}
	});

	test.each([
		['cancel', {}],
		['out', { endDate: 9 }],
	])('a second %s was done already', async (kind, { endDate }: { endDate?: number }) => {
		const made = await harness.run(submitAndWait());
		const parameters = {
			operation: 'submitAndWait',
			kind,
			periodId: made.json[0].periodId,
			...(endDate === undefined ? {} : { endDate: harness.day(endDate) }),
		};
		expect((await harness.run(parameters)).json[0]).toMatchObject({
			status: 'accepted',
			alreadyDone: false,
		});
		expect((await harness.run(parameters)).json[0]).toMatchObject({
			status: 'refused',
			alreadyDone: true,
		});
	});

	test('what was declared is not known to Get Result, so it does not say whether it was done', async () => {
		const made = await harness.run(submitAndWait());
		const { periodId } = made.json[0];
		await harness.run({ operation: 'submitAndWait', kind: 'cancel', periodId });
		const again = await harness.run({ operation: 'submitCancel', periodId });
		harness.sandbox.mockServer.clock.advance(5_000);
		const { declarationId } = again.json[0];
		const { json } = await harness.run({ operation: 'getResult', declarationId });
		expect(json[0]).toMatchObject({ status: 'refused', alreadyDone: null });
	});
});

test('a refused duplicate says by which declaration the worker is declared', async () => {
	const existing = await elsewhere(anIn(0));
	const { json } = await harness.run(submitAndWait());
	expect(json[0]).toMatchObject({
		status: 'refused',
		workerIsDeclared: true,
		existingDeclarationId: existing,
		existingPeriodId: existing,
	});
});

describe('an answer about something else', () => {
	test('a result of another declaration is not taken for ours', async () => {
		const [first, second] = await Promise.all([elsewhere(anIn(0)), elsewhere(anIn(1))]);
		harness.sandbox.mockServer.failNext({
			method: 'GET',
			how: {
				kind: 'status',
				status: 200,
				body: JSON.stringify({
					declarationStatus: { declarationId: Number(second), result: 'A' },
				}),
			},
		});
		const { message } = await harness.failure({ operation: 'getResult', declarationId: first });
		expect(message).toMatch(/asked for a declaration and answered with another one/);
	});

	test.each(['OTH', 1.5, ' '])('a result whose id is %p is not taken for ours', async (id) => {
		const body = JSON.stringify({ declarationStatus: { declarationId: id, result: 'A' } });
		harness.sandbox.mockServer.failNext({
			method: 'GET',
			how: { kind: 'status', status: 200, body },
		});
		const declarationId = await elsewhere(anIn(0));
		const { facts } = await harness.failure({ operation: 'getResult', declarationId });
		expect(facts).toMatchObject({ code: 'answer_malformed' });
	});

	test('a Location on another host is no number of ours', async () => {
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: {
				kind: 'status',
				status: 201,
				headers: { location: 'https://elsewhere.example/declarations/656300003719' },
			},
		});
		const { facts } = await harness.failure(harness.other({ options: { searchSeconds: 0 } }));
		expect(facts).toMatchObject({ code: 'answer_malformed', outcome: 'unknown' });
	});

	test('a Location and a body that name two declarations name none', async () => {
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: {
				kind: 'status',
				status: 201,
				headers: { location: '/REST/dimona/v2/declarations/656300003719' },
				body: '{"declarationId":656300003816}',
			},
		});
		const { facts } = await harness.failure(harness.other({ options: { searchSeconds: 0 } }));
		expect(facts).toMatchObject({ code: 'answer_malformed', outcome: 'unknown' });
	});

	test('a result with a number that is too long to be compared is not ours', async () => {
		const body = JSON.stringify({
			declarationStatus: { declarationId: '6563000037190000', result: 'A' },
		});
		harness.sandbox.mockServer.failNext({
			method: 'GET',
			path: '/declarations/',
			how: { kind: 'status', status: 200, body },
		});
		const declarationId = await elsewhere(anIn(0));
		const { facts } = await harness.failure({ operation: 'getResult', declarationId });
		expect(facts).toMatchObject({ code: 'answer_malformed' });
	});

	test.each(['{}', '[1]', '{"items":{}}', '{"items":[null]}', '<html></html>', '""'])(
		'a search that is answered with %s is no empty list',
		async (body) => {
			harness.sandbox.mockServer.failNext({
				path: '/search',
				how: { kind: 'status', status: 200, body },
			});
			const { facts } = await harness.failure({
				resource: 'period',
				operation: 'search',
				employerBy: 'none',
			});
			expect(facts.code).toBe('answer_malformed');
		},
	);

	test.each(['{}', '[]', 'null', '"x"', ''])(
		'a period that is answered with %s is none',
		async (body) => {
			harness.sandbox.mockServer.failNext({
				path: '/periods/',
				how: { kind: 'status', status: 200, body },
			});
			const { facts } = await harness.failure({
				resource: 'period',
				operation: 'get',
				periodId: '1',
			});
			expect(facts.code).toBe('answer_malformed');
		},
	);
});

describe('the next page of a search', () => {
	const search = (more = {}) => ({
		resource: 'period',
		operation: 'search',
		employerBy: 'none',
		...more,
	});

	beforeEach(async () => {
		for (const start of [1, 2, 3])
			await elsewhere(
				anIn(0, {
					dimonaIn: {
						startDate: harness.day(start),
						endDate: harness.day(start),
						features: { workerType: 'OTH', jointCommissionNumber: 'XXX' },
					},
				}),
			);
	});

	test('that leads back is an error that says so', async () => {
		harness.sandbox.settings.loopingNext = true;
		const { message } = await harness.failure(search({ returnAll: true }));
		expect(message).toMatch(/The search does not end/);
	});

	test('on another server does not spoil what the first page answered', async () => {
		harness.sandbox.settings.nextOrigin = 'http://localhost:1';
		const { json } = await harness.run(
			search({ returnAll: false, limit: 2, options: { pageSize: 2 } }),
		);
		expect(json).toHaveLength(2);
	});
});

describe('an SSIN that holds no more', () => {
	const NEW_SSIN = testSsin(55);

	beforeEach(() => {
		harness.sandbox.settings.replacedSsins = { [WORKER_SSIN]: NEW_SSIN, [testSsin(56)]: '' };
	});

	test.each(['off', 'execution', 'executions'])(
		'replaced: the refusal says what to do, and no number (guard: %s)',
		async (guard) => {
			const { message, description, facts } = await harness.failure(
				submitAndWait({ options: { guard } }),
			);
			expect(facts).toMatchObject({ code: 'refused', status: 400, outcome: 'not_done' });
			expect(description).toContain('declare with the new one');
			expect(description).toContain('"Give New SSIN"');
			const said = JSON.stringify([message, description, facts, harness.logged]);
			expect(said).not.toContain(NEW_SSIN);
			expect(said).not.toContain(WORKER_SSIN);
		},
	);

	test.each(['off', 'execution', 'executions'])(
		'replaced: by the option the item gives the new number, and declares with it (guard: %s)',
		async (guard) => {
			const options = { guard, giveNewSsin: true };
			const { json } = await harness.run(submitAndWait({ options }));
			expect(json).toEqual([
				{
					declarationId: null,
					status: 'refused',
					final: true,
					newSsin: NEW_SSIN,
					lastTrouble: expect.stringContaining('declare with the new one') as string,
					alreadySubmitted: false,
					kind: 'in',
				},
			]);
			expect(harness.sandbox.registry.declarations).toHaveLength(0);
			const again = await harness.run(submitAndWait({ ssin: json[0]?.newSsin, options }));
			expect(again.json).toMatchObject([{ status: 'accepted' }]);
			// The refused one was forgotten, so it is sent again once the authority takes it.
			harness.sandbox.settings.replacedSsins = {};
			const { json: old } = await harness.run(submitAndWait({ options }));
			expect(old).toMatchObject([{ status: 'accepted', alreadySubmitted: false }]);
		},
	);

	test('replaced by what is no SSIN: an error, and nothing of it is given', async () => {
		harness.sandbox.settings.replacedSsins = { [WORKER_SSIN]: '12345678901' };
		const { facts } = await harness.failure(submitAndWait({ options: { giveNewSsin: true } }));
		expect(facts).toMatchObject({ code: 'refused', outcome: 'not_done' });
		expect(JSON.stringify(facts)).not.toContain('12345678901');
	});

	test('cancelled: the refusal says to identify the worker anew, with the option too', async () => {
		const { description } = await harness.failure(
			submitAndWait({ ssin: testSsin(56), options: { giveNewSsin: true } }),
		);
		expect(description).toContain('identify the worker anew');
	});
});
