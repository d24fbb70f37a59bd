import type { Readable } from 'node:stream';

import * as v from 'valibot';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { pathOf, type QueryValue } from '../../../lib/http/call';
import type { HttpClient } from '../../../lib/http/client';
import {
	type DownloadInfo,
	GatewayCalls,
	type HubEeClientOptions,
	type Upload,
} from './gateway-calls';
import { caseAnswer, eventAnswer, folderAnswer, notificationAnswer } from './answers';
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

/** Query parameters of the newer contracts, which an environment that was not upgraded refuses. */
const NEWER_PARAMETERS = ['processCode', 'processPriority', 'eventDetails'] as const;

type NewerParameter = (typeof NEWER_PARAMETERS)[number];

/**
 * What each server has refused, so that a later call does not try again. By base URL, for the life
 * of the process.
 */
const refusedParameters = new Map<string, Set<NewerParameter>>();

/**
 * The calls of the HubEE folder API (notifications, folders, cases, events), in its own words.
 *
 * @example
 * const client = new HubEeClient(hubEeHttp(credential));
 * const [first] = await client.listNotifications({ maxResult: 25, eventDetails: true });
 * if (first?.caseId) console.log((await client.getCase(first.caseId)).externalId);
 */
export class HubEeClient extends GatewayCalls {
	constructor(http: HttpClient, options: HubEeClientOptions = {}) {
		super(http, FOLDER_API, options);
	}

	/**
	 * The head of the queue. Its order is unspecified and it does not move by being read.
	 *
	 * Where the server refuses a newer parameter it is asked again without: then `eventActionType`
	 * and `eventStatus` are missing, or notifications of other processes are in the answer.
	 */
	async listNotifications(query: NotificationQuery = {}): Promise<Notification[]> {
		const server = this.http.baseUrl;
		const refused = refusedParameters.get(server) ?? new Set();
		const newer: Record<NewerParameter, QueryValue> = {
			eventDetails: query.eventDetails ? true : undefined,
			processCode: query.processCodes,
			processPriority: query.priorityCodes,
		};
		const sent = NEWER_PARAMETERS.filter((name) => newer[name] !== undefined && !refused.has(name));
		const answer = await this.http
			.json(
				{
					method: 'GET',
					url: `${FOLDER_API}/notifications`,
					query: {
						maxResult: query.maxResult,
						...Object.fromEntries(sent.map((name) => [name, newer[name]])),
					},
					repeat: 'safe',
				},
				v.array(notificationAnswer),
			)
			.catch((error: unknown) => {
				const unexpected = sent.filter((name) => isUnexpected(error, name));
				if (unexpected.length === 0) throw error;
				refusedParameters.set(server, new Set([...refused, ...unexpected]));
				return undefined;
			});
		if (!answer) return await this.listNotifications(query);
		// Each once: whoever gets one twice would receive the same case twice.
		return [...new Map(answer.body.map((one) => [one.id, one])).values()];
	}

	/**
	 * Takes a notification out of the queue for good. One that is gone already is a success
	 * (`false`).
	 */
	async deleteNotification(notificationId: string): Promise<boolean> {
		return await this.remove(pathOf`/notifications/${notificationId}`);
	}

	async getCase(caseId: string, lite = false): Promise<Case> {
		const query = lite ? { lite: 'true' } : undefined;
		const asked = { what: 'a case', id: caseId, idOf };
		return await this.get(pathOf`/cases/${caseId}`, caseAnswer, asked, query);
	}

	/**
	 * Sets the status of a case without telling anybody; an event has to follow. Repeating it is
	 * harmless.
	 */
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
		return await this.create(pathOf`/cases/${caseId}/events`, event, eventAnswer).catch(
			(error: unknown) => {
				throw whereToLook(caseId, error);
			},
		);
	}

	async getEvent(caseId: string, eventId: string): Promise<CaseEvent> {
		const asked = { what: 'an event', id: eventId, idOf };
		return await this.get(pathOf`/cases/${caseId}/events/${eventId}`, eventAnswer, asked);
	}

	/** `SENT` by the author once all files are received, `RECEIVED` by the recipient. */
	async patchEvent(caseId: string, eventId: string, status: string): Promise<void> {
		await this.patch(pathOf`/cases/${caseId}/events/${eventId}`, { status });
	}

	/**
	 * Only a deposit that has not been sent can be deleted. One that is gone already is a success
	 * (`false`).
	 */
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

	/**
	 * Creates a folder with its cases, all in HUBEE_RECEIVED, and declares its files. Nobody is
	 * notified before it is completed.
	 */
	async createFolder(folder: NewFolder): Promise<Folder> {
		const asked = {
			what: 'a folder',
			id: folder.externalId,
			idOf: ({ externalId }: Folder) => externalId,
		};
		return await this.create('/folders', folder, folderAnswer, asked);
	}

	async getFolder(folderId: string): Promise<Folder> {
		const asked = { what: 'a folder', id: folderId, idOf };
		return await this.get(pathOf`/folders/${folderId}`, folderAnswer, asked);
	}

	/**
	 * `HUBEE_COMPLETED` on a new folder moves its cases too and notifies the recipients; any other
	 * status changes the folder alone.
	 *
	 * @param closeDateTime ISO 8601
	 */
	async patchFolder(folderId: string, globalStatus: string, closeDateTime?: string): Promise<void> {
		await this.patch(pathOf`/folders/${folderId}`, {
			globalStatus,
			...(closeDateTime ? { closeDateTime } : {}),
		});
	}

	/**
	 * Completes a new folder. Never repeated: the hub moves it on at once, and a second call would
	 * put its status back.
	 */
	async completeFolder(folderId: string): Promise<void> {
		await this.patch(pathOf`/folders/${folderId}`, { globalStatus: 'HUBEE_COMPLETED' }, 'never');
	}

	/**
	 * Only a folder in HUBEE_RECEIVED without events can be deleted. One that is gone already is a
	 * success (`false`).
	 */
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

const idOf = ({ id }: { id: string }): string => id;

/** An unknown outcome, with how to find out. */
function whereToLook(caseId: string, error: unknown): unknown {
	if (!(error instanceof GuichetError) || error.details.outcome !== 'unknown') return error;
	const look = `Look at the events of case ${caseId} with Case: Get before you send it again.`;
	return error.with({
		hint: [error.details.hint, look].filter(Boolean).join(' '),
		data: { ...error.details.data, caseId },
	});
}

/** `Query parameter 'eventDetails' is unexpected on path …`, the gateway's words. */
function isUnexpected(error: unknown, parameter: string): boolean {
	return (
		error instanceof GuichetError &&
		error.details.status === 400 &&
		(error.details.serviceMessages ?? []).some((text) =>
			text.includes(`Query parameter '${parameter}' is unexpected`),
		)
	);
}
