import type { Notification } from '../api/types';
import { interleaved } from './interleave';
import type { Known, QueueState } from './queue-state';
import type { NotificationKind, TriggerSettings } from './settings';

/** One answer of the service, and how it was asked for. */
export interface Look {
	/** The `maxResult` that was sent. */
	asked: number;
	answer: Notification[];
	/** Notifications that cannot be judged yet (their event was not read); they are left for the next poll. */
	undecided?: ReadonlySet<string>;
}

export interface Delivery {
	notification: Notification;
	/** 1 for the first delivery. */
	deliveryCount: number;
}

/** What one poll does. */
export interface Plan {
	deliver: Delivery[];
	/** Delivered as often as is allowed, and still in the queue. */
	giveUp: Delivery[];
	/** Acknowledgements of one's own events, to be deleted. */
	clear: Notification[];
	/** To be stored before the deliveries are handed over. */
	state: QueueState;
	/** Whether the answer was cut off before what is wanted now, so that a longer one should be asked for at once. */
	lookAgain: boolean;
}

/** The batch size of a server that is not told one (HubEE SFD RC001): so many are served for certain. */
const ALWAYS_SERVED = 25;

/** About 4.5 MB of JSON. */
const LONGEST_ASK = 10_000;

const DEFAULT_CAPACITY = 5_000;

/** The report of an undeliverable notification may be lost in a crash like anything else, so it is repeated. */
const REPORT_AGAIN_AFTER = 24 * 60 * 60 * 1000;

/**
 * How many notifications to ask for: a batch, and what stands before it, which are those in flight and those of others.
 *
 * @param failures polls that failed in a row: a server that breaks down over long answers is asked for shorter ones
 */
export function ask(state: QueueState, { batchSize }: TriggerSettings, failures = 0): number {
	const wanted = batchSize + state.known.size + state.passedOver + state.reach;
	return Math.max(batchSize, Math.floor(Math.min(wanted, LONGEST_ASK) / 2 ** failures));
}

/**
 * The whole decision of a poll. Pure: the same state, answer, settings and time give the same plan.
 *
 * @param now milliseconds since 1970, UTC
 */
export function plan(
	before: QueueState,
	{ asked, answer, undecided = new Set() }: Look,
	settings: TriggerSettings,
	now: number,
): Plan {
	const present = new Map(answer.map((notification) => [notification.id, notification]));
	const complete = showsWholeQueue(answer.length, asked, before);
	const known = new Map([...before.known].filter(([id]) => !complete || present.has(id)));
	const sorted = sort([...present.values()], known, settings, now, undecided);

	const free = freePlaces(known, settings, now);
	const fresh = byUrgency(sorted.fresh, settings).slice(0, free);
	const due = byLastDelivery(sorted.due, known);
	const { chosen, turn } = interleaved(fresh, due, settings.batchSize, before.turn);
	const deliver = chosen.map((notification) => ({
		notification,
		deliveryCount: (known.get(notification.id)?.deliveries ?? 0) + 1,
	}));
	const giveUp = byLastDelivery(sorted.exhausted, known)
		.slice(0, settings.batchSize)
		.map((notification) => ({
			notification,
			deliveryCount: known.get(notification.id)?.deliveries ?? settings.maximumDeliveries,
		}));

	for (const { notification, deliveryCount } of deliver)
		known.set(notification.id, { at: now, deliveries: deliveryCount, reported: false });
	for (const { notification, deliveryCount } of giveUp)
		known.set(notification.id, { at: now, deliveries: deliveryCount, reported: true });

	const unseen = [...known].filter(([id]) => !present.has(id)).map(([, entry]) => entry);
	const hidden = {
		full: answer.length >= asked,
		// Whoever is due must not wait until the server happens to show it.
		urgent:
			Math.min(settings.batchSize, free) > deliver.length ||
			unseen.some((entry) => !inFlight(entry, settings, now)),
		// Only an answer that shows the end of the queue tells which of them have left.
		many: unseen.length > 4 * settings.batchSize,
	};
	const lookFurther = hidden.full && (hidden.urgent || hidden.many);
	const state: QueueState = {
		known: withinCapacity(known, present, settings, now),
		passedOver: sorted.passedOver,
		reach: complete ? 0 : nextReach(before.reach, lookFurther, settings),
		longestAnswer: Math.max(before.longestAnswer, answer.length),
		turn,
	};
	return {
		deliver,
		giveUp,
		clear: sorted.clear,
		state,
		lookAgain: lookFurther && hidden.urgent && asked < LONGEST_ASK,
	};
}

/** Doubled while it is too short, so that a few looks reach the end of any queue; given back by and by. */
function nextReach(reach: number, lookFurther: boolean, { batchSize }: TriggerSettings): number {
	return lookFurther
		? Math.min(Math.max(batchSize, 2 * reach), LONGEST_ASK)
		: Math.floor(reach / 2);
}

/**
 * Whether what is absent from an answer has left the queue. A full answer says nothing, because its order is unspecified. One that is
 * not full may have been cut off by a limit of the server, which is not documented: it is believed when it is shorter than one that this
 * server gave before, or than what every server gives.
 */
function showsWholeQueue(length: number, asked: number, { longestAnswer }: QueueState): boolean {
	return length < asked && (length < longestAnswer || length < ALWAYS_SERVED);
}

interface Sorted {
	fresh: Notification[];
	due: Notification[];
	exhausted: Notification[];
	clear: Notification[];
	passedOver: number;
}

function sort(
	notifications: Notification[],
	known: ReadonlyMap<string, Known>,
	settings: TriggerSettings,
	now: number,
	undecided: ReadonlySet<string>,
): Sorted {
	const sorted: Sorted = { fresh: [], due: [], exhausted: [], clear: [], passedOver: 0 };
	for (const notification of notifications) {
		const before = known.get(notification.id);
		const isForUs = isOurProcess(notification, settings) && !undecided.has(notification.id);
		const acknowledged = settings.clearAcknowledgements && isAcknowledgement(notification);
		if (before && inFlight(before, settings, now)) continue;
		if (!before && (!isForUs || acknowledged || !isWantedKind(notification, settings)))
			sorted.passedOver += 1;
		if (!isForUs) continue;
		if (acknowledged) sorted.clear.push(notification);
		else if (!isWantedKind(notification, settings)) continue;
		else if (!before) sorted.fresh.push(notification);
		else if (before.deliveries < settings.maximumDeliveries) sorted.due.push(notification);
		else if (!before.reported || now - before.at >= REPORT_AGAIN_AFTER)
			sorted.exhausted.push(notification);
	}
	return sorted;
}

/** A workflow may be at work on it: nobody touches it, whatever has become of it meanwhile. */
export function inFlight({ at }: Known, { redeliverAfter }: TriggerSettings, now: number): boolean {
	return now - at < redeliverAfter;
}

/**
 * Event and recipient are through with each other: the event was ours and the other side has it, or it was theirs, the workflow marked
 * it as received, and was stopped before it deleted the notification (HubEE contract V2, 2024: both are to be deleted).
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

/** Priority processes in the order of the setting, then the oldest; those without a date come last. */
function byUrgency(
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
	known: ReadonlyMap<string, Known>,
): Notification[] {
	const at = ({ id }: Notification) => known.get(id)?.at ?? 0;
	return [...notifications].sort((a, b) => at(a) - at(b));
}

/** How many new ones may be delivered without forgetting one that is in flight. */
function freePlaces(
	known: ReadonlyMap<string, Known>,
	settings: TriggerSettings,
	now: number,
): number {
	const flying = [...known.values()].filter((entry) => inFlight(entry, settings, now)).length;
	return Math.max(0, (settings.capacity ?? DEFAULT_CAPACITY) - flying);
}

/**
 * Forgets what is most likely gone, when there is too much to remember: the unseen first, then those that have waited longest. Only what
 * could be delivered again anyway; its count begins anew.
 */
function withinCapacity(
	known: Map<string, Known>,
	present: ReadonlyMap<string, Notification>,
	settings: TriggerSettings,
	now: number,
): ReadonlyMap<string, Known> {
	const excess = known.size - (settings.capacity ?? DEFAULT_CAPACITY);
	if (excess <= 0) return known;
	const dispensable = [...known]
		.filter(([, entry]) => !inFlight(entry, settings, now))
		.sort(
			([a, { at: atA }], [b, { at: atB }]) =>
				Number(present.has(a)) - Number(present.has(b)) || atA - atB,
		);
	for (const [id] of dispensable.slice(0, excess)) known.delete(id);
	return known;
}
