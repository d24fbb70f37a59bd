import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import { receiveFile } from '../../../lib/node/receive-file';
import { chooseFrom } from '../../../lib/node/choose';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Resource } from '../../../lib/node/operation';
import { readAnswer } from '../../../lib/answers/read';
import { anyList } from '../api/answers';
import { pageOf } from '../api/contract-names';
import { REFERENCE_PROPERTIES, referenceData } from '../api/reference-names';
import { inLanguage } from '../api/translated';
import type { Json, Language, ReferenceKind, TranslatedString } from '../api/types';
import {
	assertProvidersAnswered,
	providerSelectionFrom,
	failedProviderItem,
	providerFacts,
} from '../procedures/provider-selection';
import type { EBoxApi } from '../connect';
import { onProviderFailure, outputField, providerId, providerIds, providers } from './fields';

const KINDS = [
	{ name: 'Message Type', value: 'messageType' },
	{ name: 'Sender Application', value: 'senderApplication' },
	{ name: 'Sender Organization', value: 'senderOrganization' },
];

const kind: INodeProperties = {
	displayName: 'Kind',
	name: 'kind',
	type: 'options',
	options: KINDS,
	default: 'messageType',
};

const logoKind: INodeProperties = {
	displayName: 'Kind',
	name: 'logoKind',
	type: 'options',
	options: KINDS.filter(({ value }) => value !== 'messageType'),
	default: 'senderOrganization',
};

const recordId: INodeProperties = chooseFrom(
	{
		displayName: 'ID',
		name: 'recordId',
		type: 'string',
		default: '={{ $json.id }}',
		required: true,
		description: 'The ID of the type or application, or the enterprise number of the organization',
	},
	'records',
	['kind', 'logoKind', 'providerId'],
);

function kindOf(context: ItemContext<EBoxApi>, field: string): ReferenceKind {
	const value = context.text(field);
	if (value in REFERENCE_PROPERTIES) return value as ReferenceKind;
	throw invalidInput(
		context.label(field),
		`must be one of ${Object.keys(REFERENCE_PROPERTIES).join(', ')}`,
	);
}

/** A record with its id and name where a workflow can find them whatever its kind. */
function recordItem(record: Json, what: ReferenceKind, language: Language): IDataObject {
	const { id, name } = REFERENCE_PROPERTIES[what];
	return {
		kind: what,
		id: record[id],
		name: inLanguage(record[name] as TranslatedString | undefined, language),
		...record,
	} as IDataObject;
}

async function getMany(context: ItemContext<EBoxApi>): Promise<OutputItem[]> {
	const { eBox, language } = context.api;
	const what = kindOf(context, 'kind');
	const options = context.group('options');
	const outcomes = await eBox.queryProviders(
		await eBox.selectProviders(providerSelectionFrom(context)),
		async (registry) => [
			...(await referenceData(registry, what, options.boolean('refresh'))).values(),
		],
	);
	assertProvidersAnswered(outcomes, options.optionalText('onProviderFailure') === 'stop');
	return outcomes.flatMap(({ provider, result, failure }) => {
		if (failure) return [failedProviderItem(provider, failure, language)];
		const facts = providerFacts(provider, language);
		return (result ?? []).map(
			(record) => new OutputItem({ ...facts, ...recordItem(record, what, language) }),
		);
	});
}

async function get(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const { eBox, language } = context.api;
	const provider = await eBox.provider(context.optionalText('providerId'));
	const what = kindOf(context, 'kind');
	const record = await eBox.registry(provider).reference(what, context.text('recordId'));
	return { ...providerFacts(provider, language), ...recordItem(record, what, language) };
}

async function downloadLogo(context: ItemContext<EBoxApi>): Promise<OutputItem> {
	const { eBox } = context.api;
	const provider = await eBox.provider(context.optionalText('providerId'));
	const registry = eBox.registry(provider);
	const what = kindOf(context, 'logoKind');
	if (what === 'messageType') throw invalidInput(context.label('logoKind'), 'has no logos');
	const id = context.text('recordId');
	const record = await registry.reference(what, id);
	const listed = record.applicationLogos ?? record.organizationLogos ?? [];
	const service = `The e-Box provider "${provider.id}"`;
	const logos = pageOf<Json>(readAnswer(anyList, listed, { service })).items;
	const wanted = context.optionalText('imageId');
	const logo = wanted ? logos.find(({ imageId }) => imageId === wanted) : logos[0];
	const imageId = wanted ?? (typeof logo?.imageId === 'string' ? logo.imageId : undefined);
	if (!imageId) throw invalidInput(context.label('recordId'), `"${id}" has no logo`);
	const mediaType = typeof logo?.mediaType === 'string' ? logo.mediaType : undefined;
	const extension = mediaType?.match(/^image\/(\w+)/)?.[1] ?? 'png';
	const field = context.text('outputField');
	const { binary, fileName, size } = await registry.logo(
		what,
		id,
		imageId,
		async (body) =>
			await receiveFile(context, body, {
				fileName: `${id.replace(/[^\w.-]+/g, '-')}-${imageId}.${extension}`,
				mimeType: mediaType,
			}),
	);
	return new OutputItem(
		{ providerId: provider.id, id, imageId, fileName, mediaType, size, binaryField: field },
		{ [field]: binary },
	);
}

export const referenceDataResource: Resource<EBoxApi> = {
	name: 'Reference Data',
	value: 'referenceData',
	description: 'Message types, sender organizations and sender applications',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many reference data records',
			description: 'List types, organizations or applications; kept as long as the provider allows',
			fields: [
				kind,
				providers,
				providerIds,
				{
					displayName: 'Options',
					name: 'options',
					type: 'collection',
					placeholder: 'Add Option',
					default: {},
					options: [
						onProviderFailure,
						{
							displayName: 'Refresh',
							name: 'refresh',
							type: 'boolean',
							default: false,
							description: 'Whether to fetch the lists anew even if they are still fresh',
						},
					],
				},
			],
			run: getMany,
		},
		{
			name: 'Download Logo',
			value: 'downloadLogo',
			action: 'Download a logo',
			description: 'Fetch the logo of an organization or application, where the provider has it',
			fields: [
				logoKind,
				recordId,
				providerId,
				{
					displayName: 'Image ID',
					name: 'imageId',
					type: 'string',
					default: '',
					description: 'Empty for the first one',
				},
				outputField,
			],
			run: downloadLogo,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get a reference data record',
			description: 'Get one type, organization or application by its ID',
			fields: [kind, recordId, providerId],
			run: get,
		},
	],
};
