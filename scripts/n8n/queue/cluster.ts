/**
 * n8n in queue mode with our packed tarball, for tests and measurements: a main process, workers,
 * Redis, PostgreSQL, all on loopback, each n8n process with a user folder (a "machine") of its own;
 * they share what queue mode has them share: the database, the queue, the encryption key, the
 * binary data, one folder for files.
 *
 * @example
 * const cluster = await QueueCluster.start({ tarball: await packedTarball() });
 * const id = await cluster.main.importWorkflow(workflow, { credentials });
 * await cluster.workers[0].kill();
 * await cluster.end();
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { N8nInstance } from '../instance';
import { freePort } from '../process';
import { queueServers } from './debian';
import { PostgresServer } from './postgres';
import { RedisServer } from './redis';

export interface QueueOptions {
	/** The packed package, installed in every process. */
	tarball: string;
	/** Default 2. */
	workers?: number;
	/** Executions at once on each worker. Default 10, as n8n's. */
	concurrency?: number;
	/** Where binary data goes; n8n's default in queue mode is `database`. */
	binaryData?: 'database' | 'filesystem';
	/** Added to the environment of every n8n process. */
	env?: Record<string, string>;
}

export class QueueCluster {
	readonly workers: N8nInstance[] = [];
	private currentMain?: N8nInstance;

	private constructor(
		private readonly folder: string,
		readonly redis: RedisServer,
		readonly postgres: PostgresServer,
		private readonly options: QueueOptions,
	) {}

	static async start(options: QueueOptions): Promise<QueueCluster> {
		const servers = await queueServers();
		const folder = mkdtempSync(join(tmpdir(), 'guichet-queue-'));
		// PostgreSQL runs as another user and has to reach its own folder in there.
		chmodSync(folder, 0o711);
		const redis = new RedisServer(servers.redis, join(folder, 'redis'), await freePort());
		const postgres = new PostgresServer(
			servers.postgres,
			join(folder, 'postgres'),
			await freePort(),
		);
		const cluster = new QueueCluster(folder, redis, postgres, options);
		try {
			mkdirSync(cluster.filesFolder);
			await Promise.all([redis.start(), postgres.initialize().then(() => postgres.start())]);
			cluster.currentMain = await cluster.startMain();
			for (let count = 0; count < (options.workers ?? 2); count++) await cluster.addWorker();
			return cluster;
		} catch (error) {
			await cluster.end();
			throw error;
		}
	}

	/** The main process: editor, REST interface, webhooks, triggers. */
	get main(): N8nInstance {
		if (!this.currentMain) throw new Error('The main process has not been started');
		return this.currentMain;
	}

	/** The one folder that workflows may read and write files in, on whichever process they run. */
	get filesFolder(): string {
		return join(this.folder, 'files');
	}

	/** All n8n processes, the main one first. */
	get instances(): N8nInstance[] {
		return [this.main, ...this.workers];
	}

	async addWorker(): Promise<N8nInstance> {
		const port = await freePort();
		const worker = await N8nInstance.start({
			tarball: this.options.tarball,
			command: ['worker', `--concurrency=${this.options.concurrency ?? 10}`],
			port,
			env: {
				...this.environment,
				QUEUE_HEALTH_CHECK_ACTIVE: 'true',
				QUEUE_HEALTH_CHECK_PORT: String(port),
				N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			},
		});
		this.workers.push(worker);
		return worker;
	}

	/**
	 * Ends the main process, as a power cut would, and has another one, of another machine, take its
	 * place.
	 */
	async replaceMain(): Promise<void> {
		await this.main.end();
		this.currentMain = await this.startMain();
	}

	private async startMain(): Promise<N8nInstance> {
		return await N8nInstance.start({ tarball: this.options.tarball, env: this.environment });
	}

	private get environment(): Record<string, string> {
		return {
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(this.redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(this.postgres.port),
			DB_POSTGRESDB_USER: this.postgres.user,
			DB_POSTGRESDB_DATABASE: this.postgres.user,
			N8N_DEFAULT_BINARY_DATA_MODE: this.options.binaryData ?? 'database',
			N8N_STORAGE_PATH: join(this.folder, 'binary'),
			N8N_RESTRICT_FILE_ACCESS_TO: this.filesFolder,
			...this.options.env,
		};
	}

	/** All that the n8n processes have written. */
	get log(): string {
		return this.instances.map(({ log }) => log).join('\n');
	}

	/** Ends everything and removes it. */
	async end(): Promise<void> {
		await Promise.all([this.currentMain, ...this.workers].map(async (n8n) => await n8n?.end()));
		await Promise.all([this.redis.stop(), this.postgres.stop()]);
		rmSync(this.folder, { recursive: true, force: true });
	}
}
