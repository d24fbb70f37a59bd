import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withProgress } from '../progress';
import { run } from '../run';

const POSTGRES_VERSIONS = '/usr/lib/postgresql';

/** The programs of the two Debian packages. */
export interface QueueServers {
	redis: string;
	/** The folder of `initdb` and `postgres`. */
	postgres: string;
}

/**
 * Finds Redis and PostgreSQL, installing Debian's packages `redis-server` and `postgresql` when
 * they are missing and we may. What the packages set up by themselves is not used: every run has
 * folders and ports of its own.
 * @throws Error that names what to install when we may not.
 */
export async function queueServers(): Promise<QueueServers> {
	const missing = [
		...(redisProgram() ? [] : ['redis-server']),
		...(postgresFolder() ? [] : ['postgresql']),
	];
	if (missing.length > 0) await install(missing);
	const [redis, postgres] = [redisProgram(), postgresFolder()];
	if (redis && postgres) return { redis, postgres };
	throw new Error(`${missing.join(' and ')} did not bring the programs that are looked for`);
}

function redisProgram(): string | undefined {
	return ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((path) => existsSync(path));
}

/** That of the newest version. */
function postgresFolder(): string | undefined {
	if (!existsSync(POSTGRES_VERSIONS)) return undefined;
	return readdirSync(POSTGRES_VERSIONS)
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => join(POSTGRES_VERSIONS, version, 'bin'))
		.find((folder) => existsSync(join(folder, 'postgres')));
}

async function install(packages: string[]): Promise<void> {
	const names = packages.join(' ');
	if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
		throw new Error(`Queue mode needs Redis and PostgreSQL: apt-get install ${names}`);
	await withProgress(`Installing ${names} (once)`, async () => {
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		await run('apt-get', ['update', '-q'], { cwd: '/', env });
		const quiet = ['-q', '-y', '--no-install-recommends'];
		await run('apt-get', ['install', ...quiet, ...packages], { cwd: '/', env });
	});
}
