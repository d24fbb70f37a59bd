import type { ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';

import { credentialTest } from '../node/credential-test';
import { certificateWarning, describeKey, socialSecurityAuthenticator } from './social-security';

/**
 * The test of a `socialSecurityCertificateOAuth2Api` credential: asks for a new token, explains a
 * refusal, and tells when the certificate ends soon. Each node that uses the credential names it in
 * `methods.credentialTest`.
 *
 * @example methods = { credentialTest: { socialSecurityCertificateTest } };
 */
export async function socialSecurityCertificateTest(
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return await credentialTest(async () => {
		const data = credential.data ?? {};
		const source = socialSecurityAuthenticator(data);
		// A token of an earlier run would prove nothing about the key that is there now.
		source.forget();
		await source.token();
		const warning = await certificateWarning(data);
		const { form, bits, lastDay } = await describeKey(data);
		const until = lastDay
			? `its certificate lasts until ${lastDay.toISOString().slice(0, 10)}`
			: 'no certificate beside it';
		return ['The server gave a token.', `Key: ${form}, ${bits} bits, ${until}.`, warning]
			.filter(Boolean)
			.join(' ');
	});
}
