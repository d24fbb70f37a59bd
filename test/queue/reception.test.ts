import { setTimeout as sleep } from 'node:timers/promises';

import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { Reception } from './hubee-reception';
import { startedBy, underWay } from './workers';

/**
 * The reception template in queue mode: the trigger runs on the main process, the executions on the
 * workers.
 */

let cluster: QueueCluster;
let reception: Reception | undefined;

beforeAll(async () => {
	// As few executions at once on a worker as n8n can do, so that several must spread.
	cluster = await QueueCluster.start({ tarball: await packedTarball(), concurrency: 1 });
});

afterEach(async () => {
	await reception?.end();
	reception = undefined;
});

afterAll(async () => await cluster?.end());

const tokenRequests = () => reception?.sandbox.mockServer.calls.counters().tokenRequests;

it('receives 60 cases whole on two workers, with one token request per process and lifetime', async () => {
	const started = cluster.workers.map(startedBy);
	expect(started).toEqual([[], []]);
	reception = await Reception.prepare(cluster, 'whole', { batchSize: 15, latency: 60 });
	await reception.deposit(60);
	expect(reception.counts()).toEqual({ queued: 60, withStatus: 0, stored: 0 });

	await reception.poll();
	await reception.poll();
	await reception.until('half of the cases have left the queue', ({ queued }) => queued === 30);
	expect(cluster.workers.map((worker) => startedBy(worker).length)).toEqual([1, 1]);
	expect(tokenRequests()).toBe(cluster.instances.length);

	reception.sandbox.expireTokens();
	await reception.poll();
	await reception.poll();
	await reception.until('the queue is empty', ({ queued }) => queued === 0);
	reception.expectAllReceivedOnce();
	expect(tokenRequests()).toBeLessThanOrEqual(2 * cluster.instances.length);
	// Each was delivered once, and nothing but the trigger asked for notifications.
	const deliveries = await reception.deliveries();
	expect(deliveries.map((ids) => ids.length)).toEqual([15, 15, 15, 15]);
	expect(new Set(deliveries.flat()).size).toBe(60);
});

it('keeps the memory of the trigger small, and leaves it to the trigger', async () => {
	reception = await Reception.prepare(cluster, 'memory', { batchSize: 15, latency: 20 });
	await reception.deposit(30);
	expect(await reception.staticData()).toBe('null');
	await reception.poll();
	const remembered = await reception.staticData();
	await reception.until('half of the cases have left the queue', ({ queued }) => queued === 15);
	await allOver(reception);
	// The execution knew it, and gave nothing of its own back.
	expect(await reception.staticData()).toBe(remembered);
	await reception.poll();
	await reception.until('the queue is empty', ({ queued }) => queued === 0);
	await allOver(reception);
	expect(await reception.staticData()).not.toBe(remembered);
	// Two batches at most: what has left the queue is forgotten.
	expect((await reception.staticData()).length).toBeLessThan(2_500);
});

it('delivers nothing twice when another main process takes over in mid-work', async () => {
	reception = await Reception.prepare(cluster, 'takeover', { batchSize: 20, latency: 150 });
	await reception.deposit(50);
	const { mockServer } = reception.sandbox;
	await reception.poll();
	await reception.poll();
	await reception.until('statuses are set', ({ withStatus }) => withStatus > 0);
	const before = reception.counts();
	expect(before.queued).toBe(50);
	const known = mockServer.calls.list().at(-1)?.id;
	await cluster.replaceMain();
	// The new one delivers what no one has had yet; the workers have gone on meanwhile. What comes
	// now
	// only it can deliver, however late it is in the minute.
	await reception.deposit(5);
	await reception.until('the queue is empty', ({ queued }) => queued === 0);
	expect(mockServer.calls.list({ path: '/notifications$', after: known }).length).toBeGreaterThan(
		0,
	);
	await allOver(reception);
	const deliveries = await reception.deliveries();
	expect(deliveries.flat()).toHaveLength(55);
	expect(new Set(deliveries.flat()).size).toBe(55);
	reception.expectAllReceivedOnce();
});

it('stops the calls of an execution on its worker when the main process cancels it', async () => {
	reception = await Reception.prepare(cluster, 'cancel', { batchSize: 100, latency: 500 });
	await reception.deposit(100);
	const { calls } = reception.sandbox.mockServer;
	const ofWorkers = () => calls.list({ path: '/cases/' });
	await reception.poll();
	await cluster.main.deactivate(reception.workflowId);
	await reception.until('files are being downloaded', () => ofWorkers().length >= 20);
	const [execution] = await cluster.main.executions({ workflowId: reception.workflowId });
	expect(cluster.workers.flatMap(startedBy)).toContain(execution.id);

	await cluster.main.rest.post(`/executions/${execution.id}/stop`);
	expect((await cluster.main.waitForExecution(execution.id)).status).toBe('canceled');
	await reception.until('calls under way are over', () =>
		ofWorkers().every(({ milliseconds }) => milliseconds !== null),
	);
	const made = ofWorkers().length;
	// Six times as long as a call takes.
	await sleep(3_000);
	expect(ofWorkers().length).toBe(made);
	expect(reception.counts()).toEqual({ queued: 100, withStatus: 0, stored: 0 });
});

async function allOver({ workflowId }: Reception): Promise<void> {
	while ((await underWay(cluster, workflowId)).length > 0) await sleep(100);
}
