import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import pLimit from 'p-limit';

import { GuichetError } from '../../lib/errors/guichet-error';
import { credentialTest } from '../../lib/node/credential-test';
import { credentialOf, furtherAccounts } from './accounts';
import type { HubEeCredential } from './api/connection';
import { testAccount } from './test-account';

/** Further accounts that the test tries; a person waits for its end. */
const TRIED_ACCOUNTS = 20;

/**
 * Tries the account of the credential, and the first of its further accounts. A further account
 * that fails is named and does not fail the credential: the others work without it.
 */
export async function hubEeOAuth2ApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return await credentialTest(async () => {
		const data = credential.data as unknown as HubEeCredential;
		const further = furtherAccounts(data);
		await testAccount(data);
		const tried = further.slice(0, TRIED_ACCOUNTS);
		const limit = pLimit(4);
		const failed = await Promise.all(
			tried.map(async ({ name }) => await limit(async () => await failureOf(data, name))),
		);
		return [`HubEE accepts this account (scope ${data.scope})`, ...told(further.length, failed)]
			.filter((text) => text !== '')
			.join('; ');
	});
}

/** Why a further account does not work, with its name; nothing when it works. */
async function failureOf(data: HubEeCredential, name: string): Promise<string> {
	try {
		await testAccount(credentialOf(data, name));
		return '';
	} catch (error) {
		return `"${name}": ${error instanceof GuichetError ? error.message : 'it could not be tried'}`;
	}
}

function told(all: number, failures: string[]): string[] {
	if (all === 0) return [];
	const failed = failures.filter((text) => text !== '');
	const left = all - failures.length;
	return [
		`${failures.length} further ${failures.length === 1 ? 'account was' : 'accounts were'} tried`,
		failed.length === 0 ? 'none of them failed' : `${failed.length} failed: ${failed.join('; ')}`,
		left > 0 ? `${left} more were not tried: Account: Check of the HubEE node tries all` : '',
	];
}
