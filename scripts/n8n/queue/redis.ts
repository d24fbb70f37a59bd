import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { Program } from '../program';
import { spawnServer } from './server';

/**
 * Redis on loopback, with an append-only file, as an administrator sets it up who does not want to
 * lose queued work.
 */
export class RedisServer {
	private program?: Program;

	constructor(
		private readonly command: string,
		private readonly folder: string,
		readonly port: number,
	) {}

	async start(): Promise<void> {
		mkdirSync(this.folder, { recursive: true });
		const settings = {
			bind: '127.0.0.1',
			port: String(this.port),
			dir: this.folder,
			appendonly: 'yes',
			save: '',
		};
		const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
		const child = spawnServer(this.command, args, { cwd: this.folder, endSignal: 'TERM' });
		this.program = new Program('Redis', child);
		await this.program.until(async () => await this.answers(), 20_000);
	}

	/** Whether it has read its file and takes commands. */
	private async answers(): Promise<boolean> {
		return (await this.send('PING').catch(() => '')).startsWith('+PONG');
	}

	/** Sends one inline command and gives the first piece of the answer. */
	private async send(text: string): Promise<string> {
		const socket = connect(this.port, '127.0.0.1');
		try {
			return await new Promise((done, fail) => {
				socket.once('error', fail).once('data', (chunk) => done(chunk.toString()));
				socket.write(`${text}\r\n`);
			});
		} finally {
			socket.destroy();
		}
	}

	async stop(): Promise<void> {
		await this.program?.stop();
	}

	async kill(): Promise<void> {
		await this.program?.kill();
	}
}
