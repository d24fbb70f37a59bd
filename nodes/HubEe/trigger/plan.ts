import type { Notification } from '../api/types';
import type { DeliveryRecord, QueueState, ServedNext, WaitingEvent } from './queue-state';
import { DAY_MS, MINUTE_MS } from '../../../lib/time/durations';

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
	/** Most notifications remembered at a time; the default bounds the state to about 400 kB. */
	capacity?: number;
}

/**
 * What a notification is about: a new case, or the `actionType` of an event (HubEE folder contract
 * 1.2.7). `RECEIVED` is any event in that status.
 */
export type NotificationKind =
	| 'case'
	| 'ATTACH_DEPOSIT'
	| 'ATTACH_DL'
	| 'COM_ADD'
	| 'RECEIVED'
	| 'SENDING_MESSAGE'
	| 'STATUS_UPDATE'
	| 'other';

/** A notification with what is known of its event. */
export interface QueuedNotification extends Notification {
	/** Whether the event is one's own; absent where nobody has looked. */
	isOwnEvent?: boolean;
}

/** One answer of the service, and how it was asked for. */
export interface QueuePage {
	/** The `maxResult` that was sent. */
	limit: number;
	answer: QueuedNotification[];
	/**
	 * Notifications of events that this poll could not read, with the reason; without one where it
	 * has not come to them.
	 */
	unread?: ReadonlyMap<string, string | undefined>;
}

export interface PlannedDelivery {
	notification: Notification;
	/** 1 for the first delivery. */
	deliveryCount: number;
}

export interface PlannedReport extends PlannedDelivery {
	/** Why it was never delivered; absent where it was delivered as often as is allowed. */
	unreadable?: string;
}

/** What one poll does. */
export interface PollPlan {
	deliver: PlannedDelivery[];
	/** For the second output: delivered as often as is allowed, or never told what it is. */
	giveUp: PlannedReport[];
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

/** The report of an undeliverable notification may be lost in a crash like anything else. */
const REPEAT_REPORT_AFTER = DAY_MS;

/**
 * A short or empty answer happens. So a notification has left the queue when as many complete pages
 * in a row do not show it, each a good part of a minute after the one before.
 */
const PAGES_TO_FORGET = 6;
const BETWEEN_COUNTED_PAGES = 0.75 * MINUTE_MS;

/** An event that cannot be read is reported after so many polls, over at least this time. */
const POLLS_TO_REPORT_UNREAD = 10;
const REPORT_UNREAD_AFTER = 10 * MINUTE_MS;

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
	{ limit, answer, unread = new Map() }: QueuePage,
	settings: TriggerSettings,
	now: number,
): PollPlan {
	const present = new Map(answer.map((notification) => [notification.id, notification]));
	const complete = isCompletePage(answer.length, limit, before);
	const delivered = stillRemembered(before.delivered, present, { complete, settings, now });
	const waiting = stillWaiting(before.waiting, present, unread, { settings, now });
	const context = { delivered, waiting, unread, settings, now };
	const sorted = sortByAction([...present.values()], context);

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
		.map((notification): PlannedReport => ({
			notification,
			deliveryCount: delivered.get(notification.id)?.deliveries ?? 0,
			unreadable: unread.get(notification.id),
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
		// Only a complete page tells which of them have left.
		many: unseen.length > capacityOf(settings) / 2,
	};
	const lookFurther = hidden.full && (hidden.urgent || hidden.many);
	const nextExtra = nextExtraLimit(before.extraLimit, lookFurther, settings);
	const state: QueueState = {
		delivered: withinCapacity(delivered, present, settings, now),
		waiting,
		skipped: sorted.skipped,
		extraLimit: complete ? (hidden.many ? before.extraLimit : 0) : nextExtra,
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

/** Doubled while it is too short, so that a few pages reach the end of any queue; then halved. */
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
 * Whether a page shows the whole queue. A full one does not, because its order is unspecified. One
 * that is not full may have been cut off by a limit of the server, which is not documented: it is
 * believed when it is shorter than one that this server gave before, or than what every server
 * gives.
 */
function isCompletePage(length: number, limit: number, { longestPage }: QueueState): boolean {
	return length < limit && (length < longestPage || length < SERVED_BY_EVERY_SERVER);
}

interface PageFacts {
	complete: boolean;
	settings: TriggerSettings;
	now: number;
}

/** What was delivered before, without what has left the queue. */
function stillRemembered(
	delivered: ReadonlyMap<string, DeliveryRecord>,
	present: ReadonlyMap<string, Notification>,
	page: PageFacts,
): Map<string, DeliveryRecord> {
	const remembered = new Map<string, DeliveryRecord>();
	for (const [id, { absence, ...record }] of delivered) {
		if (present.has(id)) {
			remembered.set(id, record);
			continue;
		}
		const { now, complete } = page;
		const { since, completePages, countedAt } = absence ?? {
			since: now,
			completePages: 0,
			countedAt: 0,
		};
		const counts = complete && now - countedAt >= BETWEEN_COUNTED_PAGES;
		const next = {
			since,
			completePages: completePages + (counts ? 1 : 0),
			countedAt: counts ? now : countedAt,
		};
		if (!hasLeft(record, next, page)) remembered.set(id, { ...record, absence: next });
	}
	return remembered;
}

/**
 * Whether a notification that is not shown has left the queue. Where no page is known to be
 * complete, as with a queue of equal length, one that nobody works on any more and that was not
 * shown for *Redeliver After* is forgotten as well: should it come back, its count begins anew. A
 * reported one is kept longer, or it would be delivered again and again behind a limit of the
 * server.
 */
function hasLeft(
	{ reported }: DeliveryRecord,
	{ since, completePages }: { since: number; completePages: number },
	{ settings: { redeliverAfter }, now }: PageFacts,
): boolean {
	if (completePages >= PAGES_TO_FORGET) return true;
	const patience = reported ? Math.max(redeliverAfter, 2 * REPEAT_REPORT_AFTER) : redeliverAfter;
	return now > since && now - since >= patience;
}

/** Events that could not be read before or now, without those that were read or have left. */
function stillWaiting(
	waiting: ReadonlyMap<string, WaitingEvent>,
	present: ReadonlyMap<string, Notification>,
	unread: ReadonlyMap<string, string | undefined>,
	{ settings, now }: { settings: TriggerSettings; now: number },
): Map<string, WaitingEvent> {
	const next = new Map<string, WaitingEvent>();
	for (const [id, entry] of waiting)
		if (!present.has(id) && now - entry.seenAt < DAY_MS) next.set(id, entry);
	for (const [id, reason] of unread) {
		if (!waiting.has(id) && next.size >= capacityOf(settings)) continue;
		const { since, polls } = waiting.get(id) ?? { since: now, polls: 0 };
		next.set(id, { since, polls: polls + (reason === undefined ? 0 : 1), seenAt: now });
	}
	return next;
}

interface SortedPage {
	newOnes: Notification[];
	due: Notification[];
	exhausted: Notification[];
	clear: Notification[];
	skipped: number;
}

interface SortContext {
	delivered: ReadonlyMap<string, DeliveryRecord>;
	waiting: ReadonlyMap<string, WaitingEvent>;
	unread: ReadonlyMap<string, string | undefined>;
	settings: TriggerSettings;
	now: number;
}

function sortByAction(notifications: QueuedNotification[], context: SortContext): SortedPage {
	const { delivered, settings, now } = context;
	const sorted: SortedPage = { newOnes: [], due: [], exhausted: [], clear: [], skipped: 0 };
	for (const queued of notifications) {
		const notification = { ...queued };
		// For the decision only: it is no part of what is delivered.
		delete notification.isOwnEvent;
		const before = delivered.get(notification.id);
		if (before && inFlight(before, settings, now)) continue;
		const mayReport = !before?.reported || now - before.at >= REPEAT_REPORT_AFTER;
		const isUnread = context.unread.has(notification.id);
		const wasTried = context.unread.get(notification.id) !== undefined;
		const isWanted = isWithinFilters(notification, settings);
		const isCleared = isWanted && isClearable(queued, settings);
		if (!before && (isUnread || !isWanted || isCleared)) sorted.skipped += 1;
		if (isUnread) {
			if (wasTried && mayReport && hasWaitedLongEnough(context.waiting.get(notification.id), now))
				sorted.exhausted.push(notification);
		} else if (isCleared) sorted.clear.push(notification);
		else if (!isWanted) continue;
		else if (!before) sorted.newOnes.push(notification);
		else if (before.deliveries < settings.maximumDeliveries) sorted.due.push(notification);
		else if (mayReport) sorted.exhausted.push(notification);
	}
	return sorted;
}

function hasWaitedLongEnough(waiting: WaitingEvent | undefined, now: number): boolean {
	return (
		waiting !== undefined &&
		waiting.polls >= POLLS_TO_REPORT_UNREAD &&
		now - waiting.since >= REPORT_UNREAD_AFTER
	);
}

/** A workflow may be at work on it: nobody touches it, whatever has become of it meanwhile. */
export function inFlight(
	{ at, deliveries }: DeliveryRecord,
	{ redeliverAfter }: TriggerSettings,
	now: number,
): boolean {
	return deliveries > 0 && now - at < redeliverAfter;
}

/**
 * Whether the notification only says that the other side has received an event of ours. One of
 * theirs in status RECEIVED was marked by somebody: by the workflow, which was stopped before it
 * deleted the notification, or by other hands, and then the workflow has not seen it. It is
 * delivered.
 */
function isClearable(
	{ eventId, eventStatus, isOwnEvent }: QueuedNotification,
	{ clearAcknowledgements }: TriggerSettings,
): boolean {
	return (
		clearAcknowledgements && Boolean(eventId) && eventStatus === 'RECEIVED' && isOwnEvent === true
	);
}

/**
 * What has to be known of an event before it can be judged: what it is, and of one in status
 * RECEIVED that would be cleared, whose it is. Nothing of an event that the filters leave out.
 */
export function needsEvent(notification: QueuedNotification, settings: TriggerSettings): boolean {
	const { eventId, eventActionType, eventStatus, isOwnEvent } = notification;
	if (!eventId || !isOurProcess(notification, settings)) return false;
	const { kinds, clearAcknowledgements } = settings;
	if (kinds.length > 0 && kinds.every((kind) => kind === 'case')) return false;
	if (!eventActionType || !eventStatus) return true;
	return (
		clearAcknowledgements &&
		eventStatus === 'RECEIVED' &&
		isOwnEvent === undefined &&
		isWithinFilters(notification, settings)
	);
}

/** What the trigger may touch: its processes and kinds. */
function isWithinFilters(notification: Notification, settings: TriggerSettings): boolean {
	if (!isOurProcess(notification, settings)) return false;
	const { kinds } = settings;
	if (kinds.length === 0) return true;
	if (notification.eventId && notification.eventStatus === 'RECEIVED' && kinds.includes('RECEIVED'))
		return true;
	const kind = kindOf(notification);
	return kind !== undefined && kinds.includes(kind);
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

/**
 * What the notification is about; undefined for an event of which that is not known. One with an
 * event is never a case.
 */
function kindOf({ eventId, eventActionType }: Notification): NotificationKind | undefined {
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

const capacityOf = ({ capacity = DEFAULT_CAPACITY }: TriggerSettings): number => capacity;

/** How many new ones may be delivered without forgetting one that is in flight. */
function freeCapacity(
	delivered: ReadonlyMap<string, DeliveryRecord>,
	settings: TriggerSettings,
	now: number,
): number {
	const flying = [...delivered.values()].filter((entry) => inFlight(entry, settings, now)).length;
	return Math.max(0, capacityOf(settings) - flying);
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
	const excess = delivered.size - capacityOf(settings);
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
