import { request } from 'node:http';

import { json, MockServer } from '../../../sandbox/mock-server';
import type { Call } from '../../../sandbox/mock-server';

let server: MockServer;
let handled: Array<{ method: string; q: string | null }>;

beforeEach(async () => {
	handled = [];
	server = await MockServer.start({
		name: 'Echo',
		handle: (call: Call) => {
			handled.push({ method: call.method, q: call.query.get('q') });
			return json(200, {});
		},
		overview: () => [],
		reset: () => undefined,
		settings: { strict: true },
	});
});
afterEach(async () => await server.close());

const send = async (method: string, headers: Record<string, string>, chunks: string[] = []) =>
	await new Promise<number>((resolve, reject) => {
		const call = request(`${server.url}/x?q=a+b`, { method, headers }, (response) => {
			response.resume().on('end', () => resolve(response.statusCode ?? 0));
		});
		call.on('error', reject);
		for (const chunk of chunks) call.write(chunk);
		call.end();
	});

it('refuses a body in chunks before anything is done', async () => {
	expect(await send('POST', { accept: '*/*' }, ['a', 'b'])).toBe(411);
	expect(handled).toEqual([]);
	expect(server.page()).toContain('the body comes in chunks');
	expect(await send('POST', { accept: '*/*', 'content-length': '2' }, ['ab'])).toBe(200);
});

it('obeys Accept: a change that could not be answered is not made', async () => {
	expect(await send('POST', { accept: 'text/html' })).toBe(406);
	expect(handled).toEqual([]);
	expect(await send('GET', { accept: 'text/html, application/json;q=0' })).toBe(406);
	expect(await send('GET', { accept: 'application/*' })).toBe(200);
	expect(await send('GET', {})).toBe(200);
});

it('reads a plus in a query as a plus', async () => {
	await send('GET', {});
	expect(handled).toEqual([{ method: 'GET', q: 'a+b' }]);
	server.receiver.strict = false;
	await send('GET', {});
	expect(handled.at(-1)).toEqual({ method: 'GET', q: 'a b' });
});
