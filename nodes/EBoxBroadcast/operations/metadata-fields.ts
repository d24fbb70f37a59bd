import { text } from 'node:stream/consumers';

import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import {
	EBOX_MESSAGE_PROFILE,
	type DigestMethod,
	type MetadataProfile,
} from '../batch/metadata/metadata';
import type { MetadataForm, MetadataSettings } from '../batch/metadata/metadata-files';
import type { SchemaFiles } from '../batch/metadata/schema-check';
import type { NoService } from '../connect';

const metadataForm: INodeProperties = {
	displayName: 'Metadata Form',
	name: 'metadataForm',
	type: 'options',
	options: [
		{
			name: 'Built-In Profile',
			value: 'profile',
			description:
				'Modelled on the public EboxMessage schema: the schema of the batch procedure itself is not public',
		},
		{
			name: 'Own Template',
			value: 'template',
			description: 'Your XML with placeholders, for institutions that have the annex',
		},
	],
	default: 'profile',
};

const template: INodeProperties = {
	displayName: 'Template',
	name: 'template',
	type: 'string',
	typeOptions: { rows: 8 },
	default: '',
	required: true,
	placeholder: 'e.g. <message><ticket>[[ticket]]</ticket><title>[[title]]</title></message>',
	displayOptions: { show: { metadataForm: ['template'] } },
	description:
		'Placeholders: [[ticket]], [[sequence]], [[title]], [[messageType]], [[application]], [[institution]], [[fileName]], [[mimeType]], [[digest]], [[digestHex]], [[digestMethod]], [[documentSize]], [[language]], [[recipients]], [[listFile]], [[listNumber]], [[listCount]]. Values are escaped for XML.',
};

const include = (displayName: string, name: string, what: string): INodeProperties => ({
	displayName,
	name,
	type: 'boolean',
	default: true,
	description: `Whether the XML holds ${what}`,
});

type ProfileText = 'childNamespace' | 'prefix' | 'rootName' | 'rootNamespace';

function name(displayName: string, field: ProfileText, description: string): INodeProperties {
	const usual = EBOX_MESSAGE_PROFILE[field];
	return { displayName, name: field, type: 'string', default: usual, description };
}

const profile: INodeProperties = {
	displayName: 'Profile Options',
	name: 'profile',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	displayOptions: { show: { metadataForm: ['profile'] } },
	options: [
		name(
			'Child Namespace',
			'childNamespace',
			'Namespace of all elements below the root; empty for that of the root',
		),
		{
			displayName: 'Extra XML',
			name: 'extraXml',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			description: 'Elements to add after the document, as they are',
		},
		include('Include Content', 'withContent', 'the document’s file name as Content'),
		include('Include Digest', 'withDigest', 'the digest of the document'),
		include('Include MIME', 'withMime', 'the media type of the document'),
		include('Include Sender', 'withSender', 'application and institution'),
		include('Include Sequence', 'withSequence', 'the sequence of the message'),
		name('Prefix', 'prefix', 'Prefix of the elements below the root'),
		name('Root Element', 'rootName', 'Name of the root element'),
		name('Root Namespace', 'rootNamespace', 'Namespace of the root element; empty for none'),
	],
};

const metadataOptions: INodeProperties = {
	displayName: 'Metadata Options',
	name: 'metadataOptions',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Digest Method',
			name: 'digestMethod',
			type: 'options',
			options: [
				{ name: 'SHA-256', value: 'SHA-256' },
				{ name: 'SHA-512', value: 'SHA-512' },
			],
			default: 'SHA-256',
		},
		{
			displayName: 'One XML Per',
			name: 'xmlPer',
			type: 'options',
			options: [
				{
					name: 'Document',
					value: 'document',
					description: 'One XML for all lists of a language version',
				},
				{
					name: 'List',
					value: 'list',
					description:
						'Each list has its XML with its own sequence: a repeated ticket and sequence could replace the message of the list before',
				},
			],
			default: 'list',
		},
		{
			displayName: 'XML Schema Files',
			name: 'schemaFiles',
			type: 'string',
			default: '',
			placeholder: 'e.g. xsd,xsdTypes',
			description:
				'Names of the binary fields with the XSD to check the XML against, the main schema first, then what it imports, separated by commas',
		},
	],
};

/** All about the XML. */
export const metadataFields = [metadataForm, template, profile, metadataOptions];

export function digestMethodOf(context: ItemContext<NoService>): DigestMethod {
	const method = context.group('metadataOptions').optionalText('digestMethod');
	return method === 'SHA-512' ? 'SHA-512' : 'SHA-256';
}

/** What the form says about the XML; reads the schema files. */
export async function metadataSettings(context: ItemContext<NoService>): Promise<MetadataSettings> {
	const options = context.group('metadataOptions');
	return {
		form: formOf(context),
		xmlPer: options.optionalText('xmlPer') === 'document' ? 'document' : 'list',
		schema: await schemaFiles(context, options.list('schemaFiles')),
	};
}

function formOf(context: ItemContext<NoService>): MetadataForm {
	if (context.text('metadataForm') === 'template') {
		return { kind: 'template', text: context.text('template') };
	}
	const options = context.group('profile');
	const optionValue = (name: keyof MetadataProfile): string => {
		const value = options.raw(name);
		return typeof value === 'string' ? value.trim() : String(EBOX_MESSAGE_PROFILE[name]);
	};
	return {
		kind: 'profile',
		profile: {
			rootName: optionValue('rootName'),
			rootNamespace: optionValue('rootNamespace'),
			childNamespace: optionValue('childNamespace'),
			prefix: optionValue('prefix'),
			withContent: options.boolean('withContent', true),
			withDigest: options.boolean('withDigest', true),
			withMime: options.boolean('withMime', true),
			withSender: options.boolean('withSender', true),
			withSequence: options.boolean('withSequence', true),
			extraXml: optionValue('extraXml'),
		},
	};
}

async function schemaFiles(context: ItemContext<NoService>, names: string[]): Promise<SchemaFiles> {
	const files = names.map((name) => context.inputFile(name));
	return await Promise.all(
		files.map(async (file) => ({
			fileName: file.fileName,
			contents: await text(await file.open()),
		})),
	);
}
