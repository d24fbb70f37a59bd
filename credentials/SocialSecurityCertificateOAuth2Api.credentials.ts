import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { storedTokenFields } from '../lib/oauth/stored-token-fields';

/** Read when a request needs it: n8n makes every credential class when it starts. */
const socialSecurity = async () => await import('../lib/social-security/social-security');
const storedToken = async () => await import('../lib/node/http-request-node');

const onlyCustom = { show: { environment: ['custom'] } };

/**
 * OAuth 2.0 client credentials proved with a certificate, for e-Box Enterprise, Dimona and every
 * other REST service of the same server.
 */
export class SocialSecurityCertificateOAuth2Api implements ICredentialType {
	name = 'socialSecurityCertificateOAuth2Api';

	displayName = 'Belgian Social Security Certificate OAuth2 API';

	icon = {
		light: 'file:socialSecurity.svg',
		dark: 'file:socialSecurity.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/guichet-integrations/n8n-nodes-guichet/blob/main/docs/social-security-credential.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{
					name: 'Acceptance',
					value: 'acceptance',
					description: 'For partners of the social security, with a client ID of its own',
				},
				{
					name: 'Custom',
					value: 'custom',
					description: 'Other addresses, for example of the sandbox of this package',
				},
				{ name: 'Production', value: 'production' },
				{
					name: 'Simulation',
					value: 'simulation',
					description: 'Dry run before production; uses the token of production',
				},
			],
			default: 'production',
		},
		{
			displayName:
				'<b>Production is real</b>: what is declared or published with this credential has legal effects. Try with Simulation, which is a dry run, or with Acceptance.',
			name: 'productionNotice',
			type: 'notice',
			displayOptions: { show: { environment: ['production'] } },
			default: '',
		},
		{
			displayName: 'Token URL',
			name: 'tokenUrl',
			type: 'string',
			displayOptions: onlyCustom,
			default: '',
			placeholder: 'e.g. https://services.socialsecurity.be/REST/oauth/v5/token',
		},
		{
			displayName: 'Audience',
			name: 'audience',
			type: 'string',
			displayOptions: onlyCustom,
			default: '',
			placeholder: 'e.g. https://services.socialsecurity.be/REST/oauth/v5/token',
			description: 'Whom the signed request is addressed to. Empty: the token URL.',
		},
		{
			displayName: 'Services URL',
			name: 'servicesUrl',
			type: 'string',
			displayOptions: onlyCustom,
			default: '',
			placeholder: 'e.g. https://services.socialsecurity.be/REST',
			description: 'What stands before the path of each service, such as /dimona/v2',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. self_service_chaman_123456_a1b2c3d4e5',
			description: 'As the online service Chaman shows it',
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			default: '',
			required: true,
			description:
				'PEM (PKCS#8 or PKCS#1, encrypted or not), or base64 of a PKCS#12 file (.p12, .pfx): base64 -w0 file.p12',
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Of an encrypted key or PKCS#12 file',
		},
		{
			displayName: 'Certificate',
			name: 'certificate',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			default: '',
			placeholder: 'e.g. -----BEGIN CERTIFICATE-----',
			description:
				'Optional, PEM. Not sent; checked to belong to the key and not to be expired, with a warning 30 days before.',
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'string',
			default: '',
			placeholder: 'e.g. scope:dimona:declaration:consult',
			hint: 'Empty: all scopes of the client',
			description:
				'Empty, as the social security advises: all scopes of the client. To narrow it, scopes separated by spaces.',
		},
		{
			displayName: 'Extra CA Certificates',
			name: 'extraCa',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: 'e.g. -----BEGIN CERTIFICATE-----',
			description:
				'Certificates (PEM) that are trusted besides the usual ones, for a proxy that replaces certificates or for the sandbox. The HTTP Request node has its own setting.',
		},
		{
			displayName: 'Ignore TLS Issues',
			name: 'ignoreTlsIssues',
			type: 'boolean',
			default: false,
			description:
				'Whether to connect even if SSL certificate validation is not possible. For test environments only.',
		},
		{
			displayName: 'Trusted Provider Hosts',
			name: 'trustedProviderHosts',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://ebox.provider.example',
			description:
				'For e-Box Enterprise only: hosts of Document Providers that may be sent the access token, besides the official one. Separated by commas; https only. Provider: Get Many shows which ones the federation names.',
		},
		...storedTokenFields,
	];

	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const { socialSecurityAuthenticator } = await socialSecurity();
		const { tokenToStore } = await storedToken();
		return await tokenToStore(socialSecurityAuthenticator(credentials), credentials);
	}

	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const { socialSecurityAuthenticator } = await socialSecurity();
		const { withStoredToken } = await storedToken();
		return withStoredToken(socialSecurityAuthenticator(credentials), credentials, requestOptions);
	};
}
