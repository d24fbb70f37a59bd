import type { INodeProperties } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';
import { CHOICE_SEPARATOR } from '../procedures/organization-identifier';

/** Fields that the lists and objects of the referential share. */

export const siret: INodeProperties = chooseFrom(
	{
		displayName: 'SIRET',
		name: 'siret',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 11001401600015',
		description:
			'14 digits (companyRegister); spaces are removed. One chosen from the list brings its branch code along.',
	},
	'organizations',
	['organizationType'],
);

/**
 * For fields that an organization chosen from the list brings along. n8n tries a condition at each
 * look at a field; one with a regular expression would cost a sandbox of its own each time.
 */
export const notChosen: INodeProperties['displayOptions'] = {
	hide: { siret: [{ _cnd: { includes: CHOICE_SEPARATOR } }] },
};

export const branchCode: INodeProperties = {
	displayName: 'Branch Code',
	name: 'branchCode',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 06088',
	displayOptions: notChosen,
	description: 'INSEE code of the commune or desk code; leading zeros matter',
};

export const organizationType: INodeProperties = {
	displayName: 'Organization Type',
	name: 'organizationType',
	type: 'options',
	options: [
		{ name: 'OSL (Online-Service Operator)', value: 'OSL' },
		{ name: 'SI (Receiving Authority)', value: 'SI' },
	],
	default: 'SI',
	description: 'Use an expression for another type, such as EDT',
};

export const processCode: INodeProperties = chooseFrom(
	{
		displayName: 'Process Code',
		name: 'processCode',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. CERTDC',
		description: 'The process (démarche); case-sensitive',
	},
	'processes',
);

export const changes: INodeProperties = {
	displayName: 'Changes',
	name: 'changes',
	type: 'json',
	default: '{}',
	required: true,
	placeholder: 'e.g. {"email":"etat-civil@ville.example"}',
	description:
		'The fields to change, as a JSON object. The others are read first and written back as they are.',
};

/** What the deployed contract has and the form has not. */
export const additionalJson: INodeProperties = {
	displayName: 'Additional JSON',
	name: 'additionalJson',
	type: 'json',
	default: '{}',
	description:
		'Further fields of the object, merged last; for what the deployed contract has beyond this form',
};
