import dns from 'node:dns';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';

import * as v from 'valibot';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import { closeAllConnections } from '../../../../lib/http/agents';
import type { HttpCall, HttpClientOptions } from '../../../../lib/http/call';
import { HttpClient } from '../../../../lib/http/client';
import { TestAuthority } from '../../../../sandbox/mock-server';
import { heldTime, until } from '../../fakes/held-time';
import { type TestProxy, testProxy } from '../../fakes/proxy';
import { type TestService, testService } from '../../fakes/service';

/** These tests are about the transport; the reading of answers has its own. */
const anything = v.unknown();

const GET: HttpCall = { method: 'GET', url: '/thing', repeat: 'safe' };
const CREATE: HttpCall = { method: 'POST', url: '/thing', body: { json: {} }, repeat: 'never' };
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
	name,
	name.toLowerCase(),
]);

const clientAt = (baseUrl: string, more: Partial<HttpClientOptions> = {}): HttpClient =>
	new HttpClient({
		service: 'Post Office',
		baseUrl,
		retry: { maxTries: 1 },
		auth: {
			authorization: async () => await Promise.resolve('Bearer planted-token'),
			refused: () => undefined,
			secrets: () => ['planted-token'],
		},
		...more,
	});

const failureOf = async (promise: Promise<unknown>): Promise<GuichetError> => {
	const error: unknown = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof GuichetError)) throw new Error(`No GuichetError: ${String(error)}`);
	return error;
};

const environment = { ...process.env };
const proxies: TestProxy[] = [];
const startProxy = async (refuseWith?: number): Promise<TestProxy> => {
	const proxy = await testProxy(refuseWith);
	proxies.push(proxy);
	return proxy;
};
beforeEach(() => PROXY_VARIABLES.forEach((name) => delete process.env[name]));
afterEach(async () => {
	closeAllConnections();
	await Promise.all(proxies.splice(0).map(async (proxy) => await proxy.close()));
	PROXY_VARIABLES.forEach((name) => delete process.env[name]);
	Object.assign(process.env, environment);
});

describe('TLS', () => {
	let service: TestService;
	let authority: TestAuthority;
	beforeAll(async () => {
		authority = await TestAuthority.create();
		service = await testService({ tls: authority });
	});
	afterAll(async () => await service.close());
	beforeEach(() => {
		service.mockServer.calls.clear();
		service.recorded.length = 0;
	});

	it('refuses a certificate of an unknown authority before anything is sent, and says what to do', async () => {
		const failure = await failureOf(clientAt(service.url).json(CREATE, anything));
		expect(failure).toMatchObject({ code: 'tls', details: { outcome: 'not_done' } });
		expect(failure.message).toMatch(/^Post Office cannot be trusted: .*\(UNABLE_TO_VERIFY|SELF_/);
		expect(failure.details.hint).toContain('"Extra CA Certificates"');
		expect(service.recorded).toEqual([]);
	});

	it('trusts an extra authority', async () => {
		const tls = { extraCa: `\n${authority.certificate}\n` };
		expect((await clientAt(service.url, { tls }).json(GET, anything)).status).toBe(200);
	});

	describe('goes on trusting what NODE_EXTRA_CA_CERTS adds', () => {
		const original = Object.getOwnPropertyDescriptor(tls, 'getCACertificates');
		let folder: string;
		let house: TestAuthority;
		let inHouse: TestService;
		beforeAll(async () => {
			house = await TestAuthority.create('Authority of the house');
			inHouse = await testService({ tls: house });
			folder = mkdtempSync(join(tmpdir(), 'guichet-authorities-'));
		});
		afterEach(() => {
			delete process.env.NODE_EXTRA_CA_CERTS;
			if (original) Object.defineProperty(tls, 'getCACertificates', original);
			else delete (tls as Partial<typeof tls>).getCACertificates;
		});
		afterAll(async () => {
			await inHouse.close();
			rmSync(folder, { recursive: true });
		});
		const trusted = async () => {
			const settings = { extraCa: authority.certificate };
			for (const { url } of [service, inHouse])
				expect((await clientAt(url, { tls: settings }).json(GET, anything)).status).toBe(200);
		};
		const withoutList = () => delete (tls as Partial<typeof tls>).getCACertificates;

		it('where Node gives its list, from 22.15 on', async () => {
			// Node reads the variable when a process starts.
			Object.defineProperty(tls, 'getCACertificates', {
				value: () => [...tls.rootCertificates, house.certificate],
				configurable: true,
			});
			await trusted();
		});

		it('where Node does not', async () => {
			withoutList();
			process.env.NODE_EXTRA_CA_CERTS = join(folder, 'house.pem');
			writeFileSync(process.env.NODE_EXTRA_CA_CERTS, house.certificate);
			await trusted();
		});

		it('and does without a file that cannot be read, as Node does', async () => {
			withoutList();
			process.env.NODE_EXTRA_CA_CERTS = join(folder, 'absent.pem');
			const settings = { extraCa: authority.certificate };
			expect((await clientAt(service.url, { tls: settings }).json(GET, anything)).status).toBe(200);
		});
	});

	it('can be told to ignore issues, for this client alone', async () => {
		const tls = { ignoreTlsIssues: true };
		expect((await clientAt(service.url, { tls }).json(GET, anything)).status).toBe(200);
		expect((await failureOf(clientAt(service.url).json(GET, anything))).code).toBe('tls');
	});

	it('keeps its connections', async () => {
		const tls = { extraCa: authority.certificate };
		for (let i = 0; i < 5; i++) await clientAt(service.url, { tls }).json(GET, anything);
		expect(service.mockServer.calls.counters()).toMatchObject({ calls: 5, connections: 1 });
	});

	it('refuses a certificate for another host name', async () => {
		const tls = { extraCa: authority.certificate };
		// 127.0.0.2 is loopback too, and not among the names of the certificate.
		const other = createForwarder('127.0.0.2', Number(new URL(service.url).port));
		await once(other, 'listening');
		const port = (other.address() as AddressInfo).port;
		const failure = await failureOf(
			clientAt(`https://127.0.0.2:${port}`, { tls }).json(GET, anything),
		);
		other.close();
		expect(failure).toMatchObject({ code: 'tls', details: { outcome: 'not_done' } });
		expect(failure.details.hint).toContain('issued for another host name');
	});

	it('against a server without TLS is a TLS failure', async () => {
		const plain = await testService();
		const failure = await failureOf(
			clientAt(plain.url.replace('http:', 'https:')).json(CREATE, anything),
		);
		await plain.close();
		expect(failure).toMatchObject({ code: 'tls', details: { outcome: 'not_done' } });
		expect(failure.details.hint).toContain('https://');
	});

	it('goes through a proxy by CONNECT, which sees neither path nor token', async () => {
		const proxy = await startProxy();
		process.env.HTTPS_PROXY = proxy.url;
		const tls = { extraCa: authority.certificate };
		const client = clientAt(service.url, { tls });
		await client.json(GET, anything);
		await client.json(GET, anything);
		expect(proxy.seen).toEqual([`CONNECT ${new URL(service.url).host}`]);
		expect(proxy.bytes).not.toContain('planted-token');
		expect(service.mockServer.calls.counters().calls).toBe(2);
	});

	it('keeps certificate checks behind a proxy', async () => {
		const proxy = await startProxy();
		process.env.HTTPS_PROXY = proxy.url;
		expect((await failureOf(clientAt(service.url).json(GET, anything))).code).toBe('tls');
		expect(
			(await clientAt(service.url, { tls: { ignoreTlsIssues: true } }).json(GET, anything)).status,
		).toBe(200);
	});

	it('says when the proxy refuses, and that the service saw nothing', async () => {
		const proxy = await startProxy(502);
		process.env.HTTPS_PROXY = proxy.url;
		const failure = await failureOf(clientAt(service.url).json(CREATE, anything));
		expect(failure).toMatchObject({ code: 'unreachable', details: { outcome: 'not_done' } });
		expect(failure.message).toContain('proxy');
		expect(service.recorded).toEqual([]);
	});
});

/**
 * What every failure of a proxy says: which proxy, where its address comes from, what to look at.
 */
describe.each(['http', 'https'])('a proxy on the way to %s', (scheme) => {
	const variable = `${scheme.toUpperCase()}_PROXY`;
	const address = `${scheme}://service.example`;
	const uncaught: unknown[] = [];
	const note = (reason: unknown) => void uncaught.push(reason);
	beforeEach(() => {
		uncaught.length = 0;
		process.on('uncaughtException', note).on('unhandledRejection', note);
	});
	afterEach(() => {
		process.off('uncaughtException', note).off('unhandledRejection', note);
		expect(uncaught).toEqual([]);
	});
	const through = async (proxy: string) => {
		process.env[variable] = proxy;
		const failure = await failureOf(clientAt(address).json(CREATE, anything));
		expect(failure).toMatchObject({ code: 'unreachable', details: { outcome: 'not_done' } });
		expect(failure.details.hint).toMatch(new RegExp(`${variable}.*@ as %40`));
		expect(`${failure.message} ${failure.details.hint}`).not.toContain('planted');
		return failure.message;
	};

	it.each([
		['http://planted:secret@:bad:port', /its address cannot be read/],
		['http://planted:50%zz@127.0.0.1:1', /holds a % that is no code/],
		['socks5://planted@127.0.0.1:1080', /it speaks socks5/],
	])('whose address cannot be used is named by its variable: %s', async (proxy, message) => {
		const said = await through(proxy);
		expect(said).toMatch(message);
		expect(said).toContain(`The proxy of ${variable} cannot be used`);
	});

	it('that is down is named, and not the service', async () => {
		const closed = createTcpServer().listen(0, '127.0.0.1');
		await once(closed, 'listening');
		const { port } = closed.address() as AddressInfo;
		await new Promise((resolve) => closed.close(resolve));
		expect(await through(`http://planted:planted@127.0.0.1:${port}`)).toBe(
			`Post Office cannot be reached: the proxy 127.0.0.1:${port} (${variable}) refuses connections`,
		);
	});

	it('that wants another password is named', async () => {
		const proxy = await startProxy(407);
		expect(await through(proxy.url)).toBe(
			`Post Office cannot be reached: the proxy ${proxy.url.slice(7)} (${variable}) wants another user name and password`,
		);
	});

	it('that hangs up is named; behind plain http the service may have got the request', async () => {
		const server = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		process.env[variable] = `http://127.0.0.1:${port}`;
		const failure = await failureOf(clientAt(address).json(CREATE, anything));
		await new Promise((resolve) => server.close(resolve));
		const outcome = scheme === 'http' ? 'unknown' : 'not_done';
		expect(failure).toMatchObject({ code: 'unreachable', details: { outcome } });
		expect(failure.message).toContain(`the proxy 127.0.0.1:${port} (${variable}) close`);
		expect(failure.details.hint).toContain(`Check ${variable} `);
	});

	it('that falls silent is named', async () => {
		const open: Socket[] = [];
		const server = createTcpServer((socket) => socket.once('data', () => open.push(socket)));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		process.env[variable] = `http://127.0.0.1:${port}`;
		heldTime.hold();
		const failing = failureOf(clientAt(address, { timeoutMs: 60_000 }).json(CREATE, anything));
		await until(() => open.length > 0);
		heldTime.pass(60_000);
		const failure = await failing;
		heldTime.release();
		for (const socket of open) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
		expect(failure.code).toBe('timeout');
		expect(failure.message).toContain(`the proxy 127.0.0.1:${port} (${variable})`);
		expect(failure.details.hint).toContain(`Check ${variable} `);
	});

	it('that speaks another protocol is named', async () => {
		const open: Socket[] = [];
		const server = createTcpServer((socket) => {
			socket.on('error', () => undefined);
			open.push(socket);
			socket.write('SSH-2.0-planted\r\n\r\n');
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		process.env[variable] = `http://127.0.0.1:${port}`;
		const failure = await failureOf(clientAt(address).json(GET, anything));
		for (const socket of open) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
		expect(failure.message).toBe(
			`Post Office cannot be reached: the proxy 127.0.0.1:${port} (${variable}) speaks another protocol`,
		);
	});
});

describe('plain HTTP', () => {
	let service: TestService;
	beforeAll(async () => {
		service = await testService();
	});
	afterAll(async () => await service.close());
	beforeEach(() => {
		service.mockServer.calls.clear();
		service.recorded.length = 0;
	});

	it('goes through a proxy with the whole address', async () => {
		const proxy = await startProxy();
		process.env.HTTP_PROXY = proxy.url;
		await clientAt(service.url).json(GET, anything);
		expect(proxy.seen).toEqual([`GET ${service.url}/thing`]);
		expect(service.recorded).toContain('GET /thing');
	});

	it('goes around the proxy for hosts in NO_PROXY', async () => {
		const proxy = await startProxy();
		process.env.HTTP_PROXY = proxy.url;
		process.env.NO_PROXY = 'example.org,127.0.0.1';
		await clientAt(service.url).json(GET, anything);
		expect(proxy.seen).toEqual([]);
		expect(service.mockServer.calls.counters().calls).toBe(1);
	});

	it('of an unknown host says so, and that nothing was done', async () => {
		const failure = await failureOf(clientAt('http://nowhere.invalid').json(CREATE, anything));
		expect(failure).toMatchObject({ code: 'unreachable', details: { outcome: 'not_done' } });
		expect(failure.message).toMatch(/^Post Office cannot be found: /);
	});

	it('to a host whose connection is never made ends in time, with nothing done', async () => {
		const lookup = jest.spyOn(dns, 'lookup').mockImplementation((() => undefined) as never);
		heldTime.hold();
		const failing = failureOf(
			clientAt('http://slow.invalid', { timeoutMs: 60_000 }).json(CREATE, anything),
		);
		await until(() => lookup.mock.calls.length > 0);
		heldTime.pass(60_000);
		const failure = await failing;
		heldTime.release();
		expect(lookup).toHaveBeenCalled();
		lookup.mockRestore();
		expect(failure).toMatchObject({ code: 'timeout', details: { outcome: 'not_done' } });
		expect(failure.message).toBe('Post Office cannot be connected to in time');
	});
});

describe('a TLS handshake that never ends', () => {
	it('is given up in time, with nothing done', async () => {
		const sockets: Socket[] = [];
		const server = createTcpServer((socket) => sockets.push(socket));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		heldTime.hold();
		const failing = failureOf(
			clientAt(`https://127.0.0.1:${port}`, { timeoutMs: 60_000 }).json(CREATE, anything),
		);
		await until(() => sockets.length > 0);
		heldTime.pass(60_000);
		const failure = await failing;
		heldTime.release();
		sockets.forEach((socket) => socket.destroy());
		server.close();
		expect(failure).toMatchObject({ code: 'timeout', details: { outcome: 'not_done' } });
	});
});

function createForwarder(host: string, port: number) {
	return createTcpServer((socket) => {
		const upstream = connect(port, '127.0.0.1');
		socket.on('error', () => upstream.destroy());
		upstream.on('error', () => socket.destroy());
		socket.pipe(upstream).pipe(socket);
	}).listen(0, host);
}
