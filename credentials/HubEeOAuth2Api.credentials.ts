import type {
	IAuthenticate,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	Icon,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { storedTokenFields } from '../lib/oauth/stored-token-fields';
import type { HubEeCredential } from '../nodes/HubEe/api/connection';

/** Read when a request needs it: n8n makes every credential class when it starts. */
const connection = async () => await import('../nodes/HubEe/api/connection');
const storedToken = async () => await import('../lib/node/http-request-node');

export class HubEeOAuth2Api implements ICredentialType {
	name = 'hubEeOAuth2Api';

	displayName = 'HubEE OAuth2 API';

	documentationUrl =
		'https://github.com/guichet-integrations/n8n-nodes-guichet/blob/main/docs/hubee.md#credential';

	icon: Icon = { light: 'file:hubee.svg', dark: 'file:hubee.dark.svg' };

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Custom URLs', value: 'custom' },
				{
					name: 'Pre-Production (bac à sable iso-prod)',
					value: 'preproduction',
					description: 'Host api.bas.hubee.numerique.gouv.fr',
				},
				{
					name: 'Production',
					value: 'production',
					description: 'Host api.hubee.numerique.gouv.fr',
				},
				{
					name: 'Recette (bac à sable iso-recette)',
					value: 'recette',
					description: 'Host api.basrec.hubee.numerique.gouv.fr',
				},
			],
			default: 'preproduction',
			description:
				'Client IDs belong to one environment: those of production do not work in the others',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://api.bas.hubee.numerique.gouv.fr',
			displayOptions: { show: { environment: ['custom'] } },
			description: 'Address of the API, without /teledossiers/v1',
		},
		{
			displayName: 'Token URL',
			name: 'tokenUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://auth.bas.hubee.numerique.gouv.fr/oauth2/token',
			displayOptions: { show: { environment: ['custom'] } },
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			description:
				'From the HubEE portal, screen of the subscription (abonnement) with access mode API. There is one pair for each organization and process.',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'options',
			options: [
				{ name: 'ADMIN (National Administration)', value: 'ADMIN' },
				{ name: 'DATAPASS (Subscription Requests)', value: 'DATAPASS' },
				{ name: 'OSL (Online-Service Operator)', value: 'OSL' },
				{ name: 'SI (Receiving Authority)', value: 'SI' },
			],
			default: 'SI',
			description:
				'SI (service instructeur) receives files; OSL (opérateur de service en ligne) sends them. DataPass itself works with ADMIN as of 2026.',
		},
		{
			displayName: 'Editor Name',
			name: 'editorName',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Ville de Lyon',
			hint: 'At most 50 characters, no accents',
			description:
				'Who makes or runs the software that connects; at most 50 characters, no accents. HubEE expects it on every call.',
		},
		{
			displayName: 'Application Name',
			name: 'applicationName',
			type: 'string',
			default: 'n8n',
			required: true,
			hint: 'At most 50 characters, no accents',
			description:
				"The name by which HubEE's support finds your calls; at most 50 characters, no accents",
		},
		{
			displayName: 'Software Version',
			name: 'softwareVersion',
			type: 'string',
			default: '1.0',
			required: true,
			description: 'At most 50 characters',
		},
		{
			displayName: 'Further Accounts (JSON)',
			name: 'accountSecrets',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			default: '',
			placeholder: '[{"name":"Lyon","clientId":"…","clientSecret":"…"}]',
			description:
				'HubEE hands out one pair for each subscription. Whoever serves many organizations lists the further pairs here, each with a name; nodes choose one by its name, or go over all of them. Leave empty for one account.',
		},
		{
			displayName: 'Extra CA Certificates',
			name: 'extraCa',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			description:
				'Certificates in PEM form that are trusted besides the usual ones, for instance of a proxy in your network',
		},
		{
			displayName: 'Ignore TLS Issues (Insecure)',
			name: 'ignoreTlsIssues',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if SSL certificate validation is not possible',
		},
		...storedTokenFields,
	];

	/** For n8n's HTTP Request node; our own nodes take the token from the same source. */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		const { hubEeTokenSource } = await connection();
		const { tokenToStore } = await storedToken();
		return await tokenToStore(
			hubEeTokenSource(credentials as unknown as HubEeCredential),
			credentials,
		);
	}

	authenticate: IAuthenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const { hubEeTokenSource, partnerHeaders } = await connection();
		const { withStoredToken } = await storedToken();
		const source = hubEeTokenSource(credentials as unknown as HubEeCredential);
		const authorized = withStoredToken(source, credentials, request);
		const headers = partnerHeaders(credentials as unknown as HubEeCredential);
		return { ...authorized, headers: { ...headers, ...authorized.headers } };
	};
}
