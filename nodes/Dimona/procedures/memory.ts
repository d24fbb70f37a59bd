import { randomUUID } from 'node:crypto';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { type Deduplication, NodeMemory } from '../../../lib/node/node-memory';
import { MINUTE_MS } from '../../../lib/time/durations';
import type { Timer } from '../api/wait';

/** How many submissions of a node are remembered across executions; the oldest are forgotten. */
const MAX_REMEMBERED = 10_000;

/**
 * After this time, what another process had begun to write when ours was written has been written
 * too, and has replaced ours or has not. n8n's
 * read and write take some milliseconds; when the database is slow, so is our own write, and we
 * wait a multiple of what that took.
 */
const SETTLED_MS = 1_000;
const SETTLED_MULTIPLE = 4;

/** So often is an entry written that others keep replacing. */
const MAX_TRIES = 20;

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
		this.memory = new NodeMemory(n8n, maxEntries);
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
		return await this.claim(key, [this.entryOfTime(key)]);
	}

	/**
	 * Remembers that a submission is sent again.
	 *
	 * @returns false when another one sends it again in this moment
	 */
	async recordAgain(key: string): Promise<boolean> {
		return await this.claim(this.entryOfTime(key), []);
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

	/** Records an entry and what goes with it, if the entry is new. */
	private async claim(key: string, more: string[]): Promise<boolean> {
		if (!this.sharedDatabase) return await this.isNew(key, [key, ...more]);
		// A list that another process has read before our write, and writes after it, holds neither our
		// key nor our claim. So we look again when it must have been written. What stands then,
		// everyone sees (Fischer's mutual exclusion).
		const claim = `${key} ${randomUUID()}`;
		for (let tries = 0; tries < MAX_TRIES; tries++) {
			const began = this.timer.now();
			const known = await this.memory.record([key, claim, ...more]);
			if (known.has(claim)) return true;
			if (known.has(key)) {
				await this.memory.forget([claim, ...more.filter((entry) => !known.has(entry))]);
				return false;
			}
			await this.timer.wait(Math.max(SETTLED_MS, SETTLED_MULTIPLE * (this.timer.now() - began)));
		}
		throw new GuichetError(
			'failed_here',
			'The declaration was not sent, because n8n could not remember it: other n8n processes wrote to the same list all the time',
			{
				outcome: 'not_done',
				hint: 'Run it again when fewer executions of this workflow are under way.',
			},
		);
	}

	private async isNew(key: string, entries: string[]): Promise<boolean> {
		const known = await this.memory.record(entries);
		if (!known.has(key)) return true;
		await this.memory.forget(entries.filter((entry) => !known.has(entry)));
		return false;
	}
}
