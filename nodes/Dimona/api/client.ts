import { unchecked } from '../../../lib/answers/schema';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { pathOf } from '../../../lib/http/call';
import type { HttpClient } from '../../../lib/http/client';
import { readDeclaration, type DeclarationResult } from './result';
import { type Declaration, idText, isObject, type Json } from './types';

/** Path of the service below the services URL. */
export const DIMONA_PATH = '/dimona/v2';

export type SearchableResource = 'declarations' | 'periods' | 'relations';

export interface Page {
	items: Json[];
	/** URL of the next page; checked, see {@link DimonaClient.search}. */
	next?: string;
}

/** ODO's clients ask for 50; a larger maximum is not known. */
const PAGE_SIZE = 50;

/** Guards against a server whose `next` never ends. */
const MAX_PAGES = 2_000;

/**
 * The Dimona REST service, version 2, in its own words. Two HTTP clients, because a declaration
 * must not be sent a second time: after "too many
 * requests" once, after an unknown outcome never.
 */
export class DimonaClient {
	constructor(
		private readonly http: {
			/** For reading, which is repeated freely. */
			reading: HttpClient;
			/** For submitting. */
			submitting: HttpClient;
			/** For one look while waiting: the schedule decides when the next one is. */
			polling: HttpClient;
		},
		private readonly baseUrl: string,
	) {}

	/**
	 * Submits a declaration. Success means received, not accepted.
	 *
	 * @returns the declaration id
	 * @throws GuichetError with `outcome: 'unknown'` when it may have been recorded although no id
	 *   came back
	 */
	async submit(declaration: Declaration): Promise<string> {
		const { status, headers, body } = await this.http.submitting.text({
			method: 'POST',
			url: `${this.baseUrl}/declarations`,
			headers: { accept: 'application/json' },
			body: { json: declaration },
			repeat: 'never',
		});
		const id = idOfLocation(headers.location) ?? idOfBody(body);
		if (id) return id;
		throw new GuichetError(
			'answer_malformed',
			'Dimona took the declaration but did not say its number',
			{ status, method: 'POST', outcome: 'unknown' },
		);
	}

	/**
	 * One look at a declaration; `undefined` while it is not processed, or not known: the service
	 * does not tell them apart.
	 */
	async pollOnce(declarationId: string): Promise<DeclarationResult | undefined> {
		return await this.declaration(this.http.polling, declarationId);
	}

	/**
	 * The result of a declaration, with repeats on technical trouble; `undefined` as in {@link
	 * pollOnce}.
	 */
	async getDeclaration(declarationId: string): Promise<DeclarationResult | undefined> {
		return await this.declaration(this.http.reading, declarationId);
	}

	private async declaration(
		http: HttpClient,
		declarationId: string,
	): Promise<DeclarationResult | undefined> {
		const { status, body } = await http.text({
			method: 'GET',
			url: `${this.baseUrl}${pathOf`/declarations/${declarationId}`}`,
			headers: { accept: 'application/json' },
			repeat: 'safe',
			accept: [404],
		});
		if (status === 404) return undefined;
		const answer = parse(body);
		if (answer === undefined) throw notJson();
		const result = readDeclaration(answer);
		return result && { ...result, declarationId: result.declarationId ?? declarationId };
	}

	/** @throws GuichetError `not_found` */
	async getPeriod(periodId: string): Promise<Json> {
		const { body } = await this.http.reading.json(
			{
				method: 'GET',
				url: `${this.baseUrl}${pathOf`/periods/${periodId}`}`,
				repeat: 'safe',
			},
			unchecked<unknown>(),
		);
		return isObject(body) ? body : { value: body };
	}

	/**
	 * Pages of a search, in the service's order. The following page is asked for where the service
	 * says, but only on the configured origin: the
	 * token goes nowhere else.
	 *
	 * @throws GuichetError `answer_malformed` when `next` leads to another origin
	 */
	async *search(
		kind: SearchableResource,
		filter: Json,
		pageSize = PAGE_SIZE,
	): AsyncGenerator<Page> {
		const seen = new Set<string>();
		let url: string | undefined = `${this.baseUrl}/${kind}/search?pageSize=${pageSize}&page=1`;
		while (url && !seen.has(url) && seen.size < MAX_PAGES) {
			seen.add(url);
			const { body }: { body: unknown } = await this.http.reading.json(
				{
					method: 'POST',
					url,
					body: { json: filter },
					repeat: 'safe',
				},
				unchecked<unknown>(),
			);
			const page: Page = { items: itemsOf(body), next: this.nextOf(body, url) };
			yield page;
			url = page.next;
		}
	}

	private nextOf(body: unknown, current: string): string | undefined {
		const next = isObject(body) ? body.next : undefined;
		const text = isObject(next) ? next.href : next;
		if (typeof text !== 'string' || text.trim() === '') return undefined;
		let url: URL | undefined;
		try {
			url = new URL(text, current);
		} catch {
			// An unreadable address is treated like a foreign one below.
		}
		if (url?.origin === new URL(this.baseUrl).origin && !url.username) return url.href;
		throw new GuichetError(
			'answer_malformed',
			'Dimona says that the next page of the search is on another server',
			{
				hint: `It was not followed, because the access token would go there${url ? `: ${url.origin}` : ''}. Raise the page size or lower the limit to do without it.`,
			},
		);
	}
}

function notJson(): GuichetError {
	return new GuichetError('answer_malformed', 'Dimona answered with something that is not JSON', {
		hint: 'The services URL may lead to a web page or a proxy instead of the service.',
	});
}

function itemsOf(body: unknown): Json[] {
	const items = isObject(body) ? body.items : body;
	return Array.isArray(items) ? (items as unknown[]).filter(isObject) : [];
}

/**
 * `Location` may be absolute or relative, with or without a trailing slash or query; the id is the
 * last segment of its path.
 */
function idOfLocation(location: string | undefined): string | undefined {
	const path = location?.trim().split(/[?#]/)[0].replace(/\/+$/, '') ?? '';
	return idText(/declarations\/([^/]+)$/i.exec(path)?.[1] ?? path.split('/').pop());
}

function idOfBody(text: string): string | undefined {
	const body = parse(text);
	if (!isObject(body)) return undefined;
	const status = isObject(body.declarationStatus) ? body.declarationStatus : body;
	return idText(status.declarationId) ?? idText(body.declarationId);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
