import type { FailureFacts } from '../http/call';

/** What this side knows of the request that was refused. */
export interface AssertionFacts {
	clientId: string;
	tokenUrl: string;
	audience: string;
	/** The form shows the audience (environment "Custom"), so that it can be wrong. */
	audienceShown: boolean;
	/** A certificate was given and belongs to the key, so the pair itself is right. */
	pairChecked: boolean;
	scope: string;
}

/** From here on a clock can make an assertion look expired or not yet issued. Seconds. */
const CLOCK_MATTERS_SECONDS = 60;

/**
 * Explains why the authorization server gave no token. For `invalid_client` a server seldom says
 * which of four reasons it was, so they are told apart by what this side knows, and the likeliest
 * comes first.
 */
export function explainRefusal(
	facts: AssertionFacts,
	{ codes, messages, serverDate, status }: FailureFacts,
	now = new Date(),
): string | undefined {
	const clock = clockAdvice(serverDate, now);
	const said = messages.join(' ');
	switch (codes[0]) {
		case 'invalid_client':
		case 'invalid_grant':
			return clientAdvice(facts, said, clock ?? clockSpoken(said));
		case 'invalid_scope':
			return facts.scope === ''
				? 'The client has no default scope: activate the service for this client in Chaman.'
				: 'Empty the field "Scope" of the credential: without it the client gets all scopes it is entitled to. If a scope is needed, "scope:" at its beginning is part of its name.';
		case 'unauthorized_client':
		case 'unsupported_grant_type':
			return 'The client exists but may not use this way of signing in: in Chaman the channel must be REST, with a certificate.';
		default:
			if (status === 404)
				return 'The token URL does not exist on this server: check the environment in the credential.';
			return clock ?? clockSpoken(said);
	}
}

/** Words of a server that speaks of time. */
const CLOCK_WORDS =
	/\b(exp|expire[ds]?|expiration|iat|nbf|clock|time|future|too (old|early|late))\b/i;

/** The server speaks of time, although its clock could not be compared, or is near ours. */
function clockSpoken(said: string): string | undefined {
	return CLOCK_WORDS.test(said)
		? "clock: the server speaks of time; compare this machine's clock with a time server (NTP)"
		: undefined;
}

function clientAdvice(facts: AssertionFacts, said: string, clock: string | undefined): string {
	const suspects = [
		{
			words: CLOCK_WORDS,
			text: clock,
			certain: clock !== undefined,
		},
		{
			words: /\baud(ience)?\b/i,
			text: !facts.audienceShown
				? undefined
				: facts.audience === facts.tokenUrl
					? 'audience: it is the token URL, as version 5 of the server wants it; a server of another version wants another one (environment "Custom")'
					: `audience: "${facts.audience}" is not the token URL, which version 5 of the server wants`,
			certain: facts.audienceShown && facts.audience !== facts.tokenUrl,
		},
		{
			words: /signature|key|jwks|certificate/i,
			text: facts.pairChecked
				? 'certificate: key and certificate belong together, so this certificate may not be the one that is registered in Chaman for this client, or it is not active yet'
				: 'certificate: the key may not belong to the certificate that is registered in Chaman; put the certificate into the credential to have the pair checked',
			certain: false,
		},
		{
			words: /client (is )?(unknown|not found|does not exist)|unknown client/i,
			text: /^self_service_(chaman|expeditor)_/.test(facts.clientId)
				? 'client ID: compare it with Chaman, and whether it belongs to this environment (production and acceptance have their own)'
				: 'client ID: it does not begin with "self_service_chaman_" as those of Chaman do; a sender number or e-mail address is not the client ID',
			certain: !/^self_service_(chaman|expeditor)_/.test(facts.clientId),
		},
	].filter((suspect) => suspect.text !== undefined);
	const likeliest = suspects.filter(({ words, certain }) => certain || words.test(said));
	const rest = suspects.filter((suspect) => !likeliest.includes(suspect));
	return `The server did not recognise the client. To check, the likeliest first: ${[
		...likeliest,
		...rest,
	]
		.map(({ text }, index) => `(${index + 1}) ${text}`)
		.join('; ')}.`;
}

/** Compares this machine's clock with the `Date` header of the answer. */
function clockAdvice(serverDate: string | undefined, now: Date): string | undefined {
	const server = serverDate === undefined ? NaN : Date.parse(serverDate);
	const seconds = Math.round((now.getTime() - server) / 1000);
	if (Number.isNaN(seconds) || Math.abs(seconds) < CLOCK_MATTERS_SECONDS) return undefined;
	const amount =
		Math.abs(seconds) < 600
			? `${Math.abs(seconds)} seconds`
			: `${Math.round(Math.abs(seconds) / 60)} minutes`;
	return `clock: this machine is ${amount} ${seconds > 0 ? 'ahead of' : 'behind'} the server, so the signed request looks ${seconds > 0 ? 'not yet issued or too long-lived' : 'expired'}; set the clock (NTP)`;
}
