/**
 * What the published documents leave open, or describe in two ways, is a setting of the sandbox:
 * a client has to live with every value.
 */
export interface HubEeSettings {
	/** Life of an access token in seconds; one hour in the 2024 contract. */
	tokenLifetime: number;
	/** Answer `expires_in` with a token; not documented, so a client must do without. */
	announceExpiresIn: boolean;
	/** Whether this environment knows the query parameter `eventDetails` of the 2024 contract. */
	eventDetails: boolean;
	/** What happens to the recipient's notification when the event is set to RECEIVED. */
	notificationAfterReceived: 'kept' | 'consumed';
	/**
	 * Order of the queue: new at every call, arbitrary but stable, or by creation. The real one is
	 * not specified.
	 */
	notificationOrder: 'shuffled' | 'stable' | 'created';
	/**
	 * Milliseconds between the completion of a folder and its notifications (up to ten minutes in
	 * reality).
	 */
	notificationDelay: number;
	/** Upper limit of `maxResult` on notifications; null for none. The real limit is unknown. */
	largestBatch: number | null;
	/** Send the `digest` header with downloads. */
	digestHeader: boolean;
	/** Compress JSON answers for callers that accept gzip. */
	gzip: boolean;
	/** Milliseconds the antivirus takes before a file is RECEIVED. */
	scanDelay: number;
	/** An event with `caseNewStatus` changes the case by itself (contract of 2024). */
	statusByEvent: boolean;
	/** When the status of a deposit takes effect; unknown. */
	depositStatusAppliesAt: 'creation' | 'sent';
	/** Refuse status changes that the documents do not foresee. Not proven for the real hub. */
	strictTransitions: boolean;
	/**
	 * Refuse messages from an SI where the process forbids them. Written in 2021, no longer enforced
	 * by all appearances.
	 */
	messagesEnforced: boolean;
	/** Let a folder be completed although files are missing, as the real hub does. */
	completeWithMissingFiles: boolean;
	/** Refuse a folder whose `externalId` the same OSL has used before; unknown. */
	uniqueExternalIds: boolean;
	/** Whether `GET /subscriptions` knows `datapassId` (used in production, not published). */
	datapassIdFilter: boolean;
	/** Name of the SIRET filter of `GET /organizations`: the two documents disagree. */
	organizationRegisterParameter: 'company_register' | 'companyRegister';
	/** Whether `GET /organizations` answers a `Content-Range`; not in the contract. */
	organizationContentRange: boolean;
	/**
	 * Whether the second number of `Content-Range` is the index of the last item or the one after
	 * it; unclear.
	 */
	contentRangeLast: 'inclusive' | 'exclusive';
	/** Page size of the lists of the referential when `maxResult` is absent; unknown. */
	defaultPageSize: number;
	/**
	 * Upper limit of `maxResult` in the lists of the referential; null for none. The real limit is
	 * unknown.
	 */
	largestPage: number | null;
	/** Require the two process fields of March 2022 (`messageWithStatus`, `authorizedAwaiting`). */
	processFieldsOf2022: boolean;
	/** Start of the random order of the queue, so that a run can be repeated. */
	seed: number;
}

export const DEFAULT_SETTINGS: Readonly<HubEeSettings> = {
	tokenLifetime: 3600,
	announceExpiresIn: true,
	eventDetails: true,
	notificationAfterReceived: 'kept',
	notificationOrder: 'shuffled',
	notificationDelay: 0,
	largestBatch: null,
	digestHeader: true,
	gzip: true,
	scanDelay: 0,
	statusByEvent: true,
	depositStatusAppliesAt: 'sent',
	strictTransitions: false,
	messagesEnforced: false,
	completeWithMissingFiles: true,
	uniqueExternalIds: false,
	datapassIdFilter: true,
	organizationRegisterParameter: 'company_register',
	organizationContentRange: false,
	contentRangeLast: 'inclusive',
	defaultPageSize: 25,
	largestPage: null,
	processFieldsOf2022: true,
	seed: 1,
};

/**
 * Merges a change into settings; refuses names that do not exist, which a typing error in a test
 * would produce.
 */
export function changeSettings(settings: HubEeSettings, change: Partial<HubEeSettings>): void {
	for (const name of Object.keys(change)) {
		if (!(name in DEFAULT_SETTINGS)) throw new Error(`There is no setting "${name}"`);
	}
	Object.assign(settings, change);
}
