import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';

import { HubEeAdminClient, startHubEeSandbox } from '../../sandbox/hubee';
import { TestAuthority } from '../../sandbox/mock-server';

/**
 * The HubEE sandbox in a process of its own, so that its work is not measured as somebody else's.
 */
export interface SandboxProcess {
	url: string;
	tokenUrl: string;
	/** PEM. */
	ca: string;
	clientId: string;
	clientSecret: string;
	admin: HubEeAdminClient;
	end(): Promise<void>;
}

type Announcement = Omit<SandboxProcess, 'admin' | 'end'> & { adminUrl: string };

/** Starts it with TLS and the given latency before each answer (milliseconds). */
export async function startSandboxProcess(latency: number): Promise<SandboxProcess> {
	const tsx = join(__dirname, '../../node_modules/.bin/tsx');
	const child = spawn(tsx, [__filename, String(latency)], { stdio: ['pipe', 'pipe', 'inherit'] });
	const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
	const { adminUrl, ...rest } = JSON.parse(line) as Announcement;
	return {
		...rest,
		admin: new HubEeAdminClient(adminUrl),
		end: async () => {
			child.stdin.end();
			await once(child, 'exit');
		},
	};
}

async function main(): Promise<void> {
	const authority = await TestAuthority.create();
	const sandbox = await startHubEeSandbox({ tls: authority, latency: Number(process.argv[2]) });
	const { clientId, clientSecret } = sandbox.credential('si-paris');
	const { url, tokenUrl, adminUrl } = sandbox;
	console.log(
		JSON.stringify({ url, tokenUrl, adminUrl, ca: authority.certificate, clientId, clientSecret }),
	);
	// It ends with the process that started it, whatever became of that.
	process.stdin.resume().once('end', () => void sandbox.close().then(() => process.exit(0)));
}

if (resolve(process.argv[1] ?? '') === __filename) void main();
