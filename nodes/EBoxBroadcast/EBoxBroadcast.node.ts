import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { executeTable } from '../../lib/node/execute';
import { formOf } from '../../lib/node/form';
import { eBoxBroadcastTable } from './table';

export class EBoxBroadcast implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'eBox Broadcast',
		name: 'eBoxBroadcast',
		icon: { light: 'file:ebox-broadcast.svg', dark: 'file:ebox-broadcast.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description:
			'Prepare the publication of one document in the eBoxes of very many Belgian citizens',
		defaults: { name: 'eBox Broadcast' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: formOf(eBoxBroadcastTable),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeTable(this, eBoxBroadcastTable);
	}
}
