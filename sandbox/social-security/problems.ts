import type { Answer } from '../mock-server';

/** One finding about a request, as the Belgif guide has them in `issues`. */
export interface Issue {
	/**
	 * Last part of the URN: `schemaViolation`, `invalidInput`, `unknownInput`,
	 * `referencedResourceNotFound`.
	 */
	kind: string;
	in: 'body' | 'header' | 'path' | 'query';
	/** JSON path or parameter name. */
	name: string;
	detail: string;
	/** Whose kind it is, where it is not one of the guide's own. */
	domain?: 'cbss';
	/** Of a replaced SSIN: the one that holds now. */
	replacedBy?: string;
}

const GUIDE = 'https://www.belgif.be/specification/rest/api-guide';

/**
 * An error answer as the Belgif REST guide wants it (RFC 9457, `application/problem+json`).
 *
 * @param kind last part of the problem's URN: `badRequest`, `invalidAccessToken` …
 */
export function problem(
	status: number,
	kind: string,
	title: string,
	detail: string,
	more: Record<string, unknown> = {},
	headers?: Record<string, string>,
): Answer {
	const json = {
		type: `urn:problem-type:belgif:${kind}`,
		href: `${GUIDE}/problems/${kind}.html`,
		title,
		status,
		detail,
		...more,
	};
	return { status, headers, body: { json, type: 'application/problem+json' } };
}

/** 400 with everything that is wrong with the request. */
export function badRequest(issues: Issue[]): Answer {
	return problem(400, 'badRequest', 'Bad Request', 'The input message is incorrect', {
		issues: issues.map(({ kind, domain, ...issue }) => ({
			type: `urn:problem-type:${domain ?? 'belgif'}:input-validation:${kind}`,
			...(domain ? {} : { href: `${GUIDE}/issues/${kind}.html` }),
			title: 'Invalid input',
			...issue,
		})),
	});
}

export function notFound(detail: string): Answer {
	return problem(404, 'resourceNotFound', 'Resource Not Found', detail);
}

const bearer = (error: string) => ({ 'www-authenticate': `Bearer error="${error}"` });

export function noAccessToken(): Answer {
	return problem(
		401,
		'noAccessToken',
		'No Access Token',
		'No Bearer access token found in Authorization HTTP header',
		{},
		{ 'www-authenticate': 'Bearer' },
	);
}

export function invalidAccessToken(): Answer {
	return problem(
		401,
		'invalidAccessToken',
		'Invalid Access Token',
		'The Bearer access token found in the Authorization HTTP header is invalid',
		{},
		bearer('invalid_token'),
	);
}

export function expiredAccessToken(): Answer {
	return problem(
		401,
		'expiredAccessToken',
		'Expired Access Token',
		'The Bearer access token found in the Authorization HTTP header has expired',
		{},
		bearer('invalid_token'),
	);
}

export function missingScope(requiredScopes: string[]): Answer {
	return problem(
		403,
		'missingScope',
		'Missing Scope',
		'Forbidden to consult the resource because of a missing scope',
		{ requiredScopes },
		bearer('insufficient_scope'),
	);
}

export function missingPermission(detail: string): Answer {
	return problem(403, 'missingPermission', 'Missing Permission', detail);
}
