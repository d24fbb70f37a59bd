import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';

import { EBoxSandbox, newFile } from '../../sandbox/ebox';
import { type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import type { Manifest } from '../../nodes/EBoxBroadcast/batch/files/manifest';
import { itemsOf } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { trusting } from '../e2e/ebox';
import { hubEeCredential, template, withFolder } from '../e2e/hubee';
import { fillInForm } from '../e2e/hubee-osl';
import { DOCUMENT, numbers } from '../unit/broadcast/support';
import { credentialFor } from '../unit/ebox/federation';
import { workerOf, workersOf } from './workers';

const HUBEE = 'hubEeOAuth2Api';
const SOCIAL_SECURITY = 'socialSecurityCertificateOAuth2Api';

/**
 * Binary data is in the database, as n8n does it in queue mode unless told otherwise: what most
 * users will have.
 */
let cluster: QueueCluster;
let hubee: HubEeSandbox;
let ebox: EBoxSandbox;

beforeAll(async () => {
	hubee = await startHubEeSandbox();
	ebox = await EBoxSandbox.start({ tls: true, slowness: 50 });
	cluster = await QueueCluster.start({
		tarball: await packedTarball(),
		// One execution at a time on each, so that two at once are on two workers.
		concurrency: 1,
	});
});

afterAll(async () => {
	await cluster?.end();
	await hubee?.close();
	await ebox?.close();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a form filled in on the main process', () => {
	const REQUESTS = 6;
	let workflowId: string;

	beforeAll(async () => {
		// So slow that one worker alone cannot have done them all before the other takes one.
		hubee.mockServer.latency = 30;
		const osl = await cluster.main.createCredential(
			'HubEE',
			HUBEE,
			hubEeCredential(hubee, 'osl', 'OSL'),
		);
		workflowId = await cluster.main.importWorkflow(
			withFolder(template('hubee-submit-from-form'), cluster.filesFolder),
			{ credentials: { [HUBEE]: osl } },
		);
		await cluster.main.activate(workflowId);
	});

	afterAll(async () => await cluster.main.deactivate(workflowId));

	it('is submitted by the workers: each file whole, each folder completed once', async () => {
		const requests = Array.from({ length: REQUESTS }, (_, index) => ({
			name: `Test ${index}`,
			// The last one is as large as a scanned file is.
			paris: randomBytes(index === REQUESTS - 1 ? 5_000_000 : 40_000 + index),
			nice: randomBytes(1 + index),
		}));
		await Promise.all(
			requests.map(
				async ({ name, paris, nice }) =>
					await fillInForm(cluster.main, {
						'First Name': 'Adeline',
						'Last Name': name,
						Email: 'adeline@example.fr',
						'First Authority': 'Paris 8e',
						'Documents for the First Authority': [{ name: 'acte.pdf', content: paris }],
						'Second Authority': 'Nice',
						'Documents for the Second Authority': [{ name: 'photo.jpg', content: nice }],
					}),
			),
		);
		const executions = await executionsOf(workflowId, REQUESTS);
		expect(executions.map(({ status }) => status)).toEqual(Array(REQUESTS).fill('success'));
		// An execution waits while its page is shown, and either worker may take it up again.
		expect(new Set(executions.flatMap(({ id }) => workersOf(cluster, id)))).toEqual(
			new Set(cluster.workers),
		);

		const folders = hubee.listFolders();
		expect(folders.map(({ globalStatus }) => globalStatus)).toEqual(
			Array(REQUESTS).fill('HUBEE_NOTIFIED'),
		);
		const received = folders.map(({ attachments }) =>
			attachments
				.map((file) => [file.fileName, file.size, file.sha256])
				// n8n lists the files of a form in the order in which it has written them to their ends.
				.sort(([a], [b]) => String(a).localeCompare(String(b))),
		);
		const sent = requests.map(({ paris, nice }) => [
			['acte.pdf', paris.length, sha256(paris)],
			['photo.jpg', nice.length, sha256(nice)],
		]);
		expect(received.sort(bySize)).toEqual(sent.sort(bySize));
		const completed = hubee.mockServer.calls
			.detailed({ path: '/folders/[^/]+$' })
			.filter(({ requestBody }) => requestBody?.includes('HUBEE_COMPLETED'))
			.map(({ path }) => path);
		expect(completed).toHaveLength(REQUESTS);
		expect(new Set(completed).size).toBe(REQUESTS);
	});

	it('has its token asked for once by each worker', () => {
		expect(hubee.mockServer.calls.counters().tokenRequests).toBe(2);
		expect(hubee.mockServer.faults).toEqual([]);
	});
});

describe('an application that waits for the answer of its call', () => {
	it('gets it from the worker; six calls at once for one organization subscribe it once', async () => {
		const admin = await cluster.main.createCredential(
			'HubEE',
			HUBEE,
			hubEeCredential(hubee, 'admin', 'ADMIN'),
		);
		const workflowId = await cluster.main.importWorkflow(template('hubee-subscribe-organization'), {
			credentials: { [HUBEE]: admin },
		});
		await cluster.main.activate(workflowId);
		const request = {
			siret: '21040107100019',
			branchCode: '04107',
			name: 'Commune de Manosque',
			postalCode: '04100',
			territory: 'ALPES-DE-HAUTE-PROVENCE',
			email: 'contact@manosque.example.fr',
			processCode: 'EtatCivil',
			datapassId: 4711,
			administrator: { email: 'a@manosque.example.fr', firstName: 'Adeline', lastName: 'Test' },
		};
		const call = async () => await cluster.main.callWebhook('hubee/subscribe', { json: request });
		const answers = await Promise.all(Array.from({ length: 6 }, call));
		const executions = await executionsOf(workflowId, 6);
		await cluster.main.deactivate(workflowId);

		// An execution waits while its page is shown, and either worker may take it up again.
		expect(new Set(executions.flatMap(({ id }) => workersOf(cluster, id)))).toEqual(
			new Set(cluster.workers),
		);
		for (const answer of answers)
			expect(answer.json()).toMatchObject({ ok: true, status: 'Actif' });
		const { organizations, subscriptions } = hubee.hub;
		const ofManosque = [
			organizations.all().filter(({ companyRegister }) => companyRegister === request.siret),
			subscriptions.all().filter(({ subscriber }) => subscriber.companyRegister === request.siret),
		];
		expect(ofManosque.map((found) => found.length)).toEqual([1, 1]);
	});
});

type Described = Array<Array<string | number | null>>;
const bySize = ([a]: Described, [b]: Described): number => Number(a[1]) - Number(b[1]);

/** All executions of a workflow, when so many are over. */
async function executionsOf(workflowId: string, count: number) {
	const over = new Set<string>();
	while (over.size < count) {
		const { id } = await cluster.main.waitForExecution({
			workflowId,
			accept: (execution) => !over.has(execution.id),
		});
		over.add(id);
	}
	return await cluster.main.executions({ workflowId });
}

describe('an e-Box', () => {
	it('is read on the main process and archived by a worker, byte for byte', async () => {
		const large = newFile({
			fileName: 'dossier.pdf',
			bytes: Buffer.concat([DOCUMENT, randomBytes(3_000_000)]),
		});
		ebox.deliver('nsso', { messageId: 'large', subject: { fr: 'Dossier' }, files: [large] });
		const credential = await cluster.main.createCredential(
			'e-Box',
			SOCIAL_SECURITY,
			credentialFor(ebox),
		);
		const workflow = trusting(
			withFolder(template('ebox-archive-before-expiry'), cluster.filesFolder),
			ebox,
		);
		const before = readdirSync(cluster.filesFolder);
		const workflowId = await cluster.main.importWorkflow(workflow, {
			credentials: { [SOCIAL_SECURITY]: credential },
			parameters: { 'New or Expiring Document': { options: { existing: true } } },
		});
		await cluster.main.activate(workflowId);
		const execution = await cluster.main.waitForExecution({ workflowId });
		await cluster.main.deactivate(workflowId);

		expect(execution.status).toBe('success');
		expect(cluster.workers).toContain(workerOf(cluster, execution.id));
		const messages = Object.values(ebox.boxes).flatMap((box) => box.messages);
		expect(itemsOf(execution, 'Archived')).toHaveLength(messages.length);
		const stored = readdirSync(cluster.filesFolder).filter((name) => !before.includes(name));
		expect(stored.filter((name) => name.endsWith('message.json'))).toHaveLength(messages.length);
		const digests = stored.map((name) => sha256(readFileSync(join(cluster.filesFolder, name))));
		for (const { files } of messages)
			for (const { bytes } of files) expect(digests).toContain(sha256(bytes));
		expect(
			itemsOf(execution, 'Archive Message').flatMap(({ json }) =>
				(json.attachments as Array<{ digest?: string; fileName: string }>)
					.filter(({ fileName }) => fileName === 'dossier.pdf')
					.map(({ digest }) => digest),
			),
		).toEqual(['verified']);
		// The trigger asks on the main process, the archive on the worker.
		expect(ebox.mockServers.nsso.calls.counters().tokenRequests).toBe(2);
		expect(ebox.faults).toEqual([]);
	});
});

describe('a broadcast to 650,000 people in two languages', () => {
	/**
	 * The French list has 400,000 people, the Dutch one 300,000, of whom 50,000 are on the French
	 * list too.
	 */
	const french = [...numbers(400_000)];
	const dutch = [...numbers(300_000, 350_000)];
	const list = (people: string[]) => ({
		name: 'list.csv',
		content: Buffer.from(`NISS\n${people.join('\n')}\n`),
		type: 'text/csv',
	});
	const document = { name: 'information.pdf', content: DOCUMENT, type: 'application/pdf' };
	const version = (language: string): INodeParameters => ({
		language,
		title: 'Votre information',
		ticket: `INFO-2026-${language.toUpperCase()}`,
		documentField: 'document',
		recipientsField: `recipients_${language}`,
		fileName: '',
		firstSequence: 1,
	});

	it('is prepared by a worker from lists that came in on the main process', async () => {
		const workflowId = await cluster.main.importWorkflow({
			name: 'Broadcast',
			nodes: [
				{
					name: 'Webhook',
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					webhookId: 'broadcast',
					parameters: {
						path: 'broadcast',
						httpMethod: 'POST',
						responseMode: 'onReceived',
						options: {},
					},
				},
				{
					name: 'Prepare',
					type: 'n8n-nodes-guichet.eBoxBroadcast',
					parameters: {
						resource: 'broadcast',
						operation: 'prepare',
						versions: { version: [version('fr'), version('nl')] },
						messageType: 'EXAMPLE_TYPE',
						institution: '0406.798.006',
						application: 'employment:example:broadcast',
						files: 'files',
					},
				},
			],
			connections: { Webhook: { main: [[{ node: 'Prepare', type: 'main', index: 0 }]] } },
		});
		await cluster.main.activate(workflowId);
		const { status } = await cluster.main.callWebhook('broadcast', {
			files: { document, recipients_fr: list(french), recipients_nl: list(dutch) },
		});
		expect(status).toBe(200);
		const execution = await cluster.main.waitForExecution({ workflowId });
		await cluster.main.deactivate(workflowId);

		expect(execution.status).toBe('success');
		expect(cluster.workers).toContain(workerOf(cluster, execution.id));
		const items = itemsOf(execution, 'Prepare');
		const manifests = items.map(({ json }) => json.manifest as unknown as Manifest);
		expect(manifests.map(({ recipients }) => recipients.accepted)).toEqual([400_000, 250_000]);
		const lists = new Map<string, string>();
		for (const { id, fileName } of items.flatMap(({ binary = {} }) => Object.values(binary)))
			if (/_\d\dof\d\d\.csv$/.test(String(fileName)))
				lists.set(String(fileName), sha256(await cluster.main.binary(String(id))));
		const text = (people: string[]) => sha256(Buffer.from(people.join('\n') + '\n'));
		expect(Object.fromEntries(lists)).toEqual({
			'INFO-2026-FR_fr_01of02.csv': text(french.slice(0, 300_000)),
			'INFO-2026-FR_fr_02of02.csv': text(french.slice(300_000)),
			'INFO-2026-NL_nl_01of01.csv': text(dutch.slice(50_000)),
		});
	});
});
