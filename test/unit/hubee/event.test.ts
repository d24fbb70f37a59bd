import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { BinaryStore } from '../fakes/binary-store';
import { Desk } from './desk';
import { until } from '../fakes/held-time';

let desk: Desk;
beforeEach(async () => {
	desk = await Desk.open();
});
afterEach(async () => await desk.close());

const ACT = 'ActeEtatCivil-PDF';

function filesOf(store: BinaryStore, files: Record<string, [name: string, content: string]>) {
	const binary: IBinaryKeyData = {};
	for (const [field, [name, content]] of Object.entries(files))
		binary[field] = store.put(content, name, 'application/pdf');
	return [{ json: {}, binary }];
}

describe('Event: Send Files', () => {
	let store: BinaryStore;
	beforeEach(() => {
		store = new BinaryStore();
	});

	it('deposits every file of the item, waits for the antivirus, and only then sends', async () => {
		desk.sandbox.configure({ scanDelay: 10 });
		const { caseId } = await desk.receive();
		const items = filesOf(store, { a: ['acte.pdf', 'first'], b: ['acte.pdf', 'the second'] });
		const result = await desk.one(
			'event:sendFiles',
			{ caseId, attachmentType: ACT, additionalFields: { message: 'Voici', newStatus: 'DONE' } },
			{ store, items },
		);
		expect(result).toMatchObject({
			caseId,
			skipped: false,
			eventStatus: 'SENT',
			status: 'DONE',
			files: [
				{ binaryField: 'a', fileName: 'acte.pdf', size: 5, type: ACT },
				{ binaryField: 'b', fileName: 'acte.pdf', size: 10, type: ACT },
			],
		});
		const now = desk.caseNow(caseId);
		expect(now.status).toBe('DONE');
		expect(now.events).toMatchObject([
			{
				id: result.eventId,
				actionType: 'ATTACH_DEPOSIT',
				status: 'SENT',
				message: 'Voici',
				attachments: [
					{ status: 'RECEIVED', size: 5 },
					{ status: 'RECEIVED', size: 10 },
				],
			},
		]);
		const operations = desk.operations();
		expect(operations.slice(0, 2)).toEqual(['getCaseById', 'createEvent']);
		expect(operations.filter((name) => name === 'uploadEventAttachment')).toHaveLength(2);
		expect(operations.slice(-2)).toEqual(['updateEvent', 'getCaseById']);
	});

	it('sends a chosen list with types, names and MIME types of its own', async () => {
		const { caseId } = await desk.receive();
		const items = filesOf(store, { a: ['x.bin', 'first'], b: ['y.bin', 'second'] });
		await desk.one(
			'event:sendFiles',
			{
				caseId,
				sendAllFiles: false,
				files: {
					file: [
						{
							inputField: 'b',
							attachmentType: 'documents',
							fileName: 'réponse.txt',
							mimeType: 'text/plain',
						},
					],
				},
			},
			{ store, items },
		);
		expect(desk.caseNow(caseId).events[0].attachments).toMatchObject([
			{ fileName: 'réponse.txt', type: 'documents', mimeType: 'text/plain', size: 6 },
		]);
	});

	it('does not send the same files twice', async () => {
		const { caseId } = await desk.receive();
		const items = filesOf(store, { a: ['acte.pdf', 'first'] });
		const parameters = { caseId, attachmentType: ACT };
		const first = await desk.one('event:sendFiles', parameters, { store, items });
		const second = await desk.one('event:sendFiles', parameters, { store, items });
		expect(second).toMatchObject({ skipped: true, eventId: first.eventId, eventStatus: 'SENT' });
		expect(desk.caseNow(caseId).events).toHaveLength(1);
	});

	describe('when files of the same name, type and size were sent before', () => {
		const send = async (caseId: string, content: string, additionalFields: object = {}) =>
			await desk.one(
				'event:sendFiles',
				{ caseId, attachmentType: ACT, additionalFields: { ...additionalFields } },
				{ store, items: filesOf(store, { a: ['acte.pdf', content] }) },
			);
		const contents = (caseId: string) =>
			desk.caseNow(caseId).events.map(({ attachments }) => attachments.map(({ sha256 }) => sha256));

		it.each([true, false])(
			'sends a corrected document (digest told by the hub: %p)',
			async (digestHeader) => {
				desk.sandbox.configure({ digestHeader });
				const { caseId } = await desk.receive();
				await send(caseId, 'wrong');
				const corrected = await send(caseId, 'right');
				expect(corrected).toMatchObject({ skipped: false });
				expect(contents(caseId)).toHaveLength(2);
				expect(await send(caseId, 'right')).toMatchObject({
					skipped: true,
					eventId: corrected.eventId,
				});
				expect(await send(caseId, 'wrong')).toMatchObject({ skipped: true });
				expect(contents(caseId)).toHaveLength(2);
			},
		);

		it('sends what cannot be compared, because the hub purged it', async () => {
			const { caseId } = await desk.receive();
			await send(caseId, 'first');
			const [attachment] = desk.caseNow(caseId).events[0].attachments;
			desk.sandbox.setAttachmentStatus(attachment.id, 'DELETED');
			expect(await send(caseId, 'first')).toMatchObject({ skipped: false });
		});

		it('sends nothing when the comparison fails for the moment', async () => {
			const { caseId } = await desk.receive();
			await send(caseId, 'first');
			const path = '/attachments/';
			desk.sandbox.mockServer.failNext({
				method: 'GET',
				path,
				times: 9,
				how: { kind: 'status', status: 503 },
			});
			const failure = await desk.failure(
				'event:sendFiles',
				{ caseId, attachmentType: ACT },
				{ store, items: filesOf(store, { a: ['acte.pdf', 'first'] }) },
			);
			expect(failure.facts.code).toBe('service_failed');
			expect(desk.caseNow(caseId).events).toHaveLength(1);
		});

		it('still sets the status and sends the message that they lacked, once', async () => {
			const { caseId } = await desk.receive();
			await send(caseId, 'first');
			const more = { newStatus: 'DONE', message: 'Voici' };
			expect(await send(caseId, 'first', more)).toMatchObject({
				skipped: true,
				status: 'DONE',
				followUpEventId: expect.any(String),
			});
			expect(desk.caseNow(caseId).status).toBe('DONE');
			expect(desk.caseNow(caseId).events.at(-1)).toMatchObject({
				actionType: 'STATUS_UPDATE',
				message: 'Voici',
				caseNewStatus: 'DONE',
			});
			await send(caseId, 'first', more);
			expect(await send(caseId, 'first', { message: 'Encore' })).toMatchObject({ skipped: true });
			expect(desk.caseNow(caseId).events.map(({ actionType }) => actionType)).toEqual([
				'ATTACH_DEPOSIT',
				'STATUS_UPDATE',
				'SENDING_MESSAGE',
			]);
		});

		it('says what the case shows, and takes back nothing that others did since', async () => {
			const { caseId } = await desk.receive();
			await send(caseId, 'first', { newStatus: 'IN_PROGRESS' });
			await desk.one('case:updateStatus', { caseId, status: 'DONE' });
			expect(await send(caseId, 'first', { newStatus: 'IN_PROGRESS' })).toMatchObject({
				skipped: true,
				status: 'DONE',
			});
			expect(desk.caseNow(caseId).status).toBe('DONE');
		});

		it('leaves the unfinished deposit of somebody else alone', async () => {
			const { caseId } = await desk.receive();
			const attachments = [
				{ fileName: 'acte.pdf', type: ACT, size: 5, mimeType: 'application/pdf' },
			];
			const additionalFields = { author: 'Somebody else', attachments };
			await desk.one('event:create', { caseId, actionType: 'ATTACH_DEPOSIT', additionalFields });
			await send(caseId, 'first');
			expect(desk.caseNow(caseId).events.map(({ status }) => status)).toEqual([
				'IN_PROGRESS',
				'SENT',
			]);
		});
	});

	it('sends them again when that is wanted', async () => {
		const { caseId } = await desk.receive();
		const items = filesOf(store, { a: ['acte.pdf', 'first'] });
		const parameters = { caseId, attachmentType: ACT, additionalFields: { skipIfSent: false } };
		await desk.one('event:sendFiles', parameters, { store, items });
		await desk.one('event:sendFiles', parameters, { store, items });
		expect(desk.caseNow(caseId).events.map(({ status }) => status)).toEqual(['SENT', 'SENT']);
	});

	it.each([
		['no file', {}, 'Files are missing: the item has no file to send'],
		[
			'an empty file',
			{ a: ['vide.pdf', ''] as [string, string] },
			'The file in "a" is empty: HubEE fails on uploads without content',
		],
	])('refuses %s before anything is sent', async (_, files, message) => {
		const { caseId } = await desk.receive();
		const failure = await desk.failure(
			'event:sendFiles',
			{ caseId, attachmentType: ACT },
			{ store, items: filesOf(store, files) },
		);
		expect(failure.message).toBe(message);
		expect(desk.operations()).toEqual([]);
	});

	it('names a field without a file and those that have one', async () => {
		const { caseId } = await desk.receive();
		const files = { file: [{ inputField: 'c', attachmentType: 'documents' }] };
		const failure = await desk.failure(
			'event:sendFiles',
			{ caseId, sendAllFiles: false, files },
			{ store, items: filesOf(store, { a: ['a', 'a'], b: ['b', 'b'] }) },
		);
		expect(failure.message).toBe('The input field "c" holds no file: this item has files in a, b');
	});

	it('that the person stops in the middle leaves nothing half-sent', async () => {
		const { caseId } = await desk.receive();
		const stop = new AbortController();
		desk.sandbox.mockServer.failNext({ method: 'PUT', how: { kind: 'hang' } });
		const run = desk.failure(
			'event:sendFiles',
			{ caseId, attachmentType: ACT },
			{ store, items: filesOf(store, { a: ['acte.pdf', 'first'] }), signal: stop.signal },
		);
		await until(() => desk.sandbox.mockServer.calls.list({ method: 'PUT' }).length > 0);
		stop.abort();
		const failure = await run;
		expect(failure.message).toMatch(/The execution was cancelled/);
		expect(failure.facts).toMatchObject({ code: 'cancelled', eventDeleted: true });
		expect(desk.caseNow(caseId).events).toEqual([]);
	});

	it('shows every reason for which the process refuses files', async () => {
		const { caseId } = await desk.receive([{ fileName: 'a.xml' }], 'CERTDC');
		const failure = await desk.failure(
			'event:sendFiles',
			{ caseId, attachmentType: ACT },
			{ store, items: filesOf(store, { a: ['acte.pdf', 'first'] }) },
		);
		expect(failure.message).toMatch(/^HubEE refused the request: /);
		expect(failure.facts).toMatchObject({ status: 400, outcome: 'not_done' });
		expect(desk.caseNow(caseId).events).toEqual([]);
	});
});

describe('Event: Create', () => {
	it.each(['SENDING_MESSAGE', 'COM_ADD', 'ATTACH_DL', 'ATTACH_DL_ALL'])('of %s', async (type) => {
		const { caseId } = await desk.receive();
		const result = await desk.one('event:create', {
			caseId,
			actionType: type,
			additionalFields: { message: 'Bonjour', comment: 'interne', notification: false },
		});
		expect(result).toMatchObject({ caseId, actionType: type, status: 'SENT' });
		expect(result.eventId).toEqual(expect.any(String));
		expect(desk.caseNow(caseId).events).toHaveLength(1);
	});

	it('of a deposit gives the ids of its files for the upload', async () => {
		const { caseId } = await desk.receive();
		const attachments = [{ fileName: 'acte.pdf', type: ACT, size: 5, mimeType: 'application/pdf' }];
		const event = await desk.one('event:create', {
			caseId,
			actionType: 'ATTACH_DEPOSIT',
			additionalFields: { attachments: JSON.stringify(attachments) },
		});
		expect(event).toMatchObject({ status: 'IN_PROGRESS', attachments: [{ status: 'PENDING' }] });
		const store = new BinaryStore();
		const [{ id: attachmentId }] = event.attachments as Array<{ id: string }>;
		const ids = { caseId, eventId: event.eventId, attachmentId };
		const items = filesOf(store, { data: ['acte.pdf', 'first'] });
		expect(await desk.one('event:uploadAttachment', ids, { store, items })).toMatchObject({
			uploaded: true,
			size: 5,
		});
		await desk.one('event:updateStatus', { ...ids, eventStatus: 'SENT' });
		expect(desk.caseNow(caseId).events[0].status).toBe('SENT');
	});

	it.each([
		[
			'a status update without a status',
			{ actionType: 'STATUS_UPDATE' },
			'New Status is empty: an event of type STATUS_UPDATE changes the status of the case',
		],
		[
			'a deposit without files',
			{ actionType: 'ATTACH_DEPOSIT' },
			'Attachments are missing: an event of type ATTACH_DEPOSIT declares at least one file',
		],
		[
			'files on a message',
			{ actionType: 'COM_ADD', additionalFields: { attachments: '[{}]' } },
			'Attachments are allowed on ATTACH_DEPOSIT only, and the action type is COM_ADD',
		],
		[
			'a file without a size',
			{
				actionType: 'ATTACH_DEPOSIT',
				additionalFields: { attachments: '[{"fileName":"a","type":"b","mimeType":"c/d"}]' },
			},
			'Attachments entry 1 lacks size',
		],
		[
			'something that is not JSON',
			{ actionType: 'ATTACH_DEPOSIT', additionalFields: { attachments: '[{' } },
			'Attachments must be valid JSON',
		],
	])('refuses %s before anything is sent', async (_, parameters, message) => {
		const { caseId } = await desk.receive();
		expect((await desk.failure('event:create', { caseId, ...parameters })).message).toBe(message);
		expect(desk.operations()).toEqual([]);
	});
});

describe('Event: Create, with Skip If Already Sent', () => {
	const text = (caseId: string, more: IDataObject = {}, actionType = 'SENDING_MESSAGE') => ({
		caseId,
		actionType,
		additionalFields: { message: 'Bonjour', author: 'État civil', skipIfSent: true, ...more },
	});

	it('sends a message once, and gives the one that is there', async () => {
		const { caseId } = await desk.receive();
		const first = await desk.one('event:create', text(caseId));
		expect(first).toMatchObject({ skipped: false, message: 'Bonjour' });
		expect(await desk.one('event:create', text(caseId))).toEqual({ ...first, skipped: true });
		expect(desk.caseNow(caseId).events).toHaveLength(1);
	});

	it.each([
		['of another author', { author: 'Mairie' }, undefined],
		['of another text', { message: 'Bonsoir' }, undefined],
		['with a comment', { comment: 'interne' }, undefined],
		['of another kind', {}, 'COM_ADD'],
		['that is to be sent again', { skipIfSent: false }, undefined],
	])('sends one %s', async (_, more, actionType) => {
		const { caseId } = await desk.receive();
		await desk.one('event:create', text(caseId));
		const second = await desk.one('event:create', text(caseId, more, actionType));
		expect(second.skipped).not.toBe(true);
		expect(desk.caseNow(caseId).events).toHaveLength(2);
	});

	it('sends what only the other side has said', async () => {
		const { caseId } = await desk.receive();
		const said = { message: 'Bonjour', author: 'État civil' };
		await desk.sandbox.incomingEvent({ caseId, actionType: 'SENDING_MESSAGE', ...said });
		expect(await desk.one('event:create', text(caseId))).toMatchObject({ skipped: false });
	});

	it('sends what was sent the day before', async () => {
		const { caseId } = await desk.receive();
		await desk.one('event:create', text(caseId));
		const now = Date.now();
		jest.spyOn(Date, 'now').mockImplementation(() => now + 24 * 3_600_000);
		expect(await desk.one('event:create', text(caseId))).toMatchObject({ skipped: false });
		expect(desk.caseNow(caseId).events).toHaveLength(2);
	});

	it('is refused for what other operations look for', async () => {
		const { caseId } = await desk.receive();
		const form = text(caseId, { caseNewStatus: 'DONE' }, 'STATUS_UPDATE');
		expect((await desk.failure('event:create', form)).message).toBe(
			'Skip If Already Sent is for SENDING_MESSAGE and COM_ADD, and the action type is STATUS_UPDATE: Case: Update Status and Event: Send Files look by themselves',
		);
		expect(desk.operations()).toEqual([]);
	});
});

describe('an incoming event', () => {
	const deposit = async () => {
		const { caseId } = await desk.receive();
		const { eventId, attachments } = await desk.sandbox.incomingEvent({
			caseId,
			actionType: 'ATTACH_DEPOSIT',
			message: 'Complément',
			files: [
				{ fileName: 'a.txt', content: { text: 'one' } },
				{ fileName: 'a.txt', content: { text: 'two' } },
			],
		});
		return { caseId, eventId, attachmentId: attachments[1].id };
	};

	it('is received with all its files, which changes nothing', async () => {
		const ids = await deposit();
		const { items, store } = await desk.run('event:receive', { ...ids });
		expect(items[0].json).toMatchObject({
			caseId: ids.caseId,
			eventId: ids.eventId,
			message: 'Complément',
			fileCount: 2,
			files: [{ fileName: 'a.txt' }, { fileName: 'a (2).txt' }],
		});
		expect(store.contentOf(items[0].binary?.file_1).toString()).toBe('two');
		expect(desk.caseNow(ids.caseId).events[0].status).toBe('SENT');
	});

	it('is got, and one file of it downloaded', async () => {
		const ids = await deposit();
		expect(await desk.one('event:get', ids)).toMatchObject({ ...{ message: 'Complément' } });
		const { items, store } = await desk.run('event:downloadAttachment', ids);
		expect(store.contentOf(items[0].binary?.data).toString()).toBe('two');
	});

	it('is acknowledged once, and a second time is no error', async () => {
		const { caseId, eventId } = await deposit();
		const ids = { caseId, eventId };
		expect(await desk.one('event:acknowledge', ids)).toEqual({
			...ids,
			acknowledged: true,
			eventMarkedReceived: true,
		});
		expect(await desk.one('event:acknowledge', ids)).toMatchObject({ eventMarkedReceived: false });
		expect(desk.caseNow(caseId).events[0].status).toBe('RECEIVED');
	});

	it('set to RECEIVED twice is no error, because the first answer may have been lost', async () => {
		const ids = { ...(await deposit()), eventStatus: 'RECEIVED' };
		await desk.one('event:updateStatus', ids);
		expect(await desk.one('event:updateStatus', ids)).toMatchObject({ eventStatus: 'RECEIVED' });
	});

	it('of the other side cannot be set to SENT, and the refusal is shown', async () => {
		const ids = { ...(await deposit()), eventStatus: 'SENT' };
		const failure = await desk.failure('event:updateStatus', {
			...ids,
			options: { patchByOverride: true },
		});
		expect(failure.facts.status).toBe(403);
	});

	it('without all its files is refused', async () => {
		const ids = await deposit();
		desk.sandbox.setAttachmentStatus(ids.attachmentId, 'PENDING');
		const failure = await desk.failure('event:receive', ids);
		expect(failure.message).toBe(
			`Not all files of event ${ids.eventId} can be received: "a.txt" is still awaited or being scanned (PENDING)`,
		);
		expect(failure.facts).toMatchObject({ code: 'file_pending', missing: 1, eventId: ids.eventId });
	});
});

describe('Event: Delete', () => {
	it('gives up a deposit that has not been sent, and twice is no error', async () => {
		const { caseId } = await desk.receive();
		const attachments = [{ fileName: 'a', type: 'documents', size: 1, mimeType: 'text/plain' }];
		const { eventId } = await desk.one('event:create', {
			caseId,
			actionType: 'ATTACH_DEPOSIT',
			additionalFields: { attachments },
		});
		expect(await desk.one('event:delete', { caseId, eventId })).toMatchObject({ wasGone: false });
		expect(await desk.one('event:delete', { caseId, eventId })).toMatchObject({ wasGone: true });
		expect(desk.caseNow(caseId).events).toEqual([]);
	});

	it('of another event is refused', async () => {
		const { caseId } = await desk.receive();
		const { eventId } = await desk.one('event:create', { caseId, actionType: 'COM_ADD' });
		const failure = await desk.failure('event:delete', { caseId, eventId });
		expect(failure.message).toBe('HubEE refused the request: Bad Request');
	});
});
