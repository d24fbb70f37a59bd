import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import {
	type AspOneSandbox,
	MALFORMED_RESPONSES,
	type MalformedResponseName,
	startAspOneSandbox,
} from '../../sandbox/aspone';
import { errorOf, type Execution, itemsOf, N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { template, withFolder } from './hubee';
import { rowsWorkflow } from './rows-workflow';

const ALERT = 'n8n-nodes-guichet.aspOneAlert';

let n8n: N8nInstance;
let sandbox: AspOneSandbox;
let credential: string;

const credentialData = (more: object = {}) => {
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
		extraCa: sandbox.ca,
		...more,
	};
};

beforeAll(async () => {
	sandbox = await startAspOneSandbox({ tls: true });
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	credential = await n8n.createCredential('ASPOne', 'aspOneWsseApi', credentialData());
});

afterEach(async () => {
	expect(sandbox.mockServer.faults).toEqual([]);
	await sandbox.mockServer.reset();
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

/** A manual trigger, some items, and the ASPOne node. */
async function run(
	parameters: INodeParameters,
	{
		rows = [{}],
		onError = 'stopWorkflow',
		id = credential,
	}: {
		rows?: IDataObject[];
		onError?: 'stopWorkflow' | 'continueRegularOutput';
		id?: string;
	} = {},
): Promise<Execution> {
	const workflow = rowsWorkflow(rows, {
		name: 'ASPOne',
		type: ALERT,
		parameters: { resource: 'configuration', ...parameters },
		onError,
	});
	const workflowId = await n8n.importWorkflow(workflow, { credentials: { aspOneWsseApi: id } });
	return await n8n.run(workflowId);
}

/** Nothing that is secret, and nothing of a message, is in what n8n stored. */
function expectNoSecret(execution: Execution, more: string[] = []): void {
	const [{ password }] = sandbox.users;
	const { whiteLabel, sharedKey } = sandbox.behaviour;
	const secrets = [
		password,
		whiteLabel.password,
		sharedKey,
		'soap:Envelope',
		'UsernameToken',
		...more,
	];
	for (const secret of secrets)
		for (const form of [secret, JSON.stringify(secret).slice(1, -1)])
			expect(execution.text).not.toContain(form);
}

const jsonOf = (execution: Execution) => itemsOf(execution, 'ASPOne').map(({ json }) => json);

const changes = () =>
	sandbox.mockServer.calls.list({ operation: 'configurationAlertModification' });

describe('every operation, over TLS with an authority of its own', () => {
	it('Get', async () => {
		const execution = await run({ operation: 'get', accountName: 'CABINET01' });
		expect(execution.error).toBeUndefined();
		expect(jsonOf(execution)).toMatchObject([
			{ accountName: 'CABINET01', activeAlerts: ['TVA ARS negative 5', 'DSN AIS positive'] },
		]);
		expectNoSecret(execution);
	});

	it('Modify, by the form', async () => {
		const execution = await run({
			operation: 'modify',
			accountName: 'CABINET01',
			changes: { mails: 'a@x.fr, b@x.fr', sendTest: true },
			alertsFrom: 'form',
			alertForm: {
				alert: [
					{ procedures: ['TDFC', 'PAIEMENT'], trigger: 'ARS negative', delayDays: 3, active: true },
				],
			},
		});
		expect(jsonOf(execution)).toMatchObject([{ status: 'modified', mails: ['a@x.fr', 'b@x.fr'] }]);
		expect(sandbox.configuration('CABINET01')).toMatchObject({
			sendTest: true,
			procedures: { PAIEMENT: [{ type: 'ARS', positive: false, delay: 3 }] },
		});
	});

	it('Activate, Deactivate, and Only Report Differences', async () => {
		await run({ operation: 'deactivate', accountName: 'CLIENT02' });
		expect(sandbox.configuration('CLIENT02').alertActive).toBe(false);
		const report = await run({
			operation: 'activate',
			accountName: 'CLIENT02',
			onlyReportDifferences: true,
		});
		expect(jsonOf(report)).toMatchObject([{ status: 'would_change' }]);
		expect(sandbox.configuration('CLIENT02').alertActive).toBe(false);
		await run({ operation: 'activate', accountName: 'CLIENT02' });
		expect(sandbox.configuration('CLIENT02').alertActive).toBe(true);
	});

	it('Modify Many, with one account that does not exist', async () => {
		const execution = await run(
			{
				operation: 'modifyMany',
				accountName: '={{ $json.account }}',
				alertsFrom: 'list',
				alertList: '={{ $json.alerts }}',
			},
			{
				rows: [
					{ account: 'CABINET01', alerts: 'TVA ACS negative 1' },
					{ account: 'NOBODY', alerts: 'TVA ACS negative 1' },
					{ account: 'CABINET01', alerts: 'TDFC ACS negative 1' },
				],
				onError: 'continueRegularOutput',
			},
		);
		expect(jsonOf(execution)).toMatchObject([
			{ accountName: 'CABINET01', status: 'modified' },
			{ error: expect.stringContaining('NOBODY: ASPOne refused the request: Compte inconnu') },
		]);
		expect(changes()).toHaveLength(2);
	});

	it('with SSO, and the WSDL from its address with the schema it includes', async () => {
		const id = await n8n.createCredential(
			'ASPOne SSO',
			'aspOneWsseApi',
			credentialData({
				userAuthentication: 'sso',
				ssoSharedKey: sandbox.behaviour.sharedKey,
				ssoTimeZone: 'Europe/Paris',
				wsdlSource: 'url',
				wsdlUrl: `${sandbox.endpoint}?wsdl`,
				fetchIncludes: true,
			}),
		);
		const execution = await run({ operation: 'deactivate', accountName: 'CLIENT03' }, { id });
		expect(jsonOf(execution)).toMatchObject([{ status: 'modified', alertActive: false }]);
		expectNoSecret(execution, ['sso:']);
	});
});

describe('each injected fault gives one clear error without a secret', () => {
	// A change that is confirmed without the configuration is read afterwards: `verified` says it.
	const harmless: MalformedResponseName[] = [
		'poisoned',
		'successWithoutConfiguration',
		'onlyAccountName',
	];
	const names = (Object.keys(MALFORMED_RESPONSES) as MalformedResponseName[]).filter(
		(name) => !harmless.includes(name),
	);

	it.each(names)('%s', async (name) => {
		sandbox.answerNext(name, 5);
		const execution = await run({
			operation: 'modify',
			accountName: 'CABINET01',
			changes: { sendTest: true },
		});
		expect(execution.status).toBe('error');
		expect(errorOf(execution, 'ASPOne')?.message).toMatch(
			/^ASPOne (answered|refused|failed|says|was asked) /,
		);
		expectNoSecret(execution);
		expect(sandbox.mockServer.calls.list()).toHaveLength(1);
	});

	it('a fault that holds the whole request', async () => {
		sandbox.echoNext();
		const execution = await run({ operation: 'get', accountName: 'CABINET01' });
		expect(errorOf(execution, 'ASPOne')?.message).toMatch(/^ASPOne failed to treat the request/);
		expectNoSecret(execution);
	});

	it('a 307, whose target receives nothing', async () => {
		const received: string[] = [];
		const target = http.createServer((request, response) => {
			received.push(request.method ?? '');
			response.end();
		});
		await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
		const location = `http://127.0.0.1:${(target.address() as { port: number }).port}/`;
		sandbox.mockServer.failNext({
			method: 'POST',
			how: { kind: 'redirect', location, status: 307 },
		});
		const execution = await run({ operation: 'get', accountName: 'CABINET01' });
		await new Promise((resolve) => target.close(resolve));
		expect(errorOf(execution, 'ASPOne')?.message).toMatch(/answered with a redirect/);
		expectNoSecret(execution);
		expect(received).toEqual([]);
	});

	it('answers that would poison every object of the process', async () => {
		sandbox.answerNext('poisoned');
		expect((await run({ operation: 'get', accountName: 'CABINET01' })).status).toBe('success');
		const after = await run({ operation: 'get', accountName: 'CABINET01' });
		expect(JSON.stringify(jsonOf(after))).not.toMatch(/polluted/);
	});

	it('a wrong password over fifty items, and over executions: one call', async () => {
		const id = await n8n.createCredential(
			'ASPOne wrong',
			'aspOneWsseApi',
			credentialData({ userLogin: 'ADMIN@aspone.fr', userPassword: 'mauvais-mot-de-passe' }),
		);
		const rows = Array.from({ length: 50 }, (_, index) => ({ account: `A${index}` }));
		const first = await run(
			{ operation: 'get', accountName: '={{ $json.account }}' },
			{ rows, id, onError: 'continueRegularOutput' },
		);
		expect(jsonOf(first)).toHaveLength(50);
		expectNoSecret(first, ['mauvais-mot-de-passe']);
		const second = await run({ operation: 'get', accountName: 'CABINET01' }, { id });
		expect(errorOf(second, 'ASPOne')?.message).toMatch(
			/refused a moment ago, so ASPOne was not called/,
		);
		expect(sandbox.mockServer.calls.list()).toHaveLength(1);
	});
});

it('the credential is tested by one read', async () => {
	const type = 'aspOneWsseApi';
	expect(await n8n.testCredential({ id: credential, type })).toMatchObject({ status: 'OK' });
	const wrong = credentialData({ whiteLabelPassword: 'wrong', userLogin: 'T@aspone.fr' });
	expect(await n8n.testCredential({ id: credential, type, data: wrong })).toMatchObject({
		status: 'Error',
		message: expect.stringContaining('white-label login'),
	});
	expect(changes()).toEqual([]);
});

describe('the templates', () => {
	const importTemplate = async (name: string, parameters: Record<string, INodeParameters> = {}) =>
		await n8n.importWorkflow(withFolder(template(name), n8n.filesFolder), {
			credentials: { aspOneWsseApi: credential },
			parameters,
		});

	const settings = (values: Record<string, string | boolean>) => ({
		Settings: {
			assignments: {
				assignments: Object.entries(values).map(([name, value]) => ({
					id: name,
					name,
					value,
					type: typeof value,
				})),
			},
		},
	});

	it('set alerts from a sheet: a report first, then the change, then nothing more to do', async () => {
		const file = join(n8n.filesFolder, 'aspone-alerts.csv');
		writeFileSync(
			file,
			'account,alertActive,mailsToAdd,alerts\n' +
				'CABINET01,,,"TVA, TDFC ARS negative 5; DSN AIS positive"\n' +
				'CLIENT02,non,a@cabinet.example,TVA ACS negative 2\n' +
				'CABINET01,,b@cabinet.example,\n',
		);
		const name = 'aspone-set-alerts-from-sheet';
		const report = await n8n.run(await importTemplate(name));
		expect(report.error).toBeUndefined();
		expect(itemsOf(report, 'Only Reported').map(({ json }) => json.report)).toEqual([
			expect.stringContaining('TDFC ARS negative: TDFC ARS negative off → TDFC ARS negative 5'),
			expect.stringContaining('alertActive: true → false'),
		]);
		expect(changes()).toEqual([]);

		const applied = await importTemplate(name, settings({ file, applyChanges: true }));
		const done = await n8n.run(applied);
		expect(itemsOf(done, 'Alerts Are Set').map(({ json }) => json.status)).toEqual([
			'modified',
			'modified',
		]);
		expect(sandbox.configuration('CLIENT02')).toMatchObject({
			alertActive: false,
			procedures: { TVA: [{ type: 'ACS', delay: 2 }] },
		});
		const again = await n8n.run(applied);
		expect(itemsOf(again, 'Alerts Are Set').map(({ json }) => json.status)).toEqual([
			'unchanged',
			'unchanged',
		]);
		expect(changes()).toHaveLength(2);

		// As Excel saves it in France: Windows-1252, semicolons, two empty rows at the end.
		const french = (...lines: string[]) =>
			writeFileSync(
				file,
				['account;alertActive;société;mailsToAdd;alerts', ...lines, ';;;;', ';;;;', ''].join(
					'\r\n',
				),
				'latin1',
			);
		french('NOBODY;VRAI;Été;;', 'CLIENT03;FAUX;"Dupont; fils";;');
		const stopped = await n8n.run(applied);
		expect(itemsOf(stopped, 'Could Not Be Checked')[0].json.report).toMatch(/Compte inconnu/);
		expect(itemsOf(stopped, 'Only Reported')).toHaveLength(1);
		expect(changes()).toHaveLength(2);

		french(
			'CLIENT02;x;Été;;',
			'CLIENT03;FAUX;"Dupont; fils";;"TDFC ACS negative 2; TDFC ARS positive"',
		);
		const switched = await n8n.run(applied);
		expect(itemsOf(switched, 'Alerts Are Set')).toHaveLength(2);
		expect(sandbox.configuration('CLIENT02').alertActive).toBe(true);
		expect(sandbox.configuration('CLIENT03')).toMatchObject({
			alertActive: false,
			procedures: { TDFC: [{ type: 'ACS', delay: 2 }, { type: 'ARS' }] },
		});
	});

	it('report in French what would change, by the French template', async () => {
		const file = join(n8n.filesFolder, 'alertes.csv');
		writeFileSync(file, 'account;alertActive;alerts\nNOBODY;oui;\nCLIENT02;;TVA ACS negative 7\n');
		const { Settings } = settings({ file, applyChanges: false });
		const id = await importTemplate('fr/aspone-set-alerts-from-sheet', { Réglages: Settings });
		const report = await n8n.run(id);
		expect(report.status).toBe('success');
		const reports = (node: string) => itemsOf(report, node).map(({ json }) => json.report);
		expect(reports('N’a pas pu être vérifié')).toEqual([
			expect.stringMatching(/^Non vérifié : .*Compte inconnu/),
		]);
		expect(reports('Ce qui changerait')).toEqual([expect.stringContaining('TVA ACS negative 7')]);
		expect(reports('Seulement rapporté')).toHaveLength(1);
		expect(changes()).toEqual([]);
	});

	it('switch the alerts of an account by a webhook', async () => {
		const id = await importTemplate('aspone-switch-alerts');
		await n8n.activate(id);
		const post = async (json: object) =>
			await n8n.callWebhook('aspone/switch', { method: 'POST', json });
		const off = await post({ account: 'CLIENT02', active: false });
		expect(off.json()).toEqual({ ok: true, account: 'CLIENT02', active: false });
		expect(sandbox.configuration('CLIENT02').alertActive).toBe(false);
		expect((await post({ account: 'CLIENT02', active: true })).json()).toMatchObject({
			active: true,
		});
		const incomplete = await post({ account: 'CLIENT02' });
		expect(incomplete.status).toBe(400);
		expect(incomplete.json()).toMatchObject({ error: expect.stringMatching(/Missing: active$/) });
		// ASPOne says yes and does nothing.
		sandbox.answerNext('successWithoutConfiguration');
		const unseen = await post({ account: 'CLIENT02', active: false });
		expect(unseen.status).toBe(502);
		expect(unseen.json()).toMatchObject({ ok: false, active: true });
		expect((await post({ account: 'MUCH-TOO-LONG', active: true })).status).toBe(400);
		const unknown = await post({ account: 'NOBODY', active: true });
		expect(unknown.status).toBe(502);
		expect(unknown.json()).toMatchObject({ ok: false, details: { code: 'refused' } });
		sandbox.answerNext('badGateway', 5);
		expect((await post({ account: 'CLIENT02', active: false })).status).toBe(504);
		await n8n.deactivate(id);
	});

	it('report all configurations every week', async () => {
		const values = { accounts: 'CABINET01, NOBODY, CLIENT02, =1+1', folder: n8n.filesFolder };
		const id = await importTemplate('aspone-weekly-report', settings(values));
		const execution = await n8n.run(id);
		expect(execution.error).toBeUndefined();
		const [file] = readdirSync(n8n.filesFolder).filter((name) => /^aspone-alerts-\d/.test(name));
		const lines = readFileSync(join(n8n.filesFolder, file), 'utf8').trim().split(/\r?\n/);
		expect(lines[0]).toMatch(/^\uFEFF?account,alerts,recipients,triggers,withoutAlert,problem$/);
		expect(lines[1]).toMatch(
			/^CABINET01,on,cabinet01@cabinet\.example,.*TVA ARS negative 5; DSN AIS positive.*,TDFC PAIEMENT,$/,
		);
		expect(lines[2]).toMatch(/^NOBODY,\?,,,,.*Compte inconnu/);
		expect(lines[3]).toMatch(/^CLIENT02,on,.*,TVA DSN,$/);
		const [{ json: alarm }] = itemsOf(execution, 'Tell a Person');
		expect(alarm.title).toBe('ASPOne: 2 accounts could not be read');
		expect(alarm.text).toMatch(/^NOBODY: .*Compte inconnu.*\n=1\+1: /);
		// No spreadsheet takes the name for a formula.
		expect(lines[4]).toMatch(/^'=1\+1,\?,/);
	});

	it('say which sheet or folder is missing, and what to look at', async () => {
		const missing = join(n8n.filesFolder, 'not-made');
		const file = join(missing, 'a.csv');
		const failed = async (name: string, values: Record<string, string>) => {
			const { status, error } = await n8n.run(await importTemplate(name, settings(values)));
			expect(status).toBe('error');
			return error?.message;
		};
		expect(await failed('aspone-set-alerts-from-sheet', { file })).toBe(
			`The sheet ${file} could not be read: No file(s) found. Is it there, and may n8n read in its folder (N8N_RESTRICT_FILE_ACCESS_TO)?`,
		);
		const report = { accounts: 'CABINET01', folder: missing };
		const message = await failed('aspone-weekly-report', report);
		expect(message).toMatch(/^The report could not be stored: ./);
		expect(message).toContain(
			`. Does the folder ${missing} exist, and may n8n write there (N8N_RESTRICT_FILE_ACCESS_TO)?`,
		);
	});
});

it('no secret is in the log of n8n', () => {
	const [{ password }] = sandbox.users;
	const { whiteLabel, sharedKey } = sandbox.behaviour;
	expect(n8n.logLinesWith(password, whiteLabel.password, sharedKey, 'UsernameToken')).toEqual([]);
});
