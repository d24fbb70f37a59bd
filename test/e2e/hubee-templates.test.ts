import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { itemsOf, N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import type { Deposited, HubEeSandbox } from '../../sandbox/hubee';
import { startHubEeSandbox } from '../../sandbox/hubee';
import { hubEeCredential, template, withFolder } from './hubee';

let n8n: N8nInstance;
let sandbox: HubEeSandbox;
let credential: string;

beforeAll(async () => {
	sandbox = await startHubEeSandbox();
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	credential = await n8n.createCredential('HubEE', 'hubEeOAuth2Api', hubEeCredential(sandbox));
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

const importTemplate = async (workflow: WorkflowJson) =>
	await n8n.importWorkflow(withFolder(workflow, n8n.filesFolder), {
		credentials: { hubEeOAuth2Api: credential },
	});

const caseOf = (deposited: Deposited) => {
	const found = sandbox.listCases().find(({ id }) => id === deposited.cases[0].id);
	if (!found) throw new Error('The case is gone');
	return found;
};

/** SHA-256 (hex) of the stored files whose names hold a text, sorted. */
const storedDigests = (part: string) =>
	readdirSync(n8n.filesFolder)
		.filter((name) => name.includes(part))
		.map((name) =>
			createHash('sha256')
				.update(readFileSync(join(n8n.filesFolder, name)))
				.digest('hex'),
		)
		.sort();

const text = (fileName: string, content: string) => ({ fileName, content: { text: content } });

const post = async (path: string, json: object) =>
	await n8n.callWebhook(path, { method: 'POST', json });

describe('the scheduled loop', () => {
	it('works off more than one batch: cases, incoming events with files, and acknowledgements', async () => {
		const many = await sandbox.depositMany({ cases: 27, files: 1, size: 2000 });
		const [first] = many;
		const deposit = await sandbox.incomingEvent({
			caseId: first.cases[0].id,
			actionType: 'ATTACH_DEPOSIT',
			files: [text('complément.txt', 'voilà')],
		});
		await sandbox.incomingEvent({
			caseId: first.cases[0].id,
			actionType: 'SENDING_MESSAGE',
			message: 'Bonjour',
		});
		const id = await importTemplate(template('hubee-receive-on-schedule'));
		const execution = await n8n.run(id, { timeoutMs: 120_000 });
		expect(execution.status).toBe('success');
		for (const deposited of many) {
			expect(caseOf(deposited).status).toBe('IN_PROGRESS');
			expect(storedDigests(deposited.cases[0].id)).toEqual(
				deposited.attachments.map(({ sha256 }) => sha256),
			);
		}
		expect(storedDigests(deposit.eventId)).toEqual([deposit.attachments[0].sha256]);
		expect(
			caseOf(first)
				.events.filter(({ side }) => side === 'OSL')
				.map(({ status }) => status),
		).toEqual(['RECEIVED', 'RECEIVED']);
		const queue = sandbox.listNotifications().filter(({ recipient }) => recipient.type === 'SI');
		expect(queue).toEqual([]);
	});

	it('works off the queues of all accounts of a credential, although one of them fails', async () => {
		const lyon = { type: 'SI', companyRegister: '21040107100019', branchCode: '04100' };
		const { clientId, clientSecret } = sandbox.addSubscriber(lyon, { clientId: 'si-lyon' });
		const accounts = [
			{ name: 'Closed', clientId: 'nobody', clientSecret: 'unknown' },
			{ name: 'Lyon', clientId, clientSecret },
		];
		const many = await n8n.createCredential('Many', 'hubEeOAuth2Api', {
			...hubEeCredential(sandbox),
			accountSecrets: JSON.stringify(accounts),
		});
		const files = [text('a.txt', 'a')];
		const cases = [
			await sandbox.deposit({ files }),
			await sandbox.deposit({ files, recipients: [lyon] }),
		];
		const workflow = withFolder(template('hubee-receive-on-schedule'), n8n.filesFolder);
		for (const { name, parameters } of workflow.nodes)
			if (name === 'Get a Batch') parameters.options = { account: '*' };
		const id = await n8n.importWorkflow(workflow, { credentials: { hubEeOAuth2Api: many } });
		expect((await n8n.run(id, { timeoutMs: 120_000 })).status).toBe('success');
		expect(cases.map((deposited) => caseOf(deposited).status)).toEqual([
			'IN_PROGRESS',
			'IN_PROGRESS',
		]);
		const queues = sandbox.listNotifications().filter(({ recipient }) => recipient.type === 'SI');
		expect(queues).toEqual([]);
	});

	it('leaves in the queue what could not be received, and goes on with the rest', async () => {
		const good = await sandbox.deposit({ files: [text('bon.txt', 'bon')] });
		const bad = await sandbox.deposit({ files: [text('virus.txt', 'mauvais')] });
		sandbox.setAttachmentStatus(bad.attachments[0].id, 'CORRUPTED');
		const id = await importTemplate(template('hubee-receive-on-schedule'));
		expect((await n8n.run(id)).status).toBe('success');
		expect(caseOf(good).status).toBe('IN_PROGRESS');
		expect(caseOf(bad).status).toBe('HUBEE_NOTIFIED');
		expect(sandbox.listNotifications().map(({ caseId }) => caseId)).toContain(bad.cases[0].id);
	});
});

describe('an answer that lacks "attachments"', () => {
	it.each(['hubee-receive-on-schedule', 'hubee-receive-cases'])(
		'is no case without files for %s: nothing is acknowledged, and the execution says why',
		async (name) => {
			await sandbox.reset();
			const deposited = await sandbox.deposit({ files: [text('acte.txt', 'acte')] });
			const { id, status, externalId, processCode, recipient, history } = caseOf(deposited);
			const createDateTime = history[0].at;
			const body = { id, status, externalId, processCode, recipient, createDateTime };
			sandbox.mockServer.failNext({
				method: 'GET',
				path: `/cases/${id}$`,
				times: 10,
				how: {
					kind: 'status',
					status: 200,
					body: JSON.stringify(body),
					contentType: 'application/json',
				},
			});
			const before = sandbox.listNotifications();
			const execution = await n8n.run(await importTemplate(template(name)));
			expect(execution.status).toBe('success');
			const [left] = itemsOf(execution, 'Left in the Queue');
			expect(left.json.whatHappened).toMatch(/^Not acknowledged.*without a list of its files/);
			expect(execution.runData).not.toHaveProperty('Set Status');
			expect(caseOf(deposited)).toMatchObject({ status: 'HUBEE_NOTIFIED', events: [] });
			expect(sandbox.listNotifications()).toEqual(before);
			expect(storedDigests(id)).toEqual([]);
			const calls = sandbox.mockServer.calls.list().filter(({ path }) => path.includes('/v1/'));
			expect(new Set(calls.map(({ method }) => method))).toEqual(new Set(['GET']));
		},
	);
});

describe('the workflows that an application calls', () => {
	const active: string[] = [];

	beforeAll(async () => {
		for (const name of [
			'hubee-reply-message',
			'hubee-change-status',
			'hubee-return-files',
			'hubee-close-case',
			'hubee-report-integration-error',
		]) {
			const id = await importTemplate(template(name));
			await n8n.activate(id);
			active.push(id);
		}
	});

	afterAll(async () => {
		for (const id of active) await n8n.deactivate(id);
	});

	it('reply with a message', async () => {
		const deposited = await sandbox.deposit({ files: [text('a.txt', 'a')] });
		const caseId = deposited.cases[0].id;
		const answer = await post('hubee/reply', {
			caseId,
			message: 'Votre acte est prêt',
			author: 'État civil',
		});
		expect(answer.status).toBe(200);
		expect(answer.json()).toMatchObject({ ok: true, caseId });
		expect(caseOf(deposited).events).toMatchObject([
			{
				actionType: 'SENDING_MESSAGE',
				message: 'Votre acte est prêt',
				author: 'État civil',
				status: 'SENT',
			},
		]);
	});

	it('send the same message and set the same status once, also for calls in the same moment', async () => {
		const dropped = await sandbox.deposit({ files: [text('a.txt', 'a')] });
		const caseId = dropped.cases[0].id;
		const message = { caseId, message: 'Votre acte est prêt', author: 'État civil' };
		const three = async (path: string, body: object) =>
			(await Promise.all([1, 2, 3].map(async () => await post(path, body)))).map(
				(answer) => answer.json() as Record<string, unknown>,
			);
		const replies = await three('hubee/reply', message);
		expect(replies.filter(({ ok }) => ok)).toHaveLength(3);
		expect(replies.filter(({ alreadySent }) => alreadySent === false)).toHaveLength(1);
		const changes = await three('hubee/status', { caseId, status: 'IN_PROGRESS' });
		expect(changes.filter(({ changed }) => changed)).toHaveLength(1);
		expect(caseOf(dropped).events.map(({ actionType }) => actionType)).toEqual([
			'SENDING_MESSAGE',
			'STATUS_UPDATE',
		]);
	});

	it('say what is missing, what is wrong, and what HubEE does not know', async () => {
		const incomplete = await post('hubee/reply', { caseId: 'x' });
		expect(incomplete.status).toBe(400);
		expect(incomplete.json()).toMatchObject({ ok: false });
		const wrong = await post('hubee/reply', { caseId: 'x', message: 'm' });
		expect(wrong.status).toBe(400);
		expect(wrong.json()).toMatchObject({
			ok: false,
			error: expect.stringContaining('Case ID must be a UUID'),
		});
		const unknown = await post('hubee/status', {
			caseId: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
			status: 'DONE',
		});
		expect(unknown.status).toBe(404);
		expect(unknown.json()).toMatchObject({ ok: false, details: { code: 'not_found' } });
	});

	it('change a status once, however often they are called', async () => {
		const deposited = await sandbox.deposit({ files: [text('a.txt', 'a')] });
		const caseId = deposited.cases[0].id;
		const body = { caseId, status: 'ADD_AWAITING', message: 'Merci d’envoyer une copie lisible' };
		expect((await post('hubee/status', body)).json()).toMatchObject({
			ok: true,
			previousStatus: 'HUBEE_NOTIFIED',
			status: 'ADD_AWAITING',
			changed: true,
		});
		expect((await post('hubee/status', body)).json()).toMatchObject({ ok: true, changed: false });
		expect(caseOf(deposited)).toMatchObject({
			status: 'ADD_AWAITING',
			events: [{ caseNewStatus: 'ADD_AWAITING' }],
		});
	});

	it.each([
		['with a new status', 'DONE'],
		['without a new status', undefined],
	])('return files %s', async (_name, status) => {
		const deposited = await sandbox.deposit({
			processCode: 'EtatCivil',
			files: [text('a.txt', 'a')],
		});
		const caseId = deposited.cases[0].id;
		const form = { caseId, attachmentType: 'documents', ...(status ? { status } : {}) };
		const files = {
			file: {
				name: 'réponse.pdf',
				type: 'application/pdf',
				content: Buffer.from('Voilà la réponse\r\n'),
			},
		};
		const answer = await n8n.callWebhook('hubee/files', { method: 'POST', form, files });
		expect(answer.json()).toMatchObject({ ok: true, alreadySent: false });
		const [event] = caseOf(deposited).events;
		expect(event).toMatchObject({
			actionType: 'ATTACH_DEPOSIT',
			status: 'SENT',
			caseNewStatus: status ?? null,
		});
		expect(event.attachments[0].sha256).toBe(
			createHash('sha256').update('Voilà la réponse\r\n').digest('hex'),
		);
		expect(caseOf(deposited).status).toBe(status ?? 'HUBEE_NOTIFIED');
		const again = await n8n.callWebhook('hubee/files', { method: 'POST', form, files });
		expect(again.json()).toMatchObject({ ok: true, alreadySent: true });
		expect(caseOf(deposited).events).toHaveLength(1);
	});

	it('name the file that the antivirus rejected, and leave nothing half-sent', async () => {
		const deposited = await sandbox.deposit({
			processCode: 'EtatCivil',
			files: [text('a.txt', 'a')],
		});
		sandbox.scanNext({ fileName: 'virus', outcome: 'CORRUPTED' });
		const answer = await n8n.callWebhook('hubee/files', {
			method: 'POST',
			form: { caseId: deposited.cases[0].id, attachmentType: 'documents' },
			files: { file: { name: 'virus.pdf', type: 'application/pdf', content: Buffer.from('X') } },
		});
		expect(answer.status).toBe(502);
		expect(answer.json()).toMatchObject({
			ok: false,
			error: 'The antivirus of the hub rejected the file "virus.pdf" (CORRUPTED)',
			details: { eventDeleted: true },
		});
		expect(caseOf(deposited).events).toEqual([]);
	});

	it.each([
		['done', 'DONE'],
		['refused', 'REFUSED'],
	])('finish a case as %s', async (decision, status) => {
		const deposited = await sandbox.deposit({ files: [text('a.txt', 'a')] });
		const answer = await post('hubee/close', { caseId: deposited.cases[0].id, decision });
		expect(answer.json()).toMatchObject({ ok: true, status });
		expect(caseOf(deposited).status).toBe(status);
	});

	it('refuse a decision that is neither', async () => {
		const deposited = await sandbox.deposit({ files: [text('a.txt', 'a')] });
		const answer = await post('hubee/close', {
			caseId: deposited.cases[0].id,
			decision: 'perhaps',
		});
		expect(answer.status).toBe(400);
		expect(caseOf(deposited).status).toBe('HUBEE_NOTIFIED');
	});

	it('report an integration error and take the notification out of the queue', async () => {
		const deposited = await sandbox.deposit({ files: [text('a.txt', 'a')] });
		const [{ id: caseId, notificationId }] = deposited.cases;
		const answer = await post('hubee/integration-error', {
			caseId,
			notificationId,
			reason: 'XML illisible',
		});
		expect(answer.json()).toMatchObject({ ok: true, status: 'SI_INTG_ERROR' });
		expect(caseOf(deposited)).toMatchObject({
			status: 'SI_INTG_ERROR',
			events: [{ message: 'XML illisible' }],
		});
		expect(sandbox.listNotifications().map(({ id }) => id)).not.toContain(notificationId);
	});
});

it('no secret and no token is in the log of n8n', () => {
	expect(n8n.logLinesWith(sandbox.credential('si-paris').clientSecret, 'Bearer ')).toEqual([]);
});
