/** Something that was begun, with what is known of it. */
export type IdempotencyRecord<Facts> = Facts & {
	/** Ends, without an error, when it is known whether it was done. */
	readonly settled: Promise<void>;
	/** Ends {@link settled}. */
	readonly settle: () => void;
};

type Admitted<Facts> =
	| { before: IdempotencyRecord<Facts>; begun?: undefined }
	| { before?: undefined; begun: IdempotencyRecord<Facts> };

/**
 * Something that was begun and that nobody asks for later.
 *
 * @example
 * const once = idempotencyRecord({ id: 7 });
 * once.settle();
 */
export function idempotencyRecord<Facts extends object>(facts: Facts): IdempotencyRecord<Facts> {
	let settle = (): void => undefined;
	const settled = new Promise<void>((resolve) => {
		settle = resolve;
	});
	return Object.assign(facts, { settled, settle });
}

/**
 * What was begun and must not be begun twice, by key. The entry is made before anything is sent, so
 * that a second caller waits for the first one, and then hears what came of it.
 *
 * @example
 * const orders = new IdempotencyRecords<{ id?: string }>(1_000);
 * const { before, begun } = await orders.admit('order 7', () => ({}));
 * if (before) return before.id;
 * begun.id = await send();
 * begun.settle();
 */
export class IdempotencyRecords<Facts extends object> {
	private readonly entries = new Map<string, IdempotencyRecord<Facts>>();

	/** @param most so many are remembered; the oldest are forgotten */
	constructor(private readonly most: number) {}

	/** What was begun last under this key, be it under way or settled. */
	find(key: string): IdempotencyRecord<Facts> | undefined {
		return this.entries.get(key);
	}

	/**
	 * What was begun before, once it is settled; otherwise it is begun now. What was forgotten while
	 * this waited was certainly not done; what was begun again meanwhile is waited for too.
	 */
	async admit(key: string, facts: () => Facts): Promise<Admitted<Facts>> {
		for (let before = this.find(key); before; before = this.find(key)) {
			await before.settled;
			if (this.find(key) === before) return { before };
		}
		// In one turn with the look, so that of two callers one begins.
		return { begun: this.begin(key, facts()) };
	}

	/** Remembers, before anything is sent, that something is begun. */
	begin(key: string, facts: Facts): IdempotencyRecord<Facts> {
		const entry = idempotencyRecord(facts);
		this.entries.delete(key);
		this.entries.set(key, entry);
		for (const oldest of this.entries.keys()) {
			if (this.entries.size <= this.most) break;
			this.entries.delete(oldest);
		}
		return entry;
	}

	/** Forgets what certainly was not done. */
	forget(key: string): void {
		const entry = this.find(key);
		this.entries.delete(key);
		entry?.settle();
	}

	/** As after a restart of the process. */
	forgetAll(): void {
		this.entries.clear();
	}
}
