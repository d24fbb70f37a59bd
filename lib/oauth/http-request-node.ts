import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { OperationalError } from 'n8n-workflow';

import type { TokenSource } from './token-source';

/** What is kept beside a credential for n8n's HTTP Request node. All are hidden fields; the first one is `expirable`. */
interface StoredToken {
	accessToken?: unknown;
	/** Milliseconds since the epoch. */
	renewAt?: unknown;
	/** Which settings the token was made with: after a change of the credential it is no longer used. */
	issuedFor?: unknown;
}

/**
 * The `preAuthentication` of a credential: n8n runs it when the token is missing, was refused or (see {@link withStoredToken}) is stale, and
 * stores what it returns. n8n neither looks at the expiry nor prevents that ten parallel requests do this ten times; the token source,
 * which our own nodes share, does both.
 */
export async function tokenToStore(source: TokenSource, stored: StoredToken): Promise<IDataObject> {
	let { token, renewAt } = await source.token();
	if (token === stored.accessToken) {
		// The very token that was just refused. Of ten requests that come here together the first forgets it and all wait for the next one.
		source.refused(`Bearer ${token}`);
		({ token, renewAt } = await source.token());
	}
	return { accessToken: token, renewAt, issuedFor: source.key };
}

/**
 * The `authenticate` of a credential. n8n may call it twice for one request, so it sets the header and adds nothing.
 *
 * @throws an error with `response.status` 401 when the stored token is stale or was made with other settings: n8n then runs
 * `preAuthentication` and comes back, before anything is sent
 */
export function withStoredToken(
	source: TokenSource,
	stored: ICredentialDataDecryptedObject & StoredToken,
	options: IHttpRequestOptions,
	now = Date.now(),
): IHttpRequestOptions {
	const { accessToken, renewAt, issuedFor } = stored;
	const fresh = typeof accessToken === 'string' && accessToken !== '' && Number(renewAt) > now;
	if (!fresh || issuedFor !== source.key)
		throw Object.assign(new OperationalError('The access token has to be renewed'), {
			response: { status: 401 },
		});
	return { ...options, headers: { ...options.headers, Authorization: `Bearer ${accessToken}` } };
}
