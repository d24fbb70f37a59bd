import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { INodeParameters } from 'n8n-workflow';

import { EBoxSandbox, ENTERPRISE } from '../../sandbox/ebox';
import { type Execution, itemsOf, N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { credentialFor } from '../unit/ebox/federation';
import { type Called, ONLY_AT_ACTIVATION, operationsWorkflow, profileFor, trusting } from './ebox';
import { template, withFolder } from './hubee';

const CREDENTIAL = 'socialSecurityCertificateOAuth2Api';

let n8n: N8nInstance;
let sandbox: EBoxSandbox;
let credential: string;

beforeAll(async () => {
	sandbox = await EBoxSandbox.start({ tls: true, slowness: 50 });
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	credential = await n8n.createCredential('e-Box', CREDENTIAL, credentialFor(sandbox));
});

beforeEach(async () => await sandbox.mockServers.nsso.reset());

afterEach(() => expect(sandbox.faults).toEqual([]));

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

const chosen = () => ({ credentials: { [CREDENTIAL]: credential } });

async function run(name: string, calls: Record<string, Called>): Promise<Execution> {
	const workflow = operationsWorkflow(name, sandbox, calls);
	const execution = await n8n.run(await n8n.importWorkflow(workflow, chosen()));
	expect([execution.status, execution.error?.message]).toEqual(['success', undefined]);
	return execution;
}

const first = (execution: Execution, node: string) => itemsOf(execution, node)[0];

const held = (id: string) =>
	Object.values(sandbox.boxes)
		.flatMap(({ messages }) => messages)
		.find(({ messageId }) => messageId === id);

/** Imports a template as a person does, with parameters laid over its nodes, and activates it. */
async function activated(
	name: string,
	parameters: Record<string, INodeParameters> = {},
): Promise<string> {
	const workflow = trusting(withFolder(template(name), n8n.filesFolder), sandbox);
	const id = await n8n.importWorkflow(workflow, { ...chosen(), parameters });
	await n8n.activate(id);
	return id;
}

/**
 * The executions of a workflow once so many of them are over. Each message has one of its own where
 * it is delivered until it is acknowledged.
 */
async function executionsOf(workflowId: string, count: number): Promise<Execution[]> {
	const deadline = Date.now() + 120_000;
	for (;;) {
		const found = await n8n.executions({ workflowId });
		const over = found.filter(({ status }) => status === 'success' || status === 'error');
		if (over.length === count && found.length === count)
			return await Promise.all(over.map(async ({ id }) => await n8n.execution(id)));
		if (Date.now() > deadline) throw new Error(`${over.length} of ${count} executions ended`);
		await sleep(100);
	}
}

const itemsOfAll = (executions: Execution[], node: string) =>
	executions.flatMap((one) => (one.runData[node] ? itemsOf(one, node) : []));

/** What is there is delivered by the first poll, which n8n makes at activation. */
const everything = (more: INodeParameters = {}): INodeParameters => ({
	pollTimes: ONLY_AT_ACTIVATION,
	options: { existing: true, deliverAgain: true, ...more },
});

describe('the operations in a real n8n', () => {
	it('accept the credential in the editor', async () => {
		expect(await n8n.testCredential({ id: credential, type: CREDENTIAL })).toMatchObject({
			status: 'OK',
		});
	});

	it('read everything and mark nothing as read', async () => {
		const one = { messageId: 'nsso-0001', providerId: 'nsso' };
		const execution = await run('Reading', {
			List: { operation: 'message.getAll', parameters: { returnAll: true } },
			Get: { operation: 'message.get', parameters: one },
			Payment: {
				operation: 'message.getPaymentData',
				parameters: { messageId: 'regional-0001', providerId: 'regional' },
			},
			Files: { operation: 'attachment.getAll', parameters: one },
			File: { operation: 'attachment.get', parameters: { ...one, attachmentId: 'detail' } },
			Annex: { operation: 'attachment.download', parameters: { ...one, attachmentId: 'detail' } },
			Summary: { operation: 'summary.get', parameters: { output: 'sum' } },
			Statistics: { operation: 'summary.getStatistics' },
			Types: { operation: 'referenceData.getAll', parameters: { providers: 'official' } },
			Sender: {
				operation: 'referenceData.get',
				parameters: { kind: 'senderOrganization', recordId: '0206731645', providerId: '' },
			},
			Logo: {
				operation: 'referenceData.downloadLogo',
				parameters: { recordId: '0206731645', providerId: '' },
			},
			Providers: { operation: 'provider.getAll' },
			Custom: { operation: 'customRequest.send', parameters: { path: '/ebox', providerId: '' } },
		});
		expect(itemsOf(execution, 'List').map(({ json }) => json.messageId)).toEqual([
			'nsso-0001',
			'documents-0001',
			'nsso-0002',
			'regional-0001',
			'nsso-0004',
			'nsso-0003',
		]);
		expect(first(execution, 'Get').json).toMatchObject({ ...one, senderName: 'ONSS' });
		expect(first(execution, 'Payment').json).toMatchObject({ amount: 250 });
		expect(itemsOf(execution, 'Files')).toHaveLength(2);
		expect(first(execution, 'File').json).toMatchObject({ fileName: 'détail.csv' });
		const annex = await n8n.binary(first(execution, 'Annex').binary?.data.id ?? '');
		expect(annex.toString()).toContain('1234,56');
		expect(first(execution, 'Summary').json).toMatchObject({ numberOfMessages: 6, providers: 3 });
		expect(first(execution, 'Statistics').json).toMatchObject({ unread: 2, registered: 1 });
		expect(itemsOf(execution, 'Types')).toHaveLength(5);
		expect(first(execution, 'Sender').json).toMatchObject({ name: 'ONSS' });
		expect(first(execution, 'Logo').binary?.data.mimeType).toBe('image/png');
		expect(itemsOf(execution, 'Providers').map(({ json }) => json.trusted)).toEqual([
			true,
			true,
			true,
		]);
		expect(first(execution, 'Custom').json).toMatchObject({ status: 200 });
		expect([held('nsso-0001')?.readStatus, held('documents-0001')?.readStatus]).toEqual([
			false,
			false,
		]);
		expect(sandbox.mockServers.nsso.calls.counters().tokenRequests).toBeLessThanOrEqual(1);
	});

	it('mark as read what is archived or downloaded, and change what they are told to', async () => {
		const v3 = { messageId: 'documents-0001', providerId: 'documents' };
		const changes = await run('Changing', {
			Hide: {
				operation: 'message.hide',
				parameters: { messageId: 'nsso-0001', providerId: 'nsso' },
			},
			Show: {
				operation: 'message.show',
				parameters: { messageId: 'nsso-0004', providerId: 'nsso' },
			},
			Move: { operation: 'message.moveToPartition', parameters: { ...v3, partition: 'HR' } },
			Action: { operation: 'message.executeAction', parameters: v3 },
			Reply: {
				operation: 'message.reply',
				parameters: {
					...v3,
					subject: 'Antwoord',
					mainContent: 'body',
					body: 'Ja',
					textLanguage: 'nl',
				},
			},
			Body: {
				operation: 'message.getBody',
				parameters: { messageId: 'nsso-0004', providerId: 'nsso' },
			},
			Archive: { operation: 'message.archive', parameters: v3 },
			Download: {
				operation: 'attachment.download',
				parameters: { messageId: 'nsso-0001', providerId: 'nsso', attachmentId: 'notice' },
			},
		});
		expect([held('nsso-0001'), held('nsso-0004'), held('documents-0001')]).toMatchObject([
			{ visible: false, readStatus: true },
			{ visible: true },
			{ partition: 'HR', action: 'executed', readStatus: true },
		]);
		expect(held('nsso-0002')?.readStatus).toBe(false);
		const { binary, json } = first(changes, 'Archive');
		expect(Object.keys(binary ?? {})).toEqual(['file_0', 'file_1', 'metadata']);
		expect(json).toMatchObject({ attachments: [{ digest: 'verified' }, { language: 'nl' }] });
		const metadata = await n8n.binary(binary?.metadata.id ?? '');
		expect(JSON.parse(metadata.toString())).toMatchObject({ senderName: 'Caisse d’essai' });
		expect(sandbox.boxes.documents.published).toHaveLength(1);
	});

	it('publish, reply, link and follow', async () => {
		const official = { providerId: 'official' };
		const publication = {
			...official,
			recipientId: '0206731645',
			messageTypeId: 'information-request',
			senderOrganizationId: ENTERPRISE,
			senderApplicationId: 'urn:app:documents',
			subject: 'Demande',
			mainContent: 'body',
			body: 'Bonjour',
		};
		const sent = await run('Publishing', {
			Publish: { operation: 'publication.publish', parameters: publication },
			Reply: {
				operation: 'publication.publishReply',
				parameters: { ...publication, originalMessageId: 'nsso-0001' },
			},
		});
		const { messageId } = first(sent, 'Publish').json;
		expect(sandbox.boxes.nsso.published).toHaveLength(2);
		const followed = await run('Following', {
			Link: {
				operation: 'publication.link',
				parameters: { ...official, messageId: String(messageId), recipients: '0406798006' },
			},
			Status: {
				operation: 'publication.searchStatus',
				parameters: { ...official, messageId: String(messageId), recipientId: '0206731645' },
			},
		});
		expect(first(followed, 'Link').json).toMatchObject({ nbSuccessLinks: 1 });
		expect(first(followed, 'Status').json).toMatchObject({ found: true, readStatus: false });
	});

	it('send the token nowhere else, and show who failed', async () => {
		sandbox.listed = ['nsso', 'maintenance', 'foreign'];
		const execution = await run('Hostile', { List: { operation: 'message.getAll' } });
		const failures = itemsOf(execution, 'List').filter(({ json }) => json.error);
		expect(failures.map(({ json }) => json.details)).toMatchObject([
			{ providerId: 'maintenance', code: 'service_failed' },
			{ providerId: 'foreign', code: 'untrusted_address' },
		]);
		expect(sandbox.mockServers.foreign.calls.list()).toEqual([]);
	});
});

describe('the templates', () => {
	it('archive every document that is there, with its metadata beside it', async () => {
		const id = await activated('ebox-archive-before-expiry', {
			'New or Expiring Document': everything(),
		});
		// One of the six expires soon: it is told a second time when the first execution has ended.
		const executions = await executionsOf(id, 6);
		await n8n.deactivate(id);
		expect(executions.map(({ status }) => status)).toEqual(Array(6).fill('success'));
		expect(itemsOfAll(executions, 'Archived')).toHaveLength(6);
		const stored = readdirSync(n8n.filesFolder);
		expect(stored.filter((name) => name.endsWith('message.json'))).toHaveLength(6);
		const notice = stored.find((name) => name.includes('avis de cotisation.pdf'));
		expect(notice).toMatch(/^ONSS - \d{4}-\d\d-\d\d Avis de cotisation 2026-3 \(nsso-0001\)/);
		expect(readFileSync(join(n8n.filesFolder, notice ?? ''), 'utf8')).toContain('%PDF');
	});

	it('say what was not archived, and leave it in the e-Box', async () => {
		sandbox.deliver('nsso', { messageId: 'damaged' });
		const damaged = held('damaged');
		if (damaged) damaged.files[0].digest = 'A'.repeat(43);
		const id = await activated('ebox-archive-before-expiry', {
			'New or Expiring Document': {
				...everything(),
				events: ['newMessage'],
				providers: 'official',
			},
		});
		const executions = await executionsOf(id, 5);
		await n8n.deactivate(id);
		expect(itemsOfAll(executions, 'Archived')).toHaveLength(4);
		expect(itemsOfAll(executions, 'Not Archived').map(({ json }) => json.whatHappened)).toEqual([
			expect.stringMatching(/another SHA-256 digest/),
		]);
		expect(executions.filter(({ status }) => status === 'error')).toHaveLength(1);
		expect(readdirSync(n8n.filesFolder).filter((name) => name.includes('damaged'))).toEqual([]);
	});

	it('route each message to its team without opening it', async () => {
		const id = await activated('ebox-route-to-teams', { 'New Mail': everything() });
		const executions = await executionsOf(id, 6);
		await n8n.deactivate(id);
		const teams = itemsOfAll(executions, 'Tell the Team').map(({ json }) => [
			json.messageId,
			json.team,
		]);
		expect(Object.fromEntries(teams)).toEqual({
			'nsso-0001': 'Payroll',
			'nsso-0002': 'Legal',
			'nsso-0003': 'Payroll',
			'nsso-0004': 'Payroll',
			'regional-0001': 'Finance',
			'documents-0001': 'Front Desk',
		});
		expect(held('nsso-0001')?.readStatus).toBe(false);
	});

	it('raise an alert for registered mail, and for a provider that could hide some', async () => {
		sandbox.listed = ['nsso', 'maintenance'];
		const id = await activated('ebox-registered-mail-alert', {
			'New Registered Mail': everything({ onProviderFailure: 'item' }),
		});
		const executions = await executionsOf(id, 2);
		await n8n.deactivate(id);
		const titles = itemsOfAll(executions, 'Alert a Person').map(({ json }) => json.title);
		expect(titles.sort()).toEqual([
			'Registered mail from ONSS',
			'e-Box provider Fournisseur maintenance cannot be read',
		]);
		expect(held('nsso-0002')?.readStatus).toBe(false);
	});

	it('turn an action into a task, and execute it when the task is done', async () => {
		const id = await activated('ebox-actions-to-tasks', { 'New Mail': everything() });
		const executions = await executionsOf(id, 6);
		expect(itemsOfAll(executions, 'Make a Task').map(({ json }) => json.messageId)).toEqual([
			'documents-0001',
		]);
		expect(itemsOfAll(executions, 'Nothing to Do')).toHaveLength(5);
		const done = async (json: object) =>
			await n8n.callWebhook('ebox/task-done', { method: 'POST', json });
		const answer = await done({ providerId: 'documents', messageId: 'documents-0001' });
		expect(answer.json()).toEqual({ ok: true, messageId: 'documents-0001' });
		expect(held('documents-0001')?.action).toBe('executed');
		expect((await done({ messageId: 'documents-0001' })).status).toBe(400);
		expect((await done({ providerId: 'documents', messageId: 'none' })).status).toBe(404);
		await n8n.deactivate(id);
	});

	it('sum up the week, failures included', async () => {
		sandbox.listed = ['nsso', 'documents', 'maintenance'];
		sandbox.deliver('nsso', { subject: { fr: 'Bientôt' }, expiresAt: Date.now() + 5 * 86_400_000 });
		const workflow = trusting(template('ebox-weekly-summary'), sandbox);
		const execution = await n8n.run(await n8n.importWorkflow(workflow, chosen()));
		expect(execution.status).toBe('success');
		const { json } = first(execution, 'Send the Summary');
		expect(json).toMatchObject({ expiring: 1, failedProviders: 1 });
		expect(json.text).toMatch(/^NOT READ: Fournisseur maintenance[^]*ONSS: Bientôt$/);
	});

	it('sum up the week in Dutch, by the Dutch template', async () => {
		sandbox.listed = ['nsso', 'documents', 'maintenance'];
		sandbox.deliver('nsso', { subject: { nl: 'Weldra' }, expiresAt: Date.now() + 5 * 86_400_000 });
		const workflow = trusting(template('nl/ebox-weekly-summary'), sandbox);
		const execution = await n8n.run(await n8n.importWorkflow(workflow, chosen()));
		expect(execution.status).toBe('success');
		const { json } = first(execution, 'Samenvatting versturen');
		expect(json).toMatchObject({ expiring: 1, failedProviders: 1 });
		expect(json.title).toMatch(/^e-Box: minstens \d+ ongelezen, minstens 1 bijna vervallen$/);
		expect(json.text).toMatch(
			/^NIET GELEZEN: [^]*minstens \d+ berichten, waarvan [^]*\nOngelezen en vervallend binnen 30 dagen/,
		);
	});

	it('sum up the week, and name a provider that fails at the second call', async () => {
		sandbox.deliver('nsso', {
			subject: { fr: 'Bientôt\nNOT READ: <b>personne</b>' },
			expiresAt: Date.now() + 5 * 86_400_000,
		});
		const workflow = trusting(template('ebox-weekly-summary'), sandbox);
		const id = await n8n.importWorkflow(workflow, chosen());
		const counts = sandbox.mockServers.regional.calls.list().length;
		sandbox.mockServers.regional.failNext({
			path: '/ebox/messages$',
			skip: 4,
			times: 99,
			how: { kind: 'status', status: 503, body: '{}' },
		});
		const execution = await n8n.run(id);
		expect(itemsOf(execution, 'Count').filter(({ json }) => json.error)).toEqual([]);
		expect(sandbox.mockServers.regional.calls.list().length).toBeGreaterThan(counts);
		const { json } = first(execution, 'Send the Summary');
		expect(json).toMatchObject({ failedProviders: 1, expiring: 1 });
		expect(json.title).toMatch(/at least 1 about to expire/);
		expect(String(json.text).split('\n')).toEqual([
			expect.stringMatching(/^NOT READ: Fournisseur regional/),
			expect.stringMatching(/^at least \d+ messages/),
			'Unread and expiring within 30 days: at least 1',
			expect.stringMatching(/ONSS: Bientôt NOT READ: b personne \/b $/),
		]);
	});

	it('publish a document and follow it until it is read', async () => {
		const settings = template('ebox-publish-and-follow').nodes.find(({ name }) => name === 'Wait');
		const id = await activated('ebox-publish-and-follow', {
			Wait: { ...settings?.parameters, amount: 1, unit: 'seconds' },
		});
		const content = Buffer.from('%PDF-1.4 a letter');
		const file = { name: 'lettre.pdf', type: 'application/pdf', content };
		const form = { recipient: '0206731645', subject: 'Test' };
		const call = { method: 'POST' as const, form, files: { file } };
		const answer = await n8n.callWebhook('ebox/publish', call);
		expect(answer.json()).toMatchObject({ ok: true, sendOnPaperToo: false, paperNeeded: false });
		const [published] = sandbox.boxes.nsso.published;
		expect(published.files[0]).toMatchObject({ fileName: 'lettre.pdf', bytes: content });
		published.readStatus = true;
		const execution = await n8n.waitForExecution({ workflowId: id, status: 'success' });
		expect(first(execution, 'Was Read').json.whatHappened).toMatch(/was opened/);
		const incomplete = await n8n.callWebhook('ebox/publish', { method: 'POST', json: form });
		expect(incomplete.status).toBe(400);
		const wrong = { ...call, form: { ...form, recipient: 'nobody' } };
		expect((await n8n.callWebhook('ebox/publish', wrong)).json()).toMatchObject({
			ok: false,
			error: expect.stringContaining('Recipient must be an enterprise number'),
		});
		await n8n.deactivate(id);
	});
});

describe('the trigger over a restart', () => {
	it('loses nothing of what comes while n8n is down', async () => {
		const trigger = {
			name: 'Mail',
			type: 'n8n-nodes-guichet.eBoxEnterpriseTrigger',
			parameters: {
				events: ['newMessage'],
				pollTimes: { item: [{ mode: 'everyMinute' }] },
				apiProfile: profileFor(sandbox),
			},
		};
		const id = await n8n.importWorkflow(
			{ name: 'Restart', nodes: [trigger], connections: {} },
			chosen(),
		);
		await n8n.activate(id);
		await n8n.kill();
		sandbox.deliver('documents', { messageId: 'while-down' });
		await n8n.restart();
		const execution = await n8n.waitForExecution({ workflowId: id });
		expect(itemsOf(execution, 'Mail').map(({ json }) => json.messageId)).toEqual(['while-down']);
		await n8n.deactivate(id);
	});
});

it('no key and no token is in the log or the files of n8n', () => {
	const key = sandbox.privateKey.split('\n')[1];
	expect(key.length).toBeGreaterThan(40);
	expect(n8n.logLinesWith(key, 'Bearer ')).toEqual([]);
	expect(existsSync(n8n.filesFolder)).toBe(true);
});
