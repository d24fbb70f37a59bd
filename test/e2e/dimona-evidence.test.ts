import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { DimonaSandbox, NOT_FLEXI_SSIN, testSsin } from '../../sandbox/dimona';
import { type Execution, itemsOf, N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { type Collector, startCollector } from './collector';
import { lastResults, resultFiles } from './dimona-results';
import { template, withFolder } from './hubee';
import { rowsWorkflow } from './rows-workflow';

const EMPLOYER = '0000000196';
const TYPE = 'socialSecurityCertificateOAuth2Api';
const PATIENCE_MS = 4 * 60_000;

let n8n: N8nInstance;
let sandbox: DimonaSandbox;
let collector: Collector;
let credential: string;

beforeAll(async () => {
	sandbox = await DimonaSandbox.start({ behaviour: { processingDelay: 500 } });
	collector = await startCollector();
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	credential = await n8n.createCredential('Dimona', TYPE, sandbox.credential());
});

afterEach(async () => {
	await n8n.idle();
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

/** The authority's register beside what the items say. */
function show(title: string, items: IDataObject[]): void {
	sandbox.registry.settle();
	const declarations = sandbox.registry.declarations.map(
		({ id, kind, verdict }) => `${id} ${kind} ${verdict?.result ?? '…'}`,
	);
	const periods = sandbox.registry.periods.map(
		({ id, startDate, cancelled }) => `${id} from ${startDate}${cancelled ? ', cancelled' : ''}`,
	);
	const said = items.map(({ declarationId, periodId, status }) =>
		[declarationId, periodId, status].map(String).join(' '),
	);
	console.log(
		[title, 'register:', ...declarations, ...periods, 'items say:', ...said].join('\n  '),
	);
}

const parameters = (more: INodeParameters): INodeParameters => ({
	resource: 'declaration',
	operation: 'submitAndWait',
	kind: 'in',
	enterpriseNumber: EMPLOYER,
	ssin: testSsin(1),
	workerType: 'OTH',
	startDate: day(1),
	...more,
});

async function imported(
	more: INodeParameters,
	node: object = {},
	rows: IDataObject[] = [{}],
): Promise<string> {
	const workflow = rowsWorkflow(rows, {
		name: 'Node',
		type: 'n8n-nodes-guichet.dimona',
		parameters: parameters(more),
		...node,
	});
	return await n8n.importWorkflow(workflow, { credentials: { [TYPE]: credential } });
}

const jsonOf = (execution: Execution) => itemsOf(execution, 'Node').map(({ json }) => json);

it('point 1: after IN and CANCEL, a lost IN is not told as accepted, and a new one is declared', async () => {
	const id = await imported({ options: { guard: 'executions', ifSubmittedBefore: 'submitAgain' } });
	const [made] = jsonOf(await n8n.run(id));
	await n8n.run(await imported({ kind: 'cancel', periodId: String(made?.periodId) }));
	const other = await imported({ options: { searchSeconds: 2 } });
	sandbox.mockServer.failNext({
		method: 'POST',
		path: '/declarations$',
		how: { kind: 'cutBefore' },
	});
	const lost = await n8n.run(other);
	show('a lost IN after a CANCEL', []);
	expect(lost.error?.message).toMatch(/may have been recorded/);
	const again = jsonOf(await n8n.run(id));
	show('declared again', again);
	const standing = sandbox.registry.periods.filter(({ cancelled }) => !cancelled);
	expect(standing).toHaveLength(1);
	expect(again).toMatchObject([{ status: 'accepted', periodId: String(standing[0]?.id) }]);
});

it('point 3: the alert speaks although the answer repeats nothing, and of a warning without a reason', async () => {
	sandbox.settings.withoutEcho = true;
	const id = await n8n.importWorkflow(withFolder(template('dimona-flexi-alert'), n8n.filesFolder), {
		credentials: { [TYPE]: credential },
		parameters: {
			Settings: {
				includeOtherFields: true,
				assignments: {
					assignments: Object.entries({
						enterpriseNumber: EMPLOYER,
						alertUrl: collector.url,
					}).map(([name, value]) => ({ id: name, name, value, type: 'string' })),
				},
			},
		},
	});
	await n8n.activate(id);
	const post = async (reference: string, ssin: string) =>
		await n8n.callWebhook('dimona/flexi', {
			method: 'POST',
			json: { reference, ssin, startDate: day(1), startHour: '17:00', endHour: '21:30' },
		});
	await post('warned', NOT_FLEXI_SSIN);
	await collector.wait(1);
	sandbox.scriptOutcome({ result: 'W', anomalies: [] });
	await post('silent', testSsin(2));
	await collector.wait(2);
	sandbox.scriptOutcome({ result: 'B', anomalies: [] });
	await post('refused', testSsin(3));
	const told = await collector.wait(3);
	await n8n.deactivate(id);
	show('flexi-jobs', []);
	expect(told.map(({ text }) => String(text).split('\n')[0])).toEqual([
		expect.stringContaining('warned is acceptedWithWarning') as string,
		expect.stringContaining('silent is acceptedWithWarning') as string,
		expect.stringContaining('refused is refused') as string,
	]);
	expect(String(told[0]?.text)).toMatch(/may NOT work/);
	for (const { text } of told.slice(1)) expect(String(text)).toMatch(/gave no reason/);
});

it(
	'point 6: a stop while waiting loses no declaration id',
	async () => {
		sandbox.settings.processingDelay = 60_000;
		const id = await imported({ options: { guard: 'executions' } });
		const { executionId } = await n8n.rest.post<{ executionId: string }>(`/workflows/${id}/run`, {
			triggerToStartFrom: { name: 'Start' },
		});
		const deadline = Date.now() + PATIENCE_MS;
		while (sandbox.mockServer.calls.list({ operation: 'get declaration' }).length < 2) {
			if (Date.now() > deadline) throw new Error('nothing was declared');
			await sleep(50);
		}
		await n8n.rest.post(`/executions/${executionId}/stop`, {});
		await n8n.waitForExecution(executionId, PATIENCE_MS);
		const declarationId = String(sandbox.registry.declarations[0]?.id);
		while (!n8n.log.includes(declarationId)) {
			if (Date.now() > deadline) throw new Error('the id is not in the log of n8n');
			await sleep(50);
		}
		sandbox.mockServer.clock.advance(60_000);
		const again = jsonOf(await n8n.run(id));
		const found = jsonOf(
			await n8n.run(await imported({ operation: 'waitForResult', declarationId })),
		);
		show('stopped, and run again', [...again, ...found]);
		for (const item of [...again, ...found])
			expect(item).toMatchObject({ declarationId, status: 'accepted' });
		expect(sandbox.registry.declarations).toHaveLength(1);
	},
	PATIENCE_MS,
);

it('point 7: Retry On Fail declares each item once', async () => {
	sandbox.mockServer.failNext({
		method: 'POST',
		path: '/declarations$',
		skip: 2,
		times: 2,
		how: { kind: 'status', status: 403 },
	});
	const rows = [1, 2, 3].map((index) => ({ ssin: testSsin(index) }));
	const id = await imported(
		{ ssin: '={{ $json.ssin }}', options: { parallelItems: 1, pauseMs: 0 } },
		{ retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
		rows,
	);
	const items = jsonOf(await n8n.run(id));
	show('three tries of three items', items);
	expect(sandbox.registry.declarations).toHaveLength(3);
	expect(items.map(({ declarationId }) => declarationId)).toEqual(
		sandbox.registry.declarations.map(({ id: number }) => String(number)),
	);
});

it(
	'point 27: a sheet that is started twice, with results after 75 s, is declared once; both runs have the ids',
	async () => {
		sandbox.settings.processingDelay = 75_000;
		const lines = Array.from(
			{ length: 5 },
			(_, index) => `${index + 1},${testSsin(index + 1)},FLX,${day(1)},17:00,21:30`,
		);
		writeFileSync(
			join(n8n.filesFolder, 'dimona.csv'),
			`reference,ssin,workerType,startDate,startHour,endHour\n${lines.join('\n')}\n`,
		);
		const id = await n8n.importWorkflow(
			withFolder(template('dimona-declare-sheet'), n8n.filesFolder),
			{ credentials: { [TYPE]: credential } },
		);
		const both = Promise.all([
			n8n.run(id, { timeoutMs: PATIENCE_MS }),
			n8n.run(id, { timeoutMs: PATIENCE_MS }),
		]);
		const deadline = Date.now() + PATIENCE_MS;
		while (sandbox.registry.declarations.length < lines.length) {
			if (Date.now() > deadline) throw new Error('the sheet was not declared');
			await sleep(100);
		}
		// What is asked for twice at the authority's pace has been declared for more than two seconds.
		const polls = ({ id: number }: { id: number }) =>
			sandbox.mockServer.calls.list({ operation: 'get declaration', path: `/${number}$` }).length;
		while (!sandbox.registry.declarations.every((declaration) => polls(declaration) >= 2)) {
			if (Date.now() > deadline) throw new Error('the results were not asked for');
			await sleep(100);
		}
		sandbox.mockServer.clock.advance(75_000);
		const runs = await both;
		const items = runs.flatMap((execution) =>
			itemsOf(execution, 'Declare and Wait').map(({ json }) => json),
		);
		show('a sheet started twice', items);
		expect(sandbox.registry.declarations).toHaveLength(lines.length);
		expect(items).toHaveLength(2 * lines.length);
		for (const item of items) {
			expect(item).toMatchObject({ status: 'accepted' });
			expect(sandbox.registry.periods.map((period) => String(period.id))).toContain(item.periodId);
			expect(sandbox.registry.declarations.map((one) => String(one.id))).toContain(
				item.declarationId,
			);
		}
		expect(resultFiles(n8n.filesFolder)).toHaveLength(2);
		expect(lastResults(n8n.filesFolder)).toHaveLength(lines.length);
	},
	PATIENCE_MS,
);
