import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type HubEeSandbox, SI_ORGANIZATIONS, startHubEeSandbox } from '../../sandbox/hubee';
import { itemsOf, N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { hubEeCredential, template, withFolder } from './hubee';
import { digestsIn, fillInForm, pollNow, sha256 } from './hubee-osl';

let n8n: N8nInstance;
let sandbox: HubEeSandbox;
let osl: string;
let admin: string;

beforeAll(async () => {
	sandbox = await startHubEeSandbox();
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	const create = async (client: string, scope: string) =>
		await n8n.createCredential(
			`HubEE ${scope}`,
			'hubEeOAuth2Api',
			hubEeCredential(sandbox, client, scope),
		);
	osl = await create('osl', 'OSL');
	admin = await create('admin', 'ADMIN');
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

afterEach(async () => await sandbox.reset());

const importTemplate = async (name: string, credential = osl) =>
	await n8n.importWorkflow(withFolder(template(name), n8n.filesFolder), {
		credentials: { hubEeOAuth2Api: credential },
	});

const caseNow = (caseId: string) => {
	const found = sandbox.listCases().find(({ id }) => id === caseId);
	if (!found) throw new Error('The case is gone');
	return found;
};

/** A case of the OSL that an authority has brought to a status. */
async function caseAt(status: string) {
	const deposited = await sandbox.deposit({
		processCode: 'EtatCivil',
		files: [{ fileName: 'demande.xml', content: { text: 'x' } }],
	});
	const [{ id: caseId }] = deposited.cases;
	await sandbox.incomingEvent({
		caseId,
		side: 'SI',
		actionType: 'STATUS_UPDATE',
		caseNewStatus: status,
		message: 'de la mairie',
	});
	return { caseId, folderId: deposited.folderId };
}

const pdf = (name: string, content: string) => ({
	file: { name, type: 'application/pdf', content: Buffer.from(content) },
});

describe('the form', () => {
	let workflowId: string;
	beforeAll(async () => {
		workflowId = await importTemplate('hubee-submit-from-form');
		await n8n.activate(workflowId);
	});
	afterAll(async () => await n8n.deactivate(workflowId));

	const submit = async (answers: Parameters<typeof fillInForm>[1]) => {
		const [last] = (await n8n.executions({ workflowId })).slice(-1);
		const page = await fillInForm(n8n, {
			'First Name': 'Adeline',
			'Last Name': 'Test',
			Email: 'adeline@example.fr',
			'First Authority': 'Paris 8e',
			'Second Authority': 'None',
			...answers,
		});
		const execution = await n8n.waitForExecution({ workflowId, after: last?.id ?? '0' });
		return { ...execution, page };
	};

	it('submits a folder to one authority and writes down which case is of which folder', async () => {
		const execution = await submit({
			'Documents for the First Authority': [{ name: 'acte.pdf', content: 'contenu' }],
		});
		expect(execution.status).toBe('success');
		const [folder] = sandbox.listFolders();
		expect(folder).toMatchObject({
			globalStatus: 'HUBEE_NOTIFIED',
			externalId: expect.stringMatching(/^DGS-EtatCivil-/) as unknown,
			attachments: [{ fileName: 'acte.pdf', sha256: sha256('contenu'), status: 'RECEIVED' }],
		});
		const [caseId] = folder.caseIds;
		const path = join(n8n.filesFolder, `hubee-case-${caseId}.json`);
		expect([JSON.parse(readFileSync(path, 'utf8'))].flat()[0]).toMatchObject({
			caseId,
			folderId: folder.id,
		});
		expect(itemsOf(execution, 'Submitted')).toHaveLength(1);
		expect(execution.page).toContain('Your request was sent');
		expect(execution.page).toContain('Your documents are with: Paris 8e.');
	});

	it('makes one folder of a form that is sent twice, also in the same moment, and another of other documents', async () => {
		const sent = async (content: string) =>
			await fillInForm(n8n, {
				'First Name': 'Adeline',
				'Last Name': 'Impatiente',
				'First Authority': 'Paris 8e',
				'Second Authority': 'None',
				'Documents for the First Authority': [{ name: 'acte.pdf', content }],
			});
		const pages = await Promise.all([sent('contenu'), sent('contenu')]);
		pages.push(await sent('contenu'));
		expect(sandbox.listFolders()).toHaveLength(1);
		pages.push(await sent('Contenu'));
		expect(pages.filter((page) => page.includes('Your request was sent'))).toHaveLength(4);
		const folders = sandbox.listFolders();
		expect(folders.map(({ globalStatus }) => globalStatus)).toEqual([
			'HUBEE_NOTIFIED',
			'HUBEE_NOTIFIED',
		]);
		expect(new Set(folders.map(({ externalId }) => externalId)).size).toBe(2);
	});

	const two = { 'Documents for the First Authority': [{ name: 'a.pdf', content: 'a' }] };
	it.each([
		[
			'a second authority without documents',
			{ ...two, 'Second Authority': 'Nice' },
			/gets no document/,
		],
		[
			'the same authority twice',
			{
				...two,
				'Second Authority': 'Paris 8e',
				'Documents for the Second Authority': [{ name: 'b.pdf', content: 'b' }],
			},
			/chosen twice/,
		],
		[
			'documents for nobody',
			{ ...two, 'Documents for the Second Authority': [{ name: 'b.pdf', content: 'b' }] },
			/none is chosen/,
		],
	])('refuses %s on its page', async (_name, answers, said) => {
		const { page } = await submit(answers);
		expect(page).toContain('Your request was not sent');
		expect(page).toMatch(said);
		expect(sandbox.listFolders()).toEqual([]);
	});

	it('says why a request was not sent, and leaves nothing at HubEE', async () => {
		sandbox.scanNext({ outcome: 'CORRUPTED' });
		const execution = await submit({
			'Documents for the First Authority': [{ name: 'virus.pdf', content: 'mauvais' }],
		});
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, 'Not Submitted')[0].json.whatHappened).toBe(
			'The request of Test was not sent: The antivirus of the hub rejected the file "virus.pdf" (CORRUPTED)',
		);
		expect(execution.page).toContain('Your request was not sent');
		expect(sandbox.listFolders()).toEqual([]);
	});
});

describe('the follow-up', () => {
	it('closes what is finished, stores what came, and acknowledges everything', async () => {
		const done = await caseAt('DONE');
		const refused = await caseAt('REFUSED');
		const working = await caseAt('IN_PROGRESS');
		const deposit = await sandbox.incomingEvent({
			caseId: working.caseId,
			side: 'SI',
			actionType: 'ATTACH_DEPOSIT',
			files: [
				{ fileName: 'acte.pdf', content: { text: 'un' } },
				{ fileName: 'acte.pdf', content: { text: 'deux' } },
			],
		});
		const id = await importTemplate('hubee-osl-follow-up');
		const execution = await pollNow(n8n, id);
		expect(execution?.status).toBe('success');
		expect(caseNow(done.caseId).status).toBe('CLOSED');
		expect(caseNow(refused.caseId).status).toBe('CLOSED');
		expect(caseNow(working.caseId).status).toBe('IN_PROGRESS');
		expect(digestsIn(n8n.filesFolder, deposit.eventId)).toEqual(
			deposit.attachments.map((file) => file.sha256).sort(),
		);
		const queue = sandbox.listNotifications().filter(({ recipient }) => recipient.type === 'OSL');
		expect(queue).toEqual([]);
		for (const { caseId } of [done, refused, working])
			for (const event of caseNow(caseId).events.filter(({ side }) => side === 'SI'))
				expect(event.status).toBe('RECEIVED');
	});

	it('leaves in the queue what fails, and goes on with the rest', async () => {
		const bad = await caseAt('IN_PROGRESS');
		const deposit = await sandbox.incomingEvent({
			caseId: bad.caseId,
			side: 'SI',
			actionType: 'ATTACH_DEPOSIT',
			files: [{ fileName: 'a.pdf', content: { text: 'a' } }],
		});
		sandbox.setAttachmentStatus(deposit.attachments[0].id, 'CORRUPTED');
		const good = await caseAt('DONE');
		const id = await importTemplate('hubee-osl-follow-up');
		const execution = await pollNow(n8n, id);
		expect(execution?.status).toBe('success');
		expect(caseNow(good.caseId).status).toBe('CLOSED');
		const queue = sandbox.listNotifications().filter(({ recipient }) => recipient.type === 'OSL');
		expect(queue.map(({ eventId }) => eventId)).toEqual([deposit.eventId]);
	});
});

describe('the workflows that an application calls', () => {
	const active: string[] = [];
	beforeAll(async () => {
		for (const [name, credential] of [
			['hubee-answer-request', osl],
			['hubee-reopen-case', osl],
			['hubee-subscribe-organization', admin],
		]) {
			const id = await importTemplate(name, credential);
			await n8n.activate(id);
			active.push(id);
		}
	});
	afterAll(async () => {
		for (const id of active) await n8n.deactivate(id);
	});

	it('answer a request for complements with files, once', async () => {
		const { caseId } = await caseAt('ADD_AWAITING');
		const call = {
			form: { caseId, message: 'Voici' },
			files: pdf('complement.pdf', 'complément'),
		};
		const answer = await n8n.callWebhook('hubee/answer', call);
		expect(answer.json()).toMatchObject({
			ok: true,
			status: 'HUBEE_COMPLETED',
			alreadySent: false,
		});
		expect((await n8n.callWebhook('hubee/answer', call)).json()).toMatchObject({
			ok: true,
			alreadySent: true,
		});
		expect(caseNow(caseId).status).toBe('HUBEE_COMPLETED');
		expect(caseNow(caseId).events.filter(({ side }) => side === 'OSL')).toMatchObject([
			{
				actionType: 'ATTACH_DEPOSIT',
				message: 'Voici',
				attachments: [{ sha256: sha256('complément') }],
			},
		]);
	});

	it('answer a request for complements with a message', async () => {
		const { caseId } = await caseAt('ADD_AWAITING');
		const answer = await n8n.callWebhook('hubee/answer', { json: { caseId, message: 'Voici' } });
		expect(answer.json()).toMatchObject({ ok: true, status: 'HUBEE_COMPLETED' });
		expect(caseNow(caseId).events.at(-1)).toMatchObject({
			actionType: 'SENDING_MESSAGE',
			message: 'Voici',
		});
	});

	it('reopen a closed case with new files', async () => {
		const { caseId, folderId } = await caseAt('CLOSED');
		const answer = await n8n.callWebhook('hubee/reopen', {
			form: { caseId, folderId },
			files: pdf('recours.pdf', 'recours'),
		});
		expect(answer.json()).toMatchObject({
			ok: true,
			status: 'HUBEE_NOTIFIED',
			folderReopened: true,
		});
		expect(caseNow(caseId).status).toBe('HUBEE_NOTIFIED');
	});

	it.each([
		['hubee/answer', { caseId: 'x' }],
		['hubee/reopen', { caseId: 'x' }],
		['hubee/subscribe', { siret: '1' }],
	])('say what is missing: %s', async (path, json) => {
		const answer = await n8n.callWebhook(path, { json });
		expect(answer.status).toBe(400);
		expect(answer.json()).toMatchObject({
			ok: false,
			error: expect.stringMatching(/^The request needs: /) as unknown,
		});
	});

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

	const ofManosque = () => ({
		organizations: sandbox.hub.organizations
			.all()
			.filter(({ companyRegister }) => companyRegister === request.siret),
		subscriptions: sandbox.hub.subscriptions
			.all()
			.filter(({ subscriber }) => subscriber.companyRegister === request.siret),
	});

	it('subscribe an organization once, also when called again', async () => {
		const first = await n8n.callWebhook('hubee/subscribe', { json: request });
		expect(first.json()).toMatchObject({
			ok: true,
			status: 'Actif',
			organizationCreated: true,
			subscriptionCreated: true,
			activated: true,
		});
		const second = await n8n.callWebhook('hubee/subscribe', { json: request });
		expect(second.json()).toMatchObject({
			ok: true,
			subscriptionId: (first.json() as { subscriptionId: string }).subscriptionId,
			organizationCreated: false,
			subscriptionCreated: false,
			activated: false,
		});
		expect(ofManosque()).toMatchObject({
			organizations: [{ branchCode: '04107' }],
			subscriptions: [{ status: 'Actif', accessMode: 'API', datapassId: 4711 }],
		});
	});

	it('subscribe an organization once, also when called six times at once', async () => {
		const answers = await Promise.all(
			Array.from(
				{ length: 6 },
				async () => await n8n.callWebhook('hubee/subscribe', { json: request }),
			),
		);
		for (const answer of answers)
			expect(answer.json()).toMatchObject({ ok: true, status: 'Actif' });
		const { organizations, subscriptions } = ofManosque();
		expect([organizations.length, subscriptions.length]).toEqual([1, 1]);
	});

	it('tell what HubEE refuses', async () => {
		const answer = await n8n.callWebhook('hubee/subscribe', {
			json: { ...request, processCode: 'Inconnu' },
		});
		expect(answer.status).toBe(502);
		expect(answer.json()).toMatchObject({
			ok: false,
			error: 'HubEE refused the request: Process Inconnu does not exist',
		});
	});
});

it('the nightly list holds one row per active subscription, with its leading zeros', async () => {
	const id = await importTemplate('hubee-list-subscriptions');
	const execution = await n8n.run(id);
	expect(execution.status).toBe('success');
	const table = readFileSync(join(n8n.filesFolder, 'hubee-subscriptions.csv'), 'utf8');
	const rows = table
		.replace(/^\uFEFF/, '')
		.trim()
		.split(/\r?\n/);
	expect(rows).toHaveLength(1 + 3 * 4);
	expect(rows[0]).toContain('processCode,siret,branchCode,name');
	const { companyRegister, branchCode } = SI_ORGANIZATIONS.nice;
	expect(
		rows.filter((row) => row.includes(`EtatCivil,${companyRegister},${branchCode},`)),
	).toHaveLength(1);
	for (const subscription of sandbox.hub.subscriptions.all()) subscription.status = 'Inactif';
	await n8n.run(id);
	// Nobody can receive any more: yesterday's table does not stay.
	expect(readFileSync(join(n8n.filesFolder, 'hubee-subscriptions.csv'), 'utf8')).toBe(
		'processCode,siret,branchCode,name,accessMode,activeSince,datapassId,subscriptionId',
	);
});

it('no secret and no token is in the log of n8n', () => {
	expect(
		n8n.logLinesWith(
			sandbox.credential('osl').clientSecret,
			sandbox.credential('admin').clientSecret,
			'Bearer ',
		),
	).toEqual([]);
});
