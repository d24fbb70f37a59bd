import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import * as v from 'valibot';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import { closeAllConnections } from '../../../../lib/http/agents';
import type { Authenticator, HttpCall } from '../../../../lib/http/call';
import { HttpClient } from '../../../../lib/http/client';
import { empty, json } from '../../../../sandbox/mock-server';
import { heldTime, signal, until } from '../../fakes/held-time';
import { type TestService, testService } from '../../fakes/service';

/** These tests are about the transport; the reading of answers has its own. */
const anything = v.unknown();

const QUICK = { firstDelayMs: 2, maxDelayMs: 10 };
const FILE = randomBytes(400_000);
/** The longest silence; the tests let it pass by hand. */
const LIMIT = 60_000;

let service: TestService;
beforeEach(async () => {
	service = await testService();
});
afterEach(async () => {
	heldTime.release();
	await service.close();
	closeAllConnections();
});

const clientAt = (baseUrl: string, more: object = {}): HttpClient =>
	new HttpClient({ service: 'Post Office', baseUrl, retry: QUICK, ...more });

const failureOf = async (promise: Promise<unknown>): Promise<GuichetError> => {
	const error: unknown = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof GuichetError)) throw new Error(`No GuichetError: ${String(error)}`);
	return error;
};

const bytesOf = async (stream: Readable): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
};

describe('a file that comes in', () => {
	const GET: HttpCall = { method: 'GET', url: '/file', repeat: 'safe' };
	const serveFile = () =>
		service.answer(() => ({
			status: 200,
			body: {
				open: () => Readable.from([FILE.subarray(0, 1), FILE.subarray(1)]),
				length: FILE.length,
				type: 'application/octet-stream',
			},
		}));

	it('is given byte for byte', async () => {
		serveFile();
		expect((await clientAt(service.url).stream(GET, bytesOf)).equals(FILE)).toBe(true);
	});

	it('is fetched again from its beginning when the connection breaks in the middle', async () => {
		serveFile();
		service.mockServer.failNext({ how: { kind: 'truncate' } });
		let begun = 0;
		const content = await clientAt(service.url).stream(GET, async (body) => {
			begun++;
			return await bytesOf(body);
		});
		expect(begun).toBe(2);
		expect(content.equals(FILE)).toBe(true);
	});

	it('that breaks each time ends in a failure that names the call', async () => {
		serveFile();
		service.mockServer.failNext({ how: { kind: 'truncate' }, times: 99 });
		const client = clientAt(service.url, { retry: { ...QUICK, maxTries: 2 } });
		const failure = await failureOf(client.stream(GET, bytesOf));
		expect(failure).toMatchObject({
			code: 'unreachable',
			message: 'Post Office closed the connection in the middle of its answer (tried 2 times)',
			details: { method: 'GET', url: `${service.url}/file` },
		});
	});

	it('is not fetched again when the failure is on our side', async () => {
		serveFile();
		const failure = await failureOf(
			clientAt(service.url).stream(GET, async (body) => {
				await bytesOf(body);
				throw new Error('disk full');
			}),
		);
		expect(failure.code).toBe('failed_here');
		expect(failure.message).toBe('The exchange with Post Office stopped on this side: disk full');
		expect(service.recorded).toHaveLength(1);
	});

	it('makes room for the next call when its last byte has arrived, however long it is being stored', async () => {
		serveFile();
		const client = clientAt(service.url, { maxParallel: 1 });
		let stored: () => void = () => undefined;
		const slowStore = new Promise<void>((resolve) => (stored = resolve));
		const first = client.stream(GET, async (body) => {
			const content = await bytesOf(body);
			await slowStore;
			return content;
		});
		await client.stream(GET, bytesOf);
		stored();
		expect((await first).equals(FILE)).toBe(true);
		expect(service.mockServer.calls.counters().connections).toBe(1);
	});

	it('waits when twice as many as may be under way have not been stored yet', async () => {
		serveFile();
		const client = clientAt(service.url, { maxParallel: 1 });
		let stored: () => void = () => undefined;
		const slowStore = new Promise<void>((resolve) => (stored = resolve));
		let read = 0;
		let twoRead: () => void = () => undefined;
		const arrived = new Promise<void>((resolve) => (twoRead = resolve));
		const files = [1, 2, 3].map(
			async () =>
				await client.stream(GET, async (body) => {
					await bytesOf(body);
					if (++read === 2) twoRead();
					await slowStore;
				}),
		);
		await arrived;
		await client.text({ method: 'GET', url: '/other', repeat: 'safe' });
		const paths = () => service.mockServer.calls.list().map(({ path }) => path);
		expect(paths()).toEqual(['/file', '/file', '/other']);
		stored();
		await Promise.all(files);
		expect(paths()).toEqual(['/file', '/file', '/other', '/file']);
	});

	it('that has arrived is not fetched again, whatever its reader then says', async () => {
		serveFile();
		const failure = await failureOf(
			clientAt(service.url).stream(GET, async (body) => {
				await bytesOf(body);
				throw new GuichetError('unreachable', 'The service that stores files is away');
			}),
		);
		expect(failure.message).toBe('Post Office that stores files is away');
		expect(service.recorded).toHaveLength(1);
	});

	it('frees its connection when it is not read to its end', async () => {
		serveFile();
		const client = clientAt(service.url, { maxParallel: 1 });
		await client.stream(GET, async () => await Promise.resolve());
		expect((await client.stream(GET, bytesOf)).equals(FILE)).toBe(true);
	});

	it('is given up after a silence, and fetched again', async () => {
		let calls = 0;
		const server = await plainServer((response) => {
			response.writeHead(200, { 'content-length': '4' });
			response.write('ab');
			if (++calls > 1) response.end('cd');
		});
		heldTime.hold();
		const started = signal();
		const content = clientAt(server.url, { timeoutMs: LIMIT }).stream(GET, async (body) => {
			body.once('data', started.give);
			return await bytesOf(body);
		});
		await started.seen;
		heldTime.pass(LIMIT);
		heldTime.release();
		expect((await content).toString()).toBe('abcd');
		server.close();
		expect(calls).toBe(2);
	});

	it('that falls silent each time says so', async () => {
		const server = await plainServer((response) => {
			response.writeHead(200, { 'content-length': '4' });
			response.write('ab');
		});
		const client = clientAt(server.url, { timeoutMs: LIMIT, retry: { maxTries: 1 } });
		heldTime.hold();
		const started = signal();
		const failing = failureOf(
			client.stream(GET, async (body) => {
				body.once('data', started.give);
				return await bytesOf(body);
			}),
		);
		await started.seen;
		heldTime.pass(LIMIT);
		const failure = await failing;
		server.close();
		expect(failure.code).toBe('timeout');
		expect(failure.message).toBe('Post Office did not finish its answer in time');
	});

	it('that comes slowly but steadily is not given up', async () => {
		let drip: () => void = () => undefined;
		const server = await plainServer((response) => {
			drip = () => response.write('x');
			drip();
		});
		heldTime.hold();
		let deposits = 0;
		const client = clientAt(server.url, { timeoutMs: LIMIT, retry: { maxTries: 1 } });
		await client.stream(GET, async (body) => {
			for await (const chunk of body as AsyncIterable<Buffer>) {
				deposits += chunk.length;
				if (deposits === 8) break;
				heldTime.pass(LIMIT - 1);
				drip();
			}
		});
		server.close();
		expect(deposits).toBe(8);
	});
});

describe('an answer that comes slowly', () => {
	it.each([
		[200, 'timeout', 'Post Office did not finish its answer in time'],
		// The status has been said: what is missing is only the reason.
		[400, 'refused', 'Post Office refused the request (HTTP 400)'],
		[503, 'service_failed', 'Post Office failed to treat the request (HTTP 503)'],
	])('is given up when it is not complete in time: %i', async (status, code, message) => {
		const server = await plainServer((response) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.write('[');
		});
		const client = clientAt(server.url, { timeoutMs: LIMIT, retry: { maxTries: 1 } });
		heldTime.hold();
		const limits = jest.spyOn(globalThis, 'setTimeout');
		const failing = failureOf(client.json({ method: 'GET', url: '/', repeat: 'safe' }, anything));
		// One limit for the headers, then one for the rest.
		await until(() => limits.mock.calls.filter(([, after]) => after === LIMIT).length === 2);
		heldTime.pass(LIMIT);
		const failure = await failing;
		limits.mockRestore();
		server.close();
		expect(failure).toMatchObject({ code, message });
	});
});

describe('a file that goes out', () => {
	const sending = (open: () => Promise<Readable>, more: Partial<HttpCall> = {}): HttpCall => ({
		method: 'PUT',
		url: '/file',
		repeat: 'safe',
		body: { stream: open, size: FILE.length, contentType: 'application/octet-stream' },
		...more,
	});
	const pieces = () => Readable.from([FILE.subarray(0, 1000), FILE.subarray(1000)]);
	const sha256 = createHash('sha256').update(FILE).digest('hex');

	it('arrives byte for byte with its length announced', async () => {
		service.answer(() => empty());
		await clientAt(service.url).text(sending(async () => await Promise.resolve(pieces())));
		const [call] = service.mockServer.calls.detailed();
		expect(call).toMatchObject({ requestSha256: sha256, requestBytes: FILE.length });
		expect(call.requestHeaders).toMatchObject({
			'content-length': String(FILE.length),
			'content-type': 'application/octet-stream',
		});
	});

	it.each([
		['a cut connection', { kind: 'cutAfter' as const }],
		['503', { kind: 'status' as const, status: 503 }],
		['429', { kind: 'status' as const, status: 429 }],
	])('is opened again for each try after %s', async (_, how) => {
		service.answer(() => empty());
		service.mockServer.failNext({ times: 2, how });
		const opened: Readable[] = [];
		await clientAt(service.url).text(
			sending(async () => {
				opened.push(pieces());
				return await Promise.resolve(opened[opened.length - 1]);
			}),
		);
		expect(opened).toHaveLength(3);
		expect(service.mockServer.calls.list().at(-1)).toMatchObject({
			status: 204,
			requestSha256: sha256,
		});
		expect(opened.every((stream) => stream.destroyed)).toBe(true);
	});

	it('is opened again with a new token', async () => {
		let token = 1;
		const auth: Authenticator = {
			authorization: async () => await Promise.resolve(`Bearer token-${token}`),
			refused: () => void token++,
			secrets: () => [],
		};
		service.answer((call) =>
			call.header('authorization') === 'Bearer token-2' ? empty() : json(401, {}),
		);
		await clientAt(service.url, { auth }).text(
			sending(async () => await Promise.resolve(pieces())),
		);
		expect(service.mockServer.calls.list().at(-1)).toMatchObject({
			status: 204,
			requestSha256: sha256,
		});
	});

	it('that breaks on our side is a failure of this side, and is not sent again', async () => {
		let opened = 0;
		const failure = await failureOf(
			clientAt(service.url).text(
				sending(async () => {
					opened++;
					const broken = new Readable({ read: () => undefined });
					broken.push(FILE.subarray(0, 1000));
					setImmediate(() =>
						broken.destroy(Object.assign(new Error('no such file'), { code: 'ENOENT' })),
					);
					return await Promise.resolve(broken);
				}),
			),
		);
		expect(opened).toBe(1);
		expect(failure).toMatchObject({
			code: 'failed_here',
			message: 'The exchange with Post Office stopped on this side: no such file',
		});
	});

	it('that cannot be opened is a failure of this side, and leaves no timer behind', async () => {
		const before = activeTimers();
		const failure = await failureOf(
			clientAt(service.url).text(sending(async () => await Promise.reject(new Error('gone')))),
		);
		expect(failure.code).toBe('failed_here');
		expect(activeTimers()).toBe(before);
		expect(service.recorded).toEqual([]);
	});

	it('and is refused before it was read gives the reason of the refusal', async () => {
		const server = await plainServer((response) => {
			response.writeHead(403, { 'content-type': 'application/json' });
			response.write('{"errors":[{"code":403,');
			setImmediate(() => response.end('"message":"Unauthorized user"}]}'));
		});
		const endless = () =>
			new Readable({
				read() {
					this.push(FILE);
				},
			});
		const failure = await failureOf(
			clientAt(server.url).text({
				...sending(async () => await Promise.resolve(endless())),
				body: {
					stream: async () => await Promise.resolve(endless()),
					size: 1e12,
					contentType: 'application/octet-stream',
				},
			}),
		);
		server.close();
		expect(failure).toMatchObject({
			code: 'forbidden',
			message: 'Post Office does not allow this: Unauthorized user',
		});
	});

	it('to a service that stops reading is given up after a silence', async () => {
		const server = await plainServer(() => undefined);
		let made: Readable | undefined;
		let reads = 0;
		heldTime.hold();
		const failing = failureOf(
			clientAt(server.url, { timeoutMs: LIMIT, retry: { maxTries: 1 } }).text({
				method: 'PUT',
				url: '/file',
				repeat: 'safe',
				body: {
					stream: async () => {
						made = new Readable({
							read() {
								reads++;
								this.push(FILE);
							},
						});
						return await Promise.resolve(made);
					},
					size: 1e12,
					contentType: 'application/octet-stream',
				},
			}),
		);
		await until(() => reads > 0);
		let isOver = false;
		void failing.then(() => (isOver = true));
		// Each turn without a byte is a silence; while bytes move, the limit begins anew.
		await until(() => {
			heldTime.pass(LIMIT / 4);
			return isOver;
		});
		server.close();
		expect((await failing).code).toBe('timeout');
		await until(() => made?.destroyed === true);
	});
});

function activeTimers(): number {
	return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

async function plainServer(
	answer: (response: import('node:http').ServerResponse) => void,
): Promise<{ url: string; close: () => void }> {
	const server: Server = createServer((request, response) => {
		request.on('error', () => undefined);
		response.on('error', () => undefined);
		answer(response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
