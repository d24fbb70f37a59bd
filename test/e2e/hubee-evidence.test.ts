import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { HubEeSandbox } from '../../sandbox/hubee';
import { startHubEeSandbox } from '../../sandbox/hubee';
import { itemsOf, N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { hubEeCredential, template, withFolder } from './hubee';
import { pollNow } from './hubee-osl';

/** Ends a test that waits in vain; nothing here waits for a fixed time. */
const PATIENCE_MS = 5 * 60_000;

/** So slow that a kill always finds n8n at work. */
const LATENCY_MS = 300;

let n8n: N8nInstance;
let sandbox: HubEeSandbox;

beforeAll(async () => {
	sandbox = await startHubEeSandbox({ behaviour: { eventDetails: false } });
	n8n = await N8nInstance.start({
		tarball: await packedTarball(),
		env: { NODE_OPTIONS: `--require ${join(__dirname, 'movable-clock.cjs')}` },
	});
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

afterEach(() => {
	sandbox.mockServer.latency = 0;
	expect(sandbox.mockServer.faults).toEqual([]);
});

/** @param ended what came of the run that is waited for, once it is over */
const until = async (what: string, isSo: () => boolean, ended: () => unknown = () => undefined) => {
	const deadline = Date.now() + PATIENCE_MS / 2;
	while (!isSo()) {
		if (ended() !== undefined) throw new Error(`before ${what}: ${JSON.stringify(ended())}`);
		if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
		await sleep(5);
	}
};

const restart = async () => {
	await n8n.kill();
	await n8n.restart();
};

/** n8n's clock goes on by twenty minutes; a restart sets it right again. */
const twentyMinutesLater = async () => {
	process.kill(n8n.pid, 'SIGUSR2');
	// An answer shows that the signal was treated, so that the next one is not taken for the same.
	await n8n.executions();
};

const statuses = (caseId: string) =>
	sandbox
		.listCases()
		.filter(({ id }) => id === caseId)
		.flatMap(({ history }) => history.map(({ status }) => status));

const submission: WorkflowJson = {
	name: 'Submit',
	nodes: [
		{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
		{
			name: 'Text',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: '{"text":"YWN0ZQ=="}' },
		},
		{
			name: 'File',
			type: 'n8n-nodes-base.convertToFile',
			typeVersion: 1.1,
			parameters: {
				operation: 'toBinary',
				sourceProperty: 'text',
				options: { fileName: 'acte.pdf', mimeType: 'application/pdf' },
			},
		},
		{ name: 'Submit', type: 'n8n-nodes-guichet.hubEe', parameters: {} },
	],
	connections: {
		Start: { main: [[{ node: 'Text', type: 'main', index: 0 }]] },
		Text: { main: [[{ node: 'File', type: 'main', index: 0 }]] },
		File: { main: [[{ node: 'Submit', type: 'main', index: 0 }]] },
	},
};

const completed = () =>
	sandbox.listFolders().filter(({ globalStatus }) => globalStatus !== 'HUBEE_RECEIVED');

it.each([
	['its folder is created', () => sandbox.listFolders().length > 0, false],
	[
		'its file is uploaded',
		() => sandbox.listFolders().some(({ attachments }) => attachments[0].status === 'RECEIVED'),
		false,
	],
	['its folder is completed', () => completed().length > 0, true],
])(
	'a submission that is killed when %s, and run again, completes one folder',
	async (when, isSo, submittedBefore) => {
		await sandbox.reset();
		const osl = hubEeCredential(sandbox, 'osl', 'OSL');
		const hubEeOAuth2Api = await n8n.createCredential(`OSL ${when}`, 'hubEeOAuth2Api', osl);
		const id = await n8n.importWorkflow(submission, {
			credentials: { hubEeOAuth2Api },
			parameters: {
				Submit: {
					resource: 'folder',
					operation: 'submit',
					processCode: 'EtatCivil',
					externalId: 'DGS-EtatCivil-0000000000001',
					firstName: 'Adeline',
					lastName: 'Test',
					specifyRecipients: 'json',
					recipientsJson: '[{"siret":"11001401600015","branchCode":"75108"}]',
					attachmentType: 'documents',
				},
			},
		});
		sandbox.mockServer.latency = LATENCY_MS;
		let end: unknown;
		const run = n8n.run(id).then(
			({ status, error }) => (end = [status, error?.message]),
			() => (end = 'killed'),
		);
		await until(when, isSo, () => end);
		await restart();
		expect(await run).toBe('killed');
		const again = await n8n.run(id);
		expect(again.error).toBeUndefined();
		const [{ json }] = itemsOf(again, 'Submit');
		expect(json.submittedBefore).toBe(submittedBefore);
		expect(completed()).toMatchObject([{ id: json.folderId, globalStatus: json.globalStatus }]);
		const cases = sandbox.listCases().filter(({ folderId }) => folderId === json.folderId);
		expect(cases).toHaveLength(1);
		process.stdout.write(
			`killed when ${when}: ${sandbox.listFolders().length} folder, its case ${statuses(cases[0].id).join(' > ')}, submittedBefore ${String(json.submittedBefore)}\n`,
		);
	},
	PATIENCE_MS,
);

it(
	'a case that is DONE meanwhile is not taken back, and an event that cannot be read is not swallowed, over a kill',
	async () => {
		await sandbox.reset();
		const si = hubEeCredential(sandbox);
		const hubEeOAuth2Api = await n8n.createCredential('SI', 'hubEeOAuth2Api', si);
		const imported = async (name: string) => {
			const workflow = withFolder(template(name), n8n.filesFolder);
			const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-guichet.hubEeTrigger');
			return await n8n.importWorkflow(workflow, {
				credentials: { hubEeOAuth2Api },
				parameters: { [trigger?.name ?? '']: { redeliverAfter: 10, maximumDeliveries: 20 } },
			});
		};
		const id = await imported('hubee-receive-cases');
		const files = [{ fileName: 'demande.xml', content: { text: '<x/>' } }];
		const [{ id: caseId, notificationId }] = (await sandbox.deposit({ files })).cases;
		const isThere = (wanted: string | null) =>
			sandbox.listNotifications().some((one) => one.id === wanted);
		const downloads = () =>
			sandbox.mockServer.calls.list({ method: 'GET', path: '/attachments/[^/]+$' }).length;
		const forbid = (method: string, path: string) =>
			sandbox.mockServer.failNext({
				method,
				path,
				times: 1_000,
				how: {
					kind: 'status',
					status: 403,
					body: '{"errors":[{"code":403,"message":"no"}]}',
				},
			});

		// Its acknowledgement is refused, so that its notification comes again.
		forbid('DELETE', '/notifications/');
		await pollNow(n8n, id);
		await until('the status is set', () => statuses(caseId).at(-1) === 'IN_PROGRESS');
		expect(isThere(notificationId)).toBe(true);
		const agent = { caseId, side: 'SI' as const, actionType: 'STATUS_UPDATE' };
		await sandbox.incomingEvent({ ...agent, caseNewStatus: 'DONE' });
		sandbox.mockServer.injectedFaults.clear();

		// An event comes whose kind nobody can look up, and n8n is killed at the redelivered case.
		const told = await sandbox.incomingEvent({
			caseId,
			actionType: 'SENDING_MESSAGE',
			message: 'Bonjour',
		});
		forbid('GET', '/events/');
		sandbox.mockServer.latency = LATENCY_MS;
		const before = downloads();
		await twentyMinutesLater();
		await n8n.activate(id);
		await until('the case is received again', () => downloads() > before);
		await restart();
		sandbox.mockServer.latency = 0;
		expect(isThere(notificationId)).toBe(true);

		// The killed delivery was made twenty minutes ahead of the clock that is right again.
		await twentyMinutesLater();
		await twentyMinutesLater();
		await pollNow(n8n, id);
		await until('the case is acknowledged', () => !isThere(notificationId));
		const whole = ['HUBEE_NOTIFIED', 'IN_PROGRESS', 'DONE'];
		expect(statuses(caseId).slice(-whole.length)).toEqual(whole);
		expect(isThere(told.notificationId)).toBe(true);

		// The workflow for events waits as long as it cannot read it, and then gets it.
		const events = await imported('hubee-handle-events');
		expect(await pollNow(n8n, events)).toBeUndefined();
		expect(isThere(told.notificationId)).toBe(true);
		sandbox.mockServer.injectedFaults.clear();
		const handled = await pollNow(n8n, events);
		if (!handled) throw new Error('The poll began no execution');
		expect(itemsOf(handled, 'Message')[0].json.summary).toMatch(/: Bonjour$/);
		expect(isThere(told.notificationId)).toBe(false);
		expect(statuses(caseId).at(-1)).toBe('DONE');
		process.stdout.write(
			`case ${statuses(caseId).join(' > ')}; its notification is acknowledged, that of the event waited until it could be read\n`,
		);
	},
	PATIENCE_MS,
);
