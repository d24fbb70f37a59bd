import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { closeAllConnections } from '../../../lib/http/agents';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import { HubEeTrigger } from '../../../nodes/HubEe/HubEeTrigger.node';
import { type HubEeSandbox, SI_ORGANIZATIONS, startHubEeSandbox } from '../../../sandbox/hubee';
import type { OrganizationIdentifier } from '../../../sandbox/hubee/model';
import { fakePolling, newWorkflowId } from '../fakes/polling';
import { Caller } from '../sandbox/hubee-caller';

const trigger = new HubEeTrigger();

let sandbox: HubEeSandbox;
let staticData: IDataObject;
let workflowId: string;
let warnings: string[];
let accounts: Array<{ name: string; clientId: string; clientSecret: string }>;

const organization = (index: number): OrganizationIdentifier => ({
	type: 'SI',
	companyRegister: '21040107100019',
	branchCode: `0410${index}`,
});

beforeEach(async () => {
	forgetAllTokens();
	sandbox = await startHubEeSandbox({ behaviour: { notificationOrder: 'created' } });
	staticData = {};
	workflowId = newWorkflowId();
	warnings = [];
	accounts = ['Lyon', 'Nantes'].map((name, index) => {
		const { clientId, clientSecret } = sandbox.addSubscriber(organization(index), {
			clientId: `si-${name}`,
		});
		return { name, clientId, clientSecret };
	});
});

afterEach(async () => {
	await sandbox.close();
	closeAllConnections();
});

async function poll(
	account: string,
	more: { mode?: 'manual'; parameters?: IDataObject; budget?: number } = {},
): Promise<INodeExecutionData[][] | null> {
	const { parameters, ...rest } = more;
	const fake = fakePolling({
		properties: trigger.description.properties,
		parameters: { additionalFields: { account }, ...parameters },
		credentials: {
			hubEeOAuth2Api: {
				environment: 'custom',
				baseUrl: sandbox.url,
				tokenUrl: sandbox.tokenUrl,
				clientId: 'si-paris',
				clientSecret: 'si-paris-secret',
				scope: 'SI',
				editorName: 'Ville de Paris',
				applicationName: 'n8n',
				softwareVersion: '1.0',
				accountSecrets: JSON.stringify(accounts),
			},
		},
		globalStaticData: staticData,
		workflowId,
		...rest,
	});
	const result = await trigger.poll.call(fake.polling);
	warnings.push(...fake.warnings);
	// As n8n keeps it.
	staticData = JSON.parse(JSON.stringify(staticData)) as IDataObject;
	return result;
}

/** What the trigger remembers, where its poll state keeps it. */
const remembered = () => (staticData['n8n-nodes-guichet:node-1'] ?? {}) as IDataObject;

const ownersOf = (result: INodeExecutionData[][] | null) =>
	(result?.[0] ?? []).map(({ json }) => json.account).sort();

/** One case for the main account and one for each of the others. */
async function depositEverywhere(): Promise<void> {
	for (const recipient of [SI_ORGANIZATIONS.paris, organization(0), organization(1)])
		await sandbox.deposit({ recipients: [recipient], files: [] });
}

/** Nobody knows the secret of this account any more. */
const lock = (index: number) => {
	accounts[index] = { ...accounts[index], clientSecret: 'no-longer-the-secret' };
};

describe('a trigger over several accounts', () => {
	it('watches the main account alone when none is chosen, as it always did', async () => {
		await depositEverywhere();
		const result = await poll('');
		expect(result?.[0].map(({ json }) => json)).toMatchObject([
			{ kind: 'case', recipient: SI_ORGANIZATIONS.paris },
		]);
		expect(result?.[0][0].json).not.toHaveProperty('account');
		expect(Object.keys(remembered())).toEqual(['queue']);
	});

	it('watches the chosen one, and says whose its items are', async () => {
		await depositEverywhere();
		const result = await poll('Nantes');
		expect(result?.[0].map(({ json }) => [json.account, json.recipient])).toEqual([
			['Nantes', organization(1)],
		]);
		expect(await poll('Nantes')).toBeNull();
		expect(Object.keys(remembered().accounts as object)).toEqual(['Nantes']);
	});

	it('watches all of them, each once', async () => {
		await depositEverywhere();
		expect(ownersOf(await poll('*'))).toEqual(['', 'Lyon', 'Nantes']);
		expect(await poll('*')).toBeNull();
		await sandbox.deposit({ recipients: [organization(0)], files: [] });
		expect(ownersOf(await poll('*'))).toEqual(['Lyon']);
	});

	it('keeps what it has delivered for the main account when it is set to all', async () => {
		await depositEverywhere();
		await poll('');
		workflowId = newWorkflowId();
		expect(ownersOf(await poll('*'))).toEqual(['Lyon', 'Nantes']);
	});

	it('remembers each account through a restart of n8n', async () => {
		await depositEverywhere();
		await poll('*');
		workflowId = newWorkflowId();
		expect(await poll('*')).toBeNull();
	});

	it('delivers the others when one account fails, and logs whose failure it is', async () => {
		await depositEverywhere();
		lock(0);
		expect(ownersOf(await poll('*'))).toEqual(['', 'Nantes']);
		expect(warnings).toEqual([
			expect.stringMatching(
				/^HubEE Trigger, account "Lyon": the queue could not be read and is tried again at the next poll: HubEE gave no access token/,
			),
		]);
		expect(warnings.join()).not.toContain('no-longer-the-secret');
	});

	it('logs the failure also when the others have nothing new', async () => {
		lock(1);
		expect(await poll('*')).toBeNull();
		expect(warnings).toHaveLength(1);
	});

	it('does not forget what it delivered for an account that fails for a while', async () => {
		await depositEverywhere();
		await poll('*');
		const { clientSecret } = accounts[0];
		lock(0);
		await sandbox.deposit({ recipients: [organization(1)], files: [] });
		expect(ownersOf(await poll('*'))).toEqual(['Nantes']);
		accounts[0] = { ...accounts[0], clientSecret };
		workflowId = newWorkflowId();
		expect(await poll('*')).toBeNull();
	});

	it('forgets the state of an account that left the credential', async () => {
		await depositEverywhere();
		await poll('*');
		accounts.pop();
		await sandbox.deposit({ recipients: [organization(0)], files: [] });
		await poll('*');
		expect(Object.keys(remembered().accounts as object)).toEqual(['Lyon']);
	});

	it('fails when all accounts fail', async () => {
		sandbox.mockServer.failNext({
			path: 'token',
			times: 100,
			how: { kind: 'status', status: 401 },
		});
		await expect(poll('*')).rejects.toMatchObject({
			message: expect.stringMatching(/^HubEE gave no access token/) as string,
			description: expect.stringContaining('None of the 3 accounts worked') as string,
		});
	});

	it('refuses a name that the credential does not have', async () => {
		await expect(poll('Brest')).rejects.toThrow('Account "Brest" is not in the credential');
	});

	it('shows one item in a test, of whichever account has one', async () => {
		lock(0);
		await sandbox.deposit({ recipients: [organization(1)], files: [] });
		expect(ownersOf(await poll('*', { mode: 'manual' }))).toEqual(['Nantes']);
		expect(staticData).toEqual({});
	});

	it('gives up a notification of one account, and says whose', async () => {
		await sandbox.deposit({ recipients: [organization(1)], files: [] });
		const parameters = { maximumDeliveries: 1, redeliverAfter: 1 };
		await poll('*', { parameters });
		const { known } = (remembered().accounts as Record<string, { known: Record<string, number[]> }>)
			.Nantes;
		for (const entry of Object.values(known)) entry[0] -= 120_000;
		workflowId = newWorkflowId();
		const result = await poll('*', { parameters });
		expect(result?.[1].map(({ json }) => json.account)).toEqual(['Nantes']);
	});

	it('clears the acknowledgements of each account with its own token', async () => {
		await depositEverywhere();
		await poll('*');
		const lyon = new Caller(sandbox, 'si-Lyon', 'SI');
		const osl = new Caller(sandbox, 'osl', 'OSL');
		const [{ caseId }] = await lyon.notifications();
		const body = { actionType: 'SENDING_MESSAGE', notification: true, message: 'm' };
		const { json } = await lyon.folder('POST', `/cases/${caseId}/events`, { body });
		const { id } = json as { id: string };
		await osl.folder('PATCH', `/cases/${caseId}/events/${id}`, { body: { status: 'RECEIVED' } });
		expect(await lyon.notifications()).toHaveLength(2);
		await poll('*');
		expect(await lyon.notifications()).toHaveLength(1);
	});

	it('does not always begin with the same account', async () => {
		const first = new Set<unknown>();
		for (let times = 0; times < 3; times++) {
			await depositEverywhere();
			const result = await poll('*', { parameters: { batchSize: 1 } });
			first.add(result?.[0][0]?.json.account);
		}
		expect(first.size).toBe(3);
	});
});
