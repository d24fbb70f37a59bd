import {
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { listSearch } from '../../lib/node/list-search';
import { toNodeError } from '../../lib/node/node-error';
import { hubEeOAuth2ApiTest } from './credential-test';
import { hubEeService, hubEeTriggerLists } from './lists';
import { triggerForm } from './trigger/form';
import { pollHubEe } from './trigger/poll';

export class HubEeTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'HubEE Trigger',
		name: 'hubEeTrigger',
		icon: { light: 'file:hubee.svg', dark: 'file:hubee.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["processCodes"] || "All processes" }}',
		description:
			'Exchange télédossiers through the French State’s hub HubEE: starts a workflow for each new case or event, and loses none',
		eventTriggerDescription: '',
		defaults: { name: 'HubEE Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Notifications', 'Given Up'],
		credentials: [{ name: 'hubEeOAuth2Api', required: true, testedBy: 'hubEeOAuth2ApiTest' }],
		properties: triggerForm,
	};

	methods = {
		credentialTest: { hubEeOAuth2ApiTest },
		listSearch: listSearch(hubEeService, hubEeTriggerLists, triggerForm),
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		try {
			return await pollHubEe(this);
		} catch (error) {
			throw toNodeError(this.getNode(), error);
		}
	}
}
