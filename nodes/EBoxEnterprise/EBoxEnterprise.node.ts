import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { executeTable } from '../../lib/node/execute';
import { formOf } from '../../lib/node/form';
import { listSearch } from '../../lib/node/list-search';
import { socialSecurityCertificateTest } from '../../lib/social-security/credential-test';
import { eBoxLists, eBoxService } from './lists';
import { eBoxTable } from './table';

export class EBoxEnterprise implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'e-Box Enterprise',
		name: 'eBoxEnterprise',
		icon: { light: 'file:ebox.svg', dark: 'file:ebox.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description:
			'Read, archive and send the official electronic mail of a Belgian enterprise, over all Document Providers',
		defaults: { name: 'e-Box Enterprise' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'socialSecurityCertificateOAuth2Api',
				required: true,
				testedBy: 'socialSecurityCertificateTest',
			},
		],
		properties: formOf(eBoxTable),
	};

	methods = {
		credentialTest: { socialSecurityCertificateTest },
		listSearch: listSearch(eBoxService, eBoxLists, this.description.properties),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeTable(this, eBoxTable);
	}
}
