import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { HubEeSandbox } from '../../sandbox/hubee';
import { startHubEeSandbox } from '../../sandbox/hubee';
import {
	type Execution,
	itemsOf,
	N8nInstance,
	type WorkflowJson,
} from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { hubEeCredential } from './hubee';

let n8n: N8nInstance;
let sandbox: HubEeSandbox;
let credential: string;

beforeAll(async () => {
	sandbox = await startHubEeSandbox();
	n8n = await N8nInstance.start({
		tarball: await packedTarball(),
		env: { NODE_OPTIONS: `--require ${join(__dirname, 'movable-clock.cjs')}` },
	});
	credential = await n8n.createCredential('HubEE', 'hubEeOAuth2Api', hubEeCredential(sandbox));
});

afterEach(async () => await sandbox.reset());

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

const noOp = (name: string) => ({ name, type: 'n8n-nodes-base.noOp', parameters: {} });

/** The trigger and two ends to see what comes out of it. Nothing is acknowledged. */
const watching = async (parameters: object): Promise<string> => {
	const workflow: WorkflowJson = {
		name: 'Watch',
		nodes: [
			{
				name: 'HubEE Trigger',
				type: 'n8n-nodes-guichet.hubEeTrigger',
				parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, ...parameters },
			},
			noOp('Delivered'),
			noOp('Stuck'),
		],
		connections: {
			'HubEE Trigger': {
				main: [
					[{ node: 'Delivered', type: 'main', index: 0 }],
					[{ node: 'Stuck', type: 'main', index: 0 }],
				],
			},
		},
	};
	return await n8n.importWorkflow(workflow, { credentials: { hubEeOAuth2Api: credential } });
};

/**
 * A poll now: n8n polls when a workflow is published. @returns the execution that it started, if it
 * did
 */
const pollNow = async (workflowId: string): Promise<Execution | undefined> => {
	const before = await n8n.executions({ workflowId });
	await n8n.deactivate(workflowId);
	await n8n.activate(workflowId);
	const after = before.at(-1)?.id ?? '0';
	// n8n creates the execution right after the poll; a look that found nothing creates none.
	for (let looks = 0; looks < 20; looks++) {
		const [begun] = await n8n.executions({ workflowId, after });
		if (begun) return await n8n.waitForExecution(begun.id);
		await sleep(100);
	}
	return undefined;
};

const deposit = async () =>
	(await sandbox.deposit({ files: [{ fileName: 'a.txt', content: { text: 'a' } }] })).cases[0];

it('delivers nothing again before its time, whether n8n is killed or ends in good order', async () => {
	await deposit();
	const workflow = await watching({});
	const first = await pollNow(workflow);
	expect(first?.runData['HubEE Trigger']).toBeDefined();
	for (const end of [async () => await n8n.kill(), async () => await n8n.stop()]) {
		await end();
		const known = sandbox.mockServer.calls.list().at(-1)?.id;
		await n8n.restart();
		// It looks when it starts; at the latest at the next full minute.
		while (sandbox.mockServer.calls.list({ path: '/notifications$', after: known }).length === 0)
			await sleep(100);
		expect(await n8n.executions({ workflowId: workflow })).toHaveLength(1);
	}
	await n8n.deactivate(workflow);
});

it('shows one item in a test and changes nothing', async () => {
	await deposit();
	await deposit();
	const workflow = await watching({});
	const test = await n8n.run(workflow);
	expect(itemsOf(test, 'HubEE Trigger')).toHaveLength(1);
	expect(sandbox.listNotifications()).toHaveLength(2);
	const real = await pollNow(workflow);
	await n8n.deactivate(workflow);
	expect(real && itemsOf(real, 'Delivered')).toHaveLength(2);
});

it('says in words why it cannot be published', async () => {
	sandbox.mockServer.injectedFaults.add({
		path: '/notifications$',
		times: 100,
		how: { kind: 'status', status: 403 },
	});
	const workflow = await watching({});
	await expect(n8n.activate(workflow)).rejects.toThrow('HubEE does not allow this');
	await n8n.deactivate(workflow);
});

// The last one: the clock of n8n has moved on.
it('starts a workflow, delivers again what was not acknowledged, gives up, and says so on its second output', async () => {
	const { id, notificationId } = await deposit();
	const workflow = await watching({ redeliverAfter: 15, maximumDeliveries: 2 });
	const counts: unknown[] = [];
	let last: Execution | undefined;
	for (let polls = 0; polls < 3; polls++) {
		last = await pollNow(workflow);
		if (!last) throw new Error(`poll ${polls + 1} started nothing`);
		expect(last.status).toBe('success');
		counts.push(...itemsOf(last, 'HubEE Trigger').map(({ json }) => json.deliveryCount));
		// The clock of n8n goes on by twenty minutes.
		process.kill(n8n.pid, 'SIGUSR2');
	}
	await n8n.deactivate(workflow);
	expect(counts).toEqual([1, 2]);
	if (!last) throw new Error('nothing was delivered');
	expect(itemsOf(last, 'Stuck')).toMatchObject([
		{ json: { notificationId, caseId: id, error: expect.stringContaining('2 times') as string } },
	]);
	expect(sandbox.listNotifications()).toHaveLength(1);
});
