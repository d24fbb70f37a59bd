import { setTimeout as wait } from 'node:timers/promises';

import type { INodeExecutionData, IPollFunctions, IRun } from 'n8n-workflow';
import pLimit from 'p-limit';

import { MINUTE_MS } from '../../../lib/time/durations';

/** Executions of one trigger that run at once, where each message has one of its own. */
const AT_ONCE = 5;

/** One that takes longer no longer keeps the others waiting. */
const LONGEST_TURN_MS = 5 * MINUTE_MS;

/**
 * Starts an execution for each message and learns how it ends, as far as this process lives. What
 * it does not learn is delivered again.
 */
export class MessageExecutions {
	/** Deliveries whose execution has not ended. */
	readonly running = new Set<string>();

	/** Deliveries whose execution has ended well, until the trigger has noted it. */
	readonly acknowledged = new Set<string>();

	private readonly limit = pLimit(AT_ONCE);

	/** @param key of the delivery */
	start(context: IPollFunctions, key: string, item: INodeExecutionData): void {
		this.running.add(key);
		const turn = async (): Promise<void> => {
			const ended = this.run(context, key, item);
			await Promise.race([ended, wait(LONGEST_TURN_MS, undefined, { ref: false })]);
		};
		void this.limit(turn);
	}

	forget(keys: ReadonlySet<string>): void {
		for (const key of keys) this.acknowledged.delete(key);
	}

	private async run(context: IPollFunctions, key: string, item: INodeExecutionData): Promise<void> {
		try {
			const done = context.helpers.createDeferredPromise<IRun | undefined>();
			context.__emit([[item], []], undefined, done);
			if (hasEndedWell(await done.promise)) this.acknowledged.add(key);
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			context.logger.warn(`e-Box Trigger: a message is delivered again: ${reason}`);
		} finally {
			this.running.delete(key);
		}
	}
}

/** A workflow that waits is stored by n8n and goes on by itself. */
function hasEndedWell(run: IRun | undefined): boolean {
	return run?.status === 'success' || run?.status === 'waiting';
}
