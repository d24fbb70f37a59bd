import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { N8nInstallation } from './install';
import { Program } from './program';

const GUARD = resolve(__dirname, 'end-with-parent.cjs');

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

/** Starts one n8n process (`start`, `worker`, `webhook` …). */
export function spawnN8n(
	{ node, command }: Pick<N8nInstallation, 'node' | 'command'>,
	args: string[],
	options: { cwd: string; env: Record<string, string> },
): Program {
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
	return new Program('n8n', child);
}
