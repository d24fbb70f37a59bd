import type { INodeProperties } from 'n8n-workflow';

/** A setting of the profile that must not come from data: it decides where the token goes. */
const address = (
	property: Pick<INodeProperties, 'displayName' | 'name' | 'placeholder' | 'description'>,
): INodeProperties => ({ type: 'string', default: '', noDataExpression: true, ...property });

/** Where the services are and how they speak. Sorted by label, as n8n asks for. */
const settings: INodeProperties[] = [
	{
		displayName: 'Action Body',
		name: 'actionBody',
		type: 'json',
		default: '{"status":"executed"}',
		description:
			'What is sent when an action was executed. Version 3; assumed, because its contract is not public.',
	},
	{
		displayName: 'Action Path',
		name: 'actionPath',
		type: 'string',
		default: '/ebox/messages/{messageId}/actions',
		description:
			'Where an executed action is reported. Version 3; assumed, because its contract is not public.',
	},
	{
		displayName: 'Action Property',
		name: 'actionProperty',
		type: 'string',
		default: 'forAction',
		description:
			'The property of a message that asks for an action. Version 3; assumed, because its contract is not public.',
	},
	{
		displayName: 'API Version',
		name: 'apiVersion',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'auto',
				description: 'As the list of providers says; version 2 for the official one alone',
			},
			{ name: 'Version 2', value: 'v2', description: 'The public contract 2.1' },
			{ name: 'Version 3', value: 'v3', description: 'As far as it is known' },
		],
		default: 'auto',
		description: 'The version of the message registry that is spoken to all providers',
	},
	address({
		displayName: 'Federation URL',
		name: 'federationUrl',
		placeholder: 'e.g. https://services.socialsecurity.be/REST/ebox/enterprise/federation',
		description: 'In place of the one that follows from the credential',
	}),
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'Dutch', value: 'nl' },
			{ name: 'French', value: 'fr' },
			{ name: 'German', value: 'de' },
		],
		default: 'fr',
		description: 'Of subjects and names; another is taken where it is missing',
	},
	{
		displayName: 'Parallel Calls',
		name: 'parallelCalls',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 16 },
		default: 4,
		description:
			'How many calls may be under way at once at each provider. No limit is published; stay modest.',
	},
	{
		displayName: 'Partition Parameter',
		name: 'partitionParameter',
		type: 'string',
		default: 'partition',
		description:
			'The query parameter that filters by partition. Version 3; assumed, because its contract is not public.',
	},
	{
		displayName: 'Partition Property',
		name: 'partitionProperty',
		type: 'string',
		default: 'partition',
		description:
			'The property that moves a message to a partition. Version 3; assumed, because its contract is not public.',
	},
	{
		displayName: 'Provider List Path',
		name: 'providerListPath',
		type: 'string',
		default: 'v1/messageProviders',
		description:
			'Below the federation URL. The newer list is documentProviderRegistry/v1/messageRegistries; its contract is not public.',
	},
	{
		displayName: 'Publish Path',
		name: 'publishPath',
		type: 'string',
		default: '/ebox/messages',
		description: 'Where messages are published. Version 3 only.',
	},
	{
		displayName: 'Query Parameter Names',
		name: 'queryNames',
		type: 'json',
		default: '{}',
		description:
			'Names of query parameters by their name in version 2.1, such as {"readStatus": "isRead"}. Version 3; assumed, because its contract is not public.',
	},
	{
		displayName: 'Reference Data Path',
		name: 'referenceDataPath',
		type: 'string',
		default: 'refData',
		description: 'Version 3 only; certain for message types, assumed for the rest',
	},
	address({
		displayName: 'Registry URL',
		name: 'registryUrl',
		placeholder: 'e.g. https://services.socialsecurity.be/REST/ebox/enterprise/messageRegistry/v3',
		description:
			'Message registry of the official provider, in place of the one that follows from the credential',
	}),
	{
		displayName: 'Reply Path',
		name: 'replyPath',
		type: 'string',
		default: '/ebox/messages/{messageId}/replies',
		description: 'Where a reply is posted. Version 3; assumed, because its contract is not public.',
	},
	{
		displayName: 'Statistics Path',
		name: 'statisticsPath',
		type: 'string',
		default: '',
		placeholder: 'e.g. /ebox/statistics',
		description:
			'Where the service has its own statistics. Empty: they are counted with list calls.',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description: 'How long to wait for an answer of a provider; for files the longest silence',
	},
	address({
		displayName: 'Trusted Provider Hosts',
		name: 'trustedHosts',
		placeholder: 'e.g. https://ebox.provider.example',
		description:
			'Hosts of Document Providers that may be sent the access token by this node, besides the official one and those of the credential. Separated by commas; https only. Usually confirmed once, in the credential.',
	}),
	{
		displayName: 'Visibility Property',
		name: 'visibilityProperty',
		type: 'string',
		default: 'visible',
		description:
			'The property that shows or hides a message. Version 3; assumed, because its contract is not public.',
	},
];

/** At the end of every form of the node and the trigger. */
export const apiProfile: INodeProperties = {
	displayName: 'API Profile',
	name: 'apiProfile',
	type: 'collection',
	placeholder: 'Add Setting',
	default: {},
	description:
		'Usually left empty. It is for the version of the e-Box interface, and for addresses and names of version 3, whose contract is not public. Hosts of further Document Providers are confirmed once, in the credential; here they can be confirmed for this node alone.',
	options: settings,
};
