import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { INodeParameters } from 'n8n-workflow';

import { DimonaSandbox, NOT_FLEXI_SSIN, testSsin } from '../../sandbox/dimona';
import { N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { type Collector, startCollector } from './collector';
import { lastResults, resultFiles } from './dimona-results';
import { template, withFolder } from './hubee';

const EMPLOYER = '0000000196';
const TYPE = 'socialSecurityCertificateOAuth2Api';
const PATIENCE_MS = 4 * 60_000;

let n8n: N8nInstance;
let sandbox: DimonaSandbox;
let collector: Collector;
let credential: string;
const active: string[] = [];

beforeAll(async () => {
	sandbox = await DimonaSandbox.start({ behaviour: { processingDelay: 200 } });
	collector = await startCollector();
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	credential = await n8n.createCredential('Dimona', TYPE, sandbox.credential());
});

afterEach(async () => {
	// Before the register is emptied: ids begin anew, and who still asks for one gets another's.
	await n8n.idle();
	for (const id of active.splice(0)) await n8n.deactivate(id);
	expect(sandbox.mockServer.faults).toEqual([]);
	await sandbox.mockServer.reset();
	collector.received.length = 0;
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
	await collector?.close();
});

const day = (offset: number) =>
	new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(
		Date.now() + offset * 86_400_000,
	);

const settings = (
	values: Record<string, string | number>,
	includeOtherFields = true,
): Record<string, INodeParameters> => ({
	Settings: {
		includeOtherFields,
		assignments: {
			assignments: Object.entries(values).map(([name, value]) => ({
				id: name,
				name,
				value,
				type: typeof value,
			})),
		},
	},
});

const imported = async (name: string, parameters: Record<string, INodeParameters> = {}) =>
	await n8n.importWorkflow(withFolder(template(name), n8n.filesFolder), {
		credentials: { [TYPE]: credential },
		parameters,
	});

async function activated(
	name: string,
	parameters: Record<string, INodeParameters> = {},
): Promise<string> {
	const id = await imported(name, parameters);
	await n8n.activate(id);
	active.push(id);
	return id;
}

async function post(path: string, json: object): Promise<Record<string, unknown>> {
	const answer = await n8n.callWebhook(path, { method: 'POST', json });
	return { http: answer.status, ...(answer.json() as Record<string, unknown>) };
}

const declaring = () => ({
	...settings({ enterpriseNumber: EMPLOYER, resultUrl: collector.url }),
});

const alerting = () => settings({ enterpriseNumber: EMPLOYER, alertUrl: collector.url });

/** The follow-up, which takes over at once what nobody has told. */
const followUp = async () =>
	await imported(
		'dimona-follow-up-pending',
		settings({ resultUrl: collector.url, alertUrl: collector.url, minutes: 0 }, false),
	);

const worker = (reference: string, ssin: string, offset = 1) => ({
	reference,
	ssin,
	workerType: 'OTH',
	startDate: day(offset),
});

const flexi = (reference: string, ssin: string) => ({
	reference,
	ssin,
	startDate: day(1),
	startHour: '17:00',
	endHour: '21:30',
});

const until = async (what: string, isSo: () => boolean) => {
	const deadline = Date.now() + PATIENCE_MS;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
		await sleep(20);
	}
};

const told = () => collector.received.map(({ reference, text }) => reference ?? text);

it('the end of a contract: a search that fails is told as that, and never as "no open period"', async () => {
	await activated('dimona-end-of-contract', settings({ employerId: '125482497' }));
	const byWorker = { ssin: testSsin(1), endDate: day(10) };
	const failing = (status: number) =>
		sandbox.mockServer.failNext({
			path: '/periods/search',
			times: status === 500 ? 20 : 1,
			how: { kind: 'status', status, body: '{}' },
		});
	failing(500);
	expect(await post('dimona/out', byWorker)).toMatchObject({ http: 502, ok: false });
	sandbox.mockServer.clearFailures();
	failing(403);
	expect(await post('dimona/out', byWorker)).toMatchObject({ http: 502, ok: false });
	expect(await post('dimona/out', { ...byWorker, ssin: '85073003329' })).toMatchObject({
		http: 400,
		ok: false,
	});
	expect(await post('dimona/out', byWorker)).toMatchObject({
		http: 409,
		error: 'The worker has no open period',
	});
	expect(await post('dimona/out', { ssin: '1' })).toMatchObject({
		http: 400,
		error: 'The request needs: endDate, and periodId or ssin. Missing: endDate',
	});
});

it(
	'n8n ends during the wait: what was declared is told by the follow-up, once, and the same call may be repeated',
	async () => {
		sandbox.settings.processingDelay = 3_600_000;
		await activated('dimona-declare-from-webhook', declaring());
		await activated('dimona-flexi-alert', alerting());
		const answers = [
			await post('dimona/declare', worker('declared', testSsin(1))),
			await post('dimona/flexi', flexi('warned', NOT_FLEXI_SSIN)),
			await post('dimona/flexi', flexi('good', testSsin(2))),
		];
		for (const answer of answers) expect(answer).toMatchObject({ http: 202, ok: true });
		await n8n.kill();
		await n8n.restart();
		const id = await followUp();
		// Not known yet: nobody is told, and nothing is marked.
		expect((await n8n.run(id)).error).toBeUndefined();
		expect(told()).toEqual([]);
		sandbox.mockServer.clock.advance(3_600_000);
		expect((await n8n.run(id)).error).toBeUndefined();
		expect(told().sort()).toEqual([
			expect.stringMatching(/flexi-job warned is acceptedWithWarning.*may NOT work/s) as string,
			'declared',
		]);
		expect(collector.received.find(({ reference }) => reference === 'declared')).toMatchObject({
			declarationId: answers[0]?.declarationId,
			status: 'accepted',
			final: true,
		});
		expect((await n8n.run(id)).error).toBeUndefined();
		expect(told()).toHaveLength(2);
		const again = await post('dimona/declare', worker('declared', testSsin(1)));
		expect(again).toMatchObject({ http: 202, ok: true });
		expect(sandbox.registry.declarations).toHaveLength(3);
	},
	PATIENCE_MS,
);

it('what was told is marked, so that the follow-up tells nothing', async () => {
	const declareId = await activated('dimona-declare-from-webhook', declaring());
	const flexiId = await activated('dimona-flexi-alert', alerting());
	await post('dimona/declare', worker('declared', testSsin(50)));
	await post('dimona/flexi', flexi('good', testSsin(51)));
	await post('dimona/flexi', flexi('warned', NOT_FLEXI_SSIN));
	await n8n.idle();
	expect(await n8n.executions({ workflowId: declareId })).toMatchObject([{ status: 'success' }]);
	expect(await n8n.executions({ workflowId: flexiId })).toMatchObject([
		{ status: 'success' },
		{ status: 'success' },
	]);
	expect(told()).toHaveLength(2);
	expect((await n8n.run(await followUp())).error).toBeUndefined();
	expect(told()).toHaveLength(2);
});

it(
	'n8n ends while it declares: the same call again declares nothing twice',
	async () => {
		await activated('dimona-declare-from-webhook', {
			...declaring(),
			Declare: {
				options: { guard: 'executions', ifSubmittedBefore: 'submitAgain', searchSeconds: 2 },
			},
		});
		sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'hang' },
		});
		const call = worker('killed', testSsin(3));
		const cut = post('dimona/declare', call).then(
			() => 'answered',
			() => 'cut',
		);
		await until('the declaration is under way', () =>
			sandbox.mockServer.calls.list().some(({ path }) => path.endsWith('/declarations')),
		);
		await n8n.kill();
		expect(await cut).toBe('cut');
		await n8n.restart();
		sandbox.mockServer.clearFailures();
		const first = await post('dimona/declare', call);
		// Received by the authority or not: the workflow says which, and sends nothing blindly.
		expect([202, 504]).toContain(first.http);
		expect(first.ok).toBe(first.http === 202);
		sandbox.registry.settle();
		expect(sandbox.registry.declarations.length).toBeLessThanOrEqual(1);
	},
	PATIENCE_MS,
);

it('an address that answers 500: the result is told again by the follow-up, which marks only what was taken', async () => {
	const declareId = await activated('dimona-declare-from-webhook', declaring());
	const refusal = collector.refuseNext(2);
	for (const [index, reference] of ['one', 'two'].entries())
		expect(await post('dimona/declare', worker(reference, testSsin(10 + index)))).toMatchObject({
			http: 202,
		});
	await n8n.idle();
	expect(refusal.refused).toBe(2);
	expect(await n8n.executions({ workflowId: declareId })).toMatchObject([
		{ status: 'error' },
		{ status: 'error' },
	]);
	expect(told()).toEqual([]);
	const id = await followUp();
	collector.refuseNext(1);
	const half = await n8n.run(id);
	expect(half.error?.message).toMatch(/told again in the next hour/);
	expect(told()).toHaveLength(1);
	expect((await n8n.run(id)).error).toBeUndefined();
	expect(told().sort()).toEqual(['one', 'two']);
	expect((await n8n.run(id)).error).toBeUndefined();
	expect(told()).toHaveLength(2);
});

it('OK is answered only for what was declared and written down', async () => {
	await activated('dimona-flexi-alert', alerting());
	expect(await post('dimona/flexi', { reference: 'x', ssin: testSsin(1) })).toMatchObject({
		http: 400,
		ok: false,
		error: 'The request needs: ssin, startDate. Missing: startDate',
	});
	sandbox.mockServer.failNext({
		method: 'POST',
		path: '/declarations$',
		how: { kind: 'status', status: 403, body: '{}' },
	});
	expect(await post('dimona/flexi', flexi('refused=cmd', testSsin(20)))).toMatchObject({
		http: 502,
		ok: false,
	});
	expect(await collector.wait(1)).toMatchObject([
		{ text: expect.stringMatching(/flexi-job refused_cmd is not declared/) as string },
	]);
	const [id] = active.splice(0);
	await n8n.deactivate(String(id));

	const call = worker('noted', testSsin(21));
	const withoutTable = await activated('dimona-declare-from-webhook', {
		...declaring(),
		'Have the Table': { tableName: '={{ $("Nowhere").first().json.name }}' },
	});
	expect(await post('dimona/declare', call)).toMatchObject({
		http: 500,
		ok: false,
		declarationId: null,
	});
	expect(sandbox.registry.declarations).toHaveLength(0);
	await n8n.deactivate(withoutTable);
	active.pop();
	await activated('dimona-declare-from-webhook', {
		...declaring(),
		'Write It Down': { filters: { conditions: [{ keyName: 'missing', keyValue: 'x' }] } },
	});
	const unwritten = await post('dimona/declare', call);
	expect(unwritten).toMatchObject({
		http: 500,
		ok: false,
		declarationId: String(sandbox.registry.declarations[0]?.id),
		error: expect.stringMatching(/Call again: nothing is declared twice/) as string,
	});
	expect(await post('dimona/declare', call)).toMatchObject({
		http: 500,
		declarationId: unwritten.declarationId,
	});
	expect(sandbox.registry.declarations).toHaveLength(1);
});

it('who calls without the header is refused', async () => {
	for (const [name, path] of [
		['dimona-declare-from-webhook', 'dimona/declare'],
		['dimona-flexi-alert', 'dimona/flexi'],
		['dimona-cancel-no-show', 'dimona/cancel'],
		['dimona-end-of-contract', 'dimona/out'],
	] as const) {
		await activated(name);
		const answer = await fetch(`${n8n.baseUrl}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{}',
		});
		expect(answer.status).toBe(403);
	}
	expect(sandbox.mockServer.calls.list()).toEqual([]);
});

it('a sheet and its follow-up: each owns what it writes, and cells of a sheet begin no formula', async () => {
	sandbox.settings.processingDelay = 3_600_000;
	const file = join(n8n.filesFolder, 'dimona.csv');
	writeFileSync(
		file,
		`reference,ssin,workerType,startDate\n=1+1,${testSsin(30)},OTH,${day(1)}\nlate,${testSsin(31)},OTH,${day(1)}\nwrong,123,OTH,${day(1)}\n`,
	);
	const sheet = await imported('dimona-declare-sheet', {
		'Declare and Wait': {
			options: { guard: 'executions', ifSubmittedBefore: 'submitAgain', giveUpAfter: 3 },
		},
	});
	expect((await n8n.run(sheet)).error).toBeUndefined();
	expect(lastResults(n8n.filesFolder).map((line) => line.split(',').slice(0, 2))).toEqual([
		["'=1+1", 'pending'],
		['late', 'pending'],
		['wrong', 'failed'],
	]);
	const [results = ''] = resultFiles(n8n.filesFolder);
	const written = readFileSync(results);
	sandbox.mockServer.clock.advance(3_600_000);
	expect((await n8n.run(await followUp())).error).toBeUndefined();
	expect(told().sort()).toEqual(['=1+1', 'late']);
	expect(readFileSync(results)).toEqual(written);
	expect(resultFiles(n8n.filesFolder)).toHaveLength(1);
});

it(
	'a cancellation and an end that are not treated in time are written down before the answer',
	async () => {
		await activated('dimona-declare-from-webhook', declaring());
		for (const n of [40, 41]) await post('dimona/declare', worker(`in ${n}`, testSsin(n)));
		await n8n.idle();
		expect(told().sort()).toEqual(['in 40', 'in 41']);
		collector.received.length = 0;
		const [first, second] = sandbox.registry.periods.map(({ id }) => String(id));
		sandbox.settings.processingDelay = 3_600_000;
		const soon = (name: string) => {
			const { options } = template(name).nodes.find(({ name: node }) => node === waiting(name))
				?.parameters as { options: INodeParameters };
			return { [waiting(name)]: { options: { ...options, giveUpAfter: 3 } } };
		};
		const waiting = (name: string) =>
			name === 'dimona-cancel-no-show' ? 'Cancel and Wait' : 'Out and Wait';
		await activated('dimona-cancel-no-show', soon('dimona-cancel-no-show'));
		await activated('dimona-end-of-contract', soon('dimona-end-of-contract'));
		const cancelled = { reference: 'cancel', periodId: first };
		const ended = { reference: 'end', periodId: second, endDate: day(9) };
		expect(await post('dimona/cancel', cancelled)).toMatchObject({ http: 202, ok: false });
		expect(await post('dimona/out', ended)).toMatchObject({ http: 202, ok: false });
		const id = await followUp();
		sandbox.mockServer.clock.advance(3_600_000);
		expect((await n8n.run(id)).error).toBeUndefined();
		expect(told().sort()).toEqual(['cancel', 'end']);
		// The same calls again: done before is done.
		sandbox.settings.processingDelay = 200;
		expect(await post('dimona/cancel', cancelled)).toMatchObject({ http: 200, ok: true });
		expect(await post('dimona/out', ended)).toMatchObject({ http: 200, ok: true });
		expect(sandbox.registry.periods).toMatchObject([{ cancelled: true }, { endDate: day(9) }]);
	},
	PATIENCE_MS,
);
