import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { default as Provider, Configuration } from 'oidc-provider';

import { type Answer, type Call, type MockClock, TOKEN_OPERATION } from '../mock-server';
import {
	expiredAccessToken,
	invalidAccessToken,
	missingScope,
	noAccessToken,
	problem,
} from './problems';
import { TokenStore } from './token-store';

/**
 * A client as it was registered in Chaman: its id, its certificate, the services it was activated
 * for.
 */
export interface RegisteredClient {
	clientId: string;
	/** PEM. */
	certificate: string;
	scopes: string[];
}

export interface AuthorizationServerSettings {
	/** Base URL under which callers see the server, without a trailing slash. */
	publicUrl: string;
	clients: RegisteredClient[];
	/** Every scope that exists. */
	scopes: string[];
	clock: MockClock;
	/** Seconds that a token lives. */
	tokenLifetime?: number;
	/** Read at every request, so that they may change. */
	rules?: Readonly<AssertionRules>;
}

/** What the published documents leave open about assertions. */
export interface AssertionRules {
	/**
	 * Longest accepted time between now and `exp`, in seconds; null for any. The real one is not
	 * published, five minutes is what working clients use.
	 */
	longestAssertion: number | null;
	/** Whether an assertion may name its key by `kid`, which no document mentions. */
	assertionKeyId: 'refused' | 'accepted';
}

export const ASSERTION_RULES: Readonly<AssertionRules> = {
	longestAssertion: 300,
	assertionKeyId: 'refused',
};

/** Who calls, once the token is found to be good. */
export interface Caller {
	clientId: string;
	scopes: string[];
}

const TOKEN_PATH = '/REST/oauth/v5/token';

const CLOCK_TOLERANCE = 15;

/**
 * The authorization server of the Belgian social security, version 5: `oidc-provider`, reduced to
 * client credentials with `private_key_jwt`. It runs behind the stand, so that its calls are
 * logged, delayed and cut like all others.
 */
export class AuthorizationServer {
	/** Seconds; for tokens that are asked for from now on. */
	tokenLifetime: number;

	/** When each token ends, by the clock of the stand-in. */
	private readonly ends = new Map<string, number>();

	/** Why the last token request was refused; the answer itself says little, as real servers do. */
	lastRefusal: string | undefined;

	private constructor(
		private readonly settings: AuthorizationServerSettings,
		private readonly provider: Provider,
		private readonly store: TokenStore,
		private readonly server: Server,
	) {
		this.tokenLifetime = settings.tokenLifetime ?? 600;
	}

	static async start(settings: AuthorizationServerSettings): Promise<AuthorizationServer> {
		const { default: Provider, errors } = await withoutRuntimeWarning(
			async () => await import('oidc-provider'),
		);
		const store = new TokenStore();
		const lifetime = { seconds: () => 600 };
		const provider = new Provider(
			settings.publicUrl,
			configuration(settings, store, () => lifetime.seconds(), errors),
		);
		// The mock server is in front of it and says under which address it was called.
		provider.proxy = true;
		const answer = provider.callback();
		// The library turns its own failures into answers.
		const server = createServer((request, response) => void answer(request, response));
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(0, '127.0.0.1', resolve);
		});
		const started = new AuthorizationServer(settings, provider, store, server);
		lifetime.seconds = () => started.tokenLifetime;
		provider.on('grant.error', (_context, error) => {
			const { error_detail: detail, cause } = error as { error_detail?: string; cause?: Error };
			started.lastRefusal = [error.message, detail, cause?.message].filter(Boolean).join(': ');
		});
		for (const client of settings.clients) started.register(client);
		return started;
	}

	get tokenUrl(): string {
		return tokenUrlOf(this.settings);
	}

	/** Registers a client, or replaces its certificate. */
	register({ clientId, certificate, scopes }: RegisteredClient): void {
		const jwk = new X509Certificate(certificate).publicKey.export({ format: 'jwk' });
		this.store.rows('Client').set(clientId, {
			client_id: clientId,
			grant_types: ['client_credentials'],
			redirect_uris: [],
			response_types: [],
			token_endpoint_auth_method: 'private_key_jwt',
			token_endpoint_auth_signing_alg: 'RS256',
			jwks: { keys: [{ ...jwk, use: 'sig', alg: 'RS256' }] },
			scope: scopes.join(' '),
		});
	}

	/** Whether a call is for this server. */
	handles(call: Call): boolean {
		return call.path === TOKEN_PATH;
	}

	/** Why the last token request was refused. */
	private reason(): string {
		return this.lastRefusal ?? 'Not a request for client credentials';
	}

	/** Lets the authorization server answer a token request. */
	async handle(call: Call): Promise<Answer> {
		call.recognisedAs(TOKEN_OPERATION);
		if (call.method !== 'POST')
			return problem(405, 'methodNotAllowed', 'Method Not Allowed', 'Only POST is possible here');
		this.admitKeyId(await call.text());
		this.lastRefusal = undefined;
		const { port } = this.server.address() as AddressInfo;
		const { protocol, host } = new URL(this.settings.publicUrl);
		const response = await fetch(`http://127.0.0.1:${port}${call.path}`, {
			method: 'POST',
			headers: {
				'content-type': call.header('content-type') ?? '',
				...(call.header('authorization')
					? { authorization: call.header('authorization') ?? '' }
					: {}),
				accept: 'application/json',
				'x-forwarded-proto': protocol.replace(':', ''),
				'x-forwarded-host': host,
			},
			body: new Uint8Array(await call.bytes()),
		});
		const bytes = Buffer.from(await response.arrayBuffer());
		if (response.ok) this.remember(bytes);
		else call.refusedBecause(this.reason());
		return {
			status: response.status,
			headers: { 'cache-control': 'no-store', date: this.settings.clock.now().toUTCString() },
			body: { bytes, type: 'application/json' },
		};
	}

	/**
	 * Registers a client's key under the name that its assertion gives it, or without a name: the
	 * library looks for the key by `kid` before it looks at the signature.
	 */
	private admitKeyId(form: string): void {
		const assertion = new URLSearchParams(form).get('client_assertion') ?? '';
		const [header = '', claims = ''] = assertion.split('.');
		const { kid } = decodedPart(header);
		const row = this.store.rows('Client').get(String(decodedPart(claims).iss));
		const [key] = (row?.jwks as { keys?: Array<Record<string, unknown>> } | undefined)?.keys ?? [];
		if (!row || !key) return;
		const { kid: former, ...unnamed } = key;
		void former;
		const admitted = this.rules.assertionKeyId === 'accepted' && typeof kid === 'string';
		row.jwks = { keys: [admitted ? { ...unnamed, kid } : unnamed] };
	}

	private get rules(): Readonly<AssertionRules> {
		return this.settings.rules ?? ASSERTION_RULES;
	}

	private remember(answer: Buffer): void {
		const { access_token: token, expires_in: seconds } = JSON.parse(answer.toString()) as {
			access_token: string;
			expires_in: number;
		};
		this.ends.set(token, this.settings.clock.milliseconds() + seconds * 1000);
	}

	/**
	 * Checks the token of a call to a service.
	 *
	 * @param scopes any one of them is enough
	 * @returns who calls, or the refusal
	 */
	async check(call: Call, ...scopes: string[]): Promise<Caller | Answer> {
		const header = call.header('authorization');
		if (!header) {
			call.refusedBecause('There is no Authorization header');
			return noAccessToken();
		}
		const value = /^Bearer ([A-Za-z0-9._~+/=-]+)$/.exec(header)?.[1];
		const token = value ? await this.provider.ClientCredentials.find(value) : undefined;
		if (!value || !token?.clientId) {
			call.refusedBecause(
				value
					? 'The token is not from here, or was revoked by hand or by a restart'
					: 'The Authorization header is not “Bearer” and a token',
			);
			return invalidAccessToken();
		}
		const end = this.ends.get(value) ?? 0;
		if (end <= this.settings.clock.milliseconds()) {
			call.refusedBecause(`The token ended at ${new Date(end).toISOString()}`);
			return expiredAccessToken();
		}
		const client = this.store.rows('Client').get(token.clientId);
		// Without a scope in the request a client gets all that it was activated for.
		const granted = String(token.scope ?? client?.scope ?? '').split(' ');
		if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) {
			call.refusedBecause(
				`The token has ${granted.join(' ')}, and ${scopes.join(' or ')} is needed`,
			);
			return missingScope(scopes);
		}
		return { clientId: token.clientId, scopes: granted };
	}

	/** Makes every token that was given unusable, as a restart of the real server may. */
	revokeAll(): void {
		this.store.rows('ClientCredentials').clear();
	}

	reset(): void {
		this.store.forgetTokens();
		this.ends.clear();
		this.lastRefusal = undefined;
		this.tokenLifetime = this.settings.tokenLifetime ?? 600;
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
	}
}

function tokenUrlOf({ publicUrl }: AuthorizationServerSettings): string {
	return `${publicUrl}${TOKEN_PATH}`;
}

function configuration(
	settings: AuthorizationServerSettings,
	store: TokenStore,
	lifetime: () => number,
	errors: typeof import('oidc-provider').errors,
): Configuration {
	return {
		adapter: (model: string) => store.adapter(model),
		clientAuthMethods: ['private_key_jwt'],
		enabledJWA: { clientAuthSigningAlgValues: ['RS256'] },
		features: {
			clientCredentials: { enabled: true },
			devInteractions: { enabled: false },
		},
		// Opaque tokens need no signature, but the library wants a key of its own.
		jwks: { keys: [signingKey()] },
		responseTypes: [],
		routes: { token: TOKEN_PATH },
		scopes: settings.scopes,
		ttl: { ClientCredentials: lifetime },
		clockTolerance: CLOCK_TOLERANCE,
		assertJwtClientAuthClaimsAndHeader: (context, claims, _header, client) => {
			const now = Math.floor(Date.now() / 1000);
			const wrong = (detail: string) => new errors.InvalidClientAuth(detail);
			// The library would also take the issuer as audience; version 5 wants the token URL, as one
			// string.
			if (claims.aud !== tokenUrlOf(settings))
				throw wrong(`audience must be the token URL ${tokenUrlOf(settings)}`);
			if (claims.sub !== claims.iss) throw wrong('sub must be the client id');
			const { longestAssertion: longest } = settings.rules ?? ASSERTION_RULES;
			if (longest !== null && Number(claims.exp) - now > longest + CLOCK_TOLERANCE)
				throw wrong(
					`the assertion lives longer than ${longest === 300 ? 'five minutes' : `${longest} s`} (setting longestAssertion)`,
				);
			if (claims.iat !== undefined && Number(claims.iat) > now + CLOCK_TOLERANCE)
				throw wrong('the assertion was issued in the future');
			// The library leaves unknown scopes out without a word.
			const granted = client.scope?.split(' ') ?? [];
			const asked = String(context.oidc.params?.scope ?? '').split(' ');
			const refused = asked.find((scope) => scope !== '' && !granted.includes(scope));
			if (refused) throw new errors.InvalidScope('requested scope is not allowed', refused);
		},
	};
}

/** The part of a JWT that is no signature, unchecked; empty when it cannot be read. */
function decodedPart(part: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
	} catch {
		return {};
	}
}

/** The library warns of every Node before 22, with all of which it works. */
async function withoutRuntimeWarning<T>(load: () => Promise<T>): Promise<T> {
	const { warn } = console;
	console.warn = (...texts: unknown[]) => {
		if (!String(texts[0]).includes('Unsupported runtime')) warn(...texts);
	};
	try {
		return await load();
	} finally {
		console.warn = warn;
	}
}

function signingKey() {
	const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'sandbox' };
}
