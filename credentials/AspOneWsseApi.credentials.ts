import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { DEFAULT_TIME_ZONE } from '../nodes/AspOneAlert/api/credential-defaults';

const whiteLabelAndUser: INodeProperties[] = [
	{
		displayName: 'White-Label Login',
		name: 'whiteLabelLogin',
		type: 'string',
		default: 'ASPONE',
		required: true,
		description:
			'Login of the white label (marque blanche), which goes into the WS-Security header. Each white label in production has its own.',
	},
	{
		displayName: 'White-Label Password',
		name: 'whiteLabelPassword',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		required: true,
		description: 'It never leaves this machine: a digest of it does, with a nonce and the time',
	},
	{
		displayName: 'User Login',
		name: 'userLogin',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. IdCompte@aspone.fr',
		description: 'Login of the user on whose behalf calls are made',
	},
	{
		displayName: 'User Authentication',
		name: 'userAuthentication',
		type: 'options',
		options: [
			{ name: 'Password', value: 'password' },
			{
				name: 'SSO Shared Key',
				value: 'sso',
				description:
					'Not for administrators, and only after ASPOne has opened it for the white label',
			},
		],
		default: 'password',
	},
	{
		displayName: 'User Password',
		name: 'userPassword',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		displayOptions: { show: { userAuthentication: ['password'] } },
		description:
			'After a refused login ASPOne makes the user wait, longer each time, so this package then waits too',
	},
	{
		displayName: 'SSO Shared Key',
		name: 'ssoSharedKey',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		displayOptions: { show: { userAuthentication: ['sso'] } },
		description: 'Key of the white label; a new token is made from it for every call',
	},
	{
		displayName: 'SSO Time Zone',
		name: 'ssoTimeZone',
		type: 'string',
		default: DEFAULT_TIME_ZONE,
		displayOptions: { show: { userAuthentication: ['sso'] } },
		description: 'Time zone of date and time in the token, which the specification does not name',
	},
];

const description: INodeProperties[] = [
	{
		displayName: 'Service Version',
		name: 'serviceVersion',
		type: 'string',
		default: '1.0',
		required: true,
	},
	{
		displayName: 'WSDL',
		name: 'wsdlSource',
		type: 'options',
		options: [
			{
				name: 'Built In',
				value: 'builtIn',
				description:
					'Written from the functional specification; the real schema is not public and may spell elements differently',
			},
			{ name: 'From a URL', value: 'url', description: 'The address ASPOne gave you, with ?wsdl' },
			{ name: 'Pasted File', value: 'text' },
		],
		default: 'builtIn',
		description:
			'Description of the service. Use the one you received from ASPOne, if you have it.',
	},
	{
		displayName: 'WSDL URL',
		name: 'wsdlUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://services-teleprocedures.aspone.fr/ws/alert?wsdl',
		displayOptions: { show: { wsdlSource: ['url'] } },
		description: 'Read once an hour at most, without following redirects',
	},
	{
		displayName: 'WSDL Text',
		name: 'wsdlText',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		displayOptions: { show: { wsdlSource: ['text'] } },
		description: 'Content of the WSDL file',
	},
	{
		displayName: 'Included Schema',
		name: 'wsdlSchema',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		displayOptions: { show: { wsdlSource: ['url', 'text'] } },
		description:
			'Content of the schema (XSD) that the WSDL includes, for instance AlertWS.xsd. With it nothing is fetched.',
	},
	{
		displayName: 'Fetch Included Schemas',
		name: 'fetchIncludes',
		type: 'boolean',
		default: false,
		displayOptions: { show: { wsdlSource: ['url', 'text'] } },
		description:
			'Whether to fetch the schemas that the WSDL names, over HTTPS, from whatever host it names',
	},
	{
		displayName: 'Format of Mail Lists',
		name: 'mailFormat',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'automatic',
				description:
					'One element for each address if the WSDL allows it, else one text with semicolons',
			},
			{ name: 'One Element for Each Address', value: 'repeated' },
			{ name: 'One Text With Commas', value: 'comma' },
			{ name: 'One Text With Semicolons', value: 'semicolon' },
			{ name: 'One Text With Spaces', value: 'space' },
		],
		default: 'automatic',
		description: 'How several addresses are written, which the specification does not say',
	},
	{
		displayName: 'Delay of Positive Alerts',
		name: 'positiveDelay',
		type: 'options',
		options: [
			{ name: 'Leave Out', value: 'omit' },
			{ name: 'Send 0', value: 'zero', description: 'For a schema that wants a delay everywhere' },
		],
		default: 'omit',
	},
];

const connection: INodeProperties[] = [
	{
		displayName: 'Login Refusal Words',
		name: 'loginWords',
		type: 'string',
		default: '',
		placeholder: "e.g. code d'accès erroné, accès verrouillé",
		description:
			"Words or phrases by which a refused user login is recognised in ASPOne's error texts, separated by commas; whole words, or authenti* for any ending. Empty for the usual rules. The texts are not published.",
	},
	{
		displayName: 'Test Account Name',
		name: 'testAccountName',
		type: 'string',
		default: '',
		placeholder: 'e.g. CABINET01',
		description:
			'Account whose configuration the test of this credential reads; empty for the one in the user login',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
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
];

export class AspOneWsseApi implements ICredentialType {
	name = 'aspOneWsseApi';

	displayName = 'ASPOne WSSE API';

	documentationUrl =
		'https://github.com/guichet-integrations/n8n-nodes-guichet/blob/main/docs/aspone.md#credential';

	icon: Icon = { light: 'file:aspone.svg', dark: 'file:aspone.dark.svg' };

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Custom Endpoint', value: 'custom' },
				{
					name: 'Production',
					value: 'production',
					description: 'Address services-teleprocedures.aspone.fr/ws/alert',
				},
				{
					name: 'Test (Recette)',
					value: 'test',
					description: 'Address services-teleprocedures.aspone.fr/wspreprod/alert',
				},
			],
			default: 'test',
		},
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://services-teleprocedures.aspone.fr/ws/alert',
			displayOptions: { show: { environment: ['custom'] } },
			description: 'The address that ASPOne gave you; HTTPS is compulsory',
		},
		...whiteLabelAndUser,
		...description,
		...connection,
	];
}
