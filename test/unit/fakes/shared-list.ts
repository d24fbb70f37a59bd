import { setImmediate as turn } from 'node:timers/promises';

/** Time that passes only when everyone waits. */
export class VirtualTime {
	private time = 0;
	private sleepers: Array<{ at: number; wake: () => void }> = [];

	now(): number {
		return this.time;
	}

	epochMs(): number {
		return this.time;
	}

	async wait(milliseconds: number): Promise<void> {
		await new Promise<void>((wake) =>
			this.sleepers.push({ at: this.time + milliseconds, wake: () => wake() }),
		);
	}

	/** Lets everything come to its end that still waits. */
	async drain(): Promise<void> {
		while (this.sleepers.length > 0) {
			const last = Math.max(...this.sleepers.map(({ at }) => at));
			await this.run(this.wait(last - this.time));
		}
	}

	async run<Result>(work: Promise<Result>): Promise<Result> {
		let isOver = false;
		const over = work.finally(() => (isOver = true));
		over.catch(() => undefined);
		for (;;) {
			await turn();
			await turn();
			if (isOver) return await over;
			this.sleepers.sort((a, b) => a.at - b.at);
			const next = this.sleepers.shift();
			if (!next) throw new Error('Nobody is waiting, and the work is not over');
			this.time = next.at;
			next.wake();
		}
	}
}

/** n8n's list of one node in its database: read whole, changed, written whole, without a lock. */
export class SharedList {
	private entries: string[] | undefined;

	constructor(
		private readonly time: VirtualTime,
		private readonly delay: () => number,
	) {}

	/** So often was it read and written whole. */
	calls = 0;

	readonly checkProcessedAndRecord = async (items: unknown[]) => {
		this.calls++;
		const before = await this.read();
		const texts = items.map(String);
		const known = new Set(before);
		await this.write(before, [...(before ?? []), ...texts.filter((text) => !known.has(text))]);
		return {
			new: texts.filter((text) => !known.has(text)),
			processed: texts.filter((text) => known.has(text)),
		};
	};

	readonly removeProcessed = async (items: unknown[]) => {
		const before = await this.read();
		await this.write(
			before,
			(before ?? []).filter((entry) => !items.includes(entry)),
		);
	};

	private async read(): Promise<string[] | undefined> {
		await this.time.wait(this.delay());
		return this.entries && [...this.entries];
	}

	private async write(before: string[] | undefined, after: string[]): Promise<void> {
		await this.time.wait(this.delay());
		// The first entry is an insertion, which the database refuses a second time.
		if (!before && this.entries) throw new Error('duplicate key value violates unique constraint');
		this.entries = after;
	}
}
