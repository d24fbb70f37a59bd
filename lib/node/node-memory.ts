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

/** Time as the memory sees it; tests give another one. */
interface MemoryTimer {
	/** Milliseconds; only differences count. */
	now(): number;
	wait(milliseconds: number): Promise<void>;
}

/**
 * Where other n8n processes write the same list, a process leaves it alone after each call for so
 * many times as long as the call took. So even of several processes seldom one has the list in
 * hand, and nothing that was read before somebody's write is written again and again after it.
 */
const REST_MULTIPLE = 9;

/**
 * After this time, what another process had begun to write when ours was written has been written
 * too, and has replaced ours or has not. n8n's read and write take some milliseconds; when the
 * database is slow, so is our own call, and we wait a multiple of what that took.
 */
const SETTLED_MS = 1_000;
const SETTLED_MULTIPLE = 20;

/** Another n8n process may have made the list in the same moment; the second try finds it. */
const twice = async <Result>(call: () => Promise<Result>): Promise<Result> =>
	await call().catch(call);

type InTurn = <Result>(call: () => Promise<Result>) => Promise<Result>;

/**
 * Calls of n8n's list in their turns. Each reads and writes the whole list, so those that wait for
 * their turn are made as one.
 */
class JointCalls<Result> {
	private next?: { entries: Set<string>; result: Promise<Result> };

	constructor(
		private readonly inTurn: InTurn,
		private readonly call: (entries: string[]) => Promise<Result>,
	) {}

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
		const result = this.inTurn(async () => {
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

	private lastCallMs = 0;

	/**
	 * @param maxEntries the oldest are forgotten
	 * @param timer where other n8n processes write the same list (queue mode)
	 */
	constructor(
		private readonly n8n: Deduplication,
		private readonly maxEntries: number,
		private readonly timer?: MemoryTimer,
	) {
		const inTurn: InTurn = async (call) => await this.inTurn(call);
		this.writes = new JointCalls(inTurn, async (entries) => await this.write(entries));
		this.removals = new JointCalls(inTurn, async (entries) => await this.remove(entries));
	}

	/** Other n8n processes write the same list, and turns within this one are not enough. */
	get isShared(): boolean {
		return this.timer !== undefined;
	}

	/** Until no process has a list in hand that it read before our last call was over. */
	async settle(): Promise<void> {
		await this.timer?.wait(Math.max(SETTLED_MS, SETTLED_MULTIPLE * this.lastCallMs));
	}

	/** @returns those that were there before, of these entries and of those recorded with them */
	async record(entries: string[]): Promise<Set<unknown>> {
		return await this.writes.with(entries);
	}

	/** @returns those of the entries that are there */
	async known(entries: string[]): Promise<Set<unknown>> {
		return await this.inTurn(async () => {
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

	private async inTurn<Result>(call: () => Promise<Result>): Promise<Result> {
		const { timer } = this;
		if (!timer) return await turn(call);
		return await new Promise<Result>((resolve, reject) => {
			void turn(async () => {
				const began = timer.now();
				const took = () => (this.lastCallMs = timer.now() - began);
				await call().finally(took).then(resolve, reject);
				await timer.wait(REST_MULTIPLE * this.lastCallMs).catch(() => undefined);
			});
		});
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
