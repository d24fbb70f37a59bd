import { createHash } from 'node:crypto';

import { UUID_PATTERN } from '../../../lib/identifiers/uuid';
import { GuichetError, invalidInput, type Outcome } from '../../../lib/errors/guichet-error';
import type { HttpCall } from '../../../lib/http/call';
import { type ApiVersion, fillPath, onlyInV3 } from './api-version';
import type { MessageRegistry } from './message-registry';
import { type FilePart, type MeasuredFile, measureFile, publicationBody } from './multipart';
import {
	answerMalformed,
	type AnswerSource,
	assertSameId,
	isSameId,
} from '../../../lib/answers/read';
import {
	linkAnswer,
	type MessageStatus,
	messageStatusAnswer,
	publicationAnswer,
	type PublicationStatus,
} from './answers';
import type { Json, TranslatedString } from './types';

export interface EBoxId {
	type: 'enterprise' | 'citizen';
	/** Enterprise number of ten digits, or national number of eleven. */
	id: string;
}

export interface PublicationFile extends FilePart {
	mainContent: boolean;
	signed: boolean;
	title?: TranslatedString;
}

/** Values of one key, as the message type defines it; each value in one or more languages. */
export interface BusinessData {
	key: string;
	values: TranslatedString[];
}

/** A message to publish, in words of no version. */
export interface NewPublication {
	recipient: EBoxId;
	/** Enterprise number of the sender. Required in version 3, and by the official provider. */
	senderOrganizationId?: string;
	/** Version 3 only. */
	senderPartition?: string;
	senderApplicationId?: string;
	messageTypeId?: string;
	subject: TranslatedString;
	body?: TranslatedString;
	bodyIsMainContent: boolean;
	/** Left out where nothing is said; version 2 requires it, and gets false. */
	replyAuthorized?: boolean;
	registeredMail?: boolean;
	/** ISO 8601. The official provider ignores it. */
	expirationDate?: string;
	/** Makes the message a reply (version 2). */
	originalMessageId?: string;
	forTheAttentionOf?: { id?: string; name?: string };
	businessData: BusinessData[];
	paymentData?: Json;
	files: PublicationFile[];
}

export type NewReply = Pick<
	NewPublication,
	'subject' | 'body' | 'bodyIsMainContent' | 'businessData' | 'files'
>;

export interface PublicationKey {
	/** A UUID. */
	value: string;
	/**
	 * Whether earlier tries of this very publication may have used it, and nothing else can. Then a
	 * duplicate is one's own success.
	 */
	wasTriedBefore: boolean;
}

/**
 * A publication whose answer was lost, and which the provider then called a duplicate of itself. It
 * is published; its message id is not known.
 */
export interface ConfirmedPublication {
	confirmedBy: 'idempotencyKey';
}

export interface PublishOptions {
	/** False leaves the digests out, as the official examples do. */
	withDigest?: boolean;
	headers?: Record<string, string>;
}

export const LIMITS = {
	/** Characters (publication profile). */
	subject: 400,
	fileName: 255,
	businessDataValue: 256,
	attentionName: 100,
	/** `upfile1` to `upfile6` (contract 2.1). */
	files: 6,
};

/**
 * Publishes a message. Version 2 has no protection against duplicates, so there it is sent once;
 * version 3 has the idempotency key.
 *
 * @example
 * ```ts
 * const { messageId } = await publish(
 *   eBox.registry(await eBox.provider('NSSO')),
 *   {
 *     recipient: { type: 'enterprise', id: '0206731645' },
 *     senderOrganizationId: '0474028805',
 *     senderApplicationId: 'urn:app:documents',
 *     messageTypeId: 'information-request',
 *     subject: { fr: 'Demande' },
 *     body: { fr: 'Bonjour' },
 *     bodyIsMainContent: true,
 *     businessData: [],
 *     files: [],
 *   },
 *   { value: idempotencyKeyOf('invoice 2026/117'), wasTriedBefore: false },
 * );
 * ```
 */
export async function publish(
	registry: MessageRegistry,
	publication: NewPublication,
	key: PublicationKey,
	options: PublishOptions = {},
): Promise<PublicationStatus | ConfirmedPublication> {
	assertPublishable(publication);
	const { version, publishPath } = registry.spec;
	const json = version === 'v3' ? v3Json : v2Json;
	return await send(registry, {
		...options,
		url: publishPath,
		content: (digests) => json(publication, digests),
		files: publication.files,
		key,
	});
}

/**
 * Replies to a message of one's own e-Box. Version 3, where consumers may; its path and body are
 * settings of the API profile.
 */
export async function reply(
	registry: MessageRegistry,
	path: string,
	messageId: string,
	answer: NewReply,
	key: PublicationKey,
	options: Pick<PublishOptions, 'withDigest'> = {},
): Promise<PublicationStatus | ConfirmedPublication> {
	if (registry.spec.version !== 'v3')
		throw onlyInV3('Reply', 'there only senders can publish, with Publication: Publish Reply');
	assertPublishable(answer);
	return await send(registry, {
		...options,
		url: fillPath(path, { messageId }),
		content: (digests) => v3Content(answer, digests),
		files: answer.files,
		key,
	});
}

/**
 * Links a published message to further recipients. Not implemented by the official provider in
 * version 2.
 */
export async function link(
	registry: MessageRegistry,
	messageId: string,
	recipients: readonly EBoxId[],
): Promise<Json> {
	const { version } = registry.spec;
	const linked = await registry.post(
		{
			url: '/linkEboxMessage',
			body: { json: { messageId, recipients: recipients.map((one) => eBoxIdJson(one, version)) } },
			repeat: 'never',
		},
		linkAnswer,
	);
	if (linked.messageId !== undefined)
		assertSameId(sourceOf(registry, 'unknown'), 'a message', messageId, linked.messageId);
	return linked;
}

const sourceOf = ({ provider }: MessageRegistry, outcome?: Outcome): AnswerSource => ({
	service: `The e-Box provider "${provider.id}"`,
	details: { outcome },
});

/** The message of one recipient: the same message may be linked to several. */
export interface SentMessage {
	messageId: string;
	owner: EBoxId;
}

/** Numbers come with and without points and leading zeros. */
const bareNumber = (id: string): string => id.replace(/\D/g, '').replace(/^0+/, '');

/** Whether a status is the one of this message for this recipient. */
export function isStatusOf({ messageId, owner }: SentMessage, status: MessageStatus): boolean {
	return (
		isSameId(messageId, status.messageId) &&
		bareNumber(owner.id) === bareNumber(status.eboxId.eboxIdValue)
	);
}

/**
 * Whether messages one has sent have been read. Only asks, so it may be repeated although it is a
 * POST (answered with 201).
 *
 * @throws GuichetError `answer_malformed` when the answer is about others
 */
export async function messageStatus(
	registry: MessageRegistry,
	wanted: readonly SentMessage[],
): Promise<MessageStatus[]> {
	const { version } = registry.spec;
	const found = await registry.post(
		{
			url: '/searchMessageStatus',
			body: {
				json: wanted.map(({ messageId, owner }) => ({
					messageId,
					eboxId: eBoxIdJson(owner, version),
				})),
			},
			repeat: 'safe',
		},
		messageStatusAnswer,
	);
	if (!found.every((status) => wanted.some((sent) => isStatusOf(sent, status))))
		throw answerMalformed(
			sourceOf(registry),
			'answered about a message or recipient that was not asked for',
			'Nothing of the answer was used.',
		);
	return found;
}

interface Send {
	url: string;
	content: (digests: ReadonlyMap<string, string>) => Json;
	files: readonly PublicationFile[];
	key: PublicationKey;
	withDigest?: boolean;
	headers?: Record<string, string>;
}

async function send(
	registry: MessageRegistry,
	{ url, content, files, key, withDigest = true, headers = {} }: Send,
): Promise<PublicationStatus | ConfirmedPublication> {
	const isV3 = registry.spec.version === 'v3';
	const measured: Array<PublicationFile & MeasuredFile> = [];
	for (const file of files)
		measured.push(await measureFile({ ...file, fileName: fileNameFor(file.fileName, isV3) }));
	const digests = new Map(withDigest ? measured.map((one) => [one.partName, one.digest]) : []);
	let lost: GuichetError | undefined;
	const call: Omit<HttpCall, 'method'> = {
		url,
		// A structured string (RFC 8941) keeps its quotes.
		headers: { ...headers, ...(isV3 ? { 'idempotency-key': `"${key.value}"` } : {}) },
		body: publicationBody(measured, JSON.stringify(content(digests))),
		repeat: isV3 ? 'safe' : 'never',
		onLostTry: (failure) => {
			lost = failure;
		},
	};
	return await registry.post(call, publicationAnswer).catch((error: unknown) => {
		if (!(error instanceof GuichetError)) throw error;
		const isDuplicate = isV3 && error.details.status === 409;
		if (isDuplicate && (lost !== undefined || key.wasTriedBefore))
			return { confirmedBy: 'idempotencyKey' as const };
		throw explained(error, measured, isV3 ? key : undefined, lost);
	});
}

/** What a failed publication means for the person who wants it to arrive. */
function explained(
	error: GuichetError,
	files: readonly MeasuredFile[],
	key: PublicationKey | undefined,
	lost: GuichetError | undefined,
): GuichetError {
	const { status, hint, outcome } = error.details;
	const hints = [
		hint,
		error.code === 'answer_malformed'
			? 'Look for the message in the e-Box portal before publishing again.'
			: undefined,
	];
	const largest = [...files].sort((a, b) => b.size - a.size)[0];
	if ((status === 411 || status === 413) && largest)
		hints.unshift(
			`The largest file is "${largest.fileName}" with ${largest.size} bytes. The limit is not published: send fewer or smaller files, or ask the provider.`,
		);
	const mayBeRecorded = key !== undefined && (lost !== undefined || isLost(error));
	if (mayBeRecorded)
		hints.push(
			`To find out, publish the same with ${key.value} as Idempotency Key: nothing is recorded twice under one key.`,
		);
	return error.with({
		hint: hints.filter(Boolean).join(' ') || undefined,
		outcome: mayBeRecorded ? 'unknown' : outcome,
		...(key ? { data: { ...error.details.data, idempotencyKey: key.value } } : {}),
	});
}

/** The service may have recorded what it gave no usable answer to. */
function isLost({ code, details }: GuichetError): boolean {
	if (details.outcome === 'not_done') return false;
	return ['unreachable', 'timeout', 'service_failed', 'answer_malformed'].includes(code);
}

/** One main content in all, as the providers demand it; known before anything is sent. */
function assertPublishable({ body, bodyIsMainContent, files }: NewReply): void {
	const main = files.filter((file) => file.mainContent).length + (bodyIsMainContent ? 1 : 0);
	if (main !== 1)
		throw invalidInput(
			'Main Content',
			`must be exactly one, the body or one file, and there ${main === 0 ? 'is none' : `are ${main}`}`,
		);
	if (bodyIsMainContent && !body)
		throw invalidInput('Body', 'is empty, but it is to be the main content');
	if (files.length > LIMITS.files)
		throw invalidInput('Files', `must be at most ${LIMITS.files}, and are ${files.length}`);
	const long = files.find(({ fileName }) => fileName.length > LIMITS.fileName);
	if (long) throw invalidInput('File names', `must have at most ${LIMITS.fileName} characters`);
}

/**
 * Version 3 wants names with other than ASCII characters percent-encoded (sender documentation,
 * 2023). Whoever decodes them decodes every name, so that a percent sign must be encoded too.
 */
export function fileNameFor(name: string, isV3: boolean): string {
	return isV3 && /[^\x20-\x7e]|[%"\\]/.test(name) ? encodeURIComponent(name) : name;
}

function v2Json(one: NewPublication, digests: ReadonlyMap<string, string>): Json {
	return withoutEmpty({
		recipient: eBoxIdJson(one.recipient, 'v2'),
		subject: one.subject,
		messageTypeId: one.messageTypeId,
		senderOrganizationId: one.senderOrganizationId,
		senderApplicationId: one.senderApplicationId,
		originalMessageId: one.originalMessageId,
		forTheAttentionOf: one.forTheAttentionOf && { type: 'person', ...one.forTheAttentionOf },
		expirationDate: one.expirationDate,
		registeredMail: one.registeredMail,
		bodyMainContent: one.bodyIsMainContent,
		bodyContent: one.body,
		replyAuthorized: one.replyAuthorized ?? false,
		paymentData: one.paymentData,
		businessDataList: one.businessData.length > 0 ? one.businessData : undefined,
		attachments: one.files.map((file) => ({
			...attachmentJson(file, digests),
			mainContent: file.mainContent,
			attachmentSigned: file.signed,
		})),
	});
}

function v3Json(one: NewPublication, digests: ReadonlyMap<string, string>): Json {
	const { id, name } = one.forTheAttentionOf ?? {};
	return withoutEmpty({
		...v3Content(one, digests),
		sender: one.senderOrganizationId && {
			...eBoxIdJson({ type: 'enterprise', id: one.senderOrganizationId }, 'v3'),
			...(one.senderPartition ? { partition: one.senderPartition } : {}),
		},
		recipient: eBoxIdJson(one.recipient, 'v3'),
		messageTypeId: one.messageTypeId,
		senderApplicationId: one.senderApplicationId,
		originalMessageId: one.originalMessageId,
		forTheAttentionOf: one.forTheAttentionOf && withoutEmpty({ ssin: id, label: name }),
		expirationDate: one.expirationDate,
		isRegisteredMail: one.registeredMail,
		isReplyAuthorized: one.replyAuthorized,
		paymentData: one.paymentData,
	});
}

function v3Content(one: NewReply, digests: ReadonlyMap<string, string>): Json {
	return withoutEmpty({
		subject: one.subject,
		isBodyMainContent: one.body ? one.bodyIsMainContent : undefined,
		bodyContent: one.body,
		businessDataList: one.businessData.length > 0 ? one.businessData : undefined,
		attachments: one.files.map((file) => ({
			...attachmentJson(file, digests),
			isMainContent: file.mainContent,
			isAttachmentSigned: file.signed,
		})),
	});
}

function attachmentJson(
	{ partName, title }: PublicationFile,
	digests: ReadonlyMap<string, string>,
): Json {
	return withoutEmpty({
		httpPartName: partName,
		attachmentTitle: title,
		digest: digests.has(partName)
			? { digestMethod: 'sha_256', digestValue: digests.get(partName) }
			: undefined,
	});
}

function eBoxIdJson({ type, id }: EBoxId, version: ApiVersion): Json {
	if (version === 'v2') return { eboxType: type, eboxIdValue: id };
	return type === 'citizen'
		? { eboxType: type, ssin: id }
		: { eboxType: type, enterpriseNumber: id };
}

/** Nulls are not accepted in requests: what is not given is left out. */
function withoutEmpty(value: Json): Json {
	return Object.fromEntries(
		Object.entries(value).filter(([, one]) => one !== undefined && one !== null && one !== ''),
	);
}

/**
 * An idempotency key from what a person gives: a UUID as it is, from any other text one that is
 * always the same for the same text.
 */
export function idempotencyKeyOf(text: string): string {
	if (UUID_PATTERN.test(text)) return text.toLowerCase();
	const hash = createHash('sha256').update(text).digest('hex');
	// Version 8 of RFC 9562: made from whatever its maker chose.
	return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
