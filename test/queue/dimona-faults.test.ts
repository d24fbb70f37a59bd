import { setTimeout as sleep } from 'node:timers/promises';

import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { Sheet } from './dimona-sheet';
import { startedBy, workerOf } from './workers';

/**
 * A sheet of declarations whose worker, or whose main process, is killed in mid-work: nothing is
 * declared twice.
 */

const LINES = 30;
const PATIENCE_MS = 2 * 60_000;

let cluster: QueueCluster;
let sheet: Sheet | undefined;

beforeAll(async () => {
	cluster = await QueueCluster.start({
		tarball: await packedTarball(),
		env: {
			// A dead worker is noticed within seconds, not within a minute and a half.
			QUEUE_WORKER_LOCK_DURATION: '6000',
			QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
			QUEUE_WORKER_STALLED_INTERVAL: '3000',
		},
	});
});

afterEach(async () => {
	await sheet?.end();
	sheet = undefined;
});

afterAll(async () => await cluster?.end());

it('the worker is killed when 10 of 30 lines are declared: the next run, on the other one, declares the rest', async () => {
	sheet = await Sheet.prepare(cluster, 'worker', LINES);
	expect(sheet.counts()).toEqual({ declarations: 0, periods: 0, results: false });
	const first = await sheet.begin();
	await sheet.untilDeclared(10);
	const worker = workerOf(cluster, first);
	await worker.kill();
	const { declarations, results } = sheet.counts();
	expect({ isWhole: declarations >= LINES, results }).toEqual({ isWhole: false, results: false });

	// n8n says that it is lost, and does not begin it again.
	expect((await cluster.main.waitForExecution(first, PATIENCE_MS)).status).toBe('error');
	expect(sheet.counts().declarations).toBeLessThan(LINES);

	const second = await cluster.main.waitForExecution(await sheet.begin(), PATIENCE_MS);
	expect(second.error).toBeUndefined();
	expect(startedBy(worker)).not.toContain(second.id);
	sheet.expectDeclaredOnce();
	expect(sheet.counts()).toEqual({ declarations: LINES, periods: LINES, results: true });
	await worker.restart();
});

it('the main process is killed when 10 of 30 lines are declared: the worker goes on, a second run declares nothing', async () => {
	sheet = await Sheet.prepare(cluster, 'main', LINES);
	expect(sheet.counts()).toEqual({ declarations: 0, periods: 0, results: false });
	const first = await sheet.begin();
	await sheet.untilDeclared(10);
	await cluster.main.kill();
	const { declarations, results } = sheet.counts();
	expect({ isWhole: declarations >= LINES, results }).toEqual({ isWhole: false, results: false });
	await sleep(3_000);
	await cluster.main.restart();
	const execution = await cluster.main.waitForExecution(first, PATIENCE_MS);
	expect([execution.status, execution.error]).toEqual(['success', undefined]);
	sheet.expectDeclaredOnce();
	expect(sheet.counts()).toEqual({ declarations: LINES, periods: LINES, results: true });

	const again = await cluster.main.waitForExecution(await sheet.begin(), PATIENCE_MS);
	expect(again.error).toBeUndefined();
	sheet.expectDeclaredOnce();
	expect(sheet.counts()).toEqual({ declarations: LINES, periods: LINES, results: true });
});
