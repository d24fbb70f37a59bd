import pLimit from 'p-limit';

/** One page as a provider gives it. */
export interface Page<Item> {
	items: Item[];
	/** Entries on the page, unusable ones included. */
	received: number;
	/** How many there are in all; optional in the contract. */
	total?: number;
	/** The provider's clock when it answered, in milliseconds. */
	serverTime?: number;
}

export interface PagedListOptions<Item> {
	fetch: (page: number, pageSize: number) => Promise<Page<Item>>;
	/** What makes an item this item. */
	keyOf: (item: Item) => string;
	/** Stop after this many; the whole list when absent. */
	limit?: number;
	/** The contract's maximum is 100. */
	pageSize?: number;
	/** Pages under way at once. */
	parallel?: number;
}

export interface PagedList<Item> {
	items: Item[];
	/** False when the provider says that it holds more than it gave, however often it was asked. */
	complete: boolean;
	/** The provider's clock at the first page, in milliseconds, where it tells it. */
	serverTime?: number;
}

const LARGEST_PAGE = 100;

/** A list that moves is read again, but not for ever. */
const MAX_PASSES = 3;

/** A provider that never ends its list is stopped here: a million messages. */
const MAX_PAGES = 10_000;

/**
 * Reads a paged list to its end. The list moves while it is read: newest first, a message that
 * arrives pushes another onto the next page (seen twice, kept once), and one that is hidden or
 * expires pulls one onto a page already read (missed, so the list is read again).
 */
export async function readPagedList<Item>(
	options: PagedListOptions<Item>,
): Promise<PagedList<Item>> {
	const reader = new PagedListReader(options);
	for (let pass = 1; pass <= MAX_PASSES; pass++) {
		const before = reader.items.length;
		if (await reader.pass()) return reader.result(true);
		if (!reader.shrunk && reader.items.length === before && pass > 1) break;
	}
	return reader.result(false);
}

class PagedListReader<Item> {
	items: Item[] = [];

	/**
	 * The list became shorter while it was read last: something may have moved onto a page that had
	 * been read.
	 */
	shrunk = false;

	private serverTime?: number;

	private readonly keys = new Set<string>();

	private readonly pageSize: number;

	private readonly limit: number;

	private total?: number;

	/** Entries of this pass that are no items (null). */
	private nullEntries = 0;

	private passes = 0;

	constructor(private readonly options: PagedListOptions<Item>) {
		this.limit = options.limit ?? Infinity;
		this.pageSize = Math.min(options.pageSize ?? LARGEST_PAGE, LARGEST_PAGE, this.limit);
	}

	result(complete: boolean): PagedList<Item> {
		const { items, serverTime } = this;
		return { items, complete, ...(serverTime === undefined ? {} : { serverTime }) };
	}

	/** Reads the list from its beginning. True when nothing can be missing. */
	async pass(): Promise<boolean> {
		this.passes += 1;
		const readAll = this.passes === 1 || this.shrunk;
		this.shrunk = false;
		this.nullEntries = 0;
		this.total = undefined;
		const first = await this.options.fetch(1, this.pageSize);
		this.serverTime ??= first.serverTime;
		this.add(first);
		if (this.done) return true;
		if (first.received === 0) return !first.total;
		// A provider may give fewer per page than it was asked for: its own size counts then.
		const rest = readAll ? await this.pagesAtOnce(first.received) : [];
		const last = rest.at(-1) ?? first;
		return await this.onwards(rest.length + 2, last.received);
	}

	private get done(): boolean {
		return this.items.length >= this.limit;
	}

	/** As many as the provider says that it holds. */
	private get full(): boolean {
		return this.total === undefined || this.items.length >= this.total;
	}

	/** Everything that the first page promises, several pages at a time. */
	private async pagesAtOnce(perPage: number): Promise<Array<Page<Item>>> {
		if (this.total === undefined || this.limit !== Infinity) return [];
		const count = Math.min(Math.ceil(this.total / perPage), MAX_PAGES) - 1;
		const atOnce = pLimit(this.options.parallel ?? 4);
		const pages = await Promise.all(
			Array.from({ length: Math.max(0, count) }, (_, index) =>
				atOnce(() => this.options.fetch(index + 2, this.pageSize)),
			),
		);
		for (const page of pages) this.add(page);
		return pages;
	}

	/** One page after the other, until there are no more. */
	private async onwards(from: number, lastReceived: number): Promise<boolean> {
		let received = lastReceived;
		for (let page = from; page <= MAX_PAGES; page++) {
			if (this.done) return true;
			// After a page as large as it was asked for the total is not believed without a look: some
			// give the size of the page for it.
			if (this.total !== undefined && this.full && received < this.pageSize) return !this.shrunk;
			const before = this.items.length;
			const next = await this.options.fetch(page, this.pageSize);
			this.add(next);
			received = next.received;
			// Also a page that only repeats ends the list: some servers ignore the page number.
			if (received === 0 || this.items.length === before) return !this.shrunk && this.full;
		}
		return false;
	}

	private add({ items, received, total }: Page<Item>): void {
		if (total !== undefined) {
			this.shrunk ||= this.total !== undefined && total < this.total;
			this.total = total;
		}
		this.nullEntries += received - items.length;
		for (const item of items) {
			if (this.done) return;
			const key = this.options.keyOf(item);
			if (this.keys.has(key)) continue;
			this.keys.add(key);
			this.items.push(item);
		}
	}
}
