import { chownSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Program } from '../program';
import { run } from '../run';
import { spawnServer } from './server';

/** PostgreSQL refuses to run as root; its Debian package makes this user. */
const USER = 'postgres';

/** PostgreSQL on loopback with one database, without a password: nobody else reaches it. */
export class PostgresServer {
	/** The superuser's name, and that of the database. */
	readonly user = USER;
	private program?: Program;
	private readonly data: string;

	constructor(
		private readonly programs: string,
		private readonly folder: string,
		readonly port: number,
	) {
		this.data = join(folder, 'data');
	}

	/** Makes the files of a new server. */
	async initialize(): Promise<void> {
		mkdirSync(this.folder, { recursive: true });
		const as = await this.unprivileged();
		const initdb = [join(this.programs, 'initdb'), '-D', this.data, '-U', USER, '-A', 'trust'];
		const [command, ...args] = [...as, ...initdb, '-E', 'UTF8', '--locale=C', '--no-sync'];
		await run(command, args, { cwd: this.folder });
	}

	/** The words to put before a command so that it is not root who runs it. */
	private async unprivileged(): Promise<string[]> {
		if (!isRoot()) return [];
		const idOf = async (kind: string) => Number(await run('id', [kind, USER], { cwd: '/' }));
		const [uid, gid] = await Promise.all([idOf('-u'), idOf('-g')]);
		chownSync(this.folder, uid, gid);
		return ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--init-groups'];
	}

	async start(): Promise<void> {
		const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' };
		const child = spawnServer(
			join(this.programs, 'postgres'),
			[
				'-D',
				this.data,
				'-p',
				String(this.port),
				...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
			],
			{ cwd: this.folder, endSignal: 'QUIT', user: isRoot() ? USER : undefined },
		);
		// SIGINT ends it without waiting for its clients to leave.
		this.program = new Program('PostgreSQL', child, 'SIGINT');
		const { program } = this;
		await program.until(async () => {
			const isOpen = program.log.includes('ready to accept connections');
			return isOpen && (await isListening(this.port));
		}, 30_000);
	}

	async stop(): Promise<void> {
		await this.program?.stop();
	}

	async kill(): Promise<void> {
		await this.program?.kill();
	}
}

const isRoot = () => process.getuid?.() === 0;

async function isListening(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		return await new Promise((done) => {
			socket.once('connect', () => done(true)).once('error', () => done(false));
		});
	} finally {
		socket.destroy();
	}
}
