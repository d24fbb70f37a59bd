import http from 'node:http';

import { closeAllConnections } from '../../../lib/http/agents';
import { toNodeError } from '../../../lib/node/node-error';
import type { AlertModification } from '../../../nodes/AspOneAlert/api/configuration';
import { LoginThrottle } from '../../../nodes/AspOneAlert/api/login-throttle';
import {
	type AspOneSandbox,
	type MalformedResponseName,
	startAspOneSandbox,
} from '../../../sandbox/aspone';
import { clientOf, settingsFor } from './scene';
import { AlertClient } from '../../../nodes/AspOneAlert/api/alert-client';
import { until } from '../fakes/held-time';

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

const ACCOUNT = 'CABINET01';

const change: AlertModification = {
	accountName: ACCOUNT,
	alertActive: false,
	mails: ['new@x.fr', 'other@x.fr'],
	sendTest: true,
	alerts: [
		{ procedure: 'TVA', type: 'ARS', positive: false, active: false, delayDays: 0 },
		{ procedure: 'TVA', type: 'RCP', positive: true, active: true },
		{ procedure: 'TDFC', type: 'ACS', positive: false, active: true, delayDays: 9 },
	],
};

const node = {
	id: 'n',
	name: 'ASPOne',
	type: 't',
	typeVersion: 1,
	position: [0, 0] as [number, number],
	parameters: {},
};

/** Everything that must never be seen. */
function planted(): string[] {
	const [{ password }, admin] = sandbox.users;
	const { whiteLabel, sharedKey } = sandbox.behaviour;
	return [
		password,
		admin.password,
		whiteLabel.password,
		sharedKey,
		'Envelope',
		'UsernameToken',
		'sso:',
	];
}

/** The failure of a call, after making sure that no form of it holds a secret. */
async function failureOf(call: Promise<unknown>) {
	const error: unknown = await call.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof Error)) throw new Error('It did not fail');
	const nodeError = toNodeError(node, error, 0);
	const texts = [
		JSON.stringify(error),
		JSON.stringify(nodeError),
		error.message,
		error.stack ?? '',
		String(nodeError.description),
		JSON.stringify(nodeError.context),
	].join('\n');
	for (const secret of planted())
		for (const form of [secret, JSON.stringify(secret).slice(1, -1)])
			expect(texts).not.toContain(form);
	expect(Object.keys(error)).not.toEqual(expect.arrayContaining(['response', 'config', 'cause']));
	return error as Error & { code: string; details: Record<string, unknown> };
}

describe.each(['defaultNamespace', 'unqualified', 'prefixed'] as const)('in shape %s', (shape) => {
	beforeEach(() => {
		sandbox.behaviour.shape = shape;
	});

	it('reads a configuration', async () => {
		expect(await clientOf(sandbox).get(ACCOUNT)).toMatchObject({
			accountName: ACCOUNT,
			alertActive: true,
			mails: ['cabinet01@cabinet.example'],
		});
	});

	it('changes what is given and nothing else, and gives the configuration afterwards', async () => {
		const after = await clientOf(sandbox).modify(change);
		expect(sandbox.configuration(ACCOUNT)).toEqual({
			accountName: ACCOUNT,
			alertActive: false,
			sendAdmin: false,
			secondaryAccountAlert: false,
			sendMultiplePaiement: false,
			sendTest: true,
			mails: ['new@x.fr', 'other@x.fr'],
			procedures: {
				TVA: [{ type: 'RCP', positive: true, delay: null }],
				TDFC: [{ type: 'ACS', positive: false, delay: 9 }],
				DSN: [{ type: 'AIS', positive: true, delay: null }],
				PAIEMENT: [],
			},
		});
		expect(after).toMatchObject({ alertActive: false, mails: ['new@x.fr', 'other@x.fr'] });
	});
});

describe('logins', () => {
	it('work with SSO, with a new token for every call, in any time zone that both agree on', async () => {
		for (const timeZone of ['Europe/Paris', 'Pacific/Auckland']) {
			sandbox.behaviour.timeZone = timeZone;
			const [{ login }] = sandbox.users;
			const client = clientOf(sandbox, {
				user: { login, secret: { kind: 'sso', sharedKey: sandbox.behaviour.sharedKey, timeZone } },
			});
			await client.get(ACCOUNT);
			await client.get(ACCOUNT);
		}
	});

	it('that are refused are told apart: white label', async () => {
		const client = clientOf(sandbox, { whiteLabel: { login: 'ASPONE', password: 'wrong' } });
		const failure = await failureOf(client.get(ACCOUNT));
		expect(failure.message).toMatch(/does not accept the white-label login: The security token/);
		expect(failure).toMatchObject({
			code: 'unauthenticated',
			details: { status: 500, data: { refusedLevel: 'white_label' }, outcome: 'not_done' },
		});
		await failureOf(client.get(ACCOUNT));
		expect(sandbox.mockServer.calls.list()).toHaveLength(1);
	});

	it('that are refused are told apart: user, and then no call is made, for fifty items one', async () => {
		const [{ login }] = sandbox.users;
		const throttle = new LoginThrottle();
		const user = { login, secret: { kind: 'password' as const, password: 'mauvais-mot' } };
		const client = clientOf(sandbox, { user }, { throttle });
		const failures = await Promise.all(
			Array.from({ length: 50 }, async () => await failureOf(client.get(ACCOUNT))),
		);
		expect(failures[0].message).toMatch(
			/does not accept the user login: Identifiant ou mot de passe/,
		);
		expect(failures[0].details.hint).toMatch(
			/The words "mot de passe incorrect" are taken for a refused login; "Login Refusal Words"/,
		);
		expect(failures[0].details.data).toEqual({
			refusedLevel: 'user',
			certain: true,
			nextTryAt: expect.stringMatching(/^\d{4}-.*Z$/),
		});
		expect(failures[49].message).toMatch(
			/ASPOne was not called; the next try is possible in about 1 minute \(at \d\d:\d\d UTC\)$/,
		);
		// Another execution of the same process, with another client.
		await failureOf(clientOf(sandbox, { user }, { throttle }).modify(change));
		expect(sandbox.mockServer.calls.list()).toHaveLength(1);
		expect(sandbox.loginRecords()).toMatchObject([{ failures: 1, triesWhileWaiting: 0 }]);
	});

	it('that become wrong after they were good cost one call in the next execution', async () => {
		const throttle = new LoginThrottle();
		await clientOf(sandbox, {}, { throttle }).get(ACCOUNT);
		const settings = settingsFor(sandbox);
		const next = new AlertClient(settings, { throttle });
		sandbox.setPassword(sandbox.users[0]?.login ?? '', 'another-one');
		await Promise.all(Array.from({ length: 8 }, async () => await failureOf(next.get(ACCOUNT))));
		expect(sandbox.loginRecords()).toMatchObject([{ failures: 1, triesWhileWaiting: 0 }]);
	});

	it.each(['Compte ASSO01 inconnu', 'Ressource momentanément indisponible'])(
		'stay usable after the refusal "%s"',
		async (text) => {
			const throttle = new LoginThrottle();
			sandbox.refuseNext(...Array<string>(5).fill(text));
			for (let call = 0; call < 5; call++) {
				const failure = await failureOf(clientOf(sandbox, {}, { throttle }).get(ACCOUNT));
				expect(failure).toMatchObject({
					code: 'refused',
					details: { data: { refusedLevel: 'request' } },
				});
			}
			await clientOf(sandbox, {}, { throttle }).get(ACCOUNT);
		},
	);

	it('wait as long as the service says', async () => {
		sandbox.behaviour.loginRefusal = 'Mot de passe incorrect, réessayez dans 20 minutes';
		const [user] = sandbox.users;
		const secret = { kind: 'password' as const, password: 'mauvais-mot' };
		const client = clientOf(sandbox, { user: { login: user?.login ?? '', secret } });
		const failure = await failureOf(client.get(ACCOUNT));
		expect(failure.details).toMatchObject({
			retryAfterSeconds: 1200,
			hint: expect.stringContaining('possible in about 20 minutes'),
		});
	});

	it.each([
		['patientez 90 secondes', 90],
		['retry in 90 seconds', 90],
		['réessayez dans 1 h 30', 5400],
		['réessayez dans 1h30', 5400],
		['réessayez dans 1 heure et 30 minutes', 5400],
		['patientez 2 min 30 s', 150],
		['patientez 30 secondes (30 minutes au plus)', 1800],
		['réessayez après 2 heures', 7200],
		["compte verrouillé jusqu'à 14 h 35", undefined],
		["compte verrouillé jusqu'à 14h35", undefined],
		['réessayez à 14 heures', undefined],
		['réessayez après 14 h 35', undefined],
		['réessayez plus tard', undefined],
	])('a named wait is read from %j', async (text, seconds) => {
		// Twice, as a fault and its detail may say it.
		sandbox.behaviour.loginRefusal = `Mot de passe incorrect, ${text}. ${text}`;
		const [user] = sandbox.users;
		const secret = { kind: 'password' as const, password: 'mauvais-mot' };
		const client = clientOf(sandbox, { user: { login: user?.login ?? '', secret } });
		const failure = await failureOf(client.get(ACCOUNT));
		expect(failure.details.retryAfterSeconds).toBe(seconds);
	});

	it('of administrators do not work with SSO', async () => {
		const user = {
			login: 'ADMIN@aspone.fr',
			secret: {
				kind: 'sso' as const,
				sharedKey: sandbox.behaviour.sharedKey,
				timeZone: 'Europe/Paris',
			},
		};
		const failure = await failureOf(clientOf(sandbox, { user }).get(ACCOUNT));
		expect(failure.details.data).toMatchObject({ refusedLevel: 'user' });
	});

	it('with a clock that is off say so', async () => {
		const now = () => new Date(Date.now() + 10 * 60_000);
		const failure = await failureOf(clientOf(sandbox, {}, { now }).get(ACCOUNT));
		expect(failure.details.data).toEqual({ refusedLevel: 'white_label' });
		expect(failure.details.hint).toMatch(/clock of this machine is \d+ s ahead/);
	});
});

describe('wrong answers: one clear failure each, without a secret', () => {
	const CASES: Array<
		[MalformedResponseName, code: string, message: RegExp, modifyOutcome: string]
	> = [
		['serverFault', 'service_failed', /failed to treat the request: Erreur interne/, 'unknown'],
		['clientFault', 'refused', /refused the request: Requête invalide/, 'not_done'],
		['faultWithStatus200', 'service_failed', /Erreur interne/, 'unknown'],
		['error', 'refused', /refused the request: Compte inconnu/, 'not_done'],
		['errorWithoutReason', 'refused', /refused the request/, 'not_done'],
		[
			'successWithStatus500',
			'answer_malformed',
			/says SUCCESS, but with HTTP status 500/,
			'unknown',
		],
		['otherRoot', 'answer_malformed', /a message that holds "surprise" and no wsRes/, 'unknown'],
		['foreignXml', 'answer_malformed', /is not SOAP: its root element is "catalogue"/, 'unknown'],
		['warning', 'answer_malformed', /response type "WARNING", which is neither/, 'unknown'],
		[
			'otherAccount',
			'answer_malformed',
			/about the account CABINET01, and answered about "CLIENT02"/,
			'unknown',
		],
		['twoAccounts', 'answer_malformed', /answered about "CLIENT02"/, 'unknown'],
		['otherOperation', 'answer_malformed', /another operation, "GetDeposit"/, 'unknown'],
		['bothVerdicts', 'answer_malformed', /says SUCCESS and gives an error as well/, 'unknown'],
		['successBesideFault', 'answer_malformed', /several answers at once/, 'unknown'],
		['empty', 'answer_malformed', /answered with nothing \(HTTP 200\)/, 'unknown'],
		['webPage', 'answer_malformed', /web page instead of a SOAP message/, 'unknown'],
		['badGateway', 'service_failed', /web page instead of a SOAP message \(HTTP 502\)/, 'unknown'],
		['plainText', 'answer_malformed', /not a readable SOAP message/, 'unknown'],
		['notWellFormed', 'answer_malformed', /not a readable SOAP message/, 'unknown'],
		['entities', 'answer_malformed', /not a readable SOAP message/, 'unknown'],
		['deep', 'answer_malformed', /not a readable SOAP message/, 'unknown'],
		['huge', 'answer_too_large', /more than 1024 KiB/, 'unknown'],
	];

	it.each(CASES)('%s', async (name, code, message, outcome) => {
		sandbox.answerNext(name, 10);
		const read = await failureOf(clientOf(sandbox).get(ACCOUNT));
		expect(read).toMatchObject({ code, message: expect.stringMatching(message) });
		const tries = sandbox.mockServer.calls.list().length;
		expect(tries).toBe(name === 'badGateway' ? 3 : 1);
		expect(toNodeError(node, read, 0).description).not.toMatch(/\.\.|web site or a proxy.*WARNING/);
		const write = await failureOf(clientOf(sandbox).modify(change));
		expect(write).toMatchObject({ code, details: { outcome } });
		// A change whose outcome is unknown is never sent again.
		expect(sandbox.mockServer.calls.list()).toHaveLength(tries + 1);
		sandbox.mockServer.injectedFaults.clear();
	});

	it('an account name alone is no configuration', async () => {
		sandbox.answerNext('onlyAccountName');
		const read = await failureOf(clientOf(sandbox).get(ACCOUNT));
		expect(read.message).toMatch(/gives no alert configuration/);
	});

	it('a success without a configuration is a failure of a read, and not of a change', async () => {
		sandbox.answerNext('successWithoutConfiguration', 2);
		const read = await failureOf(clientOf(sandbox).get(ACCOUNT));
		expect(read.message).toMatch(/gives no alert configuration/);
		expect(await clientOf(sandbox).modify(change)).toBeUndefined();
	});

	it('poisoned elements change no object of the process', async () => {
		sandbox.answerNext('poisoned');
		const before = Object.getOwnPropertyNames(Object.prototype).length;
		const found = await clientOf(sandbox).get(ACCOUNT);
		expect(found.accountName).toBe(ACCOUNT);
		expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
		expect(({} as Record<string, unknown>).obj).toBeUndefined();
	});

	it('a fault that holds the whole request shows nothing of it', async () => {
		const [{ login }] = sandbox.users;
		sandbox.echoNext();
		const failure = await failureOf(clientOf(sandbox).get(ACCOUNT));
		expect(failure.message).toBe('ASPOne failed to treat the request: Could not process');
		sandbox.echoNext();
		const { sharedKey } = sandbox.behaviour;
		const secret = { kind: 'sso' as const, sharedKey, timeZone: 'Europe/Paris' };
		await failureOf(clientOf(sandbox, { user: { login, secret } }).get(ACCOUNT));
	});

	it.each([
		['a cut connection', { kind: 'cutAfter' as const }, 'unreachable', 'unknown'],
		['no answer in time', { kind: 'hang' as const }, 'timeout', 'unknown'],
		['half an answer', { kind: 'truncate' as const }, 'unreachable', 'unknown'],
		['404', { kind: 'status' as const, status: 404 }, 'not_found', 'not_done'],
		['403', { kind: 'status' as const, status: 403 }, 'forbidden', 'not_done'],
	])('%s', async (_name, how, code, outcome) => {
		sandbox.mockServer.failNext({ method: 'POST', how, times: 10 });
		const failure = await failureOf(
			clientOf(sandbox, { timeoutMs: how.kind === 'hang' ? 300 : 10_000 }).modify(change),
		);
		expect(failure).toMatchObject({ code, details: { outcome } });
		expect(sandbox.mockServer.calls.list()).toHaveLength(1);
	});

	it('a redirect is not followed: its target receives nothing', async () => {
		const received: string[] = [];
		const target = http.createServer((request, response) => {
			received.push(request.method ?? '');
			response.end();
		});
		await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
		const location = `http://127.0.0.1:${(target.address() as { port: number }).port}/steal`;
		for (const status of [301, 302, 307, 308]) {
			sandbox.mockServer.failNext({ method: 'POST', how: { kind: 'redirect', location, status } });
			const failure = await failureOf(clientOf(sandbox).get(ACCOUNT));
			expect(failure.code).toBe('redirected');
		}
		await new Promise((resolve) => target.close(resolve));
		expect(received).toEqual([]);
	});
});

describe('attempts', () => {
	it('of a read are repeated after 503 and cut connections, each with a new nonce', async () => {
		const { mockServer } = sandbox;
		mockServer.failNext({ method: 'POST', how: { kind: 'status', status: 503 } });
		mockServer.failNext({ method: 'POST', how: { kind: 'cutAfter' } });
		await clientOf(sandbox).get(ACCOUNT);
		const bodies = mockServer.calls
			.detailed({ method: 'POST' })
			.map(({ requestBody }) => String(requestBody));
		const nonces = bodies.map((body) => /Nonce[^>]*>([^<]+)/.exec(body)?.[1]);
		expect(new Set(nonces).size).toBe(3);
	});

	it('of a change are repeated after 429, which says that it was not treated', async () => {
		sandbox.mockServer.failNext({
			method: 'POST',
			how: { kind: 'status', status: 429, retryAfter: 0 },
		});
		await clientOf(sandbox).modify(change);
		expect(sandbox.configuration(ACCOUNT).alertActive).toBe(false);
	});

	it('end when the execution is cancelled', async () => {
		const stop = new AbortController();
		sandbox.mockServer.failNext({ method: 'POST', how: { kind: 'hang' } });
		const call = failureOf(clientOf(sandbox, {}, { signal: stop.signal }).modify(change));
		await until(() => sandbox.mockServer.calls.list().length > 0);
		stop.abort();
		expect(await call).toMatchObject({ code: 'cancelled', details: { outcome: 'unknown' } });
		expect(
			await failureOf(clientOf(sandbox, {}, { signal: stop.signal }).get(ACCOUNT)),
		).toMatchObject({
			code: 'cancelled',
		});
	});
});

describe('settings', () => {
	it.each([
		['http://services.example/ws/alert', /must begin with https/],
		['ftp://127.0.0.1/x', /must begin with https/],
		['services.example', /must be an address/],
		['http://127.0.0.1.evil.example/', /must begin with https/],
	])('refuse the endpoint %s', (endpoint, problem) => {
		expect(() => new AlertClient(settingsFor(sandbox, { endpoint }))).toThrow(problem);
	});

	it('take the WSDL from its URL, with the schema it includes when that is allowed', async () => {
		const url = `${sandbox.endpoint}?wsdl`;
		await expect(
			clientOf(sandbox, { wsdl: { kind: 'url', url, allowed: false } }).get(ACCOUNT),
		).rejects.toThrow(/includes a further file/);
		await clientOf(sandbox, { wsdl: { kind: 'url', url, allowed: true } }).modify(change);
		expect(sandbox.configuration(ACCOUNT).alertActive).toBe(false);
		const { byOperation } = sandbox.mockServer.calls.counters();
		expect(byOperation).toMatchObject({ schema: 1, configurationAlertModification: 1 });
	});

	it.each([
		['/nowhere?wsdl', /^The WSDL cannot be fetched: /],
		['/schema/common/AlertWS.xsd', /^WSDL URL gives no WSDL/],
	])('name the WSDL when its URL ends with %s', async (path, message) => {
		const url = `${sandbox.url}${path}`;
		const client = clientOf(sandbox, { wsdl: { kind: 'url', url, allowed: false } });
		const failure = await failureOf(client.get(ACCOUNT));
		expect(failure.message).toMatch(message);
		expect(failure.details.field).toBe('WSDL URL');
	});

	it('never have the service version wrong without an understandable failure', async () => {
		const failure = await failureOf(clientOf(sandbox, { serviceVersion: '9' }).get(ACCOUNT));
		expect(failure.message).toBe('ASPOne refused the request: Unknown serviceVersion');
	});
});
