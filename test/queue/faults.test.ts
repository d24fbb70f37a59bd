import { setTimeout as sleep } from 'node:timers/promises';

import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { type Counts, Reception } from './hubee-reception';
import { inHandOnAll, workerOf } from './workers';

/**
 * What queue mode consists of fails in mid-work, one thing at a time. n8n never runs a job again
 * whose worker is gone; what makes up for it is the trigger, which delivers again what was not
 * acknowledged in time.
 */

/** How long a server is away; long enough that work under way needs it and does not find it. */
const AWAY_MS = 3_000;
const CASES = 50;
const BATCH = 20;
const REST = 10;
const AFTER: Counts = { queued: 0, withStatus: CASES, stored: 2 * CASES };

// The trigger looks once a minute, and some looks come too early.
jest.setTimeout(5 * 60_000);

let cluster: QueueCluster;
let reception: Reception | undefined;

beforeAll(async () => {
	cluster = await QueueCluster.start({
		tarball: await packedTarball(),
		concurrency: 1,
		env: {
			// A dead worker is noticed within seconds, not within a minute and a half.
			QUEUE_WORKER_LOCK_DURATION: '6000',
			QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
			QUEUE_WORKER_STALLED_INTERVAL: '3000',
		},
	});
});

afterEach(async () => {
	await reception?.end();
	reception = undefined;
});

afterAll(async () => await cluster?.end());

/**
 * Two batches of 20 are in hand, one on each worker, and statuses are being set; 10 cases are yet
 * to be delivered.
 */
async function inMidWork(name: string): Promise<Reception> {
	reception = await Reception.prepare(cluster, name, {
		batchSize: 2 * CASES,
		// Longer than a batch takes, so that no two executions ever work on the same case.
		redeliverAfter: 0.5,
		latency: 150,
	});
	for (let batches = 0; batches < cluster.workers.length; batches++) {
		await reception.deposit(BATCH);
		await reception.poll();
	}
	// These wait for the next poll.
	await reception.deposit(REST);
	await reception.until('statuses are set', ({ withStatus }) => withStatus >= 3);
	const inHand = await inHandOnAll(cluster, reception.workflowId);
	expect(new Set(inHand.map((id) => workerOf(cluster, id)))).toEqual(new Set(cluster.workers));
	const { withStatus, queued } = reception.counts();
	expect({ queued, anyDone: withStatus === 2 * BATCH }).toEqual({ queued: CASES, anyDone: false });
	return reception;
}

async function expectNothingLost(working: Reception): Promise<void> {
	const counts = await working.until('the queue is empty', ({ queued }) => queued === 0);
	expect(counts).toEqual(AFTER);
	working.expectAllReceivedOnce();
}

it('a worker is killed in mid-work: of 50 cases 40 are in hand before, 50 received after, each once', async () => {
	const working = await inMidWork('worker');
	const [lost] = await inHandOnAll(cluster, working.workflowId);
	const worker = workerOf(cluster, lost);
	await worker.kill();
	await expectNothingLost(working);
	// n8n has given up what that worker had in hand; the trigger has delivered it again.
	expect((await cluster.main.waitForExecution(lost)).status).toBe('error');
	await worker.restart();
});

it('Redis is restarted in mid-work: of 50 cases 40 are in hand before, 50 received after, each once', async () => {
	const working = await inMidWork('redis');
	await cluster.redis.stop();
	await sleep(AWAY_MS);
	await cluster.redis.start();
	await expectNothingLost(working);
	expect(cluster.instances.filter(({ running }) => !running)).toEqual([]);
});

it('PostgreSQL is restarted in mid-work: of 50 cases 40 are in hand before, 50 received after, each once', async () => {
	const working = await inMidWork('postgres');
	await cluster.postgres.stop();
	await sleep(AWAY_MS);
	await cluster.postgres.start();
	await expectNothingLost(working);
	expect(cluster.instances.filter(({ running }) => !running)).toEqual([]);
});

it('the main process is killed in mid-work: of 50 cases 40 are in hand before, 50 received after, each once', async () => {
	const working = await inMidWork('main');
	await cluster.main.kill();
	await sleep(AWAY_MS);
	await cluster.main.restart();
	await expectNothingLost(working);
});
