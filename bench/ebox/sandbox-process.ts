import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { CLIENT_ID, EBoxSandbox, type ProviderName } from '../../sandbox/ebox';
import { MockServerAdminClient } from '../../sandbox/mock-server';

/** The providers that are listed: two origins beside the official one. */
export const PROVIDERS: ProviderName[] = ['nsso', 'documents', 'regional'];

/**
 * The e-Box sandbox in a process of its own, so that its work is not measured as somebody else's.
 */
export interface SandboxProcess {
	servicesUrl: string;
	tokenUrl: string;
	trustedHosts: string[];
	/** PEM. */
	ca: string;
	privateKey: string;
	clientId: string;
	admins: Record<string, MockServerAdminClient>;
	end(): Promise<void>;
}

type Announcement = Omit<SandboxProcess, 'admins' | 'end'> & { adminUrls: Record<string, string> };

/**
 * Starts it with TLS, `messages` in each box by provider, and the given latency before each answer
 * (milliseconds).
 */
export async function startSandboxProcess(
	latency: number,
	messages: Record<string, number>,
): Promise<SandboxProcess> {
	const tsx = join(__dirname, '../../node_modules/.bin/tsx');
	const settings = JSON.stringify({ latency, messages });
	const child = spawn(tsx, [__filename, settings], { stdio: ['pipe', 'pipe', 'inherit'] });
	const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
	const { adminUrls, ...rest } = JSON.parse(line) as Announcement;
	return {
		...rest,
		admins: Object.fromEntries(
			Object.entries(adminUrls).map(([name, url]) => [name, new MockServerAdminClient(url)]),
		),
		end: async () => {
			child.stdin.end();
			await once(child, 'exit');
		},
	};
}

async function main(): Promise<void> {
	const { latency, messages } = JSON.parse(process.argv[2] ?? '{}') as {
		latency: number;
		messages: Record<ProviderName, number>;
	};
	const sandbox = await EBoxSandbox.start({ tls: true, latency, slowness: latency });
	for (const name of PROVIDERS) {
		sandbox.mockServers[name].latency = latency;
		sandbox.boxes[name].clear();
		const now = Date.now();
		const mail = Array.from({ length: messages[name] }, (_, index) => ({
			messageId: `${name}-${index}`,
			receivedAt: now - index * 60_000,
		}));
		sandbox.deliver(name, ...mail);
	}
	const announcement: Announcement = {
		servicesUrl: `${sandbox.url}/REST`,
		tokenUrl: sandbox.tokenUrl,
		trustedHosts: sandbox.trustedHosts,
		ca: sandbox.ca ?? '',
		privateKey: sandbox.privateKey,
		clientId: CLIENT_ID,
		adminUrls: Object.fromEntries(
			PROVIDERS.map((name) => [name, sandbox.mockServers[name].adminUrl]),
		),
	};
	// What libraries print at their start must not stand before the announcement.
	console.log(JSON.stringify(announcement));
	process.stdin.resume().once('end', () => void sandbox.close().then(() => process.exit(0)));
}

if (resolve(process.argv[1] ?? '') === __filename) void main();
