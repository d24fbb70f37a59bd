import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { Agent, request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';

import { empty, json, MockServer, MockServerAdminClient } from '../../../sandbox/mock-server';
import type { Answer, Call, MockServerSettings } from '../../../sandbox/mock-server';

/** A service that says what it was sent, and counts what it recorded. */
class Echo {
	recorded = 0;

	async handle(call: Call): Promise<Answer> {
		call.recognisedAs('echo');
		this.recorded += 1;
		if (call.path === '/throw') throw new Error('planned fault');
		if (call.path === '/nothing') return empty();
		if (call.path === '/file') {
			return {
				status: 200,
				body: {
					open: () => Readable.from([Buffer.alloc(100_000, 'a'), Buffer.alloc(100_000, 'b')]),
					length: 200_000,
					type: 'application/octet-stream',
				},
			};
		}
		return json(200, { body: await call.text(), path: call.path });
	}
}

async function startEcho(
	settings: MockServerSettings = {},
): Promise<{ mockServer: MockServer; echo: Echo }> {
	const echo = new Echo();
	const mockServer = await MockServer.start({
		name: 'Echo',
		handle: async (call) => await echo.handle(call),
		overview: () => [{ title: 'Recorded', rows: [{ recorded: echo.recorded }] }],
		reset: () => {
			echo.recorded = 0;
		},
		settings,
	});
	return { mockServer, echo };
}

describe('a stand-in', () => {
	let mockServer: MockServer;
	let echo: Echo;
	let admin: MockServerAdminClient;

	beforeEach(async () => {
		({ mockServer, echo } = await startEcho());
		admin = new MockServerAdminClient(mockServer.adminUrl);
	});
	afterEach(async () => await mockServer.close());

	const post = async (path: string, body = 'hello'): Promise<Response> =>
		await fetch(`${mockServer.url}${path}`, {
			method: 'POST',
			body,
			headers: { authorization: 'Bearer planted-secret', 'content-type': 'text/plain' },
		});

	it('logs a call without the value of its Authorization header', async () => {
		await post('/a?b=c');

		const [call] = await admin.calls();
		expect(call).toMatchObject({
			id: 1,
			method: 'POST',
			path: '/a',
			query: '?b=c',
			status: 200,
			operation: 'echo',
			connection: 1,
			authorization: 'Bearer',
			requestBytes: 5,
			requestSha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
		});
		expect(JSON.stringify(await admin.callsWithContent())).not.toContain('planted-secret');
		expect(mockServer.calls.detailed()[0]?.requestBody?.toString()).toBe('hello');
	});

	it('masks secrets in the bodies it keeps', async () => {
		await fetch(`${mockServer.url}/nothing`, {
			method: 'POST',
			body: new URLSearchParams({ client_assertion: 'planted-secret', scope: 'x' }),
		});
		const kept = (await admin.callsWithContent())[0]?.requestBody;
		expect(kept).toBe('client_assertion=***&scope=x');
		expect(JSON.stringify(await admin.callsWithContent())).not.toContain('planted-secret');
	});

	it('counts connections of callers that keep them alive', async () => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		for (let i = 0; i < 5; i += 1) {
			await new Promise<void>((resolve, reject) => {
				const request = httpRequest(`${mockServer.url}/x`, { agent }, (response) => {
					response.resume().on('end', resolve);
				});
				request.on('error', reject).end();
			});
		}
		agent.destroy();
		expect(await admin.counters()).toMatchObject({
			connections: 1,
			calls: 5,
			byOperation: { echo: 5 },
			byStatus: { '200': 5 },
		});
	});

	it('waits before each answer, and longer before the first one on a connection', async () => {
		await admin.setLatency(10, 50);
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		for (let i = 0; i < 2; i++)
			await new Promise((resolve, reject) => {
				const call = httpRequest(`${mockServer.url}/x`, { agent }, (response) =>
					response.resume().on('end', resolve),
				);
				call.on('error', reject).end();
			});
		agent.destroy();
		const [first, second] = await admin.calls();
		// A timer may be a millisecond early, never more.
		expect(first.milliseconds).toBeGreaterThanOrEqual(59);
		expect(second.milliseconds).toBeGreaterThanOrEqual(9);
	});

	it('answers a status with Retry-After in place of the next matching calls', async () => {
		await admin.failNext({
			method: 'POST',
			path: '^/a$',
			times: 2,
			skip: 1,
			how: { kind: 'status', status: 503, retryAfter: 7, body: 'busy', contentType: 'text/plain' },
		});

		expect((await post('/a')).status).toBe(200);
		expect((await post('/b')).status).toBe(200);
		const refused = await post('/a');
		expect(refused.status).toBe(503);
		expect(refused.headers.get('retry-after')).toBe('7');
		expect(await refused.text()).toBe('busy');
		expect(await admin.pendingFailures()).toMatchObject([{ times: 1, skip: 0 }]);
		expect((await post('/a')).status).toBe(503);
		expect((await post('/a')).status).toBe(200);
		expect(echo.recorded).toBe(3);
	});

	it('cuts the connection before the call is recorded', async () => {
		mockServer.failNext({ how: { kind: 'cutBefore' } });
		await expect(post('/a')).rejects.toThrow();
		expect(echo.recorded).toBe(0);
		expect((await admin.calls())[0]).toMatchObject({ status: null, injectedFault: 'cutBefore' });
	});

	it('cuts the connection after the call is recorded', async () => {
		mockServer.failNext({ how: { kind: 'cutAfter' } });
		await expect(post('/a')).rejects.toThrow();
		expect(echo.recorded).toBe(1);
	});

	it('redirects, or shows a web page, without treating the call', async () => {
		mockServer.failNext({ how: { kind: 'redirect', location: 'http://elsewhere.invalid/' } });
		mockServer.failNext({ how: { kind: 'html', status: 502 } });
		const redirected = await fetch(`${mockServer.url}/a`, { redirect: 'manual' });
		expect(redirected.status).toBe(302);
		expect(redirected.headers.get('location')).toBe('http://elsewhere.invalid/');
		const page = await fetch(`${mockServer.url}/a`);
		expect(page.status).toBe(502);
		expect(page.headers.get('content-type')).toContain('text/html');
		expect(echo.recorded).toBe(0);
	});

	it('spoils a download: cut in the middle, shorter, or changed', async () => {
		mockServer.failNext({ how: { kind: 'truncate' } });
		mockServer.failNext({ how: { kind: 'shorten', by: 10 } });
		mockServer.failNext({ how: { kind: 'corrupt' } });

		const cut = await fetch(`${mockServer.url}/file`);
		expect(cut.headers.get('content-length')).toBe('200000');
		await expect(cut.arrayBuffer()).rejects.toThrow();
		expect((await (await fetch(`${mockServer.url}/file`)).arrayBuffer()).byteLength).toBe(199_990);
		const changed = Buffer.from(await (await fetch(`${mockServer.url}/file`)).arrayBuffer());
		expect(changed).toHaveLength(200_000);
		expect(changed[0]).toBe('a'.charCodeAt(0) ^ 0xff);
		expect(changed[1]).toBe('a'.charCodeAt(0));
		const whole = Buffer.from(await (await fetch(`${mockServer.url}/file`)).arrayBuffer());
		expect(whole.subarray(99_999, 100_001).toString()).toBe('ab');
	});

	it('compresses JSON only for callers that accept it', async () => {
		const long = 'x'.repeat(5000);
		const zipped = await post('/a', long);
		expect(zipped.headers.get('content-encoding')).toBe('gzip');
		expect(await zipped.json()).toMatchObject({ body: long });
		const plain = await fetch(`${mockServer.url}/a`, {
			method: 'POST',
			body: long,
			headers: { 'accept-encoding': 'identity' },
		});
		expect(plain.headers.get('content-encoding')).toBeNull();
	});

	it('moves its clock on demand', async () => {
		await admin.setClock(new Date('2030-01-02T03:04:05Z'));
		await admin.advanceClock(60_000);
		expect((await admin.now()).toISOString()).toMatch(/^2030-01-02T03:05:0/);
	});

	it('keeps its own faults apart from the injected faults it was asked for', async () => {
		expect((await post('/throw')).status).toBe(500);
		expect(await admin.faults()).toEqual(['Error: planned fault']);
	});

	it('forgets everything on reset', async () => {
		await post('/a');
		await admin.failNext({ how: { kind: 'cutBefore' } });
		await admin.reset();
		expect(await admin.calls()).toEqual([]);
		expect(await admin.pendingFailures()).toEqual([]);
		expect(echo.recorded).toBe(0);
	});

	it('shows what it holds on its root page, escaped', async () => {
		await post('/<script>');
		const page = await (await fetch(`${mockServer.url}/`)).text();
		expect(page).toContain('Recorded (1)');
		expect(page).not.toContain('<script>');
	});

	it('refuses administration under a name that is not loopback, and unknown calls', async () => {
		const status = await new Promise<number | undefined>((resolve, reject) => {
			httpRequest(
				`${mockServer.adminUrl}/calls`,
				{ headers: { host: 'evil.example' } },
				(response) => {
					resolve(response.resume().statusCode);
				},
			)
				.on('error', reject)
				.end();
		});
		expect(status).toBe(403);
		expect((await fetch(`${mockServer.adminUrl}/unknown`)).status).toBe(404);
	});

	it('closes although a caller is still waiting for an answer', async () => {
		mockServer.failNext({ how: { kind: 'hang' } });
		mockServer.failNext({ how: { kind: 'delay', milliseconds: 600_000 } });
		const waiting = [post('/a'), post('/b')];
		const outcome = Promise.allSettled(waiting);
		while (mockServer.calls.list().length < 2) await new Promise(setImmediate);
		const { url } = mockServer;
		await mockServer.close();
		expect((await outcome).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		await expect(fetch(url)).rejects.toThrow();
	});
});

describe('a stand-in over TLS', () => {
	it('is trusted by a client that knows its authority, and by no other', async () => {
		const { mockServer } = await startEcho({ tls: true });
		const status = async (ca: string | undefined): Promise<number | undefined> =>
			await new Promise((resolve, reject) => {
				const agent = new HttpsAgent({ ca });
				httpsGet(`${mockServer.url}/a`, { agent }, (response) => {
					resolve(response.resume().statusCode);
				}).on('error', reject);
			});
		try {
			expect(mockServer.url).toMatch(/^https:/);
			expect(await status(mockServer.ca)).toBe(200);
			await expect(status(undefined)).rejects.toThrow(/self-signed|unable to verify/);
			expect(await new MockServerAdminClient(mockServer.adminUrl).ca()).toBe(mockServer.ca);
			expect(mockServer.calls.counters().connections).toBe(1);
		} finally {
			await mockServer.close();
		}
	});
});
