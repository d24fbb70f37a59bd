import { SI_ORGANIZATIONS } from '../../../sandbox/hubee';

import { openScene } from './hubee-caller';
import type { Scene } from './hubee-caller';

const ORGANIZATION = {
	type: 'SI',
	companyRegister: '21040107100019',
	branchCode: '04107',
	name: 'Commune de Manosque',
	postalCode: '04100',
	territory: 'ALPES-DE-HAUTE-PROVENCE',
	email: 'mairie@example.fr',
	status: 'Actif',
};
const SUBSCRIPTION = {
	datapassId: 42,
	processCode: 'OTV',
	subscriber: { type: 'SI', companyRegister: '21040107100019', branchCode: '04107' },
	notificationFrequency: 'unitaire',
	localAdministrator: { email: 'a@example.fr', firstName: 'A', lastName: 'B' },
};

interface SeenSubscription {
	id: string;
	status: string;
	processCode: string;
	subscriber: { branchCode: string };
	creationDateTime?: string;
}

describe('the referential of the HubEE sandbox', () => {
	let scene: Scene;

	beforeEach(async () => {
		scene = await openScene();
	});
	afterEach(async () => {
		expect(scene.sandbox.mockServer.faults).toEqual([]);
		await scene.sandbox.close();
	});

	const subscriptions = async (query: string): Promise<SeenSubscription[]> =>
		(await scene.admin.referential('GET', `/subscriptions${query}`)).json as SeenSubscription[];

	it('creates an organization once', async () => {
		const { admin } = scene;
		const id = '/organizations/SI-21040107100019-04107';
		const absent = await admin.referential('GET', id);
		expect([absent.status, absent.messages]).toEqual([404, ['Organization is not found']]);
		const created = await admin.referential('POST', '/organizations', { body: ORGANIZATION });
		expect(created.status).toBe(201);
		expect((await admin.referential('GET', id)).json).toMatchObject(ORGANIZATION);
		const again = await admin.referential('POST', '/organizations', { body: ORGANIZATION });
		expect([again.status, again.messages]).toEqual([
			400,
			['Organization SI-21040107100019-04107 already exists'],
		]);
	});

	it('replaces an organization under its own id only', async () => {
		const { admin } = scene;
		const path = '/organizations/SI-21040107100019-04107';
		expect((await admin.referential('PUT', path, { body: ORGANIZATION })).status).toBe(400);
		await admin.referential('POST', '/organizations', { body: { ...ORGANIZATION, code: 'MAN' } });
		const put = await admin.referential('PUT', path, { body: { ...ORGANIZATION, name: 'Autre' } });
		expect(put.json).toMatchObject({ name: 'Autre', code: null });
		const moved = { ...ORGANIZATION, branchCode: '04108' };
		expect((await admin.referential('PUT', path, { body: moved })).status).toBe(400);
	});

	it('takes a branch code with a hyphen', async () => {
		const { admin } = scene;
		const body = { ...ORGANIZATION, branchCode: 'A-1' };
		await admin.referential('POST', '/organizations', { body });
		const path = '/organizations/SI-21040107100019-A-1';
		expect((await admin.referential('GET', path)).status).toBe(200);
	});

	it('lists organizations by page, with the filter of either document', async () => {
		const { admin, sandbox } = scene;
		const list = async (query: string): Promise<unknown[]> =>
			(await admin.referential('GET', `/organizations${query}`)).json as unknown[];
		expect(await list('?type=SI')).toHaveLength(3);
		expect(await list('?type=SI&offSet=1&maxResult=1&orderBy=name')).toMatchObject([
			{ name: 'Commune de Paris 8e' },
		]);
		expect(await list('?company_register=21060088000016')).toHaveLength(1);
		expect((await admin.referential('GET', '/organizations?companyRegister=1')).status).toBe(400);
		sandbox.configure({
			organizationRegisterParameter: 'companyRegister',
			organizationContentRange: true,
		});
		const answer = await admin.referential('GET', '/organizations?companyRegister=21060088000016');
		expect(answer.headers.get('content-range')).toBe('Organizations 0-0/1');
	});

	it('creates a subscription once, inactive, and only of what exists', async () => {
		const { datapass, admin, sandbox } = scene;
		const post = async (body: object): Promise<[number, string[]]> => {
			const { status, messages } = await datapass.referential('POST', '/subscriptions', { body });
			return [status, messages];
		};
		expect(await post({ ...SUBSCRIPTION, processCode: 'NONE' })).toEqual([
			400,
			['Organization SI-21040107100019-04107 does not exist', 'Process NONE does not exist'],
		]);
		await admin.referential('POST', '/organizations', { body: ORGANIZATION });
		expect(await post(SUBSCRIPTION)).toEqual([201, []]);
		expect(await post(SUBSCRIPTION)).toEqual([
			400,
			['Subscription OTV for organization SI-21040107100019-04107 already exists'],
		]);
		expect(await subscriptions('?companyRegister=21040107100019')).toMatchObject([
			{ status: 'Inactif', subscriber: { name: 'Commune de Manosque' } },
		]);
		expect(sandbox.hub.subscriptions.isActive(SUBSCRIPTION.subscriber, 'OTV')).toBe(false);
	});

	it('activates by replacing the whole, without the read-only fields', async () => {
		const { admin, sandbox } = scene;
		await admin.referential('POST', '/organizations', { body: ORGANIZATION });
		const { json } = await admin.referential('POST', '/subscriptions', { body: SUBSCRIPTION });
		const { id, ...rest } = json as SeenSubscription;
		const path = `/subscriptions/${id}`;
		const active = { ...rest, status: 'Actif', accessMode: 'API' };
		const withReadOnly = await admin.referential('PUT', path, { body: active });
		expect(withReadOnly.status).toBe(400);
		expect(withReadOnly.messages[0]).toContain(
			'properties which are not allowed by the schema: ["creationDateTime"]',
		);
		delete active.creationDateTime;
		const put = await admin.referential('PUT', path, { body: active });
		expect([put.status, put.messages]).toEqual([200, []]);
		expect(put.json).toMatchObject({
			id,
			status: 'Actif',
			creationDateTime: rest.creationDateTime,
		});
		expect(sandbox.hub.subscriptions.isActive(SUBSCRIPTION.subscriber, 'OTV')).toBe(true);
		const wrong = { ...active, accessMode: 'MAIL' };
		expect((await admin.referential('PUT', path, { body: wrong })).messages[0]).toContain(
			'not found in enum (possible values: ["PORTAIL","API"])',
		);
	});

	it('takes an organization or a person as delegate', async () => {
		const { admin } = scene;
		await admin.referential('POST', '/organizations', { body: ORGANIZATION });
		const { json } = await admin.referential('POST', '/subscriptions', { body: SUBSCRIPTION });
		const { id } = json as SeenSubscription;
		const put = async (delegationActor: unknown): Promise<number> =>
			(
				await admin.referential('PUT', `/subscriptions/${id}`, {
					body: { ...SUBSCRIPTION, delegationActor },
				})
			).status;
		expect(await put({ type: 'EDT', companyRegister: '12345678901234', branchCode: '1' })).toBe(
			200,
		);
		expect(await put({ email: 'd@example.fr' })).toBe(200);
		expect(await put(null)).toBe(200);
		expect(await put({ firstName: 'D' })).toBe(400);
	});

	it('pages subscriptions by offSet and maxResult, with the total in Content-Range', async () => {
		const { admin, sandbox } = scene;
		const page = async (query: string): Promise<[number, string | null]> => {
			const { json, headers } = await admin.referential('GET', `/subscriptions${query}`);
			return [(json as unknown[]).length, headers.get('content-range')];
		};
		expect(await page('')).toEqual([12, 'Susbscriptions 0-11/12']);
		expect(await page('?offSet=10&maxResult=5')).toEqual([2, 'Susbscriptions 10-11/12']);
		expect(await page('?offSet=12')).toEqual([0, 'Susbscriptions 12-12/12']);
		sandbox.configure({ contentRangeLast: 'exclusive', defaultPageSize: 5 });
		expect(await page('')).toEqual([5, 'Susbscriptions 0-5/12']);
	});

	it('filters and orders subscriptions', async () => {
		expect(await subscriptions('?processCode=OTV&processCode=CERTDC')).toHaveLength(6);
		expect(await subscriptions('?status=Inactif')).toEqual([]);
		expect(await subscriptions('?datapassId=10000')).toHaveLength(1);
		expect(await subscriptions('?delegationActorEmail=a@example.fr')).toEqual([]);
		const codes = (await subscriptions('?orderBy=desc(process_code)')).map(
			({ processCode }) => processCode,
		);
		expect(codes).toEqual([...codes].sort((a, b) => b.localeCompare(a)));
		for (const orderBy of ['process_code', 'asc(processCode)', 'up(id)']) {
			const { status } = await scene.admin.referential('GET', `/subscriptions?orderBy=${orderBy}`);
			expect([orderBy, status]).toEqual([orderBy, 400]);
		}
	});

	it('shows an OSL the subscriptions to its own processes', async () => {
		const { osl, sandbox } = scene;
		const process = sandbox.hub.processes.find('OTV')!;
		sandbox.hub.processes.put({ ...process, osl: { ...SI_ORGANIZATIONS.paris, type: 'OSL' } });
		const seen = (await osl.referential('GET', '/subscriptions')).json as SeenSubscription[];
		expect(seen.map(({ processCode }) => processCode)).not.toContain('OTV');
		expect(seen).toHaveLength(9);
		const hidden = sandbox.hub.subscriptions.of(SI_ORGANIZATIONS.paris, 'OTV')!;
		expect((await osl.referential('GET', `/subscriptions/${hidden.id}`)).status).toBe(404);
	});

	it('creates and replaces processes, with the fields of 2022 unless told otherwise', async () => {
		const { admin, sandbox } = scene;
		const { creationDateTime, updateDateTime, ...otv } = (
			await admin.referential('GET', '/processes/OTV')
		).json as Record<string, unknown>;
		expect([typeof creationDateTime, updateDateTime]).toEqual(['string', null]);
		const body: Record<string, unknown> = { ...otv, code: 'NEW' };
		expect((await admin.referential('POST', '/processes', { body })).status).toBe(201);
		expect((await admin.referential('POST', '/processes', { body })).messages).toEqual([
			'Process NEW already exists',
		]);
		expect((await admin.referential('PUT', '/processes/NEW', { body: otv })).status).toBe(400);
		expect((await admin.referential('PUT', '/processes/NONE', { body: otv })).status).toBe(404);
		delete body.messageWithStatus;
		delete body.authorizedAwaiting;
		const put = async (): Promise<[number, string[]]> => {
			const { status, messages } = await admin.referential('PUT', '/processes/NEW', { body });
			return [status, messages];
		};
		expect(await put()).toEqual([
			400,
			[expect.stringContaining('(["authorizedAwaiting","messageWithStatus"])')],
		]);
		sandbox.configure({ processFieldsOf2022: false });
		expect(await put()).toEqual([200, []]);
		expect((await admin.referential('GET', '/processes?orderBy=code')).json).toHaveLength(5);
	});

	it('lets a folder reach a recipient only while its subscription is active', async () => {
		const { sandbox, osl } = scene;
		const subscription = sandbox.hub.subscriptions.of(SI_ORGANIZATIONS.paris, 'OTV')!;
		const body = {
			processCode: 'OTV',
			externalId: 'OSL-OTV-1',
			applicant: { firstName: 'A', lastName: 'B' },
			cases: [{ externalId: 'OSL-OTV-1-01', recipient: SI_ORGANIZATIONS.paris }],
			attachments: [
				{
					fileName: 'a',
					type: 'OTV',
					size: 1,
					mimeType: 'text/plain',
					recipients: ['OSL-OTV-1-01'],
				},
			],
		};
		expect((await osl.folder('POST', '/folders', { body })).status).toBe(201);
		subscription.status = 'Suspendu';
		expect((await osl.folder('POST', '/folders', { body })).messages).toEqual([
			'Case recipient SI-11001401600015-75108 does not suscribed to OTV',
		]);
	});
});
