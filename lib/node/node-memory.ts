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

/** Another n8n process may have made the list in the same moment; the second try finds it. */
const twice = async <Result>(call: () => Promise<Result>): Promise<Result> =>
	await call().catch(call);

/**
 * Calls of n8n's list in their turns. Each reads and writes the whole list, so those that wait for
 * their turn are made as one.
 */
class JointCalls<Result> {
	private next?: { entries: Set<string>; result: Promise<Result> };

	constructor(private readonly call: (entries: string[]) => Promise<Result>) {}

	/** @returns the result of the call that these entries were part of */
	async with(entries: string[]): Promise<Result> {
		const joint = (this.next ??= this.begin());
		// n8n takes both of two equal entries of one call for new.
		if (entries.some((entry) => joint.entries.has(entry))) {
			await joint.result;
			return await this.with(entries);
		}
		for (const entry of entries) joint.entries.add(entry);
		return await joint.result;
	}

	private begin(): { entries: Set<string>; result: Promise<Result> } {
		const entries = new Set<string>();
		const result = turn(async () => {
			if (this.next?.entries === entries) this.next = undefined;
			return await this.call([...entries]);
		});
		return { entries, result };
	}
}

/**
 * What a node remembers from one execution to the next, also over a crash: n8n's de-duplication, in
 * n8n's database. It holds no values, only whether an entry is there; and n8n stores a digest of
 * it.
 *
 * @example const memory = new NodeMemory(execution.helpers, 10_000);
 */
export class NodeMemory {
	private readonly writes: JointCalls<Set<unknown>>;

	private readonly removals: JointCalls<void>;

	/** @param maxEntries the oldest are forgotten */
	constructor(
		private readonly n8n: Deduplication,
		private readonly maxEntries: number,
	) {
		this.writes = new JointCalls(async (entries) => await this.write(entries));
		this.removals = new JointCalls(async (entries) => await this.remove(entries));
	}

	/** @returns those that were there before, of these entries and of those recorded with them */
	async record(entries: string[]): Promise<Set<unknown>> {
		return await this.writes.with(entries);
	}

	/** @returns those of the entries that are there */
	async known(entries: string[]): Promise<Set<unknown>> {
		return await turn(async () => {
			// Asking records the entries as well. They must not push out what is to stay.
			const known = await this.write(entries, this.maxEntries + entries.length);
			const asked = entries.filter((entry) => !known.has(entry));
			if (asked.length > 0) await this.remove(asked);
			return known;
		});
	}

	async forget(entries: string[]): Promise<void> {
		if (entries.length > 0) await this.removals.with(entries);
	}

	private async write(entries: string[], maxEntries = this.maxEntries): Promise<Set<unknown>> {
		const options = { mode: 'entries', maxEntries } as const;
		const write = async () => await this.n8n.checkProcessedAndRecord(entries, 'node', options);
		const { processed } = await twice(write);
		return new Set(processed);
	}

	private async remove(entries: string[]): Promise<void> {
		const options = { mode: 'entries' } as const;
		await twice(async () => await this.n8n.removeProcessed(entries, 'node', options));
	}
}
