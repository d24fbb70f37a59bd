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
import { aspOneWsseApiTest } from './credential-test';
import { aspOneLists, aspOneService, proceduresOfTrigger } from './lists';
import { aspOneAlertTable } from './table';

export class AspOneAlert implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ASPOne Alert',
		name: 'aspOneAlert',
		icon: { light: 'file:aspone.svg', dark: 'file:aspone.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description:
			'Read and set the mail alerts on télédéclarations that ASPOne (Tessi) keeps for each account',
		defaults: { name: 'ASPOne Alert' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aspOneWsseApi', required: true, testedBy: 'aspOneWsseApiTest' }],
		properties: formOf(aspOneAlertTable),
	};

	methods = {
		credentialTest: { aspOneWsseApiTest },
		listSearch: listSearch(aspOneService, aspOneLists, this.description.properties),
		loadOptions: { proceduresOfTrigger },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeTable(this, aspOneAlertTable);
	}
}
