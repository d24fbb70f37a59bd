import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'flatted';
import type { ITaskData, INodeExecutionData, IWorkflowBase } from 'n8n-workflow';
import type { RestSession } from './rest';
import { templateLanguage } from './template-language';

export type ExecutionStatus =
	'new' | 'running' | 'success' | 'error' | 'crashed' | 'canceled' | 'waiting' | 'unknown';

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	/** `manual`, `trigger`, `webhook`, `error` … */
	mode: string;
	startedAt: string;
	stoppedAt?: string;
}

/** What n8n says when a node or a workflow failed; services' own texts are in `description`. */
export interface ExecutionError {
	name?: string;
	message: string;
	description?: string | null;
	node?: { name: string };
	[key: string]: unknown;
}

export interface Execution extends ExecutionSummary {
	workflowData: IWorkflowBase;
	/** Runs by node name, as in `$('Node').all()`; a node that did not run is missing. */
	runData: Record<string, ITaskData[]>;
	lastNodeExecuted?: string;
	error?: ExecutionError;
	/** The stored execution as text, for searching it for what must not be in it. */
	text: string;
}

export interface ExecutionFilter {
	workflowId?: string;
	status?: ExecutionStatus | ExecutionStatus[];
	/** Only executions with a greater id: those begun after one that is known. */
	after?: string;
}

const FINAL: ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];
const UNDER_WAY: ExecutionStatus[] = ['new', 'running', 'waiting'];
/** The most that n8n gives at once. */
const PAGE = '100';

interface ExecutionPage {
	results: ExecutionSummary[];
	nextCursor: string | null;
}

/** All executions that match, oldest first. */
export async function listExecutions(
	rest: RestSession,
	{ workflowId, status, after }: ExecutionFilter,
): Promise<ExecutionSummary[]> {
	const filter = JSON.stringify({
		...(workflowId ? { workflowId } : {}),
		...(status ? { status: [status].flat() } : {}),
	});
	const found: ExecutionSummary[] = [];
	let cursor: string | null = null;
	do {
		const query = new URLSearchParams({ filter, limit: PAGE, ...(cursor && { cursor }) });
		const page: ExecutionPage = await rest.get(`/executions?${query}`);
		found.push(...page.results);
		cursor = page.nextCursor;
	} while (cursor);
	return found
		.filter(({ id }) => Number(id) > Number(after ?? 0))
		.sort((a, b) => Number(a.id) - Number(b.id));
}

interface StoredExecution extends ExecutionSummary {
	workflowData: IWorkflowBase;
	data: string;
}

interface StoredData {
	resultData?: {
		runData?: Record<string, ITaskData[]>;
		lastNodeExecuted?: string;
		error?: ExecutionError;
	};
}

/** One execution with its data. */
export async function readExecution(rest: RestSession, id: string): Promise<Execution> {
	const { data, ...about } = await rest.get<StoredExecution>(`/executions/${id}`);
	// An execution that has only just begun has no data yet.
	const { resultData = {} } = (parse(data || '[{}]') ?? {}) as StoredData;
	const { runData = {}, lastNodeExecuted, error } = resultData;
	const language = await templateLanguage();
	return {
		...about,
		runData: language
			? Object.fromEntries(
					Object.entries(runData).map(([name, runs]) => [language.english.get(name) ?? name, runs]),
				)
			: runData,
		lastNodeExecuted,
		error,
		text: data,
	};
}

/**
 * Waits until an execution is over: the one with that id, or the first that matches and satisfies
 * `accept`.
 * @throws Error when none is over in time (default 60 s).
 */
export async function waitForExecution(
	rest: RestSession,
	wanted: string | (ExecutionFilter & { accept?: (execution: ExecutionSummary) => boolean }),
	timeoutMs = 60_000,
	lookEveryMs = 150,
): Promise<Execution> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const over = await findOver(rest, wanted);
		if (over) return await readExecution(rest, over.id);
		if (Date.now() > deadline)
			throw new Error(`No execution ${JSON.stringify(wanted)} was over in ${timeoutMs} ms`);
		await sleep(lookEveryMs);
	}
}

/**
 * Waits until no execution is under way, so that what one test began is not seen by the next.
 * @throws Error naming those that are, when they do not end in time.
 */
export async function waitUntilIdle(rest: RestSession, timeoutMs: number): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const underWay = await listExecutions(rest, { status: UNDER_WAY });
		if (underWay.length === 0) return;
		if (Date.now() > deadline)
			throw new Error(`After ${timeoutMs} ms, under way: ${JSON.stringify(underWay)}`);
		await sleep(100);
	}
}

async function findOver(
	rest: RestSession,
	wanted: Parameters<typeof waitForExecution>[1],
): Promise<ExecutionSummary | undefined> {
	if (typeof wanted === 'string') {
		const execution = await readExecution(rest, wanted);
		return FINAL.includes(execution.status) ? execution : undefined;
	}
	const { accept = () => true, ...filter } = wanted;
	const matching = await listExecutions(rest, { status: FINAL, ...filter });
	return matching.find(accept);
}

/** The items that a node gave out, of all its runs, on one output (the first by default). */
export function itemsOf(execution: Execution, node: string, output = 0): INodeExecutionData[] {
	const runs = execution.runData[node];
	if (!runs)
		throw new Error(`${node} did not run; these did: ${Object.keys(execution.runData).join(', ')}`);
	return runs.flatMap((run) => run.data?.main?.[output] ?? []);
}

/** The error with which a node ended, if it did. */
export function errorOf(execution: Execution, node: string): ExecutionError | undefined {
	const failed = execution.runData[node]?.find((run) => run.error);
	return failed?.error as ExecutionError | undefined;
}
