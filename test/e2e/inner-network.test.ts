import type { AspOneSandbox } from '../../sandbox/aspone';
import { startAspOneSandbox } from '../../sandbox/aspone';
import { type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import { errorOf, N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { hubEeCredential } from './hubee';
import { rowsWorkflow } from './rows-workflow';

let n8n: N8nInstance;
let hubEe: HubEeSandbox;
let aspOne: AspOneSandbox;

beforeAll(async () => {
	hubEe = await startHubEeSandbox();
	aspOne = await startAspOneSandbox();
	const env = { N8N_SSRF_PROTECTION_ENABLED: 'true' };
	n8n = await N8nInstance.start({ tarball: await packedTarball(), env });
});

afterAll(async () => {
	await n8n?.end();
	await Promise.all([hubEe?.close(), aspOne?.close()]);
});

/** The same address under a name, which is resolved when it is called. */
const named = (url: string) => url.replace('127.0.0.1', 'localhost');

async function failureOf(
	node: { type: string; parameters: object },
	credentialType: string,
	data: object,
): Promise<string> {
	const credential = await n8n.createCredential(credentialType, credentialType, data);
	const workflow = rowsWorkflow([{}], { name: 'Node', ...node } as never);
	const id = await n8n.importWorkflow(workflow, { credentials: { [credentialType]: credential } });
	return String(errorOf(await n8n.run(id), 'Node')?.message);
}

const getMany = {
	type: 'n8n-nodes-guichet.hubEe',
	parameters: { resource: 'notification', operation: 'getMany' },
};

describe('n8n’s protection of the inner network', () => {
	it('keeps HubEE from a name that resolves to an inner address', async () => {
		const data = {
			...hubEeCredential(hubEe),
			baseUrl: named(hubEe.url),
			tokenUrl: named(hubEe.tokenUrl),
		};
		expect(await failureOf(getMany, 'hubEeOAuth2Api', data)).toMatch(
			/n8n's protection of the inner network blocks "localhost", because it resolves to /,
		);
	});

	it('keeps HubEE from an inner address that is written as a number', async () => {
		expect(await failureOf(getMany, 'hubEeOAuth2Api', hubEeCredential(hubEe))).toContain(
			"n8n's protection of the inner network blocks 127.0.0.1",
		);
	});

	it('keeps ASPOne from a WSDL at an inner address', async () => {
		const get = {
			type: 'n8n-nodes-guichet.aspOneAlert',
			parameters: { resource: 'configuration', operation: 'get', accountName: 'CABINET01' },
		};
		const [user] = aspOne.users;
		const { whiteLabel } = aspOne.behaviour;
		const data = {
			environment: 'custom',
			endpoint: 'https://service.example/alert',
			wsdlSource: 'url',
			wsdlUrl: `${named(aspOne.endpoint)}?wsdl`,
			whiteLabelLogin: whiteLabel.login,
			whiteLabelPassword: whiteLabel.password,
			userLogin: user.login,
			userAuthentication: 'password',
			userPassword: user.password,
			serviceVersion: '1.0',
		};
		expect(await failureOf(get, 'aspOneWsseApi', data)).toMatch(
			/n8n's protection of the inner network blocks "localhost"/,
		);
	});

	it('nothing has reached the services', () => {
		expect(hubEe.mockServer.calls.counters().calls).toBe(0);
		expect(aspOne.mockServer.calls.counters().calls).toBe(0);
	});
});
