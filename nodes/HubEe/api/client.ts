import type { Readable } from 'node:stream';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { pathOf } from '../../../lib/http/call';
import type { HttpClient } from '../../../lib/http/client';
import {
	type DownloadInfo,
	GatewayCalls,
	type HubEeClientOptions,
	type Upload,
} from './gateway-calls';
import type { Case, CaseEvent, Folder, NewEvent, NewFolder, Notification } from './types';

const FOLDER_API = '/teledossiers/v1';

export interface NotificationQuery {
	/** Batch size; the service's default is 25. */
	maxResult?: number;
	processCodes?: string[];
	/** Process codes to be given first. */
	priorityCodes?: string[];
	/** Asks for `eventActionType` and `eventStatus`. */
	eventDetails?: boolean;
}

/** Servers that refused `eventDetails`, so that each later call does not try again. By base URL, for the life of the process. */
const withoutEventDetails = new Set<string>();

/** The calls of the HubEE folder API (notifications, folders, cases, events), in its own words. */
export class HubEeClient extends GatewayCalls {
	constructor(http: HttpClient, options: HubEeClientOptions = {}) {
		super(http, FOLDER_API, options);
	}

	/**
	 * The head of the queue. Its order is unspecified and it does not move by being read.
	 *
	 * Where the server refuses `eventDetails` it is asked again without, and the two fields are missing from the answer.
	 */
	async listNotifications(query: NotificationQuery = {}): Promise<Notification[]> {
		const server = this.http.baseUrl;
		const wanted = query.eventDetails === true && !withoutEventDetails.has(server);
		return await this.notifications({ ...query, eventDetails: wanted }).catch(
			async (error: unknown) => {
				if (!wanted || !isUnexpectedEventDetails(error)) throw error;
				const answer = await this.notifications({ ...query, eventDetails: false });
				withoutEventDetails.add(server);
				return answer;
			},
		);
	}

	private async notifications(query: NotificationQuery): Promise<Notification[]> {
		const { body } = await this.http.json<Notification[] | undefined>({
			method: 'GET',
			url: `${FOLDER_API}/notifications`,
			query: {
				maxResult: query.maxResult,
				processCode: query.processCodes,
				processPriority: query.priorityCodes,
				eventDetails: query.eventDetails ? true : undefined,
			},
			repeat: 'safe',
		});
		return body ?? [];
	}

	/** Takes a notification out of the queue for good. One that is gone already is a success (`false`). */
	async deleteNotification(notificationId: string): Promise<boolean> {
		return await this.remove(pathOf`/notifications/${notificationId}`);
	}

	async getCase(caseId: string, lite = false): Promise<Case> {
		return await this.get<Case>(pathOf`/cases/${caseId}`, lite ? { lite: 'true' } : undefined);
	}

	/** Sets the status of a case without telling anybody; an event has to follow. Repeating it is harmless. */
	async patchCase(caseId: string, status: string): Promise<void> {
		await this.patch(pathOf`/cases/${caseId}`, { status });
	}

	async downloadCaseAttachment<Result>(
		caseId: string,
		attachmentId: string,
		consume: (body: Readable, info: DownloadInfo) => Promise<Result>,
	): Promise<Result> {
		return await this.download(pathOf`/cases/${caseId}/attachments/${attachmentId}`, consume);
	}

	/** Creates an event. Never repeated: a second one would change the status or notify again. */
	async createEvent(caseId: string, event: NewEvent): Promise<CaseEvent> {
		return await this.create<CaseEvent>(pathOf`/cases/${caseId}/events`, event);
	}

	async getEvent(caseId: string, eventId: string): Promise<CaseEvent> {
		return await this.get<CaseEvent>(pathOf`/cases/${caseId}/events/${eventId}`);
	}

	/** `SENT` by the author once all files are received, `RECEIVED` by the recipient. */
	async patchEvent(caseId: string, eventId: string, status: string): Promise<void> {
		await this.patch(pathOf`/cases/${caseId}/events/${eventId}`, { status });
	}

	/** Only a deposit that has not been sent can be deleted. One that is gone already is a success (`false`). */
	async deleteEvent(caseId: string, eventId: string): Promise<boolean> {
		return await this.remove(pathOf`/cases/${caseId}/events/${eventId}`);
	}

	async uploadEventAttachment(
		caseId: string,
		eventId: string,
		attachmentId: string,
		upload: Upload,
	): Promise<void> {
		await this.upload(
			pathOf`/cases/${caseId}/events/${eventId}/attachments/${attachmentId}`,
			upload,
		);
	}

	async downloadEventAttachment<Result>(
		caseId: string,
		eventId: string,
		attachmentId: string,
		consume: (body: Readable, info: DownloadInfo) => Promise<Result>,
	): Promise<Result> {
		return await this.download(
			pathOf`/cases/${caseId}/events/${eventId}/attachments/${attachmentId}`,
			consume,
		);
	}

	/** Creates a folder with its cases, all in HUBEE_RECEIVED, and declares its files. Nobody is notified before it is completed. */
	async createFolder(folder: NewFolder): Promise<Folder> {
		return await this.create<Folder>('/folders', folder);
	}

	async getFolder(folderId: string): Promise<Folder> {
		return await this.get<Folder>(pathOf`/folders/${folderId}`);
	}

	/**
	 * `HUBEE_COMPLETED` on a new folder moves its cases too and notifies the recipients; any other status changes the folder alone.
	 *
	 * @param closeDateTime ISO 8601
	 */
	async patchFolder(folderId: string, globalStatus: string, closeDateTime?: string): Promise<void> {
		await this.patch(pathOf`/folders/${folderId}`, {
			globalStatus,
			...(closeDateTime ? { closeDateTime } : {}),
		});
	}

	/** Only a folder in HUBEE_RECEIVED without events can be deleted. One that is gone already is a success (`false`). */
	async deleteFolder(folderId: string): Promise<boolean> {
		return await this.remove(pathOf`/folders/${folderId}`);
	}

	async uploadFolderAttachment(
		folderId: string,
		attachmentId: string,
		upload: Upload,
	): Promise<void> {
		await this.upload(pathOf`/folders/${folderId}/attachments/${attachmentId}`, upload);
	}
}

function isUnexpectedEventDetails(error: unknown): boolean {
	return (
		error instanceof GuichetError &&
		error.details.status === 400 &&
		(error.details.serviceMessages ?? []).some((text) => /eventDetails/.test(text))
	);
}
