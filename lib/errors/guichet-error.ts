/**
 * What went wrong, as a word that a test and a workflow can branch on.
 *
 * - `invalid_input`: refused by us before anything was sent
 * - `unreachable`, `tls`, `timeout`: the service did not answer
 * - `cancelled`: the person stopped the execution
 * - `token_refused`: the authorization server gave no token
 * - `unauthenticated`, `forbidden`, `not_found`, `refused`, `rate_limited`, `service_failed`: the
 *   service's own answer (401, 403, 404, other 4xx, 429, 5xx)
 * - `address_blocked`: refused by us, because n8n's protection of the inner network does not let
 *   the address be called
 * - `untrusted_address`: refused by us, because a token would have travelled to an address that
 *   nobody has confirmed
 * - `redirected`: the service answered with a redirect, which is never followed with a token
 * - `answer_too_large`, `answer_malformed`: the answer cannot be used
 * - `failed_here`: something on n8n's own side (disk, memory, a stream that was given to us)
 * - `size_mismatch`, `digest_mismatch`, `file_rejected`, `file_pending`: a file did not travel
 *   intact, or is not let through
 */
export type ErrorCode =
	| 'invalid_input'
	| 'unreachable'
	| 'tls'
	| 'timeout'
	| 'cancelled'
	| 'token_refused'
	| 'unauthenticated'
	| 'forbidden'
	| 'not_found'
	| 'refused'
	| 'rate_limited'
	| 'service_failed'
	| 'redirected'
	| 'untrusted_address'
	| 'address_blocked'
	| 'answer_too_large'
	| 'answer_malformed'
	| 'failed_here'
	| 'size_mismatch'
	| 'digest_mismatch'
	| 'file_rejected'
	| 'file_pending';

/**
 * Whether the action that failed may have taken effect all the same.
 *
 * - `not_done`: certain that nothing was changed
 * - `unknown`: the request may have been recorded although no usable answer came back
 */
export type Outcome = 'not_done' | 'unknown';

/**
 * Everything about a failure that a person may see. Nothing else is kept: no cause, no request, no
 * answer.
 */
export interface ErrorDetails {
	/** What to try, in one or two sentences. */
	hint?: string;
	/** Every message that the service gave, in its order. */
	serviceMessages?: string[];
	/** The service's own codes, in the order of its messages (`900901`, `urn:problem-type:…`). */
	serviceCodes?: string[];
	/** HTTP status, when there was an answer. */
	status?: number;
	method?: string;
	/** Without query values and without user information. */
	url?: string;
	/** The number under which the service's support can find the call. */
	incidentId?: string;
	/** The form field or JSON path that has to be corrected. */
	field?: string;
	outcome?: Outcome;
	/** Seconds that the service asks to wait, from `Retry-After`. */
	retryAfterSeconds?: number;
	/** Ids and states that let a person or a workflow go on (`eventId`, `declarationId` …). */
	data?: Record<string, string | number | boolean | null>;
}

/**
 * The one error of this package. It is built from chosen fields only, because n8n stores and shows
 * whole error objects.
 *
 * @example
 * throw new GuichetError('not_found', 'The message "7" has no body', { outcome: 'not_done' });
 */
export class GuichetError extends Error {
	override readonly name: string = 'GuichetError';

	/** ISO 8601, UTC. */
	readonly at: string = new Date().toISOString();

	constructor(
		readonly code: ErrorCode,
		message: string,
		readonly details: ErrorDetails = {},
	) {
		super(message);
	}

	/**
	 * The same failure with more said about it: what an operation knows and the HTTP client does not.
	 */
	with(more: ErrorDetails & { message?: string }): GuichetError {
		const { message, ...details } = more;
		return new GuichetError(this.code, message ?? this.message, { ...this.details, ...details });
	}

	/** The text below the message in n8n's error panel. */
	get description(): string {
		const { serviceMessages = [], hint, status, method, url, incidentId, outcome } = this.details;
		const lines: string[] = [];
		const unsaid = serviceMessages.map((text) => notIn(this.message, text)).filter(Boolean);
		lines.push(...[...new Set(unsaid)].map((text) => `The service says: ${text}`));
		if (outcome === 'unknown')
			lines.push('Whether the service recorded the request is unknown; it was not sent again.');
		if (hint) lines.push(hint);
		const call = [method, url].filter(Boolean).join(' ');
		const facts = [
			status === undefined ? '' : `HTTP ${status}`,
			call,
			`at ${this.at}`,
			incidentId ? `incident ${incidentId}` : '',
		];
		lines.push(`(${facts.filter(Boolean).join(', ')})`);
		return lines.join('\n');
	}
}

/**
 * What a message of the service says beyond a title that ends with its first line: `HubEE refused
 * the request: first line (tried 3 times)`.
 */
function notIn(title: string, message: string): string {
	const [first = '', ...rest] = message.split('\n');
	const start = title.indexOf(`: ${first}`);
	const after = start < 0 ? undefined : title.slice(start + 2 + first.length);
	return after !== undefined && /^($| \()/.test(after) ? rest.join('\n') : message;
}

/**
 * Input that is refused before anything is sent.
 *
 * @param field the field as the person sees it in the form
 * @param problem what is wrong and what is expected, as a sentence that follows the field's name:
 *   `must be 14 digits, and has 13`
 * @example throw invalidInput(fields.label('limit'), 'must be at least 1');
 */
export function invalidInput(field: string, problem: string, hint?: string): GuichetError {
	return new GuichetError('invalid_input', `${field} ${problem}`, {
		field,
		hint,
		outcome: 'not_done',
	});
}

/**
 * For `promise.catch(…)`: some failures are an answer too. All others stay failures.
 *
 * @example const found = await client.folder(id).catch(recoverFrom(undefined, 'not_found'));
 */
export function recoverFrom<Value>(value: Value, ...codes: ErrorCode[]): (error: unknown) => Value {
	return (error) => {
		if (error instanceof GuichetError && codes.includes(error.code)) return value;
		throw error;
	};
}
