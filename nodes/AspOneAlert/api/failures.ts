import { type ErrorCode, GuichetError, type ErrorDetails } from '../../../lib/errors/guichet-error';
import { presentable } from '../../../lib/errors/redact';
import { parseRetryAfter } from '../../../lib/http/retry-policy';
import type { SoapAnswer } from './answer';
import { type LoginRefusal, loginRefusal } from './login-refusal';

/** What is known about an answer that is not a success. */
export interface FailureContext {
	status: number;
	headers: Record<string, string>;
	body: string;
	url: string;
	/** Whether the operation changes something. */
	changes: boolean;
	secrets: readonly string[];
	/** Values of the request, which a service may repeat in its texts. */
	echoes: readonly string[];
	/** The login was accepted a moment ago, with the same password or key. */
	loginProven: boolean;
	/** The password or shared key begins or ends with a blank. */
	blankAtSecretsEdge: boolean;
	/**
	 * Words of the credential by which a refused user login is recognised; empty for the usual rules.
	 */
	loginWords: readonly string[];
	now: Date;
}

/** Fault codes of the SOAP Message Security standard (OASIS, section 12). */
const SECURITY_FAULTS =
	/^(FailedAuthentication|InvalidSecurity|InvalidSecurityToken|SecurityTokenUnavailable|FailedCheck|UnsupportedSecurityToken|UnsupportedAlgorithm|MessageExpired)$/;

/** Whole words of a fault that is about the security header, whatever its code is. */
const SECURITY_WORDS =
	/\b(ws-security|usernametoken|wsse|nonce|replay attack|security (header|token|processing))\b/i;

/**
 * Farther off than this, the clock is a likely reason for a refusal; receivers are advised to allow
 * five minutes.
 */
const NOTABLE_SKEW_MS = 120_000;

/** Makes the error for an answer: one for each way in which the service can say no. */
export function failureOf(
	answer: Exclude<SoapAnswer, { kind: 'success' }>,
	context: FailureContext,
): GuichetError {
	if (answer.kind === 'fault') return faultFailure(answer, context);
	if (answer.kind === 'error') return refusal(answer.messages, answer.codes, context);
	if (answer.kind === 'unexpected') return unexpectedAnswer(answer, context);
	return noSoapFailure(answer.kind, context);
}

function readableTexts(texts: string[], { secrets }: FailureContext): string[] {
	return texts.map((text) => presentable(text, secrets)).filter((text) => text !== '');
}

function failure(
	code: ErrorCode,
	message: string,
	{ status, url }: FailureContext,
	details: ErrorDetails,
): GuichetError {
	return new GuichetError(code, message, { status, method: 'POST', url, ...details });
}

/** A message with the service's first words behind it. */
function withReason(message: string, [first = '']: string[]): string {
	const [line = ''] = first.split('\n');
	return line === '' ? message : `${message}: ${line}`;
}

function faultFailure(
	{ code, messages }: Extract<SoapAnswer, { kind: 'fault' }>,
	context: FailureContext,
): GuichetError {
	const texts = readableTexts(messages, context);
	// Markup is taken out first: a fault that quotes the request would match every word.
	if (SECURITY_FAULTS.test(code) || texts.some((text) => SECURITY_WORDS.test(text)))
		return failure(
			'unauthenticated',
			withReason('ASPOne does not accept the white-label login', texts),
			context,
			{
				serviceMessages: texts,
				serviceCodes: [code],
				outcome: 'not_done',
				hint: [
					'Check White-Label Login and Password in the credential, and that they belong to this environment.',
					clockHint(context),
				].join(' '),
				data: { refusedLevel: 'white_label' },
			},
		);
	const login = refusedLogin(texts, context);
	if (login) return userRefused(login, texts, [code], context);
	const ours = /^(Client|Sender)\b/i.test(code);
	return failure(
		ours ? 'refused' : 'service_failed',
		withReason(ours ? 'ASPOne refused the request' : 'ASPOne failed to treat the request', texts),
		context,
		{
			serviceMessages: texts,
			serviceCodes: [presentable(code, context.secrets)].filter(Boolean),
			outcome: ours ? 'not_done' : context.changes ? 'unknown' : undefined,
			hint: ours
				? 'The WSDL may not be the one of your ASPOne environment: give yours in the credential.'
				: unknownHint(context),
		},
	);
}

function refusal(messages: string[], codes: string[], context: FailureContext): GuichetError {
	const texts = readableTexts(messages, context);
	const ownCodes = readableTexts(codes, context);
	const login = refusedLogin(texts, context);
	if (login) return userRefused(login, texts, ownCodes, context);
	return failure('refused', withReason('ASPOne refused the request', texts), context, {
		serviceMessages: texts,
		serviceCodes: ownCodes,
		outcome: 'not_done',
		hint: texts.length === 0 ? 'ASPOne gave no reason.' : undefined,
		data: { refusedLevel: 'request' },
	});
}

/** A login that was accepted a moment ago outweighs words that have another reading. */
function refusedLogin(texts: string[], context: FailureContext): LoginRefusal | undefined {
	const found = loginRefusal(texts, context);
	return found && (found.certain || !context.loginProven) ? found : undefined;
}

function userRefused(
	{ words, certain }: LoginRefusal,
	texts: string[],
	codes: string[],
	context: FailureContext,
): GuichetError {
	const hints = [
		`The white label was accepted. Check User Login and its password or SSO shared key in the credential; SSO does not work for administrators.`,
		context.blankAtSecretsEdge
			? 'The password or shared key in the credential begins or ends with a blank.'
			: '',
		`The words "${words}" are taken for a refused login; "Login Refusal Words" in the credential changes which words are.`,
	];
	return failure(
		'unauthenticated',
		withReason('ASPOne does not accept the user login', texts),
		context,
		{
			serviceMessages: texts,
			serviceCodes: codes,
			outcome: 'not_done',
			retryAfterSeconds: namedWaitSeconds(texts),
			hint: hints.filter(Boolean).join(' '),
			data: { refusedLevel: 'user', certain },
		},
	);
}

const SECONDS_PER_UNIT: Array<[RegExp, number]> = [
	[/^s/i, 1],
	[/^m/i, 60],
	[/^h/i, 3600],
];

/** One part of a duration, with the minutes that follow an hour without their unit ("1 h 30"). */
const DURATION_PART =
	/(?<![\d.,:])(\d{1,6})\s*(secondes?|seconds?|sec|s|minutes?|min|mn|heures?|hours?|h)(?![a-zà-ÿ])(?:\s*(\d{2})(?!\s*[\da-z]))?/gi;

/** A time of day is no duration: "jusqu'à 14 h 35", "après 14 h 35". */
const CLOCK_BEFORE = /(?:\b(?:vers|at|until|till)|[àÀ])\s+$/;

/** The longest wait that a text names: "patientez 90 secondes", "réessayez dans 1 h 30 min". */
function namedWaitSeconds(texts: readonly string[]): number | undefined {
	const seconds = Math.max(0, ...texts.flatMap(durationsIn));
	return seconds > 0 ? seconds : undefined;
}

/** The durations in a text, in seconds; parts that follow each other are one duration. */
function durationsIn(text: string): number[] {
	const durations: number[] = [];
	let end = -1;
	for (const part of text.matchAll(DURATION_PART)) {
		const [whole, amount = '', unit = '', minutes = '0'] = part;
		const before = text.slice(0, part.index);
		if (/^h/i.test(unit) && isClock(before, minutes)) continue;
		const factor = SECONDS_PER_UNIT.find(([name]) => name.test(unit))?.[1] ?? 0;
		const seconds = Number(amount) * factor + (factor > 1 ? Number(minutes) * (factor / 60) : 0);
		const continued = end >= 0 && /^\s*(?:et|and|,)?\s*$/.test(text.slice(end, part.index));
		if (continued) durations.push((durations.pop() ?? 0) + seconds);
		else durations.push(seconds);
		end = part.index + whole.length;
	}
	return durations;
}

const isClock = (before: string, minutes: string): boolean =>
	CLOCK_BEFORE.test(before) || (minutes !== '0' && /\bapr[èe]s\s+$/i.test(before));

function unexpectedAnswer(
	{ problem, messages }: Extract<SoapAnswer, { kind: 'unexpected' }>,
	context: FailureContext,
): GuichetError {
	const { status, changes } = context;
	const message = `ASPOne answered with a message that ${presentable(problem)} (HTTP ${status})`;
	const foreign = /no wsResponse|not SOAP/.test(problem);
	return failure(statusCode(status), message, context, {
		serviceMessages: readableTexts(messages, context),
		outcome: status >= 400 && status < 500 ? 'not_done' : changes ? 'unknown' : undefined,
		hint: [
			foreign ? 'The endpoint in the credential may be that of another service.' : '',
			unknownHint(context),
		]
			.filter(Boolean)
			.join(' '),
	});
}

const NO_SOAP = {
	empty: 'with nothing',
	web_page: 'with a web page instead of a SOAP message',
	unreadable: 'with something that is not a readable SOAP message',
} as const;

function noSoapFailure(kind: keyof typeof NO_SOAP, context: FailureContext): GuichetError {
	const { status, changes } = context;
	const retryAfterMs = parseRetryAfter(context.headers['retry-after'], context.now.getTime());
	const refused = status >= 400 && status < 500;
	return failure(statusCode(status), `ASPOne answered ${NO_SOAP[kind]} (HTTP ${status})`, context, {
		outcome: refused ? 'not_done' : changes ? 'unknown' : undefined,
		retryAfterSeconds: retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000),
		hint: [
			status >= 500
				? 'The service or a proxy on the way is in trouble: try again later.'
				: 'The endpoint in the credential may lead to a web site or a proxy instead of the service.',
			refused ? '' : unknownHint(context),
		]
			.filter(Boolean)
			.join(' '),
	});
}

function statusCode(status: number): ErrorCode {
	if (status < 400) return 'answer_malformed';
	if (status >= 500) return 'service_failed';
	const known: Record<number, ErrorCode> = {
		401: 'unauthenticated',
		403: 'forbidden',
		404: 'not_found',
	};
	return known[status] ?? 'refused';
}

const unknownHint = ({ changes }: FailureContext): string | undefined =>
	changes ? 'Read the configuration with "Get" to see whether the change was made.' : undefined;

function clockHint({ headers, now }: FailureContext): string {
	const server = Date.parse(headers.date ?? '');
	const skew = Number.isNaN(server) ? 0 : now.getTime() - server;
	if (Math.abs(skew) < NOTABLE_SKEW_MS)
		return 'The token carries the time of this machine: its clock must be right.';
	return `The clock of this machine is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} that of the service, which refuses tokens that are more than minutes off: set it right.`;
}

/** A success that does not go with its HTTP status, or that lacks what it should bring. */
export function contradictoryAnswer(problem: string, context: FailureContext): GuichetError {
	return failure('answer_malformed', `ASPOne ${problem}`, context, {
		outcome: context.changes ? 'unknown' : undefined,
		hint: unknownHint(context),
	});
}
