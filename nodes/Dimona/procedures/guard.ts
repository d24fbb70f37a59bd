import { createHash } from 'node:crypto';

import { invalidInput } from '../../../lib/errors/guichet-error';
import { idempotencyRecord } from '../../../lib/node/idempotency-records';
import type { Declaration } from '../api/types';
import type { Timer } from '../api/wait';
import { type BegunSubmission, begunSubmissions, type SubmissionFacts } from './begun';
import { type SubmissionMemory, TREATMENT_MS } from './memory';

/**
 * n8n reads and writes its whole list at each claim, so that many rows that are claimed one by one
 * cost the square of their number.
 */
const CLAIMED_SINGLY = 500;

export type GuardMode = 'off' | 'execution' | 'executions';

/**
 * What makes two declarations the same: employer, worker, worker type, dates and hours for an IN,
 * the whole block for the others. A digest, because n8n
 * keeps it in its database and the worker's number must not be there.
 *
 * @param reference tells apart what is meant to be declared twice (after a cancellation, for
 *   instance)
 */
export function fingerprint(declaration: Declaration, reference = ''): string {
	const what = 'dimonaIn' in declaration ? identityOfIn(declaration) : declaration;
	return createHash('sha256')
		.update(JSON.stringify([what, reference]))
		.digest('hex');
}

function identityOfIn({
	employer,
	worker,
	dimonaIn,
}: Extract<Declaration, { dimonaIn: unknown }>): unknown {
	const { startDate, endDate, startHour, endHour, features } = dimonaIn;
	return [
		employer.enterpriseNumber ?? employer.employerId,
		worker.ssin ?? [worker.familyName, worker.givenName, worker.birthDate],
		features.workerType,
		[startDate, endDate, startHour, endHour].map((value) => value ?? null),
	];
}

/** Whether a declaration may be sent, and what is known if it was begun before. */
export type Admission = { state: 'new'; begun: BegunSubmission } | EarlierSubmission;

/** A declaration that was begun before. */
export interface EarlierSubmission {
	state: 'before';
	/** What this process knows of it; nothing after a restart of n8n, or of another process. */
	begun?: BegunSubmission;
	/** The authority may still be treating it. */
	recent: boolean;
	/** It was begun in this execution: n8n runs the node again (Retry On Fail, a loop). */
	sameExecution: boolean;
}

/** Whose submissions are remembered. */
export interface GuardScope {
	/** Workflow and node. */
	node: string;
	execution: string;
}

/**
 * Refuses to submit a declaration twice.
 *
 * Within an execution this process remembers it, also when n8n runs the node again. Across
 * executions n8n's de-duplication does, which lives in n8n's database and, unlike static data, does
 * not overwrite what a trigger of the workflow keeps. Both are written before the declaration is
 * sent, so that a crash in between can only lead to a question, never to a second declaration.
 */
export class SubmissionGuard {
	private readonly seen = new Map<string, number>();

	constructor(
		private readonly memory: SubmissionMemory,
		private readonly scope: GuardScope,
		private readonly timer: Timer,
	) {}

	/**
	 * @returns what was begun before; it waits while another run of this process is sending it
	 * @throws GuichetError `invalid_input` when an item of this run of the node is the same
	 */
	async admit(key: string, mode: GuardMode, itemIndex: number): Promise<Admission> {
		if (mode === 'off')
			return {
				state: 'new',
				begun: idempotencyRecord(this.factsNow()),
			};
		const twin = this.seen.get(key);
		if (twin !== undefined)
			throw invalidInput(
				'The declaration',
				`is the same as that of item ${twin + 1}: same employer, worker, type, dates and hours`,
				'It was not sent a second time. If two are meant, give them different values in "Reference".',
			);
		this.seen.set(key, itemIndex);
		const scoped = this.scopedKey(key, mode);
		const { before, begun } = await begunSubmissions.admit(scoped, () => this.factsNow());
		return before ? this.admittedBefore(before) : { state: 'new', begun };
	}

	/**
	 * Whether the items that run at the same time {@link claim} together, before their turn to be
	 * sent: where it takes long (queue mode: a second), and where there are many. Otherwise it is
	 * done in the turn: what a crash leaves in doubt is then one declaration.
	 */
	claimsAhead(itemCount: number): boolean {
		return this.memory.isSlow || itemCount > CLAIMED_SINGLY;
	}

	/**
	 * Writes into n8n's database that a declaration is sent now.
	 *
	 * @returns `undefined`, or what is known when an earlier execution has begun it
	 */
	async claim(key: string, mode: GuardMode): Promise<EarlierSubmission | undefined> {
		if (mode !== 'executions') return undefined;
		const scoped = this.scopedKey(key, mode);
		const isNew = await this.memory.record(key).catch((error: unknown) => {
			begunSubmissions.forget(scoped);
			throw error;
		});
		if (isNew) return undefined;
		// This process knows nothing of its own about it.
		begunSubmissions.forget(scoped);
		return { state: 'before', recent: await this.memory.isRecent(key), sameExecution: false };
	}

	private admittedBefore(begun: BegunSubmission): Admission {
		return {
			state: 'before',
			begun,
			recent: this.timer.epochMs() - begun.begunAt < TREATMENT_MS,
			sameExecution: begun.executionId === this.scope.execution,
		};
	}

	/**
	 * Remembers that a declaration of before is sent again, because nothing of it can be under way.
	 *
	 * @param known what {@link admit} said of it
	 * @param isOver it was refused, or what it did was undone since: its time does not matter
	 * @returns `undefined` when another execution is sending it again in this moment
	 */
	async admitAgain(
		key: string,
		mode: GuardMode,
		known: BegunSubmission | undefined,
		isOver: boolean,
	): Promise<BegunSubmission | undefined> {
		const scoped = this.scopedKey(key, mode);
		if (begunSubmissions.find(scoped) !== known) return undefined;
		const begun = begunSubmissions.begin(scoped, this.factsNow());
		if (mode !== 'executions') return begun;
		if (isOver) await this.memory.forget(key);
		if (await (isOver ? this.memory.record(key) : this.memory.recordAgain(key))) return begun;
		begunSubmissions.forget(scoped);
		return undefined;
	}

	/** Forgets a declaration that certainly did not take effect, so that it may be sent once more. */
	async release(key: string, mode: GuardMode): Promise<void> {
		if (mode === 'off') return;
		this.seen.delete(key);
		if (mode === 'executions') await this.memory.forget(key);
		begunSubmissions.forget(this.scopedKey(key, mode));
	}

	private factsNow(): SubmissionFacts {
		return { begunAt: this.timer.epochMs(), executionId: this.scope.execution };
	}

	private scopedKey(key: string, mode: GuardMode): string {
		const { node, execution } = this.scope;
		return mode === 'executions' ? `${node} ${key}` : `${node} ${execution} ${key}`;
	}
}
