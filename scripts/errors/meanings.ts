import type { ErrorCode } from '../../lib/errors/guichet-error';

export interface Meaning {
	/** What has happened. */
	means: string;
	/** Whether the action may have taken effect. */
	effect: string;
	/** What a workflow or a person does then. */
	then: string;
}

const NOTHING_SENT = 'no: nothing was sent';
const BY_OUTCOME = '`details.outcome` says it';

/** One entry for each code; the compiler asks for what is missing. */
export const MEANINGS: Record<ErrorCode, Meaning> = {
	invalid_input: {
		means: 'A value of the form or of an item was refused before anything was sent',
		effect: NOTHING_SENT,
		then: 'correct the field in `details.field`; a repetition fails again',
	},
	unreachable: {
		means: 'No connection to the service, or it broke',
		effect: BY_OUTCOME,
		then: 'try again later when `not_done`; look first when `unknown`',
	},
	tls: {
		means: 'The certificate of the service, or ours, was not accepted',
		effect: NOTHING_SENT,
		then: 'add the certificate authority to the credential, or correct the address',
	},
	timeout: {
		means: 'The service did not answer in time',
		effect: BY_OUTCOME,
		then: 'look whether it was recorded when `unknown`',
	},
	cancelled: {
		means: 'The execution was stopped by a person',
		effect: BY_OUTCOME,
		then: 'nothing',
	},
	token_refused: {
		means: 'The authorization server gave no token',
		effect: NOTHING_SENT,
		then: 'test the credential: client, secret or key, scope, environment, clock',
	},
	unauthenticated: {
		means: 'The service did not accept the token or the login (401)',
		effect: 'no: refused before it was treated',
		then: 'test the credential',
	},
	forbidden: {
		means: 'The account may not do this (403)',
		effect: 'no',
		then: 'ask for the permission or the scope',
	},
	not_found: {
		means: 'The service does not know this object, or does not show it to this account (404)',
		effect: 'no',
		then: 'check the id and the environment',
	},
	refused: {
		means: 'The service refused the request (another 4xx, or a refusal in its answer)',
		effect: 'no',
		then: 'read `details.serviceMessages`; a repetition fails again',
	},
	rate_limited: {
		means: 'Too many calls, also after the repetitions (429)',
		effect: 'no',
		then: 'wait for `details.retryAfterSeconds`, and lower *Parallel Calls*',
	},
	service_failed: {
		means: 'The service failed (5xx), also after the repetitions',
		effect: BY_OUTCOME,
		then: 'look whether it was recorded when `unknown`; give `details.incidentId` to its support',
	},
	redirected: {
		means: 'The service answered with a redirect, which is never followed with a token',
		effect: BY_OUTCOME,
		then: 'correct the address in the credential',
	},
	untrusted_address: {
		means: 'A token would have travelled to an address that nobody has confirmed',
		effect: NOTHING_SENT,
		then: 'confirm the host in the node, if it is right',
	},
	address_blocked: {
		means: 'n8n’s protection of the inner network does not let this address be called',
		effect: NOTHING_SENT,
		then: 'ask n8n’s administrator to allow it (`N8N_SSRF_ALLOWED_HOSTNAMES`), if it is right',
	},
	answer_too_large: {
		means: 'The answer is larger than what is read',
		effect: BY_OUTCOME,
		then: 'ask for less at once',
	},
	answer_malformed: {
		means: 'The answer lacks a part that it must have, or is about another object, or is no JSON',
		effect: BY_OUTCOME,
		then: 'look whether it was recorded when `unknown`; report "my service answers differently"',
	},
	failed_here: {
		means: "Something failed on n8n's side: disk, memory, a file that could not be read",
		effect: BY_OUTCOME,
		then: "look at n8n's own log",
	},
	size_mismatch: {
		means: 'A file has not the number of bytes that was announced',
		effect: BY_OUTCOME,
		then: 'run it again; report it to the sender when it stays',
	},
	digest_mismatch: {
		means: 'The bytes of a file are not those of its digest',
		effect: BY_OUTCOME,
		then: 'run it again; report it to the sender when it stays',
	},
	file_rejected: {
		means: 'The service does not let a file through (antivirus, type)',
		effect: BY_OUTCOME,
		then: 'ask the sender for another file',
	},
	file_pending: {
		means: 'A file is still being examined by the service',
		effect: 'no',
		then: 'run it again later',
	},
};

/** The page for people who write workflows. */
export function errorPage(): string {
	const rows = Object.entries(MEANINGS).map(
		([code, { means, effect, then }]) => `| \`${code}\` | ${means} | ${effect} | ${then} |`,
	);
	return [
		'# Error codes',
		'With *On Error: Continue (using error output)*, the error item holds `details.code`, a word that an *If* or a *Switch* can branch on, and `details.outcome`:',
		'- `not_done`: certain that nothing was changed; the item can be run again\n- `unknown`: the request may have been recorded although no usable answer came back; look first, then decide',
		[
			'| `details.code` | what happened | done all the same? | what to do |',
			'| --- | --- | --- | --- |',
			...rows,
		].join('\n'),
		'Written by `npm run errors` from the codes in `lib/errors/guichet-error.ts`.',
	].join('\n\n');
}
