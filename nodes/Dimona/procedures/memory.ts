import { randomUUID } from 'node:crypto';

import type { IExecuteFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { GuichetError } from '../../../lib/errors/guichet-error';
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

/** n8n's de-duplication, as an execution has it. */
export type Deduplication = Pick<
	IExecuteFunctions['helpers'],
	'checkProcessedAndRecord' | 'removeProcessed'
>;

/**
 * n8n reads, changes and writes the list of a node without a lock, so two at once would lose an
 * entry, or fail. All executions of this process
 * therefore take turns.
 */
const processLock = pLimit(1);

/** Another n8n process may have made the list in the same moment; the second try finds it. */
async function withProcessLock<Result>(action: () => Promise<Result>): Promise<Result> {
	return await processLock(async () => await action().catch(action));
}

/**
 * What this node has begun to submit, in all executions of the workflow: n8n's de-duplication, in
 * n8n's database.
 */
export class SubmissionMemory {
	/**
	 * @param sharedDatabase other n8n processes write the same list (queue mode), and turns within
	 * this one are not enough
	 */
	constructor(
		private readonly n8n: Deduplication,
		private readonly timer: Timer,
		private readonly sharedDatabase: boolean,
	) {}

	/**
	 * Remembers a submission.
	 *
	 * @returns whether it was new; of several processes that ask at the same time, to one of them
	 */
	async record(key: string): Promise<boolean> {
		if (!this.sharedDatabase) return !(await this.write([key], MAX_REMEMBERED)).has(key);
		// A list that another process has read before our write, and writes after it, holds neither our
		// key nor our claim: so we look again
		// when it must have been written. What stands then, everyone sees (Fischer's mutual exclusion).
		const claim = `${key} ${randomUUID()}`;
		for (let tries = 0; tries < MAX_TRIES; tries++) {
			const began = this.timer.now();
			const known = await this.write([key, claim], 2 * MAX_REMEMBERED);
			if (known.has(claim)) return true;
			if (known.has(key)) return false;
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

	async forget(key: string): Promise<void> {
		await withProcessLock(
			async () => await this.n8n.removeProcessed([key], 'node', { mode: 'entries' }),
		);
	}

	/** @returns those of the entries that were there before */
	private async write(entries: string[], maxEntries: number): Promise<Set<unknown>> {
		const { processed } = await withProcessLock(
			async () =>
				await this.n8n.checkProcessedAndRecord(entries, 'node', { mode: 'entries', maxEntries }),
		);
		return new Set(processed);
	}
}
