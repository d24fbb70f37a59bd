import { createHash, randomFillSync } from 'node:crypto';

import { type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { hubEeCredential, template, withFolder } from '../e2e/hubee';
import { fillInForm } from '../e2e/hubee-osl';
import { workerOf } from './workers';

const MB = 1024 * 1024;

/** Near the 200 MiB that n8n takes in a form. */
const SIZE = 180 * MB;

let cluster: QueueCluster;
let hubee: HubEeSandbox;
let workflowId: string;

beforeAll(async () => {
	hubee = await startHubEeSandbox();
	// In the database n8n holds every file whole, several times; only a folder that the processes
	// share lets it stream.
	cluster = await QueueCluster.start({
		tarball: await packedTarball(),
		workers: 1,
		binaryData: 'filesystem',
	});
	const credential = await cluster.main.createCredential(
		'HubEE',
		'hubEeOAuth2Api',
		hubEeCredential(hubee, 'osl', 'OSL'),
	);
	workflowId = await cluster.main.importWorkflow(
		withFolder(template('hubee-submit-from-form'), cluster.filesFolder),
		{ credentials: { hubEeOAuth2Api: credential } },
	);
	await cluster.main.activate(workflowId);
});

afterAll(async () => {
	await cluster?.end();
	await hubee?.close();
});

async function submit(content: Uint8Array<ArrayBuffer>) {
	const [last] = (await cluster.main.executions({ workflowId })).slice(-1);
	await fillInForm(cluster.main, {
		'First Name': 'Adeline',
		'Last Name': 'Test',
		Email: 'adeline@example.fr',
		'First Authority': 'Paris 8e',
		'Documents for the First Authority': [{ name: 'plan.pdf', content }],
		'Second Authority': 'None',
	});
	return await cluster.main.waitForExecution({ workflowId, after: last?.id ?? '0' });
}

it('a large file goes from a form on the main process through a worker without standing in its memory', async () => {
	const [worker] = cluster.workers;
	// What a first execution loads is not what a file takes.
	await submit(new Uint8Array(1_000));
	const before = worker.memory().rss;
	worker.resetPeak();
	const content = randomFillSync(new Uint8Array(SIZE));
	const execution = await submit(content);

	expect(execution.status).toBe('success');
	expect(workerOf(cluster, execution.id)).toBe(cluster.workers[0]);
	const digest = createHash('sha256').update(content).digest('hex');
	expect(hubee.listFolders().at(-1)).toMatchObject({
		globalStatus: 'HUBEE_NOTIFIED',
		attachments: [{ fileName: 'plan.pdf', size: SIZE, sha256: digest }],
	});
	// Held whole, it would take its size at least.
	expect(worker.memory().peak - before).toBeLessThan(SIZE);
	expect(hubee.mockServer.faults).toEqual([]);
});
