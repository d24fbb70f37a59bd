import type { Attachment, Message } from './answers';
import type { Page } from './paging';

/** A list that has been read, as a page: a null among its items is counted, and is no item. */
export function pageOf<Item>(
	list: Array<Item | null> | { items?: Array<Item | null> | null; totalItems?: number | null },
): Page<Item> {
	const { items, totalItems } = Array.isArray(list) ? { items: list, totalItems: null } : list;
	const entries = items ?? [];
	return {
		items: entries.filter((entry) => entry !== null),
		received: entries.length,
		...(typeof totalItems === 'number' ? { total: totalItems } : {}),
	};
}

/** Whether a list holds all that it says there is, and nothing that cannot be read. */
export function isWhole({ items, received, total = 0 }: ReturnType<typeof pageOf>): boolean {
	return items.length === received && items.length >= total;
}

/** The attachments in a message's metadata. */
export function attachmentsOf({ attachments }: Message): Attachment[] {
	return attachments ? pageOf(attachments).items : [];
}
