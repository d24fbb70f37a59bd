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

export type ReferenceKind = 'messageType' | 'senderOrganization' | 'senderApplication';

/** One change of `PATCH /ebox/messages`. */
export interface MessageChange extends Json {
	messageId: string;
	visible?: boolean;
	/** Version 3 only. */
	partition?: string;
}
