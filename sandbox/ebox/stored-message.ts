import { createHash, randomUUID } from 'node:crypto';

export interface Text {
	nl?: string;
	fr?: string;
	de?: string;
}

/** A file as a provider holds it. */
export interface StoredFile {
	attachmentId: string;
	attachmentTitle?: Text;
	fileName: string;
	mediaType: string;
	mainContent: boolean;
	attachmentSigned: boolean;
	bytes: Buffer;
	/** Leaves the id out of the metadata, so that only `contentHref` leads to the file. */
	withoutId?: boolean;
	/** In place of the true address. */
	contentHref?: string;
	/** In place of the true digest; null for none. */
	digest?: string | null;
}

/** A message as a provider holds it, in the names of version 2.1. Times in milliseconds. */
export interface StoredMessage {
	messageId: string;
	originalMessageId?: string;
	subject: Text;
	receivedAt: number;
	expiresAt: number;
	readStatus: boolean;
	visible: boolean;
	registeredMail: boolean;
	replyAuthorized: boolean;
	forTheAttentionOf?: { type?: string; id?: string; name?: string };
	messageTypeId: string;
	senderOrganizationId: string;
	senderApplicationId: string;
	partition: string;
	files: StoredFile[];
	body?: Text;
	bodyMainContent: boolean;
	paymentData?: Record<string, unknown>;
	businessData: Array<{ key: string; name: Text; values: Text[] }>;
	/** Asks the recipient to do something (version 3). */
	action?: 'requested' | 'executed';
}

const DAY_MS = 86_400_000;

export function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('base64url');
}

export function newFile(given: Partial<StoredFile> = {}): StoredFile {
	return {
		attachmentId: randomUUID(),
		fileName: 'document.pdf',
		mediaType: 'application/pdf',
		mainContent: true,
		attachmentSigned: false,
		bytes: Buffer.from('%PDF-1.4\n% a document of the sandbox\n'),
		...given,
	};
}

/**
 * A message with sensible values; received now, valid for six months, with one main file unless
 * told otherwise.
 */
export function newMessage(now: number, given: Partial<StoredMessage> = {}): StoredMessage {
	const receivedAt = given.receivedAt ?? now;
	return {
		messageId: randomUUID(),
		subject: { fr: 'Avis de la sécurité sociale', nl: 'Bericht van de sociale zekerheid' },
		receivedAt,
		expiresAt: receivedAt + 183 * DAY_MS,
		readStatus: false,
		visible: true,
		registeredMail: false,
		replyAuthorized: false,
		messageTypeId: 'attest-a1',
		senderOrganizationId: '0206731645',
		senderApplicationId: 'urn:app:contributions',
		partition: 'GENERAL',
		files: given.bodyMainContent ? [] : [newFile()],
		bodyMainContent: false,
		businessData: [],
		...given,
	};
}
