/**
 * `npm run bench:queue`: reception by n8n in queue mode with one, two and three workers, over the
 * same télédossiers. The work waits on the network: the service takes 50 ms for each answer, and
 * each execution makes one call at a time.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { hubEeCredential } from '../hubee/credential';
import { type SandboxProcess, startSandboxProcess } from '../hubee/sandbox-process';
import { WEBHOOK_PATH, webhookWorkflow } from '../hubee/workflows';
import { runProgram } from '../program';
import { markdownTable, megabytes } from './table';

const CASES = 2000;
const FILES = 2;
const FILE_BYTES = 20_000;
const LATENCY_MS = 50;
/** Executions at once on each worker: n8n advises no fewer. */
const CONCURRENCY = 5;
const CASES_PER_EXECUTION = 10;
const WORKERS = [1, 2, 3];
const PATIENCE_MS = 10 * 60_000;

interface Row {
	workers: number;
	seconds: number;
	/** Peak resident memory in bytes. */
	main: number;
	largestWorker: number;
	/** Processor seconds of all n8n processes. */
	processor: number;
	tokenRequests: number;
}

const say = (text: string) => console.error(text);

async function measure(tarball: string, sandbox: SandboxProcess, workers: number): Promise<Row> {
	say(`${workers} worker(s) …`);
	await sandbox.admin.reset();
	await sandbox.admin.setLatency(LATENCY_MS);
	await sandbox.admin.depositMany({ cases: CASES, files: FILES, size: FILE_BYTES });
	const cluster = await QueueCluster.start({ tarball, workers, concurrency: CONCURRENCY });
	try {
		const { main } = cluster;
		const credential = await main.createCredential(
			'HubEE',
			'hubEeOAuth2Api',
			hubEeCredential(sandbox),
		);
		const id = await main.importWorkflow(webhookWorkflow(1), {
			credentials: { hubEeOAuth2Api: credential },
		});
		await main.activate(id);
		const queue = await sandbox.admin.notifications();
		const cases = queue.map((one) => ({ caseId: one.caseId, notificationId: one.id }));
		await sandbox.admin.clearCalls();
		const processorBefore = processorOf(cluster);
		const began = performance.now();
		for (let from = 0; from < CASES; from += CASES_PER_EXECUTION)
			await main.callWebhook(WEBHOOK_PATH, {
				json: { cases: cases.slice(from, from + CASES_PER_EXECUTION) },
			});
		await allReceived(sandbox);
		const seconds = (performance.now() - began) / 1000;
		return {
			workers,
			seconds,
			main: main.memory().peak,
			largestWorker: Math.max(...cluster.workers.map((worker) => worker.memory().peak)),
			processor: processorOf(cluster) - processorBefore,
			tokenRequests: (await sandbox.admin.counters()).tokenRequests,
		};
	} finally {
		await cluster.end();
	}
}

const processorOf = (cluster: QueueCluster) =>
	cluster.instances.reduce((sum, n8n) => sum + n8n.processorSeconds(), 0);

async function allReceived({ admin }: SandboxProcess): Promise<void> {
	// For each télédossier one call for the case, one for each file, one that acknowledges. The
	// sandbox counts a call when it arrives.
	const wanted = CASES * (FILES + 2);
	const callsMade = async () => {
		const { calls, tokenRequests } = await admin.counters();
		return calls - tokenRequests >= wanted;
	};
	const deadline = Date.now() + PATIENCE_MS;
	for (const isSo of [callsMade, async () => (await admin.notifications()).length === 0])
		while (!(await isSo())) {
			if (Date.now() > deadline) throw new Error('Not all télédossiers were received');
			await sleep(200);
		}
}

function report(rows: Row[]): string {
	const alone = rows[0]?.seconds ?? Number.NaN;
	return [
		`${CASES} télédossiers with ${FILES} files of ${FILE_BYTES / 1000} kB, ${LATENCY_MS} ms before each answer, TLS, ${CONCURRENCY} executions at once on each worker, ${CASES_PER_EXECUTION} télédossiers in each execution, one call at a time`,
		'',
		markdownTable([
			[
				'workers',
				'seconds',
				'télédossiers/s',
				'times one worker',
				'processor s',
				'main, peak',
				'worker, peak',
				'token requests',
			],
			...rows.map((row) => [
				String(row.workers),
				row.seconds.toFixed(1),
				(CASES / row.seconds).toFixed(1),
				(alone / row.seconds).toFixed(2),
				row.processor.toFixed(0),
				megabytes(row.main),
				megabytes(row.largestWorker),
				String(row.tokenRequests),
			]),
		]),
	].join('\n');
}

async function main(): Promise<void> {
	const tarball = await packedTarball();
	const sandbox = await startSandboxProcess(LATENCY_MS);
	try {
		const rows: Row[] = [];
		for (const workers of WORKERS) rows.push(await measure(tarball, sandbox, workers));
		console.log(report(rows));
	} finally {
		await sandbox.end();
	}
}

runProgram(main);
