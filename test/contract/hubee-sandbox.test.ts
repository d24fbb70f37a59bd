import type { DetailedCallRecord } from '../../sandbox/mock-server';
import { SI_ORGANIZATIONS } from '../../sandbox/hubee';
import { OPERATIONS } from '../../sandbox/hubee/gateway/operations';
import { openScene } from '../unit/sandbox/hubee-caller';
import type { Caller, Scene } from '../unit/sandbox/hubee-caller';

import { HUBEE_CONTRACT, HubEeContract } from './hubee-contract';
import { describeWithContract } from './published';

/** Operations of the contract that only the portal may call; the sandbox leaves them out. */
const PORTAL_OPERATIONS = ['PUT /cases/migrate', 'GET /attachmentsIdsForPurge', 'PUT /idsPurged'];

interface Identified {
	id: string;
	attachments: Array<{ id: string }>;
	cases: Array<{ id: string }>;
}

/** Every operation at least once, the way its role uses it. */
async function live({ sandbox, si, osl, admin, datapass }: Scene): Promise<void> {
	const folder = await createFolder(osl);
	const path = `/folders/${folder.id}`;
	const upload = `${path}/attachments/${folder.attachments[0]?.id}`;
	await osl.folder('PUT', upload, { bytes: 'hello' });
	await osl.folder('GET', path);
	await osl.folder('PATCH', path, { body: { globalStatus: 'HUBEE_COMPLETED' } });
	await override(osl, path, { globalStatus: 'HUBEE_NOTIFIED' });
	const given = await createFolder(osl);
	await osl.folder('DELETE', `/folders/${given.id}`);

	const [notification] = await si.notifications('?eventDetails=true&maxResult=5&processCode=OTV');
	const casePath = `/cases/${notification?.caseId}`;
	await si.folder('GET', `${casePath}?lite=true`);
	await si.folder('GET', casePath);
	await si.folder('GET', `${casePath}/attachments/${folder.attachments[0]?.id}`);
	await si.folder('PATCH', casePath, { body: { status: 'SENT' } });
	await override(si, casePath, { status: 'SI_RECEIVED' });
	await si.folder('DELETE', `/notifications/${notification?.id}`);
	await deposit(si, casePath, osl);
	const message = { actionType: 'SENDING_MESSAGE', notification: true, message: 'm' };
	const sent = await osl.folder('POST', `${casePath}/events`, { body: message });
	await override(si, `${casePath}/events/${(sent.json as Identified).id}`, { status: 'RECEIVED' });
	await si.folder('GET', casePath);

	await referential(admin, datapass);
	await sandbox.deposit({ files: [] });
	await osl.referential('GET', '/subscriptions?processCode=OTV&processCode=CERTDC&status=Actif');
}

async function createFolder(osl: Caller): Promise<Identified> {
	const body = {
		processCode: 'OTV',
		externalId: 'OSL-OTV-0000000000001',
		applicant: { firstName: 'Zoé', lastName: 'Martin', email: null },
		cases: [{ externalId: 'OSL-OTV-0000000000001-01', recipient: SI_ORGANIZATIONS.paris }],
		attachments: [
			{
				fileName: 'a.txt',
				type: 'OTV',
				size: 5,
				mimeType: 'text/plain',
				recipients: ['OSL-OTV-0000000000001-01'],
			},
		],
	};
	const headers = { editorName: 'E', applicationName: 'A', softwareVersion: '1' };
	return (await osl.folder('POST', '/folders', { body, headers })).json as Identified;
}

async function override(caller: Caller, path: string, body: object): Promise<void> {
	const headers = { 'X-HTTP-Method-Override': 'PATCH' };
	expect((await caller.folder('POST', path, { body, headers })).status).toBe(204);
}

/** A deposit that is sent and read, and one that is given up. */
async function deposit(si: Caller, casePath: string, osl: Caller): Promise<void> {
	const file = { fileName: 'b.pdf', type: 'documents', size: 3, mimeType: 'application/pdf' };
	const body = { actionType: 'ATTACH_DEPOSIT', notification: true, attachments: [file] };
	const create = async (): Promise<Identified> =>
		(await si.folder('POST', `${casePath}/events`, { body })).json as Identified;
	const kept = await create();
	const path = `${casePath}/events/${kept.id}`;
	const attachment = `${path}/attachments/${kept.attachments[0]?.id}`;
	await si.folder('PUT', attachment, { bytes: 'abc' });
	await si.folder('PATCH', path, { body: { status: 'SENT' } });
	await osl.folder('GET', path);
	await osl.folder('GET', attachment);
	await si.folder('DELETE', `${casePath}/events/${(await create()).id}`);
}

async function referential(admin: Caller, datapass: Caller): Promise<void> {
	const organization = {
		type: 'SI',
		companyRegister: '21040107100019',
		branchCode: '04107',
		name: 'Commune',
		postalCode: '04100',
		territory: 'MANOSQUE',
		email: 'a@example.fr',
		status: 'Actif',
	};
	const { type, companyRegister, branchCode } = organization;
	await admin.referential('POST', '/organizations', { body: organization });
	const organizationPath = `/organizations/SI-${companyRegister}-${branchCode}`;
	await admin.referential('GET', organizationPath);
	await admin.referential('PUT', organizationPath, { body: { ...organization, code: 'X' } });
	await admin.referential('GET', '/organizations?type=SI&offSet=0&maxResult=2&orderBy=name');
	const subscription = {
		datapassId: 1,
		processCode: 'OTV',
		subscriber: { type, companyRegister, branchCode },
		notificationFrequency: 'Aucune',
		localAdministrator: { email: 'a@example.fr', firstName: 'A', lastName: 'B' },
		status: 'Inactif',
	};
	const created = await datapass.referential('POST', '/subscriptions', { body: subscription });
	const { id, creationDateTime, ...rest } = created.json as Identified & Record<string, unknown>;
	expect(creationDateTime).toBeDefined();
	await admin.referential('GET', `/subscriptions/${id}`);
	const active = { ...rest, status: 'Actif', accessMode: 'API' };
	await admin.referential('PUT', `/subscriptions/${id}`, { body: active });
	await admin.referential('GET', '/subscriptions?datapassId=1&orderBy=desc(status)');
	const process = (await admin.referential('GET', '/processes/OTV')).json as object;
	const declaration: Record<string, unknown> = { ...process, code: 'NEW' };
	delete declaration.creationDateTime;
	delete declaration.updateDateTime;
	await admin.referential('POST', '/processes', { body: declaration });
	await admin.referential('PUT', '/processes/NEW', { body: { ...declaration, name: 'Other' } });
	await admin.referential('GET', '/processes?companyRegister=13002603200016&orderBy=code');
}

/** Refusals of every kind. */
async function refusals({ sandbox, si, osl, admin }: Scene): Promise<void> {
	const id = '3fa85f64-5717-4562-b3fc-2c963f66afa7';
	const { cases } = await sandbox.deposit({ recipients: [SI_ORGANIZATIONS.nice], files: [] });
	await si.folder('GET', '/notifications?maxResult=x&foo=1');
	await si.folder('GET', '/cases/not-a-uuid');
	await si.folder('GET', `/cases/${id}`);
	await si.folder('GET', `/cases/${cases[0]?.id}`);
	await si.folder('POST', `/cases/${id}/events`, { body: {} });
	await si.folder('POST', `/cases/${id}`, { body: { status: 'DONE' } });
	await si.folder('PATCH', `/cases/${id}/events/${id}`, { body: { status: 'SENT' } });
	await si.folder('DELETE', `/notifications/${id}`);
	await si.folder('POST', '/folders', { body: {} });
	await osl.folder('POST', '/folders', { body: {} });
	await osl.folder('PUT', `/folders/${id}/attachments/${id}`, { bytes: 'x' });
	await osl.folder('PATCH', `/folders/${id}`, { body: { globalStatus: 1 } });
	await admin.referential('GET', '/organizations/SI-1-1');
	await admin.referential('GET', '/organizations/SI-00000000000000-1');
	await admin.referential('POST', '/organizations', { body: {} });
	await admin.referential('POST', '/subscriptions', { body: {} });
	await admin.referential('GET', `/subscriptions/${id}`);
	await admin.referential('GET', '/processes/UNKNOWN');
	sandbox.expireTokens();
	await si.folder('GET', '/notifications');
}

const text = (body: Buffer | null): string | null => body?.toString('utf8') ?? null;

function apiCalls({ sandbox }: Scene): DetailedCallRecord[] {
	return sandbox.mockServer.calls.detailed({ path: '^/(teledossiers|referential)/v1/' });
}

describeWithContract(HUBEE_CONTRACT)('the HubEE sandbox and the published contract', () => {
	let contract: HubEeContract;
	let scene: Scene;

	beforeAll(() => {
		contract = new HubEeContract();
	});

	beforeEach(async () => {
		scene = await openScene();
	});
	afterEach(async () => {
		expect(scene.sandbox.mockServer.faults).toEqual([]);
		await scene.sandbox.close();
	});

	/** The contract's opinion of every call, with the call it is about. */
	const opinion = (side: 'request' | 'answer'): string[] =>
		apiCalls(scene).flatMap((call) => {
			const request = {
				method: call.method,
				path: call.path,
				query: call.query,
				headers: call.requestHeaders,
				body: text(call.requestBody),
			};
			const answer = {
				status: call.status ?? 0,
				headers: call.responseHeaders,
				body: text(call.responseBody),
			};
			return side === 'request'
				? contract.requestFaults(request)
				: contract.answerFaults(request, answer);
		});

	it('agree on every successful call', async () => {
		await live(scene);
		const failed = apiCalls(scene).filter(({ status }) => status === null || status >= 300);
		expect(
			failed.map(({ method, path, responseBody }) => [method, path, text(responseBody)]),
		).toEqual([]);
		expect(opinion('request')).toEqual([]);
		expect(opinion('answer')).toEqual([]);
		const used = new Set(apiCalls(scene).map(({ operation }) => operation));
		expect(OPERATIONS.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
	});

	it('agree on the form of every refusal', async () => {
		await refusals(scene);
		const statuses = apiCalls(scene).map(({ status }) => status);
		expect(Math.min(...statuses.map(Number))).toBeGreaterThanOrEqual(400);
		expect(opinion('answer')).toEqual([]);
	});

	it('agree on the operations and on who may call them', () => {
		const ours = OPERATIONS.flatMap(({ method, path, overridable }) => [
			`${method} ${path}`,
			...(overridable ? [`POST ${path}`] : []),
		]);
		const theirs = contract.operations().filter((name) => !PORTAL_OPERATIONS.includes(name));
		expect([...ours].sort()).toEqual([...theirs].sort());
		for (const { method, base, path, scopes } of OPERATIONS) {
			const example = path.replace(/\{[^}]+\}/g, 'x');
			expect([method, path, [...scopes].sort()]).toEqual([
				method,
				path,
				contract.scopes(method, `${base}${example}`).sort(),
			]);
		}
	});
});
