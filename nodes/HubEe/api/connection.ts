import { createHash } from 'node:crypto';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { FailureFacts, HttpClientOptions } from '../../../lib/http/call';
import { HttpClient } from '../../../lib/http/client';
import { tlsSettings } from '../../../lib/http/tls-settings';
import { requestToken } from '../../../lib/oauth/token-endpoint';
import { TokenSource } from '../../../lib/oauth/token-source';
import { hubEeUrls } from './environments';

/** The data of an `hubEeOAuth2Api` credential. */
export interface HubEeCredential {
	environment: string;
	baseUrl?: string;
	tokenUrl?: string;
	clientId: string;
	clientSecret: string;
	/** `SI`, `OSL`, `ADMIN` or `DATAPASS`. */
	scope: string;
	/** Further pairs, as a JSON list of name, clientId, clientSecret and scope. */
	accountSecrets?: string;
	editorName?: string;
	applicationName?: string;
	softwareVersion?: string;
	extraCa?: string;
	ignoreTlsIssues?: boolean;
}

/** Longest value of each partner header (HubEE contract, all operations). */
const MAX_PARTNER_HEADER = 50;

/** Lifetime of a token where the server does not say it: one hour (HubEE contract V2, 2024). */
const TOKEN_LIFETIME_SECONDS = 3600;

/**
 * A client for one account: its addresses, its token, its partner headers.
 *
 * @example
 * const http = hubEeHttp({
 *   environment: 'preproduction',
 *   clientId: '…',
 *   clientSecret: '…',
 *   scope: 'SI',
 *   editorName: 'Ville de Lyon',
 *   applicationName: 'n8n',
 *   softwareVersion: '1.0',
 * });
 */
export function hubEeHttp(
	credential: HubEeCredential,
	options: Pick<HttpClientOptions, 'signal' | 'maxParallel' | 'timeoutMs' | 'retry'> = {},
): HttpClient {
	const { baseUrl } = urlsOf(credential);
	return new HttpClient({
		...options,
		service: 'HubEE',
		baseUrl,
		headers: partnerHeaders(credential),
		auth: hubEeTokenSource(credential),
		tls: tlsSettings(credential),
		advise: hubEeAdvice,
	});
}

/**
 * The token of one account: OAuth 2.0 client credentials, HTTP Basic, form-urlencoded (anything
 * else is refused since 2025).
 */
export function hubEeTokenSource(credential: HubEeCredential): TokenSource {
	const { tokenUrl } = urlsOf(credential);
	const clientId = needed('Client ID', credential.clientId);
	const clientSecret = needed('Client Secret', credential.clientSecret);
	const scope = credential.scope;
	const tls = tlsSettings(credential);
	const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
	return TokenSource.for({
		identity: [
			'hubee',
			tokenUrl,
			clientId,
			scope,
			createHash('sha256').update(clientSecret).digest('hex'),
		],
		defaultLifetimeSeconds: TOKEN_LIFETIME_SECONDS,
		secrets: [clientSecret, basic],
		fetch: async (maxTries) =>
			await requestToken({
				maxTries,
				service: 'HubEE',
				tokenUrl,
				form: { grant_type: 'client_credentials', scope },
				headers: { authorization: `Basic ${basic}` },
				tls,
				secrets: [clientSecret, basic],
				advise: tokenAdvice,
			}),
	});
}

/**
 * `editorName`, `applicationName`, `softwareVersion`: expected on every call, at most 50 characters
 * each.
 */
export function partnerHeaders(credential: HubEeCredential): Record<string, string> {
	const headers: Record<string, string> = {};
	const named = [
		['editorName', 'Editor Name', credential.editorName],
		['applicationName', 'Application Name', credential.applicationName],
		['softwareVersion', 'Software Version', credential.softwareVersion],
	] as const;
	for (const [header, label, value = ''] of named) {
		const text = value.trim();
		const field = `${label} of the HubEE credential`;
		if (text === '') throw invalidInput(field, 'is empty: HubEE expects it on every call');
		if (text.length > MAX_PARTNER_HEADER)
			throw invalidInput(
				field,
				`must have at most ${MAX_PARTNER_HEADER} characters, and has ${text.length}`,
			);
		if (!/^[\x20-\x7E]+$/.test(text))
			throw invalidInput(
				field,
				'must consist of plain letters, digits and signs, without accents: it travels in an HTTP header',
			);
		headers[header] = text;
	}
	return headers;
}

function needed(label: string, value: string | undefined): string {
	const text = value?.trim() ?? '';
	if (text === '') throw invalidInput(`${label} of the HubEE credential`, 'is empty');
	return text;
}

const urlsOf = (credential: HubEeCredential) =>
	hubEeUrls(credential.environment, credential.baseUrl, credential.tokenUrl);

function tokenAdvice({ codes, status }: FailureFacts): string | undefined {
	if (codes.includes('invalid_client') || status === 401)
		return 'Check the client ID and secret, and that they were issued for the chosen environment: those of production do not work in pre-production, and the other way round. Each subscription has its own pair in the HubEE portal.';
	if (codes.includes('invalid_scope'))
		return 'The client ID is not allowed this scope: SI is for receiving authorities, OSL for online-service operators, ADMIN and DATAPASS for national administration.';
	if (status === 404)
		return 'Nothing answers under the token URL: check the environment, or the custom token URL.';
	return undefined;
}

/**
 * What the gateway's refusals usually mean (HubEE error guide, 2022, and the services in
 * production).
 */
export function hubEeAdvice({ status, messages, path }: FailureFacts): string | undefined {
	const text = messages.join('\n');
	if (/does not match with attachment meta-data/i.test(text))
		return 'The bytes sent are not as many as were declared: another program may have changed the file between the two calls.';
	if (/does not suscribed to|does not subscribed to/i.test(text))
		return 'The recipient has no active subscription to this process. Look it up with Subscription: Get Many.';
	if (/recipient .* does not exist/i.test(text))
		return 'No organization has this SIRET and branch code in this environment. Leading zeros of the branch code matter.';
	if (/is not a valid UUID/i.test(text)) return 'The identifier must be a UUID, as HubEE gives it.';
	if (/query parameter .* is unexpected/i.test(text))
		return 'This environment runs an older release that does not know the parameter.';
	if (/\[RESPONSE\]/.test(text))
		return 'The service failed behind its gateway, which then could not read its answer. An upload without content is a known reason.';
	if (status === 401)
		return 'The token was renewed and refused again: the base URL and the token URL may belong to different environments.';
	if (status === 403)
		return 'The client ID has no right to this object: it usually belongs to another organization or process than the one the client ID was issued for, or the scope of the credential does not allow the operation.';
	if (status === 404)
		return path.includes('/attachments/')
			? 'The file does not exist under this case or event, or the hub has already purged it.'
			: 'It does not exist in this environment, or no longer: check the environment of the credential and the identifier.';
	if (status >= 500)
		return 'HubEE advises to wait an hour and try again, then to write to support@hubee.numerique.gouv.fr.';
	return undefined;
}
