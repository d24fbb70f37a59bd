import * as v from 'valibot';

import { numeric, object } from '../answers/schema';
import { GuichetError } from '../errors/guichet-error';
import type { TlsSettings } from '../http/agents';
import type { HttpClientOptions } from '../http/call';
import { HttpClient } from '../http/client';
import type { AccessToken } from './token-source';

export interface TokenEndpointCall {
	/** The service's name in messages: "HubEE". */
	service: string;
	tokenUrl: string;
	/** A function is asked anew for each try, for assertions that may be sent only once. */
	form: Record<string, string> | (() => Promise<Record<string, string>>);
	headers?: Record<string, string>;
	tls?: TlsSettings;
	/** Values that must not be shown. */
	secrets: readonly string[];
	/** Advice for a refusal: its OAuth error code is `codes[0]` (`invalid_client`). */
	advise?: HttpClientOptions['advise'];
}

/** Longer ones do not fit into the headers that usual servers read. */
const MAX_TOKEN_LENGTH = 16_384;

/** RFC 6749, section 5.1. HubEE documents `access_token` only. */
const tokenAnswer = object({
	access_token: v.pipe(
		v.string(),
		v.check(
			(token) => token.length <= MAX_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token),
			'a token that fits into a header',
		),
	),
	token_type: v.nullish(
		v.pipe(
			v.string(),
			v.check((type) => /^bearer$/i.test(type), 'the type Bearer'),
		),
	),
	expires_in: v.nullish(numeric),
});

const NOT_A_TOKEN_URL =
	'The token URL may lead to a web page or a proxy: check the environment in the credential.';

/**
 * One token request (RFC 6749, section 4.4). It may be repeated: a token that nobody uses does no harm.
 *
 * @throws GuichetError `token_refused` with the server's `error_description`, or the transport's failure
 */
export async function requestToken(call: TokenEndpointCall): Promise<AccessToken> {
	const client = new HttpClient({
		service: `The token endpoint of ${call.service}`,
		headers: call.headers,
		tls: call.tls,
		timeoutMs: 30_000,
		retry: { maxTries: 3, maxElapsedMs: 45_000 },
		redact: call.secrets,
		advise: call.advise,
	});
	try {
		const { body } = await client.json(
			{ method: 'POST', url: call.tokenUrl, body: { form: call.form }, repeat: 'safe' },
			tokenAnswer,
		);
		return { token: body.access_token, expiresInSeconds: body.expires_in ?? undefined };
	} catch (error) {
		throw refusal(call, error);
	}
}

function refusal(call: TokenEndpointCall, error: unknown): unknown {
	if (!(error instanceof GuichetError)) return error;
	const { status, serviceMessages = [] } = error.details;
	// The request that needed the token was not sent, whatever became of the token request.
	if (status === undefined || status >= 500 || status === 429)
		return error.with({ outcome: 'not_done' });
	if (error.code === 'redirected') return error.with({ outcome: 'not_done' });
	if (error.code === 'answer_malformed')
		return error.with({ hint: NOT_A_TOKEN_URL, outcome: 'not_done' });
	const said = serviceMessages[0]?.split('\n')[0];
	return new GuichetError(
		'token_refused',
		`${atStart(call.service)} gave no access token${said ? `: ${said}` : ` (HTTP ${status})`}`,
		{ ...error.details, outcome: 'not_done' },
	);
}

/** "the Belgian social security" as the first words of a sentence. */
function atStart(service: string): string {
	return service.charAt(0).toUpperCase() + service.slice(1);
}
