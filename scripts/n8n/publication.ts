import { setTimeout as sleep } from 'node:timers/promises';
import { N8nRestError, type RestSession } from './rest';

interface PublicationStatus {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	triggers: Array<{ nodeId: string; status: string; errorMessage: string | null }>;
}

/**
 * Publishes a workflow's current version and waits until its triggers run: since n8n 2.40 that
 * happens after the answer. A polling trigger has polled once by then.
 * @throws N8nRestError when n8n refuses, Error with n8n's reason when a trigger cannot be started.
 */
export async function publish(rest: RestSession, workflowId: string): Promise<void> {
	const { versionId } = await rest.get<{ versionId: string }>(`/workflows/${workflowId}`);
	await rest.post(`/workflows/${workflowId}/activate`, { versionId });
	const { status, triggers } = await settledStatus(rest, workflowId);
	if (status === 'published') return;
	const reasons = triggers.map(({ errorMessage }) => errorMessage).filter(Boolean);
	throw new Error(`Workflow ${workflowId} is ${status}: ${reasons.join('; ')}`);
}

/** Takes a workflow's triggers out of service and waits until they are. */
export async function unpublish(rest: RestSession, workflowId: string): Promise<void> {
	await rest.post(`/workflows/${workflowId}/deactivate`);
	await settledStatus(rest, workflowId);
}

async function settledStatus(rest: RestSession, workflowId: string): Promise<PublicationStatus> {
	for (;;) {
		const found = await currentStatus(rest, workflowId);
		if (found.status !== 'in_progress') return found;
		await sleep(50);
	}
}

async function currentStatus(rest: RestSession, workflowId: string): Promise<PublicationStatus> {
	try {
		return await rest.get(`/workflows/${workflowId}/publication-status`);
	} catch (error) {
		// An n8n that publishes within the call itself.
		if (error instanceof N8nRestError && error.status === 404)
			return { status: 'published', triggers: [] };
		throw error;
	}
}
