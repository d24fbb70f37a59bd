import type { Readable } from 'node:stream';

import * as v from 'valibot';

import { assertSameId } from '../../../lib/answers/read';
import { type AnswerOf, type AnswerSchema, jsonObject } from '../../../lib/answers/schema';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { type HttpAnswer, type HttpCall, pathOf } from '../../../lib/http/call';
import { absoluteUrl, type HttpClient } from '../../../lib/http/client';
import type { ApiVersionSpec } from './api-version';
import {
	type Attachment,
	anyPaymentData,
	attachmentAnswer,
	bodyAnswer,
	type EBoxSummary,
	itemList,
	type Message,
	messageAnswer,
	paymentDataAnswer,
	referenceAnswer,
	summaryAnswer,
} from './answers';
import { eachOnce, isWhole, pageOf } from './contract-names';
import { type PagedList, type Page, readPagedList } from './paging';
import type { Provider } from './provider';
import { assertInsideRegistry, assertSameOrigin } from './trusted-origins';
import type { Json, MessageChange, MessageFilters, ReferenceKind, TranslatedString } from './types';

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
 * @example const { items } = await eBox.registry(provider).messages({ readStatus: false }, 50);
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
		return await this.get('/ebox', summaryAnswer);
	}

	/** Messages, newest first, attachments' metadata included. Marks nothing as read. */
	async messages(filters: MessageFilters, limit?: number): Promise<PagedList<Message>> {
		return await readPagedList({
			fetch: async (page, pageSize) => await this.messagePage(filters, page, pageSize),
			keyOf: (one) => one.messageId,
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
			itemList(messageAnswer),
		);
		const serverTime = Date.parse(answer.headers.date ?? '');
		return {
			...pageOf(answer.body),
			...(Number.isNaN(serverTime) ? {} : { serverTime }),
		};
	}

	/** Metadata only. Marks nothing as read. */
	async message(messageId: string): Promise<Message> {
		const found = await this.get(pathOf`/ebox/messages/${messageId}`, messageAnswer);
		this.assertRequested('a message', messageId, found.messageId);
		return found;
	}

	/**
	 * The files of a message, all of them.
	 *
	 * @throws GuichetError `answer_malformed` where one is missing from the list
	 */
	async attachments(messageId: string): Promise<Attachment[]> {
		const path = pathOf`/ebox/messages/${messageId}/attachments`;
		const page = pageOf(await this.get(path, itemList(attachmentAnswer)));
		if (isWhole(page)) return page.items;
		throw new GuichetError(
			'answer_malformed',
			`The provider lists ${eachOnce(page).length} readable files of message "${messageId}", and there are ${Math.max(page.received, page.total ?? 0)}`,
			{ hint: 'The message can be read in the e-Box portal.', outcome: 'not_done' },
		);
	}

	async attachment(messageId: string, attachmentId: string): Promise<Attachment> {
		const path = pathOf`/ebox/messages/${messageId}/attachments/${attachmentId}`;
		const found = await this.get(path, attachmentAnswer);
		if (found.attachmentId !== undefined)
			this.assertRequested('a file', attachmentId, found.attachmentId);
		return found;
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
		return await this.optional(pathOf`/ebox/messages/${messageId}/body`, bodyAnswer);
	}

	/**
	 * `undefined` where the message has none, or the provider does not offer them (the official one
	 * does not).
	 */
	async paymentData(messageId: string): Promise<Json | undefined> {
		const path = pathOf`/ebox/messages/${messageId}/paymentData`;
		const isContract = this.spec.version === 'v2';
		return await this.optional(path, isContract ? paymentDataAnswer : anyPaymentData);
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
			v.nullish(jsonObject),
		);
		return answer ?? undefined;
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
					itemList(referenceAnswer(REFERENCE_ID[kind])),
				);
				if (page === 1) cacheControl = answer.headers['cache-control'];
				return pageOf(answer.body);
			},
			keyOf: (record) => JSON.stringify(record),
			parallel: this.parallel,
		});
		return { ...listing, cacheControl };
	}

	async reference(kind: ReferenceKind, id: string): Promise<Json> {
		const path = this.spec.referencePath(kind) + pathOf`/${id}`;
		const record = await this.get(path, referenceAnswer(REFERENCE_ID[kind]));
		this.assertRequested('a record', id, String(record[REFERENCE_ID[kind]] ?? record.id));
		return record;
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

	async post<Schema extends AnswerSchema>(
		call: Omit<HttpCall, 'method' | 'accept'>,
		schema: Schema,
	): Promise<AnswerOf<Schema>> {
		const { body } = await this.http.json(this.call({ ...call, method: 'POST' }), schema);
		return body;
	}

	/** By the attachment's id; by its link where it has none, if the link stays on this provider. */
	private contentAddress(messageId: string, one: Attachment): string {
		if (one.attachmentId)
			return pathOf`/ebox/messages/${messageId}/attachments/${one.attachmentId}/content`;
		if (!one.contentHref)
			throw new GuichetError(
				'answer_malformed',
				`The file "${one.fileName}" cannot be fetched: the provider gave it neither an id nor an address`,
				{ hint: 'It can be read in the e-Box portal. The provider should be told.' },
			);
		assertInsideRegistry(
			this.provider.url,
			one.contentHref,
			`The link to the file "${one.fileName}"`,
		);
		return new URL(one.contentHref, this.provider.url).href;
	}

	private async get<Schema extends AnswerSchema>(
		url: string,
		schema: Schema,
	): Promise<AnswerOf<Schema>> {
		const { body } = await this.http.json(
			this.call({ method: 'GET', url, repeat: 'safe' }),
			schema,
		);
		return body;
	}

	/**
	 * An operation that a provider need not have (405, 501), on something that need not exist (404).
	 */
	private async optional<Schema extends AnswerSchema>(
		url: string,
		schema: Schema,
	): Promise<AnswerOf<Schema> | undefined> {
		const { body } = await this.http.json(
			this.call({ method: 'GET', url, repeat: 'safe', accept: [404, 405, 501] }),
			schema,
		);
		return body;
	}

	private assertRequested(what: string, asked: string, answered: string): void {
		const service = `The e-Box provider "${this.provider.id}"`;
		assertSameId({ service }, what, asked, answered);
	}
}

/** The service refused what it was asked; every other failure stays one. */
function asRefusal(error: unknown): GuichetError {
	if (error instanceof GuichetError && ['refused', 'not_found'].includes(error.code)) return error;
	throw error;
}

/** Which property is the id of a record (contract 2.1). */
const REFERENCE_ID: Record<ReferenceKind, string> = {
	messageType: 'messageTypeId',
	senderOrganization: 'organizationId',
	senderApplication: 'applicationId',
};
