import type { Notification } from '../api/types';
import type { DeliveryRecord, QueueState, ServedNext } from './queue-state';

/** What the person set in the form of the trigger. */
export interface TriggerSettings {
	/** Most notifications delivered by one poll. */
	batchSize: number;
	/**
	 * Milliseconds after which a delivered notification that is still in the queue is delivered
	 * again.
	 */
	redeliverAfter: number;
	/** How often a notification is delivered before it is reported instead. */
	maximumDeliveries: number;
	/**
	 * Deliver these processes only; empty: all. Kept on our side too, because not every server
	 * honours the filter.
	 */
	processCodes: string[];
	/** Deliver these processes first. */
	priorityCodes: string[];
	/** Deliver these kinds only; empty: all. */
	kinds: NotificationKind[];
	/** Take the acknowledgements of one's own events out of the queue. */
	clearAcknowledgements: boolean;
	/** Most notifications remembered at a time; the default bounds the state to about 300 kB. */
	capacity?: number;
}

/**
 * What a notification is about: a new case, or the `actionType` of an event (HubEE folder
 * contract 1.2.7).
 */
export type NotificationKind =
	| 'case'
	| 'ATTACH_DEPOSIT'
	| 'ATTACH_DL'
	| 'COM_ADD'
	| 'SENDING_MESSAGE'
	| 'STATUS_UPDATE'
	| 'other';

/** One answer of the service, and how it was asked for. */
export interface QueuePage {
	/** The `maxResult` that was sent. */
	limit: number;
	answer: Notification[];
	/**
	 * Notifications that cannot be judged yet (their event was not read); they are left for the next
	 * poll.
	 */
	undecided?: ReadonlySet<string>;
}

export interface PlannedDelivery {
	notification: Notification;
	/** 1 for the first delivery. */
	deliveryCount: number;
}

/** What one poll does. */
export interface PollPlan {
	deliver: PlannedDelivery[];
	/** Delivered as often as is allowed, and still in the queue. */
	giveUp: PlannedDelivery[];
	/** Acknowledgements of one's own events, to be deleted. */
	clear: Notification[];
	/** To be stored before the deliveries are handed over. */
	state: QueueState;
	/**
	 * Whether the answer was cut off before what is wanted now, so that a longer one should be asked
	 * for at once.
	 */
	needsLongerPage: boolean;
}

/**
 * The batch size of a server that is not told one (HubEE SFD RC001): so many are served for
 * certain.
 */
const SERVED_BY_EVERY_SERVER = 25;

/** About 4.5 MB of JSON. */
const MAX_PAGE_LIMIT = 10_000;

const DEFAULT_CAPACITY = 5_000;

/**
 * The report of an undeliverable notification may be lost in a crash like anything else, so it is
 * repeated.
 */
const REPEAT_REPORT_AFTER = 24 * 60 * 60 * 1000;

/**
 * How many notifications to ask for: a batch, and what stands before it, which are those in
 * flight and those of others.
 *
 * @param failures polls that failed in a row: a server that breaks down over long answers is
 * asked for shorter ones
 */
export function pageLimit(state: QueueState, { batchSize }: TriggerSettings, failures = 0): number {
	const wanted = batchSize + state.delivered.size + state.skipped + state.extraLimit;
	return Math.max(batchSize, Math.floor(Math.min(wanted, MAX_PAGE_LIMIT) / 2 ** failures));
}

/**
 * The whole decision of a poll. Pure: the same state, answer, settings and time give the same plan.
 *
 * @param now milliseconds since 1970, UTC
 */
export function planPoll(
	before: QueueState,
	{ limit, answer, undecided = new Set() }: QueuePage,
	settings: TriggerSettings,
	now: number,
): PollPlan {
	const present = new Map(answer.map((notification) => [notification.id, notification]));
	const complete = isCompletePage(answer.length, limit, before);
	const delivered = new Map([...before.delivered].filter(([id]) => !complete || present.has(id)));
	const sorted = sortByAction([...present.values()], delivered, settings, now, undecided);

	const free = freeCapacity(delivered, settings, now);
	const newOnes = byPriorityAndDate(sorted.newOnes, settings).slice(0, free);
	const due = byLastDelivery(sorted.due, delivered);
	const { chosen, servedNext } = interleaved(newOnes, due, settings.batchSize, before.servedNext);
	const deliver = chosen.map((notification) => ({
		notification,
		deliveryCount: (delivered.get(notification.id)?.deliveries ?? 0) + 1,
	}));
	const giveUp = byLastDelivery(sorted.exhausted, delivered)
		.slice(0, settings.batchSize)
		.map((notification) => ({
			notification,
			deliveryCount: delivered.get(notification.id)?.deliveries ?? settings.maximumDeliveries,
		}));

	for (const { notification, deliveryCount } of deliver)
		delivered.set(notification.id, { at: now, deliveries: deliveryCount, reported: false });
	for (const { notification, deliveryCount } of giveUp)
		delivered.set(notification.id, { at: now, deliveries: deliveryCount, reported: true });

	const unseen = [...delivered].filter(([id]) => !present.has(id)).map(([, entry]) => entry);
	const hidden = {
		full: answer.length >= limit,
		// Whoever is due must not wait until the server happens to show it.
		urgent:
			Math.min(settings.batchSize, free) > deliver.length ||
			unseen.some((entry) => !inFlight(entry, settings, now)),
		// Only an answer that shows the end of the queue tells which of them have left.
		many: unseen.length > 4 * settings.batchSize,
	};
	const lookFurther = hidden.full && (hidden.urgent || hidden.many);
	const state: QueueState = {
		delivered: withinCapacity(delivered, present, settings, now),
		skipped: sorted.skipped,
		extraLimit: complete ? 0 : nextExtraLimit(before.extraLimit, lookFurther, settings),
		longestPage: Math.max(before.longestPage, answer.length),
		servedNext,
	};
	return {
		deliver,
		giveUp,
		clear: sorted.clear,
		state,
		needsLongerPage: lookFurther && hidden.urgent && limit < MAX_PAGE_LIMIT,
	};
}

/**
 * Doubled while it is too short, so that a few looks reach the end of any queue; given back by
 * and by.
 */
function nextExtraLimit(
	extraLimit: number,
	lookFurther: boolean,
	{ batchSize }: TriggerSettings,
): number {
	return lookFurther
		? Math.min(Math.max(batchSize, 2 * extraLimit), MAX_PAGE_LIMIT)
		: Math.floor(extraLimit / 2);
}

/**
 * Whether what is absent from an answer has left the queue. A full answer says nothing, because
 * its order is unspecified. One that is not full may have been cut off by a limit of the server,
 * which is not documented: it is believed when it is shorter than one that this server gave
 * before, or than what every server gives.
 */
function isCompletePage(length: number, limit: number, { longestPage }: QueueState): boolean {
	return length < limit && (length < longestPage || length < SERVED_BY_EVERY_SERVER);
}

interface SortedPage {
	newOnes: Notification[];
	due: Notification[];
	exhausted: Notification[];
	clear: Notification[];
	skipped: number;
}

function sortByAction(
	notifications: Notification[],
	delivered: ReadonlyMap<string, DeliveryRecord>,
	settings: TriggerSettings,
	now: number,
	undecided: ReadonlySet<string>,
): SortedPage {
	const sorted: SortedPage = { newOnes: [], due: [], exhausted: [], clear: [], skipped: 0 };
	for (const notification of notifications) {
		const before = delivered.get(notification.id);
		const isForUs = isOurProcess(notification, settings) && !undecided.has(notification.id);
		const acknowledged = settings.clearAcknowledgements && isAcknowledgement(notification);
		if (before && inFlight(before, settings, now)) continue;
		if (!before && (!isForUs || acknowledged || !isWantedKind(notification, settings)))
			sorted.skipped += 1;
		if (!isForUs) continue;
		if (acknowledged) sorted.clear.push(notification);
		else if (!isWantedKind(notification, settings)) continue;
		else if (!before) sorted.newOnes.push(notification);
		else if (before.deliveries < settings.maximumDeliveries) sorted.due.push(notification);
		else if (!before.reported || now - before.at >= REPEAT_REPORT_AFTER)
			sorted.exhausted.push(notification);
	}
	return sorted;
}

/** A workflow may be at work on it: nobody touches it, whatever has become of it meanwhile. */
export function inFlight(
	{ at }: DeliveryRecord,
	{ redeliverAfter }: TriggerSettings,
	now: number,
): boolean {
	return now - at < redeliverAfter;
}

/**
 * Event and recipient are through with each other: the event was ours and the other side has it,
 * or it was theirs, the workflow marked it as received, and was stopped before it deleted the
 * notification (HubEE contract V2, 2024: both are to be deleted).
 */
function isAcknowledgement({ eventId, eventStatus }: Notification): boolean {
	return Boolean(eventId) && eventStatus === 'RECEIVED';
}

function isOurProcess({ processCode }: Notification, { processCodes }: TriggerSettings): boolean {
	return processCodes.length === 0 || processCodes.includes(processCode);
}

const EVENT_KINDS: readonly string[] = [
	'ATTACH_DEPOSIT',
	'ATTACH_DL',
	'COM_ADD',
	'SENDING_MESSAGE',
	'STATUS_UPDATE',
];

function isWantedKind(notification: Notification, { kinds }: TriggerSettings): boolean {
	const kind = kindOf(notification);
	// What cannot be told is delivered: too much is better than never.
	return kinds.length === 0 || kind === undefined || kinds.includes(kind);
}

/** What the notification is about; undefined for an event of which the server gave no details. */
export function kindOf({ eventId, eventActionType }: Notification): NotificationKind | undefined {
	if (!eventId) return 'case';
	if (!eventActionType) return undefined;
	if (eventActionType === 'ATTACH_DL_ALL') return 'ATTACH_DL';
	return EVENT_KINDS.includes(eventActionType) ? (eventActionType as NotificationKind) : 'other';
}

/**
 * Priority processes in the order of the setting, then the oldest; those without a date come
 * last.
 */
function byPriorityAndDate(
	notifications: Notification[],
	{ priorityCodes }: TriggerSettings,
): Notification[] {
	const rank = ({ processCode }: Notification) =>
		(priorityCodes.indexOf(processCode) + 1 || priorityCodes.length + 1) - 1;
	const time = ({ dateTime }: Notification) => Date.parse(dateTime ?? '') || Infinity;
	return notifications
		.map((notification) => ({ notification, rank: rank(notification), time: time(notification) }))
		.sort((a, b) => a.rank - b.rank || (a.time === b.time ? 0 : a.time - b.time))
		.map(({ notification }) => notification);
}

function byLastDelivery(
	notifications: Notification[],
	delivered: ReadonlyMap<string, DeliveryRecord>,
): Notification[] {
	const at = ({ id }: Notification) => delivered.get(id)?.at ?? 0;
	return [...notifications].sort((a, b) => at(a) - at(b));
}

/** How many new ones may be delivered without forgetting one that is in flight. */
function freeCapacity(
	delivered: ReadonlyMap<string, DeliveryRecord>,
	settings: TriggerSettings,
	now: number,
): number {
	const flying = [...delivered.values()].filter((entry) => inFlight(entry, settings, now)).length;
	return Math.max(0, (settings.capacity ?? DEFAULT_CAPACITY) - flying);
}

/**
 * Forgets what is most likely gone, when there is too much to remember: the unseen first, then
 * those that have waited longest. Only what could be delivered again anyway; its count begins
 * anew.
 */
function withinCapacity(
	delivered: Map<string, DeliveryRecord>,
	present: ReadonlyMap<string, Notification>,
	settings: TriggerSettings,
	now: number,
): ReadonlyMap<string, DeliveryRecord> {
	const excess = delivered.size - (settings.capacity ?? DEFAULT_CAPACITY);
	if (excess <= 0) return delivered;
	const dispensable = [...delivered]
		.filter(([, entry]) => !inFlight(entry, settings, now))
		.sort(
			([a, { at: atA }], [b, { at: atB }]) =>
				Number(present.has(a)) - Number(present.has(b)) || atA - atB,
		);
	for (const [id] of dispensable.slice(0, excess)) delivered.delete(id);
	return delivered;
}

/**
 * One of the new, one of those due again, in turn, until the batch is full: neither can starve
 * the other, and places that one side does not need go to the other.
 */
function interleaved(
	newOnes: Notification[],
	due: Notification[],
	places: number,
	first: ServedNext,
): { chosen: Notification[]; servedNext: ServedNext } {
	const waiting = { new: [...newOnes], again: [...due] };
	const chosen: Notification[] = [];
	let servedNext = first;
	while (chosen.length < places && waiting.new.length + waiting.again.length > 0) {
		const next = waiting[servedNext].shift();
		if (next) chosen.push(next);
		servedNext = servedNext === 'new' ? 'again' : 'new';
	}
	return { chosen, servedNext };
}
