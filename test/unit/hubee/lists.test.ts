import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { forgetChoices } from '../../../lib/node/list-search';
import { HubEe } from '../../../nodes/HubEe/HubEe.node';
import { HubEeTrigger } from '../../../nodes/HubEe/HubEeTrigger.node';
import { BinaryStore } from '../fakes/binary-store';
import { choicesOf } from '../fakes/choices';
import { Desk } from './desk';

const OSL = { clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' };
const ADMIN = { clientId: 'admin', clientSecret: 'admin-secret', scope: 'ADMIN' };

let desk: Desk;

beforeEach(async () => {
	forgetChoices();
	desk = await Desk.open();
});

afterEach(async () => {
	await desk.close();
});

const list = async (
	name: string,
	parameters: INodeParameters = {},
	account: IDataObject = {},
	search?: string,
) =>
	await choicesOf(new HubEe(), name, {
		credential: desk.credential(account),
		parameters,
		search,
	});

const values = (choices: Array<{ value: string }>) => choices.map(({ value }) => value);

describe('the lists of an authority', () => {
	it('offer the notifications and cases of its queue, which stays as it is', async () => {
		const { caseId, notificationId } = await desk.receive();
		const before = desk.sandbox.listNotifications();
		expect(await list('notifications')).toEqual([
			{
				name: expect.stringMatching(/^EtatCivil · new case · \d{4}-/) as string,
				value: notificationId,
			},
		]);
		expect(await list('casesInQueue')).toEqual([
			{ name: expect.stringMatching(/^EtatCivil · \d{4}-/) as string, value: caseId },
		]);
		expect(values(await list('processes'))).toEqual(['EtatCivil']);
		expect(desk.sandbox.listNotifications()).toEqual(before);
		expect(desk.caseNow(caseId).status).toBe('HUBEE_NOTIFIED');
	});

	it('offer the events of the chosen case, and the files of the case or the event', async () => {
		const { caseId } = await desk.receive([{ fileName: 'demande.xml' }, { fileName: 'acte.pdf' }]);
		const event = await desk.sandbox.incomingEvent({
			caseId,
			actionType: 'ATTACH_DEPOSIT',
			files: [{ fileName: 'suite.pdf', content: { text: 'suite' } }],
		});
		const chosen = { __rl: true, mode: 'list', value: caseId };
		const form = { resource: 'case', caseId: chosen } as unknown as INodeParameters;
		expect(values(await list('eventsOfCase', form))).toContain(event.eventId);
		const files = await list('attachments', form);
		expect(files.map(({ name }) => name.split(' · ')[0])).toEqual(['demande.xml', 'acte.pdf']);
		const ofEvent = await list('attachments', {
			...form,
			resource: 'event',
			eventId: event.eventId,
		});
		expect(ofEvent.map(({ name }) => name.split(' · ')[0])).toEqual(['suite.pdf']);
	});

	it('say what has to be chosen first', async () => {
		await expect(list('eventsOfCase', { caseId: '={{ $json.caseId }}' })).rejects.toMatchObject({
			message: 'Choose or type the Case ID first',
		});
	});

	it('say that only a sender has a list of recipients', async () => {
		await expect(list('recipients', { processCode: 'CERTDC' })).rejects.toMatchObject({
			description: expect.stringContaining('the scope of the credential') as string,
		});
	});
});

describe('the lists of a sender', () => {
	it('offer the active subscribers of the process, with register and branch code as one choice', async () => {
		const found = await list('recipients', { processCode: 'CERTDC' }, OSL);
		expect(values(found)).toEqual(
			expect.arrayContaining(['11001401600015 › 75108', '21060088000016 › 06088']),
		);
		const searched = await list('recipients', { processCode: 'CERTDC' }, OSL, '21060088000016');
		expect(values(searched)).toEqual(['21060088000016 › 06088']);
	});

	it('offer subscriptions by process and subscriber, and the processes that have one', async () => {
		const [first] = await list('subscriptions', {}, OSL, 'CERTDC 06088');
		expect(first?.name).toBe('CERTDC · 21060088000016/06088 · Actif');
		expect(values(await list('processes', {}, OSL))).toContain('EtatCivil');
	});

	it('a chosen recipient brings its branch code along', async () => {
		const store = new BinaryStore();
		const siret = { __rl: true, mode: 'list', value: '21060088000016 › 06088' };
		const folder = await desk.one(
			'folder:create',
			{
				processCode: { __rl: true, mode: 'list', value: 'EtatCivil' },
				firstName: 'Marie',
				lastName: 'Essai',
				recipients: { recipient: [{ siret }] },
				attachmentType: 'ActeEtatCivil-PDF',
			},
			{
				credential: OSL,
				store,
				items: [
					{ json: {}, binary: { data: store.put('content', 'acte.pdf', 'application/pdf') } },
				],
			},
		);
		expect(folder).toMatchObject({
			processCode: 'EtatCivil',
			cases: [{ recipient: { companyRegister: '21060088000016', branchCode: '06088' } }],
		});
	});
});

describe('the lists of the administration', () => {
	it('offer processes and organizations by name', async () => {
		const processes = await list('processes', {}, ADMIN, 'deces');
		expect(processes).toEqual([
			{ name: 'CERTDC · Certificat de décès électronique', value: 'CERTDC' },
		]);
		const found = await list('organizations', { organizationType: 'SI' }, ADMIN, 'nice');
		expect(found).toEqual([
			{ name: 'Commune de Nice · SI-21060088000016-06088', value: '21060088000016 › 06088' },
		]);
	});
});

describe('the list of accounts', () => {
	const accountSecrets = JSON.stringify([
		{ name: 'Nice', clientId: 'si-nice', clientSecret: 'si-nice-secret' },
	]);

	it('offers the accounts of the credential without a call, also to the trigger', async () => {
		const expected = [
			{ name: 'All Accounts', value: '*' },
			{ name: 'Nice', value: 'Nice' },
		];
		// What stands in the field at the moment is no reason to list nothing.
		const options = { account: 'not yet complete' };
		expect(await list('accounts', { options }, { accountSecrets })).toEqual(expected);
		const credential = desk.credential({ accountSecrets });
		expect(await choicesOf(new HubEeTrigger(), 'accounts', { credential })).toEqual(expected);
		expect(desk.operations()).toEqual([]);
	});

	it('the other lists are those of the chosen account', async () => {
		await desk.receive();
		const options = { account: { __rl: true, mode: 'list', value: 'Nice' } };
		expect(await list('casesInQueue', { options }, { accountSecrets })).toEqual([]);
		expect(await list('casesInQueue', {}, { accountSecrets })).toHaveLength(1);
	});
});

it('a list says why a secret is refused', async () => {
	await expect(
		list('casesInQueue', {}, { clientSecret: 'wrong-secret-000' }),
	).rejects.toMatchObject({
		message: expect.stringContaining('HubEE gave no access token') as string,
		description: expect.stringContaining('Check the client ID and secret') as string,
	});
});

describe('a field with a list', () => {
	it('reads an id that was chosen, typed, or typed into an older workflow, and an expression', async () => {
		const { caseId } = await desk.receive();
		const written = [
			{ __rl: true, mode: 'list', value: caseId, cachedResultName: 'EtatCivil' },
			{ __rl: true, mode: 'id', value: '={{ $json.caseId }}' },
			caseId,
			'={{ $json.caseId }}',
			undefined,
		];
		for (const value of written) {
			const parameters = value === undefined ? {} : { caseId: value };
			const items = [{ json: { caseId } }];
			expect(await desk.one('case:get', parameters as IDataObject, { items })).toMatchObject({
				caseId,
			});
		}
	});
});
