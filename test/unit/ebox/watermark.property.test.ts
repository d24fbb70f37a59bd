import fc from 'fast-check';

import { propertyRuns } from '../../fixtures/property-runs';

import {
	adjustToClock,
	initialMemory,
	withNextBatch,
	firstDayToRead,
	restoreUnconfirmed,
	acceptListing,
	type TriggerMemory,
} from '../../../nodes/EBoxEnterprise/trigger/watermark';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 20, 12, 34, 56);
const PROVIDERS = ['nsso', 'second', '__proto__'];

interface Mail {
	id: string;
	receivedAt: number;
	expiresAt: number;
}

/** What may happen between and during polls. */
type Step =
	| { kind: 'arrive'; provider: number; backdatedHours: number; twice: boolean }
	| { kind: 'expire'; provider: number; which: number }
	| { kind: 'wait'; hours: number }
	| {
			kind: 'poll';
			failing: boolean[];
			/** A page that shifted hides a message from this reading; the provider's total then tells. */
			hides: Array<number | null>;
			room: number;
			crash: 'none' | 'beforeSave' | 'afterSave' | 'afterHandOver';
	  }
	| { kind: 'restart' }
	/** Another node writes static data: the stored state goes back to what it was some saves ago. */
	| { kind: 'rollBack'; saves: number };

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('arrive' as const),
			provider: fc.nat({ max: 2 }),
			backdatedHours: fc.nat({ max: 40 }),
			twice: fc.boolean(),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('expire' as const),
			provider: fc.nat({ max: 2 }),
			which: fc.nat({ max: 20 }),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.nat({ max: 200 }) }),
	},
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant('poll' as const),
			failing: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
			hides: fc.array(fc.option(fc.nat({ max: 10 })), { minLength: 3, maxLength: 3 }),
			room: fc.integer({ min: 1, max: 8 }),
			crash: fc.constantFrom(
				'none' as const,
				'none' as const,
				'none' as const,
				'beforeSave' as const,
				'afterSave' as const,
				'afterHandOver' as const,
			),
		}),
	},
	{ weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('rollBack' as const), saves: fc.nat({ max: 3 }) }),
	},
);

/** n8n, its database and the providers, as far as the trigger can tell them. */
class World {
	now = START;

	readonly boxes: Mail[][] = PROVIDERS.map(() => []);

	readonly delivered: string[] = [];

	/** How often a message was swallowed between the save and the execution. */
	readonly swallowed = new Map<string, number>();

	private saves: string[] = [];

	private live?: TriggerMemory;

	private confirmedBatch?: number;

	private made = 0;

	/** Whether anything happened that allows a message to come twice. */
	disturbed = false;

	activate(): void {
		this.poll({ failing: [false, false, false], hides: [], room: Infinity, crash: 'none' });
		this.save();
	}

	apply(step: Step): void {
		switch (step.kind) {
			case 'arrive':
				return this.arrive(step.provider, step.backdatedHours, step.twice);
			case 'expire':
				this.boxes[step.provider].splice(step.which, 1);
				return;
			case 'wait':
				this.now += step.hours * HOUR;
				return;
			case 'poll':
				this.now += MINUTE;
				return this.poll(step);
			case 'restart':
				return this.restart();
			case 'rollBack':
				this.saves = this.saves.slice(0, Math.max(1, this.saves.length - step.saves));
				this.restart();
		}
	}

	private arrive(provider: number, backdatedHours: number, twice: boolean): void {
		// Not from before the trigger began, and not behind the newest message by more than the
		// overlap.
		const receivedAt = Math.max(START + MINUTE, this.now - backdatedHours * HOUR);
		const id = `${provider}-${this.made++}`;
		const mail = { id, receivedAt, expiresAt: this.now + 90 * DAY };
		this.boxes[provider].unshift(mail);
		if (twice) this.boxes[provider].unshift({ ...mail });
	}

	private poll(how: {
		failing: boolean[];
		hides: Array<number | null>;
		room: number;
		crash: string;
	}): void {
		let memory = restoreUnconfirmed(
			this.live ?? this.stored() ?? initialMemory(this.now),
			this.confirmedBatch,
		);
		const batch: string[] = [];
		let room = how.room;
		PROVIDERS.forEach((provider, index) => {
			if (how.failing[index]) return;
			const from = firstDayToRead(memory, provider, this.now);
			const all = this.boxes[index].filter(
				// The strictest filter that the contract allows: the day itself is excluded.
				({ receivedAt }) => from === undefined || receivedAt >= Date.parse(from) + DAY,
			);
			const hidden = how.hides[index];
			const messages = hidden === null || hidden === undefined ? all : all.toSpliced(hidden, 1);
			const complete = messages.length === all.length;
			const taken = acceptListing(memory, provider, { messages, complete }, this.now, room);
			memory = taken.memory;
			batch.push(...taken.delivery.fresh);
			room -= taken.delivery.fresh.length;
		});
		if (how.crash === 'beforeSave') return this.restart();
		// JSON, because that is all that is stored.
		this.live = JSON.parse(JSON.stringify(memory)) as TriggerMemory;
		if (batch.length === 0) {
			if (how.crash !== 'none') this.restart();
			return;
		}
		this.live = withNextBatch(this.live);
		this.save();
		if (how.crash === 'afterSave') {
			for (const id of batch) this.swallowed.set(id, (this.swallowed.get(id) ?? 0) + 1);
			return this.restart();
		}
		this.delivered.push(...batch);
		this.confirmedBatch = this.live.batch;
		if (how.crash === 'afterHandOver') this.restart();
	}

	private restart(): void {
		this.disturbed = true;
		this.live = undefined;
		this.confirmedBatch = undefined;
	}

	private save(): void {
		this.saves.push(JSON.stringify(this.live));
	}

	private stored(): TriggerMemory | undefined {
		const text = this.saves.at(-1);
		return text === undefined ? undefined : (JSON.parse(text) as TriggerMemory);
	}

	/** Everything is well again for a few polls. */
	recover(): void {
		for (let poll = 0; poll < 60; poll++) {
			this.apply({
				kind: 'poll',
				failing: [false, false, false],
				hides: [],
				room: 8,
				crash: 'none',
			});
		}
	}

	get stateSize(): number {
		return JSON.stringify(this.live).length;
	}
}

describe('the watermark of the e-Box trigger', () => {
	it('delivers every message that is there, whatever fails on the way', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const world = new World();
				world.boxes[0].push({ id: 'old', receivedAt: START - DAY, expiresAt: START + DAY });
				world.activate();
				steps.forEach((one) => world.apply(one));
				world.recover();
				const missing = world.boxes
					.flat()
					.map(({ id }) => id)
					.filter((id) => id !== 'old' && (world.swallowed.get(id) ?? 0) < 2)
					.filter((id) => !world.delivered.includes(id));
				expect(missing).toEqual([]);
			}),
			propertyRuns(500),
		);
	});

	it('delivers each message once when nothing restarts', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const world = new World();
				world.boxes[0].push({ id: 'old', receivedAt: START - DAY, expiresAt: START + DAY });
				world.activate();
				for (const one of steps) {
					if (one.kind === 'restart' || one.kind === 'rollBack') continue;
					world.apply(one.kind === 'poll' ? { ...one, crash: 'none' } : one);
				}
				world.recover();
				expect(world.disturbed).toBe(false);
				expect(new Set(world.delivered).size).toBe(world.delivered.length);
				expect(world.delivered).not.toContain('old');
			}),
			propertyRuns(250),
		);
	});

	it('delivers a message again only after a restart, and at most once for each', () => {
		fc.assert(
			fc.property(fc.nat({ max: 5 }), (restarts) => {
				const world = new World();
				world.activate();
				world.apply({ kind: 'arrive', provider: 0, backdatedHours: 0, twice: false });
				for (let n = 0; n <= restarts; n++) {
					world.recover();
					world.apply({ kind: 'restart' });
				}
				world.recover();
				expect(world.delivered).toEqual(['0-0', '0-0']);
			}),
		);
	});

	it('finds in its next reading what one reading left out without saying so', () => {
		const mail = (id: string, at: number) => ({ id, receivedAt: at, expiresAt: NaN });
		const first = acceptListing(
			initialMemory(START),
			'nsso',
			{ messages: [], complete: true },
			START,
		).memory;
		const older = mail('older', START + HOUR);
		const newer = mail('newer', START + 2 * DAY);
		const second = acceptListing(
			first,
			'nsso',
			{ messages: [newer], complete: true },
			START + 3 * DAY,
		);
		const all = { messages: [newer, older], complete: true };
		const third = acceptListing(second.memory, 'nsso', all, START + 3 * DAY + MINUTE);
		expect(second.delivery.fresh).toEqual(['newer']);
		expect(third.delivery.fresh).toEqual(['older']);
	});

	it('does not move its watermark for a message from the future', () => {
		const first = acceptListing(
			initialMemory(START),
			'nsso',
			{ messages: [], complete: true },
			START,
		).memory;
		const future = { id: 'future', receivedAt: START + 900 * DAY, expiresAt: NaN };
		const { memory, delivery } = acceptListing(
			first,
			'nsso',
			{ messages: [future], complete: true },
			START + HOUR,
		);
		expect(delivery.fresh).toEqual(['future']);
		expect(memory.providers.nsso.since).toBe(START + HOUR);
	});

	it('delivers a message whose date cannot be read, once', () => {
		let memory = acceptListing(
			initialMemory(START),
			'nsso',
			{ messages: [], complete: true },
			START,
		).memory;
		const odd = { id: 'odd', receivedAt: NaN, expiresAt: NaN };
		const delivered: string[] = [];
		for (let poll = 1; poll <= 3; poll++) {
			const taken = acceptListing(
				memory,
				'nsso',
				{ messages: [odd], complete: true },
				START + poll * DAY,
			);
			delivered.push(...taken.delivery.fresh);
			memory = restoreUnconfirmed(withNextBatch(taken.memory), taken.memory.batch + 1);
		}
		expect(delivered).toEqual(['odd']);
	});

	it('tells that a message expires once, and again when its date was changed', () => {
		const memory = acceptListing(
			initialMemory(START),
			'nsso',
			{ messages: [], complete: true },
			START,
		).memory;
		const at = (days: number) => ({ id: 'm', receivedAt: START, expiresAt: START + days * DAY });
		const reading = (days: number) => ({ messages: [], complete: true, expiring: [at(days)] });
		const one = acceptListing(memory, 'nsso', reading(5), START + HOUR);
		const two = acceptListing(
			restoreUnconfirmed(withNextBatch(one.memory), 1),
			'nsso',
			reading(5),
			START + 2 * HOUR,
		);
		const three = acceptListing(two.memory, 'nsso', reading(9), START + 3 * HOUR);
		expect([one, two, three].map(({ delivery }) => delivery.expiring)).toEqual([['m'], [], ['m']]);
	});

	describe('with a clock that was ten days ahead at the beginning and was corrected', () => {
		const AHEAD = START + 10 * DAY;
		const mail = (id: string, at: number) => ({ id, receivedAt: at, expiresAt: NaN });
		const nothing = { messages: [], complete: true, serverTime: START };

		it('loses nothing of a provider that was read', () => {
			const first = acceptListing(initialMemory(AHEAD), 'nsso', nothing, AHEAD).memory;
			const now = START + HOUR;
			const memory = adjustToClock(first, now, -10 * DAY);
			expect(Date.parse(firstDayToRead(memory, 'nsso', now) ?? '')).toBeLessThan(START - DAY);
			const listing = { messages: [mail('new', now)], complete: true, serverTime: now };
			expect(acceptListing(memory, 'nsso', listing, now).delivery.fresh).toEqual(['new']);
		});

		it.each([
			['while the process went on', -10 * DAY],
			['while n8n was stopped', undefined],
		])('loses nothing of a provider that could not be read, %s', (_, jump) => {
			const now = START + HOUR;
			const memory = adjustToClock(initialMemory(AHEAD), now, jump);
			const messages = [mail('new', START + 60_000), mail('old', START - 20 * DAY)];
			const listing = { messages, complete: true, serverTime: now };
			const { delivery } = acceptListing(memory, 'nsso', listing, now);
			// After a restart nobody knows how far the clock was ahead: rather all than too little.
			expect(delivery.fresh).toEqual(jump === undefined ? ['old', 'new'] : ['new']);
		});
	});

	describe('step by step', () => {
		const mail = (id: string, days: number) => ({
			id,
			receivedAt: START + days * DAY,
			expiresAt: NaN,
		});
		const begun = () =>
			acceptListing(initialMemory(START), 'nsso', { messages: [], complete: true }, START).memory;
		const at = (days: number) => START + days * DAY;
		/** The day from which a reading begins lies before the message, whatever "after" means. */
		const covers = (memory: TriggerMemory, days: number) =>
			Date.parse(firstDayToRead(memory, 'nsso', START) ?? '') + DAY <= at(days);

		it('takes a whole batch back after a restart, also one that covers weeks', () => {
			const messages = [mail('new', 20), mail('old', 1)];
			const taken = acceptListing(begun(), 'nsso', { messages, complete: true }, at(20));
			expect(taken.delivery.fresh).toEqual(['old', 'new']);
			const restarted = restoreUnconfirmed(withNextBatch(taken.memory), undefined);
			expect(covers(restarted, 1)).toBe(true);
			const again = acceptListing(restarted, 'nsso', { messages, complete: true }, at(20)).delivery;
			expect([again.fresh, again.repeated]).toEqual([
				['old', 'new'],
				['old', 'new'],
			]);
		});

		it('does not repeat what was confirmed before the batch that a restart takes back', () => {
			const first = acceptListing(
				begun(),
				'nsso',
				{ messages: [mail('a', 1)], complete: true },
				at(1),
			);
			const confirmed = restoreUnconfirmed(withNextBatch(first.memory), 1);
			const messages = [mail('a', 1), mail('b', 20)];
			const onlyNew = { messages: [mail('b', 20)], complete: true };
			const second = acceptListing(confirmed, 'nsso', onlyNew, at(20));
			const restarted = restoreUnconfirmed(withNextBatch(second.memory), undefined);
			const again = acceptListing(restarted, 'nsso', { messages, complete: true }, at(20));
			expect(again.delivery.fresh).toEqual(['b']);
		});

		it('does not move on after a reading that was not whole', () => {
			const reading = { messages: [mail('new', 20)], complete: false };
			const { memory, delivery } = acceptListing(begun(), 'nsso', reading, at(20));
			expect(delivery.fresh).toEqual(['new']);
			expect(covers(memory, 1)).toBe(true);
		});

		it('does not move past a message that has to wait for the next poll', () => {
			const messages = [1, 5, 20].map((day) => mail(`day ${day}`, day));
			const { memory, delivery } = acceptListing(
				begun(),
				'nsso',
				{ messages, complete: true },
				at(20),
				1,
			);
			expect(delivery.fresh).toEqual(['day 1']);
			expect(covers(memory, 5)).toBe(true);
		});

		it('tells what was there before from what came, also of a provider that could be read only later', () => {
			const messages = [mail('before', -0.5), mail('after', 0.5)];
			const { delivery } = acceptListing(
				initialMemory(START),
				'late',
				{ messages, complete: true },
				at(1),
			);
			expect(delivery.fresh).toEqual(['after']);
		});

		it('delivers what was not there at the first reading, whatever its date says', () => {
			const skewed = { messages: [mail('skewed', -0.5)], complete: true };
			expect(acceptListing(begun(), 'nsso', skewed, at(0.1)).delivery.fresh).toEqual(['skewed']);
		});

		it('leaves a provider alone that was not read', () => {
			const { providers } = begun();
			const other = acceptListing(
				begun(),
				'other',
				{ messages: [mail('x', 9)], complete: true },
				at(9),
			);
			expect(other.memory.providers.nsso).toEqual(providers.nsso);
		});
	});

	it('stays small over a year of mail', () => {
		const world = new World();
		world.activate();
		const days = propertyRuns(365).numRuns;
		for (let day = 0; day < days; day++) {
			for (let n = 0; n < 20; n++)
				world.apply({ kind: 'arrive', provider: n % 3, backdatedHours: n, twice: false });
			world.apply({ kind: 'wait', hours: 24 });
			for (let n = 0; n < 4; n++)
				world.apply({
					kind: 'poll',
					failing: [false, false, false],
					hides: [],
					room: 100,
					crash: 'none',
				});
		}
		expect(world.delivered).toHaveLength(days * 20);
		expect(world.stateSize).toBeLessThan(8_000);
	});
});
