import { itemsOf, N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { listBare } from './bare-client';
import { PROVIDERS, type SandboxProcess, startSandboxProcess } from './sandbox-process';

const MESSAGES = { nsso: 2000, documents: 1500, regional: 1500 };
const TOTAL = 5000;
const LATENCY_MS = 20;
const PARALLEL = 4;

export interface ListingRow {
	how: string;
	/** Wall time; in n8n that of the node. */
	seconds: number;
	connections: number;
	tokenRequests: number;
	/** Calls for reference data, over all providers. */
	referenceCalls: number;
	calls: number;
}

/**
 * 5,000 messages over three Document Providers, with the names of senders and types, listed in one
 * run.
 */
export async function measureEBox(say: (text: string) => void): Promise<ListingRow[]> {
	const sandbox = await startSandboxProcess(LATENCY_MS, MESSAGES);
	const n8n = await N8nInstance.start({ tarball: await packedTarball() });
	try {
		const rows: ListingRow[] = [];
		const measure = async (how: string, run: () => Promise<number>) => {
			say(`${how} …`);
			for (const admin of Object.values(sandbox.admins)) await admin.clearCalls();
			rows.push({ how, seconds: await run(), ...(await countedCalls(sandbox)) });
		};
		const bare = async () => {
			const began = performance.now();
			assertAll('the bare client', await listBare(sandbox, PARALLEL));
			return (performance.now() - began) / 1000;
		};
		// A warm-up that is not counted: the sandbox's first calls are slower.
		await bare();
		await measure('bare keep-alive client (the limit)', bare);
		const ours = await workflow(n8n, sandbox);
		await measure('e-Box Enterprise: Get Many', ours);
		await measure('the same once more (token and names kept)', ours);
		return rows;
	} finally {
		await n8n.end();
		await sandbox.end();
	}
}

async function workflow(n8n: N8nInstance, sandbox: SandboxProcess): Promise<() => Promise<number>> {
	const { servicesUrl, tokenUrl, clientId, privateKey, ca, trustedHosts } = sandbox;
	const type = 'socialSecurityCertificateOAuth2Api';
	const credential = await n8n.createCredential('e-Box', type, {
		environment: 'custom',
		servicesUrl,
		tokenUrl,
		clientId,
		privateKey,
		extraCa: ca,
	});
	const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} };
	const list = {
		name: 'List',
		type: 'n8n-nodes-guichet.eBoxEnterprise',
		parameters: {
			resource: 'message',
			operation: 'getAll',
			returnAll: true,
			apiProfile: { trustedHosts: trustedHosts.join(','), parallelCalls: PARALLEL },
		},
	};
	const next = { node: 'List', type: 'main' as const, index: 0 };
	const id = await n8n.importWorkflow(
		{ name: 'List', nodes: [start, list], connections: { Start: { main: [[next]] } } },
		{ credentials: { [type]: credential } },
	);
	return async () => {
		const execution = await n8n.run(id, { timeoutMs: 300_000 });
		assertAll('the node', itemsOf(execution, 'List').length);
		return (execution.runData.List?.[0]?.executionTime ?? 0) / 1000;
	};
}

function assertAll(who: string, count: number): void {
	if (count !== TOTAL) throw new Error(`${who} listed ${count} messages, not ${TOTAL}`);
}

async function countedCalls({
	admins,
}: SandboxProcess): Promise<Omit<ListingRow, 'how' | 'seconds'>> {
	const all = await Promise.all(Object.values(admins).map(async (admin) => await admin.counters()));
	const sum = (of: (counters: (typeof all)[number]) => number) =>
		all.reduce((total, counters) => total + of(counters), 0);
	return {
		connections: sum(({ connections }) => connections),
		tokenRequests: sum(({ tokenRequests }) => tokenRequests),
		calls: sum(({ calls }) => calls),
		referenceCalls: sum(({ byOperation }) =>
			Object.entries(byOperation)
				.filter(([name]) => /^(getAllMessagesTypes|findAllSender)/.test(name))
				.reduce((total, [, count]) => total + count, 0),
		),
	};
}

export function eBoxReport(rows: ListingRow[]): string {
	const [limit] = rows;
	if (!limit) throw new Error('Nothing was measured');
	const lines = rows.map((row) =>
		[
			row.how.padEnd(44),
			`${row.seconds.toFixed(2)} s`.padStart(8),
			`${(row.seconds / limit.seconds).toFixed(2)} x`.padStart(8),
			String(row.calls).padStart(6),
			String(row.connections).padStart(12),
			String(row.tokenRequests).padStart(7),
			String(row.referenceCalls).padStart(10),
		].join(' '),
	);
	return [
		`e-Box: ${TOTAL} messages over ${PROVIDERS.length} providers, ${LATENCY_MS} ms latency, TLS`,
		`${''.padEnd(44)}     time  x limit  calls  connections  tokens  reference`,
		...lines,
	].join('\n');
}
