import { realTimer } from '../../../nodes/Dimona/connect';
import { Harness } from './harness';

let harness: Harness;

beforeAll(async () => {
	harness = await Harness.start();
});

beforeEach(async () => await harness.reset());

afterEach(() => expect(harness.sandbox.mockServer.faults).toEqual([]));

afterAll(async () => await harness.close());

/** Submits, and gives the declaration's id and how to tell its age at each GET. */
async function submitted() {
	const { json } = await harness.run(harness.other());
	const [declaration] = harness.sandbox.registry.declarations;
	const ages = () =>
		harness.sandbox.mockServer.calls
			.list({ operation: 'get declaration' })
			.map(({ time }) => (Date.parse(time) - declaration.receivedAt) / 1000);
	return { declarationId: String(json[0].declarationId), ages };
}

const waiting = (declarationId: string, more = {}) => ({
	operation: 'waitForResult',
	declarationId,
	submittedAt: '',
	...more,
});

/** What the authority prescribes, written out here and not taken from the code. */
function expectPrescribedPace(ages: number[]): void {
	expect(ages[0]).toBeGreaterThanOrEqual(2);
	for (const [index, age] of ages.entries()) {
		const before = ages[index - 1];
		if (before !== undefined) expect(age - before).toBeGreaterThanOrEqual(age <= 30 ? 1 : 60);
	}
	expect(ages.at(-1)).toBeLessThanOrEqual(1_200);
}

test('a waiting item asks at the pace that the authority prescribes', async () => {
	harness.sandbox.authorizationServer.tokenLifetime = 7_200;
	harness.sandbox.scriptOutcome({ delay: 3_600_000 });
	const { declarationId, ages } = await submitted();
	const { json } = await harness.run(waiting(declarationId));
	const asked = ages();
	console.log(
		`${asked.length} GET calls of a declaration without result, at (s): ${asked.map(Math.floor).join(' ')}`,
	);
	expectPrescribedPace(asked);
	expect(asked.length).toBeGreaterThanOrEqual(40);
	expect(asked.length).toBeLessThanOrEqual(48);
	expect(json[0]).toEqual({
		declarationId,
		status: 'pending',
		final: false,
		checks: asked.length,
	});
});

test('a late look is not followed by the next one at once', async () => {
	harness.sandbox.authorizationServer.tokenLifetime = 7_200;
	harness.sandbox.scriptOutcome({ delay: 3_600_000 });
	const { declarationId, ages } = await submitted();
	// Each wait comes back late, as on a busy machine: by so many milliseconds.
	const late = [860, 0, 1_900, 0, 700, 950, 40];
	let waits = 0;
	harness.onWait = () => {
		harness.sandbox.mockServer.clock.advance(late[waits++ % late.length] ?? 0);
	};
	await harness.run(waiting(declarationId));
	for (const [index, age] of ages().entries()) {
		const before = ages()[index - 1];
		if (before !== undefined) expect(age - before).toBeGreaterThanOrEqual(age <= 31 ? 1 : 60);
	}
});

test('no call is made after the result is there', async () => {
	harness.sandbox.scriptOutcome({ delay: 5_400 });
	const { declarationId, ages } = await submitted();
	const { json } = await harness.run(waiting(declarationId));
	expect(ages().map(Math.floor)).toEqual([2, 3, 4, 5, 6]);
	expect(json[0]).toMatchObject({ status: 'accepted', checks: 5 });
});

test('404 for ninety seconds is waited out', async () => {
	harness.sandbox.scriptOutcome({ delay: 95_000 });
	const { declarationId } = await submitted();
	const { json } = await harness.run(waiting(declarationId));
	expect(json[0]).toMatchObject({ status: 'accepted' });
	expect(json[0].checks).toBeGreaterThanOrEqual(29);
});

test('S is not the end: asked each minute until it becomes A', async () => {
	harness.sandbox.scriptOutcome({ result: 'S', identifiedAfter: 100_000 });
	const { declarationId, ages } = await submitted();
	const { json } = await harness.run(waiting(declarationId));
	expect(ages().map(Math.floor)).toEqual([2, 3, 63, 123]);
	expect(json[0]).toMatchObject({ status: 'accepted', final: true });
});

test('S that stays is given as it is, not final', async () => {
	harness.sandbox.scriptOutcome({ result: 'S', identifiedAfter: 3_600_000 });
	const { declarationId } = await submitted();
	const { json } = await harness.run(waiting(declarationId));
	expect(json[0]).toMatchObject({
		declarationId,
		status: 'waitingForIdentification',
		final: false,
	});
});

test('a letter that is not published is not taken for a success', async () => {
	harness.sandbox.scriptOutcome({ result: 'Q' });
	const { declarationId } = await submitted();
	const { json } = await harness.run(waiting(declarationId));
	expect(json[0]).toMatchObject({ status: 'unknown', result: 'Q' });
});

test('503, a cut connection, a gateway page and 429 on GET are waited out at the same pace', async () => {
	const { declarationId } = await submitted();
	for (const how of [
		{ kind: 'status', status: 503 },
		{ kind: 'cutAfter' },
		{ kind: 'html' },
		{ kind: 'status', status: 429, retryAfter: 4 },
	] as const)
		harness.sandbox.mockServer.failNext({ method: 'GET', path: '/declarations/', how });
	const { json } = await harness.run(waiting(declarationId));
	expect(json[0]).toMatchObject({ status: 'accepted' });
	const all = harness.sandbox.mockServer.calls
		.list({ method: 'GET' })
		.map(({ time }) => Date.parse(time));
	const gaps = all.slice(1).map((time, index) => Math.round((time - all[index]) / 1000));
	expect(gaps).toEqual([1, 1, 1, 4]);
});

test('trouble that stays ends as pending, with the id and the reason', async () => {
	const { declarationId } = await submitted();
	harness.sandbox.mockServer.failNext({
		method: 'GET',
		times: 100,
		how: { kind: 'status', status: 503 },
	});
	const { json } = await harness.run(waiting(declarationId, { options: { giveUpAfter: 30 } }));
	expect(json[0]).toMatchObject({
		declarationId,
		status: 'pending',
		lastTrouble: expect.stringMatching(/503|failed/) as string,
	});
});

test('a token that expires while waiting is renewed', async () => {
	harness.sandbox.authorizationServer.tokenLifetime = 60;
	harness.sandbox.scriptOutcome({ delay: 200_000 });
	const { declarationId } = await submitted();
	const { json } = await harness.run(waiting(declarationId));
	expect(json[0]).toMatchObject({ status: 'accepted' });
	expect(harness.sandbox.mockServer.calls.counters().tokenRequests).toBeGreaterThan(1);
});

test('a time of submission in the past is counted in', async () => {
	const { declarationId } = await submitted();
	harness.sandbox.scriptOutcome({ delay: 3_600_000 });
	const submittedAt = new Date(Date.now() - 10_000).toISOString();
	await harness.run(waiting(declarationId, { submittedAt }));
	// Ten seconds old: asked at once.
	expect(harness.count('get declaration')).toBeGreaterThan(0);
});

test('one that is older than twenty minutes is asked for once', async () => {
	harness.sandbox.scriptOutcome({ delay: 3 * 3_600_000 });
	const { declarationId } = await submitted();
	const submittedAt = new Date(Date.now() - 7_200_000).toISOString();
	const { json } = await harness.run(waiting(declarationId, { submittedAt }));
	expect(json[0]).toMatchObject({ status: 'pending', checks: 1 });
});

test('stops when the execution is cancelled, and tells the id', async () => {
	harness.sandbox.scriptOutcome({ delay: 3_600_000 });
	const { declarationId } = await submitted();
	const controller = new AbortController();
	let waits = 0;
	harness.onWait = () => {
		waits += 1;
		if (waits === 3) controller.abort();
	};
	const { message, facts } = await harness.failure(waiting(declarationId), {
		signal: controller.signal,
	});
	expect(message).toMatch(/cancelled/);
	expect(facts).toMatchObject({ code: 'cancelled', declarationId });
	expect(harness.count('get declaration')).toBe(2);
});

test('the real timer ends at once when the execution is cancelled', async () => {
	const controller = new AbortController();
	const waited = realTimer(controller.signal).wait(3_600_000);
	controller.abort();
	await expect(waited).rejects.toMatchObject({ code: 'cancelled' });
});

test('waiting never submits anything', async () => {
	harness.sandbox.scriptOutcome({ delay: 3_600_000 });
	const { declarationId } = await submitted();
	await harness.run(waiting(declarationId));
	expect(harness.count('submit declaration')).toBe(1);
});

describe('Get Result', () => {
	test('is one call, and pending for what is not known yet', async () => {
		const { declarationId } = await submitted();
		const { json } = await harness.run({ operation: 'getResult', declarationId });
		expect(json[0]).toEqual({ declarationId, status: 'pending', final: false });
		harness.sandbox.mockServer.clock.advance(10_000);
		const later = await harness.run({ operation: 'getResult', declarationId });
		expect(later.json[0]).toMatchObject({ status: 'accepted', periodId: declarationId });
	});

	test('refuses what is no id', async () => {
		const { message } = await harness.failure({
			operation: 'getResult',
			declarationId: '../periods/1',
		});
		expect(message).toMatch(/^Declaration ID must be the number of a declaration/);
	});
});
