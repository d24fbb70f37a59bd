import { randomUUID } from 'node:crypto';

import { GuichetError } from '../errors/guichet-error';
import type { NodeMemory } from './node-memory';

/** So often is an entry written that others keep replacing. */
const MAX_TRIES = 20;

/** Entries that go with a claim. */
interface Companions {
	/** Written with the claim, and taken back where it is not given. */
	own?: string[];
	/** Written with the claim whether it is given or not. */
	lasting?: string[];
}

/**
 * Entries of a node's memory that hold for all n8n processes. In queue mode several of them write
 * the same list, and n8n reads, changes and writes it without a lock.
 *
 * A list that another process has read before our write, and writes after it, holds none of our
 * entries. So each process leaves the list alone for most of the time ({@link NodeMemory}), which
 * makes moments in which nobody has a list in hand; and who has written looks again after such a
 * moment. What stands then is in every list that is read or written later (Fischer's mutual
 * exclusion).
 *
 * @example const isMine = await new Claims(memory).claim('invoice 12');
 */
export class Claims {
	constructor(private readonly memory: NodeMemory) {}

	/**
	 * Records an entry and what goes with it, if the entry is new.
	 *
	 * @param key nobody may ask for it with `known`, which takes it away for a moment
	 * @returns whether it was new; of several processes that ask at the same time, to one of them
	 */
	async claim(key: string, { own = [], lasting = [] }: Companions = {}): Promise<boolean> {
		const { memory } = this;
		const mark = `${key} ${randomUUID()}`;
		const taken = memory.isShared ? [mark, ...own] : own;
		for (let tries = 0; tries < MAX_TRIES; tries++) {
			const known = await memory.record([key, ...taken, ...lasting]);
			if (!memory.isShared && !known.has(key)) return true;
			if (known.has(key) && !known.has(mark)) {
				await memory.forget(taken.filter((entry) => !known.has(entry)));
				return false;
			}
			if (known.has(key) && taken.every((entry) => known.has(entry))) return true;
			await memory.settle();
		}
		throw crowded();
	}

	/** Records entries, so that no other process writes over them with what it read before. */
	async record(entries: string[]): Promise<void> {
		for (let tries = 0; tries < MAX_TRIES; tries++) {
			const known = await this.memory.record(entries);
			if (!this.memory.isShared) return;
			if (tries > 0 && entries.every((entry) => known.has(entry))) return;
			await this.memory.settle();
		}
		throw crowded();
	}
}

const crowded = () =>
	new GuichetError(
		'failed_here',
		'Nothing was sent, because n8n could not remember it: other n8n processes wrote to the same list all the time',
		{
			outcome: 'not_done',
			hint: 'Run it again when fewer executions of this workflow are under way.',
		},
	);
