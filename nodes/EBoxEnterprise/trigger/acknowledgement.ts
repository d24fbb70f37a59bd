import { DAY_MS, HOUR_MS } from '../../../lib/time/durations';
import type { Delivery, ProviderMemory, TriggerMemory, Unacknowledged } from './watermark';

/**
 * Which messages are delivered again until an execution that got them has ended well: a part of
 * what the trigger remembers, as pure functions. An acknowledgement that is lost with the process
 * brings a message once more; nothing but an acknowledgement, or its end in the e-Box, takes one
 * away.
 */

/** An unacknowledged message and who holds it. */
export interface PendingAcknowledgement extends Unacknowledged {
	provider: string;
}

/** The wait before the second delivery; it doubles with each further one, up to a day. */
const FIRST_WAIT_MS = HOUR_MS / 4;

/** Tells deliveries apart: a message may be both new and soon to expire. */
export function deliveryKey(provider: string, id: string, isExpiring: boolean): string {
	return JSON.stringify([provider, id, isExpiring]);
}

/** Notes what is delivered for the first time. It then needs no second delivery after a restart. */
export function awaitAcknowledgements(
	memory: TriggerMemory,
	provider: string,
	{ fresh, expiring }: Pick<Delivery, 'fresh' | 'expiring'>,
	now: number,
): TriggerMemory {
	const known = memory.providers[provider];
	if (!known) return memory;
	const kept = { ...known };
	delete kept.pending;
	const entry = (isExpiring: boolean) => (id: string) => ({
		id,
		isExpiring,
		at: now,
		deliveries: 1,
	});
	const added = [...fresh.map(entry(false)), ...expiring.map(entry(true))];
	return withUnacknowledged(memory, provider, kept, [...(kept.unacknowledged ?? []), ...added]);
}

/** Forgets what was acknowledged, by {@link deliveryKey}. */
export function acknowledge(memory: TriggerMemory, keys: ReadonlySet<string>): TriggerMemory {
	return mapUnacknowledged(memory, (one) =>
		keys.has(deliveryKey(one.provider, one.id, one.isExpiring)) ? undefined : one,
	);
}

/** Counts a further delivery. */
export function countDelivery(
	memory: TriggerMemory,
	delivered: PendingAcknowledgement,
	now: number,
): TriggerMemory {
	const key = deliveryKey(delivered.provider, delivered.id, delivered.isExpiring);
	return mapUnacknowledged(memory, (one) =>
		deliveryKey(one.provider, one.id, one.isExpiring) === key
			? { ...one, at: now, deliveries: one.deliveries + 1 }
			: one,
	);
}

/**
 * What is to be delivered again now, longest waiting first.
 *
 * @param running deliveries whose execution has not ended, by {@link deliveryKey}
 */
export function dueForRedelivery(
	memory: TriggerMemory,
	now: number,
	running: ReadonlySet<string>,
): PendingAcknowledgement[] {
	return pendingAcknowledgements(memory)
		.filter(({ provider, id, isExpiring }) => !running.has(deliveryKey(provider, id, isExpiring)))
		.filter(({ at, deliveries }) => now < at || now >= at + waitAfter(deliveries))
		.sort((a, b) => a.at - b.at);
}

/** Everything that is not acknowledged. */
export function pendingAcknowledgements({ providers }: TriggerMemory): PendingAcknowledgement[] {
	return Object.entries(providers).flatMap(([provider, { unacknowledged = [] }]) =>
		unacknowledged.map((one) => ({ ...one, provider })),
	);
}

const waitAfter = (deliveries: number): number =>
	Math.min(FIRST_WAIT_MS * 2 ** Math.min(deliveries - 1, 20), DAY_MS);

function mapUnacknowledged(
	memory: TriggerMemory,
	change: (one: PendingAcknowledgement) => Unacknowledged | undefined,
): TriggerMemory {
	let changed = memory;
	for (const [provider, known] of Object.entries(memory.providers)) {
		if (!known.unacknowledged) continue;
		const kept = known.unacknowledged.flatMap((one) => {
			const next = change({ ...one, provider });
			if (!next) return [];
			const { id, isExpiring, at, deliveries } = next;
			return [{ id, isExpiring, at, deliveries }];
		});
		changed = withUnacknowledged(changed, provider, known, kept);
	}
	return changed;
}

function withUnacknowledged(
	memory: TriggerMemory,
	provider: string,
	known: ProviderMemory,
	list: Unacknowledged[],
): TriggerMemory {
	const next: ProviderMemory = { ...known, unacknowledged: list };
	if (list.length === 0) delete next.unacknowledged;
	return { ...memory, providers: { ...memory.providers, [provider]: next } };
}
