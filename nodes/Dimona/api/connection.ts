import type { HttpClientOptions } from '../../../lib/http/call';
import { HttpClient } from '../../../lib/http/client';
import {
	socialSecurityAuthenticator,
	socialSecuritySettings,
} from '../../../lib/social-security/social-security';
import { adviseDimona } from './advice';
import { DIMONA_PATH, DimonaClient } from './client';

export interface DimonaConnectionOptions {
	/** Stops every call that reads, and every wait. */
	signal?: AbortSignal;
	timeoutMs?: number;
}

/**
 * A Dimona client for the decrypted data of a `socialSecurityCertificateOAuth2Api` credential.
 *
 * @example
 * const client = dimonaClient({ environment: 'simulation', clientId, privateKey });
 */
export function dimonaClient(
	credential: Record<string, unknown>,
	{ signal, timeoutMs = 30_000 }: DimonaConnectionOptions = {},
): DimonaClient {
	const { servicesUrl } = socialSecuritySettings(credential);
	const common = httpOptions(credential, { signal, timeoutMs });
	return new DimonaClient(
		{
			reading: new HttpClient(common),
			// One repeat, and only after "too many requests" or when the service was certainly not
			// reached.
			// What is under way is not cut off by the stop button: its id would be lost.
			submitting: new HttpClient({ ...common, signal: undefined, retry: { maxTries: 2 } }),
			polling: new HttpClient({ ...common, retry: { maxTries: 1 } }),
		},
		`${servicesUrl}${DIMONA_PATH}`,
	);
}

/** The client for reading alone, with the answers as they come. */
export function dimonaReading(
	credential: Record<string, unknown>,
	options: DimonaConnectionOptions & Pick<HttpClientOptions, 'retry'>,
): HttpClient {
	return new HttpClient({ ...httpOptions(credential, options), retry: options.retry });
}

function httpOptions(
	credential: Record<string, unknown>,
	{ signal, timeoutMs }: DimonaConnectionOptions,
): HttpClientOptions {
	const { tls } = socialSecuritySettings(credential);
	return {
		service: 'Dimona',
		auth: socialSecurityAuthenticator(credential),
		tls,
		signal,
		timeoutMs,
		advise: adviseDimona,
	};
}
