import { setTimeout as sleep } from 'node:timers/promises';

import { itemsOf } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { Reception } from './hubee-reception';

/**
 * The narrowest place of a reception: the trigger has read the queue and remembers what it
 * delivers, and n8n cannot begin the execution, because its database or its queue is away.
 */

const CASES = 20;
/** The first look of the trigger at these cases lasts this long; meanwhile the server goes away. */
const LOOK_MS = 4_000;
const AWAY_MS = 7_000;

// The trigger looks once a minute, and some looks come too early.
jest.setTimeout(5 * 60_000);

let cluster: QueueCluster;
let reception: Reception | undefined;

beforeAll(async () => {
	cluster = await QueueCluster.start({ tarball: await packedTarball() });
});

afterEach(async () => {
	await reception?.end();
	reception = undefined;
});

afterAll(async () => await cluster?.end());

it.each([
	// Nothing is begun: the trigger delivers again.
	['postgres', 2],
	// What is begun waits in the main process until the queue is back.
	['redis', 1],
] as const)(
	'%s is away when the trigger hands 20 cases over: 20 received, each once, by delivery %i',
	async (server, deliveryCount) => {
		reception = await Reception.prepare(cluster, server, { batchSize: CASES, redeliverAfter: 0.1 });
		const { mockServer } = reception.sandbox;
		await reception.poll();
		await reception.deposit(CASES);
		const seen = mockServer.calls.list().at(-1)?.id;
		const looks = () => mockServer.calls.list({ path: '/notifications$', after: seen });
		mockServer.failNext({
			path: '/notifications$',
			how: { kind: 'delay', milliseconds: LOOK_MS },
		});
		await reception.until('the trigger looks', () => looks().length > 0);
		await cluster[server].stop();
		expect(looks()).toEqual([expect.objectContaining({ milliseconds: null })]);
		await reception.until('it sees them', () => looks()[0].milliseconds !== null);
		await sleep(AWAY_MS - LOOK_MS);
		expect(reception.counts()).toEqual({ queued: CASES, withStatus: 0, stored: 0 });

		await cluster[server].start();
		await reception.until('the queue is empty', ({ queued }) => queued === 0);
		reception.expectAllReceivedOnce();
		const [execution] = await cluster.main.executions({ workflowId: reception.workflowId });
		const items = itemsOf(await cluster.main.execution(execution.id), 'New Case in HubEE');
		expect(items.map(({ json }) => json.deliveryCount)).toEqual(
			Array<number>(CASES).fill(deliveryCount),
		);
	},
);
