import * as fc from 'fast-check';

import { propertyRuns } from '../../fixtures/property-runs';
import { readState } from '../../../nodes/HubEe/trigger/queue-state';
import type { TriggerSettings } from '../../../nodes/HubEe/trigger/plan';
import {
	type Arrival,
	type Crash,
	DAY,
	HOUR,
	MINUTE,
	type ServerHabits,
	shuffled,
	World,
} from './queue-model';

const SETTINGS: TriggerSettings = {
	batchSize: 5,
	redeliverAfter: HOUR,
	maximumDeliveries: 3,
	processCodes: ['CERTDC'],
	priorityCodes: [],
	kinds: [],
	clearAcknowledgements: true,
};

const PLAIN_SERVER: ServerHabits = { filters: true, limit: Infinity, details: true };

type Step = (world: World) => Promise<unknown> | unknown;

/** The n-th of a list, wherever n lies. */
function pick<T>(list: Iterable<T>, n: number): T | undefined {
	const all = [...list];
	return all[n % Math.max(1, all.length)];
}

function onOneInHand(n: number, act: (world: World, id: string) => void): Step {
	return (world) => {
		const id = pick(world.inHand, n);
		if (id !== undefined) act(world, id);
	};
}

const seed = fc.integer({ min: 1, max: 0x7fffffff });

/** One answer in ten shows a few of the queue only, or nothing. */
const shortAnswer = fc.oneof(
	{ weight: 9, arbitrary: fc.constant(undefined) },
	{ weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
);

function named(name: string, step: fc.Arbitrary<Step>): fc.Arbitrary<{ name: string; step: Step }> {
	return step.map((one) => ({ name, step: one }));
}

const calm = [
	{
		weight: 4,
		arbitrary: named(
			'arrive',
			fc
				.tuple(
					fc.constantFrom<Arrival>(
						'case',
						'case',
						'event',
						'foreign',
						'acknowledgement',
						'unreadable',
					),
					fc.integer({ min: 1, max: 20 }),
				)
				.map(
					([arrival, count]): Step =>
						(world) =>
							world.arrive(arrival, count),
				),
		),
	},
	{
		weight: 8,
		arbitrary: named(
			'poll',
			fc.tuple(seed, shortAnswer).map(
				([order, short]): Step =>
					async (world) =>
						await world.poll(shuffled(order), 'never', short),
			),
		),
	},
	{
		weight: 1,
		arbitrary: named(
			'failed poll',
			fc.constant<Step>(async (world) => await world.failedPoll()),
		),
	},
	{
		weight: 8,
		arbitrary: named(
			'acknowledge',
			fc.nat().map((n) => onOneInHand(n, (world, id) => world.acknowledge(id))),
		),
	},
	{
		weight: 2,
		arbitrary: named(
			'workflow fails',
			fc.nat().map((n) => onOneInHand(n, (world, id) => world.inHand.delete(id))),
		),
	},
	{
		weight: 1,
		arbitrary: named(
			'workflow fails after it marked the event',
			fc.nat().map((n) => onOneInHand(n, (world, id) => world.markReceived(id))),
		),
	},
	{
		weight: 5,
		arbitrary: named(
			'later',
			fc.integer({ min: 1, max: 70 }).map((minutes): Step => (world) => {
				world.now += minutes * MINUTE;
			}),
		),
	},
];

const CRASHES: Crash[] = [
	'before the answer',
	'after the answer',
	'while clearing',
	'before the state is saved',
	'between the state and the execution',
	'between the execution and the state',
];

const GARBAGE = fc.oneof(
	fc.anything(),
	fc.record({ version: fc.constant(1), known: fc.dictionary(fc.string(), fc.anything()) }),
);

const rough = [
	...calm,
	{
		weight: 3,
		arbitrary: named(
			'crash',
			fc.tuple(seed, fc.constantFrom(...CRASHES)).map(
				([order, crash]): Step =>
					async (world) =>
						await world.poll(shuffled(order), crash),
			),
		),
	},
	{
		weight: 1,
		arbitrary: named(
			'restart',
			fc.constant<Step>((world) => world.restart()),
		),
	},
	{
		weight: 2,
		arbitrary: named(
			'old state',
			fc.nat().map(
				(index): Step =>
					(world) =>
						world.rollBack(index),
			),
		),
	},
	{
		weight: 1,
		arbitrary: named(
			'broken state',
			GARBAGE.map(
				(garbage): Step =>
					(world) =>
						world.damage(garbage),
			),
		),
	},
];

const settings = fc.record({
	batchSize: fc.integer({ min: 1, max: 8 }),
	maximumDeliveries: fc.integer({ min: 1, max: 4 }),
	capacity: fc.constantFrom(20, 60, 5_000),
});

const habits: fc.Arbitrary<ServerHabits> = fc.oneof(
	fc.record({ filters: fc.boolean(), limit: fc.constant(Infinity), details: fc.boolean() }),
	fc.record({
		filters: fc.constant(true),
		limit: fc.integer({ min: 25, max: 40 }),
		details: fc.boolean(),
	}),
);

/** Workers that acknowledge whatever they get, reports included. @returns polls that were needed */
async function drain(world: World): Promise<number> {
	for (let polls = 0; ; polls++) {
		for (const id of world.inHand) world.acknowledge(id);
		if (world.ours.length === 0) return polls;
		if (polls > 600) throw new Error(`${world.ours.length} notifications were never delivered`);
		world.now += 25 * HOUR;
		await world.poll(shuffled(polls + 1));
	}
}

async function live(
	steps: Array<{ step: Step }>,
	chosen: Partial<TriggerSettings>,
	server: ServerHabits,
): Promise<void> {
	const world = new World({ ...SETTINGS, ...chosen }, server);
	for (const { step } of steps) await step(world);
	const foreign = [...world.queue.keys()].filter((id) => id.endsWith('foreign'));
	const left = world.ours.length;
	world.allReadable = true;

	const polls = await drain(world);

	expect(polls).toBeLessThanOrEqual(left + 2);
	// Nothing that is not ours was touched, nothing of ours left the queue without a worker or an
	// acknowledgement.
	expect([...world.queue.keys()]).toEqual(foreign);
	// The end of the queue is seen, so nothing is remembered any more.
	if (foreign.length < 25) {
		for (let polls = 0; polls < 4; polls++) {
			world.now += 25 * HOUR;
			await world.poll(shuffled(polls + 1));
		}
		expect(world.knownIds).toEqual([]);
	}
}

describe('the trigger, whatever happens', () => {
	it('delivers nothing twice at the same time, loses nothing and drains the queue', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.oneof(...calm), { maxLength: 60, size: 'max' }),
				settings,
				habits,
				live,
			),
			propertyRuns(400),
		);
	});

	it('does so through crashes between any two steps, old states and broken states', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.oneof(...rough), { maxLength: 60, size: 'max' }),
				settings,
				habits,
				live,
			),
			propertyRuns(400),
		);
	});

	it('reads any stored state without failing', () => {
		fc.assert(
			fc.property(GARBAGE, (garbage) => {
				const state = readState(garbage, 1_000);
				for (const { at, deliveries, reported } of state.delivered.values()) {
					expect(at).toBeLessThanOrEqual(1_000);
					expect(deliveries).toBeGreaterThanOrEqual(reported ? 0 : 1);
				}
			}),
		);
	});
});

describe('the trigger', () => {
	const inOrder = (id: string) => Number(/\d+/.exec(id)?.[0]);
	const newestFirst = (id: string) => -inOrder(id);
	const idsOf = (result: Awaited<ReturnType<World['poll']>>) =>
		(result?.deliver ?? []).map(({ notification }) => notification.id);

	it('asks for a batch and those in flight, so that it sees past them', async () => {
		const world = new World(SETTINGS, PLAIN_SERVER);
		world.arrive('case', 12);
		const first = idsOf(await world.poll(inOrder));
		const second = idsOf(await world.poll(inOrder));
		const third = idsOf(await world.poll(inOrder));
		expect(world.requestedLimits).toEqual([5, 10, 15]);
		expect([first.length, second.length, third.length]).toEqual([5, 5, 2]);
		expect(new Set([...first, ...second, ...third]).size).toBe(12);
	});

	it('delivers again what is still in the queue after the time, and counts', async () => {
		const world = new World(SETTINGS, PLAIN_SERVER);
		const [id] = world.arrive('case');
		await world.poll(inOrder);
		world.now += HOUR - 1;
		expect(idsOf(await world.poll(inOrder))).toEqual([]);
		world.now += 1;
		const again = await world.poll(inOrder);
		expect(again?.deliver).toMatchObject([{ notification: { id }, deliveryCount: 2 }]);
	});

	it('reports a notification after the last delivery, once a day, and lets the others pass', async () => {
		const world = new World({ ...SETTINGS, maximumDeliveries: 2, batchSize: 1 }, PLAIN_SERVER);
		const [stuck] = world.arrive('case');
		await world.poll(inOrder);
		world.now += HOUR;
		await world.poll(inOrder);
		world.now += HOUR;
		const [later] = world.arrive('case');
		const report = await world.poll(inOrder);
		expect(report?.giveUp).toMatchObject([{ notification: { id: stuck }, deliveryCount: 2 }]);
		expect(idsOf(report)).toEqual([later]);
		world.acknowledge(later);
		world.now += 23 * HOUR;
		expect((await world.poll(inOrder))?.giveUp).toEqual([]);
		world.now += HOUR;
		expect((await world.poll(inOrder))?.giveUp).toHaveLength(1);
	});

	it('delivers a reported one again when more deliveries are allowed', async () => {
		const world = new World({ ...SETTINGS, maximumDeliveries: 1 }, PLAIN_SERVER);
		world.arrive('case');
		await world.poll(inOrder);
		world.now += HOUR;
		expect((await world.poll(inOrder))?.giveUp).toHaveLength(1);
		world.settings.maximumDeliveries = 2;
		world.now += HOUR;
		expect((await world.poll(inOrder))?.deliver).toMatchObject([{ deliveryCount: 2 }]);
	});

	it('delivers new ones although many are stuck and due', async () => {
		const world = new World({ ...SETTINGS, maximumDeliveries: 1_000 }, PLAIN_SERVER);
		world.arrive('case', 100);
		for (let polls = 0; polls < 20; polls++) await world.poll(newestFirst);
		world.now += DAY;
		const newOnes = world.arrive('case', 2);
		expect(idsOf(await world.poll(inOrder))).toEqual(expect.arrayContaining(newOnes));
	});

	it('delivers stuck ones again although new ones keep coming', async () => {
		const world = new World({ ...SETTINGS, batchSize: 1 }, PLAIN_SERVER);
		const [stuck] = world.arrive('case');
		await world.poll(inOrder);
		world.now += HOUR;
		const delivered: string[] = [];
		for (let polls = 0; polls < 3; polls++) {
			world.arrive('case', 5);
			delivered.push(...idsOf(await world.poll(newestFirst)));
			world.now += MINUTE;
		}
		expect(delivered).toContain(stuck);
		expect(new Set(delivered).size).toBe(3);
	});

	it('delivers again what a clock that was put back has marked in the future', async () => {
		const world = new World(SETTINGS, PLAIN_SERVER);
		const [id] = world.arrive('case');
		world.damage({ version: 1, known: { [id]: [world.now + 365 * DAY, 1] } });
		expect(idsOf(await world.poll(inOrder))).toEqual([]);
		world.now += HOUR;
		expect(idsOf(await world.poll(inOrder))).toEqual([id]);
	});

	it('serves new ones in turn even where more are due than it can ever deliver', async () => {
		const world = new World(
			{ ...SETTINGS, batchSize: 1, redeliverAfter: MINUTE, maximumDeliveries: 1_000 },
			PLAIN_SERVER,
		);
		world.arrive('case', 10);
		for (let polls = 0; polls < 20; polls++) await world.poll(inOrder);
		const delivered: string[] = [];
		const newOnes = world.arrive('case', 3);
		for (let polls = 0; polls < 6; polls++) {
			world.now += MINUTE;
			delivered.push(...idsOf(await world.poll(inOrder)));
		}
		expect(delivered).toEqual(expect.arrayContaining(newOnes));
	});

	it('delivers no event that it has not been able to read yet', async () => {
		const world = new World(
			{ ...SETTINGS, batchSize: 500, kinds: ['SENDING_MESSAGE'] },
			{ ...PLAIN_SERVER, details: false },
		);
		world.arrive('event', 150);
		expect(idsOf(await world.poll(inOrder))).toEqual([]);
		expect(idsOf(await world.poll(inOrder))).toEqual([]);
	});

	it('finds its own behind a batch full of foreign notifications, in one poll', async () => {
		const world = new World(SETTINGS, { ...PLAIN_SERVER, filters: false });
		world.arrive('foreign', 60);
		const mine = world.arrive('case', 3);
		expect(idsOf(await world.poll(inOrder))).toEqual(mine);
		expect(world.queue.size).toBe(63);
	});

	it('keeps in flight what a server with a limit of its own does not show', async () => {
		const world = new World({ ...SETTINGS, batchSize: 20 }, { ...PLAIN_SERVER, limit: 30 });
		world.arrive('case', 60);
		const delivered: string[] = [];
		for (let polls = 0; polls < 20; polls++)
			delivered.push(...idsOf(await world.poll(shuffled(polls + 7))));
		expect(delivered.length).toBeGreaterThan(45);
		expect(new Set(delivered).size).toBe(delivered.length);
	});

	it('remembers no more of a long queue than it delivers in the time of a redelivery', async () => {
		const world = new World({ ...SETTINGS, batchSize: 25 }, PLAIN_SERVER);
		world.arrive('case', 2_000);
		let most = 0;
		for (let polls = 1; world.ours.length > 0; polls++) {
			await world.poll(shuffled(polls));
			most = Math.max(most, world.knownIds.length);
			for (const id of world.inHand) world.acknowledge(id);
			world.now += MINUTE;
			expect(polls).toBeLessThan(100);
		}
		expect(most).toBeLessThanOrEqual(61 * 25);
	});

	it('asks for less after a poll that failed, and for all again after one that did not', async () => {
		const world = new World(SETTINGS, PLAIN_SERVER);
		world.arrive('case', 100);
		for (let polls = 0; polls < 4; polls++) await world.poll(inOrder);
		await world.failedPoll();
		await world.poll(inOrder);
		// The shorter answer came, and showed too little: the longer one is tried again.
		expect(world.requestedLimits.slice(4)).toEqual([12, 30]);
	});

	it('takes priority processes first, then the oldest', async () => {
		const world = new World(
			{ ...SETTINGS, processCodes: [], priorityCodes: ['SNATED'], batchSize: 2 },
			{ ...PLAIN_SERVER, filters: false },
		);
		const [old] = world.arrive('case');
		world.now += MINUTE;
		world.arrive('case');
		const [urgent] = world.arrive('foreign');
		const result = await world
			.poll(newestFirst)
			.catch((error: Error) => ({ deliver: [], message: error.message }));
		// The model calls it foreign; that it came out first is what counts.
		expect(result).toMatchObject({ message: `${urgent} is not ours and was delivered` });
		expect(old).toBeDefined();
	});

	describe('what the pages do not show', () => {
		const always = (world: World) => world.poll(inOrder);
		const nothing = (world: World) => world.poll(inOrder, 'never', 0);

		it('is in flight still after one empty answer, and after three in a row', async () => {
			const world = new World(SETTINGS, PLAIN_SERVER);
			world.arrive('case', 3);
			expect(idsOf(await always(world))).toHaveLength(3);
			for (let polls = 0; polls < 3; polls++) {
				world.now += MINUTE;
				await nothing(world);
				expect(world.knownIds).toHaveLength(3);
			}
			world.now += MINUTE;
			expect(idsOf(await always(world))).toEqual([]);
		});

		it('is forgotten after six complete pages in a row, some time apart', async () => {
			const world = new World(SETTINGS, PLAIN_SERVER);
			const ids = world.arrive('case', 3);
			await always(world);
			for (const id of ids) world.acknowledge(id);
			// Six pages at once count as one.
			for (let polls = 0; polls < 6; polls++) await always(world);
			for (let polls = 0; polls < 5; polls++) {
				expect(world.knownIds).toHaveLength(3);
				world.now += MINUTE;
				await always(world);
			}
			expect(world.knownIds).toEqual([]);
		});

		it('begins to be counted anew when it was shown in between', async () => {
			const world = new World(SETTINGS, PLAIN_SERVER);
			world.arrive('case');
			await always(world);
			for (let polls = 0; polls < 30; polls++) {
				world.now += MINUTE;
				await (polls % 4 === 3 ? always(world) : nothing(world));
			}
			expect(world.knownIds).toHaveLength(1);
		});

		it('is forgotten after Redeliver After where a queue of equal length hides its end', async () => {
			const world = new World(
				{ ...SETTINGS, batchSize: 25, redeliverAfter: 20 * MINUTE },
				{ ...PLAIN_SERVER, limit: 25 },
			);
			let most = 0;
			for (let minutes = 0; minutes < 4 * 60; minutes++) {
				// As many come as go: every answer is as long as the one before.
				world.arrive('case', 25);
				await always(world);
				for (const id of world.inHand) world.acknowledge(id);
				world.now += MINUTE;
				most = Math.max(most, world.knownIds.length);
			}
			expect(most).toBeLessThanOrEqual(22 * 25);
		});
	});

	describe('an event of which it cannot be told what it is', () => {
		it('waits, is looked at at each poll and is reported with the reason', async () => {
			const world = new World(SETTINGS, PLAIN_SERVER);
			const [id] = world.arrive('unreadable');
			const [other] = world.arrive('case');
			for (let minutes = 0; minutes < 10; minutes++) {
				const early = await world.poll(inOrder);
				expect(idsOf(early)).toEqual(minutes === 0 ? [other] : []);
				expect(early?.giveUp).toEqual([]);
				world.now += MINUTE;
			}
			const report = await world.poll(inOrder);
			expect(report?.giveUp).toMatchObject([
				{ notification: { id }, deliveryCount: 0, unreadable: 'unexpected failure' },
			]);
			world.now += 23 * HOUR;
			expect((await world.poll(inOrder))?.giveUp).toEqual([]);
			world.now += HOUR;
			expect((await world.poll(inOrder))?.giveUp).toHaveLength(1);
		});

		it('is delivered once it can be read, also after it was reported', async () => {
			const world = new World(SETTINGS, PLAIN_SERVER);
			const [id] = world.arrive('unreadable');
			for (let minutes = 0; minutes < 11; minutes++) {
				await world.poll(inOrder);
				world.now += MINUTE;
			}
			world.allReadable = true;
			expect((await world.poll(inOrder))?.deliver).toMatchObject([
				{ notification: { id, eventActionType: 'COM_ADD' }, deliveryCount: 1 },
			]);
		});

		it('is never delivered to a workflow for new cases, and not looked at for it', async () => {
			const world = new World({ ...SETTINGS, kinds: ['case'] }, PLAIN_SERVER);
			world.arrive('unreadable');
			for (let minutes = 0; minutes < 30; minutes++) {
				const { deliver, giveUp } = (await world.poll(inOrder)) ?? {};
				expect([deliver, giveUp]).toEqual([[], []]);
				world.now += MINUTE;
			}
		});
	});

	it('keeps counting what is due although there is more than it can remember', async () => {
		const world = new World(
			{ ...SETTINGS, maximumDeliveries: 2, capacity: 20, batchSize: 20 },
			PLAIN_SERVER,
		);
		world.arrive('case', 10);
		const reports: string[] = [];
		for (let polls = 0; polls < 4; polls++) {
			const result = await world.poll(inOrder);
			reports.push(...(result?.giveUp ?? []).map(({ notification }) => notification.id));
			// More and more come that are acknowledged at once.
			for (const id of world.arrive('case', 10)) world.acknowledge(id);
			for (const id of idsOf(result)) world.inHand.delete(id);
			world.now += HOUR;
		}
		expect(new Set(reports).size).toBe(10);
	});

	it('delivers by priority, then by date, and what has no date last', async () => {
		const world = new World({ ...SETTINGS, priorityCodes: ['RSA', 'SNATED'] }, PLAIN_SERVER);
		const { now } = world;
		const put = (id: string, processCode: string, age: number | undefined) =>
			world.queue.set(id, {
				id,
				processCode,
				caseId: id,
				dateTime: age === undefined ? null : new Date(now - age).toISOString(),
			});
		world.settings.processCodes = [];
		const everything = { ...PLAIN_SERVER, filters: false };
		Object.assign(world.habits, everything);
		put('e', 'CERTDC', 1);
		put('f', 'CERTDC', undefined);
		put('d', 'CERTDC', 9);
		put('b', 'SNATED', 5);
		put('c', 'SNATED', 4);
		put('a', 'RSA', 1);
		world.settings.batchSize = 6;
		expect(idsOf(await world.poll((id) => -id.charCodeAt(0)))).toEqual([...'abcdef']);
	});
});
