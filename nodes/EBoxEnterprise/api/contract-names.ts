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

/**
 * Whether a list of files holds all that it says there is, nothing that cannot be read, and no file
 * twice, which may stand in the place of another.
 */
export function isWhole(page: Page<Attachment>): boolean {
	const readable = eachOnce(page).length;
	return readable === page.received && readable >= (page.total ?? 0);
}

/** The files of a list, each once; those without an id cannot be told apart. */
export function eachOnce({ items }: Page<Attachment>): Attachment[] {
	const ids = items.map(({ attachmentId }) => attachmentId);
	return items.filter(({ attachmentId: id }, at) => id === undefined || ids.indexOf(id) === at);
}

/** The attachments in a message's metadata. */
export function attachmentsOf({ attachments }: Message): Attachment[] {
	return attachments ? pageOf(attachments).items : [];
}
