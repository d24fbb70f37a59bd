import fc from 'fast-check';
import { formatNissKey } from '../../../lib/identifiers/niss';
import type { FileSink, OutputFile } from '../../../nodes/EBoxBroadcast/batch/files/output-file';
import type { RecipientSource } from '../../../nodes/EBoxBroadcast/batch/recipients/recipients';
import type { LanguageVersion } from '../../../nodes/EBoxBroadcast/batch/language-version';

/** Different valid numbers, in a scrambled but fixed order: `count` up to a few million. */
export function* numbers(count: number, from = 0): Generator<string> {
	for (let i = from; i < from + count; i++) {
		const order = i % 997;
		const date = Math.floor(i / 997);
		const day = 1 + (date % 28);
		const month = 1 + (Math.floor(date / 28) % 12);
		const year = Math.floor(date / 336) % 100;
		yield formatNissKey(year * 1e7 + month * 1e5 + day * 1e3 + order + 1);
	}
}

/** Bytes as a stream, in chunks of a size that cuts records. */
export async function* chunked(bytes: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
	for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

export function csv(text: string, size?: number): RecipientSource {
	return { kind: 'csv', chunks: chunked(Buffer.from(text, 'utf8'), size) };
}

/** Keeps what it is given, as n8n's binary store would. */
export class MemorySink {
	readonly files: Array<OutputFile & { bytes: Buffer }> = [];

	readonly sink: FileSink = async (file, bytes) => {
		const chunks: Uint8Array[] = [];
		for await (const chunk of bytes) chunks.push(chunk);
		this.files.push({ ...file, bytes: Buffer.concat(chunks) });
	};

	text(fileName: string): string {
		const file = this.files.find((one) => one.fileName === fileName);
		if (!file) throw new Error(`${fileName} is not among ${this.names().join(', ')}`);
		return file.bytes.toString('utf8');
	}

	names(): string[] {
		return this.files.map(({ fileName }) => fileName);
	}
}

/** A valid number: any date part, either century, or a bis number. */
export const anyNiss: fc.Arbitrary<string> = fc
	.record({ recent: fc.boolean(), nine: fc.integer({ min: 0, max: 999_999_999 }) })
	.map(({ recent, nine }) => formatNissKey(nine + (recent ? 1_000_000_000 : 0)));

export const DOCUMENT = Buffer.from('%PDF-1.7\na document\n');

/** A language version with sensible metadata. */
export function version(
	language: string,
	recipients: RecipientSource,
	change: Partial<LanguageVersion['metadata']> = {},
): LanguageVersion {
	return {
		language,
		metadata: {
			ticket: `INFO-2026-${language.toUpperCase()}`,
			messageType: 'EXAMPLE_TYPE',
			title: 'Votre information annuelle',
			fileName: `information_${language}.pdf`,
			mimeType: 'application/pdf',
			application: 'employment:example:broadcast',
			institution: '0406798006',
			...change,
		},
		firstSequence: 1,
		document: { mimeType: 'application/pdf', open: async () => chunked(DOCUMENT, 7) },
		recipients,
	};
}
