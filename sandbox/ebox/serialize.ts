import { type StoredFile, type StoredMessage, sha256 } from './stored-message';
import type { ReferenceKind, ReferenceRecord } from './reference';

export type Version = 'v2' | 'v3';

type Json = Record<string, unknown>;

/** A message as a version says it. `address` makes the URL of a path of the registry. */
export function messageJson(
	message: StoredMessage,
	version: Version,
	address: (path: string) => string,
): Json {
	const v3 = version === 'v3';
	const name = (v2: string): string => (v3 ? `is${v2.charAt(0).toUpperCase()}${v2.slice(1)}` : v2);
	const files = message.files.map((file) => fileJson(message, file, version, address));
	const { forTheAttentionOf } = message;
	return withoutUndefined({
		messageId: message.messageId,
		originalMessageId: message.originalMessageId,
		subject: message.subject,
		receiptDate: new Date(message.receivedAt).toISOString(),
		expirationDate: new Date(message.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
		readStatus: message.readStatus,
		visible: message.visible,
		[name('registeredMail')]: message.registeredMail,
		[name('replyAuthorized')]: message.replyAuthorized,
		[name('bodyMainContent')]: message.bodyMainContent,
		forTheAttentionOf: v3
			? forTheAttentionOf && { ssin: forTheAttentionOf.id, label: forTheAttentionOf.name }
			: forTheAttentionOf,
		messageTypeId: message.messageTypeId,
		senderApplicationId: message.senderApplicationId,
		...(v3
			? {
					sender: { eboxType: 'enterprise', enterpriseNumber: message.senderOrganizationId },
					partition: message.partition,
					forAction: message.action && { status: message.action },
				}
			: { senderOrganizationId: message.senderOrganizationId }),
		attachments: { items: files, totalItems: files.length },
		businessDataList:
			message.businessData.length > 0
				? { items: message.businessData, totalItems: message.businessData.length }
				: undefined,
		paymentData: message.paymentData,
	});
}

export function fileJson(
	message: StoredMessage,
	file: StoredFile,
	version: Version,
	address: (path: string) => string,
): Json {
	const v3 = version === 'v3';
	const path = `/ebox/messages/${message.messageId}/attachments/${file.attachmentId}/content`;
	const digest = file.digest === undefined ? sha256(file.bytes) : file.digest;
	return withoutUndefined({
		attachmentId: file.withoutId ? undefined : file.attachmentId,
		attachmentTitle: file.attachmentTitle,
		fileName: file.fileName,
		[v3 ? 'isMainContent' : 'mainContent']: file.mainContent,
		mediaType: file.mediaType,
		size: Math.max(1, Math.round(file.bytes.length / 1024)),
		digest: digest === null ? undefined : { digestMethod: 'sha_256', digestValue: digest },
		[v3 ? 'isAttachmentSigned' : 'attachmentSigned']: file.attachmentSigned,
		contentHref: file.contentHref ?? address(path),
	});
}

const SEGMENTS: Record<ReferenceKind, string> = {
	messageType: 'messageTypes',
	senderOrganization: 'senderOrganizations',
	senderApplication: 'senderApplications',
};

/**
 * A record of the reference data. The id lists stay empty, as the official provider leaves them.
 */
export function referenceJson(
	kind: ReferenceKind,
	record: ReferenceRecord,
	address: (path: string) => string,
): Json {
	const { id, name, description, logo } = record;
	const root = `/referenceData/${SEGMENTS[kind]}/${encodeURIComponent(id)}`;
	const logos = logo && [
		{
			imageId: 'logo-1',
			size: 1,
			mediaType: 'image/png',
			contentHref: address(`${root}/images/logo-1/content`),
		},
	];
	switch (kind) {
		case 'messageType':
			return withoutUndefined({
				messageTypeId: id,
				messageTypeName: name,
				messageTypeDescription: description,
				validityPeriod: { validityPeriodNumber: 6, validityPeriodUnit: 'month' },
				senderOrganizationIds: [],
				senderApplicationIds: [],
			});
		case 'senderOrganization':
			return withoutUndefined({
				organizationId: id,
				organizationShortName: name,
				organizationLongName: name,
				organizationLogos: logos,
				senderApplicationIds: [],
				messageTypeIds: [],
			});
		default:
			return withoutUndefined({
				applicationId: id,
				applicationName: name,
				applicationDescription: description,
				applicationLogos: logos,
				senderOrganizationIds: [],
				messageTypeIds: [],
			});
	}
}

function withoutUndefined(value: Json): Json {
	return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}
