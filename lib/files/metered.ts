import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/**
 * A pass-through that counts bytes and computes their SHA-256 on the way, so that no file is ever held whole in memory.
 */
export class Metered extends Transform {
	private readonly hash = createHash('sha256');

	private bytes = 0;

	private digest?: Buffer;

	override _transform(
		chunk: Buffer,
		_encoding: BufferEncoding,
		done: (error: Error | null, data?: Buffer) => void,
	): void {
		this.bytes += chunk.length;
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
