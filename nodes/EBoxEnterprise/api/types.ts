/**
 * A text in the languages that its author gave; any of them may be missing (message registry 2.1,
 * TranslatedString).
 */
export interface TranslatedString {
	nl?: string;
	fr?: string;
	de?: string;
	/** Only in the list of providers (federation 1.3). */
	en?: string;
}

export type Language = 'nl' | 'fr' | 'de' | 'en';

/**
 * A JSON object as a service gave it. What we know of it is typed; the rest travels on untouched.
 */
export type Json = Record<string, unknown>;

/** A list as every version sends it; `items` may be null or missing when it is empty. */
export interface ItemList<Item> {
	items?: Item[] | null;
	totalItems?: number | null;
}

export interface Digest {
	/** `sha_256` is the only method of the contract. */
	digestMethod?: string;
	/** Base64url, with or without padding. */
	digestValue?: string;
}

/** Metadata of a file, in the names of version 2.1. */
export interface Attachment extends Json {
	/** Not in the contract's list of required properties. */
	attachmentId?: string;
	attachmentTitle?: TranslatedString;
	fileName?: string;
	/** Retrieving a main content marks the message as read, for everyone. */
	mainContent?: boolean;
	/** An open set: the contract's list is longer in practice. */
	mediaType?: string;
	/** Kilobytes of 1,024 bytes, rounded by the provider. */
	size?: number;
	digest?: Digest;
	attachmentSigned?: boolean;
	contentHref?: string;
}

/** A message without its content, in the names of version 2.1 whatever the provider speaks. */
export interface Message extends Json {
	messageId?: string;
	originalMessageId?: string;
	subject?: TranslatedString;
	/** ISO 8601 with an offset, sometimes with milliseconds. */
	receiptDate?: string;
	/** The message is deleted after it, read or not. */
	expirationDate?: string;
	readStatus?: boolean;
	visible?: boolean;
	registeredMail?: boolean;
	forTheAttentionOf?: Json;
	messageTypeId?: string;
	/** Enterprise number of ten digits. */
	senderOrganizationId?: string;
	senderApplicationId?: string;
	attachments?: ItemList<Attachment>;
	/** True when the body is the main content; only sure to be there when the message has a body. */
	bodyMainContent?: boolean;
	paymentData?: Json;
	businessDataList?: ItemList<Json>;
	replyAuthorized?: boolean;
}

/**
 * The filters of `GET /ebox/messages`, in the names of version 2.1 (EBOX contract 2.1). All are
 * combined with AND.
 */
export interface MessageFilters {
	/** `YYYY-MM-DD`, as are the other dates. Whether the day itself is included is not documented. */
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
	/** Substring search that ignores case and accents; needs `qlang`. */
	q?: string;
	qlang?: string;
	/** Version 3 only. */
	partition?: string;
}

/** `GET /ebox`: the counters of one provider, hidden messages included. */
export interface EBoxSummary extends Json {
	numberOfMessages?: number;
	numberOfUnreadMessages?: number;
	lastReceiptDate?: string;
	lastConsultationDate?: string;
	/** Kilobytes of 1,024 bytes. */
	eboxSize?: number;
}

export type ReferenceKind = 'messageType' | 'senderOrganization' | 'senderApplication';

/** One change of `PATCH /ebox/messages`. */
export interface MessageChange extends Json {
	messageId: string;
	visible?: boolean;
	/** Version 3 only. */
	partition?: string;
}

export interface PublicationStatus extends Json {
	messageId?: string;
	expirationDate?: string;
	/** `NO_DIGITAL_USER`: published, but the recipient never opened the e-Box, so send paper too. */
	code?: string;
	message?: string;
}
