import type { IExecuteFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

/** n8n's de-duplication, as an execution has it. */
export type Deduplication = Pick<
	IExecuteFunctions['helpers'],
	'checkProcessedAndRecord' | 'removeProcessed'
>;

/**
 * n8n reads, changes and writes the list of a node without a lock, so two at once would lose an
 * entry, or fail. All executions of this process therefore take turns.
 */
const turn = pLimit(1);

/**
 * What a node remembers from one execution to the next, also over a crash: n8n's de-duplication, in
 * n8n's database. It holds no values, only whether an entry is there; and n8n stores a digest of
 * it.
 *
 * @example const memory = new NodeMemory(execution.helpers, 10_000);
 */
export class NodeMemory {
	/** @param maxEntries the oldest are forgotten */
	constructor(
		private readonly n8n: Deduplication,
		private readonly maxEntries: number,
	) {}

	/** @returns those of the entries that were there before */
	async record(entries: string[]): Promise<Set<unknown>> {
		return await turn(async () => await this.write(entries));
	}

	/** @returns those of the entries that are there */
	async known(entries: string[]): Promise<Set<unknown>> {
		return await turn(async () => {
			// Asking records the entries as well. They must not push out what is to stay.
			const known = await this.write(entries, this.maxEntries + entries.length);
			await this.remove(entries.filter((entry) => !known.has(entry)));
			return known;
		});
	}

	async forget(entries: string[]): Promise<void> {
		await turn(async () => await this.remove(entries));
	}

	private async write(entries: string[], maxEntries = this.maxEntries): Promise<Set<unknown>> {
		const options = { mode: 'entries', maxEntries } as const;
		const write = async () => await this.n8n.checkProcessedAndRecord(entries, 'node', options);
		// Another n8n process may have made the list in the same moment; the second try finds it.
		const { processed } = await write().catch(write);
		return new Set(processed);
	}

	private async remove(entries: string[]): Promise<void> {
		if (entries.length > 0) await this.n8n.removeProcessed(entries, 'node', { mode: 'entries' });
	}
}
