import type { INodeListSearchResult, INodeParameters, INodePropertyOptions } from 'n8n-workflow';

import { DimonaSandbox } from '../../sandbox/dimona';
import { EBoxSandbox } from '../../sandbox/ebox';
import { type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import { itemsOf, N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { N8nRestError } from '../../scripts/n8n/rest';
import { credentialFor } from '../unit/ebox/federation';
import { profileFor } from './ebox';
import { hubEeCredential } from './hubee';

const SOCIAL_SECURITY = 'socialSecurityCertificateOAuth2Api';

let n8n: N8nInstance;
let hubEe: HubEeSandbox;
let eBox: EBoxSandbox;
let dimona: DimonaSandbox;

beforeAll(async () => {
	hubEe = await startHubEeSandbox();
	eBox = await EBoxSandbox.start({ tls: true });
	dimona = await DimonaSandbox.start({ tls: true });
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
});

afterEach(() => expect([eBox.faults, dimona.mockServer.faults]).toEqual([[], []]));

afterAll(async () => {
	await n8n?.end();
	await hubEe?.close();
	await eBox?.close();
	await dimona?.close();
});

interface Asked {
	node: string;
	credential: { type: string; id: string };
	list: string;
	parameters?: INodeParameters;
	filter?: string;
}

/** A list, as the editor asks n8n for it. */
async function listed({ node, credential, list, parameters = {}, filter }: Asked) {
	const { results } = await n8n.rest.post<INodeListSearchResult>(
		'/dynamic-node-parameters/resource-locator-results',
		{
			nodeTypeAndVersion: { name: `n8n-nodes-guichet.${node}`, version: 1 },
			path: 'parameters.field',
			methodName: list,
			currentNodeParameters: parameters,
			credentials: { [credential.type]: { id: credential.id, name: 'In use' } },
			filter,
		},
	);
	return results;
}

/** What the editor shows of a list that fails. */
async function failure(asked: Asked): Promise<{ message: string; description?: string }> {
	const error: unknown = await listed(asked).catch((reason: unknown) => reason);
	if (!(error instanceof N8nRestError)) throw new Error('The list did not fail');
	return JSON.parse(error.body) as { message: string; description?: string };
}

describe('the lists of HubEE', () => {
	const TYPE = 'hubEeOAuth2Api';
	const credentialOf = async (client: string, scope: string, more: object = {}) => ({
		type: TYPE,
		id: await n8n.createCredential(`HubEE ${client}`, TYPE, {
			...hubEeCredential(hubEe, client, scope),
			...more,
		}),
	});

	it('an authority chooses from its queue, and a node reads what was chosen or typed', async () => {
		const deposited = await hubEe.deposit({
			processCode: 'EtatCivil',
			files: [{ fileName: 'demande.pdf', content: { text: 'content' } }],
		});
		const [one] = deposited.cases;
		const credential = await credentialOf('si-paris', 'SI', {
			accountSecrets: JSON.stringify([
				{ name: 'Nice', clientId: 'si-nice', clientSecret: 'si-nice-secret' },
			]),
		});
		const queue = { node: 'hubEe', credential };
		const caseId = { __rl: true, mode: 'list', value: one.id };
		const form = { resource: 'case', operation: 'get', caseId };
		const valuesOf = async (list: string, parameters: INodeParameters = {}) =>
			(await listed({ ...queue, list, parameters })).map(({ value }) => value);
		expect(await valuesOf('casesInQueue')).toEqual([one.id]);
		expect(await valuesOf('notifications')).toEqual([one.notificationId]);
		expect(await valuesOf('processes')).toEqual(['EtatCivil']);
		expect(await valuesOf('accounts')).toEqual(['*', 'Nice']);
		expect(await valuesOf('eventsOfCase', form)).toEqual([]);
		const files = await listed({ ...queue, list: 'attachments', parameters: form });
		expect(files.map(({ name }) => name)).toEqual(['demande.pdf · documents · RECEIVED']);
		expect(await listed({ ...queue, node: 'hubEeTrigger', list: 'accounts' })).toHaveLength(2);
		expect(hubEe.listNotifications()).toHaveLength(1);

		const node = (name: string, written: INodeParameters) => ({
			name,
			type: 'n8n-nodes-guichet.hubEe',
			parameters: { resource: 'case', operation: 'get', ...written },
		});
		const nodes = [
			node('Chosen', { caseId }),
			node('Expression', { caseId: { __rl: true, mode: 'id', value: '={{ $json.caseId }}' } }),
			node('Older', { caseId: one.id }),
			node('Older Expression', { caseId: '={{ $json.caseId }}' }),
			node('Default', {}),
		];
		const chain = [
			{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
			...nodes,
		];
		const connections = Object.fromEntries(
			nodes.map(({ name }, index) => [
				chain[index].name,
				{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
			]),
		);
		const workflow = { name: 'Chosen and typed', nodes: chain, connections };
		const chosen = { credentials: { [TYPE]: credential.id } };
		const execution = await n8n.run(await n8n.importWorkflow(workflow, chosen));
		expect([execution.status, execution.error?.message]).toEqual(['success', undefined]);
		for (const { name } of nodes)
			expect(itemsOf(execution, name)[0].json).toMatchObject({ caseId: one.id });
	});

	it('a sender chooses process, recipient and subscription; the administration searches by name', async () => {
		const osl = { node: 'hubEe', credential: await credentialOf('osl', 'OSL') };
		const parameters = { processCode: { __rl: true, mode: 'list', value: 'CERTDC' } };
		const recipients = await listed({ ...osl, list: 'recipients', parameters, filter: '06088' });
		expect(recipients.map(({ value }) => value)).toEqual(['21060088000016 › 06088']);
		const subscriptions = await listed({ ...osl, list: 'subscriptions', filter: 'otv 75108' });
		expect(subscriptions.map(({ name }) => name)).toEqual(['OTV · 11001401600015/75108 · Actif']);
		const admin = { node: 'hubEe', credential: await credentialOf('admin', 'ADMIN') };
		const processes = await listed({ ...admin, list: 'processes', filter: 'deces' });
		expect(processes.map(({ value }) => value)).toEqual(['CERTDC']);
		const form = { organizationType: 'SI' };
		const found = await listed({
			...admin,
			list: 'organizations',
			parameters: form,
			filter: 'nice',
		});
		expect(found.map(({ value }) => value)).toEqual(['21060088000016 › 06088']);
	});

	it('says why a secret is refused, and that a service is silent', async () => {
		const wrong = await credentialOf('si-paris', 'SI', { clientSecret: 'wrong-secret-000' });
		const { message, description } = await failure({
			node: 'hubEe',
			credential: wrong,
			list: 'casesInQueue',
		});
		expect(message).toContain('HubEE gave no access token: invalid_client');
		expect(description).toContain('Check the client ID and secret');
		expect(`${message}${description}`).not.toContain('wrong-secret-000');

		const nice = await credentialOf('si-nice', 'SI');
		hubEe.mockServer.injectedFaults.add({
			path: '/teledossiers/v1/notifications',
			how: { kind: 'hang' },
		});
		const silent = await failure({ node: 'hubEe', credential: nice, list: 'casesInQueue' });
		expect(silent.message).toBe('HubEE did not give the list within 15 seconds');
	});
});

describe('the lists of the Belgian social security', () => {
	it('the e-Box offers providers, messages, files and who sends what, and marks nothing as read', async () => {
		const id = await n8n.createCredential('e-Box', SOCIAL_SECURITY, credentialFor(eBox));
		const valuesOf = async (list: string, form: INodeParameters = {}) => {
			const parameters = { apiProfile: profileFor(eBox), ...form };
			const credential = { type: SOCIAL_SECURITY, id };
			const found = await listed({ node: 'eBoxEnterprise', credential, list, parameters });
			return found.map(({ value }) => value);
		};
		const read = () => eBox.boxes.nsso.messages.filter(({ readStatus }) => readStatus).length;
		const before = read();
		expect(await valuesOf('providers')).toContain('documents');
		expect(await valuesOf('messages')).toContain('nsso-0001');
		expect(await valuesOf('attachments', { messageId: 'nsso-0001' })).toEqual(['notice', 'detail']);
		expect(await valuesOf('messageTypes', { providers: 'all' })).toContain('tax-roll');
		const documents = { providerId: { __rl: true, mode: 'list', value: 'documents' } };
		expect(await valuesOf('senderOrganizations', documents)).toContain('0212148896');
		expect(await valuesOf('senderApplications', documents)).toContain('urn:app:documents');
		const kind = { operation: 'get', kind: 'messageType' };
		expect(await valuesOf('records', kind)).toContain('contribution-notice');
		expect(read()).toBe(before);
	});

	it('Dimona offers the employers, periods and declarations of the client', async () => {
		const id = await n8n.createCredential('Dimona', SOCIAL_SECURITY, dimona.credential());
		const credential = { type: SOCIAL_SECURITY, id };
		const list = async (name: string, filter?: string) =>
			await listed({ node: 'dimona', credential, list: name, filter });
		expect(await list('periods')).toEqual([]);
		expect(await list('declarations')).toEqual([]);
		expect(await list('employersByEnterpriseNumber')).toEqual([]);
		expect(await list('employersByNssoNumber')).toEqual([]);
	});
});

it('ASPOne offers the accounts that its credential knows, and the procedures that a trigger can have', async () => {
	const type = 'aspOneWsseApi';
	const id = await n8n.createCredential('ASPOne', type, {
		environment: 'test',
		whiteLabelLogin: 'white',
		whiteLabelPassword: 'white-secret',
		userLogin: 'CABINET01@white',
		userPassword: 'user-secret',
		testAccountName: 'ESSAI0001',
	});
	const node = 'aspOneAlert';
	const accounts = await listed({ node, credential: { type, id }, list: 'accounts' });
	expect(accounts.map(({ value }) => value)).toEqual(['ESSAI0001', 'CABINET01']);
	const procedures = await n8n.rest.post<INodePropertyOptions[]>(
		'/dynamic-node-parameters/options',
		{
			nodeTypeAndVersion: { name: `n8n-nodes-guichet.${node}`, version: 1 },
			path: 'parameters.alertForm.alert[0].procedures',
			methodName: 'proceduresOfTrigger',
			currentNodeParameters: { alertForm: { alert: [{ trigger: 'RCP positive' }] } },
			credentials: { [type]: { id, name: 'In use' } },
		},
	);
	expect(procedures.map(({ value }) => value)).toEqual(['IR', 'OGA', 'PAIEMENT', 'TDFC', 'TVA']);
});

it('n8n knows the output of an operation before it has run', async () => {
	const schema = async (node: string, operation: string) => {
		const path = `/schemas/n8n-nodes-guichet.${node}/1.0.0/${operation}.json`;
		return (await (await n8n.rest.raw(path)).json()) as { properties: object };
	};
	const [notification, message, declaration, configuration] = await Promise.all([
		schema('hubEe', 'notification/getMany'),
		schema('eBoxEnterprise', 'message/getAll'),
		schema('dimona', 'declaration/submitAndWait'),
		schema('aspOneAlert', 'configuration/get'),
	]);
	expect(notification.properties).toMatchObject({ notificationId: { type: 'string' } });
	expect(message.properties).toMatchObject({ messageId: { type: 'string' } });
	expect(declaration.properties).toMatchObject({ final: { type: 'boolean' } });
	expect(configuration.properties).toMatchObject({ mails: { type: 'array' } });
});
