import { instantOf } from '../../../lib/answers/instant';
import { DAY_MS } from '../../../lib/time/durations';
import type { MessageRegistry } from '../api/message-registry';
import type { PagedList } from '../api/paging';
import { dayOf } from '../api/statistics';
import type { Message } from '../api/answers';
import type { MessageFilters } from '../api/types';
import type { ListedMessage } from './watermark';
import type { TriggerSettings } from './form';

/** What one provider gave in one poll. */
export interface ProviderMessages {
	messages: Message[];
	complete: boolean;
	expiring?: Message[];
	/** The provider's clock, in milliseconds. */
	serverTime?: number;
}

/**
 * Reads what a poll needs of a provider: metadata only, so nothing is marked as read.
 *
 * @param firstDay gives the first day to read, by the provider's clock where that matters
 */
export async function listProviderMessages(
	registry: MessageRegistry,
	settings: TriggerSettings,
	{
		isFirst,
		firstDay,
	}: { isFirst: boolean; firstDay: (serverTime?: number) => string | undefined },
	now: number,
): Promise<ProviderMessages> {
	const nothing: PagedList<Message> = { items: [], complete: true };
	const readNew = async (): Promise<PagedList<Message>> => {
		const filters = newMessageFilters(settings);
		// From which day on can only be said by the clock that dates the messages.
		const serverTime = isFirst ? (await registry.messagePage(filters, 1, 1)).serverTime : undefined;
		const found = await registry.messages(newMessageFilters(settings, firstDay(serverTime)));
		return { ...found, serverTime: serverTime ?? found.serverTime };
	};
	const [fresh, expiring] = await Promise.all([
		wantsNew(settings) ? readNew() : nothing,
		settings.events.includes('messageExpiring') ? readExpiring(registry, settings, now) : undefined,
	]);
	const { items, complete, serverTime } = fresh;
	return { messages: items, complete, expiring, serverTime };
}

const wantsNew = ({ events }: TriggerSettings): boolean =>
	events.includes('newMessage') || events.includes('newRegisteredMail');

/**
 * The filters for new messages: those of the person, and the day from which the watermark wants to
 * read.
 */
export function newMessageFilters(
	{ filters, events }: TriggerSettings,
	from?: string,
): MessageFilters {
	const { receivedAfter } = filters;
	const later = [receivedAfter, from].filter((day) => day !== undefined).sort();
	return {
		...filters,
		...(events.includes('newMessage') ? {} : { registeredMail: true }),
		receivedAfter: later.at(-1),
	};
}

/**
 * Today and the last day are asked for with a day to spare, because it is not documented whether
 * the days themselves count.
 */
async function readExpiring(
	registry: MessageRegistry,
	{ filters, days, onlyUnread }: TriggerSettings,
	now: number,
): Promise<Message[]> {
	const { items } = await registry.messages({
		...filters,
		...(onlyUnread ? { readStatus: false } : {}),
		expiredAfter: dayOf(now - 2 * DAY_MS),
		expiredBefore: dayOf(now + (days + 2) * DAY_MS),
	});
	return items.filter((one) => instantOf(one.expirationDate) <= now + days * DAY_MS);
}

/** A message as the watermark sees it. */
export function toListedMessage(message: Message): ListedMessage {
	return {
		id: message.messageId,
		receivedAt: instantOf(message.receiptDate),
		expiresAt: instantOf(message.expirationDate),
	};
}
