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

/** The worker that ran an execution. @throws Error when none did, or two: n8n gives a job to one. */
export function workerOf({ workers }: QueueCluster, executionId: string): N8nInstance {
	const found = workers.filter((worker) => startedBy(worker).includes(executionId));
	if (found.length === 1) return found[0];
	throw new Error(`Execution ${executionId} ran on ${found.length} workers`);
}
