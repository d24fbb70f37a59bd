import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { OperationalError } from 'n8n-workflow';

import type { TokenSource } from './token-source';

/**
 * Our token source as n8n's HTTP Request node uses it. The node's own mechanism has no expiry and no lock: it runs `preAuthentication` when
 * the hidden field `accessToken` is empty or after a 401, and stores what it returns in the credential. So the token comes from the
 * shared source (one request for all that ask at once), and `authenticate` reports a stale one as a 401 before anything is sent.
 */
export interface StoredToken {
	accessToken: string;
	/** Milliseconds since 1970. */
	renewAt: number;
}

/** What `preAuthentication` stores: the current token, or a new one when the stored one was refused. */
export async function tokenToStore(
	source: TokenSource,
	credentials: ICredentialDataDecryptedObject,
): Promise<IDataObject> {
	const refused = String(credentials.accessToken ?? '');
	// With ten parallel refusals the first forgets the token and the others find its successor.
	if (refused !== '' && Number(credentials.renewAt) > Date.now())
		source.refused(`Bearer ${refused}`);
	const { token, renewAt } = await source.token();
	return { accessToken: token, renewAt };
}

/** The request with the stored token; a stale one makes n8n renew it first. */
export function withStoredToken(
	credentials: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): IHttpRequestOptions {
	if (!credentials.accessToken || Number(credentials.renewAt) <= Date.now()) {
		throw Object.assign(new OperationalError('The access token has to be renewed'), {
			response: { status: 401 },
		});
	}
	return {
		...request,
		headers: { ...request.headers, Authorization: `Bearer ${String(credentials.accessToken)}` },
		// A token must never travel to another origin.
		sendCredentialsOnCrossOriginRedirect: false,
	};
}
