import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import {
	itemsOf,
	N8nInstance,
	type Execution,
	type WorkflowJson,
} from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { DOCUMENT, numbers } from '../unit/broadcast/support';

const template = (name: string): WorkflowJson =>
	JSON.parse(readFileSync(join(__dirname, `../../workflows/${name}.json`), 'utf8')) as WorkflowJson;
const fromForm = template('ebox-broadcast-from-form');
const yearly = template('ebox-broadcast-yearly');

/** The parameters of a node of a template. */
const parametersOf = (workflow: WorkflowJson, node: string): IDataObject =>
	(workflow.nodes.find(({ name }) => name === node)?.parameters ?? {}) as IDataObject;

let n8n: N8nInstance;

beforeAll(async () => {
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
});

afterAll(async () => await n8n?.end());

const list = (count: number, from = 0): string => [...numbers(count, from)].join('\n');

/** The answers of a form by the labels of its fields; n8n sends them by position. */
async function submit(
	url: string,
	labels: string[],
	answers: Record<string, string | Blob>,
	headers: Record<string, string> = {},
): Promise<void> {
	const form = new FormData();
	for (const [label, answer] of Object.entries(answers)) {
		const key = `field-${labels.indexOf(label)}`;
		if (typeof answer === 'string') form.append(key, answer);
		else
			form.append(key, answer, answer.type === 'application/pdf' ? 'information.pdf' : 'list.csv');
	}
	const { status } = await fetch(url, { method: 'POST', body: form, headers });
	expect(status).toBe(200);
}

const labelsOf = (node: string): string[] => {
	const { values } = parametersOf(fromForm, node).formFields as {
		values: Array<{ fieldLabel: string }>;
	};
	return values.map(({ fieldLabel }) => fieldLabel);
};

const file = (content: string | Buffer, type: string): Blob => new Blob([content], { type });

describe('the template from a form to the GO', () => {
	let workflowId: string;

	beforeAll(async () => {
		workflowId = await n8n.importWorkflow(fromForm);
		await n8n.activate(workflowId);
	});

	/** Fills in the form; gives what came before, so that the new execution can be found. */
	async function fillIn(change: Record<string, Blob> = {}): Promise<string | undefined> {
		const known = await n8n.executions({ workflowId });
		await submit(`${n8n.baseUrl}/form/ebox-broadcast`, labelsOf('Broadcast Form'), {
			'Wished Date': '2027-05-20',
			'Title in French': 'Votre information annuelle',
			'Title in Dutch': 'Uw jaarlijkse informatie',
			'Document in French': file(DOCUMENT, 'application/pdf'),
			'Document in Dutch': file(DOCUMENT, 'application/pdf'),
			'Recipients in French': file(list(30), 'text/csv'),
			'Recipients in Dutch': file(list(30, 20), 'text/csv'),
			'Test Recipients': file(list(2, 500), 'text/csv'),
			...change,
		});
		return known.at(-1)?.id;
	}

	/** Fills in the form and gives the execution that waits for the verdict. */
	async function untilVerdict(): Promise<Execution> {
		const after = await fillIn();
		for (;;) {
			const waiting = await n8n.executions({
				workflowId,
				status: ['waiting', 'error', 'crashed'],
				after,
			});
			if (waiting.length > 0) return await n8n.execution(waiting[0].id);
			await sleep(100);
		}
	}

	async function decide(execution: Execution, approved: string): Promise<Execution> {
		const [{ json }] = itemsOf(execution, 'Draft: Acceptance Test');
		await submit(String(json.approvalLink), labelsOf('Wait for the Verdict'), {
			Approved: approved,
			'Checked By': 'Camille Peeters',
			Remarks: 'Titre en double',
		});
		return await n8n.waitForExecution(execution.id);
	}

	/** The answer that the template takes for a yes. */
	const approval = (): string => {
		const { conditions } = parametersOf(fromForm, 'Approved?').conditions as {
			conditions: Array<{ rightValue: string }>;
		};
		return conditions[0].rightValue;
	};

	it('makes the test set, waits for a person over a restart of n8n, then makes the production files and drafts the GO', async () => {
		const waiting = await untilVerdict();
		expect(waiting.status).toBe('waiting');
		const test = itemsOf(waiting, 'Make Test Set').map(({ json }) => json.manifest as IDataObject);
		expect(test.map(({ purpose, lists }) => [purpose, (lists as IDataObject).sizes])).toEqual([
			['acceptance test', [2]],
			['acceptance test', [2]],
		]);
		const [dates] = itemsOf(waiting, 'Draft: Request and Reminder');
		// Whit Monday 17 May and Ascension Day 6 May 2027 lie between.
		expect(dates.json).toMatchObject({ remindBy: '2027-05-04', testBy: '2027-05-12' });

		await n8n.restart();
		const done = await decide(waiting, approval());
		expect(done.status).toBe('success');
		const made = itemsOf(done, 'Make Production Files');
		expect(made.map(({ json }) => (json.manifest as IDataObject).lists)).toMatchObject([
			{ sizes: [30] },
			{ sizes: [20] },
		]);
		expect(Object.keys(made[0].binary ?? {})).toEqual(
			expect.arrayContaining([
				'document',
				'metadata_1',
				'recipients_1',
				'manifest',
				'rejects',
				'zip',
			]),
		);
		const [{ json: go }] = itemsOf(done, 'Draft: GO');
		expect(go).toMatchObject({ sendBy: '2027-05-19', approvedBy: 'Camille Peeters' });
		const drafts = go.drafts as Array<{ kind: string; language: string; body: string }>;
		expect(drafts.map(({ kind, language }) => `${kind} ${language}`)).toEqual([
			'testVerdict fr',
			'go fr',
			'testVerdict nl',
			'go nl',
		]);
		expect(drafts[1].body).toContain('INFO-2027-05-20-NL_nl_01of01.csv');
		for (const niss of numbers(50)) expect(done.text).not.toContain(niss);
	});

	it('reads both lists first: stops at once at a bad one and says why, goes on with good ones', async () => {
		const after = await fillIn({
			'Recipients in French': file('%PDF-1.7', 'text/csv'),
			'Recipients in Dutch': file(`${list(5)}\n${'1234\n'.repeat(23)}`, 'text/csv'),
		});
		const stopped = await n8n.waitForExecution({ workflowId, after });
		expect(stopped.status).toBe('success');
		expect(Object.keys(stopped.runData)).not.toContain('Make Test Set');
		expect(itemsOf(stopped, 'Stopped: Look at the Lists')[0].json).toMatchObject({
			whatHappened: expect.stringContaining('No file was made'),
			frenchList: 'The list is a PDF document, not text',
			dutchList: '28 read, 5 kept, 23 left out: 23 without 11 digits',
		});

		const beforeTesters = await fillIn({ 'Test Recipients': file('12345678901', 'text/csv') });
		const noTest = await n8n.waitForExecution({ workflowId, after: beforeTesters });
		expect(noTest.status).toBe('success');
		expect(Object.keys(noTest.runData)).not.toContain('Draft the Test Mail');
		expect(itemsOf(noTest, 'Stopped: No Test Set')[0].json.whatHappened).toMatch(
			/^No test set was made: .*line 1.*fill in the form again/s,
		);

		const waiting = await untilVerdict();
		expect(waiting.status).toBe('waiting');
		expect(itemsOf(waiting, 'Draft: Acceptance Test')[0].json.lists).toEqual([
			'30 read, 30 kept',
			'30 read, 30 kept',
		]);
	});

	it('stops when the test is not approved, and says why', async () => {
		const done = await decide(await untilVerdict(), 'No: something is wrong');
		expect(done.status).toBe('success');
		expect(Object.keys(done.runData)).not.toContain('Make Production Files');
		expect(itemsOf(done, 'Stopped: Test Not Approved')[0].json.whatHappened).toBe(
			'No production file was made. Camille Peeters did not approve the test: Titre en double',
		);
	});
});

it('keeps the form and the verdict to those who have the login that their nodes ask for', async () => {
	const login = { user: 'broadcast', password: 'a password of the team' };
	const credential = await n8n.createCredential('Team', 'httpBasicAuth', login);
	const workflowId = await n8n.importWorkflow(fromForm, {
		credentials: { httpBasicAuth: credential },
		parameters: {
			'Broadcast Form': {
				authentication: 'basicAuth',
				options: { path: 'ebox-broadcast-of-the-team' },
			},
			'Wait for the Verdict': { incomingAuthentication: 'basicAuth' },
		},
	});
	await n8n.activate(workflowId);
	const form = `${n8n.baseUrl}/form/ebox-broadcast-of-the-team`;
	const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
	expect((await fetch(form)).status).toBe(401);
	const filledIn = new FormData();
	filledIn.set('field-0', '2030-01-15');
	expect((await fetch(form, { method: 'POST', body: filledIn })).status).toBe(401);
	expect((await fetch(form, { headers: { authorization } })).status).toBe(200);
	await n8n.deactivate(workflowId);
});

describe('the yearly template', () => {
	const run = async (today: string, startNode: string): Promise<Execution> => {
		const calendar = { ...(parametersOf(yearly, 'Plan').calendar as INodeParameters), today };
		const id = await n8n.importWorkflow(yearly, {
			parameters: { Plan: { calendar, wishedDate: '2027-05-20' } },
		});
		return await n8n.run(id, { startNode });
	};

	const draftsOf = (execution: Execution): string[] =>
		itemsOf(execution, 'Draft for Today').flatMap(({ json }) =>
			(json.drafts as Array<{ kind: string; language: string; late: boolean }>).map(
				({ kind, language, late }) => `${kind} ${language}${late ? ' late' : ''}`,
			),
		);

	it('gives the drafts that are due, those of missed mornings too', async () => {
		const done = await run('2027-05-04', 'Every Working Morning');
		expect(draftsOf(done)).toEqual([
			'request fr late',
			'reminder fr',
			'request nl late',
			'reminder nl',
		]);
	});

	it('gives nothing before the first of them', async () => {
		const done = await run('2027-04-01', 'Every Working Morning');
		expect(itemsOf(done, 'Nothing to Send Today')).toHaveLength(1);
	});

	it('gives a draft again until it was told, and then no more', async () => {
		const calendar = { ...(parametersOf(yearly, 'Plan').calendar as INodeParameters) };
		// The first telling fails, as when the mail server is away.
		let asked = 0;
		const server = createServer((_, response) => {
			response.statusCode = asked++ === 0 ? 503 : 200;
			response.end('{}');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const told = structuredClone(yearly);
		told.nodes.push({
			name: 'Tell the Team',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: { url: `http://127.0.0.1:${port}/`, options: {} },
		});
		told.connections = {
			...told.connections,
			'Draft for Today': { main: [[{ node: 'Tell the Team', type: 'main', index: 0 }]] },
			'Tell the Team': { main: [[{ node: 'Mark as Told', type: 'main', index: 0 }]] },
		};
		const workflowId = await n8n.importWorkflow(told, {
			parameters: {
				'Every Working Morning': {
					rule: { interval: [{ field: 'seconds', secondsInterval: 5 }] },
				},
				Plan: { calendar: { ...calendar, today: '2027-05-04' }, wishedDate: '2027-05-20' },
			},
		});
		await n8n.activate(workflowId);
		const mornings: Execution[] = [];
		while (!mornings.some((one) => 'Nothing to Send Today' in one.runData)) {
			const after = mornings.at(-1)?.id;
			mornings.push(await n8n.waitForExecution({ workflowId, after }));
		}
		await n8n.deactivate(workflowId);
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
		const due = ['request fr late', 'reminder fr', 'request nl late', 'reminder nl'];
		expect(mornings[0]?.status).toBe('error');
		expect(mornings.slice(0, 2).map(draftsOf)).toEqual([due, due]);
		expect(itemsOf(mornings[1] as Execution, 'Mark as Told')[0]?.json.told).toEqual([
			'2027-05-20 request',
			'2027-05-20 reminder',
		]);
	});

	it('shows the whole plan when started by hand, for the next yearly date', async () => {
		const done = await n8n.run(await n8n.importWorkflow(yearly), {
			startNode: 'Show the Whole Plan',
		});
		const [{ json }] = itemsOf(done, 'The Whole Plan');
		expect(json.production).toMatch(/^20\d\d-05-18$/);
		expect(String(json.production) >= new Date().toISOString().slice(0, 10)).toBe(true);
		expect(json.steps).toHaveLength(8);
		expect(json.mails).toHaveLength(10);
	});
});
