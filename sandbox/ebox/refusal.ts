import { randomUUID } from 'node:crypto';

import { type Answer, json } from '../mock-server';

/** Something the service refuses, in words of neither version. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		/** What was wrong, for Belgif's `issues`. */
		readonly issue?: { in: string; name: string; value?: string },
		readonly headers: Record<string, string> = {},
	) {
		super(message);
	}
}

export function badInput(name: string, message: string, value?: string, where = 'query'): Refusal {
	return new Refusal(400, 'INVALID_INPUT', message, { in: where, name, value });
}

const PROBLEM_TYPES: Record<number, [string, string]> = {
	400: ['badRequest', 'Bad Request'],
	401: ['invalidAccessToken', 'Invalid Access Token'],
	403: ['missingScope', 'Missing Scope'],
	404: ['resourceNotFound', 'Resource Not Found'],
	409: ['conflict', 'Conflict'],
	503: ['serviceUnavailable', 'Service Unavailable'],
};

/**
 * StatusMessage of version 2.1, or problem+json as the Belgif guide has it, which version 3 says it
 * follows.
 */
export function refused(refusal: Refusal, version: 'v2' | 'v3'): Answer {
	const { status, code, message, issue, headers } = refusal;
	const id = randomUUID();
	if (version === 'v2')
		return json(status, { id, code, message, environment: 'acceptation' }, headers);
	const [type, title] = PROBLEM_TYPES[status] ?? ['internalServerError', 'Internal Server Error'];
	return {
		status,
		headers,
		body: {
			type: 'application/problem+json',
			json: {
				type: `urn:problem-type:belgif:${type}`,
				href: `https://www.belgif.be/specification/rest/api-guide/#${type}`,
				title,
				status,
				detail: message,
				instance: `urn:uuid:${id}`,
				...(issue
					? {
							issues: [
								{
									type: 'urn:problem-type:belgif:input-validation:schemaViolation',
									in: issue.in,
									name: issue.name,
									value: issue.value,
									detail: message,
								},
							],
						}
					: {}),
			},
		},
	};
}
