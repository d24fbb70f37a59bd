import type { Readable } from 'node:stream';

import { unchecked } from '../../../lib/answers/schema';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { presentableUrl } from '../../../lib/errors/redact';
import type { HttpAnswer, HttpCall } from '../../../lib/http/call';
import { absoluteUrl, type HttpClient } from '../../../lib/http/client';

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

/** How the HubEE gateway is called, whichever API stands behind it. */
export class GatewayCalls {
	constructor(
		readonly http: HttpClient,
		protected readonly base: string,
		private readonly options: HubEeClientOptions = {},
	) {}

	protected async get<Body>(path: string, query?: HttpCall['query']): Promise<Body> {
		const { body } = await this.http.json(
			{ method: 'GET', url: this.base + path, query, repeat: 'safe' },
			unchecked<Body>(),
		);
		return body;
	}

	/** Creates something. Never repeated blindly: the service has no idempotency key. */
	protected async create<Body>(path: string, json: object): Promise<Body> {
		const { body } = await this.http.json(
			{ method: 'POST', url: this.base + path, body: { json }, repeat: 'never' },
			unchecked<Body>(),
		);
		return body;
	}

	/** @param repeat setting a status to a value twice is mostly the same as once */
	protected async patch(
		path: string,
		json: object,
		repeat: HttpCall['repeat'] = 'safe',
	): Promise<void> {
		const override = this.options.patchByOverride === true;
		await this.confirmed({
			method: override ? 'POST' : 'PATCH',
			headers: override ? { 'X-HTTP-Method-Override': 'PATCH' } : {},
			url: this.base + path,
			body: { json },
			repeat,
		});
	}

	protected async remove(path: string): Promise<boolean> {
		const { status } = await this.confirmed({
			method: 'DELETE',
			url: this.base + path,
			repeat: 'safe',
			accept: [404],
		});
		return status !== 404;
	}

	protected async upload(path: string, { open, size, sha256 }: Upload): Promise<void> {
		await this.confirmed({
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
				headers: { accept: 'application/octet-stream, application/json;q=0.5' },
				repeat: 'safe',
				timeoutMs: BINARY_TIMEOUT_MS,
			},
			async (body, answer) => {
				refuseWebPage(answer);
				return await consume(body, downloadInfo(answer));
			},
		);
	}

	/** A call whose answer says nothing beyond its status. */
	private async confirmed(call: HttpCall): Promise<HttpAnswer<string>> {
		const answer = await this.http.text(call);
		refuseWebPage(answer, { ...call, url: absoluteUrl(this.http.baseUrl, call.url) });
		return answer;
	}
}

/**
 * HubEE never answers with HTML. Such an answer comes from a proxy on the way, whatever its status,
 * so it confirms no change and is no file.
 */
function refuseWebPage({ headers, status }: HttpAnswer<unknown>, call?: HttpCall): void {
	if (!/\bhtml\b/i.test(headers['content-type'] ?? '')) return;
	throw new GuichetError('answer_malformed', 'HubEE answered with a web page', {
		status,
		method: call?.method,
		url: call && presentableUrl(call.url),
		hint: 'The base URL may lead to a web page or a proxy instead of the service.',
		outcome: call?.repeat === 'never' ? 'unknown' : undefined,
	});
}

function downloadInfo({ headers }: HttpAnswer<undefined>): DownloadInfo {
	return { digest: headers.digest?.replace(/^sha-256=/i, '') || undefined };
}
