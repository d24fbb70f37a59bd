import { createHash } from 'node:crypto';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Declaration } from '../api/types';
import type { SubmissionMemory } from './memory';

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

/**
 * Refuses to submit a declaration twice: within an execution by itself, across executions by n8n's
 * de-duplication, which lives in n8n's database
 * and, unlike static data, does not overwrite what a trigger of the workflow keeps. It is recorded
 * before the declaration is sent, so that
 * a crash in between can only lead to a question, never to a second declaration.
 */
export class SubmissionGuard {
	private readonly seen = new Map<string, number>();

	constructor(private readonly memory: SubmissionMemory) {}

	/**
	 * @returns whether an earlier execution has begun to submit it
	 * @throws GuichetError `invalid_input` when an item of this execution is the same
	 */
	async admit(key: string, mode: GuardMode, itemIndex: number): Promise<'new' | 'before'> {
		if (mode === 'off') return 'new';
		const twin = this.seen.get(key);
		if (twin !== undefined)
			throw invalidInput(
				'The declaration',
				`is the same as that of item ${twin + 1}: same employer, worker, type, dates and hours`,
				'It was not sent a second time. If two are meant, give them different values in "Reference".',
			);
		this.seen.set(key, itemIndex);
		if (mode === 'execution') return 'new';
		return (await this.memory.record(key)) ? 'new' : 'before';
	}

	/**
	 * Forgets a declaration that certainly did not take effect, so that it may be sent again once the
	 * reason is mended.
	 */
	async release(key: string, mode: GuardMode): Promise<void> {
		if (mode === 'off') return;
		this.seen.delete(key);
		if (mode === 'executions') await this.memory.forget(key);
	}
}
