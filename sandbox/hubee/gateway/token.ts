import { randomBytes } from 'node:crypto';

import { json } from '../../mock-server';
import type { Answer, Call, MockClock } from '../../mock-server';
import type { Client, Identity, Scope } from '../model';
import type { HubEeSettings } from '../settings';

interface IssuedToken {
	identity: Identity;
	expiresAt: number;
}

/**
 * The token endpoint (OAuth 2.0 client credentials, HTTP Basic and form only) and the tokens it
 * has issued.
 */
export class TokenEndpoint {
	private readonly tokens = new Map<string, IssuedToken>();

	constructor(
		private readonly clients: () => Client[],
		private readonly clock: MockClock,
		private readonly settings: HubEeSettings,
	) {}

	/** Answers a token request; refusals have the OAuth shape and not the one of the API. */
	async answer(call: Call): Promise<Answer> {
		if (call.method !== 'POST') return oauthError(405, 'invalid_request', 'Method not allowed');
		const basic = basicCredentials(call.header('authorization'));
		if (basic === undefined) {
			return oauthError(401, 'invalid_client', 'Client credentials are missing in the request.');
		}
		const client = this.clients().find(({ clientId }) => clientId === basic.clientId);
		if (client === undefined) {
			const text = `A valid OAuth client could not be found for client_id: ${basic.clientId}`;
			return oauthError(401, 'invalid_client', text);
		}
		if (client.clientSecret !== basic.clientSecret) {
			call.refusedBecause(
				`The secret of ${client.clientId} has ${client.clientSecret.length} characters, and another one with ${basic.clientSecret.length} came`,
			);
			return oauthError(401, 'invalid_client', 'Client Authentication failed.');
		}
		if (call.contentType !== 'application/x-www-form-urlencoded') {
			call.refusedBecause(`The body must be a form, and came as ${call.contentType ?? 'nothing'}`);
			return oauthError(400, 'invalid_request', 'Missing grant_type parameter value');
		}
		const form = new URLSearchParams(await call.text());
		const asked = form.get('scope') ?? '';
		if (!client.scopes.some((granted) => granted === asked))
			call.refusedBecause(
				`${client.clientId} has the scope ${client.scopes.join(', ')}, and asked for "${asked}"`,
			);
		return this.grant(client, form);
	}

	/** Who makes a call; undefined when there is no valid token. */
	identify(call: Call): Identity | undefined {
		const authorization = call.header('authorization');
		const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
		const issued = token === undefined ? undefined : this.tokens.get(token);
		if (issued && issued.expiresAt > this.clock.milliseconds()) return issued.identity;
		call.refusedBecause(
			authorization === undefined
				? 'There is no Authorization header'
				: token === undefined
					? 'The Authorization header is not “Bearer” and a token'
					: issued
						? `The token ended at ${new Date(issued.expiresAt).toISOString()}`
						: 'The token is not from here, or was expired by hand or by a restart',
		);
		return undefined;
	}

	/** Makes every token invalid now, before its time. */
	expireAll(): void {
		this.tokens.clear();
	}

	private grant(client: Client, form: URLSearchParams): Answer {
		const grantType = form.get('grant_type');
		if (grantType === null) {
			return oauthError(400, 'invalid_request', 'Missing grant_type parameter value');
		}
		if (grantType !== 'client_credentials') {
			return oauthError(
				400,
				'unsupported_grant_type',
				`Unsupported grant_type value: ${grantType}`,
			);
		}
		// How a refused scope is answered is not documented; this is what OAuth 2.0 (RFC 6749, 5.2)
		// provides.
		const scope = client.scopes.find((granted) => granted === form.get('scope'));
		if (scope === undefined) {
			return oauthError(400, 'invalid_scope', 'The requested scope is not granted to this client');
		}
		const token = randomBytes(24).toString('base64url');
		const lifetime = this.settings.tokenLifetime;
		this.tokens.set(token, {
			identity: identityOf(client, scope),
			expiresAt: this.clock.milliseconds() + lifetime * 1000,
		});
		return json(200, {
			access_token: token,
			scope,
			token_type: 'Bearer',
			...(this.settings.announceExpiresIn ? { expires_in: lifetime } : {}),
		});
	}
}

function identityOf(client: Client, scope: Scope): Identity {
	const { clientId, organization, processCodes } = client;
	return { clientId, scope, organization, processCodes };
}

function basicCredentials(
	authorization: string | undefined,
): { clientId: string; clientSecret: string } | undefined {
	const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
	if (encoded === undefined) return undefined;
	const decoded = Buffer.from(encoded, 'base64').toString('utf8');
	const colon = decoded.indexOf(':');
	if (colon < 0) return undefined;
	return { clientId: decoded.slice(0, colon), clientSecret: decoded.slice(colon + 1) };
}

function oauthError(status: number, error: string, description: string): Answer {
	return json(status, { error_description: description, error });
}
