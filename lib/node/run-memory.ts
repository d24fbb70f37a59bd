import type { IExecuteFunctions } from 'n8n-workflow';

import { GuichetError } from '../errors/guichet-error';
import { type IdempotencyRecord, IdempotencyRecords } from './idempotency-records';

/** What became of something that was begun: its result, or a failure with an unknown outcome. */
interface Facts {
	end?: { result: unknown } | { failure: GuichetError };
}

/**
 * What one run of a node has begun. n8n's *Retry On Fail* runs the node again with the same items,
 * those that succeeded included, and hands on nothing of the earlier try. So what creates something
 * is begun once per run and item: a second try gets the first one's result, or hears again that the
 * outcome is unknown.
 *
 * A loop that comes back to the node is another run, and begins anew.
 */
export class RunMemory {
	private readonly begun = new IdempotencyRecords<Facts>(Infinity);

	private failed = false;

	private constructor(private readonly forget: () => void) {}

	/**
	 * The memory of the present run, the same for all of its tries. It lives in this process and goes
	 * with the execution.
	 */
	static of(execution: IExecuteFunctions): RunMemory {
		// n8n keeps this object for as long as the execution lives, one for each node. Unlike an
		// execution id it is there for manual executions too, and is never shared by two of them.
		const owner = execution.getContext('node');
		const runs = memories.get(owner) ?? new Map<number, RunMemory>();
		memories.set(owner, runs);
		const runIndex = execution.getWorkflowDataProxy(0).$runIndex;
		const memory = runs.get(runIndex) ?? new RunMemory(() => runs.delete(runIndex));
		runs.set(runIndex, memory);
		// Runs in which items failed stay; those of a long loop are over one after the other.
		for (const run of runs.keys()) if (runs.size > MAX_RUNS) runs.delete(run);
		memory.failed = false;
		return memory;
	}

	/** An item failed, so that n8n may run the node again. */
	noteFailure(): void {
		this.failed = true;
	}

	/** The try is over. When nothing failed there is no other, and what was kept can go. */
	endOfTry(): void {
		if (!this.failed) this.forget();
	}

	/**
	 * Begins something once per run.
	 *
	 * @param key the item and the act
	 * @param begin is called again only when nothing was begun, or certainly nothing was done
	 * @param findOutcome asked in place of `begin` after an unknown outcome: what came of it, or
	 *   `undefined` where that cannot be seen
	 * @throws GuichetError with `outcome: 'unknown'` again, when nothing was found
	 */
	async once<Result>(
		key: string,
		begin: () => Promise<Result>,
		findOutcome?: (failure: GuichetError) => Promise<Result | undefined>,
	): Promise<Result> {
		const { before, begun } = await this.begun.admit(key, () => ({}));
		if (begun) return await this.begin(key, begun, begin);
		if (!before.end) throw new Error('What was begun is settled without an end');
		if ('result' in before.end) return before.end.result as Result;
		const found = await findOutcome?.(before.end.failure);
		if (found === undefined) throw notBegunAgain(before.end.failure);
		before.end = { result: found };
		return found;
	}

	private async begin<Result>(
		key: string,
		act: IdempotencyRecord<Facts>,
		begin: () => Promise<Result>,
	): Promise<Result> {
		const result = await begin().catch((error: unknown) => {
			if (error instanceof GuichetError && error.details.outcome === 'unknown') {
				act.end = { failure: error };
				act.settle();
			} else this.begun.forget(key);
			throw error;
		});
		act.end = { result };
		act.settle();
		return result;
	}
}

/** Of one node in one execution. */
const MAX_RUNS = 100;

const memories = new WeakMap<object, Map<number, RunMemory>>();

const NOT_BEGUN_AGAIN =
	'n8n ran this node again ("Retry On Fail"), but what has an unknown outcome was not begun again.';

function notBegunAgain(failure: GuichetError): GuichetError {
	const { hint = '' } = failure.details;
	return failure.with({ hint: [hint, NOT_BEGUN_AGAIN].filter(Boolean).join(' ') });
}
