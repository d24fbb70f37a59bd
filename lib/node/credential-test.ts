import type { INodeCredentialTestResult } from 'n8n-workflow';

import { GuichetError } from '../errors/guichet-error';
import { presentable } from '../errors/redact';

/**
 * Tests a credential by doing something harmless with it, and puts the reason of a failure into the
 * one line that n8n shows.
 *
 * @param tryIt throws when the credential does not work; may return the message of a success
 * @example return await credentialTest(async () => void (await source.token()));
 */
export async function credentialTest(
	tryIt: () => Promise<string | void>,
): Promise<INodeCredentialTestResult> {
	try {
		return { status: 'OK', message: (await tryIt()) || 'Connection successful' };
	} catch (error) {
		return { status: 'Error', message: reasonOf(error) };
	}
}

function reasonOf(error: unknown): string {
	if (!(error instanceof GuichetError))
		return presentable(error instanceof Error ? error.message : String(error));
	return [error.message, error.details.hint].filter(Boolean).join('. ').replace(/\.\. /g, '. ');
}
