/** What is remembered of a notification that was delivered. */
export interface DeliveryRecord {
	/** Time of the last delivery or report: milliseconds since 1970, UTC. */
	at: number;
	/** How often it was delivered, from 1. */
	deliveries: number;
	/** Whether the maximum of deliveries was reached and said so. */
	reported: boolean;
}

/** What the trigger remembers from poll to poll. */
export interface QueueState {
	/** By notification id. */
	delivered: ReadonlyMap<string, DeliveryRecord>;
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
 * The form in which n8n keeps it, in JSON: `[at, deliveries]`, and a third element 1 when it was
 * reported. Its names are those of the first release: stored states are still read.
 */
export interface StoredState {
	version: 1;
	known: Record<string, [number, number] | [number, number, 1]>;
	passedOver: number;
	reach: number;
	longestAnswer: number;
	turn: ServedNext;
}

export const EMPTY_STATE: QueueState = {
	delivered: new Map(),
	skipped: 0,
	extraLimit: 0,
	longestPage: 0,
	servedNext: 'new',
};

export function storedForm(state: QueueState): StoredState {
	const known = [...state.delivered].map(
		([id, { at, deliveries, reported }]): [string, StoredState['known'][string]] => [
			id,
			reported ? [at, deliveries, 1] : [at, deliveries],
		],
	);
	return {
		version: 1,
		known: Object.fromEntries(known),
		passedOver: state.skipped,
		reach: state.extraLimit,
		longestAnswer: state.longestPage,
		turn: state.servedNext,
	};
}

/**
 * Reads what was stored, whatever it is: n8n may hand back an old state, or none, and people edit
 * their database. What cannot be read is as good as unknown, which means one delivery more and
 * never one less.
 *
 * @param now a delivery said to be in the future (a clock that was put back) counts as one of
 * this moment, or it would never be due
 */
export function readState(stored: unknown, now: number): QueueState {
	if (!isRecord(stored) || stored.version !== 1 || !isRecord(stored.known)) return EMPTY_STATE;
	const delivered = new Map<string, DeliveryRecord>();
	for (const [id, entry] of Object.entries(stored.known)) {
		if (!Array.isArray(entry)) continue;
		const [at, deliveries, reported] = entry as unknown[];
		if (!isCount(at) || !isCount(deliveries) || deliveries < 1) continue;
		delivered.set(id, { at: Math.min(at, now), deliveries, reported: reported === 1 });
	}
	return {
		delivered,
		skipped: countOr0(stored.passedOver),
		extraLimit: countOr0(stored.reach),
		longestPage: countOr0(stored.longestAnswer),
		servedNext: stored.turn === 'again' ? 'again' : 'new',
	};
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
		longestPage: Math.max(remembered.longestPage, stored.longestPage),
	};
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const countOr0 = (value: unknown): number => (isCount(value) ? value : 0);

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
