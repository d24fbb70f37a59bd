import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { receiveBare } from './bare-client';
import { type SandboxProcess, startSandboxProcess } from './sandbox-process';
import { handBuiltWorkflow, ourWorkflow } from './workflows';

const CASES = 200;
const FILES = 3;
const FILE_BYTES = 50_000;
const LATENCY_MS = 20;
const PARALLEL = 4;
/** About one answer's time, so that the HTTP Request node has `PARALLEL` calls under way, as the others have. */
const PAUSE_MS = 30;
const BIG_FILE = 1_000_000_000;

export interface ReceptionRow {
	how: string;
	/** Wall time of the execution. */
	seconds: number;
	connections: number;
	tokenRequests: number;
	calls: number;
	greatestConcurrency: number;
}

export interface HubEeFigures {
	rows: ReceptionRow[];
	/** Bytes that n8n's main process takes above idle at its peak while it receives one file of a gigabyte. */
	bigFilePeak: number;
}

/** Reception of 200 télédossiers by our node, by a hand-built workflow, and by a bare client; then one huge file. */
export async function measureHubEe(say: (text: string) => void): Promise<HubEeFigures> {
	const folder = mkdtempSync(join(tmpdir(), 'guichet-bench-'));
	const sandbox = await startSandboxProcess(LATENCY_MS);
	const ca = join(folder, 'ca.pem');
	writeFileSync(ca, sandbox.ca);
	const n8n = await N8nInstance.start({
		tarball: await packedTarball(),
		env: {
			NODE_EXTRA_CA_CERTS: ca,
			N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
			EXECUTIONS_TIMEOUT: '-1',
		},
	});
	try {
		const credentials = await createCredentials(n8n, sandbox);
		const rows: ReceptionRow[] = [];
		const measure = async (how: string, run: () => Promise<number>) => {
			say(`${how} …`);
			await sandbox.admin.reset();
			await sandbox.admin.dropMany({ cases: CASES, files: FILES, size: FILE_BYTES });
			await sandbox.admin.clearCalls();
			const seconds = await run();
			const left = (await sandbox.admin.notifications()).length;
			if (left > 0) throw new Error(`${how} left ${left} notifications`);
			const counted = await sandbox.admin.counters();
			rows.push({
				how,
				seconds,
				connections: counted.connections,
				tokenRequests: counted.tokenRequests,
				calls: counted.calls,
				greatestConcurrency: counted.greatestConcurrency,
			});
		};
		const inN8n = async (workflow: WorkflowJson) => {
			const id = await n8n.importWorkflow(workflow, { credentials });
			const execution = await n8n.run(id, { timeoutMs: 600_000 });
			if (execution.status !== 'success')
				throw new Error(`${workflow.name}: ${JSON.stringify(execution.error)}`);
			return secondsOf(execution);
		};
		await measure('bare keep-alive client (the limit)', async () => {
			const began = performance.now();
			await receiveBare(sandbox, CASES, PARALLEL);
			return (performance.now() - began) / 1000;
		});
		await measure('HubEE node', async () => await inN8n(ourWorkflow(CASES, PARALLEL)));
		await measure(
			'HTTP Request nodes by hand',
			async () => await inN8n(handBuiltWorkflow(sandbox.url, CASES, PARALLEL, PAUSE_MS)),
		);
		say('one file of 1 GB …');
		return { rows, bigFilePeak: await bigFile(n8n, sandbox, credentials) };
	} finally {
		await n8n.end();
		await sandbox.end();
		rmSync(folder, { recursive: true, force: true });
	}
}

function secondsOf({ startedAt, stoppedAt }: { startedAt?: unknown; stoppedAt?: unknown }): number {
	return (Date.parse(String(stoppedAt)) - Date.parse(String(startedAt))) / 1000;
}

async function createCredentials(
	n8n: N8nInstance,
	sandbox: SandboxProcess,
): Promise<Record<string, string>> {
	const { clientId, clientSecret, tokenUrl, url, ca } = sandbox;
	return {
		hubEeOAuth2Api: await n8n.createCredential('HubEE', 'hubEeOAuth2Api', {
			environment: 'custom',
			baseUrl: url,
			tokenUrl,
			clientId,
			clientSecret,
			scope: 'SI',
			editorName: 'Guichet bench',
			applicationName: 'n8n',
			softwareVersion: '1.0',
			extraCa: ca,
		}),
		oAuth2Api: await n8n.createCredential('By hand', 'oAuth2Api', {
			grantType: 'clientCredentials',
			accessTokenUrl: tokenUrl,
			clientId,
			clientSecret,
			scope: 'SI',
			authentication: 'header',
		}),
	};
}

async function bigFile(
	n8n: N8nInstance,
	sandbox: SandboxProcess,
	credentials: Record<string, string>,
): Promise<number> {
	await sandbox.admin.reset();
	await sandbox.admin.setLatency(0);
	await sandbox.admin.drop({ files: [{ fileName: 'big.bin', content: { size: BIG_FILE } }] });
	const id = await n8n.importWorkflow(ourWorkflow(1, PARALLEL), { credentials });
	// Settles what the earlier runs have left.
	await new Promise((resolve) => setTimeout(resolve, 5_000));
	const idle = n8n.memory().rss;
	n8n.resetPeak();
	const execution = await n8n.run(id, { timeoutMs: 600_000 });
	if (execution.status !== 'success') throw new Error(JSON.stringify(execution.error));
	return n8n.memory().peak - idle;
}

export function hubEeReport({ rows, bigFilePeak }: HubEeFigures): string {
	const seconds = (how: string) => rows.find((row) => row.how.startsWith(how))?.seconds ?? NaN;
	const [limit, ours, hand] = [seconds('bare'), seconds('HubEE'), seconds('HTTP')];
	const head = `${'HubEE'.padEnd(38)}seconds  connections  token requests  calls  most at once`;
	const lines = rows.map(
		(row) =>
			`  ${row.how.padEnd(36)}${row.seconds.toFixed(2).padStart(7)}${String(row.connections).padStart(13)}${String(row.tokenRequests).padStart(16)}${String(row.calls).padStart(7)}${String(row.greatestConcurrency).padStart(14)}`,
	);
	return [
		`${CASES} télédossiers with ${FILES} files of ${FILE_BYTES / 1000} kB, TLS, ${LATENCY_MS} ms before each answer, ${PARALLEL} calls at once`,
		head,
		...lines,
		`  against the hand-built workflow: ${(hand / ours).toFixed(2)} times as fast (aim: 3)`,
		`  against the limit: ${(ours / limit).toFixed(2)} times its time (aim: 1.3)`,
		`  one file of 1 GB: ${Math.round(bigFilePeak / 1e6)} MB above idle at the peak (aim: 80 MB)`,
	].join('\n');
}
