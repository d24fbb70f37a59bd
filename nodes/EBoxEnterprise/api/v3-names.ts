/**
 * What is not known for certain about version 3 of the message registry, because its contract is
 * not public. Each is a setting with the default given here; certain differences are in
 * `api-version.ts`.
 */
export interface V3Names {
	/** Where messages are published. Certain (sender documentation, migration guide). */
	publishPath: string;
	/**
	 * First segment of the reference data. Certain for message types (sender documentation, 2023),
	 * assumed for the rest.
	 */
	referenceDataPath: string;
	/** Query parameter that filters by partition. Existence certain, name assumed. */
	partitionParameter: string;
	/**
	 * Property of a change that moves a message to another partition. Existence certain, name
	 * assumed.
	 */
	partitionProperty: string;
	/**
	 * Property of a change that shows or hides a message. The name of version 2.1, assumed to have
	 * stayed.
	 */
	visibilityProperty: string;
	/**
	 * Where a reply is posted, `{messageId}` replaced. The operation is certain, its path assumed.
	 */
	replyPath: string;
	/** Where an action is executed by PATCH. The operation is certain, its path assumed. */
	actionPath: string;
	/** Body of that PATCH. */
	actionBody: string;
	/** Property of a message that asks for an action. Assumed. */
	actionProperty: string;
	/** Path of the service's own statistics; empty: they are computed here. */
	statisticsPath: string;
	/** Query parameters of version 3 by their name in 2.1, where they differ. */
	queryNames: Record<string, string>;
}

export const V3_DEFAULTS: V3Names = {
	publishPath: '/ebox/messages',
	referenceDataPath: 'refData',
	partitionParameter: 'partition',
	partitionProperty: 'partition',
	visibilityProperty: 'visible',
	replyPath: '/ebox/messages/{messageId}/replies',
	actionPath: '/ebox/messages/{messageId}/actions',
	actionBody: '{"status":"executed"}',
	actionProperty: 'forAction',
	statisticsPath: '',
	queryNames: {},
};
