import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export interface ZipEntry {
	name: string;
	/** asked for when the archive has come to this entry, and not before */
	open(): Promise<AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>;
}

/** The same date for every entry: the archive of the same files is the same archive. */
const FIXED_DATE = new Date(2000, 0, 1);

/**
 * A ZIP archive as a stream, entry by entry in the given order; nothing is held whole.
 * DOS time stamps only, since the other form would carry the time zone of the machine.
 */
export async function* zipBytes(entries: readonly ZipEntry[]): AsyncGenerator<Uint8Array> {
	const zip = new ZipFile();
	const output = zip.outputStream as Readable;
	for (const entry of entries) {
		const options = { mtime: FIXED_DATE, mode: 0o100644, forceDosTimestamp: true };
		zip.addReadStreamLazy(entry.name, options, (take) => {
			Promise.resolve()
				.then(() => entry.open())
				.then((bytes) => {
					const stream = Readable.from(bytes, { objectMode: false });
					stream.on('error', (error) => output.destroy(error));
					take(null, stream);
				})
				.catch((error: unknown) => {
					output.destroy(error instanceof Error ? error : new Error(String(error)));
				});
		});
	}
	zip.on('error', (error: Error) => output.destroy(error));
	zip.end();
	yield* output;
}
