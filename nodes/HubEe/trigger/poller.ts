import { GuichetError } from '../../../lib/errors/guichet-error';
import type { Notification } from '../api/types';
import {
	inFlight,
	needsEvent,
	pageLimit,
	type PlannedDelivery,
	type PlannedReport,
	planPoll,
	type PollPlan,
	type QueuedNotification,
	type QueuePage,
	type TriggerSettings,
} from './plan';
import { merged, type QueueState, readState, type StoredState, storedForm } from './queue-state';

/** What the trigger needs of the service. */
export interface NotificationQueue {
	list(maxResult: number): Promise<Notification[]>;
	/** What the event itself says, where the notification tells too little. */
	event(notification: Notification): Promise<EventDetails>;
	remove(notificationId: string): Promise<void>;
}

export interface EventDetails {
	eventActionType?: string | null;
	eventStatus?: string | null;
	isOwnEvent: boolean;
}

export interface PollResult {
	deliver: PlannedDelivery[];
	giveUp: PlannedReport[];
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

	/** Events that this poll could not read, with the reason. */
	private readonly failedReads = new Map<string, string>();

	/**
	 * One poll. It changes nothing on the server but the acknowledgements that it is to clear.
	 *
	 * @param stored what n8n kept, whatever it is
	 * @returns undefined while an earlier poll of this trigger is still under way: two answers of
	 * different age must not be mixed
	 * @throws what the first page threw; nothing is changed then
	 */
	async poll(
		queue: NotificationQueue,
		stored: unknown,
		settings: TriggerSettings,
		clock: () => number = Date.now,
	): Promise<PollResult | undefined> {
		if (this.busy) return undefined;
		this.busy = true;
		this.failedReads.clear();
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

	/** Reads pages until a batch is full, the queue's end is seen, or it is enough for one poll. */
	private async decide(
		queue: NotificationQueue,
		before: QueueState,
		settings: TriggerSettings,
		clock: () => number,
	): Promise<PollPlan> {
		let decided = await this.readPage(queue, before, settings, clock);
		for (let pages = 1; decided.needsLongerPage && pages < MAX_PAGES_PER_POLL; pages++) {
			const { skipped, extraLimit, longestPage } = decided.state;
			const wiser = { ...before, skipped, extraLimit, longestPage };
			// What the earlier page showed is worth delivering, even if the longer answer does not come.
			const further = await this.readPage(queue, wiser, settings, clock).catch(() => undefined);
			if (!further) break;
			decided = further;
		}
		return decided;
	}

	private async readPage(
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
		const page = await this.withEvents(queue, before, settings, { limit, answer, now: clock() });
		return planPoll(before, page, settings, clock());
	}

	/**
	 * Reads the events of which the notification tells too little, but none that the filters leave
	 * out and none that a workflow is at work on. What was read is kept; what could not be read is
	 * read again at the next poll.
	 */
	private async withEvents(
		queue: NotificationQueue,
		{ delivered, waiting }: QueueState,
		settings: TriggerSettings,
		{ limit, answer, now }: QueuePage & { now: number },
	): Promise<QueuePage> {
		const present = new Set(answer.map(({ id }) => id));
		for (const id of this.eventDetails.keys())
			// One that was delivered may have been marked as received since.
			if (!present.has(id) || delivered.has(id)) this.eventDetails.delete(id);
		const known = (notification: Notification): QueuedNotification => ({
			...notification,
			...this.eventDetails.get(notification.id),
		});
		const lacking = answer.filter((notification) => {
			const before = delivered.get(notification.id);
			return (
				!(before && inFlight(before, settings, now)) && needsEvent(known(notification), settings)
			);
		});
		// Those that failed before come last, or they would keep the others from being read.
		const pollsOf = ({ id }: Notification) => waiting.get(id)?.polls ?? 0;
		lacking.sort((a, b) => pollsOf(a) - pollsOf(b));
		const untried = lacking.filter(({ id }) => !this.failedReads.has(id));
		await Promise.all(
			untried.slice(0, MAX_EVENTS_READ).map(async (notification) => {
				const { id } = notification;
				try {
					this.eventDetails.set(id, await queue.event(notification));
					if (needsEvent(known(notification), settings))
						this.failedReads.set(id, 'HubEE gives the event without an action type');
				} catch (error) {
					this.failedReads.set(id, reasonOf(error));
				}
			}),
		);
		const left = new Set(untried.slice(MAX_EVENTS_READ));
		const unread = new Map(
			lacking
				.filter((notification) => left.has(notification) || this.failedReads.has(notification.id))
				.map(({ id }) => [id, this.failedReads.get(id)] as const),
		);
		return { limit, answer: answer.map(known), unread };
	}
}

/** Our own errors hold no secret and are shown; of any other error only its existence is told. */
export const reasonOf = (failure: unknown): string =>
	failure instanceof GuichetError ? failure.message : 'unexpected failure';

/** Runs all, and gives the reasons of those that failed. */
async function failures<T>(things: T[], run: (thing: T) => Promise<void>): Promise<unknown[]> {
	const outcomes = await Promise.allSettled(things.map(run));
	return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
}
