import type { Notification } from '../../../nodes/HubEe/api/types';
import type { StoredState } from '../../../nodes/HubEe/trigger/queue-state';
import type { TriggerSettings } from '../../../nodes/HubEe/trigger/plan';
import {
	type NotificationQueue,
	type PollResult,
	QueuePoller,
} from '../../../nodes/HubEe/trigger/poller';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type Arrival = 'case' | 'event' | 'foreign' | 'acknowledgement' | 'unreadable';

const EVENT_STATUS: Record<Arrival, string | null> = {
	case: null,
	event: 'SENT',
	foreign: null,
	acknowledgement: 'RECEIVED',
	unreadable: null,
};

/** How a server may differ from another one without breaking the published contract. */
export interface ServerHabits {
	/** Whether it applies `processCode`. */
	filters: boolean;
	/** The longest answer it gives, whatever it is asked for. */
	limit: number;
	/** Whether it gives `eventActionType` and `eventStatus`. */
	details: boolean;
}

/** Where n8n dies. */
export type Crash =
	| 'never'
	| 'before the answer'
	| 'after the answer'
	| 'while clearing'
	| 'before the state is saved'
	| 'between the state and the execution'
	| 'between the execution and the state';

/** A server that answers wrongly so often in a row is not believed in here. */
const MOST_SHORT_IN_A_ROW = 3;

class Died extends Error {}

/**
 * The queue as HubEE keeps it, n8n as it keeps static data, and workers. Everything that must not
 * happen throws.
 */
export class World {
	now = Date.UTC(2026, 0, 5);

	/** What is in the queue. */
	readonly queue = new Map<string, Notification>();

	/** What workers have in hand. */
	readonly inHand = new Set<string>();

	readonly acknowledged = new Set<string>();

	readonly delivered = new Map<string, number>();

	readonly requestedLimits: number[] = [];

	private poller = new QueuePoller();

	/** Whether the process has polled since it began. */
	private remembers = false;

	private stored: unknown;

	/** Delivered and, as far as n8n can know after a crash, in flight. */
	private flights = new Map<string, number>();

	/** Everything that n8n ever saved, with what was in flight then. */
	private readonly history: Array<{ stored: unknown; flights: Map<string, number> }> = [
		{ stored: undefined, flights: new Map() },
	];

	private arrivals = 0;

	private shortInARow = 0;

	private shortenTo: number | undefined;

	/** Whether the events can be read that could not be read before. */
	allReadable = false;

	private readonly wrong: string[] = [];

	constructor(
		readonly settings: TriggerSettings,
		readonly habits: ServerHabits,
	) {}

	arrive(arrival: Arrival, count = 1): string[] {
		return Array.from({ length: count }, () => {
			const id = `n${++this.arrivals}-${arrival}`;
			const isEvent = arrival !== 'case' && arrival !== 'foreign';
			this.queue.set(id, {
				id,
				processCode: arrival === 'foreign' ? 'SNATED' : 'CERTDC',
				caseId: `case of ${id}`,
				eventId: isEvent ? `event of ${id}` : null,
				eventActionType: isEvent && arrival !== 'unreadable' ? 'STATUS_UPDATE' : null,
				eventStatus: EVENT_STATUS[arrival],
				dateTime: new Date(this.now).toISOString(),
			});
			return id;
		});
	}

	/** One poll as n8n makes it. `order` decides the order of the answer. */
	async poll(
		order: (id: string) => number,
		crash: Crash = 'never',
		short?: number,
	): Promise<PollResult | undefined> {
		this.shortInARow = short === undefined ? 0 : this.shortInARow + 1;
		this.shortenTo = this.shortInARow > MOST_SHORT_IN_A_ROW ? undefined : short;
		let result: PollResult | undefined;
		try {
			result = await this.poller.poll(
				this.service(order, crash),
				copy(this.stored),
				this.settings,
				() => this.now,
			);
		} catch (error) {
			if (!(error instanceof Died)) throw error;
		}
		if (this.wrong.length > 0) fail(this.wrong.join(', '));
		if (crash === 'before the answer' || crash === 'after the answer' || crash === 'while clearing')
			return this.restart();
		if (!result) throw new Error('a poll that does not overlap was refused');
		this.remembers = true;
		this.check(result);
		if (crash === 'before the state is saved') return this.restart();
		if (crash !== 'between the execution and the state') this.save(result.stored);
		if (crash === 'between the state and the execution') return this.restart();
		for (const { notification } of [...result.deliver, ...result.giveUp])
			this.inHand.add(notification.id);
		if (crash === 'between the execution and the state') return this.restart();
		return result;
	}

	/** A poll that the service does not answer. */
	async failedPoll(): Promise<void> {
		const kept = JSON.stringify(this.stored);
		const unreachable = {
			...this.service(() => 0, 'never'),
			list: async () => await Promise.reject(new Error('unreachable')),
		};
		const failure = await this.poller
			.poll(unreachable, this.stored, this.settings, () => this.now)
			.then(() => undefined)
			.catch((error: unknown) => error);
		if (!failure) throw new Error('a poll without an answer did not fail');
		if (JSON.stringify(this.stored) !== kept) throw new Error('a failed poll changed the state');
	}

	/** The end of a workflow: event marked as received, notification deleted. */
	acknowledge(id: string): void {
		this.inHand.delete(id);
		this.queue.delete(id);
		this.acknowledged.add(id);
	}

	/** A workflow that died between the two. */
	markReceived(id: string): void {
		this.inHand.delete(id);
		const notification = this.queue.get(id);
		if (notification?.eventId) notification.eventStatus = 'RECEIVED';
	}

	/**
	 * n8n is killed and started again; workers are killed with it only where the schedule says so.
	 */
	restart(): undefined {
		this.poller = new QueuePoller();
		this.remembers = false;
		const { flights } = this.history[this.history.length - 1];
		// Whatever was delivered after the state that n8n comes back with may rightly be delivered
		// again.
		this.flights = new Map([...this.flights].filter(([id, at]) => flights.get(id) === at));
		return undefined;
	}

	/** Another node's execution puts an old state back while n8n goes on. */
	rollBack(index: number): void {
		this.replaceStored(this.history[index % this.history.length]);
	}

	damage(garbage: unknown): void {
		this.replaceStored({ stored: garbage, flights: new Map() });
	}

	private replaceStored(by: { stored: unknown; flights: Map<string, number> }): void {
		this.stored = copy(by.stored);
		this.history.push(by);
		// A process that has polled knows better; one that has just begun has nothing else to go by.
		if (!this.remembers) this.restart();
	}

	get ours(): Notification[] {
		return [...this.queue.values()].filter(({ processCode }) => processCode === 'CERTDC');
	}

	get knownIds(): string[] {
		return Object.keys((this.stored as StoredState | undefined)?.known ?? {});
	}

	private save(stored: StoredState): void {
		this.stored = copy(stored);
		this.history.push({ stored: copy(stored), flights: new Map(this.flights) });
	}

	private service(order: (id: string) => number, crash: Crash): NotificationQueue {
		return {
			list: async (maxResult) => {
				this.requestedLimits.push(maxResult);
				if (crash === 'before the answer') throw new Died();
				await this.assertNoOverlap(order);
				if (crash === 'after the answer') throw new Died();
				const { filters, limit, details } = this.habits;
				return [...this.queue.values()]
					.filter(({ processCode }) => !filters || this.settings.processCodes.includes(processCode))
					.map((notification) => ({ notification, place: order(notification.id) }))
					.sort((a, b) => a.place - b.place)
					.slice(0, Math.min(maxResult, limit, this.shortenTo ?? Infinity))
					.map(({ notification }) => {
						const { eventActionType, eventStatus, ...bare } = notification;
						return details ? { ...bare, eventActionType, eventStatus } : bare;
					});
			},
			event: async ({ id }) => {
				await Promise.resolve();
				const { eventActionType, eventStatus } = this.queue.get(id) ?? fail(`${id} is gone`);
				const isOwnEvent = id.endsWith('acknowledgement');
				if (eventActionType) return { eventActionType, eventStatus, isOwnEvent };
				if (!this.allReadable) throw new Error('cannot be read');
				return { eventActionType: 'COM_ADD', eventStatus: 'SENT', isOwnEvent };
			},
			remove: async (id) => {
				await Promise.resolve();
				const { processCode } = this.queue.get(id) ?? {};
				// The trigger lives with deletions that fail, so what must not happen is noted here and
				// thrown later.
				if (processCode !== 'CERTDC') this.wrong.push(`${id} is not ours and was deleted`);
				if (!id.endsWith('acknowledgement'))
					this.wrong.push(`${id} is no acknowledgement of ours and was deleted`);
				if (this.isFlying(id))
					this.wrong.push(`${id} was deleted while a workflow was at work on it`);
				this.queue.delete(id);
				this.acknowledged.add(id);
				if (crash === 'while clearing') throw new Died();
			},
		};
	}

	/** n8n starts a poll although the last one has not ended. */
	private async assertNoOverlap(order: (id: string) => number): Promise<void> {
		const overlapping = await this.poller.poll(
			this.service(order, 'never'),
			this.stored,
			this.settings,
			() => this.now,
		);
		if (overlapping) fail('an overlapping poll delivered something');
	}

	private isFlying(id: string): boolean {
		const at = this.flights.get(id);
		return at !== undefined && this.now - at < this.settings.redeliverAfter;
	}

	private check({ deliver, giveUp, stored }: PollResult): void {
		const { batchSize, maximumDeliveries, capacity = Infinity } = this.settings;
		const ids = [...deliver, ...giveUp].map(({ notification }) => notification.id);
		const unreadable = new Set(
			giveUp.filter((one) => one.unreadable !== undefined).map((one) => one.notification.id),
		);
		if (new Set(ids).size < ids.length) fail('the same notification twice in a batch');
		if (deliver.length > batchSize || giveUp.length > batchSize) fail('more than a batch');
		for (const id of ids) {
			if (!this.queue.has(id)) fail(`${id} is not in the queue and was delivered`);
			if (id.endsWith('foreign')) fail(`${id} is not ours and was delivered`);
			if (id.endsWith('acknowledgement')) fail(`${id} was delivered in place of being cleared`);
			if (id.endsWith('unreadable') && !this.allReadable && !unreadable.has(id))
				fail(`${id} was delivered although nobody knows what it is`);
			if (this.isFlying(id)) fail(`${id} was delivered while it was in flight`);
			if (!unreadable.has(id)) this.flights.set(id, this.now);
		}
		for (const { notification, deliveryCount } of deliver) {
			if (deliveryCount > maximumDeliveries) fail(`${notification.id} was delivered too often`);
			this.delivered.set(notification.id, (this.delivered.get(notification.id) ?? 0) + 1);
		}
		for (const { notification, unreadable } of giveUp)
			if (
				unreadable === undefined &&
				(this.delivered.get(notification.id) ?? 0) < maximumDeliveries
			)
				fail(`${notification.id} was given up too early`);
		// Twice, because what an old state brings back comes on top.
		if (Object.keys(stored.known).length > 2 * capacity) fail('too much is remembered');
		// Delivered ones and waiting ones, each bounded.
		if (JSON.stringify(stored).length > 200 + 4 * capacity * 60) fail('the state is too large');
	}
}

function fail(message: string): never {
	throw new Error(message);
}

function copy<T>(value: T): T {
	return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** A random and repeatable order. */
export function shuffled(seed: number): (id: string) => number {
	return (id) => {
		let hash = seed | 0;
		for (const character of id) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
		hash ^= hash >>> 15;
		return Math.imul(hash, 0x2c1b3c6d) >>> 0;
	};
}
