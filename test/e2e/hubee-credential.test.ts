import { itemsOf, N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { freePort } from '../../scripts/n8n/process';
import { type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import { TestAuthority } from '../../sandbox/mock-server';
import { hubEeCredential } from './hubee';

const TYPE = 'hubEeOAuth2Api';

let n8n: N8nInstance;
let sandbox: HubEeSandbox;
let credential: string;

beforeAll(async () => {
	sandbox = await startHubEeSandbox();
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	credential = await n8n.createCredential('HubEE', TYPE, hubEeCredential(sandbox));
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

const verdict = async (data: object) =>
	await n8n.testCredential({
		id: credential,
		type: TYPE,
		data: { ...hubEeCredential(sandbox), ...data },
	});

describe('the test of the credential', () => {
	it('is content with a working account', async () => {
		expect(await verdict({})).toEqual({
			status: 'OK',
			message: 'HubEE accepts this account (scope SI)',
		});
	});

	it('repeats the reason of the token endpoint for a wrong secret, and says what to check', async () => {
		const { status, message } = await verdict({ clientSecret: 'wrong-secret-000' });
		expect(status).toBe('Error');
		expect(message).toContain('HubEE gave no access token: invalid_client');
		expect(message).toContain('Check the client ID and secret');
		expect(message).not.toContain('wrong-secret-000');
	});

	it('tells an address where nothing listens', async () => {
		const url = `http://127.0.0.1:${await freePort()}`;
		const { message } = await verdict({ baseUrl: url, tokenUrl: `${url}/oauth2/token` });
		expect(message).toContain('refuses connections');
	});

	it('tells a host that does not exist', async () => {
		const { message } = await verdict({ tokenUrl: 'https://auth.hubee.invalid/oauth2/token' });
		expect(message).toMatch(/host name is not known|name resolution does not answer/);
	});

	it('tells an API that does not accept the token of this environment', async () => {
		const other = await startHubEeSandbox();
		try {
			const { message } = await verdict({ baseUrl: other.url });
			expect(message).toContain('may belong to different environments');
		} finally {
			await other.close();
		}
	});

	it('tells a certificate that nobody trusts, and accepts it with its authority', async () => {
		const authority = await TestAuthority.create();
		const secure = await startHubEeSandbox({ tls: authority });
		try {
			const urls = { baseUrl: secure.url, tokenUrl: secure.tokenUrl };
			const { message } = await verdict(urls);
			expect(message).toContain('TLS certificate');
			expect(message).toContain('Extra CA Certificates');
			expect(await verdict({ ...urls, extraCa: secure.ca })).toMatchObject({ status: 'OK' });
		} finally {
			await secure.close();
		}
	});
});

describe('n8n’s own HTTP Request node with the credential', () => {
	const ITEMS = 10;

	const workflow = (): WorkflowJson => ({
		name: 'HTTP Request with the HubEE credential',
		nodes: [
			{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
			{
				name: 'Items',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				parameters: {
					jsCode: `return Array.from({ length: ${ITEMS} }, (_, n) => ({ json: { n } }));`,
				},
			},
			{
				name: 'Notifications',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					url: `${sandbox.url}/teledossiers/v1/notifications`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: TYPE,
					options: { response: { response: { fullResponse: true } } },
				},
			},
		],
		connections: {
			Start: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: 'Notifications', type: 'main', index: 0 }]] },
		},
	});

	it('sends token and partner headers, and renews a refused token once for all items', async () => {
		const id = await n8n.importWorkflow(workflow(), { credentials: { [TYPE]: credential } });
		for (const round of ['first', 'with the token kept', 'after all tokens have expired']) {
			if (round.startsWith('after')) sandbox.expireTokens();
			sandbox.mockServer.calls.clear();
			const execution = await n8n.run(id);
			expect([round, execution.status]).toEqual([round, 'success']);
			const answers = itemsOf(execution, 'Notifications');
			expect(answers.map(({ json }) => json.statusCode)).toEqual(Array(ITEMS).fill(200));
			expect(sandbox.mockServer.calls.counters().tokenRequests).toBeLessThanOrEqual(1);
		}
		const [call] = sandbox.mockServer.calls.detailed({ path: '/notifications' });
		expect(call.requestHeaders).toMatchObject({
			editorname: 'Guichet tests',
			softwareversion: '1.0',
		});
	});
});

it('no secret is in the log of n8n', () => {
	expect(n8n.logLinesWith('si-paris-secret', 'wrong-secret-000', 'Bearer ')).toEqual([]);
});
