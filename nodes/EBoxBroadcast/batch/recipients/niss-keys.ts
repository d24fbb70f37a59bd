import { NISS_KEYS } from '../../../../lib/identifiers/niss';

/** Keys that share date and century share a page: 1,000 order numbers, one bit each. */
const KEYS_PER_PAGE = 1000;
const WORDS_PER_PAGE = 32;
/** 4,096 pages in a block, as a shift: this is the innermost loop of a broadcast. */
const BLOCK_BITS = 12;
const PAGES_PER_BLOCK = 1 << BLOCK_BITS;
const NO_BITS = new Int32Array(0);

/**
 * A set of national numbers, by the keys of `readNiss`. One bit for each possible number, on pages
 * that exist only for the dates that occur: the whole population (about 40,000 dates) takes 8 MB
 * for the index and 5 MB for the pages, whatever its size, where a Set of strings takes a gigabyte.
 */
export class NissSet {
	private readonly pages = new Int32Array(NISS_KEYS / KEYS_PER_PAGE);
	private readonly blocks: Int32Array[] = [];
	private pageCount = 0;
	private members = 0;

	get size(): number {
		return this.members;
	}

	/** @returns false when the number was there already */
	add(key: number): boolean {
		const date = (key / KEYS_PER_PAGE) | 0;
		const page = this.pageFor(date);
		const block = this.blocks[page >> BLOCK_BITS] ?? NO_BITS;
		const bit = key - date * KEYS_PER_PAGE;
		const word = (page & (PAGES_PER_BLOCK - 1)) * WORDS_PER_PAGE + (bit >> 5);
		const mask = 1 << (bit & 31);
		const bits = block[word] ?? 0;
		if ((bits & mask) !== 0) return false;
		block[word] = bits | mask;
		this.members++;
		return true;
	}

	has(key: number): boolean {
		const date = (key / KEYS_PER_PAGE) | 0;
		const page = (this.pages[date] ?? 0) - 1;
		if (page < 0) return false;
		const bit = key - date * KEYS_PER_PAGE;
		const word = (page & (PAGES_PER_BLOCK - 1)) * WORDS_PER_PAGE + (bit >> 5);
		const block = this.blocks[page >> BLOCK_BITS] ?? NO_BITS;
		return ((block[word] ?? 0) & (1 << (bit & 31))) !== 0;
	}

	/** The page of a date; page numbers are stored plus one, so that 0 means "none yet". */
	private pageFor(date: number): number {
		const known = this.pages[date] ?? 0;
		if (known > 0) return known - 1;
		if (this.pageCount % PAGES_PER_BLOCK === 0) {
			this.blocks.push(new Int32Array(PAGES_PER_BLOCK * WORDS_PER_PAGE));
		}
		this.pages[date] = ++this.pageCount;
		return this.pageCount - 1;
	}
}

const LIST_BLOCK_BITS = 16;
const KEYS_PER_BLOCK = 1 << LIST_BLOCK_BITS;

/**
 * National numbers in their order, four bytes each, growing in small blocks: 4 MB for a million,
 * 44 MB for the whole country. Kept because names and sizes of the lists depend on the total.
 */
export class NissList {
	private readonly blocks: Uint32Array[] = [];
	private last = new Uint32Array(0);
	private count = 0;

	get length(): number {
		return this.count;
	}

	push(key: number): void {
		const place = this.count & (KEYS_PER_BLOCK - 1);
		if (place === 0) {
			this.last = new Uint32Array(KEYS_PER_BLOCK);
			this.blocks.push(this.last);
		}
		this.last[place] = key;
		this.count++;
	}

	at(index: number): number {
		const key = this.blocks[index >> LIST_BLOCK_BITS]?.[index & (KEYS_PER_BLOCK - 1)];
		if (key === undefined || index >= this.count) throw new RangeError(`No number at ${index}`);
		return key;
	}
}
