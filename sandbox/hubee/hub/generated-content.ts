import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

const BLOCK = 64 * 1024;

/**
 * A block of bytes that depends on the seed alone (xorshift32: fast, and good enough to look like
 * a binary file).
 */
function seededBlock(seed: number): Buffer {
	const block = Buffer.allocUnsafe(BLOCK);
	let state = (seed * 2654435761 + 1) >>> 0 || 1;
	for (let offset = 0; offset < BLOCK; offset += 4) {
		state ^= state << 13;
		state >>>= 0;
		state ^= state >>> 17;
		state ^= state << 5;
		state >>>= 0;
		block.writeUInt32LE(state, offset);
	}
	return block;
}

/**
 * Yields `size` bytes that depend on the seed alone; no two blocks are alike, so a lost or
 * doubled one shows.
 */
function* blocks(seed: number, size: number): Generator<Buffer> {
	const pattern = seededBlock(seed);
	for (let number = 0, left = size; left > 0; number += 1, left -= BLOCK) {
		const block = Buffer.from(pattern);
		block.writeUInt32LE(number, 0);
		yield left < BLOCK ? block.subarray(0, left) : block;
	}
}

/** Deterministic content of any size, made while it is read. */
export function generatedContent(seed: number, size: number): Readable {
	return Readable.from(blocks(seed, size), { objectMode: false, highWaterMark: BLOCK });
}

/**
 * SHA-256 (hex) of the generated content, without keeping it. Yields to other work now and then.
 */
export async function generatedSha256(seed: number, size: number): Promise<string> {
	const hash = createHash('sha256');
	let count = 0;
	for (const block of blocks(seed, size)) {
		hash.update(block);
		count += 1;
		if (count % 256 === 0) await new Promise(setImmediate);
	}
	return hash.digest('hex');
}
