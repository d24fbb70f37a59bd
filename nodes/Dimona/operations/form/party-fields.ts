import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { chooseFrom } from '../../../../lib/node/choose';
import { COUNTRIES } from '../../api/codes';

const byEnterprise = { show: { employerBy: ['enterpriseNumber'] } };
const byEmployerId = { show: { employerBy: ['employerId'] } };
const bySsin = { show: { workerBy: ['ssin'] } };
const byIdentity = { show: { workerBy: ['identity'] } };

const countryOptions: INodePropertyOptions[] = Object.entries(COUNTRIES)
	.map(([name, value]) => ({ name, value }))
	.sort((a, b) => a.name.localeCompare(b.name, 'en'));

const COUNTRY_HINT =
	'Code of the Belgian statistical office, not ISO. For a country that is not listed give its code by an expression.';

export const employerFields: INodeProperties[] = [
	{
		displayName: 'Identify Employer By',
		name: 'employerBy',
		type: 'options',
		options: [
			{ name: 'Enterprise Number (CBE, KBO, BCE)', value: 'enterpriseNumber' },
			{ name: 'NSSO Number (ONSS, RSZ)', value: 'employerId' },
		],
		default: 'enterpriseNumber',
	},
	chooseFrom(
		{
			displayName: 'Enterprise Number',
			name: 'enterpriseNumber',
			type: 'string',
			displayOptions: byEnterprise,
			default: '',
			required: true,
			placeholder: 'e.g. 0406.798.006',
			description: 'Ten digits; dots and spaces may stay, a lost leading zero is put back',
		},
		'employersByEnterpriseNumber',
	),
	chooseFrom(
		{
			displayName: 'NSSO Number',
			name: 'employerId',
			type: 'string',
			displayOptions: byEmployerId,
			default: '',
			required: true,
			placeholder: 'e.g. 125482497',
		},
		'employersByNssoNumber',
	),
];

export const addressFields: INodeProperties[] = [
	{ displayName: 'Street', name: 'street', type: 'string', default: '' },
	{ displayName: 'House Number', name: 'houseNumber', type: 'string', default: '' },
	{ displayName: 'Box', name: 'boxNumber', type: 'string', default: '' },
	{
		displayName: 'Post Code',
		name: 'postCode',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1000',
	},
	{
		displayName: 'Municipality NIS Code',
		name: 'municipalityCode',
		type: 'string',
		default: '',
		placeholder: 'e.g. 21004',
		description: 'Five digits, not the post code. Mergers of municipalities change it.',
	},
	{
		displayName: 'Municipality Name',
		name: 'municipalityName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Brussels',
	},
	{
		displayName: 'Country',
		name: 'country',
		type: 'options',
		options: countryOptions,
		default: 150,
		description: COUNTRY_HINT,
	},
];

/**
 * Not marked as required: with an expression as "Identify Worker By" n8n would ask for both the
 * SSIN and the identity.
 */
const identityFields: INodeProperties[] = [
	{ displayName: 'Family Name', name: 'familyName', type: 'string', default: '' },
	{ displayName: 'Given Name', name: 'givenName', type: 'string', default: '' },
	{
		displayName: 'Birth Date',
		name: 'birthDate',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1991-11-25',
		description: 'An unknown day or month is written 00: 1991-00-00',
	},
	{ displayName: 'Place of Birth', name: 'placeOfBirth', type: 'string', default: '' },
	{
		displayName: 'Country of Birth',
		name: 'countryOfBirth',
		type: 'options',
		options: countryOptions,
		default: 150,
		description: COUNTRY_HINT,
	},
	{
		displayName: 'Nationality',
		name: 'nationality',
		type: 'options',
		options: countryOptions,
		default: 150,
		description: COUNTRY_HINT,
	},
	{
		displayName: 'Gender',
		name: 'gender',
		type: 'options',
		options: [
			{ name: 'Man', value: '1' },
			{ name: 'Woman', value: '2' },
		],
		default: '1',
	},
	{
		displayName: 'Address',
		name: 'address',
		type: 'fixedCollection',
		placeholder: 'Add Address',
		default: {},
		options: [{ displayName: 'Address', name: 'values', values: addressFields }],
	},
].map((field) => ({ ...field, displayOptions: byIdentity }) as INodeProperties);

export const workerFields: INodeProperties[] = [
	{
		displayName: 'Identify Worker By',
		name: 'workerBy',
		type: 'options',
		options: [
			{ name: 'SSIN (NISS, INSZ)', value: 'ssin' },
			{
				name: 'Identity',
				value: 'identity',
				description: 'For a worker without SSIN; the result then waits for an identification',
			},
		],
		default: 'ssin',
	},
	{
		displayName: 'SSIN',
		name: 'ssin',
		type: 'string',
		displayOptions: bySsin,
		default: '',
		placeholder: 'e.g. 85.07.30-033.28',
		description: 'National register number or bis number, with or without dots',
	},
	...identityFields,
];
