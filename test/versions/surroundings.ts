import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { installN8n } from '../../scripts/n8n/install';
import { freePort } from '../../scripts/n8n/process';
import { Program } from '../../scripts/n8n/program';
import { type TestProxy, testProxy } from '../unit/fakes/proxy';

/**
 * What some settings need around n8n. Their values are words in angle brackets, and become what
 * they name: `<a proxy>`, `<a file of authorities>`, `<a secret>`.
 */
export class Surroundings {
	private constructor(
		readonly env: Record<string, string>,
		readonly proxy: TestProxy | undefined,
		private readonly folder: string,
		private readonly runners: TaskRunners | undefined,
	) {}

	/** @param authorities the certificates, in PEM, that `NODE_EXTRA_CA_CERTS` is to name */
	static async of(
		settings: Record<string, string>,
		authorities: ReadonlyArray<string | undefined>,
	): Promise<Surroundings> {
		const folder = mkdtempSync(join(tmpdir(), 'guichet-surroundings-'));
		const file = join(folder, 'authorities.pem');
		writeFileSync(file, authorities.filter(Boolean).join('\n'));
		const wanted = Object.values(settings);
		const proxy = wanted.includes('<a proxy>') ? await testProxy() : undefined;
		const values: Record<string, string> = {
			'<a proxy>': proxy?.url ?? '',
			'<a file of authorities>': file,
			'<a secret>': 'guichet-local-runner-secret',
		};
		const env = Object.fromEntries(
			Object.entries(settings).map(([name, value]) => [name, values[value] ?? value]),
		);
		if (env.N8N_RUNNERS_MODE !== 'external') return new Surroundings(env, proxy, folder, undefined);
		const port = await freePort();
		const runners = new TaskRunners(port, env.N8N_RUNNERS_AUTH_TOKEN ?? '');
		const withPort = { ...env, N8N_RUNNERS_BROKER_PORT: String(port) };
		return new Surroundings(withPort, proxy, folder, runners);
	}

	/** Whether the credentials' own field is not needed to trust the sandboxes. */
	get isTrusted(): boolean {
		return 'NODE_EXTRA_CA_CERTS' in this.env;
	}

	async close(): Promise<void> {
		await this.runners?.close();
		await this.proxy?.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/**
 * The task runner as a process of its own, as n8n's launcher starts it: it asks n8n for a grant,
 * starts a runner with it, and does the same when that has ended.
 */
class TaskRunners {
	private isOpen = true;

	private running?: Program;

	private readonly ended: Promise<void>;

	constructor(
		private readonly brokerPort: number,
		private readonly secret: string,
	) {
		this.ended = this.keepOne();
	}

	async close(): Promise<void> {
		this.isOpen = false;
		await this.running?.kill();
		await this.ended;
	}

	private async keepOne(): Promise<void> {
		const { folder, node } = await installN8n();
		while (this.isOpen) {
			const grant = await this.grant().catch(() => undefined);
			if (grant === undefined) await sleep(100);
			else
				await this.start(join(folder, 'node_modules/@n8n/task-runner/dist/start.js'), node, grant);
		}
	}

	/** Fails while n8n is down. */
	private async grant(): Promise<string> {
		const answer = await fetch(`${this.broker}/runners/auth`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ token: this.secret }),
		});
		const { data } = (await answer.json()) as { data: { token: string } };
		return data.token;
	}

	private async start(script: string, node: string, grant: string): Promise<void> {
		if (!this.isOpen) return;
		const child = spawn(node, [script], {
			env: {
				PATH: process.env.PATH,
				N8N_RUNNERS_TASK_BROKER_URI: this.broker,
				N8N_RUNNERS_GRANT_TOKEN: grant,
			},
			stdio: ['ignore', 'pipe', 'pipe'],
			detached: true,
		});
		this.running = new Program('The task runner', child);
		await this.running.ended;
	}

	private get broker(): string {
		return `http://127.0.0.1:${this.brokerPort}`;
	}
}
