import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { N8nInstallation } from './install';

const GUARD = resolve(__dirname, 'end-with-parent.cjs');
const STOP_MS = 20_000;

/** A free port on loopback. Nobody holds it until it is used: the caller is quick. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** Whether nothing listens on this port of the loopback. */
export async function isPortFree(port: number): Promise<boolean> {
	const server = createServer().listen(port, '127.0.0.1');
	return await new Promise((resolve) => {
		server.once('error', () => resolve(false));
		server.once('listening', () => server.close(() => resolve(true)));
	});
}

/** One n8n process (`start`, `worker`, `webhook` …), its log, its memory, its end. */
export class N8nProcess {
	private output = '';
	private readonly ended: Promise<void>;

	private constructor(private readonly child: ChildProcess) {
		const append = (chunk: string) => (this.output += chunk);
		child.stdout?.setEncoding('utf8').on('data', append);
		child.stderr?.setEncoding('utf8').on('data', append);
		this.ended = new Promise((done) => child.once('close', () => done()));
	}

	static spawn(
		{ node, command }: Pick<N8nInstallation, 'node' | 'command'>,
		args: string[],
		options: { cwd: string; env: Record<string, string> },
	): N8nProcess {
		const child = spawn(node, [command, ...args], {
			cwd: options.cwd,
			env: {
				...options.env,
				NODE_OPTIONS: `--require "${GUARD}" ${options.env.NODE_OPTIONS ?? ''}`,
			},
			stdio: ['ignore', 'pipe', 'pipe'],
			// Its own group, so that its task runner can be ended with it.
			detached: true,
		});
		return new N8nProcess(child);
	}

	get pid(): number {
		if (this.child.pid === undefined) throw new Error('n8n could not be started');
		return this.child.pid;
	}

	get running(): boolean {
		return this.child.exitCode === null && this.child.signalCode === null;
	}

	/** Everything it has written so far, stdout and stderr. */
	get log(): string {
		return this.output;
	}

	/**
	 * Waits until `ready` says so.
	 * @throws Error with the end of the log when the process ends before, or the time is up.
	 */
	async until(ready: () => Promise<boolean>, timeoutMs: number): Promise<void> {
		const deadline = Date.now() + timeoutMs;
		while (!(await ready())) {
			if (!this.running) throw new Error(`n8n ended while starting:\n${this.logTail()}`);
			if (Date.now() > deadline) throw new Error(`n8n is not ready in time:\n${this.logTail()}`);
			await sleep(100);
		}
	}

	private logTail(): string {
		return this.output.split('\n').slice(-40).join('\n');
	}

	/** Ends it at once, as a power cut would (SIGKILL), with the processes it has started. */
	async kill(): Promise<void> {
		this.signal('SIGKILL');
		await this.ended;
	}

	/** Asks it to end and waits; after 20 seconds it is killed. */
	async stop(): Promise<void> {
		if (!this.running) return;
		this.child.kill('SIGTERM');
		const timer = setTimeout(() => this.signal('SIGKILL'), STOP_MS);
		await this.ended;
		clearTimeout(timer);
		this.signal('SIGKILL');
	}

	private signal(name: NodeJS.Signals): void {
		try {
			process.kill(-this.pid, name);
		} catch (error) {
			// The whole group has ended already.
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
		}
	}

	/** Resident memory of the main process in bytes: now, and the highest since the start or the last reset. Linux only. */
	memory(): { rss: number; peak: number } {
		const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
		const bytes = (name: string) =>
			Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
		return { rss: bytes('VmRSS'), peak: bytes('VmHWM') };
	}

	/** Makes the peak start again from now (proc(5), clear_refs). */
	resetPeak(): void {
		writeFileSync(`/proc/${this.pid}/clear_refs`, '5');
	}
}
