import { type Answer, type Call, empty, json } from '../mock-server';
import type { StoredFile, StoredMessage } from './stored-message';
import type { Mailbox } from './mailbox';
import { publishFrom } from './publication';
import { REFERENCE, type ReferenceKind, type ReferenceRecord } from './reference';
import { Refusal } from './refusal';
import { type Paging, pagingOf, searchOf } from './request';
import { fileJson, messageJson, referenceJson, type Version } from './serialize';

type Json = Record<string, unknown>;

/**
 * Reference data must say how long it may be kept (consultation profile, whose example this is).
 */
const CACHED = { 'cache-control': 'max-age=86400' };

/** What a registry needs of the sandbox around it. */
export interface RegistryContext {
	now(): number;
	/** Throws the refusal of a token that is not valid or lacks the scopes. */
	authorize(call: Call, scopes: string[]): Promise<void>;
}

/**
 * The message registry of one provider in one version: strict about what it is asked, and in the
 * words of its contract.
 */
export class Registry {
	constructor(
		readonly box: Mailbox,
		readonly version: Version,
		/** Where callers see it, without a trailing slash. */
		readonly baseUrl: () => string,
		readonly context: RegistryContext,
	) {}

	summary(): Answer {
		const { messages } = this.box;
		const size = messages.flatMap(({ files }) => files).reduce((sum, f) => sum + f.bytes.length, 0);
		const latest = Math.max(0, ...messages.map(({ receivedAt }) => receivedAt));
		return json(200, {
			numberOfMessages: messages.length,
			numberOfUnreadMessages: messages.filter(({ readStatus }) => !readStatus).length,
			...(latest > 0 ? { lastReceiptDate: new Date(latest).toISOString() } : {}),
			eboxSize: Math.round(size / 102.4) / 10,
		});
	}

	search(call: Call): Answer {
		const { search, paging } = searchOf(call, this.version === 'v3');
		const found = this.box.search(search);
		const answer = json(
			200,
			this.page(found, paging, (message) => this.messageJson(message)),
		);
		this.box.afterPages.shift()?.();
		return answer;
	}

	attachments(id: string): Answer {
		const message = this.message(id);
		return json(200, this.list(message.files.map((file) => this.fileJson(message, file))));
	}

	content(id: string, fileId: string): Answer {
		const message = this.message(id);
		const file = this.file(message, fileId);
		// The side effect that matters: the first retrieval of a main content marks the message as
		// read, for everyone.
		if (file.mainContent) message.readStatus = true;
		return bytes(file.bytes);
	}

	body(id: string): Answer {
		const message = this.message(id);
		if (!message.body) throw new Refusal(404, 'NOT_FOUND', 'Body not found');
		if (message.bodyMainContent) message.readStatus = true;
		return json(200, message.body);
	}

	paymentData(id: string): Answer {
		const { paymentData } = this.message(id);
		if (!paymentData) throw new Refusal(404, 'NOT_FOUND', 'PaymentData not found');
		return json(200, paymentData);
	}

	/** All or nothing; the contract says nothing of parts. */
	patch(body: unknown): Answer {
		const { items, totalItems } = (body ?? {}) as { items?: Json[]; totalItems?: number };
		if (!Array.isArray(items) || totalItems !== items.length)
			throw new Refusal(400, 'INVALID_INPUT', 'Invalid Schema: items and totalItems');
		const isV2 = this.version === 'v2';
		const known = isV2 ? ['messageId', 'visible'] : ['messageId', 'visible', 'partition'];
		const changes = items.map((item) => {
			const isComplete = !isV2 || typeof item.visible === 'boolean';
			if (!isComplete || Object.keys(item).some((key) => !known.includes(key)))
				throw new Refusal(400, 'INVALID_INPUT', `Invalid Schema: ${known.join(', ')}`);
			return { message: this.message(String(item.messageId)), item };
		});
		for (const { message, item } of changes) {
			if (typeof item.visible === 'boolean') message.visible = item.visible;
			if (typeof item.partition === 'string') message.partition = item.partition;
		}
		return empty(200);
	}

	execute(id: string, body: unknown): Answer {
		const message = this.message(id);
		if (!message.action) throw new Refusal(404, 'NOT_FOUND', 'The message asks for no action');
		if ((body as Json).status !== 'executed')
			throw new Refusal(400, 'INVALID_INPUT', 'status must be executed');
		message.action = 'executed';
		return json(200, { messageId: id, forAction: { status: 'executed' } });
	}

	async reply(call: Call, id: string): Promise<Answer> {
		const original = this.message(id);
		if (!original.replyAuthorized)
			throw new Refusal(400, 'INVALID_INPUT', 'The message does not allow replies');
		return await this.publish(call, original);
	}

	async publish(call: Call, replyTo?: StoredMessage): Promise<Answer> {
		const now = this.context.now();
		const message = await publishFrom(call, this.box, this.version, now, replyTo);
		return json(201, {
			messageId: message.messageId,
			expirationDate: new Date(message.expiresAt).toISOString(),
		});
	}

	link(body: unknown): Answer {
		const { messageId, recipients } = body as { messageId: string; recipients: Json[] };
		const message = this.sent(messageId);
		const owner = this.version === 'v2' ? 'eboxIdValue' : 'enterpriseNumber';
		const unknown = recipients.filter((one) => one[owner] === UNKNOWN_ENTERPRISE);
		return json(201, {
			messageId: message.messageId,
			expirationDate: new Date(message.expiresAt).toISOString(),
			nbSuccessLinks: recipients.length - unknown.length,
			errorCases: unknown,
		});
	}

	/** 201, as the contract has it. */
	status(wanted: unknown): Answer {
		if (!Array.isArray(wanted)) throw new Refusal(400, 'INVALID_INPUT', 'Invalid Schema');
		const answers = (wanted as Json[]).map(({ messageId, eboxId }) => {
			const { readStatus, expiresAt, visible } = this.sent(String(messageId));
			const expirationDate = new Date(expiresAt).toISOString();
			return { messageId, eboxId, readStatus, expirationDate, visible };
		});
		return json(201, answers);
	}

	references(kind: ReferenceKind, call: Call): Answer {
		const toJson = (record: ReferenceRecord) => referenceJson(kind, record, this.address);
		return json(200, this.page(REFERENCE[kind], pagingOf(call), toJson), CACHED);
	}

	reference(kind: ReferenceKind, id: string): Answer {
		return json(200, referenceJson(kind, this.record(kind, id), this.address), CACHED);
	}

	logo(kind: ReferenceKind, id: string, imageId: string): Answer {
		const { logo } = this.record(kind, id);
		if (!logo || imageId !== 'logo-1') throw new Refusal(404, 'NOT_FOUND', 'Image not found');
		return bytes(logo);
	}

	message(id: string): StoredMessage {
		const found = this.box.find(id);
		if (!found) throw new Refusal(404, 'NOT_FOUND', 'Message not found');
		return found;
	}

	file({ files }: StoredMessage, id: string): StoredFile {
		const found = files.find(({ attachmentId }) => attachmentId === id);
		if (!found) throw new Refusal(404, 'NOT_FOUND', 'Attachment not found');
		return found;
	}

	messageJson(message: StoredMessage): Json {
		return messageJson(message, this.version, this.address);
	}

	fileJson(message: StoredMessage, file: StoredFile): Json {
		return fileJson(message, file, this.version, this.address);
	}

	private sent(id: string): StoredMessage {
		const found = this.box.published.find(({ messageId }) => messageId === id);
		if (!found) throw new Refusal(404, 'NOT_FOUND', 'Messages not found');
		return found;
	}

	private record(kind: ReferenceKind, id: string): ReferenceRecord {
		const found = REFERENCE[kind].find((record) => record.id === id);
		if (!found) throw new Refusal(404, 'NOT_FOUND', `${kind}Id not found`);
		return found;
	}

	private page<Item>(
		items: Item[],
		{ page, pageSize }: Paging,
		toJson: (item: Item) => Json,
	): Json {
		const { largestPage = 100, claimsMore = 0 } = this.box.deviations;
		const size = Math.min(pageSize, largestPage);
		const onPage = items.slice((page - 1) * size, page * size);
		return this.list(onPage.map(toJson), items.length + claimsMore);
	}

	private list(items: Json[], totalItems = items.length): Json {
		const { nullWhenEmpty, withoutTotal, nullEntries } = this.box.deviations;
		const entries = nullEntries && items.length > 0 ? [items[0], null, ...items.slice(1)] : items;
		return {
			items: nullWhenEmpty && items.length === 0 ? null : entries,
			...(withoutTotal ? {} : { totalItems }),
		};
	}

	private readonly address = (path: string): string => `${this.baseUrl()}${path}`;
}

/** An enterprise without an e-Box, for links that fail. */
const UNKNOWN_ENTERPRISE = '0800002352';

function bytes(content: Buffer): Answer {
	return { status: 200, body: { bytes: content, type: 'application/octet-stream' } };
}
