import type { IDataObject } from 'n8n-workflow';

import { BinaryStore } from '../fakes/binary-store';
import { Desk } from './desk';

let desk: Desk;
let caseId: string;
let truth: IDataObject;
beforeEach(async () => {
	desk = await Desk.open();
	({ caseId } = await desk.receive([{ fileName: 'demande.xml' }]));
	const { caseId: id, ...rest } = await desk.one('case:get', { caseId });
	truth = { id, ...rest };
});
afterEach(async () => await desk.close());

/** The next answers to GETs of that path, whatever the hub would say. */
function answer(path: string, body: unknown): void {
	desk.sandbox.mockServer.failNext({
		method: 'GET',
		path,
		times: 100,
		how: {
			kind: 'status',
			status: 200,
			body: JSON.stringify(body),
			contentType: 'application/json',
		},
	});
}

const CASE = '/cases/[^/]+$';
const without = (name: string): IDataObject =>
	Object.fromEntries(Object.entries(truth).filter(([key]) => key !== name));
const writes = () =>
	desk.sandbox.mockServer.calls
		.list({ path: '^/teledossiers/' })
		.filter(({ method }) => method !== 'GET');
const attachments = () => truth.attachments as IDataObject[];

describe('an answer to Case: Receive', () => {
	it.each<[string, () => unknown, RegExp]>([
		['without files', () => without('attachments'), /without a list of its files/],
		[
			'with null for its files',
			() => ({ ...truth, attachments: null }),
			/without a list of its files/,
		],
		['that is an empty object', () => ({}), /HubEE answered with no "id".*; no field came/],
		['that is a list', () => [], /an empty list \(an object is required\)/],
		['that is null', () => null, /null \(an object is required\)/],
		[
			'with null among its files',
			() => ({ ...truth, attachments: [null] }),
			/null in "attachments\[0\]"/,
		],
		[
			'with an object for a size',
			() => ({ ...truth, attachments: [{ ...attachments()[0], size: {} }] }),
			/an object in "attachments\[0\]\.size"/,
		],
		[
			'with one file twice, where the other may be missing',
			() => ({ ...truth, attachments: [attachments()[0], attachments()[0]] }),
			/listed a file of case .* twice/,
		],
		[
			'about another case',
			() => ({ ...truth, id: '3fa85f64-5717-4562-b3fc-2c963f66afa6' }),
			/was asked for a case and answered with another one/,
		],
	])('%s is refused in words', async (_, body, message) => {
		answer(CASE, body());
		const failure = await desk.failure('case:receive', { caseId });
		expect(failure.message).toMatch(message);
		expect(failure.facts.code).toBe('answer_malformed');
		expect(failure.message).not.toMatch(/undefined|\[object Object\]|is not a function/);
	});

	it('with a size as text is a size', async () => {
		answer(CASE, {
			...truth,
			attachments: attachments().map((one) => ({ ...one, size: String(one.size) })),
		});
		expect(await desk.one('case:receive', { caseId })).toMatchObject({
			complete: true,
			fileCount: 1,
		});
	});

	it('with an empty list is a case without files', async () => {
		answer(CASE, { ...truth, attachments: [] });
		expect(await desk.one('case:receive', { caseId })).toMatchObject({ fileCount: 0 });
	});
});

describe('an unreadable case', () => {
	it.each([
		['case:updateStatus', { status: 'DONE' }],
		['case:close', { folderId: '' }],
		['case:answerRequest', { withFiles: false, additionalFields: { message: 'Voici' } }],
	])('lets %s do nothing', async (operation, form) => {
		answer(CASE, {});
		const failure = await desk.failure(operation, { caseId, ...form });
		expect(failure.facts.code).toBe('answer_malformed');
		expect(writes()).toEqual([]);
	});

	it.each([
		['case:updateStatus', { status: 'DONE', additionalFields: { onlyForward: true } }],
		['case:close', { folderId: '' }],
		['case:answerRequest', { withFiles: false, additionalFields: { message: 'Voici' } }],
	])('without its history lets %s do nothing', async (operation, form) => {
		answer(CASE, without('events'));
		const failure = await desk.failure(operation, { caseId, ...form });
		expect(failure.message).toContain('without its events');
		expect(writes()).toEqual([]);
	});
});

describe('the look at the antivirus', () => {
	it.each<[string, (event: IDataObject) => unknown]>([
		['without files', (event) => ({ ...event, attachments: undefined })],
		['with an empty list', (event) => ({ ...event, attachments: [] })],
		['that is an empty object', () => ({})],
	])('%s sends nothing', async (_, change) => {
		const store = new BinaryStore();
		const binary = { a: store.put('first', 'acte.pdf', 'application/pdf') };
		const { mockServer } = desk.sandbox;
		const take = mockServer.injectedFaults.take.bind(mockServer.injectedFaults);
		jest.spyOn(mockServer.injectedFaults, 'take').mockImplementation((method, path) => {
			const looked = /\/events\/([^/]+)$/.exec(path);
			if (method !== 'GET' || !looked) return take(method, path);
			const event = desk.caseNow(caseId).events[0] as unknown as IDataObject;
			const body = JSON.stringify(change({ ...event, status: 'IN_PROGRESS' }));
			return { kind: 'status', status: 200, body, contentType: 'application/json' };
		});
		const failure = await desk.failure(
			'event:sendFiles',
			{ caseId, attachmentType: 'documents' },
			{ store, items: [{ json: {}, binary }] },
		);
		expect(failure.facts.code).toBe('answer_malformed');
		expect(desk.caseNow(caseId).events).toEqual([]);
	});
});

describe('a creation', () => {
	it('answered without an id is unknown, and nothing is sent to a path without one', async () => {
		desk.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/events$',
			how: { kind: 'status', status: 201, body: '{}', contentType: 'application/json' },
		});
		const store = new BinaryStore();
		const binary = { a: store.put('first', 'acte.pdf', 'application/pdf') };
		const failure = await desk.failure(
			'event:sendFiles',
			{ caseId, attachmentType: 'documents' },
			{ store, items: [{ json: {}, binary }] },
		);
		expect(failure.facts).toMatchObject({ code: 'answer_malformed', outcome: 'unknown', caseId });
		expect(writes().map(({ method }) => method)).toEqual(['POST']);
	});
});

describe('an answer that names an id twice', () => {
	it('sends no file where two files would be one', async () => {
		const { mockServer } = desk.sandbox;
		const take = mockServer.injectedFaults.take.bind(mockServer.injectedFaults);
		jest.spyOn(mockServer.injectedFaults, 'take').mockImplementation((method, path) => {
			if (method !== 'POST' || !path.endsWith('/events')) return take(method, path);
			const id = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
			const declared = { id, status: 'PENDING', type: 'documents', size: 5, mimeType: 'a/b' };
			const body = JSON.stringify({
				id: '4fa85f64-5717-4562-b3fc-2c963f66afa6',
				status: 'IN_PROGRESS',
				transmitter: truth.recipient,
				attachments: ['a.pdf', 'b.pdf'].map((fileName) => ({ ...declared, fileName })),
			});
			return { kind: 'status', status: 201, body, contentType: 'application/json' };
		});
		const store = new BinaryStore();
		const binary = {
			a: store.put('first', 'a.pdf', 'application/pdf'),
			b: store.put('other', 'b.pdf', 'application/pdf'),
		};
		const failure = await desk.failure(
			'event:sendFiles',
			{ caseId, attachmentType: 'documents' },
			{ store, items: [{ json: {}, binary }] },
		);
		expect(failure.facts.code).toBe('answer_malformed');
		expect(failure.message).toMatch(/listed a file of the deposit twice/);
		expect(writes().filter(({ method }) => method === 'PUT')).toEqual([]);
	});
});
