/**
 * What is sent to the HubEE API V1, as the published contract and the services in production have
 * it; and the types of its answers, which come from their schemas.
 */

import type { OrganizationIdentifier } from './answers';

export type {
	Attachment,
	Case,
	CaseEvent,
	Folder,
	Notification,
	Organization,
	OrganizationIdentifier,
	Process,
	Subscription,
} from './answers';

export interface Applicant {
	firstName: string;
	lastName: string;
	email?: string;
}

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
