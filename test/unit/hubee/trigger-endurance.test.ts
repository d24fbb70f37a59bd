import type { TriggerSettings } from '../../../nodes/HubEe/trigger/plan';
import { type Crash, HOUR, MINUTE, shuffled, World } from './queue-model';

const SETTINGS: TriggerSettings = {
	batchSize: 25,
	redeliverAfter: HOUR,
	maximumDeliveries: 5,
	processCodes: ['CERTDC'],
	priorityCodes: [],
	kinds: [],
	clearAcknowledgements: true,
};

const SERVER = { filters: true, limit: Infinity, details: true };

const CRASHES: Crash[] = [
	'before the answer',
	'after the answer',
	'before the state is saved',
	'between the state and the execution',
	'between the execution and the state',
];

/** The same numbers at every run: between 0 and 1, by their place. */
const chance = (place: number): number => shuffled(place)('chance') / 2 ** 32;

it('loses none of 10,000 notifications through crashes and short answers, and hands none out twice at once', async () => {
	const world = new World({ ...SETTINGS }, SERVER);
	let arrived = 0;
	let crashes = 0;
	let shortAnswers = 0;
	// The world throws where something is delivered that is in flight.
	for (let minute = 0; world.acknowledged.size < 10_000; minute++) {
		if (minute > 5_000) throw new Error(`only ${world.acknowledged.size} came through`);
		const [crashChance, shortChance, workers] = [3, 5, 7].map((n) => chance(minute * 11 + n));
		if (arrived < 10_000) arrived += world.arrive('case', 20).length;
		const crash = crashChance < 0.1 ? CRASHES[minute % CRASHES.length] : 'never';
		const isShort = shortChance < 0.1;
		crashes += crash === 'never' ? 0 : 1;
		shortAnswers += isShort ? 1 : 0;
		await world.poll(shuffled(minute + 1), crash, isShort ? minute % 4 : undefined);
		if (workers < 0.9) for (const id of [...world.inHand]) world.acknowledge(id);
		world.now += MINUTE;
	}
	expect(arrived).toBe(10_000);
	expect(world.queue.size).toBe(0);
	expect(crashes).toBeGreaterThan(20);
	expect(shortAnswers).toBeGreaterThan(20);
}, 300_000);

it('remembers no more after 24 hours of constant arrivals than after one', async () => {
	const world = new World({ ...SETTINGS }, SERVER);
	const remembered: number[] = [];
	for (let minute = 0; minute < 24 * 60; minute++) {
		world.arrive('case', 20);
		await world.poll(shuffled(minute + 1));
		for (const id of [...world.inHand]) world.acknowledge(id);
		world.now += MINUTE;
		remembered.push(world.knownIds.length);
	}
	const most = (from: number, to: number) => Math.max(...remembered.slice(from * 60, to * 60));
	expect(most(23, 24)).toBe(most(0, 1));
	expect(most(0, 24)).toBeLessThanOrEqual(8 * 20);
	expect(world.acknowledged.size).toBe(24 * 60 * 20);
}, 300_000);
