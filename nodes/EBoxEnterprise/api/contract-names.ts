import { isObject } from '../../../lib/answers/json';
import type { Page } from './paging';
import type { Attachment, ItemList, Json, Message } from './types';

/**
 * Reads a list whichever way it came: `{ items, totalItems }`, a bare array, null or nothing. Null
 * entries are no entries.
 *
 * @returns `total` only when the provider gave a usable number: it is optional in the contract
 */
export function parseItemList<Item = Json>(body: unknown): Page<Item> {
	const list = Array.isArray(body) ? { items: body } : isObject(body) ? body : {};
	const entries: unknown[] = Array.isArray(list.items) ? list.items : [];
	const total = 'totalItems' in list ? list.totalItems : undefined;
	return {
		items: entries.filter(isObject) as Item[],
		received: entries.length,
		...(typeof total === 'number' && Number.isInteger(total) && total >= 0 ? { total } : {}),
	};
}

/** Names of version 3 and what version 2.1 calls them. */
const MESSAGE_NAMES: Array<[string, string]> = [
	['isRegisteredMail', 'registeredMail'],
	['isReplyAuthorized', 'replyAuthorized'],
	['isBodyMainContent', 'bodyMainContent'],
	['isVisible', 'visible'],
	['isRead', 'readStatus'],
	['isReadStatus', 'readStatus'],
];

const ATTACHMENT_NAMES: Array<[string, string]> = [
	['isMainContent', 'mainContent'],
	['isAttachmentSigned', 'attachmentSigned'],
];

/**
 * A message in the names of version 2.1, so that a workflow does not have to know which provider
 * speaks which version. Nothing that came is taken away: what version 3 calls otherwise stands
 * there under both names.
 */
export function normaliseMessage(raw: Json): Message {
	const known = withNames(raw, MESSAGE_NAMES);
	const sender = isObject(raw.sender) ? raw.sender : undefined;
	if (sender && known.senderOrganizationId === undefined)
		known.senderOrganizationId = sender.enterpriseNumber;
	if (typeof known.messageId === 'number') known.messageId = String(known.messageId);
	if (raw.attachments !== undefined) {
		const { items, total } = parseItemList<Json>(raw.attachments);
		known.attachments = {
			items: items.map(normaliseAttachment),
			totalItems: total ?? items.length,
		} satisfies ItemList<Attachment>;
	}
	return known as Message;
}

export function normaliseAttachment(raw: Json): Attachment {
	return withNames(raw, ATTACHMENT_NAMES) as Attachment;
}

/** The attachments in a message's metadata. */
export function attachmentsOf(one: Message): Attachment[] {
	return parseItemList<Attachment>(one.attachments).items;
}

function withNames(raw: Json, names: Array<[string, string]>): Json {
	const known = { ...raw };
	for (const [theirs, ours] of names)
		if (known[ours] === undefined && known[theirs] !== undefined) known[ours] = known[theirs];
	return known;
}
