/** What can be wrong with the input of a broadcast; a workflow or a test may branch on it. */
export type BroadcastErrorCode =
	| 'columnNotFound'
	| 'columnUnclear'
	| 'encodingUnknown'
	| 'quoteNotClosed'
	| 'listSize'
	| 'noRecipients'
	| 'rejectedRecipients'
	| 'personInTwoVersions'
	| 'metadata'
	| 'template'
	| 'schema'
	| 'schemaInvalid'
	| 'fileName'
	| 'repeatedTicket'
	| 'date';

/** Input that cannot become a broadcast: the message says what, the hint what to do about it. */
export class BroadcastError extends Error {
	override readonly name = 'BroadcastError';

	constructor(
		readonly code: BroadcastErrorCode,
		message: string,
		readonly hint?: string,
	) {
		super(message);
	}
}
