import { json } from '../../mock-server';
import type { Answer } from '../../mock-server';

/**
 * One entry of the `errors` list of an answer. `code` is the HTTP status or a code of the
 * gateway.
 */
export interface ErrorEntry {
	code: number;
	message: string;
}

/** A refusal in the service's own shape. Thrown anywhere below the gateway. */
export class Refusal extends Error {
	readonly entries: ErrorEntry[];

	constructor(
		readonly status: number,
		entries: ErrorEntry[] | string,
	) {
		const list = typeof entries === 'string' ? [{ code: status, message: entries }] : entries;
		super(list.map(({ message }) => message).join('; '));
		this.entries = list;
	}

	toAnswer(): Answer {
		return json(this.status, { errors: this.entries });
	}
}

/** A refusal of data by the hub itself, with every fault at once. */
export function badData(messages: string[]): Refusal {
	return new Refusal(
		400,
		messages.map((message) => ({ code: 400, message })),
	);
}

/** The gateway's refusal of a token that is missing, unknown or expired. */
export function invalidCredentials(): Refusal {
	const message =
		'Invalid Credentials : Invalid Credentials. Make sure you have given the correct access token';
	return new Refusal(401, [{ code: 900901, message }]);
}

/** Someone else's object, or a scope without the right. */
export function unauthorized(): Refusal {
	return new Refusal(403, 'Unauthorized user');
}

export function notFound(what: string): Refusal {
	return new Refusal(404, `${what} is not found`);
}
