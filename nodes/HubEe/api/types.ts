/**
 * The shapes of the HubEE API V1, as the published contract and the services in production give
 * them. Fields that the documents call required but real answers leave out are optional here.
 */

export interface OrganizationIdentifier {
	/** `SI`, `OSL`, `ADMIN` … */
	type: string;
	/** SIRET, 14 digits. */
	companyRegister: string;
	/** INSEE/COG code or desk code; leading zeros matter. */
	branchCode: string;
}

export interface Notification {
	id: string;
	recipient?: OrganizationIdentifier;
	transmitter?: OrganizationIdentifier;
	processCode: string;
	caseId?: string | null;
	/** Absent or null: a new télédossier. */
	eventId?: string | null;
	/** ISO 8601 with offset. */
	dateTime?: string | null;
	/** Only when the server gives event details. */
	eventActionType?: string | null;
	eventStatus?: string | null;
}

export interface Applicant {
	firstName: string;
	lastName: string;
	email?: string | null;
}

export type AttachmentStatus = 'PENDING' | 'RECEIVED' | 'CORRUPTED' | 'REJECTED' | 'DELETED';

/** What an author declares of a file before its bytes are sent. */
export interface NewAttachment {
	fileName: string;
	/** Business type agreed between sender and recipient. */
	type: string;
	/** Bytes; the gateway refuses an upload of any other size. */
	size: number;
	mimeType: string;
	/** External ids of the cases that may see it: on folder attachments only. */
	recipients?: string[];
}

export interface Attachment extends NewAttachment {
	id: string;
	status: AttachmentStatus | (string & {});
}

export interface PartnerInfo {
	editorName?: string | null;
	applicationName?: string | null;
	softwareVersion?: string | null;
}

/** An event as its author writes it. */
export interface NewEvent {
	actionType: string;
	/** Whether the other side is notified. */
	notification: boolean;
	author?: string;
	message?: string;
	comment?: string;
	caseCurrentStatus?: string;
	caseNewStatus?: string;
	partnerAttributes?: string;
	/** At least one for `ATTACH_DEPOSIT`, none otherwise. */
	attachments?: NewAttachment[];
}

type Nullable<T> = { [K in keyof T]?: T[K] | null };

export interface CaseEvent extends Nullable<Omit<NewEvent, 'actionType' | 'attachments'>> {
	id: string;
	actionType: string;
	status?: string | null;
	transmitter?: OrganizationIdentifier;
	attachments?: Attachment[] | null;
	createDateTime?: string | null;
	updateDateTime?: string | null;
	partnerInfo?: PartnerInfo | null;
}

export interface Case {
	id: string;
	status: string;
	externalId: string;
	processCode: string;
	recipient?: OrganizationIdentifier;
	createDateTime?: string | null;
	updateDateTime?: string | null;
	transmissionDateTime?: string | null;
	closeDateTime?: string | null;
	partnerAttributes?: string | null;
	applicant?: Applicant | null;
	attachments?: Attachment[] | null;
	events?: CaseEvent[] | null;
}

/** A case as the sender declares it within a folder. */
export interface NewCase {
	/** The folder's external id, a hyphen and two digits. */
	externalId: string;
	recipient: OrganizationIdentifier;
	partnerAttributes?: string;
}

export interface NewFolder {
	processCode: string;
	/** At most 27 characters, because those of its cases are three longer and end at 30. */
	externalId: string;
	applicant: Applicant;
	cases: NewCase[];
	attachments: NewAttachment[];
}

export interface Folder extends Omit<NewFolder, 'cases' | 'attachments'> {
	id: string;
	globalStatus: string;
	createDateTime?: string | null;
	updateDateTime?: string | null;
	closeDateTime?: string | null;
	cases: Array<NewCase & { id: string; status: string }>;
	attachments: Attachment[];
	partnerInfo?: PartnerInfo | null;
}
