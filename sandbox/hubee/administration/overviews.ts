import type { Hub } from '../hub/hub';
import type { Attachment, Case, Folder } from '../model';

import type { AttachmentOverview, CaseOverview, FolderOverview } from './types';

function attachmentOverview(hub: Hub, attachment: Attachment): AttachmentOverview {
	hub.antivirus.settle(attachment);
	const { id, fileName, type, mimeType, size, status, file } = attachment;
	return { id, fileName, type, mimeType, size, status, sha256: file?.sha256 ?? null };
}

export function caseOverview(hub: Hub, item: Case): CaseOverview {
	return {
		id: item.id,
		folderId: item.folder.id,
		externalId: item.externalId,
		processCode: item.folder.processCode,
		recipient: item.recipient,
		status: item.status,
		history: item.history,
		attachments: hub.attachmentsOf(item).map((attachment) => attachmentOverview(hub, attachment)),
		events: item.events.map((event) => ({
			id: event.id,
			side: event.side,
			actionType: event.actionType,
			status: event.status,
			caseNewStatus: event.caseNewStatus,
			message: event.message,
			comment: event.comment,
			author: event.author,
			createDateTime: event.createDateTime,
			attachments: event.attachments.map((attachment) => attachmentOverview(hub, attachment)),
		})),
		notifications: [...hub.notifications.values()]
			.filter(({ caseId }) => caseId === item.id)
			.map(({ id }) => id),
	};
}

export function folderOverview(hub: Hub, folder: Folder): FolderOverview {
	return {
		id: folder.id,
		externalId: folder.externalId,
		processCode: folder.processCode,
		globalStatus: folder.globalStatus,
		caseIds: hub.casesOf(folder).map(({ id }) => id),
		attachments: folder.attachments.map((attachment) => ({
			...attachmentOverview(hub, attachment),
			recipients: attachment.recipients,
		})),
	};
}
