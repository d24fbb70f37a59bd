import { isObject } from '../../../lib/answers/json';
/** What is remembered of a notification that was delivered or reported. */
export interface DeliveryRecord {
	/** Time of the last delivery or report: milliseconds since 1970, UTC. */
	at: number;
	/** How often it was delivered; 0 when it was only reported. */
	deliveries: number;
	/** Whether it was reported on the second output since its last delivery. */
	reported: boolean;
	/** Present while the pages do not show it. */
	absence?: Absence;
}

/** A run of pages that do not show a notification. */
export interface Absence {
	/** Time of the first of them. */
	since: number;
	/** How many of them showed the whole queue, some time apart. */
	completePages: number;
	/** Time of the last one that was counted. */
	countedAt: number;
}

/** An event of which it cannot be told yet what it is. */
export interface WaitingEvent {
	/** Time of the first poll that could not tell. */
	since: number;
	/** How many polls could not tell. */
	polls: number;
	/** Time of the last page that showed it. */
	seenAt: number;
}

/** What the trigger remembers from poll to poll. */
export interface QueueState {
	/** By notification id. */
	delivered: ReadonlyMap<string, DeliveryRecord>;
	/** By notification id. */
	waiting: ReadonlyMap<string, WaitingEvent>;
	/**
	 * Notifications of the last answer that are not ours to deliver: they stand in the way of those
	 * behind them.
	 */
	skipped: number;
	/**
	 * How many more to ask for, to see further into a queue of which the last answers showed too
	 * little.
	 */
	extraLimit: number;
	/**
	 * The longest answer this server ever gave: what is shorter was not cut off by a limit of the
	 * server.
	 */
	longestPage: number;
	/** Who is served first in the next batch, so that a batch of one serves both in turn. */
	servedNext: ServedNext;
}

export type ServedNext = 'new' | 'again';

/**
 * `[at, deliveries, reported, complete pages without it, absent since]`; trailing parts are left
 * out.
 */
type StoredRecord = [number, number, (0 | 1)?, number?, number?];

/**
 * The form in which n8n keeps it, in JSON. Its names are those of the first release: stored states
 * are still read.
 */
export interface StoredState {
	version: 1;
	known: Record<string, StoredRecord>;
	/** `[since, polls, seen at]`. */
	waiting?: Record<string, [number, number, number]>;
	passedOver: number;
	reach: number;
	longestAnswer: number;
	turn: ServedNext;
}

const EMPTY_STATE: QueueState = {
	delivered: new Map(),
	waiting: new Map(),
	skipped: 0,
	extraLimit: 0,
	longestPage: 0,
	servedNext: 'new',
};

export function storedForm(state: QueueState): StoredState {
	const waiting = [...state.waiting].map(
		([id, { since, polls, seenAt }]): [string, [number, number, number]] => [
			id,
			[since, polls, seenAt],
		],
	);
	return {
		version: 1,
		known: Object.fromEntries(
			[...state.delivered].map(([id, record]) => [id, storedRecord(record)]),
		),
		...(waiting.length > 0 ? { waiting: Object.fromEntries(waiting) } : {}),
		passedOver: state.skipped,
		reach: state.extraLimit,
		longestAnswer: state.longestPage,
		turn: state.servedNext,
	};
}

function storedRecord({ at, deliveries, reported, absence }: DeliveryRecord): StoredRecord {
	if (absence) return [at, deliveries, reported ? 1 : 0, absence.completePages, absence.since];
	return reported ? [at, deliveries, 1] : [at, deliveries];
}

/**
 * Reads what was stored, whatever it is: n8n may hand back an old state, or none, and people edit
 * their database. What cannot be read is as good as unknown, which means one delivery more and
 * never one less.
 *
 * @param now a delivery said to be in the future (a clock that was put back) counts as one of this
 * moment, or it would never be due
 */
export function readState(stored: unknown, now: number): QueueState {
	if (!isObject(stored) || stored.version !== 1 || !isObject(stored.known)) return EMPTY_STATE;
	const delivered = new Map<string, DeliveryRecord>();
	for (const [id, entry] of Object.entries(stored.known)) {
		const record = readRecord(entry, now);
		if (record) delivered.set(id, record);
	}
	const waiting = new Map<string, WaitingEvent>();
	for (const [id, entry] of Object.entries(isObject(stored.waiting) ? stored.waiting : {})) {
		if (!Array.isArray(entry)) continue;
		const [since, polls, seenAt] = entry as unknown[];
		if (isCount(since) && isCount(polls) && isCount(seenAt))
			waiting.set(id, { since: Math.min(since, now), polls, seenAt: Math.min(seenAt, now) });
	}
	return {
		delivered,
		waiting,
		skipped: countOr0(stored.passedOver),
		extraLimit: countOr0(stored.reach),
		longestPage: countOr0(stored.longestAnswer),
		servedNext: stored.turn === 'again' ? 'again' : 'new',
	};
}

function readRecord(entry: unknown, now: number): DeliveryRecord | undefined {
	if (!Array.isArray(entry)) return undefined;
	const [at, deliveries, reportedFlag, completePages, since] = entry as unknown[];
	const reported = reportedFlag === 1;
	if (!isCount(at) || !isCount(deliveries) || (deliveries < 1 && !reported)) return undefined;
	const record = { at: Math.min(at, now), deliveries, reported };
	if (!isCount(completePages) || !isCount(since)) return record;
	return { ...record, absence: { since: Math.min(since, now), completePages, countedAt: now } };
}

/**
 * The state that the process remembers, completed by the stored one. n8n may put the stored state
 * back to an old one while the process goes on, and another process may have polled in between:
 * for each notification the later delivery counts.
 */
export function merged(remembered: QueueState, stored: QueueState): QueueState {
	const delivered = new Map(stored.delivered);
	for (const [id, own] of remembered.delivered) {
		const other = delivered.get(id);
		if (!other || own.at >= other.at) delivered.set(id, own);
	}
	return {
		...remembered,
		delivered,
		waiting: new Map([...stored.waiting, ...remembered.waiting]),
		longestPage: Math.max(remembered.longestPage, stored.longestPage),
	};
}

const countOr0 = (value: unknown): number => (isCount(value) ? value : 0);

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
