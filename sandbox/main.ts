import { parseArgs } from 'node:util';

import { startAspOneSandbox } from './aspone';
import { startDimonaSandbox } from './dimona';
import { startEBoxSandbox } from './ebox';
import { startHubEeSandbox } from './hubee';
import { TestAuthority } from './mock-server';
import type { MockServerSettings } from './mock-server';

/** What `main` needs of a stand-in to show and to stop it. */
interface RunningSandbox {
	url: string;
	tokenUrl?: string;
	adminUrl: string;
	/** Rows of test credentials, printed as a table. */
	credentials: readonly object[];
	close(): Promise<void>;
}

/** Every stand-in there is, with the number its ports are counted from `--port`. */
const SANDBOXES: Record<string, (settings: MockServerSettings) => Promise<RunningSandbox>> = {
	HubEE: async (settings) => await startHubEeSandbox({ ...settings, withSuite: true }),
	Dimona: startDimonaSandbox,
	'e-Box Enterprise': startEBoxSandbox,
	'ASPOne WS Alert': startAspOneSandbox,
};

const USAGE = `npm run sandbox -- [--port 8100] [--tls] [--strict] [--latency 20]

Starts the stand-ins of all services on loopback, with things waiting in them, and runs until
Ctrl-C. The administration address of each shows a page: credentials to copy, and forms that drop
a télédossier, deliver a mail or let a call fail.

  --port     port of the first service; each service takes two: its own and the one of its
             administration. Free ports when absent.
  --tls      HTTPS with an authority made for this run; its certificate is printed.
  --strict   receives as strictly as any server might (see sandbox/README.md)
  --latency  milliseconds added before every answer
  --help     this text`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string' },
			tls: { type: 'boolean', default: false },
			strict: { type: 'boolean', default: false },
			latency: { type: 'string', default: '0' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const authority = values.tls ? await TestAuthority.create() : undefined;
	const running: RunningSandbox[] = [];
	for (const [index, [name, start]] of Object.entries(SANDBOXES).entries()) {
		const port = values.port === undefined ? 0 : Number(values.port) + 2 * index;
		const sandbox = await start({
			port,
			adminPort: port === 0 ? 0 : port + 1,
			tls: authority,
			latency: Number(values.latency),
			strict: values.strict,
			withThingsWaiting: true,
		});
		running.push(sandbox);
		show(name, sandbox);
	}
	if (authority) console.log(`\nAuthority to trust:\n${authority.certificate}`);
	console.log('Ctrl-C stops.');
	const stop = (): void => {
		void Promise.all(running.map(async (sandbox) => await sandbox.close()));
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

/** One line per credential: nested values would not show in a table. */
function flat(credential: object): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(credential).map(([name, value]) => [
			name,
			typeof value === 'object' && value !== null ? Object.values(value).join(' ') : value,
		]),
	);
}

function show(name: string, { url, tokenUrl, adminUrl, credentials }: RunningSandbox): void {
	console.log(`\n${name}`);
	console.log(
		`  Page            ${adminUrl}   (open it: credentials to copy, and what can be done)`,
	);
	console.log(`  API             ${url}`);
	if (tokenUrl !== undefined) console.log(`  Token URL       ${tokenUrl}`);
	console.log('  Test credentials:');
	console.table(credentials.map(flat));
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
