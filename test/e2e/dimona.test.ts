import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { DimonaSandbox, NOT_FLEXI_SSIN, testSsin } from '../../sandbox/dimona';
import { TOKEN_OPERATION } from '../../sandbox/mock-server';
import {
	errorOf,
	type Execution,
	itemsOf,
	N8nInstance,
	type WorkflowJson,
} from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { type Collector, startCollector } from './collector';
import { template, withFolder } from './hubee';
import { rowsWorkflow } from './rows-workflow';

const EMPLOYER = '0000000196';
const TYPE = 'socialSecurityCertificateOAuth2Api';

let n8n: N8nInstance;
let sandbox: DimonaSandbox;
let credential: string;

beforeAll(async () => {
	sandbox = await DimonaSandbox.start({ tls: true, behaviour: { processingDelay: 500 } });
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	credential = await n8n.createCredential('Dimona', TYPE, sandbox.credential());
});

afterEach(async () => {
	await n8n.idle();
	expect(sandbox.mockServer.faults).toEqual([]);
	await sandbox.mockServer.reset();
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

/** Belgian day, some days from now. */
const day = (offset: number) =>
	new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(
		Date.now() + offset * 86_400_000,
	);

/** A day on which a period of the quarter can still begin and end. */
const quarterDays = () => {
	const quarter = (text: string) => Math.ceil(Number(text.slice(5, 7)) / 3);
	const first = [1, 2, 3, 4, 5, 6].find(
		(offset) => quarter(day(offset)) === quarter(day(offset + 1)),
	);
	return { startDate: day(first ?? 1), endDate: day((first ?? 1) + 1) };
};

/** A manual trigger, some rows, and one node. */
async function run(
	node: { type: string; parameters: INodeParameters; typeVersion?: number },
	{
		rows = [{}],
		onError = 'stopWorkflow' as const,
		timeoutMs = 60_000,
	}: {
		rows?: IDataObject[];
		onError?: 'stopWorkflow' | 'continueRegularOutput';
		timeoutMs?: number;
	} = {},
): Promise<Execution> {
	const workflow = rowsWorkflow(rows, { name: 'Node', ...node, onError });
	const id = await n8n.importWorkflow(workflow, { credentials: { [TYPE]: credential } });
	return await n8n.run(id, { timeoutMs });
}

const dimona = async (parameters: INodeParameters, more: Parameters<typeof run>[1] = {}) =>
	await run(
		{
			type: 'n8n-nodes-guichet.dimona',
			parameters: { resource: 'declaration', enterpriseNumber: EMPLOYER, ...parameters },
		},
		more,
	);

const jsonOf = (execution: Execution) => {
	expect(execution.error?.message).toBeUndefined();
	return itemsOf(execution, 'Node').map(({ json }) => json);
};

/** Neither key, token nor worker's number is in what n8n stored of a failure. */
const expectNoSecret = ({ text }: Execution, more: string[] = []) => {
	for (const secret of ['BEGIN PRIVATE', 'Bearer ', 'eyJ', ...more])
		expect(text).not.toContain(secret);
};

describe('all four declarations', () => {
	const { startDate, endDate } = quarterDays();

	const types: Array<[string, INodeParameters, INodeParameters[]]> = [
		[
			'OTH',
			{ startDate: day(1) },
			[
				{ kind: 'out', endDate: day(40) },
				{ kind: 'update', changes: { endDate: day(50) } },
			],
		],
		[
			'BCW',
			{ startDate: day(1) },
			[
				{ kind: 'out', endDate: day(40) },
				{ kind: 'update', changes: { endDate: day(50) } },
			],
		],
		[
			'STU',
			{ startDate, endDate, plannedHours: 8 },
			[
				{ kind: 'out', endDate: day(40) },
				{ kind: 'update', changes: { endDate, plannedHours: 12 } },
			],
		],
		[
			'FLX',
			{ startDate: day(1), startHour: '17:00', endHour: '21:30' },
			[
				{ kind: 'out', endDate: day(40) },
				{
					kind: 'update',
					changes: { startDate: day(1), startHour: '17:00', endDate: day(1), endHour: '22:30' },
				},
			],
		],
		[
			'FLX',
			{ startDate, endDate },
			[
				{ kind: 'out', endDate: day(40) },
				{ kind: 'update', changes: { startDate: day(0), endDate } },
			],
		],
		[
			'EXT',
			{ startDate: day(1), startHour: '11h', endHour: '15h', jointCommittee: '302' },
			[
				{ kind: 'out', endDate: day(40) },
				{
					kind: 'update',
					changes: { startDate: day(1), startHour: '11:00', endDate: day(1), endHour: '16:00' },
				},
			],
		],
	];

	it.each(types)('%s %j', async (workerType, parameters, changes) => {
		const declared = jsonOf(
			await dimona({
				operation: 'submitAndWait',
				kind: 'in',
				ssin: testSsin(1),
				workerType,
				...parameters,
			}),
		);
		expect(declared).toMatchObject([{ status: 'accepted', kind: 'in', workerType }]);
		const periodId = String(declared[0].periodId);
		const open = workerType === 'OTH' || workerType === 'BCW';
		for (const change of [...changes, { kind: 'cancel' }]) {
			const [result] = jsonOf(await dimona({ operation: 'submitAndWait', periodId, ...change }));
			// What has an end already cannot be closed, and the result says that this was so before.
			const expected =
				change.kind === 'out' && !open
					? { status: 'refused', alreadyDone: true }
					: { status: 'accepted', alreadyDone: false };
			expect(result).toMatchObject({ kind: change.kind, ...expected });
		}
		expect(sandbox.registry.periods).toMatchObject([{ workerType, cancelled: true }]);
	});

	it('Submit In, then Get Result, Wait for Result, and the searches', async () => {
		const [submitted] = jsonOf(
			await dimona({
				operation: 'submitIn',
				ssin: testSsin(1),
				workerType: 'OTH',
				startDate: day(1),
			}),
		);
		expect(submitted).toMatchObject({ status: 'pending', final: false });
		const declarationId = String(submitted.declarationId);
		const [waited] = jsonOf(
			await dimona({
				operation: 'waitForResult',
				declarationId,
				submittedAt: String(submitted.submittedAt),
			}),
		);
		expect(waited).toMatchObject({ declarationId, status: 'accepted' });
		const [got] = jsonOf(await dimona({ operation: 'getResult', declarationId }));
		expect(got).toMatchObject({ declarationId, status: 'accepted', kind: 'in' });
		for (const resource of ['declaration', 'period', 'relation']) {
			const found = jsonOf(
				await dimona({ resource, operation: 'search', employerId: '125482497' }),
			);
			expect(found).toHaveLength(1);
		}
		const [period] = jsonOf(
			await dimona({ resource: 'period', operation: 'get', periodId: String(waited.periodId) }),
		);
		expect(period).toMatchObject({ periodId: String(waited.periodId), startDate: day(1) });
	});

	it('a day of n8n’s date picker is that day, whatever the time zone of the workflow', async () => {
		const startDate = `${day(3)}T00:00:00`;
		const [read] = jsonOf(
			await dimona({
				operation: 'validate',
				kind: 'in',
				ssin: testSsin(1),
				workerType: 'OTH',
				startDate,
			}),
		);
		expect(read).toMatchObject({ valid: true, declaration: { dimonaIn: { startDate: day(3) } } });
		const luxon = `={{ DateTime.fromISO("${day(3)}", { zone: "Asia/Tokyo" }) }}`;
		const [other] = jsonOf(
			await dimona({
				operation: 'validate',
				kind: 'in',
				ssin: testSsin(1),
				workerType: 'OTH',
				startDate: luxon,
			}),
		);
		expect(other).toMatchObject({ declaration: { dimonaIn: { startDate: day(3) } } });
	});
});

describe('what goes wrong', () => {
	const declare = (more: INodeParameters = {}) => ({
		operation: 'submitIn',
		ssin: testSsin(1),
		workerType: 'OTH',
		startDate: day(1),
		...more,
	});

	it('a broken rule is named, and nothing is sent', async () => {
		const execution = await dimona(declare({ workerType: 'STU' }));
		expect(errorOf(execution, 'Node')?.message).toMatch(/breaks 2 rules.*00911-001.*01135-001/);
		expectNoSecret(execution);
		expect(sandbox.mockServer.calls.list({ operation: 'submit declaration' })).toEqual([]);
	});

	it('an unknown outcome is searched, and says so when nothing is found', async () => {
		sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'cutBefore' },
		});
		const execution = await dimona(declare({ options: { searchSeconds: 2 } }));
		expect(errorOf(execution, 'Node')?.message).toMatch(/may have been recorded/);
		expectNoSecret(
			execution,
			[testSsin(1)].filter((ssin) => !JSON.stringify(execution.workflowData).includes(ssin)),
		);
		expect(sandbox.mockServer.calls.list({ method: 'POST', path: '/declarations$' })).toHaveLength(
			1,
		);
	});

	it('an unknown outcome whose declaration was recorded is found', async () => {
		// The token is fresh then, so that what is cut is the declaration and not its refusal.
		await dimona({ resource: 'period', operation: 'search', employerBy: 'none' });
		sandbox.mockServer.failNext({
			method: 'POST',
			path: '/declarations$',
			how: { kind: 'cutAfter' },
		});
		const [found] = jsonOf(await dimona(declare()));
		expect(found).toMatchObject({ foundBySearch: true, status: 'accepted' });
		expect(sandbox.registry.declarations).toHaveLength(1);
	});

	it('identical rows are declared once', async () => {
		const execution = await dimona(declare(), { rows: [{}, {}], onError: 'continueRegularOutput' });
		expect(jsonOf(execution)).toMatchObject([
			{ status: 'pending' },
			{ error: expect.stringMatching(/same as that of item 1/) as string },
		]);
	});
});

describe('the credential', () => {
	it('is tested by asking for a token, and a refusal is explained', async () => {
		expect(await n8n.testCredential({ id: credential, type: TYPE })).toMatchObject({
			status: 'OK',
		});
		const wrong = { ...sandbox.credential(), clientId: '123456' };
		expect(await n8n.testCredential({ id: credential, type: TYPE, data: wrong })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/invalid_client.*client ID: it does not begin with/) as string,
		});
	});

	it('takes the text that a form and Extract From File make of a .p12', async () => {
		const nodes = [
			{
				name: 'On Form Submission',
				type: 'n8n-nodes-base.formTrigger',
				typeVersion: 2.2,
				parameters: {
					formTitle: 'Key',
					formFields: { values: [{ fieldLabel: 'file', fieldType: 'file' }] },
					options: { path: 'key-as-text' },
				},
			},
			{
				name: 'Extract From File',
				type: 'n8n-nodes-base.extractFromFile',
				typeVersion: 1,
				parameters: { operation: 'binaryToPropery', binaryPropertyName: 'file' },
			},
		];
		const connections: WorkflowJson['connections'] = {
			'On Form Submission': { main: [[{ node: 'Extract From File', type: 'main', index: 0 }]] },
		};
		const workflowId = await n8n.importWorkflow({ name: 'Key', nodes, connections });
		await n8n.activate(workflowId);
		const key = readFileSync(join(__dirname, '../fixtures/keys/iterations-600000.p12'));
		const form = new FormData();
		form.append('field-0', new Blob([key], { type: 'application/x-pkcs12' }), 'employer.p12');
		await fetch(`${n8n.baseUrl}/form/key-as-text`, { method: 'POST', body: form });
		const execution = await n8n.waitForExecution({ workflowId });
		expect(itemsOf(execution, 'Extract From File')[0].json.data).toBe(key.toString('base64'));
		await n8n.deactivate(workflowId);
	});

	const httpRequest = (more: INodeParameters = {}) => ({
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'GET',
			url: `${sandbox.servicesUrl}/dimona/v2/periods/={{ $json.id }}`,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: TYPE,
			options: { allowUnauthorizedCerts: true, batching: { batch: { batchSize: -1 } } },
			...more,
		} as INodeParameters,
	});

	const rows = async () => {
		const [period] = jsonOf(
			await dimona({
				operation: 'submitAndWait',
				kind: 'in',
				ssin: testSsin(1),
				workerType: 'OTH',
				startDate: day(1),
			}),
		);
		return Array.from({ length: 10 }, () => ({
			url: `${sandbox.servicesUrl}/dimona/v2/periods/${String(period.periodId)}`,
		}));
	};

	it('works in the HTTP Request node: ten parallel requests, one token', async () => {
		const ten = await rows();
		credential = await n8n.createCredential('Dimona for HTTP', TYPE, sandbox.credential());
		await sandbox.mockServer.calls.clear();
		sandbox.authorizationServer.revokeAll();
		const execution = await run(httpRequest({ url: '={{ $json.url }}' }), { rows: ten });
		expect(jsonOf(execution)).toHaveLength(10);
		// n8n keeps its own copy of the token, which is asked for in the process that our nodes share.
		expect(sandbox.mockServer.calls.counters().tokenRequests).toBe(1);
		expect(
			sandbox.mockServer.calls
				.list({ operation: 'get period' })
				.filter(({ status }) => status === 200),
		).toHaveLength(10);
	});

	it('ten parallel requests whose token is refused ask for one new token', async () => {
		const ten = await rows();
		await run(httpRequest({ url: '={{ $json.url }}' }), { rows: ten.slice(0, 1) });
		await sandbox.mockServer.calls.clear();
		sandbox.authorizationServer.revokeAll();
		const execution = await run(httpRequest({ url: '={{ $json.url }}' }), { rows: ten });
		expect(jsonOf(execution)).toHaveLength(10);
		expect(sandbox.mockServer.calls.counters().tokenRequests).toBe(1);
	});

	it('a stored token that is about to expire is renewed before anything is sent', async () => {
		sandbox.authorizationServer.tokenLifetime = 2;
		const ten = await rows();
		const id = await n8n.createCredential('Dimona short', TYPE, {
			...sandbox.credential(sandbox.clients[0]),
			scope: 'scope:dimona:declaration:consult',
		});
		credential = id;
		await run(httpRequest({ url: '={{ $json.url }}' }), { rows: ten.slice(0, 1) });
		const issued = sandbox.mockServer.calls.list({ operation: TOKEN_OPERATION }).at(-1);
		if (!issued) throw new Error('no token was issued');
		const expired = Date.parse(issued.time) + 2_000;
		await new Promise((resolve) => setTimeout(resolve, expired + 1 - Date.now()));
		// The next one outlasts the ten requests, however long they take.
		sandbox.authorizationServer.tokenLifetime = 3_600;
		await sandbox.mockServer.calls.clear();
		const execution = await run(httpRequest({ url: '={{ $json.url }}' }), { rows: ten });
		expect(jsonOf(execution)).toHaveLength(10);
		expect(
			sandbox.mockServer.calls.list({ operation: 'get period' }).map(({ status }) => status),
		).toEqual(Array(10).fill(200));
		credential = await n8n.createCredential('Dimona again', TYPE, sandbox.credential());
	});
});

describe('the templates', () => {
	let collector: Collector;
	const active: string[] = [];

	beforeAll(async () => {
		collector = await startCollector();
	});

	beforeEach(() => {
		collector.received.length = 0;
	});

	afterEach(async () => {
		// A second call of the same is told a second time, and not to the next test.
		await n8n.idle();
		for (const id of active.splice(0)) await n8n.deactivate(id);
	});

	afterAll(async () => await collector?.close());

	const settings = (
		values: Record<string, string>,
		other = true,
	): Record<string, INodeParameters> => ({
		Settings: {
			includeOtherFields: other,
			assignments: {
				assignments: Object.entries(values).map(([name, value]) => ({
					id: name,
					name,
					value,
					type: 'string',
				})),
			},
		},
	});

	const imported = async (name: string, parameters: Record<string, INodeParameters> = {}) =>
		await n8n.importWorkflow(withFolder(template(name), n8n.filesFolder), {
			credentials: { [TYPE]: credential },
			parameters,
		});

	const activated = async (name: string, parameters: Record<string, INodeParameters> = {}) => {
		const id = await imported(name, parameters);
		await n8n.activate(id);
		active.push(id);
		return id;
	};

	const post = async (path: string, json: object): Promise<Record<string, unknown>> => {
		const answer = await n8n.callWebhook(path, { method: 'POST', json });
		return { http: answer.status, ...(answer.json() as Record<string, unknown>) };
	};

	it('declare from a webhook: the id at once, the result later', async () => {
		await activated(
			'dimona-declare-from-webhook',
			settings({ enterpriseNumber: EMPLOYER, resultUrl: collector.url }),
		);
		const shift = {
			reference: 'shift-1',
			ssin: NOT_FLEXI_SSIN,
			workerType: 'FLX',
			startDate: day(1),
			startHour: '17:00',
			endHour: '21:30',
		};
		const answer = await post('dimona/declare', shift);
		expect(answer).toMatchObject({
			http: 202,
			ok: true,
			reference: 'shift-1',
			alreadySubmitted: false,
		});
		expect(await collector.wait(1)).toMatchObject([
			{
				reference: 'shift-1',
				declarationId: answer.declarationId,
				status: 'acceptedWithWarning',
				flexiJobForbidden: true,
				anomalies: [{ code: '90017-058' }, { code: '90017-510' }],
			},
		]);
		expect(await post('dimona/declare', shift)).toMatchObject({
			http: 202,
			alreadySubmitted: true,
			declarationId: answer.declarationId,
		});
		expect(await post('dimona/declare', { ssin: testSsin(1) })).toMatchObject({
			http: 400,
			ok: false,
		});
		expect(await post('dimona/declare', { ...shift, reference: 'x', endHour: '' })).toMatchObject({
			http: 400,
			error: expect.stringMatching(/00778-001/) as string,
		});
		expect(sandbox.registry.declarations).toHaveLength(1);
	});

	it('declare a sheet and write the results back; run again, nothing is declared twice', async () => {
		const file = join(n8n.filesFolder, 'dimona.csv');
		writeFileSync(
			file,
			'reference,ssin,workerType,jointCommittee,startDate,endDate,startHour,endHour,plannedHours\n' +
				`1,${testSsin(1)},FLX,XXX,${day(1).split('-').reverse().join('/')},,17:00,21:30,\n` +
				`2,${testSsin(2)},STU,,${day(1)},${day(1)},,,6\n` +
				`3,${testSsin(3)},FLX,302,${day(1)},,17:00,21:30,\n` +
				`4,${testSsin(4)},OTH,,${day(1)},,,,\n`,
		);
		const id = await imported(
			'dimona-declare-sheet',
			settings(
				{ file, results: join(n8n.filesFolder, 'dimona-results.csv'), enterpriseNumber: EMPLOYER },
				false,
			),
		);
		const read = () =>
			readFileSync(join(n8n.filesFolder, 'dimona-results.csv'), 'utf8')
				.trim()
				.split(/\r?\n/)
				.slice(1)
				.map((line) => line.split(','));
		expect((await n8n.run(id)).error).toBeUndefined();
		const first = read();
		expect(first.map(([reference, status]) => [reference, status])).toEqual([
			['1', 'accepted'],
			['2', 'accepted'],
			['3', 'failed'],
			['4', 'accepted'],
		]);
		expect(readFileSync(join(n8n.filesFolder, 'dimona-results.csv'), 'utf8')).toMatch(/90374-349/);
		expect((await n8n.run(id)).error).toBeUndefined();
		expect(read().map((line) => line.slice(0, 4))).toEqual(first.map((line) => line.slice(0, 4)));
		expect(sandbox.registry.declarations).toHaveLength(3);
	});

	it('say which file or folder of a sheet is missing; made, nothing is declared twice', async () => {
		const missing = join(n8n.filesFolder, 'not-made');
		const file = join(n8n.filesFolder, 'folderless.csv');
		const sheet = async (from: string) =>
			await imported(
				'dimona-declare-sheet',
				settings(
					{ file: from, results: join(missing, 'results.csv'), enterpriseNumber: EMPLOYER },
					false,
				),
			);
		const unread = await n8n.run(await sheet(join(missing, 'a.csv')));
		expect(unread.status).toBe('error');
		expect(unread.error?.message).toBe(
			`The sheet ${join(missing, 'a.csv')} could not be read: No file(s) found. Is it there, and may n8n read in its folder (N8N_RESTRICT_FILE_ACCESS_TO)?`,
		);
		writeFileSync(file, `reference,ssin,workerType,startDate\n1,${testSsin(9)},OTH,${day(1)}\n`);
		const id = await sheet(file);
		const unwritten = await n8n.run(id);
		expect(unwritten.status).toBe('error');
		expect(unwritten.error?.message).toContain(
			'. Does its folder exist, and may n8n write there (N8N_RESTRICT_FILE_ACCESS_TO)? What was declared is remembered: run the sheet again, and nothing is declared twice.',
		);
		mkdirSync(missing);
		expect((await n8n.run(id)).error).toBeUndefined();
		expect(readFileSync(join(missing, 'results.csv'), 'utf8')).toMatch(/\n1,accepted,/);
		expect(sandbox.registry.declarations).toHaveLength(1);
	});

	it('declare a sheet of Excel, whose days and hours are numbers', async () => {
		const rows = {
			name: 'Make Excel',
			nodes: [
				{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
				{
					name: 'Rows',
					type: 'n8n-nodes-base.code',
					typeVersion: 2,
					parameters: {
						jsCode: `return [{ json: { reference: 'x1', ssin: '${testSsin(9)}', workerType: 'FLX', startDate: ${Math.floor(Date.parse(`${day(1)}T00:00:00Z`) / 86_400_000) + 25569}, startHour: 0.7083333333333334, endHour: 0.8958333333333334 } }];`,
					},
				},
				{
					name: 'Excel',
					type: 'n8n-nodes-base.convertToFile',
					typeVersion: 1.1,
					parameters: { operation: 'xlsx', binaryPropertyName: 'data', options: {} },
				},
				{
					name: 'Write',
					type: 'n8n-nodes-base.readWriteFile',
					typeVersion: 1,
					parameters: {
						operation: 'write',
						fileName: join(n8n.filesFolder, 'dimona.xlsx'),
						dataPropertyName: 'data',
						options: {},
					},
				},
			],
			connections: {
				Start: { main: [[{ node: 'Rows', type: 'main', index: 0 }]] },
				Rows: { main: [[{ node: 'Excel', type: 'main', index: 0 }]] },
				Excel: { main: [[{ node: 'Write', type: 'main', index: 0 }]] },
			},
		} as WorkflowJson;
		expect((await n8n.run(await n8n.importWorkflow(rows))).error).toBeUndefined();
		const results = join(n8n.filesFolder, 'excel-results.csv');
		const id = await imported(
			'dimona-declare-sheet',
			settings(
				{ file: join(n8n.filesFolder, 'dimona.xlsx'), results, enterpriseNumber: EMPLOYER },
				false,
			),
		);
		expect((await n8n.run(id)).error).toBeUndefined();
		expect(readFileSync(results, 'utf8')).toMatch(/x1,accepted,/);
		expect(sandbox.registry.periods).toMatchObject([
			{ startDate: day(1), startHour: '1700', endHour: '2130' },
		]);
	});

	it('cancel on a no-show, once and again', async () => {
		const [declared] = jsonOf(
			await dimona({
				operation: 'submitAndWait',
				kind: 'in',
				ssin: testSsin(1),
				workerType: 'OTH',
				startDate: day(1),
			}),
		);
		await activated('dimona-cancel-no-show');
		const body = { periodId: declared.periodId };
		expect(await post('dimona/cancel', body)).toMatchObject({
			http: 200,
			ok: true,
			alreadyCancelled: false,
		});
		expect(await post('dimona/cancel', body)).toMatchObject({
			http: 200,
			ok: true,
			alreadyCancelled: true,
		});
		expect(await post('dimona/cancel', { periodId: '1' })).toMatchObject({
			http: 409,
			anomalies: [{ code: '00913-354' }],
		});
		expect(await post('dimona/cancel', {})).toMatchObject({ http: 400 });
		expect(sandbox.registry.periods).toMatchObject([{ cancelled: true }]);
	});

	it('alert a person when a flexi-job is warned or refused, and only then', async () => {
		await activated(
			'dimona-flexi-alert',
			settings({ enterpriseNumber: EMPLOYER, alertUrl: collector.url }),
		);
		const shift = (reference: string, ssin: string) => ({
			reference,
			ssin,
			startDate: day(1),
			startHour: '17:00',
			endHour: '21:30',
		});
		await post('dimona/flexi', shift('good', testSsin(1)));
		await post('dimona/flexi', shift('warned', NOT_FLEXI_SSIN));
		const [warned] = await collector.wait(1);
		expect(warned.text).toMatch(
			/warned is acceptedWithWarning.*EN .*may NOT work.*FR .*ne peut PAS.*NL .*mag NIET/s,
		);
		sandbox.scriptOutcome({ result: 'B', anomalies: ['90256-155'] });
		await post('dimona/flexi', shift('refused', testSsin(2)));
		const all = await collector.wait(2);
		expect(all[1].text).toMatch(/refused is refused.*90256-155/s);
		expect(JSON.stringify(all)).not.toContain(NOT_FLEXI_SSIN);
		expect(all).toHaveLength(2);
	});

	it('end a contract, by period or by worker', async () => {
		const declare = async (ssin: string, offset = 1) => {
			const [json] = jsonOf(
				await dimona({
					operation: 'submitAndWait',
					kind: 'in',
					ssin,
					workerType: 'OTH',
					startDate: day(offset),
				}),
			);
			return String(json.periodId);
		};
		const first = await declare(testSsin(1));
		const second = await declare(testSsin(2));
		await activated('dimona-end-of-contract', settings({ employerId: '125482497' }));
		expect(await post('dimona/out', { periodId: first, endDate: day(10) })).toMatchObject({
			http: 200,
			ok: true,
		});
		expect(await post('dimona/out', { periodId: first, endDate: day(10) })).toMatchObject({
			http: 200,
			alreadySubmitted: true,
		});
		expect(await post('dimona/out', { periodId: first, endDate: day(11) })).toMatchObject({
			http: 409,
			alreadyClosed: true,
		});
		expect(await post('dimona/out', { ssin: testSsin(2), endDate: day(10) })).toMatchObject({
			http: 200,
			periodId: second,
		});
		// The caller may have lost the answer, and calls again.
		expect(await post('dimona/out', { ssin: testSsin(2), endDate: day(10) })).toMatchObject({
			http: 200,
			periodId: second,
			alreadySubmitted: true,
		});
		expect(await post('dimona/out', { ssin: testSsin(2), endDate: day(11) })).toMatchObject({
			http: 409,
			error: 'The worker has no open period',
		});
		expect(await post('dimona/out', { endDate: day(10) })).toMatchObject({ http: 400 });
		expect(sandbox.registry.periods).toMatchObject([{ endDate: day(10) }, { endDate: day(10) }]);
	});
});

it('no key, token or number of a worker is in the log of n8n', () => {
	expect(n8n.logLinesWith('BEGIN PRIVATE', 'Bearer ', testSsin(1))).toEqual([]);
});
