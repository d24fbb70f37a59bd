import type { Readable } from 'node:stream';

import type { LimitFunction } from 'p-limit';

import { GuichetError, invalidInput } from '../errors/guichet-error';
import type { TlsSettings } from './agents';
import type { RetryPolicy } from './retry-policy';

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/**
 * The body of a request. A stream is given as a function, because a repeated call needs it again
 * from its beginning.
 */
export type RequestBody =
	| { json: unknown }
	/** A function makes the form anew for each try: a signed assertion may be sent only once. */
	| { form: Record<string, string> | (() => Promise<Record<string, string>>) }
	| { text: string; contentType: string }
	| { bytes: Buffer; contentType: string }
	| {
			stream: () => Promise<Readable>;
			/** Bytes, for `Content-Length`; without it the body is sent in chunks. */
			size: number;
			contentType: string;
	  };

/** One call of a service, in the words of HTTP. */
export interface HttpCall {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Absolute, or a path below the client's base URL. Build paths with {@link pathOf}. */
	url: string;
	/** Empty and undefined values are left out; a list repeats its name. */
	query?: Record<string, QueryValue>;
	headers?: Record<string, string>;
	body?: RequestBody;
	/**
	 * Whether the call may be repeated when its outcome is unknown, declared by the operation and not
	 * by the verb.
	 *
	 * - `safe`: doing it twice is the same as doing it once
	 * - `never`: it creates something; it is repeated only where the service certainly did not treat
	 *   it
	 */
	repeat: 'safe' | 'never';
	/**
	 * Told of a try that is about to be repeated although the service may have recorded it. A service
	 * that then calls the repetition a duplicate confirms the lost try.
	 */
	onLostTry?: (failure: GuichetError) => void;
	/**
	 * Shown the body of a refusal (4xx) as it came. It may hold secrets and numbers of people, which
	 * the error that follows leaves out: what is kept of it must not get into an error or a log.
	 */
	onRefusal?: (body: string) => void;
	/** Statuses besides 2xx that are an answer and not a failure (404 on a deletion). */
	accept?: readonly number[];
	/** Replaces the client's value. For a stream: the longest silence. Milliseconds. */
	timeoutMs?: number;
}

export interface HttpAnswer<Body> {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
	body: Body;
}

/** Says who we are: the value of the `Authorization` header, renewed when it was refused. */
export interface Authenticator {
	/**
	 * The whole header value, `Bearer …`.
	 *
	 * @param origin whom it will be sent to
	 * @throws SameTokenAgain when there is none but what this origin has just refused
	 */
	authorization(signal?: AbortSignal, origin?: string): Promise<string>;
	/** Told after a 401, so that the next {@link authorization} is a new one. */
	refused(authorization: string, origin?: string): void;
	/** Values that must never be shown, for redaction. */
	secrets(): string[];
}

/** The service refused a token, and the token server gives the same one again. */
export class SameTokenAgain extends GuichetError {
	constructor() {
		super(
			'unauthenticated',
			'The service refused this access token a moment ago, and the token server gave the same token again',
			{
				hint: 'The token server gave the same token again, so it was not sent again. Some servers repeat a token until its life ends: it is offered again after half a minute. If it stays refused, the base URL and the token URL may belong to different environments, or the token has to be revoked at the server.',
				outcome: 'not_done',
			},
		);
	}
}

export interface HttpClientOptions {
	/** The service's name in messages: "HubEE". */
	service: string;
	/** With or without a trailing slash. */
	baseUrl?: string;
	headers?: Record<string, string>;
	auth?: Authenticator;
	tls?: TlsSettings;
	/** Further values that must never be shown. */
	redact?: readonly string[];
	/** Milliseconds: until a JSON answer is complete, or the longest silence of a stream. */
	timeoutMs?: number;
	/** The largest JSON or text answer that is read, in bytes. */
	maxAnswerBytes?: number;
	/**
	 * Calls under way at once; a stream counts until it has ended. To spare a service that several
	 * clients call, give them one limit to share.
	 */
	maxParallel?: number | LimitFunction;
	/** Stops every call and every wait, as n8n's `getExecutionCancelSignal()` gives it. */
	signal?: AbortSignal;
	retry?: Partial<RetryPolicy>;
	/** Adds a service's own advice to a failure. */
	advise?: (failure: FailureFacts) => string | undefined;
}

/** What is known of an answer that is a failure, for {@link HttpClientOptions.advise}. */
export interface FailureFacts {
	status: number;
	method: string;
	path: string;
	messages: string[];
	codes: string[];
	/** The `Date` header, to judge this machine's clock. */
	serverDate?: string;
}

/**
 * Builds a path of a URL from its segments, so that no value can add a segment, a query or a
 * fragment.
 *
 * @example pathOf`/cases/${caseId}/events/${eventId}`
 */
export function pathOf(texts: TemplateStringsArray, ...values: string[]): string {
	return texts.reduce((path, text, index) => {
		const value: unknown = values[index - 1];
		if (typeof value !== 'string') throw missingSegment(path);
		// Nothing, or dots (however they are escaped), would address another resource.
		if (/^\.{0,2}$/.test(value)) throw invalidInput('An identifier', `must not be "${value}"`);
		return path + encodeURIComponent(value) + text;
	});
}

/** The types forbid it; what came from a service may have slipped through them. */
function missingSegment(before: string): GuichetError {
	return new GuichetError(
		'failed_here',
		`The address of a call cannot be built: the identifier that follows "${before}" is missing`,
		{ outcome: 'not_done', hint: 'An answer without its id was used. Please report it.' },
	);
}
