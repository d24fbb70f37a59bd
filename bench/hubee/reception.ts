import { type N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { receiveBare } from './bare-client';
import type { SandboxProcess } from './sandbox-process';
import { handBuiltWorkflow, ourWorkflow } from './workflows';

export const CASES = 200;
export const FILES = 3;
export const FILE_BYTES = 50_000;
/** Calls under way at once. */
export const PARALLEL = 4;
export const ROUNDS = 3;

/** How far away the service is. Milliseconds. */
export interface Distance {
	/** Before each answer. */
	answer: number;
	/** Before the first answer on each connection, besides: the round trips of TCP and TLS. */
	connection: number;
}

const WAYS = ['bare keep-alive client', 'HubEE node', 'HTTP Request nodes'] as const;
export type Way = (typeof WAYS)[number];

/** One way's results over all rounds. */
export interface ReceptionRow {
	way: Way;
	/** Wall time of the execution, least of the rounds. */
	seconds: number;
	/**
	 * Processor time of n8n's main process (of the client itself for the bare one), least of the
	 * rounds.
	 */
	processor: number;
	/** The rest is of the first round. */
	connections: number;
	calls: number;
	tokenRequests: number;
	/** Calls at once as the service counts them, the most of all rounds. */
	mostAtOnce: number;
}

export interface Scene {
	n8n: N8nInstance;
	sandbox: SandboxProcess;
	/** By credential type. */
	credentials: Record<string, string>;
	say: (text: string) => void;
}

/** 200 télédossiers received and acknowledged, each way in turn, three rounds. */
export async function measureReception(scene: Scene, distance: Distance): Promise<ReceptionRow[]> {
	const { sandbox } = scene;
	const seen = new Map<Way, ReceptionRow[]>(WAYS.map((way) => [way, []]));
	for (let round = 1; round <= ROUNDS; round++) {
		for (const way of WAYS) {
			scene.say(`${distance.connection} ms for a connection, round ${round}: ${way} …`);
			await sandbox.admin.reset();
			await sandbox.admin.setLatency(distance.answer, distance.connection);
			await sandbox.admin.depositMany({ cases: CASES, files: FILES, size: FILE_BYTES });
			await sandbox.admin.clearCalls();
			const times = await go(scene, way, distance);
			const left = (await sandbox.admin.notifications()).length;
			if (left > 0) throw new Error(`${way} left ${left} notifications`);
			const { connections, calls, tokenRequests, greatestConcurrency } =
				await sandbox.admin.counters();
			const counts = { connections, calls, tokenRequests, mostAtOnce: greatestConcurrency };
			seen.get(way)?.push({ way, ...times, ...counts });
		}
	}
	return [...seen.values()].flatMap(([first, ...others]) =>
		first ? [bestOf([first, ...others])] : [],
	);
}

function bestOf(rounds: [ReceptionRow, ...ReceptionRow[]]): ReceptionRow {
	return {
		...rounds[0],
		seconds: Math.min(...rounds.map(({ seconds }) => seconds)),
		processor: Math.min(...rounds.map(({ processor }) => processor)),
		mostAtOnce: Math.max(...rounds.map(({ mostAtOnce }) => mostAtOnce)),
	};
}

type Times = Pick<ReceptionRow, 'seconds' | 'processor'>;

async function go(scene: Scene, way: Way, distance: Distance): Promise<Times> {
	if (way === 'bare keep-alive client') return await bare(scene);
	if (way === 'HubEE node') return await inN8n(scene, ourWorkflow(CASES, PARALLEL));
	// The HTTP Request node begins so many calls, waits so long, and begins the next: about one
	// answer's time keeps as many under way.
	const pause = distance.answer + distance.connection + 10;
	return await inN8n(scene, handBuiltWorkflow(scene.sandbox.url, CASES, PARALLEL, pause));
}

async function bare({ sandbox }: Scene): Promise<Times> {
	const began = performance.now();
	const processorBefore = process.cpuUsage();
	await receiveBare(sandbox, CASES, PARALLEL);
	const { user, system } = process.cpuUsage(processorBefore);
	return { seconds: (performance.now() - began) / 1000, processor: (user + system) / 1e6 };
}

/** Runs a workflow; its wall time is the execution's own, as n8n notes it. */
export async function inN8n({ n8n, credentials }: Scene, workflow: WorkflowJson): Promise<Times> {
	const id = await n8n.importWorkflow(workflow, { credentials });
	const before = n8n.processorSeconds();
	// Polled seldom: each look at an execution costs n8n time that would be measured.
	const execution = await n8n.run(id, { timeoutMs: 600_000, lookEveryMs: 1000 });
	const processor = n8n.processorSeconds() - before;
	if (execution.status !== 'success')
		throw new Error(`${workflow.name}: ${JSON.stringify(execution.error)}`);
	const { startedAt, stoppedAt = '' } = execution;
	const seconds = (Date.parse(stoppedAt) - Date.parse(startedAt)) / 1000;
	return { seconds, processor };
}
