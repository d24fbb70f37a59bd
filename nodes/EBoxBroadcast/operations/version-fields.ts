import type { INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import type { ItemContext } from '../../../lib/node/item-context';
import type { RecipientSource } from '../batch/recipients/recipients';
import type { LanguageVersion } from '../batch/language-version';
import type { NoService } from '../connect';
import { bytesOf } from './csv-fields';

const LANGUAGE: INodeProperties = {
	displayName: 'Language',
	name: 'language',
	type: 'string',
	default: 'fr',
	placeholder: 'e.g. fr',
	description: 'Stands in the file names; each language version is a broadcast of its own',
};

const RECIPIENTS: INodeProperties = {
	displayName: 'Recipients Field Name',
	name: 'recipientsField',
	type: 'string',
	default: 'recipients',
	description: 'Name of the binary field with the list of recipients: a CSV or .xlsx file',
};

const OTHERS: INodeProperties[] = [
	{
		displayName: 'Document Field Name',
		name: 'documentField',
		type: 'string',
		default: 'document',
		description: 'Name of the binary field with the document; PDF is recommended',
	},
	{
		displayName: 'Download File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. information_fr.pdf',
		description:
			'Name under which the citizen downloads the document, up to 80 characters; empty for the name the file has',
	},
	{
		displayName: 'First Sequence',
		name: 'firstSequence',
		type: 'number',
		default: 1,
		description: 'Sequence of the first list, 0 to 99999; each list has the next one',
	},
];

const TICKET_AND_TITLE: INodeProperties[] = [
	{
		displayName: 'Ticket (Your Reference)',
		name: 'ticket',
		type: 'string',
		default: '',
		placeholder: 'e.g. INFO-2026-FR-01',
		description:
			'A name that you give to this document, unique among all that you publish, up to 25 characters. Citizens do not see it; you and the support desk find the messages by it. A ticket and sequence that were used before replace that message.',
	},
	{
		displayName: 'Title (Seen by Citizens)',
		name: 'title',
		type: 'string',
		default: '',
		placeholder: 'e.g. Votre information annuelle',
		description:
			'What citizens read in the list of their eBox before they open the document, in the language of this version, up to 400 characters',
	},
];

function versionsField(values: INodeProperties[], description: string): INodeProperties {
	return {
		displayName: 'Language Versions',
		name: 'versions',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Language Version',
		default: { version: [{}] },
		description,
		options: [{ displayName: 'Version', name: 'version', values }],
	};
}

/** Language versions that each have their list. */
export const versions = versionsField(
	[...OTHERS, LANGUAGE, RECIPIENTS, ...TICKET_AND_TITLE],
	'Each language version is a broadcast of its own. A person on two lists belongs to the version that stands first.',
);

/** Language versions that share the list of testers. */
export const testVersions = versionsField(
	[...OTHERS, LANGUAGE, ...TICKET_AND_TITLE],
	'Each language version is a broadcast of its own. All testers get every version.',
);

/** What all versions have in common. */
export const messageFields: INodeProperties[] = [
	{
		displayName: 'Message Type',
		name: 'messageType',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. EXAMPLE_TYPE',
		description: 'The message type that was configured for your institution, 6 to 80 characters',
	},
	{
		displayName: 'Institution',
		name: 'institution',
		type: 'string',
		default: '',
		placeholder: 'e.g. 0406798006',
		description: 'Enterprise number of the institution, 10 digits; goes together with Application',
	},
	{
		displayName: 'Application',
		name: 'application',
		type: 'string',
		default: '',
		placeholder: 'e.g. employment:example:broadcast',
		description: 'URN of the sending application, up to 150 characters',
	},
];

/** The versions of the form. */
export function languageVersions(
	context: ItemContext<NoService>,
	recipientsOf: (row: Fields) => RecipientSource,
): LanguageVersion[] {
	const messageType = context.text('messageType');
	// 0406.798.006 and BE 0406.798.006 are how people write it.
	const institution = context.optionalText('institution')?.replace(/^BE/i, '').replace(/[. ]/g, '');
	const application = context.optionalText('application');
	const rows = context.rows('versions', 'version');
	if (rows.length === 0)
		throw invalidInput(context.label('versions'), 'is empty: add at least one');
	return rows.map((row): LanguageVersion => {
		const document = context.inputFile(row.text('documentField'));
		return {
			language: row.text('language', {
				pattern: /^[A-Za-z-]{2,10}$/,
				expected: 'a language code such as fr',
			}),
			metadata: {
				ticket: row.text('ticket'),
				title: row.text('title'),
				messageType,
				institution,
				application,
				fileName: row.optionalText('fileName') ?? document.fileName,
				mimeType: document.mimeType,
			},
			firstSequence: row.optionalNumber('firstSequence', { min: 0, max: 99_999 }) ?? 1,
			document: {
				mimeType: document.mimeType,
				open: () => Promise.resolve(bytesOf(document, context.signal)),
			},
			recipients: recipientsOf(row),
		};
	});
}
