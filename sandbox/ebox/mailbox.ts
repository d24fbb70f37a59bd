import type { StoredMessage, Text } from './stored-message';
import { type ReferenceRecord, REFERENCE } from './reference';

/** Filters of a search, checked and read. */
export interface Search {
	receivedBefore?: string;
	receivedAfter?: string;
	expiredBefore?: string;
	expiredAfter?: string;
	readStatus?: boolean;
	visible?: boolean;
	messageTypeId?: string;
	senderOrganizationId?: string;
	senderApplicationId?: string;
	registeredMail?: boolean;
	partition?: string;
	q?: string;
	qlang?: 'fr' | 'nl' | 'de';
}

/** Ways in which the lists of real providers are odd. */
export interface ListDeviations {
	/** Gives `items: null` for an empty list. */
	nullWhenEmpty?: boolean;
	/** Leaves `totalItems` out. */
	withoutTotal?: boolean;
	/** Puts null between the items of each page. */
	nullEntries?: boolean;
	/** Gives at most so many per page, whatever is asked for. */
	largestPage?: number;
	/** Claims to hold so many more than it gives. */
	claimsMore?: number;
}

/** What one Document Provider holds for one enterprise. */
export class Mailbox {
	messages: StoredMessage[] = [];

	deviations: ListDeviations = {};

	/** Things that happen after a page of messages was served, one per page. */
	readonly afterPages: Array<() => void> = [];

	lastConsultation = 0;

	readonly published: StoredMessage[] = [];

	/** Message ids by idempotency key. */
	readonly keys = new Map<string, string>();

	add(...messages: StoredMessage[]): void {
		this.messages.push(...messages);
	}

	find(messageId: string): StoredMessage | undefined {
		return this.messages.find((message) => message.messageId === messageId);
	}

	/** What has expired is deleted, read or not. */
	expire(now: number): void {
		this.messages = this.messages.filter(({ expiresAt }) => expiresAt > now);
	}

	/** Newest publication first. */
	search(search: Search): StoredMessage[] {
		return this.messages
			.filter((message) => matches(message, search))
			.sort((a, b) => b.receivedAt - a.receivedAt);
	}

	clear(): void {
		this.messages = [];
		this.deviations = {};
		this.afterPages.length = 0;
		this.published.length = 0;
		this.keys.clear();
	}
}

const EQUAL = [
	'readStatus',
	'visible',
	'messageTypeId',
	'senderOrganizationId',
	'senderApplicationId',
	'registeredMail',
	'partition',
] as const;

function matches(message: StoredMessage, search: Search): boolean {
	const received = dayOf(message.receivedAt);
	const expires = dayOf(message.expiresAt);
	// Whether the day itself belongs to "before" and "after" is not documented: the strict reading,
	// which loses most.
	return (
		EQUAL.every((name) => search[name] === undefined || message[name] === search[name]) &&
		(search.receivedBefore === undefined || received < search.receivedBefore) &&
		(search.receivedAfter === undefined || received > search.receivedAfter) &&
		(search.expiredBefore === undefined || expires < search.expiredBefore) &&
		(search.expiredAfter === undefined || expires > search.expiredAfter) &&
		(search.q === undefined || mentions(message, search.q, search.qlang ?? 'fr'))
	);
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * Substring search without case and accents, in one language, over subject, business data values,
 * whose attention, and names and descriptions of application, organisation and type (consultation
 * profile).
 */
function mentions(message: StoredMessage, q: string, language: 'fr' | 'nl' | 'de'): boolean {
	const records = [
		REFERENCE.messageType.find(({ id }) => id === message.messageTypeId),
		REFERENCE.senderOrganization.find(({ id }) => id === message.senderOrganizationId),
		REFERENCE.senderApplication.find(({ id }) => id === message.senderApplicationId),
	].filter((record): record is ReferenceRecord => record !== undefined);
	const texts: Array<Text | undefined> = [
		message.subject,
		...message.businessData.flatMap(({ values }) => values),
		...records.flatMap(({ name, description }) => [name, description]),
	];
	const { id, name } = message.forTheAttentionOf ?? {};
	return [...texts.map((text) => text?.[language]), id, name]
		.filter((text): text is string => text !== undefined)
		.some((text) => plain(text).includes(plain(q)));
}

const plain = (text: string): string =>
	text
		.normalize('NFD')
		.replace(/\p{Mn}/gu, '')
		.toLowerCase();
