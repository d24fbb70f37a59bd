import { BroadcastError } from '../errors';
import { escapeXml, fitsXml } from '../../../../lib/xml';

export type DigestMethod = 'SHA-256' | 'SHA-512';

/** What the metadata file says about the message, in the words of EboxMessage 1.8. */
export interface MetadataFields {
	/**
	 * functional id of the document, 1 to 25 characters; a repeated ticket and sequence replaces the
	 * message
	 */
	ticket: string;
	/** 0 to 99999 */
	sequence?: number;
	/** application URN, up to 150 characters; goes together with `institution` */
	application?: string;
	/** enterprise number, 10 digits */
	institution?: string;
	/** 6 to 80 characters */
	messageType: string;
	/** the title that the citizen sees, 1 to 400 characters */
	title: string;
	/** 1 to 80 characters, with extension */
	fileName: string;
	mimeType?: string;
	digestMethod: DigestMethod;
	/** digest of the document in base64 (not base64url) */
	digest: string;
}

/**
 * The built-in form, modelled on `StoreEboxMessageRequest` of EboxMessage 1.8; every part is a
 * setting.
 */
export interface MetadataProfile {
	rootName: string;
	/** empty for none */
	rootNamespace: string;
	/** empty for none: the children then have the namespace of the root */
	childNamespace: string;
	/** prefix of the children when they have a namespace of their own */
	prefix: string;
	withSequence: boolean;
	withSender: boolean;
	/** `Content` holds the document's file name: a batch has no attachment to refer to */
	withContent: boolean;
	withDigest: boolean;
	withMime: boolean;
	/** elements that follow the document, as they are */
	extraXml: string;
}

export const EBOX_MESSAGE_PROFILE: MetadataProfile = {
	rootName: 'StoreEboxMessageRequest',
	rootNamespace: 'http://socialsecurity.be/eboxmessage/v1',
	childNamespace: 'http://socialsecurity.be/eboxmessage/types/v1',
	prefix: 'types',
	withSequence: true,
	withSender: true,
	withContent: true,
	withDigest: true,
	withMime: true,
	extraXml: '',
};

/** Said in every manifest, because the XML schema of the batch procedure itself is not public. */
export const PROFILE_BASIS = 'based on the public EboxMessage XSD, not on the batch annex';

/** Media types that EboxMessage 1.8 lists. */
const MIME_TYPES: ReadonlySet<string> = new Set([
	'application/pdf',
	'application/zip',
	'text/csv',
	'text/html',
	'text/plain',
	'text/xml',
	'application/vnd.oasis.opendocument.text',
	'application/vnd.oasis.opendocument.spreadsheet',
	'application/vnd.oasis.opendocument.presentation',
	'application/vnd.oasis.opendocument.graphics',
	'application/vnd.ms-excel',
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	'application/vnd.ms-powerpoint',
	'application/msword',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
]);

/** Lengths in characters, from the simple types of EboxMessage 1.8. */
const LENGTHS = {
	ticket: { label: 'Ticket', min: 1, max: 25 },
	application: { label: 'Application', min: 1, max: 150 },
	messageType: { label: 'Message Type', min: 6, max: 80 },
	title: { label: 'Title', min: 1, max: 400 },
	fileName: { label: 'Download File Name', min: 1, max: 80 },
} as const;
const LARGEST_SEQUENCE = 99_999;

function refuse(message: string, hint?: string): BroadcastError {
	return new BroadcastError('metadata', message, hint);
}

/**
 * Checks the fields against the limits of EboxMessage 1.8.
 *
 * @throws BroadcastError metadata
 */
export function assertMetadata(fields: MetadataFields, profile = EBOX_MESSAGE_PROFILE): void {
	for (const [name, { label, min, max }] of Object.entries(LENGTHS)) {
		const value = fields[name as keyof typeof LENGTHS];
		if (value === undefined) continue;
		const length = [...value].length;
		if (length < min || length > max) {
			throw refuse(`${label} must have ${min} to ${max} characters, and has ${length}`);
		}
		if (!fitsXml(value)) throw refuse(`${label} holds a control character that XML cannot hold`);
	}
	const { sequence } = fields;
	if (sequence !== undefined) {
		if (!Number.isInteger(sequence) || sequence < 0 || sequence > LARGEST_SEQUENCE) {
			throw refuse(`Sequence must be a whole number from 0 to ${LARGEST_SEQUENCE}: ${sequence}`);
		}
	}
	if (!/\.[^.]+$/.test(fields.fileName)) {
		throw refuse('Download File Name must have an extension', 'For example "information.pdf"');
	}
	if (/[\\/]/.test(fields.fileName)) {
		throw refuse('Download File Name must be a name without a folder');
	}
	assertSender(fields, profile);
	if (profile.withMime && fields.mimeType !== undefined && !MIME_TYPES.has(fields.mimeType)) {
		throw refuse(
			`The media type "${fields.mimeType}" is not one that the eBox admits`,
			'Use a PDF document, or leave MIME out of the profile',
		);
	}
}

function assertSender(
	{ application, institution }: MetadataFields,
	profile: MetadataProfile,
): void {
	if (!profile.withSender) return;
	if ((application === undefined) !== (institution === undefined)) {
		throw refuse(
			'Application and Institution go together',
			'Fill in both, or leave both empty when your certificate names one application',
		);
	}
	if (institution !== undefined && !/^\d{10}$/.test(institution)) {
		throw refuse('Institution must be an enterprise number of 10 digits');
	}
}

/**
 * The metadata file in the built-in form: UTF-8 without byte order mark, LF.
 *
 * @throws BroadcastError metadata when a field breaks a limit
 */
export function metadataXml(fields: MetadataFields, profile = EBOX_MESSAGE_PROFILE): string {
	assertMetadata(fields, profile);
	const { rootName, rootNamespace, childNamespace, extraXml } = profile;
	const prefix = childNamespace === '' ? '' : `${profile.prefix}:`;
	assertNames(profile);
	const element = (name: string, text: string | number): string =>
		`<${prefix}${name}>${escapeXml(String(text))}</${prefix}${name}>`;
	const block = (name: string, children: string[]): string[] =>
		children.length === 0
			? []
			: [`<${prefix}${name}>`, ...children.map(indent), `</${prefix}${name}>`];
	const given = (name: string, text: string | number | undefined): string[] =>
		text === undefined ? [] : [element(name, text)];

	const digest = profile.withDigest
		? block('Digest', [
				element('DigestMethod', fields.digestMethod),
				element('DigestValue', fields.digest),
			])
		: [];
	const lines = [
		...block('MessageID', [
			element('Ticket', fields.ticket),
			...(profile.withSequence ? given('Sequence', fields.sequence) : []),
		]),
		...(profile.withSender
			? block('SenderID', [
					...given('Application', fields.application),
					...given('Institution', fields.institution),
				])
			: []),
		element('MessageType', fields.messageType),
		...block('Document', [
			element('Title', fields.title),
			...(profile.withContent ? [element('Content', encodeURIComponent(fields.fileName))] : []),
			...digest,
			element('DownloadFileName', fields.fileName),
			...(profile.withMime ? given('MIME', fields.mimeType) : []),
		]),
		...(extraXml.trim() === '' ? [] : [extraXml.trim()]),
	];
	const namespaces = [
		rootNamespace === '' ? '' : ` xmlns="${escapeXml(rootNamespace)}"`,
		childNamespace === '' ? '' : ` xmlns:${profile.prefix}="${escapeXml(childNamespace)}"`,
	].join('');
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<${rootName}${namespaces}>`,
		...lines.map(indent),
		`</${rootName}>`,
		'',
	].join('\n');
}

/** Names that a user may set become tags: they must be names. */
function assertNames({ rootName, prefix, childNamespace }: MetadataProfile): void {
	const name = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
	if (!name.test(rootName)) throw refuse(`"${rootName}" cannot be the name of an XML element`);
	if (childNamespace !== '' && !name.test(prefix)) {
		throw refuse(`"${prefix}" cannot be an XML prefix`);
	}
}

function indent(line: string): string {
	return `  ${line}`;
}
