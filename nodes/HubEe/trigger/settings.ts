/** What the person set in the form of the trigger. */
export interface TriggerSettings {
	/** Most notifications delivered by one poll. */
	batchSize: number;
	/** Milliseconds after which a delivered notification that is still in the queue is delivered again. */
	redeliverAfter: number;
	/** How often a notification is delivered before it is reported instead. */
	maximumDeliveries: number;
	/** Deliver these processes only; empty: all. Kept on our side too, because not every server honours the filter. */
	processCodes: string[];
	/** Deliver these processes first. */
	priorityCodes: string[];
	/** Deliver these kinds only; empty: all. */
	kinds: NotificationKind[];
	/** Take the acknowledgements of one's own events out of the queue. */
	clearAcknowledgements: boolean;
	/** Most notifications remembered at a time; the default bounds the state to about 300 kB. */
	capacity?: number;
}

/** What a notification is about: a new case, or the `actionType` of an event (HubEE folder contract 1.2.7). */
export type NotificationKind =
	| 'case'
	| 'ATTACH_DEPOSIT'
	| 'ATTACH_DL'
	| 'COM_ADD'
	| 'SENDING_MESSAGE'
	| 'STATUS_UPDATE'
	| 'other';
