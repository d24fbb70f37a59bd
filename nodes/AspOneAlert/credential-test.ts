import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { GuichetError } from '../../lib/errors/guichet-error';
import { credentialTest } from '../../lib/node/credential-test';
import { alertClient, type AspOneCredential, testAccount } from './connect';

/**
 * Reads one alert configuration, which changes nothing, and tells apart what a failure is about:
 * the white label, the user login, the throttle after a refused login, or the way to the service. A
 * refusal of the account alone means that both logins were accepted.
 */
export async function aspOneWsseApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return await credentialTest(async () => {
		const data = credential.data as unknown as AspOneCredential;
		const client = alertClient(
			{ ...data, timeoutSeconds: Math.min(data.timeoutSeconds || 20, 20) },
			{ retry: { maxTries: 1 } },
		);
		const account = testAccount(data);
		return await client.get(account).then(
			() => `ASPOne accepts both logins (configuration of ${account} read)`,
			(error: unknown) => {
				if (!isAboutRequest(error)) throw error;
				const [first = 'no reason given'] = error.details.serviceMessages ?? [];
				const reason = first.replace(/[\s.]+$/, '');
				return `ASPOne answers, but not for the account ${account}: ${reason}. The white label is accepted; set "Test Account Name" to an account of yours to try the user login out.`;
			},
		);
	});
}

function isAboutRequest(error: unknown): error is GuichetError {
	return error instanceof GuichetError && error.details.data?.refusedLevel === 'request';
}
