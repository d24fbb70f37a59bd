import { isObject, trimmedText } from '../../../lib/answers/json';
import { DAY_MS } from '../../../lib/time/durations';
import type { MessageRegistry } from './message-registry';
import type { Message } from './answers';
import type { Json, MessageFilters } from './types';

export interface Statistics extends Json {
	total: number;
	unread: number;
	registered: number;
	/** Expiring between today and the given number of days. */
	soonToExpire: number;
	/** Only version 3 has messages that ask for an action; absent in version 2. */
	awaitingAction?: number;
	/** False when the provider says that it holds more than it gave. */
	complete: boolean;
}

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * Counts what a portal shows, where the service has no call for it: one list call of a single
 * message for each count, whose `totalItems` is the answer. Where a provider gives no totals the
 * lists are read and counted. Nothing is marked as read.
 */
export async function countMessages(
	registry: MessageRegistry,
	options: { days: number; now: Date; visible?: boolean; actionProperty: string },
): Promise<Statistics> {
	const { days, now, visible, actionProperty } = options;
	let complete = true;
	const count = async (filters: MessageFilters): Promise<number> => {
		const query = { ...filters, visible };
		const page = await registry.messagePage(query, 1, 1);
		if (page.total !== undefined) return page.total;
		const listing = await registry.messages(query);
		complete &&= listing.complete;
		return listing.items.length;
	};
	const [total, unread, registered, soonToExpire] = await Promise.all([
		count({}),
		count({ readStatus: false }),
		count({ registeredMail: true }),
		// Whether the days themselves count is not documented: today is included, the last day may be.
		count({
			expiredAfter: dayOf(now.getTime() - DAY_MS),
			expiredBefore: dayOf(now.getTime() + (days + 1) * DAY_MS),
		}),
	]);
	const action =
		registry.spec.version === 'v3'
			? { awaitingAction: await awaiting(registry, actionProperty, visible) }
			: {};
	return { total, unread, registered, soonToExpire, ...action, complete };
}

async function awaiting(
	registry: MessageRegistry,
	property: string,
	visible: boolean | undefined,
): Promise<number> {
	const { items } = await registry.messages({ visible });
	return items.filter((one) => asksForAction(one, property)).length;
}

/**
 * Whether a message asks its recipient to do something that has not been done. The property's form
 * is not documented.
 */
function asksForAction(one: Message, property: string): boolean {
	const value = one[property];
	if (isObject(value)) {
		const { status, isExecuted, executed } = value;
		return (
			isExecuted !== true && executed !== true && !/^(executed|done)$/i.test(trimmedText(status))
		);
	}
	return value === true;
}
