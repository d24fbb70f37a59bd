import { createHash } from 'node:crypto';

import type { IExecuteFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Declaration } from '../api/types';

export type GuardMode = 'off' | 'execution' | 'executions';

/** How many submissions of a node are remembered across executions; the oldest are forgotten. */
const REMEMBERED = 10_000;

/**
 * What makes two declarations the same: employer, worker, worker type, dates and hours for an IN, the whole block for the others. A digest, because n8n
 * keeps it in its database and the worker's number must not be there.
 *
 * @param reference tells apart what is meant to be declared twice (after a cancellation, for instance)
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
 * n8n reads, changes and writes the list of a node without a lock, so two at once would lose an entry, or fail. All executions of this process
 * therefore take turns.
 */
const inTurn = pLimit(1);

/** Another n8n process may have made the list in the same moment; the second try finds it. */
async function recorded<Result>(action: () => Promise<Result>): Promise<Result> {
	return await inTurn(async () => await action().catch(action));
}

/**
 * Refuses to submit a declaration twice: within an execution by itself, across executions by n8n's de-duplication, which lives in n8n's database
 * and, unlike static data, does not overwrite what a trigger of the workflow keeps. It is recorded before the declaration is sent, so that
 * a crash in between can only lead to a question, never to a second declaration.
 */
export class SubmissionGuard {
	private readonly seen = new Map<string, number>();

	constructor(private readonly execution: Pick<IExecuteFunctions, 'helpers'>) {}

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
		const { helpers } = this.execution;
		const { processed } = await recorded(
			async () =>
				await helpers.checkProcessedAndRecord([key], 'node', {
					mode: 'entries',
					maxEntries: REMEMBERED,
				}),
		);
		return processed.length > 0 ? 'before' : 'new';
	}

	/** Forgets a declaration that certainly did not take effect, so that it may be sent again once the reason is mended. */
	async release(key: string, mode: GuardMode): Promise<void> {
		if (mode === 'off') return;
		this.seen.delete(key);
		if (mode === 'executions')
			await recorded(
				async () =>
					await this.execution.helpers.removeProcessed([key], 'node', { mode: 'entries' }),
			);
	}
}
