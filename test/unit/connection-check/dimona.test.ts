import type { IDataObject } from 'n8n-workflow';

import { closeAllConnections } from '../../../lib/http/agents';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import { dimonaTable } from '../../../nodes/Dimona/table';
import { DimonaSandbox } from '../../../sandbox/dimona';
import { type InjectedFault, TestAuthority } from '../../../sandbox/mock-server';
import {
	type Checked,
	checked,
	featuresOf,
	harmfulCalls,
	leaks,
	plantedObject,
	seenIn,
	stepOf,
} from './checked';

const DAY_MS = 86_400_000;

let sandbox: DimonaSandbox;

beforeAll(async () => {
	sandbox = await DimonaSandbox.start();
});

beforeEach(async () => {
	await sandbox.mockServer.reset();
	forgetAllTokens();
});

afterEach(() => {
	expect(harmfulCalls(sandbox.mockServer)).toEqual([]);
	expect(sandbox.registry.declarations).toEqual([]);
	expect(sandbox.registry.periods).toEqual([]);
	expect(sandbox.mockServer.faults).toEqual([]);
});

afterAll(async () => {
	closeAllConnections();
	await sandbox.close();
});

async function check(more: IDataObject = {}, client = sandbox.clients[0]): Promise<Checked> {
	const credential = { ...sandbox.credential(client), ...more } as IDataObject;
	const found = await checked(dimonaTable, { socialSecurityCertificateOAuth2Api: credential });
	expect(leaks(found, [client.clientId, client.privateKey.slice(40, 80)])).toEqual([]);
	return found;
}

const fail = (how: InjectedFault, path?: string, method?: string) =>
	sandbox.mockServer.failNext({ how, path, method, times: 99 });

describe('Connection: Check of Dimona', () => {
	it('finds a client well that may declare and consult', async () => {
		const found = await check();
		expect(found.report).toMatchObject({ service: 'Dimona', verdict: 'ok', settings: {} });
		expect(stepOf(found, 'Scopes').facts).toEqual({
			granted: ['declaration:consult', 'declaration:declarant'],
			missing: [],
			unknown: [],
		});
		expect(featuresOf(found)['problem+json']).toBe('yes');
	});

	it('posts nothing to the declarations, whatever the client may do', async () => {
		await check();
		const posts = sandbox.mockServer.calls.list({ method: 'POST', path: '/declarations$' });
		expect(posts).toEqual([]);
	});

	it('names a scope that is missing', async () => {
		const found = await check({}, sandbox.clients[2]);
		expect(found.report).toMatchObject({ verdict: 'warning', works: true });
		expect(stepOf(found, 'Scopes').facts.missing).toEqual(['declaration:declarant']);
	});

	it('names a client that the server does not know', async () => {
		const found = await check({ clientId: 'self_service_chaman_1_top-secret-value' });
		expect(stepOf(found, 'Token')).toMatchObject({
			result: 'failed',
			facts: { code: 'invalid_client' },
		});
		expect(stepOf(found, 'Search declarations').result).toBe('notTried');
	});

	it('asks for no token with a clock that is wrong', async () => {
		const date = new Date(Date.now() + 900_000).toUTCString();
		fail({ kind: 'headers', headers: { date } }, '^/$', 'HEAD');
		const found = await check();
		expect(stepOf(found, 'Clock').result).toBe('failed');
		expect(stepOf(found, 'Token').result).toBe('notTried');
		expect(sandbox.mockServer.calls.counters().tokenRequests).toBe(0);
	});

	it.each([
		[-1, 'failed', 'has expired'],
		[10, 'warning', 'ends on'],
		[400, 'ok', 'is valid'],
	])('tells a certificate that ends in %p days', async (days, result, words) => {
		const authority = await TestAuthority.create();
		const [{ clientId }] = sandbox.clients;
		const { key, certificate } = await authority.issueClient(
			{ commonName: clientId },
			{ from: new Date(Date.now() - 20 * DAY_MS), to: new Date(Date.now() + days * DAY_MS) },
		);
		const step = stepOf(await check({ privateKey: key, certificate }), 'Certificate of the client');
		expect(step.result).toBe(result);
		expect(step.proves).toContain(words);
	});

	it.each<[string, InjectedFault, string]>([
		['another environment', { kind: 'status', status: 401 }, 'refuses a token'],
		['a missing activation', { kind: 'status', status: 403 }, 'not allowed'],
		['too many requests', { kind: 'status', status: 429, retryAfter: 60 }, 'fewer requests'],
		['another version', { kind: 'status', status: 404 }, 'Nothing answers'],
		['a failing service', { kind: 'status', status: 500 }, 'fails (HTTP 500)'],
		['an answer without items', { kind: 'status', status: 200, body: '{"x":1}' }, 'no page'],
	])('names %s', async (_, how, words) => {
		fail(how, '/search$');
		const step = stepOf(await check(), 'Search periods');
		expect(step.result).toBe('failed');
		expect(step.proves).toContain(words);
	});

	it('tells in which form the last page of a search ends', async () => {
		sandbox.settings.lastPage = 'false';
		expect(seenIn(await check())['Search periods: next']).toBe('true or false');
	});

	it('shows nothing of what answers hold, whichever they are', async () => {
		const planted = plantedObject();
		for (const [status, body] of [
			[200, planted],
			[200, { items: [planted], next: 'https://zacharie.example/85073003328' }],
			[200, { declarationStatus: planted }],
			[403, planted],
		] as const) {
			sandbox.mockServer.clearFailures();
			fail({ kind: 'status', status, body: JSON.stringify(body) }, 'dimona/v2');
			await check();
		}
		sandbox.mockServer.clearFailures();
		const body = { ...planted, access_token: 'top-secret-value', scope: 'Zacharie 85073003328' };
		fail({ kind: 'status', status: 200, body: JSON.stringify(body) }, 'token$');
		const found = await check();
		expect(stepOf(found, 'Token').facts).toMatchObject({ granted: [], otherScopes: 2 });
	});
});
