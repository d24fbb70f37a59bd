import { Claims } from '../../../lib/node/claims';
import { type Deduplication, NodeMemory } from '../../../lib/node/node-memory';
import { MINUTE_MS } from '../../../lib/time/durations';
import type { Timer } from '../api/wait';

/** How many submissions of a node are remembered across executions; the oldest are forgotten. */
const MAX_REMEMBERED = 10_000;

/**
 * The authority may take so long for a declaration; before, "not found" does not mean "not sent".
 */
export const TREATMENT_MS = 20 * MINUTE_MS;

/** The time of a submission is remembered to five minutes. */
const TIME_STEP_MS = 5 * MINUTE_MS;

/**
 * What this node has begun to submit, in all executions of the workflow. The memory holds no
 * values, only whether an entry is there: so each submission has an entry of its own and one with
 * its time.
 */
export class SubmissionMemory {
	private readonly memory: NodeMemory;

	private readonly claims: Claims;

	/**
	 * @param sharedDatabase other n8n processes write the same list (queue mode), and turns within
	 *   this one are not enough
	 */
	constructor(
		n8n: Deduplication,
		private readonly timer: Timer,
		private readonly sharedDatabase: boolean,
	) {
		// Of each submission: itself, its time, and in a shared database a claim.
		const maxEntries = (sharedDatabase ? 3 : 2) * MAX_REMEMBERED;
		this.memory = new NodeMemory(n8n, maxEntries, sharedDatabase ? timer : undefined);
		this.claims = new Claims(this.memory);
	}

	/** {@link record} takes a second at least. */
	get isSlow(): boolean {
		return this.sharedDatabase;
	}

	/**
	 * Remembers a submission and its time.
	 *
	 * @returns whether it was new; of several processes that ask at the same time, to one of them
	 */
	async record(key: string): Promise<boolean> {
		return await this.claims.claim(key, { own: [this.entryOfTime(key)] });
	}

	/**
	 * Remembers that a submission is sent again.
	 *
	 * @returns false when another one sends it again in this moment
	 */
	async recordAgain(key: string): Promise<boolean> {
		return await this.claims.claim(this.entryOfTime(key));
	}

	/** Whether the authority may still be treating a submission that was begun before. */
	async isRecent(key: string): Promise<boolean> {
		return (await this.memory.known(this.recentEntries(key))).size > 0;
	}

	async forget(key: string): Promise<void> {
		await this.memory.forget([key, ...this.recentEntries(key)]);
	}

	private entryOfTime(key: string, stepsAgo = 0): string {
		return `${key}@${Math.floor(this.timer.epochMs() / TIME_STEP_MS) - stepsAgo}`;
	}

	private recentEntries(key: string): string[] {
		const steps = TREATMENT_MS / TIME_STEP_MS;
		return Array.from({ length: steps + 1 }, (_, stepsAgo) => this.entryOfTime(key, stepsAgo));
	}
}
