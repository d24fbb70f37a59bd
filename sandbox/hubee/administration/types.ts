import type { Applicant, Attachment, OrganizationIdentifier, Side } from '../model';

/** Where the bytes of a deposited file come from. */
export type FileContent =
	| { base64: string }
	| { text: string }
	/** Generated: this many bytes that depend on the seed alone, streamed and never stored. */
	| { size: number; seed?: number };

export interface DepositedFile {
	fileName: string;
	/** Business type; `documents` when absent. */
	type?: string;
	/** `application/octet-stream` when absent. */
	mimeType?: string;
	content: FileContent;
	/** Indexes of the cases that may see it; all when absent. */
	cases?: number[];
}

export type DepositRecipient = OrganizationIdentifier & { partnerAttributes?: string | null };

/**
 * A télédossier that arrives as if an OSL had sent it. Nothing of it is checked against the
 * process.
 */
export interface NewDeposit {
	/** `CERTDC` when absent. */
	processCode?: string;
	/** Recipients, one case each; the first SI of the sandbox when absent. */
	recipients?: DepositRecipient[];
	files: DepositedFile[];
	applicant?: Applicant;
	/** Built from the process and a running number when absent. */
	externalId?: string;
}

export interface DepositedAttachment {
	id: string;
	fileName: string;
	size: number;
	/** Hex. */
	sha256: string;
	/** External ids of the cases that may see it. */
	recipients: string[];
}

export interface Deposited {
	folderId: string;
	externalId: string;
	cases: Array<{
		id: string;
		externalId: string;
		recipient: OrganizationIdentifier;
		notificationId: string;
	}>;
	attachments: DepositedAttachment[];
}

/** Many télédossiers alike, with deterministic content. */
export interface ManyDeposits {
	cases: number;
	/** Files of each case. */
	files: number;
	/** Bytes of each file. */
	size: number;
	processCode?: string;
	recipient?: OrganizationIdentifier;
	/** Start of the contents, so that two runs agree; 1 when absent. */
	seed?: number;
}

/** An event on a case, as if the other side had made it. */
export interface IncomingEvent {
	caseId: string;
	/** Who makes it; the OSL when absent. */
	side?: Side;
	actionType: string;
	message?: string;
	comment?: string;
	author?: string;
	caseNewStatus?: string;
	partnerAttributes?: string;
	/** For a deposit: its files, already received. */
	files?: DepositedFile[];
	/** Notify the other side; true when absent. */
	notification?: boolean;
}

export interface CreatedEvent {
	eventId: string;
	notificationId: string | null;
	attachments: Array<Omit<DepositedAttachment, 'recipients'>>;
}

export interface AttachmentOverview {
	id: string;
	fileName: string;
	type: string;
	mimeType: string;
	size: number;
	status: Attachment['status'];
	/** Of the bytes the hub holds (hex); null before the upload and after a purge. */
	sha256: string | null;
}

export interface EventOverview {
	id: string;
	side: Side;
	actionType: string;
	status: string;
	caseNewStatus: string | null;
	message: string | null;
	comment: string | null;
	author: string | null;
	createDateTime: string;
	attachments: AttachmentOverview[];
}

/** A case as the sandbox holds it; the real hub offers no such list. */
export interface CaseOverview {
	id: string;
	folderId: string;
	externalId: string;
	processCode: string;
	recipient: OrganizationIdentifier;
	status: string;
	history: Array<{ status: string; at: string; by: string }>;
	attachments: AttachmentOverview[];
	events: EventOverview[];
	/** Notifications about this case that are still in somebody's queue. */
	notifications: string[];
}

export interface FolderOverview {
	id: string;
	externalId: string;
	processCode: string;
	globalStatus: string;
	caseIds: string[];
	attachments: Array<AttachmentOverview & { recipients: string[] }>;
}
