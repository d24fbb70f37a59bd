import type { ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';

import { hubEeOAuth2ApiTest } from '../../../nodes/HubEe/credential-test';
import { closedPort, testService } from '../fakes/service';
import { Desk } from './desk';

let desk: Desk;
const verdict = async (more: Record<string, unknown> = {}): Promise<INodeCredentialTestResult> =>
	await hubEeOAuth2ApiTest.call({} as ICredentialTestFunctions, {
		id: '1',
		name: 'HubEE',
		type: 'hubEeOAuth2Api',
		data: desk.credential(more as never) as never,
	});

describe('the test of the HubEE credential', () => {
	beforeEach(async () => {
		desk = await Desk.open();
	});
	afterEach(async () => await desk.close());

	it('accepts an account and changes nothing', async () => {
		await desk.receive();
		expect(await verdict()).toEqual({
			status: 'OK',
			message: 'HubEE accepts this account (scope SI)',
		});
		expect(desk.sandbox.listNotifications()).toHaveLength(1);
		expect(desk.operations()).toEqual(['listNotification']);
	});

	it('takes a new token each time, so that a changed account is not hidden by an old token', async () => {
		await verdict();
		desk.sandbox.credential('si-paris').clientSecret = 'changed';
		expect((await verdict({ clientSecret: 'si-paris-secret' })).status).toBe('Error');
	});

	it.each(['/', '/teledossiers/v1', '/teledossiers/v1/'])(
		'takes a base URL that ends in %s',
		async (end) => {
			expect(await verdict({ baseUrl: `${desk.sandbox.url}${end}` })).toMatchObject({
				status: 'OK',
			});
		},
	);

	it('accepts a scope that has no right to the queue', async () => {
		expect(
			await verdict({ clientId: 'datapass', clientSecret: 'datapass-secret', scope: 'DATAPASS' }),
		).toMatchObject({ status: 'OK' });
	});

	it('asks an operator for what an operator may do', async () => {
		const osl = { clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' };
		expect(await verdict(osl)).toMatchObject({ status: 'OK' });
		expect(desk.operations()).toEqual(['listSubscription']);
	});

	it.each([
		['SI', {}],
		['OSL', { clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' }],
		['ADMIN', { clientId: 'admin', clientSecret: 'admin-secret', scope: 'ADMIN' }],
	])('fails where HubEE refuses what the scope %s is for', async (scope, more) => {
		const path = '/(notifications|subscriptions)';
		desk.sandbox.mockServer.failNext({ path, how: { kind: 'status', status: 403 } });
		const { status, message } = await verdict(more);
		expect(status).toBe('Error');
		expect(message).toContain(`refuses it what the scope ${scope} is for`);
	});

	it('tells how many further accounts it tried, and which failed', async () => {
		const { clientId, clientSecret } = desk.sandbox.credential('si-paris');
		const accountSecrets = JSON.stringify([
			{ name: 'Lyon', clientId, clientSecret },
			{ name: 'Closed', clientId: 'nobody', clientSecret: 'nothing' },
		]);
		const { status, message } = await verdict({ accountSecrets });
		expect(status).toBe('OK');
		expect(message).toMatch(
			/^HubEE accepts this account \(scope SI\); 2 further accounts were tried; 1 failed: "Closed": HubEE gave no access token/,
		);
		expect(message).not.toContain('nothing');
	});

	it.each([
		[
			'an unknown client',
			{ clientId: 'nobody' },
			/^HubEE gave no access token: invalid_client: A valid OAuth client could not be found for client_id: nobody\. Check the client ID and secret, and that they were issued for the chosen environment/,
		],
		[
			'a wrong secret',
			{ clientSecret: 'wrong-secret' },
			/^HubEE gave no access token: invalid_client: Client Authentication failed\. Check the client ID/,
		],
		[
			'a scope that is not granted',
			{ scope: 'OSL' },
			/^HubEE gave no access token: invalid_scope: .*The client ID is not allowed this scope/,
		],
		[
			'an unknown host',
			{ tokenUrl: 'https://nowhere.invalid/token' },
			/^The token endpoint of HubEE cannot be found: .* Check the environment or the addresses/,
		],
		['an empty secret', { clientSecret: ' ' }, /^Client Secret of the HubEE credential is empty/],
		[
			'a base URL that is none',
			{ baseUrl: 'hubee' },
			/^Base URL of the HubEE credential must be an address such as/,
		],
		[
			'a long name',
			{ editorName: 'x'.repeat(51) },
			/^Editor Name of the HubEE credential must have at most 50 characters, and has 51/,
		],
		['accents in a header', { editorName: 'Mairie de Bézier' }, /without accents/],
		[
			'extra certificates that are none',
			{ extraCa: '/etc/ssl/proxy.pem' },
			/^Extra CA Certificates hold no certificate\. Expected is the text of a PEM file/,
		],
		['a header that is missing', { applicationName: '' }, /^Application Name .* is empty/],
	])('tells of %s', async (_, more, expected) => {
		const { status, message } = await verdict(more);
		expect(status).toBe('Error');
		expect(message).toMatch(expected);
		expect(message).not.toContain('si-paris-secret');
		expect(message).not.toContain('wrong-secret');
	});

	it('tells of a host that refuses connections', async () => {
		const tokenUrl = `http://127.0.0.1:${await closedPort()}/token`;
		expect((await verdict({ tokenUrl })).message).toMatch(
			/^The token endpoint of HubEE refuses connections/,
		);
	});

	it('tells of an API address that is a web page', async () => {
		const page = await testService();
		page.answer(() => ({ status: 200, body: { text: '<html>', type: 'text/html' } }));
		const { message } = await verdict({ baseUrl: page.url });
		await page.close();
		expect(message).toMatch(/^HubEE answered with something that is not JSON/);
	});

	it('tells of a token URL that is a web page', async () => {
		const page = await testService();
		page.answer(() => ({ status: 200, body: { text: '<html>', type: 'text/html' } }));
		const { message } = await verdict({ tokenUrl: `${page.url}/token` });
		await page.close();
		expect(message).toContain('answered with something that is not JSON');
	});

	it('tells of an API that belongs to another environment than the token', async () => {
		const other = await Desk.open();
		const { message } = await verdict({ baseUrl: other.sandbox.url });
		await other.sandbox.close();
		expect(message).toMatch(
			/^HubEE does not accept the access token: .*the base URL and the token URL may belong to different environments/,
		);
	});

	it('tells of an API address without the API', async () => {
		const nothing = await testService();
		nothing.answer(() => ({ status: 404 }));
		const { message } = await verdict({ baseUrl: nothing.url });
		await nothing.close();
		expect(message).toMatch(/HubEE does not know this \(HTTP 404\)\. .*check the environment/);
	});
});

describe('the test of the HubEE credential over TLS', () => {
	beforeAll(async () => {
		desk = await Desk.open({ tls: true });
	});
	afterAll(async () => await desk.close());

	it('tells of a certificate that is not trusted, and how to trust it', async () => {
		const { message } = await verdict();
		expect(message).toMatch(/^The token endpoint of HubEE cannot be trusted/);
		expect(message).toContain('"Extra CA Certificates"');
	});

	it('accepts the authority that the credential names, or anything if told so', async () => {
		expect((await verdict({ extraCa: desk.sandbox.ca })).status).toBe('OK');
		const onOneLine = desk.sandbox.ca?.trim().replace(/\n/g, ' ');
		expect((await verdict({ extraCa: onOneLine })).status).toBe('OK');
		expect((await verdict({ ignoreTlsIssues: true })).status).toBe('OK');
	});
});
