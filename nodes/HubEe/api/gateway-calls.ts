import type { Readable } from 'node:stream';

import { answerMalformed, assertSameId } from '../../../lib/answers/read';
import type { AnswerOf, AnswerSchema } from '../../../lib/answers/schema';
import type { HttpAnswer, HttpCall } from '../../../lib/http/call';
import type { HttpClient } from '../../../lib/http/client';

/** A file by preference; anything else too, because a gateway may label it by its own type. */
const DOWNLOAD_TYPES = 'application/octet-stream, application/json;q=0.5, */*;q=0.1';

/**
 * The gateway gives binary routes 300 s (HubEE folder contract 1.2.7); a little more, so that its
 * own answer arrives first.
 */
const BINARY_TIMEOUT_MS = 310_000;

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
	/** Base64; absent where the server does not send it. */
	digest?: string;
}

/**
 * How the HubEE gateway is called, whichever API stands behind it.
 *
 * @example await new HubEeClient(hubEeHttp(credential)).notifications(50); // one that extends it
 */
export class GatewayCalls {
	constructor(
		readonly http: HttpClient,
		protected readonly base: string,
		private readonly options: HubEeClientOptions = {},
	) {}

	/** Reads an object, and makes sure that it is the one that was asked for. */
	protected async get<Schema extends AnswerSchema>(
		path: string,
		schema: Schema,
		asked: RequestedObject<AnswerOf<Schema>>,
		query?: HttpCall['query'],
	): Promise<AnswerOf<Schema>> {
		const { body } = await this.http.json(
			{ method: 'GET', url: this.base + path, query, repeat: 'safe' },
			schema,
		);
		assertRequested(asked, body);
		return body;
	}

	/** Creates something. Never repeated blindly: the service has no idempotency key. */
	protected async create<Schema extends AnswerSchema>(
		path: string,
		json: object,
		schema: Schema,
		asked?: RequestedObject<AnswerOf<Schema>>,
	): Promise<AnswerOf<Schema>> {
		const { body } = await this.http.json(
			{ method: 'POST', url: this.base + path, body: { json }, repeat: 'never' },
			schema,
		);
		if (asked) assertRequested(asked, body, 'unknown');
		return body;
	}

	/** @param repeat setting a status to a value twice is mostly the same as once */
	protected async patch(
		path: string,
		json: object,
		repeat: HttpCall['repeat'] = 'safe',
	): Promise<void> {
		const override = this.options.patchByOverride === true;
		await this.http.confirm({
			method: override ? 'POST' : 'PATCH',
			headers: override ? { 'X-HTTP-Method-Override': 'PATCH' } : {},
			url: this.base + path,
			body: { json },
			repeat,
		});
	}

	protected async remove(path: string): Promise<boolean> {
		const { status } = await this.http.confirm({
			method: 'DELETE',
			url: this.base + path,
			repeat: 'safe',
			accept: [404],
		});
		return status !== 404;
	}

	protected async upload(path: string, { open, size, sha256 }: Upload): Promise<void> {
		await this.http.confirm({
			method: 'PUT',
			url: this.base + path,
			headers: sha256 ? { digest: sha256 } : {},
			body: { stream: open, size, contentType: 'application/octet-stream' },
			repeat: 'safe',
			timeoutMs: BINARY_TIMEOUT_MS,
		});
	}

	protected async download<Result>(
		path: string,
		consume: (body: Readable, info: DownloadInfo) => Promise<Result>,
	): Promise<Result> {
		return await this.http.stream(
			{
				method: 'GET',
				url: this.base + path,
				headers: { accept: DOWNLOAD_TYPES },
				repeat: 'safe',
				timeoutMs: BINARY_TIMEOUT_MS,
			},
			async (body, answer) => {
				refuseWebPage(answer);
				return await consume(body, downloadInfo(answer));
			},
		);
	}
}

/** The object that a call is about: what it is called, its id, and where the answer has its id. */
export interface RequestedObject<Answer> {
	what: string;
	id: string;
	idOf: (answer: Answer) => string;
}

export function assertRequested<Answer>(
	{ what, id, idOf }: RequestedObject<Answer>,
	answer: Answer,
	outcome?: 'unknown',
): void {
	assertSameId({ service: 'HubEE', details: { outcome } }, what, id, idOf(answer));
}

/**
 * HubEE never answers with HTML. Such an answer comes from a proxy on the way, whatever its status,
 * so it is no file.
 */
function refuseWebPage({ headers, status }: HttpAnswer<undefined>): void {
	if (!/\bhtml\b/i.test(headers['content-type'] ?? '')) return;
	throw answerMalformed(
		{ service: 'HubEE', details: { status } },
		'answered with a web page',
		'The base URL may lead to a web page or a proxy instead of the service.',
	);
}

function downloadInfo({ headers }: HttpAnswer<undefined>): DownloadInfo {
	const digest = headers.digest?.replace(/^sha-256=/i, '');
	return digest ? { digest } : {};
}
