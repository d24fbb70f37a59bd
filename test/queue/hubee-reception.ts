import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Deposited, type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import { itemsOf } from '../../scripts/n8n/instance';
import type { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { hubEeCredential, template, withFolder } from '../e2e/hubee';

/** The status that the shipped template sets once the files are stored. */
const STATUS = 'IN_PROGRESS';
const FILES_PER_CASE = 2;

/** What n8n takes at most to look again, to make up for a fault and to finish. */
const PATIENCE_MS = 4 * 60_000;

export interface ReceptionOptions {
	/** Most télédossiers that one poll hands to one execution. */
	batchSize: number;
	/** Minutes. */
	redeliverAfter?: number;
	/** Of every call to the service, in milliseconds. */
	latency?: number;
}

/** How far the reception is, as the service and the folder of files show it. */
export interface Counts {
	/** Notifications that wait for the authority. */
	queued: number;
	/** Cases that have their status. */
	withStatus: number;
	/** Files in the shared folder. */
	stored: number;
}

/** The shipped reception template at work in a cluster, with a HubEE and a folder of its own. */
export class Reception {
	private readonly deposited: Deposited[] = [];

	private constructor(
		readonly cluster: QueueCluster,
		readonly sandbox: HubEeSandbox,
		readonly workflowId: string,
		private readonly folder: string,
	) {}

	/** Imports the workflow, not yet active. */
	static async prepare(
		cluster: QueueCluster,
		name: string,
		{ batchSize, redeliverAfter = 60, latency = 0 }: ReceptionOptions,
	): Promise<Reception> {
		const sandbox = await startHubEeSandbox({ latency });
		const folder = join(cluster.filesFolder, name);
		mkdirSync(folder);
		const credential = await cluster.main.createCredential(
			`HubEE ${name}`,
			'hubEeOAuth2Api',
			hubEeCredential(sandbox),
		);
		const workflow = withFolder(template('hubee-receive-cases'), folder);
		const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-guichet.hubEeTrigger');
		const workflowId = await cluster.main.importWorkflow(workflow, {
			credentials: { hubEeOAuth2Api: credential },
			parameters: { [trigger?.name ?? '']: { batchSize, redeliverAfter, maximumDeliveries: 20 } },
		});
		return new Reception(cluster, sandbox, workflowId, folder);
	}

	/** Sends the authority so many télédossiers more. */
	async deposit(cases: number): Promise<void> {
		const many = { cases, files: FILES_PER_CASE, size: 3_000 };
		this.deposited.push(...(await this.sandbox.depositMany(many)));
	}

	/**
	 * Polls now, without waiting for the next full minute: n8n polls when a workflow is published.
	 */
	async poll(): Promise<void> {
		await this.cluster.main.deactivate(this.workflowId);
		await this.cluster.main.activate(this.workflowId);
	}

	counts(): Counts {
		return {
			queued: this.sandbox.listNotifications().filter(({ recipient }) => recipient.type === 'SI')
				.length,
			withStatus: this.sandbox.listCases().filter(({ status }) => status === STATUS).length,
			stored: readdirSync(this.folder).length,
		};
	}

	async until(what: string, isSo: (counts: Counts) => boolean): Promise<Counts> {
		const deadline = Date.now() + PATIENCE_MS;
		for (;;) {
			const counts = this.counts();
			if (isSo(counts)) return counts;
			if (Date.now() > deadline)
				throw new Error(`waited in vain until ${what}: ${JSON.stringify(counts)}`);
			await sleep(20);
		}
	}

	/**
	 * Every file is there byte for byte, and every case was given its status once and has left the
	 * queue.
	 */
	expectAllReceivedOnce(): void {
		const stored = readdirSync(this.folder).map((name) => ({
			name,
			sha256: createHash('sha256')
				.update(readFileSync(join(this.folder, name)))
				.digest('hex'),
		}));
		for (const { cases, attachments } of this.deposited) {
			const [{ id }] = cases;
			const files = stored.filter(({ name }) => name.includes(id));
			expect(files.map(({ sha256 }) => sha256).sort()).toEqual(
				attachments.map(({ sha256 }) => sha256).sort(),
			);
		}
		const cases = this.deposited.length;
		expect(this.counts()).toEqual({
			queued: 0,
			withStatus: cases,
			stored: cases * FILES_PER_CASE,
		});
		for (const { events } of this.sandbox.listCases())
			// The event tells the sender of the change: one, however often the workflow began.
			expect(events.map(({ actionType, caseNewStatus }) => [actionType, caseNewStatus])).toEqual([
				['STATUS_UPDATE', STATUS],
			]);
		expect(this.sandbox.mockServer.faults).toEqual([]);
	}

	/** The notifications of each execution that the trigger began, oldest first. */
	async deliveries(): Promise<string[][]> {
		const { main } = this.cluster;
		const executions = await main.executions({ workflowId: this.workflowId });
		const whole = await Promise.all(executions.map(async ({ id }) => await main.execution(id)));
		return whole.map((execution) =>
			itemsOf(execution, 'New Case in HubEE').map(({ json }) => String(json.notificationId)),
		);
	}

	/** What n8n has stored of the trigger's memory, as text. */
	async staticData(): Promise<string> {
		const { staticData } = await this.cluster.main.rest.get<{ staticData: unknown }>(
			`/workflows/${this.workflowId}`,
		);
		return JSON.stringify(staticData);
	}

	async end(): Promise<void> {
		await this.cluster.main.deactivate(this.workflowId);
		await this.sandbox.close();
	}
}
