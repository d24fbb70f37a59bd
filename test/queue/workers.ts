import { setTimeout as sleep } from 'node:timers/promises';

import type { N8nInstance } from '../../scripts/n8n/instance';
import type { QueueCluster } from '../../scripts/n8n/queue/cluster';

/** Executions that a worker has begun since it was first started, by its log. */
export function startedBy({ log }: N8nInstance): string[] {
	return [...log.matchAll(/Worker started execution (\d+) /g)].map(([, id]) => id);
}

/** Executions of a workflow that are queued or at work, as the main process knows it. */
export async function underWay({ main }: QueueCluster, workflowId: string): Promise<string[]> {
	const executions = await main.executions({ workflowId, status: ['new', 'running'] });
	return executions.map(({ id }) => id);
}

/**
 * Executions of a workflow that a worker has begun and not ended, when each worker has one at
 * least. One that waits in the queue is under way for the main process and in nobody's hand.
 *
 * @throws Error when that does not come about within `patienceMs`.
 */
export async function inHandOnAll(
	cluster: QueueCluster,
	workflowId: string,
	patienceMs = 60_000,
): Promise<string[]> {
	const deadline = Date.now() + patienceMs;
	for (;;) {
		const waitingOrBegun = await underWay(cluster, workflowId);
		const begun = cluster.workers.map((worker) => {
			const started = new Set(startedBy(worker));
			return waitingOrBegun.filter((id) => started.has(id));
		});
		if (begun.every((ids) => ids.length > 0)) return begun.flat();
		if (Date.now() > deadline)
			throw new Error(`Not every worker has begun one: ${JSON.stringify(begun)}`);
		await sleep(50);
	}
}

/** The workers that ran a part of an execution: one that waits may be taken up by another. */
export function workersOf({ workers }: QueueCluster, executionId: string): N8nInstance[] {
	return workers.filter((worker) => startedBy(worker).includes(executionId));
}

/**
 * The worker that ran an execution. @throws Error when none did, or two: n8n gives a job to one.
 */
export function workerOf(cluster: QueueCluster, executionId: string): N8nInstance {
	const found = workersOf(cluster, executionId);
	if (found.length === 1) return found[0];
	throw new Error(`Execution ${executionId} ran on ${found.length} workers`);
}
