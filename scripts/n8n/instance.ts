/**
 * A real n8n with our packed tarball installed, for end-to-end tests, the demo and the benchmark.
 *
 * @example
 * import { itemsOf, N8nInstance } from '../../scripts/n8n/instance';
 * import { packedTarball } from '../../scripts/n8n/pack';
 * import template from '../../workflows/reply.json';
 *
 * let n8n: N8nInstance;
 * beforeAll(async () => (n8n = await N8nInstance.start({ tarball: await packedTarball() })));
 * afterAll(async () => await n8n?.end());
 *
 * it('replies to the sender', async () => {
 * 	const secrets = { clientId, clientSecret };
 * 	const credential = await n8n.createCredential('HubEE', 'hubEeOAuth2Api', secrets);
 * 	const id = await n8n.importWorkflow(template, { credentials: { hubEeOAuth2Api: credential } });
 * 	const execution = await n8n.run(id, { startNode: 'When clicking' });
 * 	expect(execution.status).toBe('success');
 * 	expect(itemsOf(execution, 'Reply')[0].json).toMatchObject({ sent: true });
 * });
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ICredentialType, INodeTypeDescription } from 'n8n-workflow';
import { installCommunityPackage } from './community-package';
import { provideDatabase } from './database';
import {
	listExecutions,
	readExecution,
	waitForExecution,
	waitUntilIdle,
	type Execution,
	type ExecutionFilter,
	type ExecutionSummary,
} from './executions';
import { installN8n, type N8nInstallation } from './install';
import { freePort, spawnN8n } from './process';
import type { Program } from './program';
import { publish, unpublish } from './publication';
import { answers, isReady } from './readiness';
import { RestSession } from './rest';
import { instanceEnvironment, instanceFolders } from './settings';
import { templateLanguage } from './template-language';
import { callWebhook, type WebhookAnswer, type WebhookCall } from './webhook';
import { preparedWorkflow, type ImportOptions, type WorkflowJson } from './workflows';

export { errorOf, itemsOf } from './executions';
export type { Execution, ExecutionSummary } from './executions';
export type { ImportOptions, WorkflowJson } from './workflows';
export { OWNER } from './settings';

export interface StartOptions {
	/** The packed package to install. Without it n8n starts with its own nodes only. */
	tarball?: string;
	/** Added to (and stronger than) the defaults of `settings.ts`. */
	env?: Record<string, string>;
	/** Default: a free one. */
	port?: number;
	/** Default: a new folder, removed at the end. A given one is kept, with its database. */
	userFolder?: string;
	/** The n8n command: `start`, or `worker` / `webhook` with the environment of queue mode. */
	command?: string[];
	/** Default 120 s. */
	timeoutMs?: number;
}

export class N8nInstance {
	readonly rest: RestSession;
	private process?: Program;
	private earlierLogs = '';
	private nodeTypeList?: INodeTypeDescription[];
	/** The one header that webhooks with Header Auth ask of their callers here. */
	private readonly callerHeader = { name: 'x-caller-key', value: randomUUID() };
	private callerCredential?: Promise<string>;

	private constructor(
		readonly userFolder: string,
		/** `http://127.0.0.1:<port>`: the editor, the REST interface and the webhooks. */
		readonly baseUrl: string,
		private readonly port: number,
		private readonly n8n: N8nInstallation,
		private readonly env: Record<string, string>,
		private readonly options: StartOptions,
	) {
		this.rest = new RestSession(baseUrl);
	}

	/**
	 * Installs n8n if need be, makes the instance's folder, starts it and waits until it can be used.
	 */
	static async start(options: StartOptions = {}): Promise<N8nInstance> {
		const n8n = await installN8n();
		const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), 'guichet-n8n-'));
		mkdirSync(instanceFolders(userFolder).files, { recursive: true });
		const port = options.port ?? (await freePort());
		const env: Record<string, string> = {
			...instanceEnvironment({
				n8n: n8n.folder,
				userFolder,
				port,
				brokerPort: await freePort(),
			}),
			...options.env,
			...(options.userFolder ? {} : { GUICHET_REMOVE_AT_END: userFolder }),
		};
		const baseUrl = `http://127.0.0.1:${port}`;
		const instance = new N8nInstance(userFolder, baseUrl, port, n8n, env, options);
		try {
			if (!env.DB_TYPE || env.DB_TYPE === 'sqlite') await provideDatabase(n8n, userFolder);
			if (options.tarball) await installCommunityPackage(userFolder, options.tarball);
			await instance.launch();
			return instance;
		} catch (error) {
			await instance.end();
			throw error;
		}
	}

	private async launch(): Promise<void> {
		const { command = ['start'], timeoutMs = 120_000 } = this.options;
		this.earlierLogs = this.log;
		const server = spawnN8n(this.n8n, command, { cwd: this.userFolder, env: this.env });
		this.process = server;
		const ready =
			command[0] === 'start'
				? () => isReady(this.port, server.log)
				: // A worker answers on its own health port, when the environment switches that on.
					() => answers(Number(this.env.QUEUE_HEALTH_CHECK_PORT ?? this.port), '/healthz');
		await server.until(ready, timeoutMs);
	}

	/** Ends it as a power cut would (SIGKILL). Its folder stays; `restart()` brings it back. */
	async kill(): Promise<void> {
		await this.process?.kill();
	}

	/** Ends it in good order (SIGTERM). Its folder stays; `restart()` brings it back. */
	async stop(): Promise<void> {
		await this.process?.stop();
	}

	/**
	 * Starts it again with the same folder, address and environment; one that runs is stopped first.
	 */
	async restart(): Promise<void> {
		await this.stop();
		await this.launch();
	}

	/** Ends it and removes its folder, unless the caller had given one. */
	async end(): Promise<void> {
		await this.process?.kill();
		if (!this.options.userFolder) rmSync(this.userFolder, { recursive: true, force: true });
	}

	get running(): boolean {
		return this.process?.running ?? false;
	}

	/** Process id of n8n's main process. */
	get pid(): number {
		return this.mainProcess.pid;
	}

	private get mainProcess(): Program {
		if (!this.process) throw new Error('n8n has not been started');
		return this.process;
	}

	/** The one folder that workflows may read and write files in. */
	get filesFolder(): string {
		return instanceFolders(this.userFolder).files;
	}

	/** All that n8n has written to stdout and stderr since the first start. */
	get log(): string {
		return this.earlierLogs + (this.process?.log ?? '');
	}

	/** The lines of the log that hold any of these texts; for secrets, expect none. */
	logLinesWith(...texts: string[]): string[] {
		return this.log.split('\n').filter((line) => texts.some((text) => line.includes(text)));
	}

	/**
	 * Resident memory of n8n's main process in bytes, and its peak since the start or `resetPeak()`.
	 * Linux only.
	 */
	memory(): { rss: number; peak: number } {
		return this.mainProcess.memory();
	}

	/** Processor time of n8n's main process so far, in seconds. Linux only. */
	processorSeconds(): number {
		return this.mainProcess.processorSeconds();
	}

	/** Sockets that n8n's main process holds open. Linux only. */
	openSockets(): number {
		return this.mainProcess.openSockets();
	}

	resetPeak(): void {
		this.mainProcess.resetPeak();
	}

	/** The node types that n8n offers, with their full names (`n8n-nodes-guichet.hubEe`). */
	async nodeTypes(): Promise<INodeTypeDescription[]> {
		this.nodeTypeList ??= (await (
			await this.rest.raw('/types/nodes.json')
		).json()) as INodeTypeDescription[];
		return this.nodeTypeList;
	}

	async credentialTypes(): Promise<ICredentialType[]> {
		return (await (await this.rest.raw('/types/credentials.json')).json()) as ICredentialType[];
	}

	/** Saves a credential and returns its id. */
	async createCredential(name: string, type: string, data: object): Promise<string> {
		const { id } = await this.rest.post<{ id: string }>('/credentials', { name, type, data });
		return id;
	}

	/**
	 * The verdict of the editor's "Test" for a saved credential; `data` is tried in place of what is
	 * saved.
	 */
	async testCredential(credential: {
		id: string;
		type: string;
		data?: object;
	}): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const saved = await this.rest.get<{ name: string; data: object }>(
			`/credentials/${credential.id}?includeData=true`,
		);
		const { id, type, data = saved.data } = credential;
		return await this.rest.post('/credentials/test', {
			credentials: { id, type, name: saved.name, data },
		});
	}

	/**
	 * Imports a workflow, as a person would: with credentials chosen and parameters filled in. A
	 * webhook with Header Auth gets the credential whose header `callWebhook` sends. Returns its id.
	 */
	async importWorkflow(workflow: WorkflowJson, options: ImportOptions = {}): Promise<string> {
		const asksForHeader = workflow.nodes.some(
			({ parameters }) => parameters.authentication === 'headerAuth',
		);
		const credentials = {
			...(asksForHeader ? { httpHeaderAuth: await this.headerCredential() } : {}),
			...options.credentials,
		};
		const prepared = preparedWorkflow(workflow, await this.nodeTypes(), {
			...options,
			credentials,
		});
		const language = await templateLanguage();
		const { id } = await this.rest.post<{ id: string }>(
			'/workflows',
			language?.translated(prepared) ?? prepared,
		);
		return id;
	}

	/**
	 * Publishes a workflow and waits until its triggers run. @throws Error with n8n's reason when one
	 * cannot.
	 */
	async activate(workflowId: string): Promise<void> {
		await publish(this.rest, workflowId);
	}

	/** Takes a workflow's triggers out of service. */
	async deactivate(workflowId: string): Promise<void> {
		await unpublish(this.rest, workflowId);
	}

	/**
	 * Runs a workflow as the editor's button does and waits for its end, whatever it is.
	 * @param options.startNode the trigger to start from; default: the workflow's first.
	 * @param options.lookEveryMs how often n8n is asked whether it is over; each time costs n8n work,
	 *   which a measurement may not want.
	 */
	async run(
		workflowId: string,
		options: { startNode?: string; timeoutMs?: number; lookEveryMs?: number } = {},
	): Promise<Execution> {
		const name = options.startNode
			? await this.startNode(workflowId, options.startNode)
			: await this.firstTrigger(workflowId);
		const answer = await this.rest.post<{ executionId?: string }>(`/workflows/${workflowId}/run`, {
			triggerToStartFrom: { name },
		});
		if (!answer.executionId)
			throw new Error(`${name} waits for a call from outside: activate the workflow and call it`);
		const { timeoutMs, lookEveryMs } = options;
		return await waitForExecution(this.rest, answer.executionId, timeoutMs, lookEveryMs);
	}

	/** The name in the workflow of a node that is given by its English name. */
	private async startNode(workflowId: string, name: string): Promise<string> {
		const language = await templateLanguage();
		if (!language) return name;
		const { nodes } = await this.rest.get<WorkflowJson>(`/workflows/${workflowId}`);
		const isThere = nodes.some((node) => node.name === name);
		return isThere ? name : (language.names.get(name) ?? name);
	}

	private async firstTrigger(workflowId: string): Promise<string> {
		const { nodes } = await this.rest.get<WorkflowJson>(`/workflows/${workflowId}`);
		const types = await this.nodeTypes();
		const triggers = types.filter(({ group }) => group.includes('trigger')).map(({ name }) => name);
		const found = nodes.find((node) => triggers.includes(node.type));
		if (!found) throw new Error(`Workflow ${workflowId} has no trigger to start from`);
		return found.name;
	}

	/** Executions that match, oldest first, without their data. */
	async executions(filter: ExecutionFilter = {}): Promise<ExecutionSummary[]> {
		return await listExecutions(this.rest, filter);
	}

	/** One execution with the runs of its nodes. */
	async execution(id: string): Promise<Execution> {
		return await readExecution(this.rest, id);
	}

	/**
	 * Waits until an execution is over: by id, or the first that matches the filter and satisfies
	 * `accept`.
	 */
	async waitForExecution(
		wanted: Parameters<typeof waitForExecution>[1],
		timeoutMs?: number,
	): Promise<Execution> {
		return await waitForExecution(this.rest, wanted, timeoutMs);
	}

	/**
	 * Waits until no execution is under way: a webhook is answered before its workflow is over, and
	 * what the rest of it does would be seen by the next test.
	 */
	async idle(timeoutMs = 120_000): Promise<void> {
		await waitUntilIdle(this.rest, timeoutMs);
	}

	private async headerCredential(): Promise<string> {
		this.callerCredential ??= this.createCredential('Callers', 'httpHeaderAuth', this.callerHeader);
		return await this.callerCredential;
	}

	/**
	 * Calls the production webhook of an active workflow; its path is the Webhook node's. The header
	 * of known callers is sent, unless the call has it otherwise.
	 */
	async callWebhook(path: string, call: WebhookCall = {}): Promise<WebhookAnswer> {
		const { name, value } = this.callerHeader;
		return await callWebhook(`${this.baseUrl}/webhook/${path}`, {
			...call,
			headers: { [name]: value, ...call.headers },
		});
	}

	/**
	 * The bytes of a binary property, by the `id` that an item's binary data carries
	 * (`filesystem-v2:…`).
	 */
	async binary(id: string): Promise<Buffer> {
		return Buffer.from(await (await this.binaryResponse(id)).arrayBuffer());
	}

	/** The same as a stream, with its headers, for files that are too big to hold. */
	async binaryResponse(id: string): Promise<Response> {
		const query = new URLSearchParams({ id, action: 'download' });
		return await this.rest.raw(`/rest/binary-data?${query}`);
	}

	/** Where the package is installed in this instance, if it is. */
	packageFolder(name: string): string | undefined {
		const folder = join(instanceFolders(this.userFolder).packages, 'node_modules', name);
		return existsSync(folder) ? folder : undefined;
	}
}
