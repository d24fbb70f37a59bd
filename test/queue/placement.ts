import type { QueueCluster } from '../../scripts/n8n/queue/cluster';

/** Which worker (0, 1 …) ran an execution, by the logs. @throws Error when none did, or two: n8n gives a job to one. */
export function workerOf({ workers }: QueueCluster, executionId: string): number {
	const line = `Worker started execution ${executionId} (`;
	const found = workers.flatMap(({ log }, index) => (log.includes(line) ? [index] : []));
	if (found.length === 1) return found[0];
	throw new Error(`Execution ${executionId} ran on ${found.length} workers`);
}
