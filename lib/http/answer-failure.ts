import { type ErrorCode, GuichetError } from '../errors/guichet-error';
import { presentable, presentableUrl } from '../errors/redact';
import { serviceMessages } from '../errors/service-messages';
import type { HttpCall, HttpClientOptions } from './call';
import { type RawAnswer, readText } from './exchange';
import { parseRetryAfter } from './retry-policy';

/** How much of an error body is read. */
const MAX_ERROR_BYTES = 256 * 1024;

const INCIDENT_HEADERS = ['x-correlation-id', 'x-request-id', 'activityid', 'x-activity-id'];

function codeOf(status: number): ErrorCode {
	if (status >= 300 && status < 400) return 'redirected';
	if (status === 401) return 'unauthenticated';
	if (status === 403) return 'forbidden';
	if (status === 404) return 'not_found';
	if (status === 429) return 'rate_limited';
	return status >= 500 ? 'service_failed' : 'refused';
}

const PLAIN_WORDS: Partial<Record<ErrorCode, string>> = {
	redirected:
		'answered with a redirect, which is not followed because a token must not travel to another address',
	unauthenticated: 'does not accept the access token',
	forbidden: 'does not allow this',
	not_found: 'does not know this',
	rate_limited: 'asks for fewer requests',
	service_failed: 'failed to treat the request',
	refused: 'refused the request',
};

/**
 * Makes the error for an answer that is not a success: its status, everything the service said, and
 * advice.
 */
export async function answerFailure(
	raw: RawAnswer,
	call: HttpCall,
	options: HttpClientOptions & { timeoutMs: number },
	secrets: readonly string[],
): Promise<GuichetError> {
	const code = codeOf(raw.status);
	const body = await readText(raw, MAX_ERROR_BYTES, options.timeoutMs).catch(() => '');
	if (raw.status >= 400 && raw.status < 500) call.onRefusal?.(body);
	const said = serviceMessages(body, secrets);
	const path = new URL(raw.url).pathname;
	const advice = options.advise?.({
		status: raw.status,
		method: call.method,
		path,
		serverDate: raw.headers.date,
		...said,
	});
	const retryAfterMs = parseRetryAfter(raw.headers['retry-after'], Date.now());
	const hints = [advice, code === 'redirected' ? redirectHint(raw) : undefined];
	if (retryAfterMs !== undefined)
		hints.push(`The service asks to wait ${Math.ceil(retryAfterMs / 1000)} s.`);
	const first = said.messages[0]?.split('\n')[0];
	return new GuichetError(
		code,
		`${options.service} ${PLAIN_WORDS[code] ?? PLAIN_WORDS.refused}${first ? `: ${first}` : ` (HTTP ${raw.status})`}`,
		{
			status: raw.status,
			method: call.method,
			url: presentableUrl(raw.url),
			serviceMessages: said.messages,
			serviceCodes: said.codes,
			incidentId: said.incidentId ?? incidentHeader(raw, secrets),
			hint: hints.filter(Boolean).join(' ') || undefined,
			retryAfterSeconds: retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000),
			// A server that fails may have failed after it recorded the request.
			outcome:
				code === 'service_failed' ? (call.repeat === 'never' ? 'unknown' : undefined) : 'not_done',
		},
	);
}

function incidentHeader({ headers }: RawAnswer, secrets: readonly string[]): string | undefined {
	const found = INCIDENT_HEADERS.map((name) => headers[name]).find((value) => Boolean(value));
	return found === undefined ? undefined : presentable(found, secrets);
}

function redirectHint(raw: RawAnswer): string {
	let target = 'another address';
	try {
		target = new URL(raw.headers.location ?? '', raw.url).origin;
	} catch {
		// An unreadable Location is as good as none.
	}
	return `It points to ${target}. Check the base URL in the credential: http instead of https, or a sign-in page of a proxy, are the usual reasons.`;
}
