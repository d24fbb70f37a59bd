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
import { hubEeOAuth2ApiTest } from './credential-test';
import { hubEeLists, hubEeService } from './lists';
import { hubEeTable } from './table';

export class HubEe implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'HubEE',
		name: 'hubEe',
		icon: { light: 'file:hubee.svg', dark: 'file:hubee.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description:
			'Exchange administrative files (télédossiers) through the French State’s hub HubEE',
		defaults: { name: 'HubEE' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'hubEeOAuth2Api', required: true, testedBy: 'hubEeOAuth2ApiTest' }],
		properties: formOf(hubEeTable),
	};

	methods = {
		credentialTest: { hubEeOAuth2ApiTest },
		listSearch: listSearch(hubEeService, hubEeLists, this.description.properties),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeTable(this, hubEeTable);
	}
}
