import { GuichetError } from '../../../lib/errors/guichet-error';

/** What can be wrong with the input of a broadcast; a workflow or a test may branch on it. */
export type BroadcastProblem =
	| 'column_not_found'
	| 'column_unclear'
	| 'encoding_unknown'
	| 'not_text'
	| 'workbook'
	| 'sheet_not_found'
	| 'earlier_list'
	| 'quote_not_closed'
	| 'list_size'
	| 'no_recipients'
	| 'rejected_recipients'
	| 'person_in_two_versions'
	| 'metadata'
	| 'template'
	| 'schema'
	| 'schema_invalid'
	| 'repeated_ticket'
	| 'repeated_language'
	| 'test_set_too_large';

/** Input that cannot become a broadcast: the message says what, the hint what to do about it. */
export class BroadcastError extends GuichetError {
	override readonly name: string = 'BroadcastError';

	constructor(
		readonly problem: BroadcastProblem,
		message: string,
		hint?: string,
	) {
		super('invalid_input', message, { hint, outcome: 'not_done', data: { problem } });
	}
}
