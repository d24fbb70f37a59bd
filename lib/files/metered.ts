import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/**
 * A pass-through that counts bytes and computes their SHA-256 on the way, so that no file is ever
 * held whole in memory. Beyond `most` bytes it breaks with the error that is given: nobody waits
 * for, or stores, the rest of a file that is refused anyway.
 *
 * @example
 * const metered = new Metered();
 * await pipeline(body, metered, createWriteStream(path));
 */
export class Metered extends Transform {
	constructor(private readonly limit?: { most: number; exceeded: () => Error }) {
		super();
	}

	private readonly hash = createHash('sha256');

	private bytes = 0;

	private digest?: Buffer;

	override _transform(
		chunk: Buffer,
		_encoding: BufferEncoding,
		done: (error: Error | null, data?: Buffer) => void,
	): void {
		this.bytes += chunk.length;
		if (this.limit && this.bytes > this.limit.most) {
			done(this.limit.exceeded());
			return;
		}
		this.hash.update(chunk);
		done(null, chunk);
	}

	/** Bytes that have passed so far. */
	get size(): number {
		return this.bytes;
	}

	/** SHA-256 of what has passed; call it once the stream has ended. */
	sha256(encoding: 'base64' | 'base64url' | 'hex'): string {
		this.digest ??= this.hash.digest();
		return this.digest.toString(encoding);
	}
}
