import {
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { listSearch } from '../../lib/node/list-search';
import { toNodeError } from '../../lib/node/node-error';
import { socialSecurityCertificateTest } from '../../lib/social-security/credential-test';
import { eBoxService, eBoxTriggerLists } from './lists';
import { triggerForm } from './trigger/form';
import { pollEBox } from './trigger/poll';

export class EBoxEnterpriseTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'e-Box Enterprise Trigger',
		name: 'eBoxEnterpriseTrigger',
		icon: { light: 'file:ebox.svg', dark: 'file:ebox.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description:
			'The official mail of a Belgian enterprise: starts a workflow for new, registered or soon expiring messages of all Document Providers, and loses none',
		eventTriggerDescription: '',
		defaults: { name: 'e-Box Enterprise Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Messages', 'Provider Failures'],
		credentials: [
			{
				name: 'socialSecurityCertificateOAuth2Api',
				required: true,
				testedBy: 'socialSecurityCertificateTest',
			},
		],
		properties: triggerForm,
	};

	methods = {
		credentialTest: { socialSecurityCertificateTest },
		listSearch: listSearch(eBoxService, eBoxTriggerLists, this.description.properties),
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		try {
			return await pollEBox(this);
		} catch (error) {
			throw toNodeError(this.getNode(), error);
		}
	}
}
