import { type Call, nameFault } from '../mock-server';
import {
	type StoredFile,
	type StoredMessage,
	newFile,
	newMessage,
	sha256,
	type Text,
} from './stored-message';
import type { Mailbox } from './mailbox';
import { type Part, partsOf } from './multipart';
import { REFERENCE } from './reference';
import { badInput, Refusal } from './refusal';
import type { Version } from './serialize';

type Json = Record<string, unknown>;

const MEDIA_TYPES = [
	'application/pdf',
	'application/zip',
	'text/csv',
	'text/html',
	'text/plain',
	'text/xml',
	'image/jpeg',
	'image/png',
];

const invalid = (message: string): Refusal =>
	badInput('messageToPublish', message, undefined, 'body');

/**
 * Publishes what a call brings, by the rules of the official provider (FAQ and publication
 * profile).
 */
export async function publishFrom(
	call: Call,
	box: Mailbox,
	version: Version,
	now: number,
	replyTo?: StoredMessage,
): Promise<StoredMessage> {
	if (call.contentType !== 'multipart/form-data')
		throw new Refusal(415, 'INVALID_INPUT', 'Content-Type must be multipart/form-data');
	if (call.header('content-length') === undefined)
		throw new Refusal(411, 'LENGTH_REQUIRED', 'Length Required');
	const parts = partsOf(await call.bytes(), call.header('content-type') ?? '');
	const json = messageOf(parts);
	const key = version === 'v3' ? keyOf(call) : undefined;
	if (key && box.keys.has(key))
		throw new Refusal(409, 'CONFLICT', 'This Idempotency-Key has been used before');
	const files = filesOf(
		json,
		parts.filter(({ fileName }) => fileName !== undefined),
		{ version, strict: call.strict },
	);
	const flag = (v2: string): unknown =>
		json[version === 'v3' ? `is${v2.charAt(0).toUpperCase()}${v2.slice(1)}` : v2];
	const body = json.bodyContent as Text | undefined;
	const main =
		files.filter(({ mainContent }) => mainContent).length + (flag('bodyMainContent') ? 1 : 0);
	if (main === 0) throw invalid('No main content attachment. Exactly one is expected');
	if (main > 1) throw invalid('Too many main content. Exactly one is expected');
	if (!replyTo) assertAddressed(json, version);
	assertOneLanguage(json.subject as Text | undefined);
	const message = newMessage(now, {
		subject: json.subject as Text,
		messageTypeId: String(json.messageTypeId ?? replyTo?.messageTypeId),
		senderOrganizationId: senderOf(json, version) ?? '0474028805',
		senderApplicationId: String(json.senderApplicationId ?? 'urn:app:documents'),
		originalMessageId: (json.originalMessageId as string | undefined) ?? replyTo?.messageId,
		replyAuthorized: flag('replyAuthorized') === true,
		bodyMainContent: flag('bodyMainContent') === true,
		body,
		files,
	});
	box.published.push(message);
	if (key) box.keys.set(key, message.messageId);
	return message;
}

function messageOf(parts: Part[]): Json {
	const text = parts.find(({ name }) => name === 'messageToPublish')?.bytes.toString('utf8');
	if (text === undefined) throw invalid('Part messageToPublish is missing');
	try {
		const json = JSON.parse(text) as Json;
		if (Object.values(json).includes(null)) throw invalid('Invalid Schema: null is not accepted');
		return json;
	} catch (error) {
		if (error instanceof Refusal) throw error;
		throw invalid('Invalid Schema: malformed JSON');
	}
}

/** A structured string (RFC 8941): with its quotes. */
function keyOf(call: Call): string | undefined {
	const header = call.header('idempotency-key');
	if (header === undefined) return undefined;
	const key = header.match(/^"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"$/)?.[1];
	if (!key)
		throw badInput('Idempotency-Key', 'Idempotency-Key must be a quoted UUID', header, 'header');
	return key;
}

function filesOf(
	json: Json,
	uploads: Part[],
	{ version, strict }: { version: Version; strict: boolean },
): StoredFile[] {
	const entries = (json.attachments ?? []) as Json[];
	if (entries.length !== uploads.length)
		throw invalid('Json Attachments number is inconsistent with number of parts');
	return entries.map((entry) => {
		const upload = uploads.find(({ name }) => name === entry.httpPartName);
		if (!upload) throw invalid('Some json attachment info do not match any file upload part');
		if (!upload.fileName || !upload.mediaType)
			throw invalid('Missing mediaType or fileName in part');
		if (!MEDIA_TYPES.includes(upload.mediaType))
			throw invalid('Attachment mime type is not valid. See spec for list of available mime types');
		const digest = entry.digest as { digestMethod?: string; digestValue?: string } | undefined;
		// RFC 4648: padding belongs to base64url where nothing else is said; Java's decoder takes both.
		const sent = sha256(upload.bytes);
		const taken = strict ? [`${sent}=`] : [sent, `${sent}=`];
		if (digest && !taken.includes(digest.digestValue ?? ''))
			throw new Refusal(400, 'DIGEST_DO_NOT_MATCH', 'Issue with Digest');
		const fault = strict ? nameFault(upload.fileName) : undefined;
		if (fault !== undefined) throw invalid(`Strict receiver: ${fault}`);
		return newFile({
			fileName: version === 'v3' ? decodedName(upload.fileName) : upload.fileName,
			mediaType: upload.mediaType,
			mainContent: entry[version === 'v3' ? 'isMainContent' : 'mainContent'] === true,
			attachmentSigned:
				entry[version === 'v3' ? 'isAttachmentSigned' : 'attachmentSigned'] === true,
			bytes: Buffer.from(upload.bytes),
		});
	});
}

/** Version 3 wants names with other than ASCII characters percent-encoded. */
function decodedName(name: string): string {
	if (/[^\x20-\x7e]/.test(name)) throw invalid('File names must be percent-encoded');
	try {
		return decodeURIComponent(name);
	} catch {
		throw invalid('File names must be percent-encoded');
	}
}

function assertAddressed(json: Json, version: Version): void {
	const recipient = (json.recipient ?? {}) as Json;
	const type = recipient.eboxType;
	const citizen = type === 'citizen';
	const v3Property = citizen ? 'ssin' : 'enterpriseNumber';
	const id = recipient[version === 'v3' ? v3Property : 'eboxIdValue'];
	if (type !== 'enterprise' && !citizen) throw invalid('Invalid Schema: recipient.eboxType');
	if (typeof id !== 'string' || (!citizen && !isEnterpriseNumber(id)))
		throw invalid(`${String(id)} is not a valid company`);
	const known = (kind: 'messageType' | 'senderApplication', wanted: unknown) =>
		REFERENCE[kind].some((record) => record.id === wanted);
	const isConfigured =
		known('messageType', json.messageTypeId) &&
		known('senderApplication', json.senderApplicationId);
	if (!isConfigured) throw new Refusal(400, 'INVALID_SENDER', 'Invalid message configuration');
	if (senderOf(json, version) !== '0474028805')
		throw new Refusal(
			400,
			'INVALID_SENDER',
			'Invalid sender: user credentials does not match payload',
		);
}

function senderOf(json: Json, version: Version): string | undefined {
	const sender = json.sender as Json | undefined;
	return (version === 'v3' ? sender?.enterpriseNumber : json.senderOrganizationId) as
		string | undefined;
}

function isEnterpriseNumber(id: string): boolean {
	return /^[01]\d{9}$/.test(id) && Number(id.slice(8)) === 97 - (Number(id.slice(0, 8)) % 97);
}

function assertOneLanguage(subject: Text | undefined): void {
	const languages = Object.keys(subject ?? {});
	if (languages.length === 0) throw invalid('Invalid Schema: subject');
	if (languages.length > 1)
		throw new Refusal(400, 'NOT_IMPLEMENTED', 'Multiple languages provided when only one expected');
}
