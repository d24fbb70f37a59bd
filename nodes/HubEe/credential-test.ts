import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { recoverFrom } from '../../lib/errors/guichet-error';
import { credentialTest } from '../../lib/node/credential-test';
import { furtherAccounts } from './accounts';
import { HubEeClient } from './api/client';
import { type HubEeCredential, hubEeHttp, hubEeTokenSource } from './api/connection';

/**
 * Takes a new token, then asks for one notification, which changes nothing: the token request tells
 * a wrong id, secret or host apart, the second call an API address that belongs to another
 * environment. DATAPASS has no right to the queue, which is an answer of the right API too.
 */
export async function hubEeOAuth2ApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return await credentialTest(async () => {
		const data = credential.data as unknown as HubEeCredential;
		const further = furtherAccounts(data);
		const source = hubEeTokenSource(data);
		source.refused(await source.authorization());
		const http = hubEeHttp(data, { timeoutMs: 20_000, retry: { maxTries: 1 } });
		await new HubEeClient(http)
			.listNotifications({ maxResult: 1 })
			.catch(recoverFrom([], 'forbidden'));
		const others =
			further.length === 1
				? '1 further account is listed and was not tried'
				: `${further.length} further accounts are listed and were not tried`;
		return `HubEE accepts this account (scope ${data.scope})${further.length > 0 ? `; ${others}` : ''}`;
	});
}
