import type { INodeProperties } from 'n8n-workflow';

/**
 * The hidden fields of a credential that keep the token; n8n drops what is not declared. A file of
 * its own, without libraries: n8n makes every credential class when it starts.
 */
export const storedTokenFields: INodeProperties[] = [
	{
		displayName: 'Access Token',
		name: 'accessToken',
		type: 'hidden',
		typeOptions: { expirable: true, password: true },
		default: '',
	},
	{ displayName: 'Renew At', name: 'renewAt', type: 'hidden', default: 0 },
	{ displayName: 'Issued For', name: 'issuedFor', type: 'hidden', default: '' },
];
