import type { ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';

import { GuichetError } from '../errors/guichet-error';
import { presentable } from '../errors/redact';
import { certificateWarning, socialSecurityAuthenticator } from './social-security';

/**
 * The test of a `socialSecurityCertificateOAuth2Api` credential: asks for a new token, explains a refusal, and tells when the certificate
 * ends soon. Each node that uses the credential names it in `methods.credentialTest`.
 */
export async function socialSecurityCertificateTest(
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	try {
		const source = socialSecurityAuthenticator(data);
		// A token of an earlier run would prove nothing about the key that is there now.
		source.forget();
		await source.token();
	} catch (error) {
		return { status: 'Error', message: explained(error) };
	}
	const warning = await certificateWarning(data);
	return {
		status: 'OK',
		message: ['The server gave a token.', warning].filter(Boolean).join(' '),
	};
}

function explained(error: unknown): string {
	if (!(error instanceof GuichetError))
		return presentable(error instanceof Error ? error.message : String(error));
	return [error.message, error.details.hint].filter(Boolean).join('. ');
}
