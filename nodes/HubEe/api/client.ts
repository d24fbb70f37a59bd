import type { Readable } from 'node:stream';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { type HttpAnswer, type HttpCall, pathOf } from '../../../lib/http/call';
import type { HttpClient } from '../../../lib/http/client';
import type { Case, CaseEvent, NewEvent, Notification } from './types';

const FOLDER_API = '/teledossiers/v1';

/** The gateway gives binary routes 300 s (HubEE folder contract 1.2.7); a little more, so that its own answer arrives first. */
const BINARY_TIMEOUT_MS = 310_000;

export interface NotificationQuery {
	/** Batch size; the service's default is 25. */
	maxResult?: number;
	processCodes?: string[];
	/** Process codes to be given first. */
	priorityCodes?: string[];
	/** Asks for `eventActionType` and `eventStatus`. */
	eventDetails?: boolean;
}

export interface HubEeClientOptions {
	/** Sends PATCH as POST with `X-HTTP-Method-Override`, for networks that block PATCH. */
	patchByOverride?: boolean;
}

/** One file on its way to the service. */
export interface Upload {
	open: () => Promise<Readable>;
	/** Bytes; must be exact. */
	size: number;
	/** Base64 SHA-256, sent as `digest`. */
	sha256?: string;
}

/** What comes with a downloaded file. */
export interface DownloadInfo {
	/** Base64 or `sha-256=<base64>` in older releases; absent where the server does not send it. */
	digest?: string;
}

/** Servers that refused `eventDetails`, so that each later call does not try again. By base URL, for the life of the process. */
const withoutEventDetails = new Set<string>();

/** The calls of the HubEE folder API (notifications, cases, events), in its own words. */
export class HubEeClient {
	constructor(
		readonly http: HttpClient,
		private readonly options: HubEeClientOptions = {},
	) {}

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
		const { body } = await this.http
			.json<CaseEvent>({
				method: 'POST',
				url: FOLDER_API + pathOf`/cases/${caseId}/events`,
				body: { json: event },
				repeat: 'never',
			})
			.catch((error: unknown) => {
				throw whereToLook(caseId, error);
			});
		return body;
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

	private async get<Body>(path: string, query?: HttpCall['query']): Promise<Body> {
		return (
			await this.http.json<Body>({ method: 'GET', url: FOLDER_API + path, query, repeat: 'safe' })
		).body;
	}

	private async patch(path: string, json: object): Promise<void> {
		const override = this.options.patchByOverride === true;
		await this.http.text({
			method: override ? 'POST' : 'PATCH',
			headers: override ? { 'X-HTTP-Method-Override': 'PATCH' } : {},
			url: FOLDER_API + path,
			body: { json },
			// Setting a status to a value twice is the same as once.
			repeat: 'safe',
		});
	}

	private async remove(path: string): Promise<boolean> {
		const { status } = await this.http.text({
			method: 'DELETE',
			url: FOLDER_API + path,
			repeat: 'safe',
			accept: [404],
		});
		return status !== 404;
	}

	private async upload(path: string, { open, size, sha256 }: Upload): Promise<void> {
		await this.http.text({
			method: 'PUT',
			url: FOLDER_API + path,
			headers: sha256 ? { digest: sha256 } : {},
			body: { stream: open, size, contentType: 'application/octet-stream' },
			repeat: 'safe',
			timeoutMs: BINARY_TIMEOUT_MS,
		});
	}

	private async download<Result>(
		path: string,
		consume: (body: Readable, info: DownloadInfo) => Promise<Result>,
	): Promise<Result> {
		return await this.http.stream(
			{
				method: 'GET',
				url: FOLDER_API + path,
				headers: { accept: 'application/octet-stream, application/json;q=0.5' },
				repeat: 'safe',
				timeoutMs: BINARY_TIMEOUT_MS,
			},
			async (body, answer) => await consume(body, downloadInfo(answer)),
		);
	}
}

function downloadInfo({ headers }: HttpAnswer<undefined>): DownloadInfo {
	return { digest: headers.digest?.replace(/^sha-256=/i, '') || undefined };
}

/** An unknown outcome, with how to find out. */
function whereToLook(caseId: string, error: unknown): unknown {
	if (!(error instanceof GuichetError) || error.details.outcome !== 'unknown') return error;
	const look = `Look at the events of case ${caseId} with Case: Get before you send it again.`;
	return error.with({
		hint: [error.details.hint, look].filter(Boolean).join(' '),
		data: { ...error.details.data, caseId },
	});
}

function isUnexpectedEventDetails(error: unknown): boolean {
	return (
		error instanceof GuichetError &&
		error.details.status === 400 &&
		(error.details.serviceMessages ?? []).some((text) => /eventDetails/.test(text))
	);
}
