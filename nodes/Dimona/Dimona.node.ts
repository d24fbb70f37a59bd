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
import { dimonaLists, dimonaService } from './lists';
import { rowColumns } from './operations/row/columns';
import { dimonaTable } from './table';

export class Dimona implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Dimona',
		name: 'dimona',
		icon: { light: 'file:dimona.svg', dark: 'file:dimona.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Declare the beginning and the end of employments to the Belgian social security',
		defaults: { name: 'Dimona' },
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
		properties: formOf(dimonaTable),
	};

	methods = {
		credentialTest: { socialSecurityCertificateTest },
		resourceMapping: { rowColumns },
		listSearch: listSearch(dimonaService, dimonaLists, this.description.properties),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeTable(this, dimonaTable);
	}
}
