import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Deposited, HubEeSandbox } from '../../sandbox/hubee';
import { startHubEeSandbox } from '../../sandbox/hubee';
import { N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { hubEeCredential, template, withFolder } from './hubee';

const CASES = 200;
const FILES = 2;
const STATUS = 'IN_PROGRESS';

/** Enough that each of the three lives before a kill has a batch of its own to begin. */
const BATCH = 65;

/**
 * The longest time the whole may take: what is in flight at a kill waits a minute, and n8n looks
 * once a minute.
 */
const PATIENCE_MS = 10 * 60_000;

let n8n: N8nInstance;
let sandbox: HubEeSandbox;
let deposited: Deposited[];

beforeAll(async () => {
	sandbox = await startHubEeSandbox();
	// So slow that a kill always finds it at work.
	sandbox.mockServer.latency = 15;
	deposited = await sandbox.depositMany({ cases: CASES, files: FILES, size: 3_000 });
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

const until = async (what: string, isSo: () => boolean) => {
	const deadline = Date.now() + PATIENCE_MS;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
		await sleep(20);
	}
};

const inQueue = () =>
	sandbox.listNotifications().filter(({ recipient }) => recipient.type === 'SI').length;
const withStatus = () => sandbox.listCases().filter(({ status }) => status === STATUS).length;
const downloads = () =>
	sandbox.mockServer.calls.list({ method: 'GET', path: '/attachments/[^/]+$' }).length;

/** Kills n8n when a count has moved by so many since n8n began to work, and starts it again. */
const killWhen = async (what: string, count: () => number, moved: number) => {
	const [before, queue] = [count(), inQueue()];
	await until(what, () => Math.abs(count() - before) >= moved);
	await n8n.kill();
	// It was at work: the batch that it had in hand was not finished.
	expect(queue - inQueue()).toBeLessThan(BATCH);
	await n8n.restart();
};

it(
	'receives 200 cases whole although n8n is killed three times while working',
	async () => {
		const credential = await n8n.createCredential(
			'HubEE',
			'hubEeOAuth2Api',
			hubEeCredential(sandbox),
		);
		const workflow = withFolder(template('hubee-receive-cases'), n8n.filesFolder);
		const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-guichet.hubEeTrigger');
		const id = await n8n.importWorkflow(workflow, {
			credentials: { hubEeOAuth2Api: credential },
			parameters: {
				[trigger?.name ?? '']: { batchSize: BATCH, redeliverAfter: 1, maximumDeliveries: 20 },
			},
		});
		await n8n.activate(id);

		await killWhen('files are downloaded', downloads, 30);
		await killWhen('statuses are set', withStatus, 10);
		await killWhen('notifications are acknowledged', inQueue, 10);
		await until('the queue is empty', () => inQueue() === 0);

		const stored = new Map(
			readdirSync(n8n.filesFolder).map((name) => [name, readFileSync(join(n8n.filesFolder, name))]),
		);
		const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
		for (const { cases, attachments } of deposited) {
			const [{ id: caseId }] = cases;
			const files = [...stored].filter(([name]) => name.includes(caseId));
			expect(files.map(([, bytes]) => sha256(bytes)).sort()).toEqual(
				attachments.map((attachment) => attachment.sha256).sort(),
			);
		}
		expect(stored.size).toBe(CASES * FILES);
		for (const { status, events, notifications } of sandbox.listCases()) {
			expect(status).toBe(STATUS);
			// The event tells the OSL of the change: one, however often the workflow began.
			expect(events.map(({ actionType, caseNewStatus }) => [actionType, caseNewStatus])).toEqual([
				['STATUS_UPDATE', STATUS],
			]);
			// That of the OSL about the event; ours is gone.
			expect(notifications).toHaveLength(1);
		}
		expect(sandbox.mockServer.faults).toEqual([]);

		const executions = await n8n.executions({ workflowId: id });
		expect(executions.filter(({ status }) => status === 'crashed').length).toBeGreaterThanOrEqual(
			3,
		);
	},
	PATIENCE_MS,
);
