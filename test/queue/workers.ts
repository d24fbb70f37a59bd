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

/** The worker that this execution was begun on. */
export function workerOf({ workers }: QueueCluster, executionId: string): N8nInstance {
	const found = workers.find((worker) => startedBy(worker).includes(executionId));
	if (!found) throw new Error(`No worker has begun execution ${executionId}`);
	return found;
}
