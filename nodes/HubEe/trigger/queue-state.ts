/** What is remembered of a notification that was delivered. */
export interface Known {
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
	known: ReadonlyMap<string, Known>;
	/** Notifications of the last answer that are not ours to deliver: they stand in the way of those behind them. */
	passedOver: number;
	/** How many more to ask for, to see further into a queue of which the last answers showed too little. */
	reach: number;
	/** The longest answer this server ever gave: what is shorter was not cut off by a limit of the server. */
	longestAnswer: number;
	/** Who is served first in the next batch, so that a batch of one serves both in turn. */
	turn: Turn;
}

export type Turn = 'new' | 'again';

/** The form in which n8n keeps it, in JSON: `[at, deliveries]`, and a third element 1 when it was reported. */
export interface StoredState {
	version: 1;
	known: Record<string, [number, number] | [number, number, 1]>;
	passedOver: number;
	reach: number;
	longestAnswer: number;
	turn: Turn;
}

export const NOTHING_KNOWN: QueueState = {
	known: new Map(),
	passedOver: 0,
	reach: 0,
	longestAnswer: 0,
	turn: 'new',
};

export function storedForm(state: QueueState): StoredState {
	const known = [...state.known].map(
		([id, { at, deliveries, reported }]): [string, StoredState['known'][string]] => [
			id,
			reported ? [at, deliveries, 1] : [at, deliveries],
		],
	);
	return { ...state, version: 1, known: Object.fromEntries(known) };
}

/**
 * Reads what was stored, whatever it is: n8n may hand back an old state, or none, and people edit their database. What cannot be read is
 * as good as unknown, which means one delivery more and never one less.
 *
 * @param now a delivery said to be in the future (a clock that was put back) counts as one of this moment, or it would never be due
 */
export function readState(stored: unknown, now: number): QueueState {
	if (!isRecord(stored) || stored.version !== 1 || !isRecord(stored.known)) return NOTHING_KNOWN;
	const known = new Map<string, Known>();
	for (const [id, entry] of Object.entries(stored.known)) {
		if (!Array.isArray(entry)) continue;
		const [at, deliveries, reported] = entry as unknown[];
		if (!isCount(at) || !isCount(deliveries) || deliveries < 1) continue;
		known.set(id, { at: Math.min(at, now), deliveries, reported: reported === 1 });
	}
	return {
		known,
		passedOver: isCount(stored.passedOver) ? stored.passedOver : 0,
		reach: isCount(stored.reach) ? stored.reach : 0,
		longestAnswer: isCount(stored.longestAnswer) ? stored.longestAnswer : 0,
		turn: stored.turn === 'again' ? 'again' : 'new',
	};
}

/**
 * The state that the process remembers, completed by the stored one. n8n may put the stored state back to an old one while the process
 * goes on, and another process may have polled in between: for each notification the later delivery counts.
 */
export function merged(remembered: QueueState, stored: QueueState): QueueState {
	const known = new Map(stored.known);
	for (const [id, ours] of remembered.known) {
		const theirs = known.get(id);
		if (!theirs || ours.at >= theirs.at) known.set(id, ours);
	}
	return {
		...remembered,
		known,
		longestAnswer: Math.max(remembered.longestAnswer, stored.longestAnswer),
	};
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
