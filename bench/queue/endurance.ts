/**
 * `npm run endurance` (`npm run endurance -- 5` for five minutes instead of thirty): steady load on
 * n8n in queue mode with two workers. Half of the télédossiers come by our trigger, half by
 * webhook. Each minute memory, open sockets and the size of the trigger's static data are noted;
 * what grows shows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SI_ORGANIZATIONS } from '../../sandbox/hubee';
import type { N8nInstance, WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { hubEeCredential } from '../hubee/credential';
import { type SandboxProcess, startSandboxProcess } from '../hubee/sandbox-process';
import { WEBHOOK_PATH, webhookWorkflow } from '../hubee/workflows';
import { runProgram } from '../program';
import { markdownTable, megabytes } from './table';

const MINUTES = Number(process.argv[2] ?? 30);
const LATENCY_MS = 50;
const DEPOSIT_EVERY_MS = 5_000;
/**
 * So many for the trigger and so many for the webhook, on average: what arrives is never the same
 * number each minute.
 */
const CASES_PER_DEPOSIT = 10;
const FILES = 2;
const FILE_BYTES = 20_000;
/** The start: caches fill, code is compiled. */
const WARM_UP_MINUTES = 5;

const say = (text: string) => console.error(text);

/** Sends télédossiers steadily until the time is up. */
class Load {
	private deposited = 0;
	private failures: unknown[] = [];

	constructor(
		private readonly sandbox: SandboxProcess,
		private readonly cluster: QueueCluster,
	) {}

	/** Télédossiers so far. */
	get count(): number {
		if (this.failures.length > 0) throw this.failures[0];
		return this.deposited;
	}

	async run(until: number): Promise<void> {
		for (let seed = 1; Date.now() < until; seed++) {
			const next = Date.now() + DEPOSIT_EVERY_MS;
			await this.deposit(seed).catch((error: unknown) => this.failures.push(error));
			await sleep(Math.max(0, next - Date.now()));
		}
	}

	private async deposit(seed: number): Promise<void> {
		const { admin } = this.sandbox;
		const cases = 1 + Math.floor(Math.random() * (2 * CASES_PER_DEPOSIT - 1));
		const many = { cases, files: FILES, size: FILE_BYTES, seed };
		await admin.depositMany({ ...many, recipient: SI_ORGANIZATIONS.paris });
		const named = await admin.depositMany({ ...many, recipient: SI_ORGANIZATIONS.nice });
		const body = named.flatMap((deposited) =>
			deposited.cases.map(({ id, notificationId }) => ({ caseId: id, notificationId })),
		);
		await this.cluster.main.callWebhook(WEBHOOK_PATH, { json: { cases: body } });
		this.deposited += 2 * cases;
	}
}

/** The shipped reception template for one SI, the webhook workflow for another. */
async function activate(cluster: QueueCluster, sandbox: SandboxProcess): Promise<string> {
	const { main } = cluster;
	const credentialOf = async (clientId: string) => {
		const found = (await sandbox.admin.credentials()).find((one) => one.clientId === clientId);
		const data = hubEeCredential({ ...sandbox, clientId, clientSecret: found?.clientSecret ?? '' });
		return { hubEeOAuth2Api: await main.createCredential(clientId, 'hubEeOAuth2Api', data) };
	};
	const file = join(__dirname, '../../workflows/hubee-receive-cases.json');
	const text = readFileSync(file, 'utf8').replaceAll('/home/node/.n8n-files', cluster.filesFolder);
	const template = JSON.parse(text) as WorkflowJson;
	const trigger = await main.importWorkflow(template, {
		credentials: await credentialOf('si-paris'),
		// More than a minute's télédossiers: n8n looks once a minute.
		parameters: { 'New Case in HubEE': { batchSize: 200 } },
	});
	const webhook = await main.importWorkflow(webhookWorkflow(2), {
		credentials: await credentialOf('si-nice'),
	});
	for (const id of [webhook, trigger]) await main.activate(id);
	return trigger;
}

interface Sample {
	minute: number;
	/** Télédossiers sent so far, and those of them that are still in a queue. */
	sent: number;
	waiting: number;
	/** By process, the main one first. */
	memory: number[];
	sockets: number[];
	/** Bytes of the trigger's static data as JSON. */
	staticData: number;
}

async function sample(
	minute: number,
	load: Load,
	cluster: QueueCluster,
	sandbox: SandboxProcess,
	triggerWorkflow: string,
): Promise<Sample> {
	const { staticData } = await cluster.main.rest.get<{ staticData: unknown }>(
		`/workflows/${triggerWorkflow}`,
	);
	// The sandbox's own list of calls is not to be what grows.
	await sandbox.admin.clearCalls();
	const queue = await sandbox.admin.notifications();
	const each = (measure: (n8n: N8nInstance) => number) => cluster.instances.map(measure);
	return {
		minute,
		sent: load.count,
		waiting: queue.filter(({ recipient }) => recipient.type === 'SI').length,
		memory: each((n8n) => n8n.memory().rss),
		sockets: each((n8n) => n8n.openSockets()),
		staticData: JSON.stringify(staticData ?? null).length,
	};
}

function report(samples: Sample[]): string {
	const [first] = samples;
	if (!first) throw new Error('Nothing was measured');
	const processes = ['main', ...first.memory.slice(1).map((_, index) => `worker ${index + 1}`)];
	const mean = (part: Sample[], process: number) =>
		part.reduce((sum, { memory }) => sum + (memory[process] ?? 0), 0) / part.length;
	const warm = samples.filter(({ minute }) => minute > WARM_UP_MINUTES);
	const five = Math.min(5, Math.floor(warm.length / 2));
	const trend = processes.map((name, index) => {
		const [early, late] = [mean(warm.slice(0, five), index), mean(warm.slice(-five), index)];
		return `${name} ${megabytes(early)} → ${megabytes(late)} (${((100 * (late - early)) / early).toFixed(1)} %)`;
	});
	return [
		`${samples.at(-1)?.minute} minutes, about ${(60_000 / DEPOSIT_EVERY_MS) * 2 * CASES_PER_DEPOSIT} télédossiers with ${FILES} files of ${FILE_BYTES / 1000} kB a minute, ${LATENCY_MS} ms before each answer, TLS, ${processes.length - 1} workers`,
		'',
		markdownTable([
			[
				'minute',
				'sent',
				'waiting',
				...processes.map((name) => `memory of ${name}`),
				...processes.map((name) => `sockets of ${name}`),
				'static data',
			],
			...samples.map(({ minute, sent, waiting, memory, sockets, staticData }) => [
				String(minute),
				String(sent),
				String(waiting),
				...memory.map(megabytes),
				...sockets.map(String),
				`${staticData} B`,
			]),
		]),
		...(five > 0
			? [
					'',
					`Memory, first ${five} minutes after the warm-up against the last: ${trend.join(', ')}`,
				]
			: []),
	].join('\n');
}

async function main(): Promise<void> {
	const tarball = await packedTarball();
	const sandbox = await startSandboxProcess(LATENCY_MS);
	const cluster = await QueueCluster.start({ tarball });
	const samples: Sample[] = [];
	try {
		const triggerWorkflow = await activate(cluster, sandbox);
		const load = new Load(sandbox, cluster);
		const began = Date.now();
		const sending = load.run(began + MINUTES * 60_000);
		for (let minute = 1; minute <= MINUTES; minute++) {
			await sleep(began + minute * 60_000 - Date.now());
			const taken = await sample(minute, load, cluster, sandbox, triggerWorkflow);
			samples.push(taken);
			say(JSON.stringify(taken));
		}
		await sending;
		const failed = (await cluster.main.executions()).filter(({ status }) => status !== 'success');
		console.log(report(samples));
		const unfinished = failed.filter(({ status }) => status !== 'running' && status !== 'new');
		console.log(`\nExecutions that did not succeed: ${unfinished.length}`);
	} finally {
		await cluster.end();
		await sandbox.end();
	}
}

runProgram(main);
