import type { IDataObject } from 'n8n-workflow';

import { closeAllConnections } from '../../../lib/http/agents';
import { aspOneAlertTable } from '../../../nodes/AspOneAlert/table';
import { type AspOneSandbox, startAspOneSandbox } from '../../../sandbox/aspone';
import type { InjectedFault } from '../../../sandbox/mock-server';
import {
	type Checked,
	checked,
	featuresOf,
	harmfulCalls,
	leaks,
	PLANTED,
	seenIn,
	stepOf,
} from './checked';

let sandbox: AspOneSandbox;
let runs = 0;

beforeEach(async () => {
	sandbox = await startAspOneSandbox();
});

afterEach(async () => {
	const harmful = harmfulCalls(sandbox.mockServer);
	const failures = sandbox.loginRecords().map((one) => one.failures + one.triesWhileWaiting);
	closeAllConnections();
	await sandbox.close();
	expect(harmful).toEqual([]);
	expect(Math.max(0, ...failures)).toBeLessThanOrEqual(1);
});

async function check(more: IDataObject = {}): Promise<Checked> {
	const [{ login, password }] = sandbox.users;
	const { whiteLabel } = sandbox.behaviour;
	const configurations = JSON.stringify(sandbox.configurations());
	const credential = {
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
	const found = await checked(aspOneAlertTable, { aspOneWsseApi: credential });
	expect(leaks(found, [login, password, whiteLabel.password, 'CABINET01', 'cabinet'])).toEqual([]);
	expect(JSON.stringify(sandbox.configurations())).toBe(configurations);
	return found;
}

const fail = (how: InjectedFault, method: string) =>
	sandbox.mockServer.failNext({ how, method, times: 99 });

/** The process remembers refused logins by address and login; each test has its own port. */
const wrongPassword = () => ({ userPassword: `top-secret-value-${runs++}` });

describe('Connection: Check of ASPOne', () => {
	it.each(['defaultNamespace', 'unqualified', 'prefixed'] as const)(
		'finds both logins good, with answers in the form %s',
		async (shape) => {
			sandbox.behaviour.shape = shape;
			const found = await check();
			expect(found.report).toMatchObject({ service: 'ASPOne', verdict: 'ok' });
			expect(featuresOf(found)).toEqual({ WSDL: 'yes' });
			expect(seenIn(found)).toMatchObject({
				serviceVersion: '1.0',
				procedures: ['TVA', 'TDFC', 'DSN', 'PAIEMENT'],
			});
		},
	);

	it('accepts a shared key', async () => {
		const { sharedKey } = sandbox.behaviour;
		const found = await check({ userAuthentication: 'sso', ssoSharedKey: sharedKey });
		expect(stepOf(found, 'Login').result).toBe('ok');
	});

	it('never costs a second failed login', async () => {
		const wrong = wrongPassword();
		const first = stepOf(await check(wrong), 'Login');
		expect(first).toMatchObject({ result: 'failed', facts: { refused: 'user' } });
		for (let again = 0; again < 3; again++) {
			const step = stepOf(await check(wrong), 'Login');
			expect(step).toMatchObject({ result: 'failed', facts: { tried: false } });
		}
		expect(sandbox.loginRecords()).toMatchObject([{ failures: 1, triesWhileWaiting: 0 }]);
	});

	it('tells a refused white label from a refused user', async () => {
		const found = await check({ whiteLabelPassword: 'top-secret-value' });
		expect(stepOf(found, 'Login').facts).toEqual({ refused: 'white label' });
		expect(sandbox.loginRecords()).toEqual([]);
	});

	it('does not log in with a clock that is wrong', async () => {
		const date = new Date(Date.now() - 900_000).toUTCString();
		fail({ kind: 'headers', headers: { date } }, 'HEAD');
		const found = await check();
		expect(stepOf(found, 'Clock').result).toBe('failed');
		expect(stepOf(found, 'Login').result).toBe('notTried');
		expect(sandbox.mockServer.calls.list({ method: 'POST' })).toEqual([]);
	});

	it('tells an account that the login may not read', async () => {
		const step = stepOf(await check({ testAccountName: 'ZZZ' }), 'Login');
		expect(step).toMatchObject({ result: 'warning', facts: { refused: 'request' } });
	});

	it('does without a description of the service', async () => {
		fail({ kind: 'status', status: 404 }, 'GET');
		const found = await check();
		expect(found.report.verdict).toBe('ok');
		expect(featuresOf(found)).toEqual({ WSDL: 'no' });
	});

	it('tells an address of another SOAP service', async () => {
		const body = '<definitions><operation name="Zacharie"/></definitions>';
		fail({ kind: 'status', status: 200, body, contentType: 'text/xml' }, 'GET');
		expect(stepOf(await check(), 'Description').result).toBe('warning');
	});

	it.each<[string, InjectedFault]>([
		['a failing service', { kind: 'status', status: 503 }],
		['a web page in its place', { kind: 'html' }],
		['a connection that is cut', { kind: 'cutAfter' }],
	])('tells %s from a refused login', async (_, how) => {
		fail(how, 'POST');
		const step = stepOf(await check(), 'Login');
		expect(step.result).toBe('failed');
		expect(step.facts.refused).toBeUndefined();
	});

	it('shows nothing of what answers hold, whichever they are', async () => {
		const text = PLANTED.join(' ');
		sandbox.store('CABINET01', {
			mails: ['zacharie.plantagenet@example.fr'],
			procedures: { Plantagenet: [], '85073003328': [] },
		});
		expect(seenIn(await check())['procedures outside the specification']).toBe(2);
		sandbox.refuseNext(`Compte inconnu : ${text}`);
		await check();
		sandbox.echoNext();
		await check();
		fail({ kind: 'status', status: 500, body: text, contentType: 'text/plain' }, 'POST');
		await check();
	});
});
