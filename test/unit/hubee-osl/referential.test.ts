import type { IDataObject } from 'n8n-workflow';

import { ADMIN_ACCOUNT, NICE, Office, PARIS } from './office';

let office: Office;
beforeEach(async () => {
	office = await Office.open(ADMIN_ACCOUNT);
});
afterEach(async () => await office.close());

const MANOSQUE = { organizationType: 'SI', siret: '21040107100019', branchCode: '04107' };

const organizationForm = (more: IDataObject = {}): IDataObject => ({
	...MANOSQUE,
	name: 'Commune de Manosque',
	postalCode: '04100',
	territory: 'ALPES-DE-HAUTE-PROVENCE',
	email: 'contact@manosque.example.fr',
	...more,
});

const subscriptionForm = (more: IDataObject = {}): IDataObject => ({
	...MANOSQUE,
	processCode: 'EtatCivil',
	datapassId: 4711,
	administratorEmail: 'adeline@manosque.example.fr',
	administratorFirstName: 'Adeline',
	administratorLastName: 'Test',
	...more,
});

const organizations = () =>
	office.sandbox.hub.organizations
		.all()
		.filter(({ companyRegister }) => companyRegister === MANOSQUE.siret);

const subscriptions = () =>
	office.sandbox.hub.subscriptions
		.all()
		.filter(({ subscriber }) => subscriber.companyRegister === MANOSQUE.siret);

/** The JSON that the last call of an operation sent. */
const sentBy = (operation: string) => {
	const call = office.sandbox.mockServer.calls.detailed({ operation }).at(-1);
	return JSON.parse(call?.requestBody?.toString() ?? 'null') as IDataObject;
};

/** The queries of all calls of an operation. */
const queriesOf = (operation: string) =>
	office.sandbox.mockServer.calls
		.list({ operation })
		.map(({ query }) => Object.fromEntries(new URLSearchParams(query)));

describe('Organization', () => {
	it('is created, got, listed and updated', async () => {
		const created = await office.one(
			'organization:create',
			organizationForm({ additionalFields: { phoneNumber: '04 92 70.34-00' } }),
		);
		expect(created).toMatchObject({
			branchCode: '04107',
			phoneNumber: '0492703400',
			status: 'Actif',
		});
		expect(await office.one('organization:get', MANOSQUE)).toEqual(created);
		expect(
			await office.one('organization:update', {
				...MANOSQUE,
				changes: { email: 'mairie@manosque.example.fr' },
			}),
		).toMatchObject({ email: 'mairie@manosque.example.fr', name: 'Commune de Manosque' });
		expect(sentBy('updateOrganization')).not.toHaveProperty('createDateTime');
		const { items } = await office.run('organization:getMany', {
			returnAll: true,
			filters: { siret: '210 401 071 00019', type: 'SI' },
		});
		expect(items.map(({ json }) => json.branchCode)).toEqual(['04107']);
	});

	it('is found by the other name of the SIRET filter where the server wants that', async () => {
		office.sandbox.configure({ organizationRegisterParameter: 'companyRegister' });
		const { items } = await office.run('organization:getMany', {
			filters: { siret: NICE.siret, siretParameter: 'companyRegister' },
		});
		expect(items.map(({ json }) => json.branchCode)).toEqual(['06088']);
	});

	it('that does not exist is a clear error', async () => {
		const failure = await office.failure('organization:get', MANOSQUE);
		expect(failure.facts).toMatchObject({ status: 404, code: 'not_found' });
	});

	it.each([
		['an address without a domain', { email: 'accueil' }, /^Email must be one e-mail address/],
		['no address', { email: '' }, /^Email is empty$/],
		['a phone number of words', { additionalFields: { phoneNumber: 'poste 12' } }, /^Phone Number/],
		['a SIRET that is too short', { siret: '2104010710001' }, /^SIRET must be 14 digits/],
	])('with %s is refused before anything is sent', async (_, more, message) => {
		const failure = await office.failure('organization:create', organizationForm(more));
		expect(failure.message).toMatch(message);
		expect(office.operations()).toEqual([]);
	});

	it('ensured twice exists once', async () => {
		expect(await office.one('organization:ensure', organizationForm())).toMatchObject({
			created: true,
			branchCode: '04107',
		});
		expect(await office.one('organization:ensure', organizationForm())).toMatchObject({
			created: false,
			branchCode: '04107',
		});
		expect(organizations()).toHaveLength(1);
	});

	it('ensured many times at once exists once', async () => {
		const items = Array.from({ length: 8 }, () => ({ json: {} }));
		const { items: results } = await office.run(
			'organization:ensure',
			organizationForm({ options: { parallelCalls: 8 } }),
			{ items },
		);
		expect(results.filter(({ json }) => json.created)).toHaveLength(1);
		expect(organizations()).toHaveLength(1);
	});

	it('whose creation was answered to nobody is found', async () => {
		const { mockServer } = office.sandbox;
		mockServer.failNext({ method: 'POST', path: '/organizations$', how: { kind: 'cutAfter' } });
		expect(await office.one('organization:ensure', organizationForm())).toMatchObject({
			branchCode: '04107',
		});
		expect(organizations()).toHaveLength(1);
	});

	it('that cannot be looked up after a lost answer is told as unknown', async () => {
		const { mockServer } = office.sandbox;
		mockServer.failNext({
			method: 'GET',
			path: '/organizations/',
			skip: 1,
			times: 50,
			how: { kind: 'status', status: 503 },
		});
		mockServer.failNext({ method: 'POST', path: '/organizations$', how: { kind: 'cutAfter' } });
		const failure = await office.failure('organization:ensure', organizationForm());
		expect(failure.facts).toMatchObject({ outcome: 'unknown', method: 'POST' });
	});
});

describe('Subscription', () => {
	beforeEach(() => {
		const { siret: companyRegister, branchCode } = MANOSQUE;
		office.sandbox.addSubscriber({ type: 'SI', companyRegister, branchCode }, { processCodes: [] });
	});

	it('is activated once and without a failure when six do it at the same time', async () => {
		const { subscriptionId } = await office.one('subscription:create', subscriptionForm());
		const answers = await Promise.all(
			Array.from(
				{ length: 6 },
				async () => await office.one('subscription:activate', { subscriptionId }),
			),
		);
		for (const answer of answers) expect(answer).toMatchObject({ status: 'Actif' });
	});

	it('is created inactive, got, and activated once', async () => {
		const created = await office.one('subscription:create', subscriptionForm());
		const { subscriptionId } = created;
		expect(created).toMatchObject({
			status: 'Inactif',
			datapassId: 4711,
			subscriber: { branchCode: '04107' },
			localAdministrator: { firstName: 'Adeline', lastName: 'Test' },
		});
		expect(await office.one('subscription:get', { subscriptionId })).toEqual(created);
		const active = await office.one('subscription:activate', { subscriptionId });
		expect(active).toMatchObject({
			subscriptionId,
			status: 'Actif',
			activated: true,
			accessMode: 'API',
		});
		expect(active.activateDateTime).toEqual(expect.stringMatching(/^\d{4}-/));
		const put = sentBy('updateSubscription');
		expect(put).not.toHaveProperty('id');
		expect(put).not.toHaveProperty('creationDateTime');
		expect(put).toMatchObject({ datapassId: 4711, localAdministrator: { firstName: 'Adeline' } });
		office.sandbox.mockServer.calls.clear();
		expect(await office.one('subscription:activate', { subscriptionId })).toMatchObject({
			activated: false,
			activateDateTime: active.activateDateTime,
		});
		expect(office.operations()).toEqual(['getSubscriptionById']);
	});

	it('that exists is ensured without the number of its request', async () => {
		const { subscriptionId } = await office.one('subscription:create', subscriptionForm());
		const { datapassId, ...form } = subscriptionForm();
		expect(await office.one('subscription:ensure', form)).toMatchObject({
			subscriptionId,
			datapassId,
			created: false,
		});
	});

	it.each([undefined, ''])('with %p as DataPass ID is sent without one', async (datapassId) => {
		await office.failure('subscription:create', subscriptionForm({ datapassId }));
		expect(sentBy('createSubscription')).not.toHaveProperty('datapassId');
	});

	it('with a text as DataPass ID is sent with the number', async () => {
		await office.one('subscription:create', subscriptionForm({ datapassId: '4711' }));
		expect(sentBy('createSubscription')).toMatchObject({ datapassId: 4711 });
	});

	it('with a DataPass ID that is no number is refused', async () => {
		const failure = await office.failure(
			'subscription:create',
			subscriptionForm({ datapassId: 'DP-1' }),
		);
		expect(failure.message).toBe('DataPass ID must be a whole number at least 1');
		expect(office.operations()).toEqual([]);
	});

	it('is updated by reading, changing and writing all of it', async () => {
		const { subscriptionId } = await office.one('subscription:create', subscriptionForm());
		expect(
			await office.one('subscription:update', {
				subscriptionId,
				changes: '{"notificationFrequency":"unitaire"}',
			}),
		).toMatchObject({ notificationFrequency: 'unitaire', datapassId: 4711, status: 'Inactif' });
	});

	it.each(['', '{}', '[]', '"x"', '{'])('is not updated with changes like %j', async (changes) => {
		const failure = await office.failure('subscription:update', {
			subscriptionId: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
			changes,
		});
		expect(failure.message).toMatch(/^Changes must be /);
		expect(office.operations()).toEqual([]);
	});

	it('ensured twice exists once, whatever its status', async () => {
		const first = await office.one('subscription:ensure', subscriptionForm());
		await office.one('subscription:activate', { subscriptionId: first.subscriptionId });
		expect(await office.one('subscription:ensure', subscriptionForm())).toMatchObject({
			created: false,
			subscriptionId: first.subscriptionId,
			status: 'Actif',
		});
		expect(subscriptions()).toHaveLength(1);
	});

	it('ensured many times at once exists once', async () => {
		const items = Array.from({ length: 8 }, () => ({ json: {} }));
		const { items: results } = await office.run(
			'subscription:ensure',
			subscriptionForm({ options: { parallelCalls: 8 } }),
			{ items },
		);
		expect(results.filter(({ json }) => json.created)).toHaveLength(1);
		expect(new Set(results.map(({ json }) => json.subscriptionId)).size).toBe(1);
		expect(subscriptions()).toHaveLength(1);
	});

	it('of another branch of the same SIRET is another one', async () => {
		const other = { type: 'SI', companyRegister: MANOSQUE.siret, branchCode: '04108' };
		office.sandbox.addSubscriber(other, { processCodes: ['EtatCivil'] });
		expect(await office.one('subscription:ensure', subscriptionForm())).toMatchObject({
			created: true,
			subscriber: { branchCode: '04107' },
		});
	});

	it('whose creation was answered to nobody is found', async () => {
		const { mockServer } = office.sandbox;
		mockServer.failNext({ method: 'POST', path: '/subscriptions$', how: { kind: 'cutAfter' } });
		expect(await office.one('subscription:ensure', subscriptionForm())).toMatchObject({
			processCode: 'EtatCivil',
		});
		expect(subscriptions()).toHaveLength(1);
	});

	it('of an organization that does not exist is refused with every reason', async () => {
		const failure = await office.failure(
			'subscription:ensure',
			subscriptionForm({ branchCode: '99999', processCode: 'Rien' }),
		);
		expect(failure.facts.serviceMessages).toEqual([
			'Organization SI-21040107100019-99999 does not exist',
			'Process Rien does not exist',
		]);
	});

	it('is found by every filter', async () => {
		await office.one('subscription:create', subscriptionForm());
		for (const filters of [
			{ datapassId: '4711' },
			{ siret: '210 401 071 00019' },
			{ processCodes: 'EtatCivil,OTV', status: 'Inactif' },
		]) {
			const { items } = await office.run('subscription:getMany', { filters });
			expect(items.map(({ json }) => json.datapassId)).toEqual([4711]);
		}
		const { items } = await office.run('subscription:getMany', {
			filters: { siret: NICE.siret, orderBy: 'desc(process_code)' },
		});
		expect(items.map(({ json }) => json.processCode)).toEqual([
			'OTV',
			'JeChangeDeCoordonnees',
			'EtatCivil',
			'CERTDC',
		]);
		expect(queriesOf('listSubscription').at(-1)).toEqual({
			companyRegister: NICE.siret,
			orderBy: 'desc(process_code)',
			offSet: '0',
			maxResult: '50',
		});
	});

	it('is not looked for under a SIRET that lost its zeros', async () => {
		const failure = await office.failure('subscription:getMany', {
			filters: { siret: 6088000016 },
		});
		expect(failure.message).toBe('SIRET must be 14 digits, and is "6088000016"');
		expect(office.operations()).toEqual([]);
	});
});

describe('a long list', () => {
	const SEEDED = 12;
	const fill = (count: number) => {
		for (let number = 0; number < count; number++)
			office.sandbox.addSubscriber(
				{
					type: 'SI',
					companyRegister: '21040107100019',
					branchCode: String(10_000 + number),
				},
				{ processCodes: ['EtatCivil'] },
			);
	};

	it.each([
		['inclusive', null],
		['exclusive', null],
		['inclusive', 100],
		['exclusive', 7],
	] as const)(
		'is read whole: Content-Range %s, at most %s a page',
		async (contentRangeLast, largestPage) => {
			office.sandbox.configure({ contentRangeLast, largestPage });
			fill(30);
			const { items } = await office.run('subscription:getMany', { returnAll: true });
			expect(new Set(items.map(({ json }) => json.subscriptionId)).size).toBe(SEEDED + 30);
			expect(items).toHaveLength(SEEDED + 30);
		},
	);

	it.each([null, 100, 7, 1])(
		'without Content-Range is read whole, at most %s a page',
		async (largestPage) => {
			office.sandbox.configure({ largestPage });
			fill(30);
			const { items } = await office.run('organization:getMany', { returnAll: true });
			expect(new Set(items.map(({ json }) => json.branchCode)).size).toBe(items.length);
			expect(items).toHaveLength(office.sandbox.hub.organizations.all().length);
		},
	);

	it('of more than one full page is read whole', async () => {
		fill(1010);
		const { items } = await office.run('subscription:getMany', { returnAll: true });
		expect(items).toHaveLength(SEEDED + 1010);
		expect(queriesOf('listSubscription').map(({ offSet }) => offSet)).toEqual(['0', '500', '1000']);
	});

	it('is cut at the limit, and no more is asked for', async () => {
		fill(30);
		office.sandbox.configure({ largestPage: 10 });
		const { items } = await office.run('subscription:getMany', { limit: 25 });
		expect(items).toHaveLength(25);
		expect(queriesOf('listSubscription')).toEqual([
			{ offSet: '0', maxResult: '25' },
			{ offSet: '10', maxResult: '15' },
			{ offSet: '20', maxResult: '5' },
		]);
	});

	it('of a server that does not know offSet comes to an end', async () => {
		const { mockServer } = office.sandbox;
		const organization = {
			type: 'SI',
			companyRegister: '21040107100019',
			name: 'Commune',
			territory: 'ALPES',
			postalCode: '04107',
			status: 'Actif',
			createDateTime: '2026-01-01T00:00:00.000Z',
		};
		const one = JSON.stringify([
			{ ...organization, branchCode: '1' },
			{ ...organization, branchCode: '2' },
		]);
		mockServer.failNext({
			method: 'GET',
			path: '/organizations$',
			times: 50,
			how: { kind: 'status', status: 200, body: one, contentType: 'application/json' },
		});
		const { items } = await office.run('organization:getMany', { returnAll: true });
		expect(items.map(({ json }) => json.branchCode)).toEqual(['1', '2']);
	});
});

describe('Process', () => {
	const process = async (code: string) => {
		const current: IDataObject = {
			...(await office.one('process:get', { processCode: 'OTV' })),
			code,
		};
		for (const name of [
			'creationDateTime',
			'updateDateTime',
			'messageWithStatus',
			'authorizedAwaiting',
		])
			delete current[name];
		return current;
	};

	it('is listed, got, created and updated', async () => {
		const declared = await process('Nouveau');
		const created = await office.one('process:create', {
			process: declared,
			newerFields: { messageWithStatus: true, authorizedAwaiting: false },
		});
		expect(created).toMatchObject({
			code: 'Nouveau',
			messageWithStatus: true,
			authorizedAwaiting: false,
		});
		expect(
			await office.one('process:update', { processCode: 'Nouveau', changes: { name: 'Autre' } }),
		).toMatchObject({ code: 'Nouveau', name: 'Autre', messageWithStatus: true });
		expect(sentBy('updateProcess')).not.toHaveProperty('creationDateTime');
		const { items } = await office.run('process:getMany', { filters: { orderBy: 'code' } });
		expect(items.map(({ json }) => json.code)).toContain('Nouveau');
	});

	it('is created without the newer fields where the environment does not know them', async () => {
		office.sandbox.configure({ processFieldsOf2022: false });
		const created = await office.one('process:create', { process: await process('Ancien') });
		expect(created).toMatchObject({ code: 'Ancien' });
		expect(sentBy('createProcess')).not.toHaveProperty('messageWithStatus');
	});

	it('is created from the example of the form, which has every required field', async () => {
		expect(await office.one('process:create', {}).catch((error: Error) => error.message)).toMatch(
			/already exists|existe/i,
		);
		expect(sentBy('createProcess')).toMatchObject({
			messageWithStatus: false,
			authorizedAwaiting: false,
		});
	});

	it('that lacks fields is refused with their names', async () => {
		const failure = await office.failure('process:create', { process: '{"code":"X","name":"Y"}' });
		expect(failure.message).toMatch(/^Process lacks isActivated, osl, /);
		expect(office.operations()).toEqual([]);
	});

	it.each(['[]', '"x"', ''])('that is no object is refused: %j', async (value) => {
		const failure = await office.failure('process:create', { process: value });
		expect(failure.message).toBe('Process must be a JSON object');
	});
});

describe('the rights of a scope', () => {
	it.each([
		['organization:get', MANOSQUE],
		['process:getMany', {}],
	])('%s is refused to a receiving authority, with what to look at', async (operation, form) => {
		const failure = await office.failure(operation, form, {
			credential: { clientId: 'si-paris', clientSecret: 'si-paris-secret', scope: 'SI' },
		});
		expect(failure.facts.status).toBe(403);
		expect(failure.description).toContain('scope of the credential');
	});

	it('lets a sender see the subscriptions to its own processes', async () => {
		const { items } = await office.run(
			'subscription:getMany',
			{ filters: { siret: PARIS.siret } },
			{ credential: { clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' } },
		);
		expect(items).toHaveLength(4);
	});
});
