import type { Notification } from '../api/types';
import { ask, type Delivery, inFlight, type Look, type Plan, plan } from './plan';
import { merged, type QueueState, readState, type StoredState, storedForm } from './queue-state';
import type { TriggerSettings } from './settings';

/** What the trigger needs of the service. */
export interface NotificationQueue {
	list(maxResult: number): Promise<Notification[]>;
	/** Kind and status of an event, for servers that do not give them with the notification. */
	event(caseId: string, eventId: string): Promise<EventFacts>;
	remove(notificationId: string): Promise<void>;
}

export interface EventFacts {
	eventActionType?: string | null;
	eventStatus?: string | null;
}

export interface PollResult {
	deliver: Delivery[];
	giveUp: Delivery[];
	/** To be stored before the deliveries are handed over. */
	stored: StoredState;
	/** Why acknowledgements of one's own events could not be deleted; they stay for the next poll. */
	notCleared: unknown[];
}

/** Longer and longer answers in one poll, when what is passed over fills them. */
const MOST_LOOKS = 6;

/** Events read in one poll where the server gives no details. */
const MOST_EVENTS_READ = 100;

/**
 * One trigger of one workflow in this process: polls that overlap, the state as the process knows it, and how the server bears long
 * answers.
 */
export class QueueWatch {
	private busy = false;

	private failures = 0;

	private remembered?: QueueState;

	private readonly eventFacts = new Map<string, EventFacts>();

	/**
	 * One poll. It changes nothing on the server but the acknowledgements that it is to clear.
	 *
	 * @param stored what n8n kept, whatever it is
	 * @returns undefined while an earlier poll of this trigger is still under way: two answers of different age must not be mixed
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
			const notCleared = await refusals(clear, async ({ id }) => await queue.remove(id));
			const passedOver = state.passedOver - (clear.length - notCleared.length);
			this.remembered = { ...state, passedOver: Math.max(0, passedOver) };
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
	): Promise<Plan> {
		let decided = await this.look(queue, before, settings, clock);
		for (let looks = 1; decided.lookAgain && looks < MOST_LOOKS; looks++) {
			const { passedOver, reach, longestAnswer } = decided.state;
			const wiser = { ...before, passedOver, reach, longestAnswer };
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
	): Promise<Plan> {
		const asked = ask(before, settings, this.failures);
		// Counted as a failure until the answer is there.
		this.failures += 1;
		const answer = await queue.list(asked);
		this.failures = 0;
		const look = await this.withEvents(queue, before, settings, { asked, answer, now: clock() });
		return plan(before, look, settings, clock());
	}

	/** Where the server gives no event details, the events themselves are read: only those that may be delivered, and each once. */
	private async withEvents(
		queue: NotificationQueue,
		{ known }: QueueState,
		settings: TriggerSettings,
		{ asked, answer, now }: Look & { now: number },
	): Promise<Look> {
		const lacking = answer.filter(({ id, eventId, eventActionType, eventStatus }) => {
			const before = known.get(id);
			return (
				eventId && !eventActionType && !eventStatus && !(before && inFlight(before, settings, now))
			);
		});
		const present = new Set(lacking.map(({ id }) => id));
		for (const id of this.eventFacts.keys())
			// One that was delivered may have been marked as received since.
			if (!present.has(id) || known.has(id)) this.eventFacts.delete(id);
		const unread = lacking.filter(({ id }) => !this.eventFacts.has(id));
		await Promise.all(
			unread.slice(0, MOST_EVENTS_READ).map(async ({ id, caseId, eventId }) => {
				// An event that cannot be read must not hold up the queue: it is delivered without details.
				const facts = await queue.event(caseId ?? '', eventId ?? '').catch(() => ({}));
				this.eventFacts.set(id, facts);
			}),
		);
		return {
			asked,
			answer: answer.map((notification) => ({
				...notification,
				...this.eventFacts.get(notification.id),
			})),
			undecided: new Set(unread.slice(MOST_EVENTS_READ).map(({ id }) => id)),
		};
	}
}

/** Runs all, and gives the reasons of those that failed. */
async function refusals<T>(things: T[], run: (thing: T) => Promise<void>): Promise<unknown[]> {
	const outcomes = await Promise.allSettled(things.map(run));
	return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
}
