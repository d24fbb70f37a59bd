import type { IDataObject } from 'n8n-workflow';

import { closeAllConnections } from '../../lib/http/agents';
import { DEFAULT_RETRY_POLICY } from '../../lib/http/retry-policy';
import { hubEeOAuth2ApiTest } from '../../nodes/HubEe/credential-test';
import { hubEeTable } from '../../nodes/HubEe/table';
import type { InjectedFault } from '../../sandbox/mock-server';
import { BinaryStore } from '../unit/fakes/binary-store';
import { closedPort } from '../unit/fakes/service';
import { folderForm } from '../unit/hubee-osl/office';
import { Desk, type RunSetup } from '../unit/hubee/desk';

/** As nasty as a secret can be: everything that some encoding changes. */
const SECRET = 'pl4nted"sécret/&+%<\'\\ end';
const CLIENT = 'admin';
/** The administration may call everything. */
const credential = { clientId: CLIENT, clientSecret: SECRET, scope: 'ADMIN' };
const BASIC = Buffer.from(`${CLIENT}:${SECRET}`).toString('base64');
const NISS = '85.07.30-033.28';
const NIR = '185077512345678';

let desk: Desk;
let tokens: string[];

const { maxTries } = DEFAULT_RETRY_POLICY;

beforeAll(async () => {
	desk = await Desk.open();
	// Two tries show what five do.
	DEFAULT_RETRY_POLICY.maxTries = 2;
	// Every token that the sandbox hands out is a planted secret as well.
	const { definition } = desk.sandbox.mockServer;
	const handle = definition.handle.bind(definition);
	jest.spyOn(definition, 'handle').mockImplementation(async (call) => {
		const answer = await handle(call);
		if (call.path === '/oauth2/token' && answer.body && 'json' in answer.body) {
			const { access_token: token } = answer.body.json as { access_token?: string };
			if (token) tokens.push(token);
		}
		return answer;
	});
});
beforeEach(async () => {
	await desk.sandbox.reset();
	desk.sandbox.credential(CLIENT).clientSecret = SECRET;
	tokens = [];
});
afterAll(async () => {
	DEFAULT_RETRY_POLICY.maxTries = maxTries;
	await desk.close();
	closeAllConnections();
});

/**
 * An answer that sends back everything it was sent, in every shape, as a badly kept server does.
 */
function indiscreet(status: number): InjectedFault {
	const token = tokens.at(-1) ?? 'no-token';
	const said = [
		SECRET,
		encodeURIComponent(SECRET),
		BASIC,
		`Authorization: Basic ${BASIC}`,
		`Authorization: Bearer ${token}`,
		token,
		`<soapenv:Envelope><wsse:Password>${SECRET}</wsse:Password></soapenv:Envelope>`,
		`the worker ${NISS} and the citizen ${NIR}`,
		`at java.lang.Exception client_secret=${SECRET}&password=hidden-password`,
	];
	const errors = said.map((text) => ({ code: text, message: `Echo: ${text}`, field: text }));
	return {
		kind: 'status',
		status,
		body: JSON.stringify({ errors, error: said[0], error_description: said[3], instance: said[5] }),
		headers: { 'x-correlation-id': token, 'x-request-id': `Bearer ${token}` },
	};
}

/** The same as a web page. */
const indiscreetPage = (status: number): InjectedFault => ({
	kind: 'html',
	status,
	body: `<html><p>${SECRET}</p><pre>Authorization: Bearer ${tokens.at(-1)}</pre>${NISS}</html>`,
});

function expectNothingPlanted(shown: unknown, path: string): void {
	const error = shown as Error & { description?: string; stack?: string };
	const texts = [
		JSON.stringify(shown),
		shown instanceof Error ? [error.message, error.description, error.stack].join('\n') : '',
		shown instanceof Error ? JSON.stringify(error, Object.getOwnPropertyNames(error)) : '',
	].join('\n');
	const planted: Record<string, string> = {
		secret: SECRET,
		'secret in JSON': JSON.stringify(SECRET).slice(1, -1),
		'secret in a URL': encodeURIComponent(SECRET),
		'beginning of the secret': 'pl4nted',
		'basic header': BASIC,
		'part of the basic header': BASIC.slice(20, -4),
		'national number': NISS,
		'French national number': NIR,
		password: 'hidden-password',
		envelope: 'Envelope',
	};
	tokens.forEach((token, index) => (planted[`token ${index}`] = token));
	const found = Object.entries(planted).filter(([, text]) => texts.includes(text));
	if (found.length > 0)
		throw new Error(
			`${path} shows ${found.map(([name]) => name).join(', ')}: ${texts.slice(0, 3000)}`,
		);
}

/** Every operation, with what it needs; each makes at least one call. */
async function operations(): Promise<Array<[string, IDataObject, RunSetup?]>> {
	const { caseId, notificationId, deposited } = await desk.receive([{ fileName: 'a.pdf' }]);
	const { eventId, attachments } = await desk.sandbox.incomingEvent({
		caseId,
		actionType: 'ATTACH_DEPOSIT',
		files: [{ fileName: 'b.pdf', content: { text: 'b' } }],
	});
	const store = new BinaryStore();
	const files = {
		store,
		items: [{ json: {}, binary: { data: store.put('x', 'x.pdf', 'application/pdf') } }],
	};
	const event = { caseId, eventId };
	const eventFile = { ...event, attachmentId: attachments[0].id };
	const { folderId } = deposited;
	const organization = { organizationType: 'SI', siret: '21040107100019', branchCode: '04107' };
	const organizationForm = {
		...organization,
		name: 'Commune de Manosque',
		postalCode: '04100',
		territory: 'ALPES-DE-HAUTE-PROVENCE',
		email: 'contact@manosque.example.fr',
	};
	const [{ id: subscriptionId }] = desk.sandbox.hub.subscriptions.all();
	const subscriptionForm = {
		...organization,
		processCode: 'EtatCivil',
		datapassId: 4711,
		administratorEmail: 'adeline@manosque.example.fr',
		administratorFirstName: 'Adeline',
		administratorLastName: 'Test',
	};
	const { name, osl } = desk.sandbox.hub.processes.all()[0];
	const process = { ...desk.sandbox.hub.processes.all()[0], code: 'Nouveau', name, osl };
	const newerFields = { messageWithStatus: true, authorizedAwaiting: false };
	return [
		['notification:getMany', {}],
		['notification:acknowledge', { notificationId, ...event }],
		['notification:delete', { notificationId }],
		['case:get', { caseId }],
		['case:receive', { caseId }],
		['case:downloadAttachment', { caseId, attachmentId: deposited.attachments[0].id }],
		['case:updateStatus', { caseId, status: 'DONE', additionalFields: { alsoPatchCase: true } }],
		['event:sendFiles', { caseId, attachmentType: 'documents' }, files],
		['event:receive', event],
		['event:create', { caseId, actionType: 'COM_ADD' }],
		['event:get', event],
		['event:acknowledge', event],
		['event:updateStatus', { ...event, eventStatus: 'RECEIVED' }],
		['event:uploadAttachment', eventFile, files],
		['event:downloadAttachment', eventFile],
		['event:delete', event],
		['case:answerRequest', { caseId, attachmentType: 'documents' }, files],
		['case:close', { caseId, folderId }],
		['case:reopen', { caseId, folderId, attachmentType: 'documents' }, files],
		['folder:submit', folderForm(), files],
		['folder:create', folderForm(), files],
		['folder:get', { folderId }],
		['folder:uploadAttachment', { folderId, attachmentId: deposited.attachments[0].id }, files],
		['folder:updateStatus', { folderId, globalStatus: 'CLOSED' }],
		['folder:close', { folderId }],
		['folder:delete', { folderId }],
		['organization:getMany', {}],
		['organization:get', organization],
		['organization:create', organizationForm],
		['organization:ensure', organizationForm],
		['organization:update', { ...organization, changes: { name: 'Autre' } }],
		['process:getMany', {}],
		['process:get', { processCode: 'OTV' }],
		['process:create', { process: JSON.stringify(process), newerFields }],
		['process:update', { processCode: 'OTV', changes: { name: 'Autre' } }],
		['subscription:getMany', {}],
		['subscription:get', { subscriptionId }],
		['subscription:create', subscriptionForm],
		['subscription:ensure', subscriptionForm],
		['subscription:update', { subscriptionId, changes: { email: 'a@example.fr' } }],
		['subscription:activate', { subscriptionId }],
	];
}

/**
 * Runs an operation that is to fail, once stopping and once continuing, and looks through
 * everything it shows.
 */
async function expectDiscreetFailure(
	path: string,
	operation: string,
	parameters: IDataObject,
	setup: RunSetup | undefined,
	misbehave: () => void,
	alsoAsItem = true,
): Promise<void> {
	misbehave();
	const { error, facts } = await desk.failure(operation, parameters, { ...setup, credential });
	// A form that is refused before anything is sent would prove nothing.
	if (facts.code === 'invalid_input') throw error;
	expectNothingPlanted(error, `${path} (node error)`);
	expectNothingPlanted(facts, `${path} (facts)`);
	desk.sandbox.mockServer.injectedFaults.clear();
	if (!alsoAsItem) return;
	misbehave();
	const { items, hints } = await desk.run(operation, parameters, {
		...setup,
		credential,
		continueOnFail: true,
	});
	expect(items).toEqual([
		expect.objectContaining({ json: expect.objectContaining({ error: expect.any(String) }) }),
	]);
	expectNothingPlanted([items, hints], `${path} (error item)`);
	desk.sandbox.mockServer.injectedFaults.clear();
}

const FAULTS: Array<[string, () => InjectedFault]> = [
	...[400, 401, 403, 404, 429, 503].map((status): [string, () => InjectedFault] => [
		`${status} that says everything it was sent`,
		() => indiscreet(status),
	]),
	['a page that says everything it was sent', () => indiscreetPage(502)],
	['a page in place of an answer', () => indiscreetPage(200)],
	[
		'a redirect with everything it was sent',
		() => ({
			kind: 'redirect',
			location: `https://user:${encodeURIComponent(SECRET)}@x.example/?token=${tokens.at(-1)}`,
		}),
	],
	['a cut connection', () => ({ kind: 'cutAfter' })],
];

describe('no error of an operation shows a secret', () => {
	it('walks every operation of the node', async () => {
		const walked = (await operations()).map(([operation]) => operation).sort();
		const all = hubEeTable.resources.flatMap((resource) =>
			resource.operations.map((operation) => `${resource.value}:${operation.value}`),
		);
		// They tell of failures in their items, and have a test of their own.
		expect([...walked, 'account:check', 'connection:check'].sort()).toEqual(all.sort());
	});

	it.each(
		['account:check', 'connection:check'].flatMap((operation) =>
			FAULTS.map(([name, how]) => [operation, name, how] as const),
		),
	)('%s, %s', async (operation, name, how) => {
		await desk.run('notification:getMany', {}, { credential });
		for (const path of ['/(teledossiers|referential)/', 'token']) {
			desk.sandbox.mockServer.failNext({ path, times: 99, how: how() });
			const { items } = await desk.run(operation, {}, { credential });
			desk.sandbox.mockServer.injectedFaults.clear();
			expect([path, ...items.map(({ json }) => json.works)]).toEqual([path, false]);
			expectNothingPlanted(items, `${operation}, ${name}, ${path}`);
		}
	});

	it.each(FAULTS)('%s', async (name, how) => {
		for (const [operation, parameters, setup] of await operations()) {
			await desk.run('notification:getMany', {}, { credential });
			const failing = expectDiscreetFailure(
				`${operation}, ${name}`,
				operation,
				parameters,
				setup,
				() =>
					desk.sandbox.mockServer.failNext({
						path: '/(teledossiers|referential)/',
						times: 99,
						how: how(),
					}),
				// An error item is made of the same facts; two faults show that it is.
				/^(400|503)/.test(name),
			);
			// A deletion takes 404 for a success.
			await failing.catch((reason: unknown) => {
				if (!/It did not fail/.test(String(reason)) || !name.startsWith('404')) throw reason;
				desk.sandbox.mockServer.injectedFaults.clear();
			});
		}
	});

	it('files that are not as announced', async () => {
		for (const how of [{ kind: 'shorten' }, { kind: 'corrupt' }, { kind: 'truncate' }] as const) {
			const { caseId } = await desk.receive([{ fileName: 'a.pdf', text: 'some bytes' }]);
			await expectDiscreetFailure(how.kind, 'case:receive', { caseId }, undefined, () =>
				desk.sandbox.mockServer.failNext({ path: '/attachments/', times: 99, how }),
			);
		}
	});

	it('files that the antivirus refuses, and events that cannot be deleted again', async () => {
		const { caseId } = await desk.receive();
		const [, , setup] = (await operations()).find(([name]) => name === 'event:sendFiles') ?? [];
		await desk.run('notification:getMany', {}, { credential });
		await expectDiscreetFailure(
			'infected',
			'event:sendFiles',
			{ caseId, attachmentType: 'documents' },
			setup,
			() => {
				desk.sandbox.scanNext({ outcome: 'CORRUPTED' });
				desk.sandbox.mockServer.failNext({ method: 'DELETE', times: 99, how: indiscreet(503) });
			},
		);
	});

	it('a failure of n8n’s own store that quotes a secret', async () => {
		const { caseId } = await desk.receive();
		const store = new BinaryStore();
		await expectDiscreetFailure('disk', 'case:receive', { caseId }, { store }, () => {
			store.failNextWith = Object.assign(new Error(`ENOSPC ${SECRET} Bearer ${tokens.at(-1)}`), {
				config: { headers: { authorization: `Bearer ${tokens.at(-1)}` } },
			});
		});
	});
});

describe('no error of the token endpoint shows a secret', () => {
	const refusals: Array<[string, () => InjectedFault]> = [
		...[400, 401, 403, 429, 500].map((status): [string, () => InjectedFault] => [
			`${status} that says everything it was sent`,
			() => indiscreet(status),
		]),
		['a page', () => indiscreetPage(200)],
		[
			'no token',
			() => ({
				kind: 'status',
				status: 200,
				body: JSON.stringify({ echo: BASIC, client_secret: SECRET }),
			}),
		],
		[
			'a redirect',
			() => ({
				kind: 'redirect',
				location: `https://x.example/?secret=${encodeURIComponent(SECRET)}`,
			}),
		],
		['a cut connection', () => ({ kind: 'cutBefore' })],
	];

	it.each(refusals)('%s', async (name, how) => {
		desk.sandbox.mockServer.failNext({ path: '/oauth2/token', times: 99, how: how() });
		// Another scope has a token of its own, so that none is cached.
		const account = { ...credential, scope: `ADMIN-${name}` };
		const { error } = await desk.failure('notification:getMany', {}, { credential: account });
		expectNothingPlanted(error, name);
		const verdict = await hubEeOAuth2ApiTest.call({} as never, {
			id: '1',
			name: 'HubEE',
			type: 'hubEeOAuth2Api',
			data: desk.credential(account) as never,
		});
		expect(verdict.status).toBe('Error');
		expectNothingPlanted(verdict, `${name} (verdict)`);
	});

	it('hosts that cannot be reached', async () => {
		const tokenUrl = `http://user:${encodeURIComponent(SECRET)}@127.0.0.1:${await closedPort()}/t`;
		const { error } = await desk.failure(
			'notification:getMany',
			{},
			{ credential: { ...credential, tokenUrl } },
		);
		expectNothingPlanted(error, 'closed port');
	});
});

describe('no refusal of input shows a secret', () => {
	it.each<[string, IDataObject]>([
		['a base URL with a password', { baseUrl: `ftp://me:${encodeURIComponent(SECRET)}@x.example` }],
		[
			'a base URL with a query',
			{ baseUrl: `https://x.example/?token=${encodeURIComponent(SECRET)}` },
		],
		['a secret in a partner header', { editorName: `${SECRET}${'x'.repeat(60)}` }],
		['an empty client', { clientId: '' }],
		['further accounts that are no list', { accountSecrets: `[{"clientSecret":"${SECRET}"` }],
		[
			'a further account without a name',
			{ accountSecrets: JSON.stringify([{ clientId: 'x', clientSecret: SECRET }]) },
		],
	])('%s', async (name, more) => {
		const account = { ...credential, ...more };
		const { error } = await desk.failure('notification:getMany', {}, { credential: account });
		expectNothingPlanted(error, name);
	});
});
