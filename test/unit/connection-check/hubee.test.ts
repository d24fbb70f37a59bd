import type { IDataObject } from 'n8n-workflow';

import { closeAllConnections } from '../../../lib/http/agents';
import { hubEeTable } from '../../../nodes/HubEe/table';
import type { HubEeSandboxOptions } from '../../../sandbox/hubee';
import { TestAuthority } from '../../../sandbox/mock-server';
import type { InjectedFault } from '../../../sandbox/mock-server';
import { closedPort } from '../fakes/service';
import { Desk } from '../hubee/desk';
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

let desk: Desk;
let authority: TestAuthority;
const before = new Map<string, string | undefined>();
const DAY_MS = 86_400_000;

function setVariable(name: string, value: string): void {
	before.set(name, process.env[name]);
	process.env[name] = value;
}

beforeAll(async () => {
	authority = await TestAuthority.create();
});

afterEach(async () => {
	for (const [name, value] of before)
		if (value === undefined) delete process.env[name];
		else process.env[name] = value;
	before.clear();
	const state = stateOf();
	const harmful = harmfulCalls(desk.sandbox.mockServer);
	await desk.close();
	closeAllConnections();
	expect(harmful).toEqual([]);
	expect(state).toBe(atFirst);
});

let atFirst = '';

const stateOf = (): string =>
	JSON.stringify([
		[...desk.sandbox.listNotifications()].map(({ id }) => id).sort(),
		desk.sandbox.listCases(),
		desk.sandbox.listFolders(),
		desk.sandbox.hub.subscriptions.all(),
		desk.sandbox.hub.organizations.all(),
		desk.sandbox.hub.processes.all(),
	]);

async function open(options: HubEeSandboxOptions = {}): Promise<void> {
	desk = await Desk.open(options);
	await desk.receive([{ fileName: 'Zacharie Plantagenet 85073003328.xml' }]);
	await desk.receive();
	atFirst = stateOf();
}

const account = (clientId: string, scope: string): IDataObject => ({
	clientId,
	clientSecret: desk.sandbox.credential(clientId).clientSecret,
	scope,
});

async function check(more: IDataObject = {}, parameters: IDataObject = {}): Promise<Checked> {
	const credential = desk.credential({ extraCa: desk.sandbox.ca ?? '', ...more });
	const found = await checked(hubEeTable, { hubEeOAuth2Api: credential }, parameters);
	expect(leaks(found, [String(credential.clientSecret), String(credential.clientId)])).toEqual([]);
	expect(found.report.calls).toBeLessThanOrEqual(80);
	return found;
}

/** The authority, with a server certificate that is good from then to then. */
async function authorityWithServer(from: Date, to: Date): Promise<TestAuthority> {
	const key = await authority.makeServer({ from, to });
	return Object.create(authority, { issueServer: { value: () => Promise.resolve(key) } });
}

const fail = (how: InjectedFault, path?: string, method?: string, times = 99) =>
	desk.sandbox.mockServer.failNext({ how, path, method, times });

describe('Connection: Check of HubEE', () => {
	it('finds a receiving authority well, in a report of its own files', async () => {
		await open({ tls: authority });
		const found = await check();
		expect(found.report).toMatchObject({
			format: 1,
			service: 'HubEE',
			role: 'SI',
			environment: 'custom',
			verdict: 'ok',
			works: true,
			settings: {},
		});
		expect(featuresOf(found)).toEqual({
			eventDetails: 'yes',
			processCode: 'yes',
			processPriority: 'yes',
			lite: 'yes',
			'Notifications: maxResult': 'yes',
		});
		expect(stepOf(found, 'TLS').facts).toMatchObject({ version: 'TLSv1.3', chain: 2 });
		expect(stepOf(found, 'Token').facts).toMatchObject({ lifeSeconds: 3600, lifeIsTold: true });
		expect(stepOf(found, 'Scopes').facts).toMatchObject({
			granted: ['SI'],
			missing: ['OSL', 'ADMIN', 'DATAPASS'],
		});
		expect(JSON.parse(found.json)).toEqual(found.report);
		expect(found.markdown).toContain('# Connection check: HubEE · SI · custom');
	});

	it.each([
		['osl', 'OSL', { Subscriptions: 200, Organizations: 403, Processes: 403 }],
		['admin', 'ADMIN', { Subscriptions: 200, Organizations: 200, Processes: 200 }],
		['datapass', 'DATAPASS', { Notifications: 403, Subscriptions: 403 }],
	])('tells what the account %s with the scope %s may do', async (clientId, scope, allowed) => {
		await open();
		const found = await check(account(clientId, scope));
		expect(found.report).toMatchObject({ role: scope, verdict: 'ok' });
		for (const [name, status] of Object.entries(allowed))
			expect(stepOf(found, name).facts).toMatchObject({ status });
	});

	it('checks each account of a credential, and says whose report it is', async () => {
		await open();
		const further = [{ name: 'Second', ...account('osl', 'OSL') }];
		const credential = desk.credential({ accountSecrets: JSON.stringify(further) });
		const { items } = await checked(
			hubEeTable,
			{ hubEeOAuth2Api: credential },
			{ options: { account: '*' } },
		);
		expect(items.map(({ json }) => [json.account, json.role])).toEqual([
			['', 'SI'],
			['Second', 'OSL'],
		]);
	});

	it('finds an older release that does not know eventDetails', async () => {
		await open({ behaviour: { eventDetails: false } });
		const found = await check();
		expect(found.report.verdict).toBe('warning');
		expect(featuresOf(found).eventDetails).toBe('no');
		expect(stepOf(found, 'Queue parameters').proves).toContain('older release');
	});

	it('says when the life of the token is not told', async () => {
		await open({ behaviour: { announceExpiresIn: false } });
		expect(stepOf(await check(), 'Token').facts).toMatchObject({ lifeIsTold: false });
	});

	it('warns of a token that lives for a minute', async () => {
		await open({ behaviour: { tokenLifetime: 60 } });
		expect(stepOf(await check(), 'Token')).toMatchObject({ result: 'warning' });
	});

	it.each([true, false])('finds Content-Range of organizations: %p', async (there) => {
		await open({ behaviour: { organizationContentRange: there } });
		const features = featuresOf(await check(account('admin', 'ADMIN')));
		expect(features['Organizations: Content-Range']).toBe(there ? 'yes' : 'no');
		expect(features['Subscriptions: Content-Range']).toBe('yes');
	});

	it('tells a batch that is smaller than asked for', async () => {
		await open({ behaviour: { largestBatch: 1 } });
		expect(seenIn(await check())['Notifications: given of 100']).toBe(1);
	});

	it('names a wrong secret, and tries nothing after it', async () => {
		await open();
		const found = await check({ clientSecret: 'top-secret-value' });
		expect(stepOf(found, 'Token')).toMatchObject({
			result: 'failed',
			facts: { code: 'invalid_client', status: 401 },
		});
		expect(stepOf(found, 'Notifications').result).toBe('notTried');
		expect(found.report.works).toBe(false);
	});

	it('names a scope that the client does not have', async () => {
		await open();
		const found = await check({ scope: 'OSL' });
		expect(stepOf(found, 'Token')).toMatchObject({
			result: 'failed',
			facts: { code: 'invalid_scope' },
		});
		expect(stepOf(found, 'Token').todo).toContain('scope');
	});

	it('names an API of another environment than the token', async () => {
		await open();
		const other = await Desk.open();
		const found = await check({ tokenUrl: other.sandbox.tokenUrl });
		await other.sandbox.close();
		expect(stepOf(found, 'Notifications')).toMatchObject({
			result: 'failed',
			facts: { status: 401 },
		});
		expect(stepOf(found, 'Notifications').todo).toContain('different environments');
	});

	it.each([
		[600, 'ahead of'],
		[-600, 'behind'],
	])('tells a clock that is %p s away', async (seconds, words) => {
		await open();
		const date = new Date(Date.now() + seconds * 1000).toUTCString();
		fail({ kind: 'headers', headers: { date } }, '^/$', 'HEAD');
		const clock = stepOf(await check(), 'Clock');
		expect(clock.result).toBe('warning');
		expect(clock.proves).toContain(words);
		expect(Math.abs(Number(clock.facts.secondsAhead) - seconds)).toBeLessThan(10);
	});

	it('finds that PATCH is blocked, and which option follows from it', async () => {
		await open();
		fail({ kind: 'html', status: 403 }, undefined, 'PATCH');
		const found = await check();
		expect(found.report.settings).toEqual({ options: { patchByOverride: true } });
		expect(stepOf(found, 'Methods')).toMatchObject({
			result: 'warning',
			facts: { patch: false, delete: true, override: true },
		});
	});

	it('the options of a report are taken by an expression', async () => {
		await open();
		fail({ kind: 'html', status: 403 }, undefined, 'PATCH');
		const { report } = await check();
		desk.sandbox.mockServer.clearFailures();
		const [{ id }] = desk.sandbox.listCases();
		const options = '={{ $json.settings.options }}' as unknown as IDataObject;
		await desk.run(
			'case:get',
			{ caseId: id, options },
			{ items: [{ json: report as unknown as IDataObject }] },
		);
		expect(desk.operations().at(-1)).toBe('getCaseById');
	});

	it('finds that DELETE is cut off on the way', async () => {
		await open();
		fail({ kind: 'cutBefore' }, undefined, 'DELETE');
		expect(stepOf(await check(), 'Methods')).toMatchObject({
			result: 'failed',
			facts: { patch: true, delete: false },
		});
	});

	it.each<[string, InjectedFault, string]>([
		[
			'a refusal of what the scope is for',
			{ kind: 'status', status: 403 },
			'what its scope is for',
		],
		['too many requests', { kind: 'status', status: 429 }, 'fewer requests'],
		['a failing service', { kind: 'status', status: 503 }, 'fails (HTTP 503)'],
		['a path that is not there', { kind: 'status', status: 404 }, 'Nothing answers'],
		['a web page in its place', { kind: 'html' }, 'web page'],
		['a redirect', { kind: 'redirect', location: 'https://login.example/' }, 'redirect'],
		['a connection that is cut', { kind: 'cutBefore' }, 'closed the connection'],
		['an answer that is no list', { kind: 'status', status: 200, body: '{}' }, 'no list'],
		['an answer that is no JSON', { kind: 'status', status: 200, body: 'ok' }, 'no list'],
	])('names %s', async (_, how, words) => {
		await open();
		fail(how, '/notifications$', 'GET');
		const step = stepOf(await check(), 'Notifications');
		expect(step).toMatchObject({ result: 'failed' });
		expect(step.proves).toContain(words);
	});

	it('names the fields that an answer lacks, or has in another type, and no others', async () => {
		await open();
		const body = JSON.stringify([{ id: 7, caseId: 7.5, newField: 'Zacharie', Plantagenet: 1 }]);
		fail({ kind: 'status', status: 200, body }, '/notifications$', 'GET', 1);
		const { report } = await check();
		expect(report.deviations).toEqual([
			{ answer: 'notification', field: 'processCode', problem: 'missing' },
			{ answer: 'notification', field: 'caseId', problem: 'otherType' },
		]);
		expect(report.verdict).toBe('failed');
	});

	it('names a proxy that is down', async () => {
		await open();
		setVariable('HTTP_PROXY', `http://Zacharie:top-secret-value@127.0.0.1:${await closedPort()}`);
		const found = await check();
		expect(stepOf(found, 'Way')).toMatchObject({
			result: 'failed',
			facts: { proxyVariable: 'HTTP_PROXY' },
		});
		expect(stepOf(found, 'Way').proves).toContain('proxy');
	});

	it('names a port at which nothing listens', async () => {
		await open();
		const nowhere = `http://127.0.0.1:${await closedPort()}`;
		const found = await check({ baseUrl: nowhere, tokenUrl: nowhere });
		expect(stepOf(found, 'Way')).toMatchObject({
			result: 'failed',
			facts: { code: 'ECONNREFUSED' },
		});
		expect(stepOf(found, 'Token').result).toBe('notTried');
	});

	it('names a protection of the inner network', async () => {
		await open();
		setVariable('N8N_SSRF_PROTECTION_ENABLED', 'true');
		expect(stepOf(await check(), 'Way').proves).toContain('protection of the inner network');
	});

	it('names an authority that is not known', async () => {
		await open({ tls: authority });
		const found = await check({ extraCa: '' });
		expect(stepOf(found, 'TLS')).toMatchObject({ result: 'failed' });
		expect(stepOf(found, 'TLS').todo).toContain('Extra CA Certificates');
		expect(stepOf(found, 'TLS').facts).toMatchObject({ chain: 1 });
		expect(stepOf(found, 'Token').result).toBe('notTried');
	});

	it.each([
		['expired', -10, -3, 'has expired on'],
		['not yet valid', 3, 10, 'not valid yet'],
	])('names a certificate that is %s', async (_, from, to, words) => {
		const day = (offset: number) => new Date(Date.now() + offset * DAY_MS);
		await open({ tls: await authorityWithServer(day(from), day(to)) });
		const tls = stepOf(await check(), 'TLS');
		expect(tls.result).toBe('failed');
		expect(tls.proves).toContain(words);
	});

	it('warns of a certificate that ends in a few days', async () => {
		const end = new Date(Date.now() + 3 * DAY_MS);
		await open({ tls: await authorityWithServer(new Date(Date.now() - DAY_MS), end) });
		const tls = stepOf(await check(), 'TLS');
		expect(tls.result).toBe('warning');
		expect(tls.facts.ends).toBe(end.toISOString().slice(0, 10));
	});

	it('warns of a credential that ignores TLS issues', async () => {
		await open({ tls: authority });
		expect(stepOf(await check({ extraCa: '', ignoreTlsIssues: true }), 'TLS')).toMatchObject({
			result: 'warning',
			proves: expect.stringContaining('ignores TLS issues') as string,
		});
	});

	it('names a slow service, and which timeout follows from it', async () => {
		await open();
		let now = 0;
		jest.spyOn(performance, 'now').mockImplementation(() => (now += 30_000));
		const found = await check();
		expect(stepOf(found, 'Way').result).toBe('warning');
		expect(Number(found.report.settings.options.timeoutSeconds)).toBeGreaterThan(60);
	});

	it('shows nothing of what answers hold, whichever they are', async () => {
		await open();
		const body = JSON.stringify(plantedObject());
		const headers = { 'content-range': 'Plantagenet 0-1/85073003328' };
		for (const [status, text] of [
			[200, body],
			[200, `[${body}]`],
			[400, body],
			[403, body],
			[500, 'Zacharie Plantagenet 85073003328'],
		] as const) {
			desk.sandbox.mockServer.clearFailures();
			fail({ kind: 'status', status, body: text, headers }, 'v1');
			for (const who of [{}, account('admin', 'ADMIN')]) await check(who);
		}
		desk.sandbox.mockServer.clearFailures();
		fail({ kind: 'status', status: 401, body }, 'token');
		await check();
	});

	it('gives an error, and no report, for a credential that cannot be used at all', async () => {
		await open();
		const { facts } = await desk.failure('connection:check', {}, { credential: { clientId: '' } });
		expect(facts.code).toBe('invalid_input');
		expect(desk.operations()).toEqual([]);
	});

	it('stops when the person stops it', async () => {
		await open();
		fail({ kind: 'hang' }, '^/$', 'HEAD');
		const stop = new AbortController();
		const running = desk.failure('connection:check', {}, { signal: stop.signal });
		while (desk.operations().length === 0) await new Promise((resolve) => setImmediate(resolve));
		stop.abort();
		expect((await running).facts.code).toBe('cancelled');
	});
});
