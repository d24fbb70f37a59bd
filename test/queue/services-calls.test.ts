import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { type AspOneSandbox, startAspOneSandbox } from '../../sandbox/aspone';
import { DimonaSandbox, testSsin } from '../../sandbox/dimona';
import { type Execution, itemsOf } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { lastResults } from '../e2e/dimona-results';
import { template, withFolder } from '../e2e/hubee';
import { rowsWorkflow } from '../e2e/rows-workflow';
import { workerOf } from './workers';

const SOCIAL_SECURITY = 'socialSecurityCertificateOAuth2Api';
const ASPONE = 'aspOneWsseApi';

let cluster: QueueCluster;
let dimona: DimonaSandbox;
let aspOne: AspOneSandbox;
let employer: string;

beforeAll(async () => {
	dimona = await DimonaSandbox.start({ tls: true, behaviour: { processingDelay: 500 } });
	aspOne = await startAspOneSandbox({ tls: true });
	cluster = await QueueCluster.start({
		tarball: await packedTarball(),
		// One execution at a time on each, so that two at once are on two workers.
		concurrency: 1,
	});
	employer = await cluster.main.createCredential('Dimona', SOCIAL_SECURITY, dimona.credential());
});

afterEach(async () => {
	expect([...dimona.mockServer.faults, ...aspOne.mockServer.faults]).toEqual([]);
	await dimona.mockServer.reset();
	await aspOne.mockServer.reset();
});

afterAll(async () => {
	await cluster?.end();
	await dimona?.close();
	await aspOne?.close();
});

/** Belgian day after tomorrow: no midnight in between makes it a day of the past. */
const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(
	Date.now() + 2 * 86_400_000,
);

/** Imports a manual trigger, some rows, and one node. */
async function imported(
	node: { type: string; parameters: INodeParameters },
	credentials: Record<string, string>,
	rows: IDataObject[] = [{}],
): Promise<string> {
	const workflow = rowsWorkflow(rows, { name: 'Node', ...node, onError: 'continueRegularOutput' });
	return await cluster.main.importWorkflow(workflow, { credentials });
}

/** Runs a workflow twice at the same time, on two workers. */
async function twiceAtOnce(workflowId: string): Promise<Execution[]> {
	const executions = await Promise.all([
		cluster.main.run(workflowId, { timeoutMs: 120_000 }),
		cluster.main.run(workflowId, { timeoutMs: 120_000 }),
	]);
	expect(new Set(executions.map(({ id }) => workerOf(cluster, id)))).toEqual(
		new Set(cluster.workers),
	);
	return executions;
}

/** A workflow that declares one worker. */
const declaration = async (parameters: INodeParameters): Promise<string> =>
	await imported(
		{
			type: 'n8n-nodes-guichet.dimona',
			parameters: {
				resource: 'declaration',
				enterpriseNumber: '0000000196',
				ssin: testSsin(1),
				workerType: 'OTH',
				startDate: day,
				...parameters,
			},
		},
		{ [SOCIAL_SECURITY]: employer },
	);

describe('Dimona', () => {
	const LINES = 12;

	it('a sheet that two workers declare at once is declared once, line by line; both have every result', async () => {
		const lines = Array.from(
			{ length: LINES },
			(_, index) => `${index + 1},${testSsin(index + 1)},FLX,${day},17:00,21:30`,
		);
		writeFileSync(
			join(cluster.filesFolder, 'dimona.csv'),
			`reference,ssin,workerType,startDate,startHour,endHour\n${lines.join('\n')}\n`,
		);
		const workflow = withFolder(template('dimona-declare-sheet'), cluster.filesFolder);
		const node = workflow.nodes.find(({ name }) => name === 'Declare and Wait');
		const options = { ...(node?.parameters.options as object), pauseMs: 50 };
		const id = await cluster.main.importWorkflow(workflow, {
			credentials: { [SOCIAL_SECURITY]: employer },
			parameters: { 'Declare and Wait': { options } },
		});
		const executions = await twiceAtOnce(id);

		expect(dimona.registry.declarations).toHaveLength(LINES);
		expect(dimona.registry.periods.map(({ worker }) => worker.ssin).sort()).toEqual(
			Array.from({ length: LINES }, (_, index) => testSsin(index + 1)).sort(),
		);
		for (const execution of executions)
			expect(
				itemsOf(execution, 'Declare and Wait').map(({ json }) => [json.status, json.periodId]),
			).toEqual(
				Array.from({ length: LINES }, (_, index) => [
					'accepted',
					String(
						dimona.registry.periods.find(({ worker }) => worker.ssin === testSsin(index + 1))?.id,
					),
				]),
			);
		expect(lastResults(cluster.filesFolder)).toHaveLength(LINES);
		// One for each worker, and none for the 48 questions at most of each line.
		expect(dimona.mockServer.calls.counters().tokenRequests).toBe(2);
	});

	it('what one worker is declaring is refused on the other', async () => {
		dimona.mockServer.latency = 300;
		const id = await declaration({
			operation: 'submitIn',
			options: { guard: 'executions', ifSubmittedBefore: 'report' },
		});
		const executions = await twiceAtOnce(id);
		const outcomes = executions.map((execution) => itemsOf(execution, 'Node')[0].json);
		expect(outcomes.map((json) => json.alreadySubmitted ?? false).sort()).toEqual([false, true]);
		expect(dimona.registry.declarations).toHaveLength(1);
		const sent = outcomes.find(({ declarationId }) => declarationId !== null);
		expect(sent?.declarationId).toBe(String(dimona.registry.declarations[0].id));
	});
});

describe('ASPOne', () => {
	it('a wrong password over many items and executions makes one call for each process', async () => {
		// So slow that the first execution is still at it when the second begins.
		aspOne.mockServer.latency = 1_000;
		const [{ login }] = aspOne.users;
		const { whiteLabel } = aspOne.behaviour;
		const wrong = await cluster.main.createCredential('ASPOne wrong', ASPONE, {
			environment: 'custom',
			endpoint: aspOne.endpoint,
			whiteLabelLogin: whiteLabel.login,
			whiteLabelPassword: whiteLabel.password,
			userLogin: login,
			userAuthentication: 'password',
			userPassword: 'mauvais-mot-de-passe',
			serviceVersion: '1.0',
			wsdlSource: 'builtIn',
			extraCa: aspOne.ca,
		});
		const id = await imported(
			{
				type: 'n8n-nodes-guichet.aspOneAlert',
				parameters: {
					resource: 'configuration',
					operation: 'get',
					accountName: '={{ $json.account }}',
				},
			},
			{ [ASPONE]: wrong },
			Array.from({ length: 20 }, (_, index) => ({ account: `A${index}` })),
		);
		for (const execution of await twiceAtOnce(id)) {
			const errors = itemsOf(execution, 'Node').map(({ json }) => String(json.error));
			expect(errors).toHaveLength(20);
			// The throttle is of the process: each worker tries the password once, and only once.
			expect(errors.filter((error) => /so ASPOne was not called/.test(error))).toHaveLength(19);
		}
		expect(aspOne.mockServer.calls.list()).toHaveLength(2);
		const again = await twiceAtOnceOrNot(id);
		for (const execution of again)
			expect(itemsOf(execution, 'Node')[0].json.error).toMatch(/so ASPOne was not called/);
		expect(aspOne.mockServer.calls.list()).toHaveLength(2);
	});
});

/** Runs a workflow twice; it is over so soon that one worker may take both. */
const twiceAtOnceOrNot = async (id: string): Promise<Execution[]> =>
	await Promise.all([cluster.main.run(id), cluster.main.run(id)]);

it('a worker that is asked to end finishes what it has and takes nothing new', async () => {
	dimona.settings.processingDelay = 4_000;
	const id = await declaration({ operation: 'submitAndWait', kind: 'in' });
	const running = cluster.main.run(id);
	const since = Date.now();
	while (dimona.registry.declarations.length === 0) {
		if (Date.now() > since + 60_000) throw new Error('Nothing was declared');
		await sleep(50);
	}
	const [begun] = (await cluster.main.executions()).slice(-1);
	const ending = workerOf(cluster, begun.id);
	await ending.stop();
	const execution = await running;
	expect(execution.id).toBe(begun.id);
	expect(itemsOf(execution, 'Node')[0].json).toMatchObject({ status: 'accepted' });

	const next = await cluster.main.run(
		await declaration({ operation: 'submitIn', ssin: testSsin(2) }),
	);
	expect(workerOf(cluster, next.id)).not.toBe(ending);
	expect(itemsOf(next, 'Node')[0].json).toMatchObject({ status: 'pending' });
	await ending.restart();
});

it('no secret is in the log of any process', () => {
	const [{ password }] = aspOne.users;
	for (const secret of ['BEGIN PRIVATE', 'Bearer ', testSsin(1), 'mauvais-mot-de-passe', password])
		expect(cluster.log).not.toContain(secret);
});
