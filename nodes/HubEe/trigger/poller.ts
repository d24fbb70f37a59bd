import type { Notification } from '../api/types';
import {
	pageLimit,
	type PlannedDelivery,
	inFlight,
	type QueuePage,
	type PollPlan,
	planPoll,
} from './plan';
import { merged, type QueueState, readState, type StoredState, storedForm } from './queue-state';
import type { TriggerSettings } from './plan';

/** What the trigger needs of the service. */
export interface NotificationQueue {
	list(maxResult: number): Promise<Notification[]>;
	/** Kind and status of an event, for servers that do not give them with the notification. */
	event(caseId: string, eventId: string): Promise<EventDetails>;
	remove(notificationId: string): Promise<void>;
}

export interface EventDetails {
	eventActionType?: string | null;
	eventStatus?: string | null;
}

export interface PollResult {
	deliver: PlannedDelivery[];
	giveUp: PlannedDelivery[];
	/** To be stored before the deliveries are handed over. */
	stored: StoredState;
	/** Why acknowledgements of one's own events could not be deleted; they stay for the next poll. */
	notCleared: unknown[];
}

/** Longer and longer answers in one poll, when what is passed over fills them. */
const MAX_PAGES_PER_POLL = 6;

/** Events read in one poll where the server gives no details. */
const MAX_EVENTS_READ = 100;

/**
 * One trigger of one workflow in this process: polls that overlap, the state as the process knows
 * it, and how the server bears long answers.
 */
export class QueuePoller {
	private busy = false;

	private failures = 0;

	private remembered?: QueueState;

	private readonly eventDetails = new Map<string, EventDetails>();

	/**
	 * One poll. It changes nothing on the server but the acknowledgements that it is to clear.
	 *
	 * @param stored what n8n kept, whatever it is
	 * @returns undefined while an earlier poll of this trigger is still under way: two answers of
	 * different age must not be mixed
	 * @throws what the first look threw; nothing is changed then
	 */
	async poll(
		queue: NotificationQueue,
		stored: unknown,
		settings: TriggerSettings,
		clock: () => number = Date.now,
	): Promise<PollResult | undefined> {
		if (this.busy) return undefined;
		this.busy = true;
		try {
			const fromStore = readState(stored, clock());
			const before = this.remembered ? merged(this.remembered, fromStore) : fromStore;
			const { deliver, giveUp, clear, state } = await this.decide(queue, before, settings, clock);
			const notCleared = await failures(clear, async ({ id }) => await queue.remove(id));
			const skipped = state.skipped - (clear.length - notCleared.length);
			this.remembered = { ...state, skipped: Math.max(0, skipped) };
			return { deliver, giveUp, stored: storedForm(this.remembered), notCleared };
		} finally {
			this.busy = false;
		}
	}

	/** Looks until a batch is full, the queue's end is seen, or it is enough for one poll. */
	private async decide(
		queue: NotificationQueue,
		before: QueueState,
		settings: TriggerSettings,
		clock: () => number,
	): Promise<PollPlan> {
		let decided = await this.look(queue, before, settings, clock);
		for (let looks = 1; decided.needsLongerPage && looks < MAX_PAGES_PER_POLL; looks++) {
			const { skipped, extraLimit, longestPage } = decided.state;
			const wiser = { ...before, skipped, extraLimit, longestPage };
			// What the earlier look showed is worth delivering, even if the longer answer does not come.
			const further = await this.look(queue, wiser, settings, clock).catch(() => undefined);
			if (!further) break;
			decided = further;
		}
		return decided;
	}

	private async look(
		queue: NotificationQueue,
		before: QueueState,
		settings: TriggerSettings,
		clock: () => number,
	): Promise<PollPlan> {
		const limit = pageLimit(before, settings, this.failures);
		// Counted as a failure until the answer is there.
		this.failures += 1;
		const answer = await queue.list(limit);
		this.failures = 0;
		const look = await this.withEvents(queue, before, settings, { limit, answer, now: clock() });
		return planPoll(before, look, settings, clock());
	}

	/**
	 * Where the server gives no event details, the events themselves are read: only those that may
	 * be delivered, and each once.
	 */
	private async withEvents(
		queue: NotificationQueue,
		{ delivered }: QueueState,
		settings: TriggerSettings,
		{ limit, answer, now }: QueuePage & { now: number },
	): Promise<QueuePage> {
		const lacking = answer.filter(({ id, eventId, eventActionType, eventStatus }) => {
			const before = delivered.get(id);
			return (
				eventId && !eventActionType && !eventStatus && !(before && inFlight(before, settings, now))
			);
		});
		const present = new Set(lacking.map(({ id }) => id));
		for (const id of this.eventDetails.keys())
			// One that was delivered may have been marked as received since.
			if (!present.has(id) || delivered.has(id)) this.eventDetails.delete(id);
		const unread = lacking.filter(({ id }) => !this.eventDetails.has(id));
		await Promise.all(
			unread.slice(0, MAX_EVENTS_READ).map(async ({ id, caseId, eventId }) => {
				// An event that cannot be read must not hold up the queue: it is delivered without details.
				const facts = await queue.event(caseId ?? '', eventId ?? '').catch(() => ({}));
				this.eventDetails.set(id, facts);
			}),
		);
		return {
			limit,
			answer: answer.map((notification) => ({
				...notification,
				...this.eventDetails.get(notification.id),
			})),
			undecided: new Set(unread.slice(MAX_EVENTS_READ).map(({ id }) => id)),
		};
	}
}

/** Runs all, and gives the reasons of those that failed. */
async function failures<T>(things: T[], run: (thing: T) => Promise<void>): Promise<unknown[]> {
	const outcomes = await Promise.allSettled(things.map(run));
	return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
}
