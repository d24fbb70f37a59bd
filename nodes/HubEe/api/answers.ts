import * as v from 'valibot';

import {
	type AnswerOf,
	count,
	distinctList,
	identifier,
	jsonObject,
	object,
} from '../../../lib/answers/schema';

/**
 * The answers of the HubEE API V1, as the published contracts (folder 1.2.7, subscription 1.2.3,
 * organization 1.2.0, process 1.2.1) require them. Where the deployed service is known to leave out
 * what they require, the contract test says so with the reason.
 */

const text = v.string();

/** The contracts allow null; a service that has nothing to say may leave the field out as well. */
const optionalText = v.nullish(text);

const organizationIdentifierAnswer = object({
	/** `SI`, `OSL`, `ADMIN` … */
	type: text,
	/** SIRET, 14 digits. */
	companyRegister: text,
	/** INSEE/COG code or desk code; leading zeros matter. */
	branchCode: text,
});
export type OrganizationIdentifier = AnswerOf<typeof organizationIdentifierAnswer>;

export const notificationAnswer = object({
	id: identifier,
	recipient: v.nullish(organizationIdentifierAnswer),
	transmitter: v.nullish(organizationIdentifierAnswer),
	processCode: text,
	caseId: v.nullish(identifier),
	/** Absent or null: a new télédossier. */
	eventId: v.nullish(identifier),
	/** ISO 8601 with offset. */
	dateTime: optionalText,
	/** Only when the server gives event details. */
	eventActionType: optionalText,
	eventStatus: optionalText,
});
export type Notification = AnswerOf<typeof notificationAnswer>;

const attachmentFields = {
	id: identifier,
	/** `PENDING`, `RECEIVED`, `CORRUPTED`, `REJECTED`, `DELETED`. */
	status: text,
	fileName: text,
	/** Business type agreed between sender and recipient. */
	type: text,
	/** Bytes. */
	size: count,
	mimeType: text,
};
const attachmentAnswer = object(attachmentFields);
export type Attachment = AnswerOf<typeof attachmentAnswer>;

const partnerInfoAnswer = object({
	editorName: optionalText,
	applicationName: optionalText,
	softwareVersion: optionalText,
});

export const eventAnswer = object({
	id: identifier,
	transmitter: organizationIdentifierAnswer,
	actionType: optionalText,
	/** `IN_PROGRESS`, `SENT`, `RECEIVED`. */
	status: text,
	/** Whether the other side is notified. */
	notification: v.nullish(v.boolean()),
	author: optionalText,
	message: optionalText,
	comment: optionalText,
	caseCurrentStatus: optionalText,
	caseNewStatus: optionalText,
	partnerAttributes: optionalText,
	attachments: v.nullish(v.array(attachmentAnswer)),
	createDateTime: optionalText,
	updateDateTime: optionalText,
	partnerInfo: v.nullish(partnerInfoAnswer),
});
export type CaseEvent = AnswerOf<typeof eventAnswer>;

const applicantAnswer = object({ firstName: text, lastName: text, email: optionalText });

export const caseAnswer = object({
	id: identifier,
	status: text,
	externalId: text,
	processCode: text,
	recipient: organizationIdentifierAnswer,
	createDateTime: text,
	updateDateTime: optionalText,
	transmissionDateTime: optionalText,
	closeDateTime: optionalText,
	partnerAttributes: optionalText,
	applicant: v.nullish(applicantAnswer),
	/** The lite form has neither files nor events. */
	attachments: v.nullish(v.array(attachmentAnswer)),
	events: v.nullish(v.array(eventAnswer)),
});
export type Case = AnswerOf<typeof caseAnswer>;

const caseOfFolderAnswer = object({
	id: identifier,
	externalId: text,
	status: text,
	recipient: organizationIdentifierAnswer,
});

export const folderAnswer = object({
	id: identifier,
	globalStatus: text,
	processCode: text,
	externalId: text,
	applicant: applicantAnswer,
	cases: v.pipe(
		distinctList(caseOfFolderAnswer),
		v.check((cases) => cases.length > 0, 'a list with a case at least'),
	),
	/** Empty once the hub has purged them. */
	attachments: v.array(object({ ...attachmentFields, recipients: v.array(text) })),
	createDateTime: text,
	updateDateTime: optionalText,
	closeDateTime: optionalText,
	partnerInfo: v.nullish(partnerInfoAnswer),
});
export type Folder = AnswerOf<typeof folderAnswer>;

export const subscriptionAnswer = object({
	id: identifier,
	datapassId: count,
	processCode: text,
	subscriber: organizationIdentifierAnswer,
	notificationFrequency: text,
	localAdministrator: jsonObject,
	status: optionalText,
});
export type Subscription = AnswerOf<typeof subscriptionAnswer>;

export const organizationAnswer = object({
	type: text,
	companyRegister: text,
	branchCode: text,
	name: text,
	territory: text,
	postalCode: text,
	status: text,
	createDateTime: text,
});
export type Organization = AnswerOf<typeof organizationAnswer>;

export const processAnswer = object({
	code: text,
	name: text,
	isActivated: v.boolean(),
	osl: organizationIdentifierAnswer,
	attachmentFormatsEnabled: v.array(text),
	attachmentTypesEnabled: v.array(text),
	attachmentMaxSizeEnabled: count,
	statusBeforeFileDeletion: text,
	timeBeforeFileDeletion: count,
	timeBeforeArchiving: count,
	timeBeforeFolderDeletion: count,
	messageToTransmitter: v.boolean(),
	subscriptionValidation: text,
});
export type Process = AnswerOf<typeof processAnswer>;
