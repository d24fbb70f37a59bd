import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { INodeParameters } from 'n8n-workflow';

import { EBoxSandbox, ENTERPRISE, type ProviderName } from '../../sandbox/ebox';
import { newFile } from '../../sandbox/ebox/stored-message';
import { itemsOf, N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { credentialFor } from '../unit/ebox/federation';
import { type Called, ONLY_AT_ACTIVATION, operationsWorkflow } from './ebox';
import { template, withFolder } from './hubee';

const CREDENTIAL = 'socialSecurityCertificateOAuth2Api';

let n8n: N8nInstance;
let sandbox: EBoxSandbox;
let credential: string;

beforeAll(async () => {
	sandbox = await EBoxSandbox.start({ tls: true });
	n8n = await N8nInstance.start({
		tarball: await packedTarball(),
		env: { NODE_OPTIONS: `--require ${join(__dirname, 'movable-clock.cjs')}` },
	});
	// Confirmed once, for all nodes.
	credential = await n8n.createCredential('e-Box', CREDENTIAL, {
		...credentialFor(sandbox),
		trustedProviderHosts: sandbox.trustedHosts.join(', '),
	});
});

beforeEach(async () => await sandbox.mockServers.nsso.reset());

afterEach(() => expect(sandbox.faults).toEqual([]));

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

const chosen = () => ({ credentials: { [CREDENTIAL]: credential } });

/** What the provider holds, beside what the items say. */
function show(title: string, name: ProviderName, items: unknown): void {
	const { published, messages } = sandbox.boxes[name];
	const register = [...published, ...messages.filter(({ action }) => action === 'executed')].map(
		({ messageId, subject, originalMessageId, action }) => ({
			messageId,
			subject,
			originalMessageId,
			action,
		}),
	);
	process.stdout.write(
		`${title}\n  items: ${JSON.stringify(items)}\n  ${name} holds: ${JSON.stringify(register)}\n`,
	);
}

/** Runs one operation; n8n itself may run the node again. */
async function run(name: string, call: Called, node: object = {}) {
	const workflow = operationsWorkflow(name, sandbox, { Act: call });
	for (const one of workflow.nodes) {
		delete one.parameters.apiProfile;
		if (one.name === 'Act') Object.assign(one, node);
	}
	return await n8n.run(await n8n.importWorkflow(workflow, chosen()));
}

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

const publication = (providerId: string, more: INodeParameters = {}): INodeParameters => ({
	providerId,
	recipientId: '0206731645',
	messageTypeId: 'information-request',
	senderOrganizationId: ENTERPRISE,
	senderApplicationId: 'urn:app:documents',
	subject: 'Demande',
	mainContent: 'body',
	body: 'Bonjour',
	...more,
});

it('reports a v3 publication whose answer is lost as the one publication that it is, also when it is run again', async () => {
	const { documents } = sandbox.mockServers;
	const additionalFields = { idempotencyKey: 'invoice 2026/117' };
	const parameters = publication('documents', { additionalFields });
	documents.failNext({ method: 'POST', path: '/ebox/messages$', how: { kind: 'cutAfter' } });
	const first = await run('Answer lost', { operation: 'publication.publish', parameters });
	expect(first.status).toBe('success');
	const items = itemsOf(first, 'Act').map(({ json }) => json);
	show('v3, the answer is lost', 'documents', items);
	expect(items).toMatchObject([{ published: true, answerLost: true, messageId: null }]);
	expect(sandbox.boxes.documents.published).toHaveLength(1);
	const again = await run('Run again', { operation: 'publication.publish', parameters });
	show('v3, run again', 'documents', again.error?.message);
	expect(again.status).toBe('error');
	expect(sandbox.boxes.documents.published).toHaveLength(1);
});

it('publishes, replies, links and executes once under Retry On Fail', async () => {
	const { nsso, documents } = sandbox.mockServers;
	const lost = { kind: 'cutAfter' } as const;
	// Takes a token, so that what is lost below is the answer to the act and no refusal of a token.
	await run('List', { operation: 'message.getAll' });
	nsso.failNext({ method: 'POST', path: '/publishMessage$', how: lost });
	const published = await run(
		'Publish in v2',
		{ operation: 'publication.publish', parameters: publication('official') },
		RETRY,
	);
	show('v2 Publish, three tries', 'nsso', published.error?.message);
	expect(published.status).toBe('error');
	expect(sandbox.boxes.nsso.published).toHaveLength(1);

	const messageId = String(sandbox.boxes.nsso.published[0]?.messageId);
	nsso.failNext({ method: 'POST', path: '/linkEboxMessage$', how: lost });
	const linked = await run(
		'Link',
		{
			operation: 'publication.link',
			parameters: { providerId: 'official', messageId, recipients: '0406798006' },
		},
		RETRY,
	);
	show('Link, three tries', 'nsso', linked.error?.message);
	expect(nsso.calls.list({ method: 'POST' }).filter(({ path }) => /link/.test(path))).toHaveLength(
		1,
	);

	const message = { providerId: 'documents', messageId: 'documents-0001' };
	documents.failNext({ method: 'POST', path: '/replies$', times: 9, how: lost });
	const replied = await run(
		'Reply',
		{
			operation: 'message.reply',
			parameters: { ...message, subject: 'Antwoord', mainContent: 'body', body: 'Ja' },
		},
		RETRY,
	);
	documents.injectedFaults.clear();
	show('Reply, all answers lost', 'documents', [
		replied.error?.message,
		...itemsOf(replied, 'Act').map(({ json }) => json),
	]);
	expect(sandbox.boxes.documents.published).toHaveLength(1);

	documents.failNext({ method: 'PATCH', path: '/actions$', how: lost });
	const executed = await run(
		'Execute',
		{ operation: 'message.executeAction', parameters: message },
		RETRY,
	);
	const items = itemsOf(executed, 'Act').map(({ json }) => json);
	show('Execute Action, one answer lost', 'documents', items);
	expect(items).toMatchObject([{ executed: true }]);
});

const code = (name: string, jsCode: string) => ({
	name,
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { mode: 'runOnceForAllItems', jsCode },
});

const triggerWorkflow = (name: string, options: INodeParameters, jsCode: string): WorkflowJson => ({
	name: 'Mail',
	nodes: [
		{
			id: 'the-trigger',
			name,
			type: 'n8n-nodes-guichet.eBoxEnterpriseTrigger',
			parameters: {
				events: ['newMessage'],
				pollTimes: ONLY_AT_ACTIVATION,
				options,
			},
		},
		code('Handle', jsCode),
	],
	connections: { [name]: { main: [[{ node: 'Handle', type: 'main', index: 0 }]] } },
});

/** Executions of a workflow that are over, as (message ids, status). */
async function handled(workflowId: string, count: number): Promise<Array<[unknown[], string]>> {
	const deadline = Date.now() + 60_000;
	for (;;) {
		const found = await n8n.executions({ workflowId });
		const over = found.filter(({ status }) => status === 'success' || status === 'error');
		if (over.length >= count && over.length === found.length)
			return await Promise.all(
				over.map(async ({ id, status }): Promise<[unknown[], string]> => {
					const execution = await n8n.execution(id);
					const [trigger = ''] = Object.keys(execution.runData);
					const ids = itemsOf(execution, trigger).map(({ json }) => json.messageId);
					return [ids, status];
				}),
			);
		if (Date.now() > deadline) throw new Error(`${over.length} of ${count} executions ended`);
		await sleep(100);
	}
}

it('loses no mail when its trigger is renamed, with and without deactivation', async () => {
	const id = await n8n.importWorkflow(
		triggerWorkflow('Mail', {}, 'return $input.all();'),
		chosen(),
	);
	await n8n.activate(id);
	const rename = async (name: string) => {
		const { nodes, connections } = triggerWorkflow(name, {}, 'return $input.all();');
		const saved = await n8n.rest.get<WorkflowJson>(`/workflows/${id}`);
		const renamed = saved.nodes.map((node, index) => ({ ...node, name: nodes[index]?.name }));
		await n8n.rest.patch(`/workflows/${id}`, { nodes: renamed, connections });
	};
	sandbox.deliver('nsso', { messageId: 'before' });
	await n8n.deactivate(id);
	await n8n.activate(id);
	await handled(id, 1);
	await n8n.deactivate(id);
	sandbox.deliver('documents', { messageId: 'while deactivated' });
	await rename('Official mail');
	await n8n.activate(id);
	await handled(id, 2);
	sandbox.deliver('regional', { messageId: 'while active' });
	await rename('Mail of the State');
	await n8n.activate(id);
	const all = await handled(id, 3);
	await n8n.deactivate(id);
	process.stdout.write(`renamed twice\n  executions: ${JSON.stringify(all)}\n`);
	expect(all).toEqual([
		[['before'], 'success'],
		[['while deactivated'], 'success'],
		[['while active'], 'success'],
	]);
});

it('delivers again what the user’s own node could not handle, and only that', async () => {
	sandbox.tokens.tokenLifetime = 1_000_000_000;
	const workflow = triggerWorkflow(
		'Mail',
		{ deliverAgain: true },
		`const { messageId, deliveries } = $input.first().json;
if (messageId === 'bad' && deliveries < 2) throw new Error('the ticket system is down');
return $input.all();`,
	);
	const id = await n8n.importWorkflow(workflow, chosen());
	const poll = async () => {
		await n8n.deactivate(id);
		await n8n.activate(id);
	};
	await n8n.activate(id);
	sandbox.deliver('nsso', { messageId: 'good' }, { messageId: 'bad' });
	await poll();
	expect((await handled(id, 2)).sort()).toEqual([
		[['bad'], 'error'],
		[['good'], 'success'],
	]);
	await poll();
	expect(await handled(id, 2)).toHaveLength(2);
	// The clock of n8n goes on by twenty minutes.
	process.kill(n8n.pid, 'SIGUSR2');
	await poll();
	const all = await handled(id, 3);
	process.stdout.write(`deliver again\n  executions: ${JSON.stringify(all)}\n`);
	expect(all.slice(2)).toEqual([[['bad'], 'success']]);
	process.kill(n8n.pid, 'SIGUSR2');
	process.kill(n8n.pid, 'SIGUSR2');
	await poll();
	expect(await handled(id, 3)).toHaveLength(3);
	await n8n.deactivate(id);
});

it('archives a message only when all its files are stored, and again until they are', async () => {
	sandbox.tokens.tokenLifetime = 1_000_000_000;
	const id = await n8n.importWorkflow(
		withFolder(template('ebox-archive-before-expiry'), n8n.filesFolder),
		{
			...chosen(),
			parameters: {
				'New or Expiring Document': {
					days: 5,
					pollTimes: ONLY_AT_ACTIVATION,
					options: { deliverAgain: true },
				},
			},
		},
	);
	await n8n.activate(id);
	const expiresAt = Date.now() + 3 * 86_400_000;
	const annex = newFile({ attachmentId: 'annex', fileName: 'annex.pdf', mainContent: false });
	sandbox.deliver(
		'nsso',
		{ messageId: 'whole', subject: { fr: 'Tout' } },
		{ messageId: 'blocked', subject: { fr: 'Un' }, expiresAt, files: [newFile(), annex] },
	);
	// The name of one of its files is taken.
	const day = new Date().toISOString().slice(0, 10);
	const taken = join(n8n.filesFolder, `ONSS - ${day} Un (blocked) - annex.pdf`);
	mkdirSync(taken);
	const poll = async () => {
		await n8n.deactivate(id);
		await n8n.activate(id);
	};
	const results = async (count: number) => {
		await handled(id, count);
		const found = await n8n.executions({ workflowId: id });
		const all = await Promise.all(found.map(async (one) => await n8n.execution(one.id)));
		return all.map(({ status, runData }) => {
			const items = (node: string) => runData[node]?.[0]?.data?.main.flat() ?? [];
			const ends = ['Archived', 'Not Archived'].flatMap((node) =>
				items(node).map((item) => `${node}: ${String(item?.json.messageId)}`),
			);
			return `${status}, ${ends.join(', ')}`;
		});
	};
	await poll();
	const first = await results(2);
	process.stdout.write(`archive, a file is not stored\n  ${JSON.stringify(first)}\n`);
	expect(first.sort()).toEqual(['error, Not Archived: blocked', 'success, Archived: whole']);
	rmdirSync(taken);
	process.kill(n8n.pid, 'SIGUSR2');
	await poll();
	await results(3);
	// It is not only new, it expires soon as well.
	await poll();
	const all = await results(4);
	process.stdout.write(`archive, later\n  ${JSON.stringify(all)}\n`);
	expect(all.filter((one) => one === 'success, Archived: blocked')).toHaveLength(2);
	expect(readFileSync(taken)).toEqual(annex.bytes);
	await n8n.deactivate(id);
});
