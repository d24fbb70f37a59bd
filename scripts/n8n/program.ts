import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that was started in a process group of its own: its log, its memory, its end. */
export class Program {
	private output = '';
	/** Settles when it has ended and its output is complete. */
	readonly ended: Promise<void>;

	/**
	 * @param name for messages.
	 * @param stopSignal asks it to end in good order.
	 */
	constructor(
		private readonly name: string,
		private readonly child: ChildProcess,
		private readonly stopSignal: NodeJS.Signals = 'SIGTERM',
	) {
		const append = (chunk: string) => (this.output += chunk);
		child.stdout?.setEncoding('utf8').on('data', append);
		child.stderr?.setEncoding('utf8').on('data', append);
		this.ended = new Promise((done) => child.once('close', () => done()));
	}

	get pid(): number {
		if (this.child.pid === undefined) throw new Error(`${this.name} could not be started`);
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
			if (!this.running) throw new Error(`${this.name} ended while starting:\n${this.logTail()}`);
			if (Date.now() > deadline)
				throw new Error(`${this.name} is not ready in time:\n${this.logTail()}`);
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

	/** Asks it to end and waits; after so long (20 seconds by default) it is killed. */
	async stop(patienceMs = 20_000): Promise<void> {
		if (!this.running) return;
		this.child.kill(this.stopSignal);
		const timer = setTimeout(() => this.signal('SIGKILL'), patienceMs);
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

	/**
	 * Resident memory of the main process in bytes: now, and the highest since the start or the last
	 * reset. Linux only.
	 */
	memory(): { rss: number; peak: number } {
		const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
		const bytes = (field: string) =>
			Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
		return { rss: bytes('VmRSS'), peak: bytes('VmHWM') };
	}

	/**
	 * Processor time (user and system) that the main process has used so far, all its threads, in
	 * seconds. Linux only.
	 */
	processorSeconds(): number {
		// The name of the program, in brackets, may hold spaces; after it come utime and stime as
		// fields 14 and 15, in ticks of 10 ms (proc(5)).
		const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
		return (Number(fields?.[11]) + Number(fields?.[12])) / 100;
	}

	/** Sockets that the main process holds open, listening ones too. Linux only. */
	openSockets(): number {
		const folder = `/proc/${this.pid}/fd`;
		return readdirSync(folder).filter((fd) => linkOf(`${folder}/${fd}`).startsWith('socket:'))
			.length;
	}

	/** Makes the peak start again from now (proc(5), clear_refs). */
	resetPeak(): void {
		writeFileSync(`/proc/${this.pid}/clear_refs`, '5');
	}
}

function linkOf(path: string): string {
	try {
		return readlinkSync(path);
	} catch {
		// Closed between our two looks.
		return '';
	}
}
