import type { INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import type { InputFile, ItemContext } from '../../../lib/node/item-context';
import type { DialectOptions, Quote, Separator } from '../batch/recipients/csv-dialect';
import { parseEncoding } from '../batch/recipients/encoding';
import { PLAIN_LIST, type ListFormat } from '../batch/recipients/lists';
import type { RecipientSource } from '../batch/recipients/recipients';
import type { NoService } from '../connect';

/** How the recipient files that come in are written; everything left out is detected. */
export const inputDialect: INodeProperties = {
	displayName: 'CSV Input Options',
	name: 'csvInput',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	description:
		'How the recipient files are written. What is not set here is detected and shown in the output.',
	options: [
		{
			displayName: 'Column',
			name: 'column',
			type: 'string',
			default: '',
			placeholder: 'e.g. NISS',
			description: 'Name of the column with the national numbers, or its position from 1',
		},
		{
			displayName: 'Encoding',
			name: 'encoding',
			type: 'options',
			options: [
				{ name: 'Detect', value: 'auto' },
				{ name: 'ISO 8859-1 (Latin 1)', value: 'latin1' },
				{ name: 'UTF-16 Big Endian', value: 'utf-16be' },
				{ name: 'UTF-16 Little Endian', value: 'utf-16le' },
				{ name: 'UTF-8', value: 'utf-8' },
				{ name: 'Windows-1252', value: 'windows-1252' },
			],
			default: 'auto',
		},
		{
			displayName: 'First Line',
			name: 'header',
			type: 'options',
			options: [
				{ name: 'Detect', value: 'auto' },
				{ name: 'Names the Columns', value: 'header' },
				{ name: 'Is a Recipient', value: 'data' },
			],
			default: 'auto',
		},
		{
			displayName: 'Quote',
			name: 'quote',
			type: 'options',
			options: [
				{ name: 'Detect', value: 'auto' },
				{ name: 'Double Quote', value: '"' },
				{ name: 'None', value: 'none' },
				{ name: 'Single Quote', value: "'" },
			],
			default: 'auto',
		},
		{
			displayName: 'Separator',
			name: 'separator',
			type: 'options',
			options: [
				{ name: 'Comma', value: ',' },
				{ name: 'Detect', value: 'auto' },
				{ name: 'None (One Number per Line)', value: 'none' },
				{ name: 'Semicolon', value: ';' },
				{ name: 'Tab', value: '\t' },
				{ name: 'Vertical Bar', value: '|' },
			],
			default: 'auto',
		},
		{
			displayName: 'Sheet',
			name: 'sheet',
			type: 'string',
			default: '',
			placeholder: 'e.g. Feuil1',
			description: 'Name of the sheet of an .xlsx file; the first visible one when empty',
		},
	],
};

/** How the lists that are handed over are written. */
export const listFormat: INodeProperties = {
	displayName: 'List Format',
	name: 'listFormat',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	description:
		'How the recipient lists are written. The procedure does not say; the default is one number of 11 digits per line and nothing else.',
	options: [
		{
			displayName: 'Byte Order Mark',
			name: 'bom',
			type: 'boolean',
			default: false,
			description: 'Whether each list begins with the UTF-8 byte order mark',
		},
		{
			displayName: 'Final Line End',
			name: 'finalLineEnd',
			type: 'boolean',
			default: true,
			description: 'Whether the last number is followed by a line end too',
		},
		{
			displayName: 'Header',
			name: 'header',
			type: 'string',
			default: '',
			placeholder: 'e.g. NISS',
			description:
				'First line of each list; empty for none. It is not counted as a recipient; whether Smals counts it is unknown.',
		},
		{
			displayName: 'Line End',
			name: 'lineEnd',
			type: 'options',
			options: [
				{ name: 'CRLF (Windows)', value: 'CRLF' },
				{ name: 'LF (Unix)', value: 'LF' },
			],
			default: 'LF',
		},
		{
			displayName: 'Quote',
			name: 'quote',
			type: 'options',
			options: [
				{ name: 'Double Quote', value: '"' },
				{ name: 'None', value: 'none' },
			],
			default: 'none',
		},
	],
};

export const earlierLists: INodeProperties = {
	displayName: 'Earlier Lists',
	name: 'earlierLists',
	type: 'string',
	default: '',
	placeholder: 'e.g. lastYear,lastMonth',
	description:
		'Names of the binary fields with lists of people who are to be left out, separated by commas',
};

/** What the form says about the dialect. */
function dialectOptions(fields: Fields): DialectOptions {
	const group = fields.group('csvInput');
	const optionValue = <Value extends string>(name: string): Value | undefined => {
		// Not trimmed: one of the separators is a tab.
		const value = group.raw(name);
		return typeof value === 'string' && value !== '' && value !== 'auto'
			? (value as Value)
			: undefined;
	};
	const encoding = optionValue('encoding');
	const header = optionValue<'header' | 'data'>('header');
	const column = group.optionalText('column');
	return {
		encoding: encoding === undefined ? undefined : parseEncoding(encoding),
		separator: optionValue<Separator>('separator'),
		quote: optionValue<Quote>('quote'),
		header: header === undefined ? undefined : header === 'header',
		column: column !== undefined && /^\d{1,4}$/.test(column) ? Number(column) : column,
	};
}

/** How the form wants the lists. */
export function listFormatOf(fields: Fields): ListFormat {
	const group = fields.group('listFormat');
	const header = group.optionalText('header') ?? '';
	if (/[\r\n]/.test(header)) throw invalidInput(group.label('header'), 'must be one line');
	if (/^[=+\-@]/.test(header))
		throw invalidInput(
			group.label('header'),
			'must not begin with = + - or @, which a spreadsheet takes for a formula',
		);
	return {
		header,
		bom: group.boolean('bom', PLAIN_LIST.bom),
		finalLineEnd: group.boolean('finalLineEnd', PLAIN_LIST.finalLineEnd),
		lineEnd: group.optionalText('lineEnd') === 'CRLF' ? 'CRLF' : 'LF',
		quote: group.optionalText('quote') === '"' ? '"' : 'none',
	};
}

/**
 * A file as a stream that begins to be read only when somebody asks for it, and stops with the
 * execution.
 */
export async function* bytesOf(file: InputFile, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
	for await (const chunk of (await file.open()) as AsyncIterable<Uint8Array>) {
		signal?.throwIfAborted();
		yield chunk;
	}
}

/** The recipients in a binary field of the item. */
export function fileSource(
	context: ItemContext<NoService>,
	field: string,
	form?: Fields,
): RecipientSource {
	const file = context.inputFile(field);
	return {
		kind: 'csv',
		chunks: bytesOf(file, context.signal),
		name: file.fileName,
		...(form
			? { csvOptions: dialectOptions(form), sheet: form.group('csvInput').optionalText('sheet') }
			: {}),
	};
}

/** The earlier lists; how they are written is detected for each by itself. */
export function earlierSources(context: ItemContext<NoService>): RecipientSource[] {
	return context.list('earlierLists').map((name) => fileSource(context, name));
}
