import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { OperationalError } from 'n8n-workflow';

import { SameTokenAgain } from '../http/call';
import type { TokenSource } from '../oauth/token-source';

/**
 * Our token source as n8n's HTTP Request node uses it. The node's own mechanism has no expiry and
 * no lock: it runs `preAuthentication` when the hidden field `accessToken` is empty or after a 401,
 * and stores what it returns in the credential. So the token comes from the shared source (one
 * request for all that ask at once), and `authenticate` reports a stale one as a 401 before
 * anything is sent.
 */
export interface StoredToken {
	accessToken?: unknown;
	/** Milliseconds since 1970. */
	renewAt?: unknown;
	/**
	 * With which settings it was asked for: after a change of the credential the token is no longer
	 * used.
	 */
	issuedFor?: unknown;
}

/**
 * What `preAuthentication` stores: the current token, or a new one when the stored one was refused.
 */
export async function tokenToStore(
	source: TokenSource,
	stored: ICredentialDataDecryptedObject & StoredToken,
): Promise<IDataObject> {
	let { token, renewAt } = await source.token();
	if (token === stored.accessToken && isUsable(source, stored)) {
		// The very token that was refused. Of ten requests that come here together the first forgets it
		// and all wait for its successor.
		source.refused(`Bearer ${token}`);
		({ token, renewAt } = await source.token());
		if (token === stored.accessToken) throw new SameTokenAgain();
	}
	return { accessToken: token, renewAt, issuedFor: source.key };
}

/**
 * The request with the stored token, for `authenticate`. n8n may call it twice for one request, so
 * it sets the header and adds nothing.
 *
 * @throws an error with `response.status` 401 when the stored token is stale or was issued for
 *   other settings: n8n then runs `preAuthentication` and comes back, before anything is sent
 */
export function withStoredToken(
	source: TokenSource,
	stored: ICredentialDataDecryptedObject & StoredToken,
	request: IHttpRequestOptions,
): IHttpRequestOptions {
	if (!isUsable(source, stored)) {
		throw Object.assign(new OperationalError('The access token has to be renewed'), {
			response: { status: 401 },
		});
	}
	return {
		...request,
		headers: { ...request.headers, Authorization: `Bearer ${stored.accessToken}` },
		// A token must never travel to another origin.
		sendCredentialsOnCrossOriginRedirect: false,
	};
}

/** Whether a stored token was sent; else the 401 is our own, to have it renewed. */
const isUsable = (source: TokenSource, stored: StoredToken): stored is { accessToken: string } =>
	typeof stored.accessToken === 'string' &&
	Number(stored.renewAt) > Date.now() &&
	stored.issuedFor === source.key;
