import * as v from 'valibot';

import { numeric, object } from '../answers/schema';
import { GuichetError } from '../errors/guichet-error';
import { presentableUrl } from '../errors/redact';
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
	/** Three when absent. */
	maxTries?: number;
}

/** Longer ones do not fit into the headers that usual servers read. Characters. */
const MAX_TOKEN_LENGTH = 16_384;

/** RFC 6749, section 5.1. HubEE documents `access_token` only. */
const tokenAnswer = object({
	access_token: v.pipe(
		v.string(),
		v.check((token) => token !== '', 'a token'),
	),
	token_type: v.nullish(v.string()),
	expires_in: v.nullish(numeric),
	/** A text with spaces; what is something else tells nothing. */
	scope: v.nullish(v.unknown()),
});

const NOT_A_TOKEN_URL =
	'The token URL may lead to a web page or a proxy: check the environment in the credential.';

/**
 * One token request (RFC 6749, section 4.4). It may be repeated: a token that nobody uses does no
 * harm.
 *
 * @throws GuichetError `token_refused` with the server's `error_description`, or the transport's
 *   failure
 * @example const { token } = await requestToken({ service: 'HubEE', tokenUrl, form, secrets });
 */
export async function requestToken(call: TokenEndpointCall): Promise<AccessToken> {
	const client = new HttpClient({
		service: `The token endpoint of ${call.service}`,
		headers: call.headers,
		tls: call.tls,
		timeoutMs: 30_000,
		retry: { maxTries: call.maxTries ?? 3, maxElapsedMs: 45_000 },
		redact: call.secrets,
		advise: call.advise,
	});
	const { body } = await client
		.json(
			{ method: 'POST', url: call.tokenUrl, body: { form: call.form }, repeat: 'safe' },
			tokenAnswer,
		)
		.catch((error: unknown) => {
			throw refusal(call, error);
		});
	const { access_token: token, token_type: type, expires_in: lifetime, scope } = body;
	const unusable = unusableToken(token, type ?? undefined);
	if (unusable)
		throw new GuichetError(
			'answer_malformed',
			`${atStart(call.service)} gave ${unusable.problem}`,
			{ hint: unusable.hint, url: presentableUrl(call.tokenUrl), outcome: 'not_done' },
		);
	const granted = typeof scope === 'string' ? scope.split(/\s+/).filter(Boolean) : undefined;
	return { token, expiresInSeconds: lifetime ?? undefined, granted };
}

/** Why a token that came cannot be sent along, in words that show nothing of it. */
function unusableToken(
	token: string,
	type: string | undefined,
): { problem: string; hint: string } | undefined {
	if (type !== undefined && !/^bearer$/i.test(type.trim()))
		return {
			problem: `a token of ${/^[\w-]{1,20}$/.test(type) ? `the type "${type}"` : 'another type'}, and only Bearer tokens can be used`,
			hint: 'The client may be registered for tokens that are bound to a key. Ask the service for Bearer tokens.',
		};
	if (token.length > MAX_TOKEN_LENGTH)
		return {
			problem: `a token of ${token.length} characters, and no header holds more than ${MAX_TOKEN_LENGTH}`,
			hint: 'A token grows with what it grants: ask for fewer scopes, where the credential has the field "Scope".',
		};
	if (!/^[\x21-\x7e]+$/.test(token))
		return {
			problem: 'a token with spaces or other characters that no header can carry',
			hint: 'A proxy between n8n and the service may have changed the answer. Otherwise tell the service.',
		};
	return undefined;
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
