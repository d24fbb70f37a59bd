import dns from 'node:dns';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as v from 'valibot';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import { closeAllConnections } from '../../../../lib/http/agents';
import { HttpClient } from '../../../../lib/http/client';
import { InnerNetworkGuard } from '../../../../lib/http/inner-network';
import { type TestService, testService } from '../../fakes/service';

const environment = { ...process.env };
const protect = (settings: Record<string, string> = {}) => {
	for (const [name, value] of Object.entries({ PROTECTION_ENABLED: 'true', ...settings }))
		process.env[`N8N_SSRF_${name}`] = value;
};

/** What a name resolves to here, without any network. */
function names(addresses: Record<string, string[]>) {
	const real = dns.lookup;
	jest.spyOn(dns, 'lookup').mockImplementation(((host: string, options: object, done: Answer) => {
		const found = addresses[host];
		if (!found) return (real as unknown as typeof dns.lookup)(host, options, done as never);
		done(
			null,
			found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
		);
	}) as never);
}
type Answer = (error: Error | null, found: Array<{ address: string; family: number }>) => void;

let service: TestService;
beforeAll(async () => {
	service = await testService();
});
afterAll(async () => await service.close());
beforeEach(() => {
	service.recorded.length = 0;
});
afterEach(() => {
	jest.restoreAllMocks();
	closeAllConnections();
	for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
});

const portOf = (url: string) => new URL(url).port;

async function call(url: string, repeat: 'safe' | 'never' = 'safe') {
	const client = new HttpClient({ service: 'Post Office', retry: { maxTries: 3 } });
	return await client
		.json({ method: repeat === 'safe' ? 'GET' : 'POST', url, repeat }, v.unknown())
		.then(
			({ status }) => status,
			(error: unknown) => {
				if (error instanceof GuichetError) return error;
				throw error;
			},
		);
}

const BLOCKED = { code: 'address_blocked', details: { outcome: 'not_done' } };

describe('without the setting', () => {
	it('nothing is blocked', async () => {
		expect(await call(`${service.url}/thing`)).toBe(200);
		protect({ PROTECTION_ENABLED: 'false' });
		expect(await call(`${service.url}/thing`)).toBe(200);
	});
});

describe('with n8n’s protection switched on', () => {
	beforeEach(() => protect());

	it('a name that resolves to an inner address is not called, and the error says why', async () => {
		names({ 'files.example': ['127.0.0.1'] });
		const failure = await call(`http://files.example:${portOf(service.url)}/thing`, 'never');
		expect(failure).toMatchObject(BLOCKED);
		expect((failure as GuichetError).message).toBe(
			'Post Office is not called: n8n\'s protection of the inner network blocks "files.example", because it resolves to 127.0.0.1',
		);
		expect((failure as GuichetError).details.hint).toContain('N8N_SSRF_ALLOWED_HOSTNAMES');
		expect(service.recorded).toEqual([]);
	});

	it('one inner address among several is enough', async () => {
		names({ 'files.example': ['93.184.216.34', '10.1.2.3'] });
		expect(await call('http://files.example/thing')).toMatchObject(BLOCKED);
	});

	it('is not tried again', async () => {
		names({ 'files.example': ['192.168.1.1'] });
		await call('http://files.example/thing');
		expect(dns.lookup).toHaveBeenCalledTimes(1);
	});

	it.each([
		'http://127.0.0.1',
		'https://127.0.0.1',
		'http://10.0.0.8',
		'http://169.254.169.254',
		'http://[::1]',
		'http://[::]',
		'http://[::ffff:127.0.0.1]',
		'http://[fd00::7]',
		'http://0.0.0.0',
		// Other notations of the loopback.
		'http://2130706433',
		'http://0x7f.1',
		'http://localhost',
	])('%s is not called', async (origin) => {
		const port = new URL(origin).protocol === 'http:' ? portOf(service.url) : '443';
		const url = new URL(origin);
		url.port = port;
		expect(await call(`${url.origin}/thing`)).toMatchObject(BLOCKED);
		expect(service.recorded).toEqual([]);
	});

	it('an outer address is let through', () => {
		const guard = InnerNetworkGuard.fromEnvironment();
		expect(() => guard?.checkHost('https://93.184.216.34/')).not.toThrow();
		expect(() => guard?.checkHost('https://[2606:2800:220:1::1]/')).not.toThrow();
	});

	it('the allow list of addresses opens the loopback, as for the sandbox', async () => {
		protect({ ALLOWED_IP_RANGES: '127.0.0.0/8' });
		expect(await call(`${service.url}/thing`)).toBe(200);
		names({ 'files.example': ['127.0.0.1'], 'other.example': ['10.0.0.1'] });
		expect(await call(`http://files.example:${portOf(service.url)}/thing`)).toBe(200);
		expect(await call('http://other.example/thing')).toMatchObject(BLOCKED);
	});

	it('the allow list of names opens those names', async () => {
		protect({ ALLOWED_HOSTNAMES: 'files.example, *.sandbox.example' });
		names({
			'files.example': ['127.0.0.1'],
			'hubee.sandbox.example': ['127.0.0.1'],
			'sandbox.example': ['127.0.0.1'],
		});
		const port = portOf(service.url);
		expect(await call(`http://files.example:${port}/thing`)).toBe(200);
		expect(await call(`http://hubee.sandbox.example:${port}/thing`)).toBe(200);
		expect(await call(`http://sandbox.example:${port}/thing`)).toMatchObject(BLOCKED);
	});

	it('a blocked name is blocked wherever it leads, unless it is allowed too', async () => {
		names({ 'files.example': ['93.184.216.34'] });
		protect({ BLOCKED_HOSTNAMES: '*.example' });
		expect(await call('http://FILES.example/thing')).toMatchObject(BLOCKED);
		names({ 'good.example': ['127.0.0.1'] });
		protect({ ALLOWED_HOSTNAMES: 'good.example' });
		expect(await call(`http://good.example:${portOf(service.url)}/thing`)).toBe(200);
	});

	it('its own list of ranges stands in place of the usual one, which "default" brings back', async () => {
		protect({ BLOCKED_IP_RANGES: '93.184.216.0/24' });
		expect(await call(`${service.url}/thing`)).toBe(200);
		expect(await call('http://93.184.216.34/thing')).toMatchObject(BLOCKED);
		protect({ BLOCKED_IP_RANGES: '93.184.216.34, default' });
		expect(await call(`${service.url}/thing`)).toMatchObject(BLOCKED);
		expect(await call('http://93.184.216.34/thing')).toMatchObject(BLOCKED);
	});

	it('a range that cannot be read blocks everything, and is named', async () => {
		protect({ BLOCKED_IP_RANGES: 'default, inner', ALLOWED_IP_RANGES: '127.0.0.0/8' });
		const failure = await call(`${service.url}/thing`);
		expect(failure).toMatchObject(BLOCKED);
		expect((failure as GuichetError).message).toContain('"inner" in N8N_SSRF_BLOCKED_IP_RANGES');
	});

	it('an allowed range that cannot be read allows nothing', async () => {
		protect({ ALLOWED_IP_RANGES: 'loopback, 127.0.0.1/99' });
		expect(await call(`${service.url}/thing`)).toMatchObject(BLOCKED);
	});

	it('a setting may stand in a file, as everywhere in n8n', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'guichet-ssrf-'));
		writeFileSync(join(folder, 'allowed'), '127.0.0.0/8\n');
		process.env.N8N_SSRF_ALLOWED_IP_RANGES_FILE = join(folder, 'allowed');
		expect(await call(`${service.url}/thing`)).toBe(200);
		rmSync(folder, { recursive: true });
	});

	it('holds for a connection that was kept from before', async () => {
		protect({ ALLOWED_IP_RANGES: '127.0.0.0/8' });
		expect(await call(`${service.url}/thing`)).toBe(200);
		protect({ ALLOWED_IP_RANGES: '' });
		expect(await call(`${service.url}/thing`)).toMatchObject(BLOCKED);
	});
});

describe('with a proxy, which resolves names itself', () => {
	let proxy: Server;
	const seen: string[] = [];
	beforeEach(async () => {
		seen.length = 0;
		proxy = createServer((request, response) => {
			seen.push(request.url ?? '');
			response.setHeader('content-type', 'application/json');
			response.end('{}');
		});
		proxy.listen(0, '127.0.0.1');
		await once(proxy, 'listening');
		process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
		protect();
	});
	afterEach(async () => {
		closeAllConnections();
		proxy.close();
		await once(proxy, 'close');
	});

	it('the proxy is the administrator’s own and may lie inside; what lies outside goes through', async () => {
		names({ 'files.example': ['93.184.216.34'] });
		expect(await call('http://files.example/thing')).toBe(200);
		expect(seen).toEqual(['http://files.example/thing']);
	});

	it.each(['http://inner.example/thing', 'http://10.0.0.8/thing', 'http://nowhere.invalid/thing'])(
		'%s does not reach it',
		async (url) => {
			names({ 'inner.example': ['10.0.0.8'] });
			expect(await call(url)).toMatchObject(BLOCKED);
			expect(seen).toEqual([]);
		},
	);

	it('a name that only the proxy can resolve has to be allowed', async () => {
		protect({ ALLOWED_HOSTNAMES: 'nowhere.invalid' });
		expect(await call('http://nowhere.invalid/thing')).toBe(200);
	});
});
