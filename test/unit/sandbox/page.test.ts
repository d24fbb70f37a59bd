import { randomBytes } from 'node:crypto';

import { SignJWT, importPKCS8 } from 'jose';

import { AspOneWsseApi } from '../../../credentials/AspOneWsseApi.credentials';
import { HubEeOAuth2Api } from '../../../credentials/HubEeOAuth2Api.credentials';
import { SocialSecurityCertificateOAuth2Api } from '../../../credentials/SocialSecurityCertificateOAuth2Api.credentials';
import { passwordDigest } from '../../../nodes/AspOneAlert/api/username-token';
import { type AspOneSandbox, startAspOneSandbox } from '../../../sandbox/aspone';
import { type DimonaSandbox, startDimonaSandbox } from '../../../sandbox/dimona';
import { type EBoxSandbox, startEBoxSandbox } from '../../../sandbox/ebox';
import { type HubEeSandbox, startHubEeSandbox } from '../../../sandbox/hubee';
import type { N8nCredential } from '../../../sandbox/mock-server';
import { envelopeOf } from '../aspone/scene';

let hubEe: HubEeSandbox;
let dimona: DimonaSandbox;
let eBox: EBoxSandbox;
let aspOne: AspOneSandbox;

const settings = { withThingsWaiting: true };

beforeAll(async () => {
	[hubEe, dimona, eBox, aspOne] = await Promise.all([
		startHubEeSandbox(settings),
		startDimonaSandbox(settings),
		startEBoxSandbox(settings),
		startAspOneSandbox(settings),
	]);
});
afterAll(async () => {
	await Promise.all([hubEe, dimona, eBox, aspOne].map(async (sandbox) => await sandbox.close()));
});
afterEach(async () => {
	await Promise.all(
		[hubEe, dimona, aspOne].map(async ({ mockServer }) => await mockServer.reset()),
	);
	await eBox.mockServers.nsso.reset();
});

const all = () => [hubEe, dimona, eBox, aspOne];

/** Sends a form as a browser does, and gives the page that it leads to. */
async function submit(adminUrl: string, name: string, values: Record<string, string> = {}) {
	const response = await fetch(`${adminUrl}/do/${name}`, {
		method: 'POST',
		headers: { accept: 'text/html', referer: `${adminUrl}/`, origin: adminUrl },
		body: new URLSearchParams(values),
	});
	return await response.text();
}

/** The same as a program does. */
async function command(adminUrl: string, name: string, values: Record<string, string> = {}) {
	const response = await fetch(`${adminUrl}/do/${name}`, {
		method: 'POST',
		body: new URLSearchParams(values),
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const pageOf = async (url: string) => await (await fetch(url)).text();

const refusals = async (adminUrl: string) =>
	/<h2>Refused calls.*?(?=<h2>)/s.exec(await pageOf(adminUrl))?.[0] ?? '';

it('things wait from the start, and again after a new beginning', async () => {
	const waiting = () => ({
		processes: [...new Set(hubEe.listCases().map(({ processCode }) => processCode))].length,
		periods: dimona.registry.periods.length,
		mail: eBox.boxes.nsso.messages.length > 0,
		accounts: aspOne.configurations().length > 0,
	});
	const first = waiting();
	expect(first).toEqual({ processes: 4, periods: 3, mail: true, accounts: true });
	await Promise.all(all().map(async ({ adminUrl }) => await submit(adminUrl, 'reset')));
	expect(waiting()).toEqual(first);
});

it('every page has the credentials, each with the labels of its form in n8n', async () => {
	const types = new Map(
		[new HubEeOAuth2Api(), new SocialSecurityCertificateOAuth2Api(), new AspOneWsseApi()].map(
			(type) => [type.name, type],
		),
	);
	for (const { adminUrl } of all()) {
		const page = await pageOf(adminUrl);
		const credentials = (await (
			await fetch(`${adminUrl}/n8n-credentials`)
		).json()) as N8nCredential[];
		expect(credentials.length).toBeGreaterThan(0);
		for (const { type, name, data } of credentials) {
			const properties = types.get(type)?.properties ?? [];
			const names = properties.map((property) => property.name);
			expect(Object.keys(data).filter((parameter) => !names.includes(parameter))).toEqual([]);
			expect(page).toContain(name);
			for (const [parameter, value] of Object.entries(data)) {
				const label = properties.find((property) => property.name === parameter)?.displayName;
				const isShown = !['softwareVersion', 'serviceVersion', 'userAuthentication'].includes(
					parameter,
				);
				if (isShown) expect(page).toContain(`<span>${String(label)}</span>`);
				if (parameter === 'privateKey') expect(page).toContain(value);
			}
		}
	}
});

it('a form does what it says, and shows on its page what came of it', async () => {
	const before = hubEe.listCases().length;
	const page = await submit(hubEe.adminUrl, 'drop', { kind: 'two recipients' });
	expect(hubEe.listCases()).toHaveLength(before + 2);
	expect(page).toContain('Done: Drop a télédossier');
	expect(page).toContain(hubEe.listFolders().at(-1)?.externalId);

	const [first] = aspOne.users;
	await submit(aspOne.adminUrl, 'password', { login: first.login, password: 'x' });
	expect(aspOne.users[0].password).toBe('x');

	await submit(eBox.adminUrl, 'deliver', { provider: 'documents', subject: 'Bonjour' });
	expect(eBox.boxes.documents.messages.map(({ subject }) => subject.fr)).toContain('Bonjour');
	await submit(eBox.adminUrl, 'list', { provider: 'failing' });
	expect(eBox.listed).toContain('failing');
});

it('a dropped sample goes to the chosen process and recipient with all its files', async () => {
	const values = { kind: 'two recipients', process: 'OTV', recipient: 'nice' };
	await command(hubEe.adminUrl, 'drop', values);
	const last = hubEe.listCases().at(-1);
	expect(last).toMatchObject({ processCode: 'OTV', recipient: { branchCode: '06088' } });
	expect(last?.attachments).toHaveLength(3);
});

it('a message goes to the last case unless another is named', async () => {
	await command(hubEe.adminUrl, 'message', { message: 'Bonjour' });
	expect(hubEe.listCases().at(-1)?.events).toMatchObject([{ message: 'Bonjour' }]);
});

it('refuses a value that there is not, in words that name those that there are', async () => {
	const refused = await command(hubEe.adminUrl, 'drop', { kind: 'nothing' });
	expect(refused).toMatchObject({ status: 400, body: { error: expect.stringMatching(/one XML/) } });
	const unknown = await command(hubEe.adminUrl, 'drop', { sort: 'one XML' });
	expect(unknown.body.error).toMatch(/known: kind, process, recipient/);
	const setting = await command(aspOne.adminUrl, 'setting', { name: 'nothing', value: '1' });
	expect(setting.status).toBe(400);
});

it('a page of another site cannot send the forms', async () => {
	const response = await fetch(`${hubEe.adminUrl}/do/reset`, {
		method: 'POST',
		headers: { origin: 'https://elsewhere.example' },
	});
	expect(response.status).toBe(403);
});

it('lets the next call fail, once', async () => {
	await command(dimona.adminUrl, 'fail', { how: '429', method: 'GET', path: '/REST/' });
	const call = async () => (await fetch(`${dimona.url}/REST/dimona/v2/periods/1`)).status;
	expect([await call(), await call()]).toEqual([429, 401]);
});

it('decides how the next declaration ends, and not the one of the portal', async () => {
	await command(dimona.adminUrl, 'outcome', { result: 'refused' });
	await command(dimona.adminUrl, 'hire', { startDate: '2026-11-02' });
	expect(dimona.registry.declarations.at(-1)?.verdict).toMatchObject({ result: 'A' });
	const next = dimona.registry.receive('x', {});
	expect(next.scriptedOutcome).toMatchObject({ result: 'B' });
});

describe('the page says why something was refused', () => {
	const token = async (clientId: string, secret: string, scope: string) =>
		await fetch(hubEe.tokenUrl, {
			method: 'POST',
			headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
			body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
		});

	it('a secret, a scope, a token', async () => {
		await token('si-paris', 'other', 'SI');
		expect(await refusals(hubEe.adminUrl)).toContain('secret of si-paris has 15 characters');
		await token('si-paris', 'si-paris-secret', 'OSL');
		expect(await refusals(hubEe.adminUrl)).toContain('si-paris has the scope SI');
		const call = async (authorization: string) =>
			await fetch(`${hubEe.url}/teledossiers/v1/notifications`, { headers: { authorization } });
		await call('Bearer unknown');
		expect(await refusals(hubEe.adminUrl)).toContain('The token is not from here');
		const answer = (await (await token('si-paris', 'si-paris-secret', 'SI')).json()) as {
			access_token: string;
		};
		hubEe.mockServer.clock.advance(4_000_000);
		await call(`Bearer ${answer.access_token}`);
		expect(await refusals(hubEe.adminUrl)).toContain('The token ended at');
		expect(await pageOf(hubEe.adminUrl)).not.toContain(answer.access_token);
	});

	const assert = async (
		sandbox: { tokenUrl: string },
		clientId: string,
		privateKey: string,
		{ seconds = 240, kid }: { seconds?: number; kid?: string } = {},
	) => {
		const now = Math.floor(Date.now() / 1000);
		const assertion = await new SignJWT({
			iss: clientId,
			sub: clientId,
			aud: sandbox.tokenUrl,
			jti: crypto.randomUUID(),
			iat: now,
			exp: now + seconds,
		})
			.setProtectedHeader({ alg: 'RS256', ...(kid === undefined ? {} : { kid }) })
			.sign(await importPKCS8(privateKey, 'RS256'));
		const response = await fetch(sandbox.tokenUrl, {
			method: 'POST',
			body: new URLSearchParams({
				grant_type: 'client_credentials',
				client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
				client_assertion: assertion,
			}),
		});
		return response.status;
	};

	it('an assertion; and a setting accepts what no document forbids', async () => {
		const [{ clientId, privateKey }] = dimona.clients;
		const long = async () => await assert(dimona, clientId, privateKey, { seconds: 3600 });
		const named = async () => await assert(dimona, clientId, privateKey, { kid: 'key-1' });
		expect([await long(), await named()]).toEqual([401, 401]);
		expect(await refusals(dimona.adminUrl)).toContain('setting longestAssertion');

		const setting = async (name: string, value: string) =>
			await command(dimona.adminUrl, 'setting', { name, value });
		await setting('longestAssertion', 'null');
		await setting('assertionKeyId', 'accepted');
		expect([await long(), await named()]).toEqual([200, 200]);
		expect(await assert(dimona, clientId, privateKey)).toBe(200);

		await setting('assertionKeyId', 'refused');
		expect([await named(), await assert(dimona, clientId, privateKey)]).toEqual([401, 200]);
	});

	const created = (zone = 'Z') =>
		zone === 'Z'
			? new Date().toISOString()
			: `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}${zone}`;

	/** A call with the white label's token as a client might build it. */
	const soap = async (
		build: (nonce: Buffer, at: string, password: string) => string,
		{ at = created(), mustUnderstand = true } = {},
	) => {
		const { whiteLabel } = aspOne.behaviour;
		const [{ login, password }] = aspOne.users;
		const envelope = await envelopeOf('getConfigurationAlert', 'CABINET01', {
			login,
			password,
			whiteLabel: whiteLabel.login,
		});
		const nonce = randomBytes(16);
		const digest = build(nonce, at, whiteLabel.password);
		const body = envelope
			.replace(/(<[\w:]*Password [^>]*PasswordDigest"[^>]*>)[^<]*/, `$1${digest}`)
			.replace(/(<[\w:]*Nonce[^>]*>)[^<]*/, `$1${nonce.toString('base64')}`)
			.replace(/(<[\w:]*Created[^>]*>)[^<]*/, `$1${at}`)
			.replace(/ [\w:]*mustUnderstand="1"/, (found) => (mustUnderstand ? found : ''));
		const response = await fetch(aspOne.endpoint, {
			method: 'POST',
			headers: { 'content-type': 'text/xml', soapaction: '""' },
			body,
		});
		return response.status;
	};
	const right = (nonce: Buffer, at: string, password: string) =>
		passwordDigest(nonce, at, password);

	it('a digest of a SOAP message', async () => {
		expect(await soap(right)).toBe(200);
		expect(await soap((nonce, at) => right(nonce, at, 'other'))).toBe(500);
		expect(await refusals(aspOne.adminUrl)).toContain('of another password');
		await soap((nonce, at, password) => right(Buffer.from(nonce.toString('base64')), at, password));
		expect(await refusals(aspOne.adminUrl)).toContain('of the nonce’s base64');
		await soap((...parts) =>
			Buffer.from(Buffer.from(right(...parts), 'base64').toString('hex')).toString('base64'),
		);
		expect(await refusals(aspOne.adminUrl)).toContain('hexadecimal');
		await soap(right, { at: '2020-01-01T00:00:00Z' });
		expect(await refusals(aspOne.adminUrl)).toContain(' s old');
	});

	it('a header without mustUnderstand, a time with an offset; settings accept both', async () => {
		const without = async () => await soap(right, { mustUnderstand: false });
		const offset = async () => await soap(right, { at: created('+01:00') });
		expect([await without(), await offset()]).toEqual([500, 500]);
		const said = await refusals(aspOne.adminUrl);
		expect(said).toContain('setting mustUnderstand');
		expect(said).toContain('setting created');

		await command(aspOne.adminUrl, 'setting', { name: 'mustUnderstand', value: 'optional' });
		await command(aspOne.adminUrl, 'setting', { name: 'created', value: 'any offset' });
		expect([await without(), await offset()]).toEqual([200, 200]);
	});
});

it('the WSDL names the address by which it was called', async () => {
	const { port } = new URL(aspOne.endpoint);
	const response = await fetch(`http://localhost:${port}/ws/alert?wsdl`);
	expect(await response.text()).toContain(`location="http://localhost:${port}/ws/alert"`);
});
