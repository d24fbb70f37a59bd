import type { Readable } from 'node:stream';

import { unchecked } from '../../../lib/answers/schema';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { type HttpAnswer, type HttpCall, pathOf } from '../../../lib/http/call';
import { absoluteUrl, type HttpClient } from '../../../lib/http/client';
import type { ApiVersionSpec } from './api-version';
import { normaliseAttachment, normaliseMessage, parseItemList } from './contract-names';
import { type PagedList, type Page, readPagedList } from './paging';
import type { Provider } from './provider';
import { assertInsideRegistry, assertSameOrigin } from './trusted-origins';
import type {
	Attachment,
	EBoxSummary,
	Json,
	Message,
	MessageChange,
	MessageFilters,
	ReferenceKind,
	TranslatedString,
} from './types';

export type Consume<Result> = (body: Readable, answer: HttpAnswer<undefined>) => Promise<Result>;

export interface ReferenceList extends PagedList<Json> {
	/** Of the first page; providers must send it (consultation profile). */
	cacheControl?: string;
}

/**
 * Changes of `PATCH /ebox/messages` that are sent at once. The service's own limit is not
 * documented; a page of a list is 100.
 */
const CHANGES_AT_ONCE = 100;

/**
 * The message registry of one provider, in the words of its contract. Every call goes through
 * {@link call} and so to one origin only.
 */
export class MessageRegistry {
	constructor(
		readonly provider: Provider,
		readonly spec: ApiVersionSpec,
		private readonly http: HttpClient,
		private readonly parallel = 4,
	) {}

	/** Counters of this provider, hidden messages included. */
	async summary(): Promise<EBoxSummary> {
		return await this.get('/ebox');
	}

	/** Messages, newest first, attachments' metadata included. Marks nothing as read. */
	async messages(filters: MessageFilters, limit?: number): Promise<PagedList<Message>> {
		return await readPagedList({
			fetch: async (page, pageSize) => await this.messagePage(filters, page, pageSize),
			keyOf: (one) => one.messageId ?? JSON.stringify(one),
			limit,
			parallel: this.parallel,
		});
	}

	async messagePage(
		filters: MessageFilters,
		page: number,
		pageSize: number,
	): Promise<Page<Message>> {
		const query = this.spec.messageQuery(filters, page, pageSize);
		const answer = await this.http.json(
			this.call({ method: 'GET', url: '/ebox/messages', query, repeat: 'safe' }),
			unchecked<unknown>(),
		);
		const found = parseItemList(answer.body);
		const serverTime = Date.parse(answer.headers.date ?? '');
		return {
			...found,
			items: found.items.map(normaliseMessage),
			...(Number.isNaN(serverTime) ? {} : { serverTime }),
		};
	}

	/** Metadata only. Marks nothing as read. */
	async message(messageId: string): Promise<Message> {
		return normaliseMessage(await this.get(pathOf`/ebox/messages/${messageId}`));
	}

	async attachments(messageId: string): Promise<Attachment[]> {
		const list = await this.get(pathOf`/ebox/messages/${messageId}/attachments`);
		return parseItemList(list).items.map(normaliseAttachment);
	}

	async attachment(messageId: string, attachmentId: string): Promise<Attachment> {
		const path = pathOf`/ebox/messages/${messageId}/attachments/${attachmentId}`;
		return normaliseAttachment(await this.get(path));
	}

	/** The file. Retrieving a main content marks the message as read, for everyone. */
	async content<Result>(
		messageId: string,
		one: Attachment,
		consume: Consume<Result>,
	): Promise<Result> {
		return await this.http.stream(
			this.call({
				method: 'GET',
				url: this.contentAddress(messageId, one),
				headers: { accept: 'application/octet-stream, */*' },
				repeat: 'safe',
			}),
			consume,
		);
	}

	/**
	 * The text of the message; marks it as read when the body is the main content. `undefined` where
	 * the provider has none.
	 */
	async body(messageId: string): Promise<TranslatedString | undefined> {
		return await this.optional(pathOf`/ebox/messages/${messageId}/body`);
	}

	/**
	 * `undefined` where the message has none, or the provider does not offer them (the official one
	 * does not).
	 */
	async paymentData(messageId: string): Promise<Json | undefined> {
		return await this.optional(pathOf`/ebox/messages/${messageId}/paymentData`);
	}

	/**
	 * Shows, hides or moves messages. Doing it twice is the same as doing it once. A call is refused
	 * as a whole, so a refused one is split until only those stand alone that are refused themselves.
	 *
	 * @returns the refusals, by the place of the change
	 */
	async change(changes: readonly MessageChange[]): Promise<Map<number, GuichetError>> {
		const refusals = new Map<number, GuichetError>();
		for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE)
			await this.changeSome(changes.slice(at, at + CHANGES_AT_ONCE), at, refusals);
		return refusals;
	}

	private async changeSome(
		changes: readonly MessageChange[],
		at: number,
		refusals: Map<number, GuichetError>,
	): Promise<void> {
		const refusal = await this.patch('/ebox/messages', this.spec.changes(changes)).then(
			() => undefined,
			asRefusal,
		);
		if (!refusal) return;
		if (changes.length === 1) {
			refusals.set(at, refusal);
			return;
		}
		const half = Math.ceil(changes.length / 2);
		await this.changeSome(changes.slice(0, half), at, refusals);
		await this.changeSome(changes.slice(half), at + half, refusals);
	}

	/** A merge patch (RFC 7396), the only kind the contract has. */
	async patch(path: string, body: unknown): Promise<Json | undefined> {
		const { body: answer } = await this.http.json(
			this.call({
				method: 'PATCH',
				url: path,
				body: { text: JSON.stringify(body), contentType: 'application/merge-patch+json' },
				repeat: 'safe',
			}),
			unchecked<Json | undefined>(),
		);
		return answer;
	}

	async referenceList(kind: ReferenceKind): Promise<ReferenceList> {
		let cacheControl: string | undefined;
		const listing = await readPagedList<Json>({
			fetch: async (page, pageSize) => {
				const answer = await this.http.json(
					this.call({
						method: 'GET',
						url: this.spec.referencePath(kind),
						query: this.spec.pageQuery(page, pageSize),
						repeat: 'safe',
					}),
					unchecked<unknown>(),
				);
				if (page === 1) cacheControl = answer.headers['cache-control'];
				return parseItemList(answer.body);
			},
			keyOf: (record) => JSON.stringify(record),
			parallel: this.parallel,
		});
		return { ...listing, cacheControl };
	}

	async reference(kind: ReferenceKind, id: string): Promise<Json> {
		return await this.get(this.spec.referencePath(kind) + pathOf`/${id}`);
	}

	/** A logo of an organisation or application. Optional for providers of enterprises. */
	async logo<Result>(
		kind: Exclude<ReferenceKind, 'messageType'>,
		id: string,
		imageId: string,
		consume: Consume<Result>,
	): Promise<Result> {
		const url = this.spec.referencePath(kind) + pathOf`/${id}/images/${imageId}/content`;
		return await this.http.stream(
			this.call({ method: 'GET', url, headers: { accept: 'image/*, */*' }, repeat: 'safe' }),
			consume,
		);
	}

	/** Any call of this registry; JSON answers are read, others are given as text. */
	async custom(call: HttpCall): Promise<HttpAnswer<unknown>> {
		return await this.http.raw(this.call(call));
	}

	/**
	 * The one gate of all calls: whatever address was built or came with data, it is on this
	 * provider's own origin.
	 *
	 * @throws GuichetError `untrusted_address`
	 */
	call<Call extends HttpCall>(call: Call): Call {
		assertSameOrigin(
			this.provider.url,
			absoluteUrl(this.provider.url, call.url),
			`The address of this call (${call.method})`,
		);
		return call;
	}

	async post<Answer>(call: Omit<HttpCall, 'method' | 'accept'>): Promise<Answer> {
		const { body } = await this.http.json(
			this.call({ ...call, method: 'POST' }),
			unchecked<Answer>(),
		);
		return body;
	}

	/** By the attachment's id; by its link where it has none, if the link stays on this provider. */
	private contentAddress(messageId: string, one: Attachment): string {
		if (one.attachmentId)
			return pathOf`/ebox/messages/${messageId}/attachments/${one.attachmentId}/content`;
		if (!one.contentHref)
			throw new GuichetError(
				'answer_malformed',
				`The file "${one.fileName ?? 'without a name'}" cannot be fetched: the provider gave it neither an id nor an address`,
				{ hint: 'It can be read in the e-Box portal. The provider should be told.' },
			);
		assertInsideRegistry(
			this.provider.url,
			one.contentHref,
			`The link to the file "${one.fileName ?? 'without a name'}"`,
		);
		return new URL(one.contentHref, this.provider.url).href;
	}

	private async get<Body = Json>(url: string, query?: HttpCall['query']): Promise<Body> {
		const { body } = await this.http.json(
			this.call({ method: 'GET', url, query, repeat: 'safe' }),
			unchecked<Body | undefined>(),
		);
		if (typeof body !== 'object' || body === null) throw this.noObject(url);
		return body;
	}

	/**
	 * An operation that a provider need not have (405, 501), on something that need not exist (404).
	 */
	private async optional<Body>(url: string): Promise<Body | undefined> {
		const answer = await this.http.json(
			this.call({ method: 'GET', url, repeat: 'safe', accept: [404, 405, 501] }),
			unchecked<Body | undefined>(),
		);
		return answer.status < 300 ? (answer.body ?? undefined) : undefined;
	}

	private noObject(path: string): GuichetError {
		return new GuichetError(
			'answer_malformed',
			'The provider answered with nothing where the contract promises an object',
			{ data: { path }, hint: 'Its base URL may be wrong: check the API Profile.' },
		);
	}
}

/** The service refused what it was asked; every other failure stays one. */
function asRefusal(error: unknown): GuichetError {
	if (error instanceof GuichetError && ['refused', 'not_found'].includes(error.code)) return error;
	throw error;
}
