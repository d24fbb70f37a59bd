import type { IDataObject } from 'n8n-workflow';

import { ADMIN_ACCOUNT, folderForm, Office, OSL_ACCOUNT } from './office';

let office: Office;
afterEach(async () => await office.close());

describe('Subscription: Activate', () => {
	let subscriptionId: string;
	const activate = async (more: IDataObject = {}) =>
		await office.one('subscription:activate', { subscriptionId, ...more });
	const setTo = async (status: string) =>
		await office.one('subscription:update', { subscriptionId, changes: { status } });
	const status = async () => (await office.one('subscription:get', { subscriptionId })).status;

	beforeEach(async () => {
		office = await Office.open(ADMIN_ACCOUNT);
		const [first] = (await office.run('subscription:getMany', { limit: 1 })).items;
		subscriptionId = String(first?.json.subscriptionId);
	});

	it('activates one that is inactive, and says what HubEE shows', async () => {
		await setTo('Inactif');
		expect(await activate()).toMatchObject({ status: 'Actif', activated: true });
	});

	it.each(['Suspendu', 'Refusé'])('leaves one alone that is %s, and names it', async (decided) => {
		await setTo(decided);
		const failure = await office.failure('subscription:activate', { subscriptionId });
		expect(failure.message).toBe(
			`The subscription is ${decided}: only an inactive one (Inactif) is activated`,
		);
		expect(failure.facts).toMatchObject({ outcome: 'not_done', status: decided });
		expect(await status()).toBe(decided);
	});

	it('activates one that was suspended when that is wanted', async () => {
		await setTo('Suspendu');
		expect(await activate({ additionalFields: { reactivate: true } })).toMatchObject({
			status: 'Actif',
			activated: true,
		});
	});
});

describe('an e-mail address', () => {
	beforeEach(async () => {
		office = await Office.open(ADMIN_ACCOUNT);
	});
	const form = (administratorEmail: string, more: IDataObject = {}) => ({
		processCode: 'EtatCivil',
		siret: '21040107100019',
		branchCode: '04107',
		datapassId: 4711,
		administratorEmail,
		administratorFirstName: 'Adeline',
		administratorLastName: 'Test',
		...more,
	});

	it.each([
		[
			'adeline+hubee@ville.fr',
			'before the @ it takes letters without accents, digits, dot, hyphen and underscore, and not +',
		],
		['contact@mairie.paris', 'its end ".paris" is not two to four letters'],
		['a@b.fr', 'the part between @ and the last dot must have two characters or more'],
	])('%s of an administrator is refused for its true reason', async (email, reason) => {
		const failure = await office.failure('subscription:create', form(email));
		expect(failure.message).toBe(`Administrator Email is not accepted by HubEE: ${reason}`);
		expect(office.operations()).toEqual([]);
	});

	it.each(['adeline', 'a b@ville.fr', '@ville.fr', 'adeline@ville'])(
		'%p is none',
		async (email) => {
			const failure = await office.failure('subscription:create', form(email));
			expect(failure.message).toBe(
				'Administrator Email must be one e-mail address, such as mairie@ville.fr',
			);
		},
	);

	it('is mended where nothing has to be guessed', async () => {
		await office.run('subscription:ensure', form('Adeline@Ville.FR')).catch(() => undefined);
		const [call] = office.sandbox.mockServer.calls.detailed({ operation: 'createSubscription' });
		const sent = call ? (JSON.parse(String(call.requestBody)) as IDataObject) : undefined;
		expect(sent?.localAdministrator).toMatchObject({ email: 'Adeline@ville.fr' });
	});

	it('of an organization may be any', async () => {
		const organization = {
			siret: '21040107100019',
			branchCode: '99999',
			name: 'Commune',
			postalCode: '04107',
			territory: 'ALPES',
			email: 'accueil+hubee@mairie.paris',
		};
		expect(await office.one('organization:ensure', organization)).toMatchObject({
			email: 'accueil+hubee@mairie.paris',
		});
	});
});

describe('an external ID that is built', () => {
	beforeEach(async () => {
		office = await Office.open(OSL_ACCOUNT);
	});
	const idOf = async (processCode: string, additionalFields: IDataObject = {}) => {
		const items = [office.item({ data: ['acte.pdf', 'x'] })];
		const form = folderForm({ processCode, additionalFields });
		await office.run('folder:create', form, { items }).catch(() => undefined);
		const [call] = office.sandbox.mockServer.calls.detailed({ operation: 'createFolder' });
		return call ? String((JSON.parse(String(call.requestBody)) as IDataObject).externalId) : '';
	};

	it.each([
		['JeChangeDeCoordonnees', /^OSL-JCC-.{13}$/],
		['recensementCitoyen', /^OSL-RCO-.{13}$/],
		['depotDossierPACS', /^OSL-DDPACS-.{13}$/],
		['EtatCivil', /^OSL-EtatCivil-.{13}$/],
	])('for %s stays within 27 characters', async (processCode, expected) => {
		expect(await idOf(processCode)).toMatch(expected);
	});

	it('takes the short code of the form', async () => {
		expect(await idOf('HebergementTourisme', { shortProcessCode: 'HT' })).toMatch(/^OSL-HT-.{13}$/);
	});

	it('asks for a short code where none is known', async () => {
		const items = [office.item({ data: ['acte.pdf', 'x'] })];
		const form = folderForm({ processCode: 'ContactsAllocataires-BRSA' });
		const failure = await office.failure('folder:create', form, { items });
		expect(failure.description).toContain('Add a Short Process Code');
	});
});

describe('XML files', () => {
	beforeEach(async () => {
		office = await Office.open(OSL_ACCOUNT);
	});
	const items = () => [office.item({ data: ['a.xml', '<a/>', 'text/xml; charset=utf-8'] })];

	it('are declared as the person says, and the refusal says how', async () => {
		const failing = folderForm({ additionalFields: { mimeTypes: '{"text/xml":"text/xml"}' } });
		office.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/folders$',
			how: { kind: 'status', status: 400 },
		});
		const failure = await office.failure('folder:create', failing, { items: items() });
		expect(failure.description).toContain(
			'set "MIME Types (JSON)" to {"text/xml":"application/xml"}',
		);
		const additionalFields = { mimeTypes: '{"text/xml":"application/xml"}' };
		const form = folderForm({ additionalFields });
		expect(await office.one('folder:create', form, { items: items() })).toMatchObject({
			attachments: [{ mimeType: 'application/xml' }],
		});
	});
});
