import {
	type Answer,
	type Call,
	json,
	MockServer,
	type MockServerSettings,
} from '../../../sandbox/mock-server';

/**
 * A service of a test's own making on loopback, with the log and the injected faults of the
 * sandbox.
 */
export interface TestService {
	mockServer: MockServer;
	url: string;
	/** How the next calls are answered; replaces what was there. */
	answer(handle: (call: Call) => Promise<Answer> | Answer): void;
	/** Calls that were treated, in order: what the service has recorded. */
	recorded: string[];
	close(): Promise<void>;
}

/** Starts a service that answers `{ "ok": true }` until it is told otherwise. */
export async function testService(settings: MockServerSettings = {}): Promise<TestService> {
	let handle: (call: Call) => Promise<Answer> | Answer = () => json(200, { ok: true });
	const recorded: string[] = [];
	const mockServer = await MockServer.start({
		name: 'Test',
		handle: async (call) => {
			call.recognisedAs('test');
			recorded.push(`${call.method} ${call.path}`);
			return await handle(call);
		},
		overview: () => [],
		reset: () => {
			recorded.length = 0;
		},
		settings,
	});
	return {
		mockServer,
		url: mockServer.url,
		recorded,
		answer: (next) => {
			handle = next;
		},
		close: async () => await mockServer.close(),
	};
}

/** A local port on which nothing listens any more. */
export async function closedPort(): Promise<number> {
	const { createServer } = await import('node:net');
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	return typeof address === 'object' && address ? address.port : 0;
}
