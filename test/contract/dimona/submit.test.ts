import { begunSubmissions } from '../../../nodes/Dimona/procedures/begun';
import { Harness } from './harness';
import {
	FEW_HOURS_SSIN,
	NOT_FLEXI_SSIN,
	testSsin,
	UNKNOWN_SSIN,
	WORKER_SSIN,
} from '../../../sandbox/dimona';

let harness: Harness;

beforeAll(async () => {
	harness = await Harness.start();
});

beforeEach(async () => await harness.reset());

afterEach(() => expect(harness.sandbox.mockServer.faults).toEqual([]));

afterAll(async () => await harness.close());

const anyIn = (more = {}) => ({ ...harness.other(more), operation: 'submitAndWait', kind: 'in' });

describe('Submit In', () => {
	test('gives the id at once, before there is a result', async () => {
		const { json } = await harness.run(harness.other());
		expect(json).toEqual([
			{
				declarationId: expect.stringMatching(/^\d{12}$/) as string,
				status: 'pending',
				final: false,
				kind: 'in',
				submittedAt: expect.stringMatching(/Z$/) as string,
				alreadySubmitted: false,
			},
		]);
		expect(harness.count('get declaration')).toBe(0);
	});

	test.each(['absolute', 'relative', 'trailingSlash', 'bodyOnly'] as const)(
		'finds the id in an answer of the form "%s"',
		async (location) => {
			harness.sandbox.settings.location = location;
			const { json } = await harness.run(harness.other());
			expect(json[0].declarationId).toBe(String(harness.sandbox.registry.declarations[0].id));
		},
	);

	test('takes a success without an id for an unknown outcome, searches, and does not send again', async () => {
		harness.sandbox.settings.location = 'none';
		const { json } = await harness.run(harness.other());
		expect(json[0]).toMatchObject({ foundBySearch: true, status: 'accepted' });
		expect(harness.count('submit declaration')).toBe(1);
	});

	test('sends items one after the other with the pause', async () => {
		const items = Array.from({ length: 4 }, (_, index) => ({ ssin: testSsin(index + 1) }));
		await harness.run(harness.other({ ssin: '={{ $json.ssin }}', options: { pauseMs: 700 } }), {
			items,
		});
		const times = harness.sandbox.mockServer.calls
			.list({ operation: 'submit declaration' })
			.map(({ time }) => Date.parse(time));
		expect(times).toHaveLength(4);
		for (let index = 1; index < times.length; index++)
			expect(times[index] - times[index - 1]).toBeGreaterThanOrEqual(700);
	});

	test('sends exactly the published body for a flexi-job', async () => {
		await harness.run(harness.flexi());
		expect(harness.sandbox.registry.declarations[0].body).toEqual({
			employer: { enterpriseNumber: '0000000196' },
			worker: { ssin: WORKER_SSIN },
			dimonaIn: {
				startDate: harness.day(1),
				startHour: '1700',
				endDate: harness.day(1),
				endHour: '2130',
				features: { workerType: 'FLX', jointCommissionNumber: 'XXX' },
			},
		});
	});

	test('merges "Additional JSON" into the body', async () => {
		const additionalJson = '{"dimonaIn":{"usingEmployer":{"enterpriseNumber":"0000700178"}}}';
		await harness.run(harness.other({ additionalFields: { additionalJson } }));
		expect(harness.sandbox.registry.declarations[0].body.dimonaIn).toMatchObject({
			usingEmployer: { enterpriseNumber: '0000700178' },
			features: { workerType: 'OTH' },
		});
	});

	test('refuses a broken rule by its name, before anything is sent', async () => {
		const { message, facts } = await harness.failure(
			harness.other({ workerType: 'STU', endDate: harness.day(2) }),
		);
		expect(message).toMatch(/planned hours \(rule 01135-001\)/);
		expect(facts).toMatchObject({
			code: 'invalid_input',
			serviceCodes: ['01135-001'],
			outcome: 'not_done',
		});
		expect(harness.sandbox.mockServer.calls.counters().calls).toBe(0);
	});

	test('says what the service says about a body it refuses', async () => {
		const { message, facts } = await harness.failure(
			harness.other({ additionalFields: { additionalJson: '{"worker":{"lastName":"X"}}' } }),
		);
		expect(message).toMatch(/refused the request/);
		expect(facts).toMatchObject({ status: 400, outcome: 'not_done' });
		expect(JSON.stringify(facts.serviceMessages)).toContain('worker.lastName');
	});

	test('explains a missing scope and a missing mandate', async () => {
		const [, builder, readOnly] = harness.sandbox.clients;
		const scope = await harness.failure(harness.other(), {
			credential: harness.sandbox.credential(readOnly),
		});
		expect(scope.facts.hint).toMatch(/scope:dimona:declaration:declarant/);
		const mandate = await harness.failure(harness.other(), {
			credential: harness.sandbox.credential(builder),
		});
		expect(mandate.facts.hint).toMatch(/mandate/);
	});
});

describe('a POST with an unknown outcome', () => {
	const submits = () => harness.count('submit declaration');

	test('is never sent again when the connection is cut after recording; the period is found', async () => {
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'cutAfter' },
		});
		const { json } = await harness.run(harness.other());
		expect(json[0]).toMatchObject({
			foundBySearch: true,
			status: 'accepted',
			declarationId: String(harness.sandbox.registry.declarations[0].id),
			periodId: String(harness.periods[0].id),
		});
		expect(submits()).toBe(1);
	});

	test('says that it may have been recorded when nothing is found', async () => {
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'cutBefore' },
		});
		const { message, facts } = await harness.failure(harness.other());
		expect(message).toMatch(/^The declaration may have been recorded/);
		expect(facts).toMatchObject({ outcome: 'unknown' });
		expect(facts.hint).toMatch(/searched for during 60 seconds.*Search for the period/s);
		expect(harness.sandbox.registry.declarations).toHaveLength(0);
	});

	test.each([500, 502, 503])('is never sent again after HTTP %i', async (status) => {
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'status', status },
		});
		const { facts } = await harness.failure(harness.other({ options: { searchSeconds: 0 } }));
		expect(facts).toMatchObject({ outcome: 'unknown', status });
		expect(
			harness.sandbox.mockServer.calls.list({ method: 'POST', path: '/declarations$' }),
		).toHaveLength(1);
	});

	test('finds the period when the search of declarations does not work', async () => {
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'cutAfter' },
		});
		harness.sandbox.mockServer.failNext({
			path: '/declarations/search',
			times: 50,
			how: { kind: 'status', status: 403 },
		});
		const { json } = await harness.run(harness.other());
		expect(json[0]).toMatchObject({
			foundBySearch: true,
			declarationId: null,
			periodId: String(harness.periods[0].id),
		});
	});

	test('is found although the service does not know the filter by enterprise number', async () => {
		harness.sandbox.settings.filterByEnterpriseNumber = false;
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'cutAfter' },
		});
		const { json } = await harness.run(harness.other());
		expect(json[0]).toMatchObject({ foundBySearch: true, status: 'accepted' });
	});

	test('of an OUT, UPDATE or CANCEL is cleared up by the period', async () => {
		const { json } = await harness.run(anyIn());
		const periodId = String(json[0].periodId);
		const cut = () =>
			harness.sandbox.mockServer.failNext({
				method: 'POST',
				path: '/declarations$',
				how: { kind: 'cutAfter' },
			});
		cut();
		const out = await harness.run({ operation: 'submitOut', periodId, endDate: harness.day(30) });
		cut();
		const update = await harness.run({
			operation: 'submitUpdate',
			periodId,
			changes: { endDate: harness.day(20) },
		});
		cut();
		const cancel = await harness.run({ operation: 'submitCancel', periodId });
		for (const run of [out, update, cancel])
			expect(run.json[0]).toMatchObject({ foundBySearch: true, periodId });
		expect(submits()).toBe(4);
	});

	test('429 is repeated once after its delay, and then reported', async () => {
		const tooMany = { kind: 'status', status: 429, retryAfter: 0 } as const;
		harness.sandbox.mockServer.failNext({ method: 'POST', path: '/declarations$', how: tooMany });
		await expect(harness.run(harness.other())).resolves.toBeDefined();
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			times: 5,
			how: tooMany,
		});
		const { facts } = await harness.failure(harness.other({ startDate: harness.day(400) }));
		expect(facts).toMatchObject({ status: 429, outcome: 'not_done' });
		expect(
			harness.sandbox.mockServer.calls.list({ method: 'POST', path: '/declarations$' }),
		).toHaveLength(4);
	});

	test('a refused token is renewed and the declaration sent once more, because it was not treated', async () => {
		await harness.run(harness.other());
		harness.sandbox.authorizationServer.revokeAll();
		await harness.run(harness.other({ ssin: testSsin(2) }));
		expect(harness.sandbox.registry.declarations).toHaveLength(2);
	});
});

describe('an item that stops the node', () => {
	test('is found before the first declaration is sent, when a rule is broken', async () => {
		const items = [{ type: 'OTH' }, { type: 'OTH' }, { type: 'STU' }];
		const { message, facts } = await harness.failure(
			harness.other({ workerType: '={{ $json.type }}' }),
			{ items },
		);
		expect(message).toMatch(/^Item 3: The declaration breaks 2 rules/);
		expect(facts.hint).toMatch(/No item was declared/);
		expect(harness.sandbox.mockServer.calls.counters().calls).toBe(0);
	});

	test.each(['submitIn', 'submitAndWait'])(
		'does not lose the ids of those that %s declared before it',
		async (operation) => {
			harness.sandbox.mockServer.failNext({
				method: 'POST',
				path: '/declarations$',
				skip: 2,
				how: { kind: 'status', status: 403 },
			});
			const items = Array.from({ length: 5 }, (_, index) => ({ ssin: testSsin(index + 1) }));
			const { description, facts } = await harness.failure(
				{ ...harness.other({ ssin: '={{ $json.ssin }}' }), operation, kind: 'in' },
				{ items },
			);
			// All that reached the authority, also those that were under way.
			const declared = harness.sandbox.registry.declarations
				.map(({ id, body }) => {
					const item = items.findIndex(({ ssin }) => ssin === body.worker?.ssin);
					return `item ${item + 1}: ${id}`;
				})
				.join(', ');
			expect(declared).toMatch(/^item 1: \d+, item 2: \d+/);
			expect(facts.declared).toBe(declared);
			expect(description).toContain(`Declared in this execution: ${declared}.`);
		},
	);
});

describe('Refuse Identical Declarations', () => {
	test('refuses the second one of an execution', async () => {
		const { json } = await harness.run(harness.other(), {
			items: [{}, {}],
			continueOnFail: true,
		});
		expect(json[0]).toMatchObject({ status: 'pending' });
		expect(json[1].error).toMatch(/is the same as that of item 1/);
		expect(harness.sandbox.registry.declarations).toHaveLength(1);
	});

	test('lets two with different references pass', async () => {
		await harness.run(harness.other({ additionalFields: { reference: '={{ $json.shift }}' } }), {
			items: [{ shift: 'a' }, { shift: 'b' }],
		});
		expect(harness.sandbox.registry.declarations).toHaveLength(2);
	});

	describe('across executions', () => {
		const guarded = (more = {}) => harness.other({ options: { guard: 'executions', ...more } });

		test('a second execution sends nothing and gives the result of the first', async () => {
			const processed = new Set<string>();
			const first = await harness.run(guarded(), { processed });
			harness.sandbox.mockServer.clock.advance(10_000);
			const second = await harness.run(guarded(), { processed });
			expect(second.json[0]).toMatchObject({
				alreadySubmitted: true,
				status: 'accepted',
				declarationId: first.json[0].declarationId,
			});
			expect(harness.count('submit declaration')).toBe(1);
		});

		test('items that are treated at the same time are all remembered, although n8n has no lock', async () => {
			const processed = new Set<string>();
			const items = Array.from({ length: 6 }, (_, index) => ({ ssin: testSsin(index + 1) }));
			const parameters = {
				...anyIn({ ssin: '={{ $json.ssin }}' }),
				options: { guard: 'executions', pauseMs: 0, parallelItems: 6 },
			};
			await harness.run(parameters, { processed, items });
			// Each with its time.
			expect(processed.size).toBe(12);
		});

		test('what is remembered holds no number of the worker', async () => {
			const processed = new Set<string>();
			await harness.run(guarded(), { processed });
			expect([...processed]).toEqual([
				expect.stringMatching(/^[0-9a-f]{64}$/),
				expect.stringMatching(/^[0-9a-f]{64}@\d{7}$/),
			]);
		});

		test('one of which nothing is found is not sent again as long as the authority may be treating it', async () => {
			const processed = new Set<string>();
			await harness.run(guarded(), { processed });
			// As if n8n had been killed between remembering and sending.
			harness.sandbox.registry.reset();
			begunSubmissions.forgetAll();
			const { message, facts } = await harness.failure(guarded(), { processed });
			expect(message).toMatch(/nothing of it is found/);
			expect(facts.outcome).toBe('unknown');
			const parameters = guarded({ ifSubmittedBefore: 'submitAgain' });
			const early = await harness.run(parameters, { processed });
			expect(early.json[0]).toMatchObject({
				status: 'unknown',
				final: false,
				alreadySubmitted: true,
				lastTrouble: expect.stringMatching(/not sent again/) as string,
			});
			expect(harness.sandbox.registry.declarations).toHaveLength(0);
			harness.sandbox.mockServer.clock.advance(26 * 60_000);
			const again = await harness.run(parameters, { processed });
			expect(again.json[0]).toMatchObject({ status: 'pending', alreadySubmitted: true });
			expect(harness.sandbox.registry.declarations).toHaveLength(1);
		});

		test('"Report Only" makes no call', async () => {
			const processed = new Set<string>();
			await harness.run(guarded(), { processed });
			await harness.sandbox.mockServer.calls.clear();
			const { json } = await harness.run(guarded({ ifSubmittedBefore: 'report' }), { processed });
			expect(json[0]).toMatchObject({ alreadySubmitted: true, status: 'unknown' });
			expect(harness.sandbox.mockServer.calls.counters().calls).toBe(0);
		});

		test('"Report Only" does not wait either, nor say that a cancelled one is accepted', async () => {
			const processed = new Set<string>();
			await harness.run(guarded(), { processed });
			harness.sandbox.mockServer.clock.advance(10_000);
			harness.periods[0].cancelled = true;
			await harness.sandbox.mockServer.calls.clear();
			const parameters = {
				...anyIn(),
				options: { guard: 'executions', ifSubmittedBefore: 'report' },
			};
			const { json } = await harness.run(parameters, { processed });
			expect(json[0]).toMatchObject({ alreadySubmitted: true, status: 'unknown' });
			expect(harness.sandbox.mockServer.calls.counters().calls).toBe(0);
		});

		test('one that was cancelled while a second execution waited is not told as accepted', async () => {
			const processed = new Set<string>();
			harness.sandbox.scriptOutcome({ delay: 5_000 });
			await harness.run(guarded(), { processed });
			harness.onWait = () => {
				const [period] = harness.periods;
				if (period) period.cancelled = true;
			};
			const parameters = { ...anyIn(), options: { guard: 'executions' } };
			const { json } = await harness.run(parameters, { processed });
			expect(json[0]).toMatchObject({
				status: 'unknown',
				lastTrouble: expect.stringMatching(/no longer holds/) as string,
			});
		});

		test('a declaration that certainly was not taken is forgotten', async () => {
			const processed = new Set<string>();
			const refused = {
				kind: 'status',
				status: 400,
				body: '{"title":"Bad Request","detail":"Features required"}',
			} as const;
			harness.sandbox.mockServer.failNext({ method: 'POST', path: '/declarations$', how: refused });
			const { facts } = await harness.failure(guarded(), { processed });
			expect(facts.hint).toMatch(/Worker type and joint committee are both needed/);
			expect(processed.size).toBe(0);
		});

		test('a refused result is forgotten, so that it may be sent again', async () => {
			const processed = new Set<string>();
			harness.sandbox.scriptOutcome({ result: 'B', anomalies: ['90256-155'] });
			const parameters = { ...anyIn(), options: { guard: 'executions' } };
			expect((await harness.run(parameters, { processed })).json[0].status).toBe('refused');
			expect((await harness.run(parameters, { processed })).json[0].status).toBe('accepted');
		});

		test('its own declaration id is not dropped: a second execution waits for the same result', async () => {
			const processed = new Set<string>();
			harness.sandbox.scriptOutcome({ delay: 100_000 });
			const first = await harness.run(guarded(), { processed });
			const parameters = {
				...anyIn(),
				options: { guard: 'executions', ifSubmittedBefore: 'submitAgain', searchSeconds: 2 },
			};
			const { json } = await harness.run(parameters, { processed });
			expect(json[0]).toMatchObject({
				status: 'accepted',
				declarationId: first.json[0].declarationId,
				alreadySubmitted: true,
			});
			expect(harness.count('submit declaration')).toBe(1);
		});

		test('after a restart of n8n a late one is found as soon as it is treated, and sent by nobody before', async () => {
			const processed = new Set<string>();
			harness.sandbox.scriptOutcome({ delay: 600_000 });
			await harness.run(guarded(), { processed });
			begunSubmissions.forgetAll();
			const parameters = {
				...anyIn(),
				options: { guard: 'executions', ifSubmittedBefore: 'submitAgain', searchSeconds: 2 },
			};
			expect((await harness.run(parameters, { processed })).json[0]).toMatchObject({
				status: 'unknown',
				declarationId: null,
			});
			harness.sandbox.mockServer.clock.advance(600_000);
			expect((await harness.run(parameters, { processed })).json[0]).toMatchObject({
				status: 'accepted',
				foundBySearch: true,
			});
			expect(harness.count('submit declaration')).toBe(1);
		});

		test('two executions at once declare once, and both get the same declaration', async () => {
			const processed = new Set<string>();
			const parameters = {
				...anyIn(),
				options: { guard: 'executions', ifSubmittedBefore: 'submitAgain' },
			};
			const runs = await Promise.all([
				harness.run(parameters, { processed }),
				harness.run(parameters, { processed }),
			]);
			const [{ id }] = harness.sandbox.registry.declarations;
			expect(harness.sandbox.registry.declarations).toHaveLength(1);
			for (const { json } of runs)
				expect(json[0]).toMatchObject({ declarationId: String(id), status: 'accepted' });
		});

		test('IN, CANCEL, IN again: the cancelled period is not taken for the new one', async () => {
			const processed = new Set<string>();
			const parameters = (ifSubmittedBefore: string) => ({
				...anyIn(),
				options: { guard: 'executions', ifSubmittedBefore },
			});
			const [made] = (await harness.run(parameters('search'), { processed })).json;
			await harness.run({
				operation: 'submitAndWait',
				kind: 'cancel',
				periodId: String(made.periodId),
			});
			const known = await harness.failure(parameters('search'), { processed });
			expect(known.message).toMatch(/no longer holds/);
			expect(known.facts.outcome).toBe('not_done');
			const { json } = await harness.run(parameters('submitAgain'), { processed });
			expect(json[0]).toMatchObject({ status: 'accepted' });
			expect(json[0].periodId).toBe(String(harness.periods[0].id));
			expect(harness.periods).toHaveLength(1);
		});

		test('IN, CANCEL, restart, IN again: sent when the authority cannot be treating it any more', async () => {
			const processed = new Set<string>();
			const parameters = {
				...anyIn(),
				options: { guard: 'executions', ifSubmittedBefore: 'submitAgain', searchSeconds: 0 },
			};
			const [made] = (await harness.run(parameters, { processed })).json;
			const periodId = String(made.periodId);
			await harness.run({ operation: 'submitAndWait', kind: 'cancel', periodId });
			begunSubmissions.forgetAll();
			const [early] = (await harness.run(parameters, { processed })).json;
			expect(early).toMatchObject({
				status: 'unknown',
				lastTrouble: expect.stringContaining(
					`${periodId} had this content and was cancelled`,
				) as string,
			});
			harness.sandbox.mockServer.clock.advance(26 * 60_000);
			const { json } = await harness.run(parameters, { processed });
			expect(json[0]).toMatchObject({ status: 'accepted' });
			expect(json[0].periodId).not.toBe(periodId);
		});
	});
});

describe('Retry On Fail', () => {
	test.each(['submitIn', 'submitAndWait'])(
		'%s declares each item once, however often n8n runs the node again',
		async (operation) => {
			const items = Array.from({ length: 4 }, (_, index) => ({ ssin: testSsin(index + 1) }));
			const parameters = {
				...harness.other({ ssin: '={{ $json.ssin }}' }),
				operation,
				kind: 'in',
			};
			const executionId = 'execution with retries';
			for (const skip of [2, 0]) {
				harness.sandbox.mockServer.failNext({
					method: 'POST',
					path: '/declarations$',
					skip,
					how: { kind: 'status', status: 403 },
				});
				await harness.failure(parameters, { items, executionId });
			}
			const { json } = await harness.run(parameters, { items, executionId });
			expect(harness.sandbox.registry.declarations).toHaveLength(4);
			expect(json.map(({ declarationId }) => declarationId).sort()).toEqual(
				harness.sandbox.registry.declarations.map(({ id }) => String(id)).sort(),
			);
		},
	);

	test('declares what the first try began, also when an expression gives another hour by now', async () => {
		const tries = { executionId: 'execution with retries', context: {} };
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'cutAfter' },
		});
		const startHour = '={{ $json.now }}';
		const parameters = harness.flexi({ startHour, options: { searchSeconds: 0 } });
		await harness.failure(parameters, { ...tries, items: [{ now: '17:00' }] });
		const { json } = await harness.run(harness.flexi({ startHour }), {
			...tries,
			items: [{ now: '17:01' }],
		});
		expect(json[0]).toMatchObject({ foundBySearch: true, alreadySubmitted: true });
		expect(harness.count('submit declaration')).toBe(1);
	});

	test('does not send again after an unknown outcome', async () => {
		const executionId = 'execution with retries';
		harness.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'cutAfter' },
		});
		const parameters = harness.other({ options: { searchSeconds: 0 } });
		await harness.failure(parameters, { executionId });
		const found = await harness.run(harness.other(), { executionId });
		expect(found.json[0]).toMatchObject({ foundBySearch: true, alreadySubmitted: true });
		expect(harness.count('submit declaration')).toBe(1);
	});

	test('does not declare again what somebody cancelled meanwhile', async () => {
		const executionId = 'execution with retries';
		await harness.run(harness.other(), { executionId });
		harness.sandbox.mockServer.clock.advance(10_000);
		harness.periods[0].cancelled = true;
		const { message } = await harness.failure(
			harness.other({ options: { ifSubmittedBefore: 'submitAgain' } }),
			{ executionId },
		);
		expect(message).toMatch(/no longer holds/);
		expect(harness.count('submit declaration')).toBe(1);
	});
});

describe('Submit and Wait', () => {
	test.each([
		['OTH', {}],
		['OTH', { endDate: 10 }],
		['BCW', {}],
		['STU', { endDate: 1, plannedHours: 8 }],
		['EXT', { jointCommittee: '302', startHour: '11:00', endHour: '15.00' }],
		['FLX', { startHour: '17u', endHour: '2130' }],
		['FLX', { startHour: '22:00', endHour: '02:00' }],
	])('%s %j is accepted', async (workerType, { endDate, ...more }: Record<string, unknown>) => {
		const { json } = await harness.run(
			anyIn({
				workerType,
				...(typeof endDate === 'number' ? { endDate: harness.day(endDate) } : {}),
				...more,
			}),
		);
		expect(json[0]).toMatchObject({ status: 'accepted', final: true, result: 'A', anomalies: [] });
		expect(harness.periods).toHaveLength(1);
	});

	test('a flexi-job for a period has no hours', async () => {
		const month = Number(harness.day(1).slice(5, 7));
		const end = `${harness.day(1).slice(0, 4)}-${String(Math.ceil(month / 3) * 3).padStart(2, '0')}-28`;
		const startDate = end > harness.day(2) ? harness.day(1) : harness.day(40);
		const endDate = end > harness.day(2) ? end : harness.day(41);
		const { json } = await harness.run(anyIn({ workerType: 'FLX', startDate, endDate }));
		expect(json[0]).toMatchObject({ status: 'accepted' });
	});

	test('all four kinds of a period, one after the other', async () => {
		const all = [];
		const made = await harness.run(anyIn());
		const periodId = String(made.json[0].periodId);
		for (const more of [
			{ kind: 'out', endDate: harness.day(30) },
			{ kind: 'update', changes: { endDate: harness.day(40) } },
			{ kind: 'cancel' },
		]) {
			const { json } = await harness.run({ operation: 'submitAndWait', periodId, ...more });
			all.push([json[0].kind, json[0].status, json[0].periodId]);
		}
		expect(all).toEqual([
			['out', 'accepted', periodId],
			['update', 'accepted', periodId],
			['cancel', 'accepted', periodId],
		]);
		const again = await harness.run({ operation: 'submitAndWait', periodId, kind: 'cancel' });
		expect(again.json[0]).toMatchObject({ status: 'refused', alreadyDone: true });
	});

	test('a flexi-job that is not allowed is accepted with a warning, and says so to people', async () => {
		const { json } = await harness.run({
			...harness.flexi({ ssin: NOT_FLEXI_SSIN }),
			operation: 'submitAndWait',
			kind: 'in',
		});
		expect(json[0]).toMatchObject({ status: 'acceptedWithWarning', flexiJobForbidden: true });
		const [first] = json[0].anomalies as Array<{ whatToDo: Record<string, string>; label: object }>;
		expect(first).toMatchObject({
			code: '90017-058',
			severity: 'nonBlocking',
			forbidsFlexiJob: true,
			label: { fr: 'Prestations insuffisantes', nl: 'Onvoldoende prestaties' },
		});
		expect(first.whatToDo.en).toMatch(/may NOT work as a flexi-jobber/);
		expect(first.whatToDo.fr).toMatch(/ne peut PAS/);
		expect(first.whatToDo.nl).toMatch(/mag NIET/);
	});

	test('a student beyond the contingent stays declared', async () => {
		const { json } = await harness.run(
			anyIn({ ssin: FEW_HOURS_SSIN, workerType: 'STU', endDate: harness.day(1), plannedHours: 8 }),
		);
		expect(json[0]).toMatchObject({ status: 'acceptedWithWarning', flexiJobForbidden: false });
		expect(harness.periods).toHaveLength(1);
	});

	test('a duplicate, an overlap and an unknown worker are refused by the authority', async () => {
		await harness.run(harness.flexi());
		const codes = [];
		for (const more of [{}, { startHour: '18:00' }, { ssin: UNKNOWN_SSIN }]) {
			const { json } = await harness.run({
				...harness.flexi(more),
				operation: 'submitAndWait',
				kind: 'in',
			});
			codes.push([
				json[0].status,
				...(json[0].anomalies as Array<{ code: string }>).map(({ code }) => code),
			]);
		}
		expect(codes).toEqual([
			['refused', '90373-333'],
			['refused', '90373-334'],
			['refused', '90017-151'],
		]);
	});

	test('a worker by identity waits for Sigedis, then is accepted', async () => {
		const { json } = await harness.run(
			anyIn({
				workerBy: 'identity',
				familyName: 'Müller',
				givenName: 'Ingrid',
				birthDate: '1991-00-00',
				placeOfBirth: 'AACHEN',
				countryOfBirth: 103,
				nationality: 103,
				gender: '2',
				address: {
					values: {
						street: 'Markt',
						houseNumber: '1',
						postCode: '52062',
						municipalityName: 'Aachen',
						country: 103,
					},
				},
			}),
		);
		expect(json[0]).toMatchObject({ status: 'accepted', final: true });
		expect(harness.sandbox.registry.declarations[0].body.worker).toMatchObject({
			familyName: 'Müller',
			birthDate: '1991-00-00',
			gender: '2',
			address: { municipality: { name: 'Aachen' }, country: 103 },
		});
	});

	test.each([
		['ids as texts', { ids: 'text' }],
		['no period', { withoutPeriod: true }],
		['an empty 404', { notReady: 'empty' }],
		['labels by language', { anomalyShape: 'labelTexts' }],
		['anomalies with "code"', { anomalyShape: 'code' }],
	] as const)('takes answers with %s', async (_name, settings) => {
		Object.assign(harness.sandbox.settings, settings);
		const { json } = await harness.run({
			...harness.flexi({ ssin: NOT_FLEXI_SSIN }),
			operation: 'submitAndWait',
			kind: 'in',
		});
		expect(json[0]).toMatchObject({ status: 'acceptedWithWarning', flexiJobForbidden: true });
		expect(json[0].periodId).toBe(
			'withoutPeriod' in settings ? undefined : String(harness.periods[0].id),
		);
	});

	test('a failure while waiting loses neither the declaration nor its id', async () => {
		harness.sandbox.mockServer.failNext({
			method: 'GET',
			times: 50,
			how: { kind: 'status', status: 403 },
		});
		const { json } = await harness.run(anyIn());
		expect(json[0]).toMatchObject({
			status: 'pending',
			declarationId: String(harness.sandbox.registry.declarations[0].id),
			lastTrouble: expect.stringMatching(/does not allow this/) as string,
		});
	});
});

describe('Validate', () => {
	test('names the rules and calls nobody', async () => {
		const { json } = await harness.run({
			...harness.flexi({ jointCommittee: '302', endHour: '' }),
			operation: 'validate',
			kind: 'in',
		});
		expect(json[0].valid).toBe(false);
		expect((json[0].findings as Array<{ rule: string }>).map(({ rule }) => rule)).toEqual([
			'90374-349',
			'00778-001',
		]);
		expect(json[0].findings).toEqual([
			expect.objectContaining({ label: 'Joint Committee' }),
			expect.objectContaining({ label: 'End Hour', field: 'dimonaIn.endHour' }),
		]);
		expect(harness.sandbox.mockServer.calls.counters().calls).toBe(0);
	});
});

test('no error shows the number of the worker, a token or the key', async () => {
	const failures = [];
	for (const how of [
		{ kind: 'status', status: 400, body: `{"detail":"worker ${WORKER_SSIN}"}` },
		{ kind: 'status', status: 500, body: WORKER_SSIN },
		{ kind: 'cutBefore' },
	] as const) {
		harness.sandbox.mockServer.failNext({ method: 'POST', path: '/declarations$', how });
		failures.push(await harness.failure(harness.other({ options: { searchSeconds: 0 } })));
	}
	failures.push(await harness.failure(harness.other({ ssin: `${WORKER_SSIN.slice(0, 10)}0` })));
	const shown = JSON.stringify(failures);
	for (const secret of [WORKER_SSIN, WORKER_SSIN.slice(0, 10), 'Bearer', 'eyJ', 'BEGIN'])
		expect(shown).not.toContain(secret);
});
