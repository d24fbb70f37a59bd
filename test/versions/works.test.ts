import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { INodeParameters } from 'n8n-workflow';

import { type AspOneSandbox, startAspOneSandbox } from '../../sandbox/aspone';
import { DimonaSandbox, testSsin } from '../../sandbox/dimona';
import { EBoxSandbox } from '../../sandbox/ebox';
import { type Deposited, type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import { readManifest } from '../../scripts/build/manifest';
import { itemsOf, N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { type Collector, startCollector } from '../e2e/collector';
import { operationsWorkflow, trusting } from '../e2e/ebox';
import { hubEeCredential, template, withFolder } from '../e2e/hubee';
import { rowsWorkflow } from '../e2e/rows-workflow';
import { until } from '../e2e/until';
import { credentialFor } from '../unit/ebox/federation';
import { Surroundings } from './surroundings';

const PROJECT = join(__dirname, '../..');
const SOCIAL_SECURITY = 'socialSecurityCertificateOAuth2Api';

/** What `npm run test:versions` sets for this run. */
const SETTINGS = JSON.parse(process.env.GUICHET_N8N_ENV ?? '{}') as Record<string, string>;

let surroundings: Surroundings;
let n8n: N8nInstance;
let filesFolder: string;
let hubEe: HubEeSandbox;
let dimona: DimonaSandbox;
let eBox: EBoxSandbox;
let aspOne: AspOneSandbox;
/** The application that a team reads its mail in. */
let team: Collector;
/** Ids of credentials, by what they open. */
const credentials: Record<string, string> = {};

beforeAll(async () => {
	hubEe = await startHubEeSandbox();
	dimona = await DimonaSandbox.start({ tls: true });
	eBox = await EBoxSandbox.start({ tls: true });
	aspOne = await startAspOneSandbox({ tls: true });
	team = await startCollector();
	surroundings = await Surroundings.of(SETTINGS, [dimona.mockServer.ca, eBox.ca, aspOne.ca]);
	n8n = await N8nInstance.start({
		tarball: await packedTarball(),
		env: surroundings.env,
		timeoutMs: 240_000,
	});
	filesFolder = await allowedFolder();
	const made: Array<[string, string, object]> = [
		['hubEe', 'hubEeOAuth2Api', hubEeCredential(hubEe)],
		['dimona', SOCIAL_SECURITY, dimona.credential()],
		['eBox', SOCIAL_SECURITY, credentialFor(eBox)],
		['aspOne', 'aspOneWsseApi', aspOneCredential()],
	];
	for (const [name, type, data] of made)
		credentials[name] = await n8n.createCredential(
			name,
			type,
			surroundings.isTrusted ? { ...data, extraCa: '' } : data,
		);
}, 420_000);

afterAll(async () => {
	await n8n?.end();
	await surroundings?.close();
	const others = [hubEe, dimona, eBox, aspOne, team];
	await Promise.all(others.map(async (one) => await one?.close()));
});

/** The one folder for files: the one that the person names, or n8n's own, made by hand. */
async function allowedFolder(): Promise<string> {
	if (SETTINGS.N8N_RESTRICT_FILE_ACCESS_TO !== '~/.n8n-files') return n8n.filesFolder;
	const folder = join(n8n.userFolder, '.n8n-files');
	await mkdir(folder);
	return folder;
}

function aspOneCredential(): object {
	const [user] = aspOne.users;
	const { whiteLabel } = aspOne.behaviour;
	return {
		environment: 'custom',
		endpoint: aspOne.endpoint,
		whiteLabelLogin: whiteLabel.login,
		whiteLabelPassword: whiteLabel.password,
		userLogin: user?.login,
		userAuthentication: 'password',
		userPassword: user?.password,
		serviceVersion: '1.0',
		wsdlSource: 'builtIn',
		extraCa: aspOne.ca,
	};
}

const forHubEe = () => ({ credentials: { hubEeOAuth2Api: credentials.hubEe as string } });

const importTemplate = async (name: string) =>
	await n8n.importWorkflow(withFolder(template(name), filesFolder), forHubEe());

/** A workflow whose step tells an application, as a person would put it there. */
const toldTo = ({ url }: Collector, step: string, workflow: WorkflowJson): WorkflowJson => ({
	...workflow,
	nodes: workflow.nodes.map((node) =>
		node.name === step
			? {
					...node,
					type: 'n8n-nodes-base.httpRequest',
					typeVersion: 4.2,
					parameters: {
						method: 'POST',
						url,
						sendBody: true,
						specifyBody: 'json',
						jsonBody: '={{ JSON.stringify($json) }}',
					},
				}
			: node,
	),
});

const text = (fileName: string, content: string) => ({ fileName, content: { text: content } });

const statusOf = ({ cases: [deposited] }: Deposited) =>
	hubEe.listCases().find(({ id }) => id === deposited?.id)?.status;

const queued = ({ cases: [deposited] }: Deposited) =>
	hubEe
		.listNotifications()
		.some(({ caseId, recipient }) => caseId === deposited?.id && recipient.type === 'SI');

const storedDigests = ({ cases: [deposited] }: Deposited) =>
	readdirSync(filesFolder)
		.filter((name) => name.includes(String(deposited?.id)))
		.map((name) => readFileSync(join(filesFolder, name)))
		.map((bytes) => createHash('sha256').update(bytes).digest('hex'));

/** Rows through one node that continues with its error output; what leaves by which output. */
async function twoOutputs(
	node: { type: string; parameters: INodeParameters },
	rows: object[],
	credentialType: string,
	credential: string,
) {
	const workflow: WorkflowJson = rowsWorkflow(rows as never, {
		name: 'Node',
		onError: 'continueErrorOutput',
		...node,
	});
	const execution = await n8n.run(
		await n8n.importWorkflow(workflow, { credentials: { [credentialType]: credential } }),
	);
	const jsonOf = (output: number) => itemsOf(execution, 'Node', output).map(({ json }) => json);
	return { good: jsonOf(0), bad: jsonOf(1) };
}

it('offers every node and every credential', async () => {
	const { n8n: listed, name } = readManifest(PROJECT);
	const types = (await n8n.nodeTypes()).filter((type) => type.name.startsWith(`${name}.`));
	const own = types.filter(({ name: type }) => !type.endsWith('Tool'));
	expect(new Set(own.map((type) => type.name)).size).toBe(listed.nodes.length);
	const credentialNames = (await n8n.credentialTypes()).map((type) => type.name);
	expect(credentialNames).toEqual(
		expect.arrayContaining(['hubEeOAuth2Api', SOCIAL_SECURITY, 'aspOneWsseApi']),
	);
});

it('imports every template', async () => {
	const files = readdirSync(join(PROJECT, 'workflows')).filter((name) => name.endsWith('.json'));
	expect(files.length).toBeGreaterThan(30);
	for (const file of files) await importTemplate(file.replace('.json', ''));
});

it('receives cases, and acknowledges none whose file it could not receive', async () => {
	const good = await hubEe.deposit({ files: [text('bon.txt', 'bon')] });
	const bad = await hubEe.deposit({ files: [text('virus.txt', 'mauvais')] });
	hubEe.setAttachmentStatus(bad.attachments[0]?.id ?? '', 'CORRUPTED');
	const execution = await n8n.run(await importTemplate('hubee-receive-on-schedule'));
	expect(execution.status).toBe('success');
	expect([statusOf(good), queued(good)]).toEqual(['IN_PROGRESS', false]);
	expect([statusOf(bad), queued(bad)]).toEqual(['HUBEE_NOTIFIED', true]);
	expect(storedDigests(good)).toEqual([good.attachments[0]?.sha256]);
	await hubEe.reset();
});

it('answers a webhook whose file is refused with the reason', async () => {
	const id = await importTemplate('hubee-return-files');
	await n8n.activate(id);
	const deposited = await hubEe.deposit({ processCode: 'EtatCivil', files: [text('a.txt', 'a')] });
	hubEe.scanNext({ fileName: 'virus', outcome: 'CORRUPTED' });
	const answer = await n8n.callWebhook('hubee/files', {
		method: 'POST',
		form: { caseId: String(deposited.cases[0]?.id), attachmentType: 'documents' },
		files: { file: { name: 'virus.pdf', type: 'application/pdf', content: Buffer.from('X') } },
	});
	await n8n.deactivate(id);
	expect(answer.status).toBe(502);
	expect(answer.json()).toMatchObject({
		ok: false,
		error: 'The antivirus of the hub rejected the file "virus.pdf" (CORRUPTED)',
		details: { code: 'file_rejected', eventDeleted: true },
	});
	await hubEe.reset();
});

it('declares with Dimona; what is refused leaves by the error output', async () => {
	const { good, bad } = await twoOutputs(
		{
			type: 'n8n-nodes-guichet.dimona',
			parameters: {
				resource: 'declaration',
				operation: 'submitIn',
				enterpriseNumber: '0000000196',
				ssin: '={{ $json.ssin }}',
				workerType: 'OTH',
				jointCommittee: 'XXX',
				startDate: '={{ $json.startDate }}',
			},
		},
		[
			{
				ssin: testSsin(1),
				startDate: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
			},
			{ ssin: '12345678901', startDate: '2026-01-01' },
		],
		SOCIAL_SECURITY,
		credentials.dimona as string,
	);
	expect(good).toMatchObject([{ status: 'pending', alreadySubmitted: false }]);
	expect(bad).toMatchObject([{ error: expect.any(String) as string }]);
	expect(bad[0]?.details ?? bad[0]?.message).toMatchObject({ code: 'invalid_input' });
	expect(dimona.registry.declarations).toHaveLength(1);
});

it('reads the e-Box', async () => {
	const calls = {
		List: { operation: 'message.getAll', parameters: { returnAll: true } },
		Summary: { operation: 'summary.get' },
	};
	const workflow = operationsWorkflow('e-Box', eBox, calls);
	const id = await n8n.importWorkflow(workflow, {
		credentials: { [SOCIAL_SECURITY]: credentials.eBox as string },
	});
	const execution = await n8n.run(id);
	expect(execution.error?.message).toBeUndefined();
	expect(itemsOf(execution, 'List').length).toBeGreaterThan(5);
});

it('routes each message of the e-Box by its trigger', async () => {
	const workflow = toldTo(team, 'Tell the Team', template('ebox-route-to-teams'));
	const id = await n8n.importWorkflow(trusting(workflow, eBox), {
		credentials: { [SOCIAL_SECURITY]: credentials.eBox as string },
		parameters: { 'New Mail': { options: { existing: true } } },
	});
	await n8n.activate(id);
	const told = await team.wait(6);
	await n8n.idle();
	await n8n.deactivate(id);
	expect(
		told.map(({ messageId, team: to }) => `${String(messageId)}: ${String(to)}`).sort(),
	).toEqual([
		'documents-0001: Front Desk',
		'nsso-0001: Payroll',
		'nsso-0002: Legal',
		'nsso-0003: Payroll',
		'nsso-0004: Payroll',
		'regional-0001: Finance',
	]);
});

it('changes alerts of ASPOne; an unknown account leaves by the error output', async () => {
	const { good, bad } = await twoOutputs(
		{
			type: 'n8n-nodes-guichet.aspOneAlert',
			parameters: {
				resource: 'configuration',
				operation: 'activate',
				accountName: '={{ $json.account }}',
			},
		},
		[{ account: 'CLIENT02' }, { account: 'NOBODY' }],
		'aspOneWsseApi',
		credentials.aspOne as string,
	);
	expect(good).toMatchObject([{ accountName: 'CLIENT02' }]);
	expect(bad).toMatchObject([{ account: 'NOBODY', error: expect.any(String) as string }]);
	expect(aspOne.configuration('CLIENT02').alertActive).toBe(true);
});

it('checks the recipients of a broadcast', async () => {
	const rows = ['85073003328', '05010100113', 'x'].map((niss) => ({ niss }));
	const { good } = await twoOutputs(
		{
			type: 'n8n-nodes-guichet.eBoxBroadcast',
			parameters: {
				resource: 'recipient',
				operation: 'check',
				source: 'items',
				number: '={{ $json.niss }}',
			},
		},
		rows,
		'none',
		'none',
	);
	expect(good).toMatchObject([{ accepted: 2, rejected: { characters: 1 } }]);
});

it('the trigger of HubEE delivers, over a restart, what came while n8n was down', async () => {
	const id = await importTemplate('hubee-receive-cases');
	const before = await hubEe.deposit({ files: [text('avant.txt', 'avant')] });
	await n8n.activate(id);
	await until('the first case is acknowledged', () => !queued(before));
	await n8n.idle();
	expect(statusOf(before)).toBe('IN_PROGRESS');
	await n8n.kill();
	const meanwhile = await hubEe.deposit({ files: [text('pendant.txt', 'pendant')] });
	await n8n.restart();
	await until('the second case is acknowledged', () => !queued(meanwhile));
	await n8n.idle();
	expect(statusOf(meanwhile)).toBe('IN_PROGRESS');
	expect(storedDigests(meanwhile)).toEqual([meanwhile.attachments[0]?.sha256]);
});

it('keeps no execution of a trigger or a webhook, where n8n is told so', async () => {
	const kept = (await n8n.executions()).filter(({ mode }) => mode !== 'manual');
	expect(kept.length > 0).toBe(SETTINGS.EXECUTIONS_DATA_SAVE_ON_SUCCESS !== 'none');
});

it('calls the services through the proxy, where n8n has one', () => {
	const hosts = new Set(
		(surroundings.proxy?.seen ?? []).map((line) =>
			line.replace(/^CONNECT |^[A-Z]+ http:\/\/|(?<=:\d+)\/.*/g, ''),
		),
	);
	const services = [hubEe.url, dimona.url, aspOne.url].map((url) => new URL(url).host);
	expect([...hosts]).toEqual(expect.arrayContaining(surroundings.proxy ? services : []));
	expect(hosts.size > 0).toBe(surroundings.proxy !== undefined);
});

it('no secret is in the log', () => {
	const [user] = aspOne.users;
	expect(n8n.logLinesWith(String(user?.password), 'BEGIN PRIVATE', 'Bearer ')).toEqual([]);
});
