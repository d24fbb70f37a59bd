import { identifierOf } from '../model';
import type { Attachment, Case, Event, Folder, Identity, Notification } from '../model';

import { sideOf } from './hub';
import type { Hub } from './hub';

type View = Record<string, unknown>;

function attachmentView(hub: Hub, attachment: Attachment): View {
	hub.antivirus.settle(attachment);
	const { id, status, fileName, type, size, mimeType } = attachment;
	return { id, status, fileName, type, size, mimeType };
}

/** A folder as its owner sees it. */
export function folderView(hub: Hub, folder: Folder): View {
	return {
		id: folder.id,
		globalStatus: folder.globalStatus,
		processCode: folder.processCode,
		externalId: folder.externalId,
		createDateTime: folder.createDateTime,
		updateDateTime: folder.updateDateTime,
		closeDateTime: folder.closeDateTime,
		applicant: folder.applicant,
		cases: hub.casesOf(folder).map((item) => ({
			id: item.id,
			externalId: item.externalId,
			status: item.status,
			recipient: item.recipient,
			partnerAttributes: item.partnerAttributes,
			updateDateTime: item.updateDateTime,
			transmissionDateTime: item.transmissionDateTime,
		})),
		attachments: folder.attachments.map((attachment) => ({
			...attachmentView(hub, attachment),
			recipients: attachment.recipients,
		})),
		partnerInfo: folder.partnerInfo,
	};
}

/**
 * A case as this caller sees it. The lite form leaves out all that the contract does not require.
 */
export function caseView(hub: Hub, item: Case, identity: Identity, lite: boolean): View {
	const view: View = {
		id: item.id,
		status: item.status,
		recipient: item.recipient,
		externalId: item.externalId,
		processCode: item.folder.processCode,
		createDateTime: item.createDateTime,
		updateDateTime: item.updateDateTime,
		transmissionDateTime: item.transmissionDateTime,
		closeDateTime: item.closeDateTime,
	};
	if (lite) return view;
	return {
		...view,
		partnerAttributes: item.partnerAttributes,
		applicant: item.folder.applicant,
		attachments: hub.attachmentsOf(item).map((attachment) => attachmentView(hub, attachment)),
		events: item.events
			.filter((event) => hub.isVisible(event, identity))
			.map((event) => eventView(hub, event, identity)),
	};
}

/** An event as this caller sees it: the comment is internal to the SI. */
export function eventView(hub: Hub, event: Event, identity: Identity): View {
	const hidden = event.side === 'SI' && sideOf(identity) === 'OSL' && identity.scope !== 'ADMIN';
	return {
		id: event.id,
		transmitter: event.transmitter,
		actionType: event.actionType,
		notification: event.notification,
		author: event.author,
		message: event.message,
		comment: hidden ? null : event.comment,
		caseCurrentStatus: event.caseCurrentStatus,
		caseNewStatus: event.caseNewStatus,
		partnerAttributes: event.partnerAttributes,
		attachments: event.attachments.map((attachment) => attachmentView(hub, attachment)),
		status: event.status,
		createDateTime: event.createDateTime,
		updateDateTime: event.updateDateTime,
		partnerInfo: event.partnerInfo,
	};
}

/** A notification; with details it tells what kind of event it is about, as that event is now. */
export function notificationView(hub: Hub, notification: Notification, details: boolean): View {
	const { id, recipient, transmitter, processCode, caseId, eventId, dateTime } = notification;
	const view: View = {
		id,
		recipient: identifierOf(recipient),
		transmitter: identifierOf(transmitter),
		processCode,
		caseId,
		eventId,
		dateTime,
	};
	if (!details) return view;
	const event = hub.cases.get(caseId)?.events.find((candidate) => candidate.id === eventId);
	return {
		...view,
		eventActionType: event?.actionType ?? null,
		eventStatus: event?.status ?? null,
	};
}
