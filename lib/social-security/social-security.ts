import { createHash, X509Certificate } from 'node:crypto';

import { textIn, trimmedText } from '../answers/json';
import { DAY_MS } from '../time/durations';
import { invalidInput } from '../errors/guichet-error';
import type { TlsSettings } from '../http/agents';
import { tlsSettings } from '../http/tls-settings';
import { certificateOf, checkCertificate, readCertificates, WARN_DAYS } from './certificate';
import { CLIENT_ASSERTION_TYPE, signClientAssertion } from '../oauth/client-assertion';
import { readSigningKey } from '../oauth/private-key';
import { explainRefusal } from './refusal-advice';
import { requestToken } from '../oauth/token-endpoint';
import { type AccessToken, TokenSource } from '../oauth/token-source';

/** The name of the credential type that people fill in. */
export const SOCIAL_SECURITY_CREDENTIAL = 'socialSecurityCertificateOAuth2Api';

const PRODUCTION_TOKEN_URL = 'https://services.socialsecurity.be/REST/oauth/v5/token';

/**
 * Where the services are and where their tokens come from, per environment. Simulation takes
 * production tokens.
 */
export const SOCIAL_SECURITY_ENVIRONMENTS = {
	production: {
		servicesUrl: 'https://services.socialsecurity.be/REST',
		tokenUrl: PRODUCTION_TOKEN_URL,
	},
	simulation: {
		servicesUrl: 'https://services-sim.socialsecurity.be/REST',
		tokenUrl: PRODUCTION_TOKEN_URL,
	},
	acceptance: {
		servicesUrl: 'https://services-acpt.socialsecurity.be/REST',
		tokenUrl: 'https://services-acpt.socialsecurity.be/REST/oauth/v5/token',
	},
} as const;

export type SocialSecurityEnvironment = keyof typeof SOCIAL_SECURITY_ENVIRONMENTS | 'custom';

/** What a credential says, trimmed and completed. */
export interface SocialSecuritySettings {
	environment: SocialSecurityEnvironment;
	/** Without a trailing slash; a service adds its path: `/dimona/v2`. */
	servicesUrl: string;
	tokenUrl: string;
	audience: string;
	clientId: string;
	scope: string;
	tls: TlsSettings;
}

/**
 * Assumed when the server does not say how long a token lives: short, so that at worst there is a
 * request too many. Seconds.
 */
const DEFAULT_LIFETIME_SECONDS = 600;

/**
 * Reads the decrypted data of a `socialSecurityCertificateOAuth2Api` credential.
 *
 * @throws GuichetError `invalid_input` for a missing client id or an unusable URL
 * @example const { servicesUrl, tls } = socialSecuritySettings(credential);
 */
export function socialSecuritySettings(data: Record<string, unknown>): SocialSecuritySettings {
	const environment = trimmedText(data.environment) || 'production';
	const clientId = trimmedText(data.clientId);
	if (clientId === '')
		throw invalidInput(
			'Client ID',
			'is empty',
			'Chaman shows it when the certificate is registered.',
		);
	const tls = tlsSettings(data);
	const scope = trimmedText(data.scope)
		.split(/[\s,]+/)
		.join(' ')
		.trim();
	if (environment !== 'custom') {
		if (!isPreset(environment)) throw invalidInput('Environment', 'is not known');
		const preset = SOCIAL_SECURITY_ENVIRONMENTS[environment];
		return { ...preset, audience: preset.tokenUrl, environment, clientId, scope, tls };
	}
	const tokenUrl = urlOf('Token URL', data.tokenUrl);
	return {
		environment,
		tokenUrl,
		servicesUrl: urlOf('Services URL', data.servicesUrl).replace(/\/+$/, ''),
		audience: trimmedText(data.audience) || tokenUrl,
		clientId,
		scope,
		tls,
	};
}

/**
 * Tokens for the REST services of the Belgian social security, proved by the private key in a
 * `socialSecurityCertificateOAuth2Api` credential. The key is read when a token is needed; a
 * mistake in it is thrown then, as `invalid_input`.
 *
 * @example new HttpClient({ service: 'Dimona', auth: socialSecurityAuthenticator(credential) });
 */
export function socialSecurityAuthenticator(data: Record<string, unknown>): TokenSource {
	const settings = socialSecuritySettings(data);
	const key = rawText(data.privateKey);
	const passphrase = rawText(data.passphrase);
	const certificate = rawText(data.certificate);
	return TokenSource.for({
		identity: [
			'social security',
			settings.tokenUrl,
			settings.audience,
			settings.clientId,
			settings.scope,
			// A corrected key must not be served with a token, or a refusal, of the one before.
			createHash('sha256')
				.update(JSON.stringify([key, passphrase, certificate]))
				.digest('base64'),
			JSON.stringify(settings.tls),
		],
		defaultLifetimeSeconds: DEFAULT_LIFETIME_SECONDS,
		secrets: [passphrase],
		fetch: async (maxTries) =>
			await fetchToken(settings, { key, passphrase, certificate }, maxTries),
	});
}

async function fetchToken(
	settings: SocialSecuritySettings,
	texts: { key: string; passphrase: string; certificate: string },
	maxTries: number | undefined,
): Promise<AccessToken> {
	const { environment, tokenUrl, audience, clientId, scope, tls } = settings;
	const { passphrase } = texts;
	const given = readCertificates(texts.certificate);
	const { key, certificates } = await readSigningKey(texts.key, passphrase);
	checkCertificate(
		key,
		given,
		certificates.map((pem) => new X509Certificate(pem)),
	);
	return await requestToken({
		maxTries,
		service: 'the Belgian social security',
		tokenUrl,
		form: async () => ({
			grant_type: 'client_credentials',
			client_assertion_type: CLIENT_ASSERTION_TYPE,
			client_assertion: await signClientAssertion({ clientId, audience, key }),
			...(scope ? { scope } : {}),
		}),
		tls,
		secrets: [passphrase],
		advise: (failure) =>
			explainRefusal(
				{
					clientId,
					tokenUrl,
					audience,
					scope,
					audienceShown: environment === 'custom',
					pairChecked: given.length > 0,
				},
				failure,
			),
	});
}

/**
 * What to tell about the certificate while everything still works: that it ends within thirty days.
 * `undefined` when there is nothing to tell, no certificate was given, or key and certificate are
 * unusable (a token request says so better).
 *
 * @example const warning = await certificateWarning(credential);
 */
export async function certificateWarning(
	data: Record<string, unknown>,
	now = new Date(),
): Promise<string | undefined> {
	const { lastDay: end } = await describeKey(data).catch(() => ({ lastDay: undefined }));
	const daysLeft = end && Math.floor((end.getTime() - now.getTime()) / DAY_MS);
	if (daysLeft === undefined || daysLeft < 0 || daysLeft > WARN_DAYS) return undefined;
	return `The certificate of this credential expires in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}. Make a new one and register it in Chaman in time.`;
}

/** What a person can compare with the files at hand. */
export interface KeyDescription {
	/** The form in which the credential has the key. */
	form: string;
	bits: number;
	/** Of the key's own certificate, when the credential has it. */
	lastDay: Date | undefined;
}

/**
 * Describes the key of a credential, without a part of it.
 *
 * @throws GuichetError `invalid_input` when it cannot be read
 * @example (await describeKey(credential)).form; // 'PKCS#12 file (aes-256-cbc)'
 */
export async function describeKey(data: Record<string, unknown>): Promise<KeyDescription> {
	const given = readCertificates(rawText(data.certificate));
	const { key, certificates, form } = await readSigningKey(
		rawText(data.privateKey),
		rawText(data.passphrase),
	);
	const found = certificates.map((pem) => new X509Certificate(pem));
	const own = certificateOf(key, given, found);
	return {
		form,
		bits: key.asymmetricKeyDetails?.modulusLength ?? 0,
		lastDay: own && new Date(own.validTo),
	};
}

const isPreset = (name: string): name is keyof typeof SOCIAL_SECURITY_ENVIRONMENTS =>
	Object.hasOwn(SOCIAL_SECURITY_ENVIRONMENTS, name);

/** Keys and passphrases are taken as they are: a space may be part of a passphrase. */
const rawText = (value: unknown): string => textIn(value) ?? '';

function urlOf(field: string, value: unknown): string {
	const text = trimmedText(value);
	let url: URL | undefined;
	try {
		url = new URL(text);
	} catch {
		// Judged below, together with a wrong protocol.
	}
	if (!url || !/^https?:$/.test(url.protocol))
		throw invalidInput(
			field,
			text === '' ? 'is empty' : 'must be a URL that begins with https://',
			'It is needed in the environment "Custom".',
		);
	return text;
}
