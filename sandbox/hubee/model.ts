import type { StoredFile } from './hub/files';

export type Scope = 'SI' | 'OSL' | 'ADMIN' | 'DATAPASS';

/** The triple by which HubEE names an organization. */
export interface OrganizationIdentifier {
	type: string;
	/** SIRET, 14 digits. */
	companyRegister: string;
	/** INSEE code of the commune or code of the desk; leading zeros count. */
	branchCode: string;
}

/** The identifier as one word: `SI-22770001000019-77372`. */
export function organizationId(organization: OrganizationIdentifier): string {
	const { type, companyRegister, branchCode } = organization;
	return `${type}-${companyRegister}-${branchCode}`;
}

export function sameOrganization(a: OrganizationIdentifier, b: OrganizationIdentifier): boolean {
	return organizationId(a) === organizationId(b);
}

/** Only the identifying triple of something larger. */
export function identifierOf(organization: OrganizationIdentifier): OrganizationIdentifier {
	const { type, companyRegister, branchCode } = organization;
	return { type, companyRegister, branchCode };
}

/** A client of the token endpoint. HubEE hands out one per subscription to an SI, one to an OSL. */
export interface Client {
	clientId: string;
	clientSecret: string;
	/** Scopes it may ask for. */
	scopes: Scope[];
	organization: OrganizationIdentifier;
	/** Processes it is limited to; all of its organization when absent. */
	processCodes?: string[];
}

/** Who is behind a token. */
export interface Identity {
	clientId: string;
	scope: Scope;
	organization: OrganizationIdentifier;
	processCodes: string[] | undefined;
}

export interface PartnerInfo {
	editorName: string | null;
	applicationName: string | null;
	softwareVersion: string | null;
}

export interface Applicant {
	firstName: string;
	lastName: string;
	email?: string | null;
}

export type AttachmentStatus = 'PENDING' | 'RECEIVED' | 'CORRUPTED' | 'REJECTED' | 'DELETED';

/** What the antivirus will say, decided at the upload. PENDING means that it never finishes. */
export type ScanOutcome = 'RECEIVED' | 'CORRUPTED' | 'REJECTED' | 'PENDING';

export interface Attachment {
	id: string;
	fileName: string;
	type: string;
	size: number;
	mimeType: string;
	status: AttachmentStatus;
	/** External ids of the cases that may see it; folder attachments only. */
	recipients: string[];
	file: StoredFile | null;
	scan: { readyAt: number; outcome: ScanOutcome } | null;
}

export interface Folder {
	id: string;
	owner: OrganizationIdentifier;
	globalStatus: string;
	processCode: string;
	externalId: string;
	applicant: Applicant;
	attachments: Attachment[];
	createDateTime: string;
	updateDateTime: string | null;
	closeDateTime: string | null;
	partnerInfo: PartnerInfo | null;
	/**
	 * Instant at which the recipients of a completed folder are notified; null before completion and
	 * after.
	 */
	notifyAt: number | null;
}

/** Which side of a case somebody is on. ADMIN acts on the side of the OSL. */
export type Side = 'SI' | 'OSL';

export interface Case {
	id: string;
	folder: Folder;
	externalId: string;
	recipient: OrganizationIdentifier;
	status: string;
	partnerAttributes: string | null;
	createDateTime: string;
	updateDateTime: string | null;
	transmissionDateTime: string | null;
	closeDateTime: string | null;
	events: Event[];
	/** Every status it has had, with the instant. */
	history: Array<{ status: string; at: string; by: string }>;
	/** Instant from which its files may be purged. */
	purgeAt: number | null;
}

export interface Event {
	id: string;
	caseId: string;
	side: Side;
	transmitter: OrganizationIdentifier;
	actionType: string;
	notification: boolean;
	author: string | null;
	message: string | null;
	comment: string | null;
	caseCurrentStatus: string | null;
	caseNewStatus: string | null;
	partnerAttributes: string | null;
	attachments: Attachment[];
	status: 'IN_PROGRESS' | 'SENT' | 'RECEIVED';
	createDateTime: string;
	updateDateTime: string | null;
	partnerInfo: PartnerInfo | null;
}

export interface Notification {
	id: string;
	recipient: OrganizationIdentifier;
	transmitter: OrganizationIdentifier;
	processCode: string;
	caseId: string;
	/** Null for a new télédossier. */
	eventId: string | null;
	dateTime: string;
}
