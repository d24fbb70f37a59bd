import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { closeAllConnections } from '../../../lib/http/agents';
import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { aspOneWsseApiTest } from '../../../nodes/AspOneAlert/credential-test';
import { aspOneAlertTable } from '../../../nodes/AspOneAlert/table';
import { type AspOneSandbox, startAspOneSandbox } from '../../../sandbox/aspone';
import { fakeExecution, outputOf } from '../fakes/execution';

let sandbox: AspOneSandbox;

beforeAll(async () => {
	sandbox = await startAspOneSandbox();
});

beforeEach(async () => {
	await sandbox.mockServer.reset();
});

afterAll(async () => {
	expect(sandbox.mockServer.faults).toEqual([]);
	await sandbox.close();
	closeAllConnections();
});

const credential = (more: IDataObject = {}): IDataObject => {
	const [{ login, password }] = sandbox.users;
	const { whiteLabel } = sandbox.behaviour;
	return {
		environment: 'custom',
		endpoint: sandbox.endpoint,
		whiteLabelLogin: whiteLabel.login,
		whiteLabelPassword: whiteLabel.password,
		userLogin: login,
		userAuthentication: 'password',
		userPassword: password,
		serviceVersion: '1.0',
		wsdlSource: 'builtIn',
		...more,
	};
};

interface Run {
	items?: IDataObject[];
	continueOnFail?: boolean;
	credentials?: IDataObject;
}

function start(operation: string, parameters: IDataObject, run: Run = {}) {
	return fakeExecution({
		properties: formOf(aspOneAlertTable),
		parameters: { resource: 'configuration', operation, ...parameters },
		items: run.items?.map((json) => ({ json })),
		continueOnFail: run.continueOnFail,
		credentials: { aspOneWsseApi: run.credentials ?? credential() },
	});
}

async function run(
	operation: string,
	parameters: IDataObject,
	settings?: Run,
): Promise<INodeExecutionData[]> {
	const { execution } = start(operation, parameters, settings);
	return await outputOf(executeTable(execution, aspOneAlertTable));
}

const jsonOf = async (...call: Parameters<typeof run>) =>
	(await run(...call)).map(({ json }) => json);

const changes = () =>
	sandbox.mockServer.calls.list({ operation: 'configurationAlertModification' });

describe('Get', () => {
	it('gives lines that "Set From a List" reads again', async () => {
		const [found] = await jsonOf('get', { accountName: 'CABINET01' });
		expect(found).toEqual({
			accountName: 'CABINET01',
			alertActive: true,
			sendAdmin: false,
			secondaryAccountAlert: false,
			sendMultiplePaiement: false,
			sendTest: false,
			mails: ['cabinet01@cabinet.example'],
			procedures: ['TVA', 'TDFC', 'DSN', 'PAIEMENT'],
			activeAlerts: ['TVA ARS negative 5', 'DSN AIS positive'],
			inactiveAlerts: expect.arrayContaining(['TVA RCP positive', 'PAIEMENT ACS negative']),
		});
		const before = sandbox.configuration('CABINET01');
		await run('modify', {
			accountName: 'CABINET01',
			alertsFrom: 'list',
			alertList: found.activeAlerts as string[],
		});
		expect(sandbox.configuration('CABINET01')).toEqual(before);
	});

	it('gives the whole matrix when it is not to be simplified', async () => {
		const [found] = await jsonOf('get', { accountName: 'CLIENT02', simplify: false });
		expect(found.procedures).toEqual([
			{ procedure: 'TVA', messageServices: expect.any(Array) },
			{ procedure: 'DSN', messageServices: expect.any(Array) },
		]);
	});

	it('refuses extra certificates that are none before anything is sent', async () => {
		const credentials = credential({ extraCa: 'planted-content' });
		await expect(run('get', { accountName: 'CABINET01' }, { credentials })).rejects.toMatchObject({
			message: 'Extra CA Certificates hold no certificate',
			description: expect.stringContaining('-----BEGIN CERTIFICATE-----'),
		});
		expect(sandbox.mockServer.calls.counters().calls).toBe(0);
	});

	it('reads the credential once for many items', async () => {
		const { execution, credentialReads } = start(
			'get',
			{ accountName: '={{ $json.account }}' },
			{ items: ['CABINET01', 'CLIENT02', 'CLIENT03'].map((account) => ({ account })) },
		);
		const items = await outputOf(executeTable(execution, aspOneAlertTable));
		expect(items.map(({ json }) => json.accountName)).toEqual([
			'CABINET01',
			'CLIENT02',
			'CLIENT03',
		]);
		expect(credentialReads).toEqual({ aspOneWsseApi: 1 });
	});
});

describe('Modify', () => {
	const form = {
		accountName: 'CABINET01',
		changes: { alertActive: false, mailsToAdd: 'a@x.fr, b@x.fr' },
		alertsFrom: 'form',
		alertForm: {
			alert: [
				{ procedures: ['TVA', 'TDFC'], trigger: 'ARS negative', delayDays: 7, active: true },
				{ procedures: ['DSN'], trigger: 'AIS positive', active: false },
			],
		},
	};

	it('sends what the form says', async () => {
		const [result] = await jsonOf('modify', form);
		expect(result).toMatchObject({ status: 'modified', alertActive: false });
		expect(result).not.toHaveProperty('notApplied');
		expect(sandbox.configuration('CABINET01')).toMatchObject({
			alertActive: false,
			mails: ['cabinet01@cabinet.example', 'a@x.fr', 'b@x.fr'],
			procedures: {
				TVA: [{ type: 'ARS', positive: false, delay: 7 }],
				TDFC: [{ type: 'ARS', positive: false, delay: 7 }],
				DSN: [],
			},
		});
	});

	it('only reports differences when told to', async () => {
		const before = sandbox.configurations();
		const [report] = await jsonOf('modify', { ...form, onlyReportDifferences: true });
		expect(report).toEqual({
			accountName: 'CABINET01',
			status: 'would_change',
			differences: [
				{ what: 'alertActive', from: true, to: false },
				expect.objectContaining({ what: 'mails' }),
				{ what: 'TVA ARS negative', from: 'TVA ARS negative 5', to: 'TVA ARS negative 7' },
				expect.objectContaining({ what: 'TDFC ARS negative' }),
				{ what: 'DSN AIS positive', from: 'DSN AIS positive', to: 'DSN AIS positive off' },
			],
		});
		expect(sandbox.configurations()).toEqual(before);
		expect(changes()).toEqual([]);
	});

	it('sends nothing when nothing changes, when told to', async () => {
		const settings = {
			accountName: 'CABINET01',
			changes: { alertActive: true },
			options: { skipUnchanged: true },
		};
		expect(await jsonOf('modify', settings)).toMatchObject([
			{ status: 'unchanged', differences: [] },
		]);
		expect(changes()).toEqual([]);
	});

	it.each([
		[false, []],
		[true, ['DSN AIS positive']],
	])(
		'sends the current alerts along when told to (%s), for a service that clears what is left out',
		async (sendCurrentAlerts, kept) => {
			sandbox.behaviour.omittedAlerts = 'clear';
			await run('modify', {
				accountName: 'CABINET01',
				alertsFrom: 'list',
				alertList: 'TVA ARS negative 1',
				options: { sendCurrentAlerts },
			});
			const [after] = await jsonOf('get', { accountName: 'CABINET01' });
			expect(after.activeAlerts).toEqual(['TVA ARS negative 1', ...kept]);
		},
	);

	it('tells what the service cleared or changed although nobody asked for it, when it has read before', async () => {
		Object.assign(sandbox.behaviour, { omittedAlerts: 'clear', omittedFields: 'clear' });
		const { execution, hints } = start('modify', {
			accountName: 'CABINET01',
			alertsFrom: 'list',
			alertList: 'TVA ARS negative 1',
			options: { skipUnchanged: true },
		});
		const [item] = await outputOf(executeTable(execution, aspOneAlertTable));
		expect(item?.json).toMatchObject({
			status: 'modified',
			alsoChanged: [
				{ what: 'alertActive', from: true, to: false },
				{ what: 'mails', from: 'cabinet01@cabinet.example', to: '' },
				{ what: 'DSN AIS positive', from: 'DSN AIS positive', to: null },
			],
		});
		expect(hints).toMatchObject([
			{ message: expect.stringContaining('alertActive, mails, DSN AIS positive') },
		]);
	});

	it('sends stored alerts outside the rules along as they are', async () => {
		sandbox.behaviour.omittedAlerts = 'clear';
		const stored = [
			{ type: 'ARS', positive: false, delay: 150 },
			{ type: 'AIS', positive: true, delay: null },
		];
		sandbox.store('CABINET01', { procedures: { TVA: stored, NOUVELLE: stored, DSN: [] } });
		const settings = {
			accountName: 'CABINET01',
			alertsFrom: 'list',
			alertList: 'DSN ARS positive',
			options: { sendCurrentAlerts: true },
		};
		const [result] = await jsonOf('modify', settings);
		expect(result).not.toHaveProperty('alsoChanged');
		expect(sandbox.configuration('CABINET01').procedures).toMatchObject({
			TVA: stored,
			NOUVELLE: stored,
			DSN: [{ type: 'ARS', positive: true, delay: null }],
		});
	});

	it('names stored alerts that the WSDL has no place for', async () => {
		sandbox.store('CABINET01', {
			procedures: { TVA: [{ type: 'XYZ', positive: true, delay: null }], DSN: [] },
		});
		const call = run('modify', {
			accountName: 'CABINET01',
			alertsFrom: 'list',
			alertList: 'DSN ARS positive',
			options: { sendCurrentAlerts: true },
		});
		await expect(call).rejects.toMatchObject({
			message: expect.stringContaining('does not know "XYZ" for type'),
			description: expect.stringContaining('to be sent along: TVA XYZ positive'),
		});
		expect(changes()).toEqual([]);
	});

	it('looks at the configuration when the service confirms a change without it', async () => {
		sandbox.answerNext('successWithoutConfiguration');
		const [result] = await jsonOf('modify', {
			accountName: 'CABINET01',
			changes: { sendTest: true },
		});
		// The answer was invented: the change did not reach the sandbox.
		expect(result).toMatchObject({ status: 'modified', notApplied: [{ what: 'sendTest' }] });
	});

	it.each([
		[true, ['VRAI', 'Oui', 'WAAR', 'ja', 'x', 'X', ' true ', '1', 'yes']],
		[false, ['FAUX', 'Non', 'ONWAAR', 'nee', 'false', '0', 'off']],
	])('reads %s as Excel and people write it in France and Belgium', async (sendTest, words) => {
		for (const word of words) {
			sandbox.store('CABINET01', { sendTest: !sendTest });
			await run(
				'modify',
				{ accountName: 'CABINET01', changes: { sendTest: '={{ $json.test }}' } },
				{ items: [{ test: word }] },
			);
			expect([word, sandbox.configuration('CABINET01').sendTest]).toEqual([word, sendTest]);
		}
	});

	it('says what the answer does not confirm', async () => {
		// An answer with another configuration than the one that was asked for.
		sandbox.answerNext('poisoned');
		const { execution, hints } = start('modify', {
			accountName: 'CABINET01',
			changes: { sendTest: true },
		});
		const [{ json }] = await outputOf(executeTable(execution, aspOneAlertTable));
		expect(json).toMatchObject({
			status: 'modified',
			notApplied: [{ what: 'sendTest', from: false, to: true }],
		});
		expect(hints).toMatchObject([{ message: expect.stringContaining('sendTest') }]);
	});

	it('clears nothing by an empty field of a sheet', async () => {
		const before = sandbox.configuration('CABINET01');
		const parameters = {
			accountName: '={{ $json.account }}',
			changes: {
				alertActive: '={{ $json.active }}',
				mails: '={{ $json.mails }}',
				sendTest: '={{ $json.test }}',
			},
			alertsFrom: 'list',
			alertList: '={{ $json.alerts }}',
		};
		const row = { account: 'CABINET01', active: '', mails: '', alerts: '', test: 'oui' };
		await run('modify', parameters, { items: [row] });
		expect(sandbox.configuration('CABINET01')).toEqual({ ...before, sendTest: true });
		await expect(run('modify', parameters, { items: [{ ...row, test: '' }] })).rejects.toThrow(
			/changes nothing/,
		);
		await expect(run('modify', parameters, { items: [{ ...row, test: 'maybe' }] })).rejects.toThrow(
			/^Send Test must be true or false/,
		);
	});

	it.each([
		[
			'a list and additions',
			{ changes: { mails: 'a@x.fr', mailsToAdd: 'b@x.fr' } },
			/cannot be combined/,
		],
		[
			'a long name',
			{ accountName: 'IdCompte.IdCP', changes: { sendTest: true } },
			/at most 9 characters/,
		],
		['an impossible alert', { alertsFrom: 'list', alertList: 'TVA AIS' }, /AIS messages come for/],
		[
			'no procedure',
			{ alertsFrom: 'form', alertForm: { alert: [{ procedures: [], trigger: 'ARS positive' }] } },
			/choose at least one procedure/,
		],
		[
			'a CDATA section',
			{
				accountName: '<![CDATA[x]]>',
				changes: { sendTest: true },
				options: { anyAccountNameLength: true },
			},
			/must not contain the character "<"/,
		],
	])('refuses %s before anything is sent', async (_name, parameters, problem) => {
		const call = run('modify', { accountName: 'CABINET01', ...parameters });
		await expect(call).rejects.toThrow(problem);
		await expect(call).rejects.toBeInstanceOf(NodeOperationError);
		expect(sandbox.mockServer.calls.list()).toEqual([]);
	});
});

describe('Activate and Deactivate', () => {
	it('switch the alerts and leave all else as it is', async () => {
		const before = sandbox.configuration('CLIENT02');
		expect(await jsonOf('deactivate', { accountName: 'CLIENT02' })).toMatchObject([
			{ status: 'modified', alertActive: false },
		]);
		expect(sandbox.configuration('CLIENT02')).toEqual({ ...before, alertActive: false });
		await run('activate', { accountName: 'CLIENT02' });
		expect(sandbox.configuration('CLIENT02')).toEqual(before);
	});

	it('only report when told to', async () => {
		const parameters = { accountName: 'CLIENT02', onlyReportDifferences: true };
		expect(await jsonOf('activate', parameters)).toMatchObject([{ status: 'unchanged' }]);
		expect(await jsonOf('deactivate', parameters)).toMatchObject([{ status: 'would_change' }]);
		expect(changes()).toEqual([]);
	});
});

describe('Modify Many', () => {
	const parameters = {
		accountName: '={{ $json.account }}',
		changes: { alertActive: '={{ $json.active }}', mailsToAdd: '={{ $json.mail }}' },
		alertsFrom: 'list',
		alertList: '={{ $json.alerts }}',
	};
	const rows = [
		{ account: 'CABINET01', alerts: 'TVA ARS negative 1' },
		{ account: 'CLIENT02', active: 'non' },
		{ account: 'CABINET01', alerts: 'TDFC ACS negative 2', mail: 'x@x.fr' },
		{ account: 'CLIENT03', mail: 'y@x.fr' },
	];

	it('puts the items of an account together into one call, and says which they were', async () => {
		const items = await run('modifyMany', parameters, { items: rows });
		expect(
			items.map(({ json, pairedItem }) => [json.accountName, json.status, pairedItem]),
		).toEqual([
			['CABINET01', 'modified', [{ item: 0 }, { item: 2 }]],
			['CLIENT02', 'modified', [{ item: 1 }]],
			['CLIENT03', 'modified', [{ item: 3 }]],
		]);
		expect(changes()).toHaveLength(3);
		expect(sandbox.configuration('CABINET01')).toMatchObject({
			mails: ['cabinet01@cabinet.example', 'x@x.fr'],
			procedures: {
				TVA: [{ type: 'ARS', delay: 1 }],
				TDFC: [{ type: 'ACS', delay: 2 }],
			},
		});
	});

	it('sends nothing at all when one item is wrong, and names every wrong one', async () => {
		const wrong = [
			...rows,
			{ account: 'CLIENT02', active: 'oui' },
			{ account: 'CLIENT03', alerts: 'DSN RCP' },
			{ account: '', active: 'oui' },
			{ account: 'CABINET01', alerts: 'TVA ARS negative 9' },
		];
		const failure = await run('modifyMany', parameters, { items: wrong }).then(
			() => undefined,
			(error: Error) => error,
		);
		expect(failure?.message).toMatch(/item 5: .*true in one item of CLIENT02 and false in another/);
		expect(failure?.message).toMatch(/item 7: Account Name is empty/);
		expect(failure?.message).toMatch(/CLIENT03: Alerts holds an impossible one/);
		expect(failure?.message).toMatch(/CABINET01: Alerts says two different things/);
		expect(sandbox.mockServer.calls.list()).toEqual([]);
	});

	it('takes names that differ in case only for a mistake, for two changes at once would undo each other', async () => {
		const items = [...rows, { account: 'client02', active: 'non' }];
		await expect(run('modifyMany', parameters, { items })).rejects.toThrow(
			/item 5: Account Name is client02, and CLIENT02 in another item: write it in one way/,
		);
		expect(sandbox.mockServer.calls.list()).toEqual([]);
	});

	it('goes on after a failure of one account, and gives each its result or its error', async () => {
		const items = await run('modifyMany', parameters, {
			items: [{ account: 'NOBODY', active: 'oui' }, ...rows],
			continueOnFail: true,
		});
		expect(items[0]).toMatchObject({
			json: {
				error: 'NOBODY: ASPOne refused the request: Compte inconnu : NOBODY',
				details: { code: 'refused', accountName: 'NOBODY', outcome: 'not_done' },
			},
			pairedItem: [{ item: 0 }],
		});
		expect(items.slice(1).map(({ json }) => json.status)).toEqual(Array(3).fill('modified'));
	});

	it('says how many were done when the workflow stops', async () => {
		const call = run('modifyMany', parameters, {
			items: [...rows, { account: 'NOBODY', active: 'oui' }],
		});
		await expect(call).rejects.toMatchObject({
			message: expect.stringContaining('NOBODY: ASPOne refused'),
			description: expect.stringContaining('3 of 4 accounts had been completed'),
		});
	});

	it('stops after a failure that would meet all accounts: fifty with a wrong password make one call', async () => {
		const items = await run('modifyMany', parameters, {
			items: Array.from({ length: 50 }, (_, index) => ({ account: `A${index}`, active: 'oui' })),
			continueOnFail: true,
			credentials: credential({ userPassword: 'mauvais', userLogin: 'CABINET50@aspone.fr' }),
		});
		expect(items).toHaveLength(50);
		expect(items.every(({ json }) => typeof json.error === 'string')).toBe(true);
		expect(sandbox.mockServer.calls.list()).toHaveLength(1);
	});

	it('goes on over thirty refusals of ordinary business, although their words resemble those of logins', async () => {
		const texts = ['Ressource momentanément indisponible', "n'est associé à aucune procédure"];
		sandbox.refuseNext(...Array.from({ length: 30 }, (_, index) => texts[index % 2] ?? ''));
		const items = await run('modifyMany', parameters, {
			items: [
				...Array.from({ length: 30 }, (_, index) => ({ account: `ASSO${index}`, active: 'oui' })),
				{ account: 'CABINET01', active: 'non' },
			],
			continueOnFail: true,
		});
		expect(items.filter(({ json }) => json.status === 'modified')).toHaveLength(1);
		expect(changes()).toHaveLength(31);
		expect(sandbox.configuration('CABINET01').alertActive).toBe(false);
	});

	it('only reports differences of every account when told to', async () => {
		const items = await jsonOf(
			'modifyMany',
			{ ...parameters, onlyReportDifferences: true },
			{ items: rows },
		);
		expect(items.map(({ status }) => status)).toEqual(Array(3).fill('would_change'));
		expect(changes()).toEqual([]);
	});
});

describe('the test of the credential', () => {
	const verdict = async (more: IDataObject) =>
		await aspOneWsseApiTest.call(
			{} as never,
			{ id: '1', name: 'c', type: 'aspOneWsseApi', data: credential(more) } as never,
		);

	it('reads the account of the login, or the one that is given', async () => {
		expect(await verdict({})).toEqual({
			status: 'OK',
			message: 'ASPOne accepts both logins (configuration of CABINET01 read)',
		});
		expect(await verdict({ testAccountName: 'CLIENT02' })).toMatchObject({
			message: expect.stringContaining('CLIENT02'),
		});
		expect(changes()).toEqual([]);
	});

	it('tells white label, user, throttle and transport apart', async () => {
		// Logins of their own, because the throttle is shared by the whole process.
		const messages = [
			await verdict({ whiteLabelPassword: 'wrong', userLogin: 'T1@aspone.fr' }),
			await verdict({ userPassword: 'wrong', userLogin: 'T2@aspone.fr' }),
			await verdict({ userLogin: 'T2@aspone.fr' }),
			await verdict({ endpoint: 'http://127.0.0.1:9/ws/alert', userLogin: 'T3@aspone.fr' }),
			await verdict({ endpoint: 'http://services.example/ws/alert' }),
		];
		expect(messages.map(({ status }) => status)).toEqual(Array(5).fill('Error'));
		expect(messages.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^ASPOne does not accept the white-label login/),
			expect.stringMatching(/^ASPOne does not accept the user login/),
			expect.stringMatching(/^This login was refused a moment ago/),
			expect.stringMatching(/^ASPOne refuses connections/),
			expect.stringMatching(/^Endpoint must begin with https/),
		]);
	});

	it.each([
		['', 'User Login is empty'],
		['CABINET01@aspone.fr ', 'User Login begins or ends with a blank'],
	])('names the field of the user login "%s" before any call', async (userLogin, message) => {
		expect(await verdict({ userLogin })).toEqual({
			status: 'Error',
			message: expect.stringMatching(`^${message}`),
		});
		expect(sandbox.mockServer.calls.list()).toEqual([]);
	});

	it('takes an unknown account for what it is', async () => {
		expect(await verdict({ testAccountName: 'NOBODY', userLogin: sandbox.users[0].login })).toEqual(
			{
				status: 'OK',
				message: expect.stringContaining('not for the account NOBODY: Compte inconnu'),
			},
		);
	});
});
