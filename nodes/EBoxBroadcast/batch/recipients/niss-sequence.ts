const BLOCK_BITS = 16;
const KEYS_PER_BLOCK = 1 << BLOCK_BITS;

/**
 * National numbers in their order, four bytes each, growing in small blocks: 4 MB for a million,
 * 44 MB for the whole country. Kept because names and sizes of the lists depend on the total.
 */
export class NissSequence {
	private readonly blocks: Uint32Array[] = [];
	private count = 0;

	get length(): number {
		return this.count;
	}

	push(key: number): void {
		const place = this.count & (KEYS_PER_BLOCK - 1);
		if (place === 0) this.blocks.push(new Uint32Array(KEYS_PER_BLOCK));
		this.blocks[this.blocks.length - 1][place] = key;
		this.count++;
	}

	at(index: number): number {
		return this.blocks[index >> BLOCK_BITS][index & (KEYS_PER_BLOCK - 1)];
	}
}
