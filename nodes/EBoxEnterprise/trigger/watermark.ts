import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/time/durations';

/**
 * What the trigger remembers, as a pure state machine: no clock, no network, no n8n. It delivers
 * every message at least once, also over failing providers, shifting pages, crashes and lost
 * states; and exactly once where nothing of that kind happens.
 *
 * Per provider it keeps a watermark (everything received up to two days before it has been seen)
 * and the ids seen since. A provider that fails keeps its watermark. The filters of the service
 * have the granularity of a day and an undocumented edge, so each reading goes back over the last
 * days and is de-duplicated by id.
 *
 * n8n saves the state when items are emitted, before their execution exists, and not when a poll
 * finds nothing. A batch therefore stays *pending* until it is known to have been handed over;
 * after a restart a pending batch is delivered again, once: a machine would have to stop twice
 * within the same few milliseconds of the same batch for a message to be lost, while without the
 * limit each restart would repeat the last mail, however old.
 */

/** How far behind the newest message seen another may still arrive, by its own receipt date. */
const OVERLAP_MS = 2 * DAY_MS;

/**
 * What a reading may give beyond what was asked for: a day for the time zone, one for the edge of
 * the filter.
 */
const SLACK_MS = 2 * DAY_MS;

/** A smaller step of this machine's clock is no correction. */
const CLOCK_STEP_MS = MINUTE_MS;

/** How far the clock that dates messages may be behind the one that dates a provider's answers. */
const CLOCK_SKEW_MS = 3 * HOUR_MS;

/** A message as the machine sees it. Times in milliseconds since the epoch, NaN when unreadable. */
export interface ListedMessage {
	id: string;
	receivedAt: number;
	expiresAt: number;
}

interface Pending {
	/** The watermark before the batch. */
	since: number;
	ids: string[];
	expiring: string[];
}

/** What is to be delivered a second time. */
type Repeated = Pick<Pending, 'ids' | 'expiring'>;

/** A message that no execution has ended well with yet. */
export interface Unacknowledged {
	id: string;
	isExpiring: boolean;
	/** When it was delivered last, in milliseconds since the epoch. */
	at: number;
	deliveries: number;
}

export interface ProviderMemory {
	/** The watermark. */
	since: number;
	/** Whether a reading has succeeded yet. */
	read: boolean;
	/** Receipt times by id; 0 for an unreadable one. */
	seen: Record<string, number>;
	/** Expiry times for which a notice has been delivered, by id. */
	expiring: Record<string, number>;
	pending?: Pending;
	repeated?: Repeated;
	/** What is delivered again until an execution has ended well with it. */
	unacknowledged?: Unacknowledged[];
}

/** The state that is stored. Plain JSON. */
export interface TriggerMemory {
	/** When the trigger began; messages received before are not new. 0: all are. */
	startedAt: number;
	/** This machine's clock at the last poll, to notice that it went back. */
	polledAt?: number;
	/** Counts the batches delivered. */
	batch: number;
	providers: Record<string, ProviderMemory>;
}

/** What one provider gave in one poll. */
export interface ProviderListing {
	messages: readonly ListedMessage[];
	/** False when the provider holds more than it gave. */
	complete: boolean;
	/** All messages that expire soon; absent when nobody asked for them. */
	expiring?: readonly ListedMessage[];
	/** The provider's own clock, by which its messages are dated. */
	serverTime?: number;
	/**
	 * Whether the notice that a message expires soon waits while the message itself is new or not
	 * acknowledged. Two executions at once with one message would disturb each other.
	 */
	oneAtATime?: boolean;
}

export interface Delivery {
	fresh: string[];
	expiring: string[];
	/**
	 * Those of both that may have been delivered before, in an execution that a restart may have
	 * swallowed.
	 */
	repeated: string[];
}

export function initialMemory(now: number, withExisting = false): TriggerMemory {
	return { startedAt: withExisting ? 0 : now, batch: 0, providers: {} };
}

/**
 * To be done before each poll: forgets pending batches that were handed over, and takes those back
 * that may not have been.
 *
 * @param handedOver the number of the last batch that this process handed over; nothing after a
 * restart
 */
export function restoreUnconfirmed(
	memory: TriggerMemory,
	confirmedBatch: number | undefined,
): TriggerMemory {
	const confirmed = confirmedBatch === memory.batch;
	return mapProviders(memory, ({ pending, ...provider }) => {
		if (!pending || confirmed) return provider;
		return {
			...provider,
			since: pending.since,
			seen: without(provider.seen, pending.ids),
			expiring: without(provider.expiring, pending.expiring),
			repeated: { ids: pending.ids, expiring: pending.expiring },
		};
	});
}

/**
 * To be done before each poll, with what this machine's clock did since the last one. A trigger
 * that began by a wrong clock would take new mail of a provider that it has not read yet for mail
 * from before. A repetition is the lesser error: what cannot be told is delivered.
 *
 * @param jumpMs how much the clock moved more than time went by since this process polled last
 *   (negative: it went back); nothing after a restart
 */
export function adjustToClock(
	memory: TriggerMemory,
	now: number,
	jumpMs: number | undefined,
): TriggerMemory {
	const { startedAt, polledAt = startedAt } = memory;
	const wentBack = now < Math.max(startedAt, polledAt);
	if (startedAt === 0) return { ...memory, polledAt: now };
	if (jumpMs === undefined)
		return { ...memory, startedAt: wentBack ? 0 : startedAt, polledAt: now };
	const back = jumpMs < -CLOCK_STEP_MS ? jumpMs : 0;
	return { ...memory, startedAt: Math.max(1, startedAt + back), polledAt: now };
}

/** Whether a provider has been read before, so that its watermark is known. */
export function hasBeenRead(memory: TriggerMemory, provider: string): boolean {
	return watermarkOf(memory, provider)?.read === true;
}

/**
 * Gives the day from which a provider is to be read, `YYYY-MM-DD`, or nothing when it is to be read
 * from its beginning.
 *
 * @param serverTime the provider's clock, for its first reading
 */
export function firstDayToRead(
	memory: TriggerMemory,
	provider: string,
	now: number,
	serverTime?: number,
): string | undefined {
	const { since } = watermarkOf(memory, provider) ?? firstWatermark(memory, now, serverTime);
	if (since <= 0) return undefined;
	// A day more than the window, because "after" may exclude the day itself.
	return new Date(windowStart(since) - DAY_MS).toISOString().slice(0, 10);
}

/**
 * Takes in what a provider gave and says what is new, oldest first.
 *
 * @param room how many may be delivered now; the rest stays unseen and comes with the next poll
 */
export function acceptListing(
	memory: TriggerMemory,
	provider: string,
	listing: ProviderListing,
	now: number,
	room = Infinity,
): { memory: TriggerMemory; delivery: Delivery } {
	const { serverTime = now } = listing;
	const before = watermarkOf(memory, provider) ?? firstWatermark(memory, now, listing.serverTime);
	const floor = floorOf(before.since);
	const unseen = eachOnce(listing.messages)
		// Not `receivedAt >= floor`: an unreadable date is no reason to leave a message out.
		.filter(({ id, receivedAt }) => !Object.hasOwn(before.seen, id) && !(receivedAt < floor))
		.sort((a, b) => order(a) - order(b));
	const existing = unseen.filter((one) => isPreexisting(memory, before, one, now));
	const fresh = unseen.filter((one) => !isPreexisting(memory, before, one, now));
	const delivered = fresh.slice(0, room);
	const left = Math.max(0, room - delivered.length);
	const underWay = listing.oneAtATime ? [...fresh, ...(before.unacknowledged ?? [])] : [];
	const held = new Set(underWay.map(({ id }) => id));
	const notices = expiringNow(before, listing.expiring ?? [], serverTime)
		.filter(({ id }) => !held.has(id))
		.slice(0, left);
	const ids = delivered.map(({ id }) => id);
	const expiring = notices.map(({ id }) => id);
	const since = listing.complete
		? nextSince(before.since, listing.messages, fresh.slice(delivered.length), serverTime)
		: before.since;
	const after: ProviderMemory = {
		read: true,
		since,
		seen: withEntries(
			before.seen,
			[...existing, ...delivered].map((one) => [one.id, one.receivedAt || 0]),
		),
		expiring: withEntries(
			before.expiring,
			notices.map((one) => [one.id, one.expiresAt]),
		),
		...bookkeeping(before, ids, expiring),
		...(before.unacknowledged ? { unacknowledged: before.unacknowledged } : {}),
	};
	const known = forgetOld(after, listing, serverTime);
	const again = new Set([...(before.repeated?.ids ?? []), ...(before.repeated?.expiring ?? [])]);
	return {
		memory: { ...memory, providers: { ...memory.providers, [provider]: known } },
		delivery: {
			fresh: ids,
			expiring,
			repeated: [...ids, ...expiring].filter((id) => again.has(id)),
		},
	};
}

/** What stays to be repeated, and what of a delivery would have to be if it were lost. */
function bookkeeping(
	{ since, repeated }: ProviderMemory,
	ids: readonly string[],
	expiring: readonly string[],
): Pick<ProviderMemory, 'pending' | 'repeated'> {
	const pending = {
		since,
		ids: ids.filter((id) => !repeated?.ids.includes(id)),
		expiring: expiring.filter((id) => !repeated?.expiring.includes(id)),
	};
	const rest = {
		ids: repeated?.ids.filter((id) => !ids.includes(id)) ?? [],
		expiring: repeated?.expiring.filter((id) => !expiring.includes(id)) ?? [],
	};
	return {
		...(pending.ids.length + pending.expiring.length > 0 ? { pending } : {}),
		...(rest.ids.length + rest.expiring.length > 0 ? { repeated: rest } : {}),
	};
}

/** To be done when a poll delivers something: the batch gets its number. */
export function withNextBatch(memory: TriggerMemory): TriggerMemory {
	return { ...memory, batch: memory.batch + 1 };
}

function watermarkOf({ providers }: TriggerMemory, provider: string): ProviderMemory | undefined {
	return Object.hasOwn(providers, provider) ? providers[provider] : undefined;
}

/** The watermark of a provider that has not been read yet: when the trigger began. */
function firstWatermark(
	{ startedAt }: TriggerMemory,
	now: number,
	serverTime = now,
): ProviderMemory {
	const unread = { read: false, seen: {}, expiring: {} };
	if (startedAt === 0) return { since: 0, ...unread };
	// Messages bear the provider's clock, so that is the one to begin with.
	if (now === startedAt) return { since: serverTime, ...unread };
	const byTheirClock = startedAt + serverTime - now;
	return { since: Math.min(startedAt, byTheirClock) - CLOCK_SKEW_MS, ...unread };
}

/**
 * Whether a message was there before the trigger began. Only a first reading can tell. What it
 * shows when the trigger begins was there. Of a provider that is read later for the first time, it
 * is what was received earlier, with room for clocks that differ.
 */
function isPreexisting(
	{ startedAt }: TriggerMemory,
	{ read, since }: ProviderMemory,
	{ receivedAt }: ListedMessage,
	now: number,
): boolean {
	if (read || startedAt === 0) return false;
	return now === startedAt || receivedAt < since;
}

/** A page that shifted shows a message twice. */
function eachOnce(messages: readonly ListedMessage[]): ListedMessage[] {
	return [...new Map(messages.map((one) => [one.id, one])).values()];
}

/** Never further than the newest message, the clock, or a message that had to wait. */
function nextSince(
	since: number,
	messages: readonly ListedMessage[],
	waiting: readonly ListedMessage[],
	now: number,
): number {
	const newest = Math.max(since, ...readable(messages));
	return Math.max(since, Math.min(newest, now, ...readable(waiting)));
}

const readable = (messages: readonly ListedMessage[]): number[] =>
	messages.map(({ receivedAt }) => receivedAt).filter((at) => !Number.isNaN(at));

function expiringNow(
	{ expiring }: ProviderMemory,
	messages: readonly ListedMessage[],
	now: number,
): ListedMessage[] {
	return eachOnce(messages)
		.filter(({ id, expiresAt }) => expiresAt > now && expiring[id] !== expiresAt)
		.sort((a, b) => a.expiresAt - b.expiresAt);
}

/** Keeps the state small: what no later reading can bring is forgotten. */
function forgetOld(
	provider: ProviderMemory,
	listing: ProviderListing,
	now: number,
): ProviderMemory {
	const floor = floorOf(Math.min(provider.since, provider.pending?.since ?? Infinity));
	const present = new Set(listing.messages.map(({ id }) => id));
	return {
		...provider,
		seen: filtered(provider.seen, (at, id) => at >= floor || present.has(id)),
		expiring: filtered(provider.expiring, (at) => at > now - DAY_MS),
	};
}

const windowStart = (since: number): number => Math.floor((since - OVERLAP_MS) / DAY_MS) * DAY_MS;

/** Older messages than this are known, or too late, and are passed over. */
const floorOf = (since: number): number => (since <= 0 ? -Infinity : windowStart(since) - SLACK_MS);

const order = ({ receivedAt }: ListedMessage): number =>
	Number.isNaN(receivedAt) ? 0 : receivedAt;

function mapProviders(
	memory: TriggerMemory,
	change: (provider: ProviderMemory) => ProviderMemory,
): TriggerMemory {
	const entries = Object.entries(memory.providers);
	return {
		...memory,
		providers: Object.fromEntries(entries.map(([id, provider]) => [id, change(provider)])),
	};
}

/** Ids come from outside: `__proto__` is an id like any other. */
function withEntries(record: Record<string, number>, entries: Array<[string, number]>) {
	return Object.fromEntries([...Object.entries(record), ...entries]);
}

function without<Value>(record: Record<string, Value>, ids: readonly string[]) {
	const gone = new Set(ids);
	return filtered(record, (_, id) => !gone.has(id));
}

function filtered<Value>(
	record: Record<string, Value>,
	keep: (value: Value, id: string) => boolean,
): Record<string, Value> {
	return Object.fromEntries(Object.entries(record).filter(([id, value]) => keep(value, id)));
}
