import type { IDataObject } from 'n8n-workflow';

import { Desk } from './desk';

let desk: Desk;
beforeEach(async () => {
	desk = await Desk.open();
});
afterEach(async () => await desk.close());

describe('Case: Get', () => {
	it('gives the case under the name that the other operations ask for', async () => {
		const { caseId, deposited } = await desk.receive();
		expect(await desk.one('case:get', { caseId })).toMatchObject({
			caseId,
			status: 'HUBEE_NOTIFIED',
			processCode: 'EtatCivil',
			externalId: deposited.cases[0].externalId,
			attachments: [{ fileName: 'demande.xml', status: 'RECEIVED' }],
		});
	});

	it('asks for the lite version when it is wanted', async () => {
		const { caseId } = await desk.receive();
		await desk.one('case:get', { caseId, lite: true });
		expect(desk.sandbox.mockServer.calls.list({ operation: 'getCaseById' })[0].query).toBe(
			'?lite=true',
		);
	});

	it.each([
		['', 'Case ID is empty: it must be a UUID such as 3fa85f64-5717-4562-b3fc-2c963f66afa6'],
		['123', 'Case ID must be a UUID such as 3fa85f64-5717-4562-b3fc-2c963f66afa6'],
		['../..', 'Case ID must be a UUID such as 3fa85f64-5717-4562-b3fc-2c963f66afa6'],
	])('refuses the id %p before anything is sent', async (caseId, message) => {
		expect((await desk.failure('case:get', { caseId })).message).toBe(message);
		expect(desk.operations()).toEqual([]);
	});

	it('of a case that does not exist says what that usually means', async () => {
		const caseId = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
		const failure = await desk.failure('case:get', { caseId });
		expect(failure.message).toBe('HubEE does not know this: Case is not found');
		expect(failure.description).toContain('check the environment of the credential');
		expect(failure.facts).toMatchObject({ code: 'not_found', status: 404, method: 'GET' });
	});

	it('treats items at once, in their order, each paired with its own', async () => {
		const cases = [await desk.receive(), await desk.receive(), await desk.receive()];
		const items = cases.map(({ caseId }) => ({ json: { caseId } }));
		const { items: found } = await desk.run('case:get', {}, { items });
		expect(found.map(({ json }) => json.caseId)).toEqual(items.map(({ json }) => json.caseId));
		expect(found.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
	});
});

describe('Case: Receive', () => {
	const files = [
		{ fileName: 'demande.xml', text: 'é\r\n', mimeType: 'application/xml' },
		{ fileName: 'pièce.pdf', text: '%PDF-' + 'x'.repeat(300_000), mimeType: 'application/pdf' },
		{ fileName: 'pièce.pdf', text: 'another of the same name' },
	];

	it('gives one item with all files, byte for byte, and changes nothing', async () => {
		const { caseId, deposited } = await desk.receive(files);
		const { items, store } = await desk.run('case:receive', { caseId });
		expect(items).toHaveLength(1);
		const { json, binary = {} } = items[0];
		expect(json).toMatchObject({ caseId, complete: true, missingFiles: [], fileCount: 3 });
		expect(json.files).toEqual([
			expect.objectContaining({
				binaryField: 'file_0',
				fileName: 'demande.xml',
				mimeType: 'application/xml',
				attachmentId: deposited.attachments[0].id,
			}),
			expect.objectContaining({ binaryField: 'file_1', fileName: 'pièce.pdf', size: 300_005 }),
			expect.objectContaining({
				binaryField: 'file_2',
				fileName: 'pièce (2).pdf',
				originalFileName: 'pièce.pdf',
			}),
		]);
		expect(Object.keys(binary)).toEqual(['file_0', 'file_1', 'file_2']);
		files.forEach(({ text }, index) =>
			expect(store.contentOf(binary[`file_${index}`]).toString()).toBe(text),
		);
		expect(desk.caseNow(caseId).status).toBe('HUBEE_NOTIFIED');
		expect(desk.sandbox.listNotifications()).toHaveLength(1);
	});

	it('gives one item for each file when that is wanted', async () => {
		const { caseId } = await desk.receive(files);
		const { items, store } = await desk.run('case:receive', { caseId, output: 'perFile' });
		expect(items.map(({ json }) => (json.file as IDataObject).fileName)).toEqual([
			'demande.xml',
			'pièce.pdf',
			'pièce (2).pdf',
		]);
		expect(items.map(({ json }) => [json.fileIndex, json.fileCount])).toEqual([
			[0, 3],
			[1, 3],
			[2, 3],
		]);
		expect(store.contentOf(items[2].binary?.data).toString()).toBe('another of the same name');
	});

	it('gives an item for a case without files too', async () => {
		const { caseId } = await desk.receive([]);
		expect(await desk.one('case:receive', { caseId })).toMatchObject({ files: [], fileCount: 0 });
		expect(await desk.one('case:receive', { caseId, output: 'perFile' })).toMatchObject({
			file: null,
			fileCount: 0,
		});
	});

	it('uses the field names that were chosen', async () => {
		const { caseId } = await desk.receive([files[0]]);
		const prefixed = await desk.run('case:receive', {
			caseId,
			additionalFields: { outputPrefix: 'pj' },
		});
		expect(Object.keys(prefixed.items[0].binary ?? {})).toEqual(['pj0']);
		const single = await desk.run('case:receive', {
			caseId,
			output: 'perFile',
			additionalFields: { outputField: 'fichier' },
		});
		expect(Object.keys(single.items[0].binary ?? {})).toEqual(['fichier']);
	});

	it('works where the server sends no digest', async () => {
		desk.sandbox.configure({ digestHeader: false });
		const { caseId } = await desk.receive(files);
		expect(await desk.one('case:receive', { caseId })).toMatchObject({ complete: true });
	});

	it('takes an empty file', async () => {
		const { caseId } = await desk.receive([{ fileName: 'vide.txt', text: '' }]);
		const { items, store } = await desk.run('case:receive', { caseId });
		expect(store.contentOf(items[0].binary?.file_0)).toHaveLength(0);
	});

	it('goes on without missing files only when told to, and lists them', async () => {
		const { caseId, deposited } = await desk.receive(files);
		desk.sandbox.setAttachmentStatus(deposited.attachments[1].id, 'CORRUPTED');
		const additionalFields = { acceptMissingFiles: true };
		const { items, hints } = await desk.run('case:receive', { caseId, additionalFields });
		expect(items[0].json).toMatchObject({
			complete: false,
			fileCount: 2,
			missingFiles: [{ fileName: 'pièce.pdf', status: 'CORRUPTED' }],
		});
		expect(hints).toMatchObject([{ message: expect.stringContaining('1 file(s)') }]);
	});
});

describe('Case: Download Attachment', () => {
	it('gives the file in the field that was chosen', async () => {
		const { caseId, deposited } = await desk.receive();
		const { items, store } = await desk.run('case:downloadAttachment', {
			caseId,
			attachmentId: deposited.attachments[0].id.toUpperCase(),
			outputField: 'acte',
		});
		expect(items[0].json).toMatchObject({ caseId, fileName: 'demande.xml', binaryField: 'acte' });
		expect(store.contentOf(items[0].binary?.acte).toString()).toBe('content of demande.xml');
	});

	it('of a file that is not there says how many are', async () => {
		const { caseId } = await desk.receive();
		const failure = await desk.failure('case:downloadAttachment', { caseId, attachmentId: caseId });
		expect(failure.message).toBe(`Attachment ID "${caseId}" is not among the 1 files here`);
	});

	it.each([
		['PENDING', 'file_pending', 'try again in a few minutes'],
		['CORRUPTED', 'file_rejected', 'ask the sender to send it again'],
		['DELETED', 'file_rejected', 'ask the sender to send it again'],
	] as const)('of a file in %s says why it cannot be had', async (status, code, hint) => {
		const { caseId, deposited } = await desk.receive();
		const [{ id: attachmentId }] = deposited.attachments;
		desk.sandbox.setAttachmentStatus(attachmentId, status);
		const failure = await desk.failure('case:downloadAttachment', { caseId, attachmentId });
		expect(failure.message).toBe(
			`The file "demande.xml" cannot be fetched: its status is ${status}`,
		);
		expect(failure.facts.code).toBe(code);
		expect(failure.description).toContain(hint);
	});
});

describe('Case: Update Status', () => {
	it('makes one event, which changes the case and notifies the other side', async () => {
		const { caseId } = await desk.receive();
		const result = await desk.one('case:updateStatus', {
			caseId,
			status: 'SI_RECEIVED',
			additionalFields: { author: 'Service état civil', message: 'Reçu' },
		});
		expect(result).toMatchObject({
			caseId,
			status: 'SI_RECEIVED',
			previousStatus: 'HUBEE_NOTIFIED',
			changed: true,
			skipped: false,
		});
		const now = desk.caseNow(caseId);
		expect(now.status).toBe('SI_RECEIVED');
		expect(now.events).toMatchObject([
			{ id: result.eventId, actionType: 'STATUS_UPDATE', message: 'Reçu' },
		]);
		expect(desk.operations()).toEqual(['getCaseById', 'createEvent', 'getCaseById']);
		const [{ requestBody }] = desk.sandbox.mockServer.calls.detailed({ operation: 'createEvent' });
		expect(JSON.parse(String(requestBody))).toEqual({
			actionType: 'STATUS_UPDATE',
			notification: true,
			author: 'Service état civil',
			message: 'Reçu',
			caseNewStatus: 'SI_RECEIVED',
		});
	});

	it('does nothing when the case already has the status', async () => {
		const { caseId } = await desk.receive();
		await desk.one('case:updateStatus', { caseId, status: 'IN_PROGRESS' });
		expect(await desk.one('case:updateStatus', { caseId, status: 'IN_PROGRESS' })).toEqual({
			caseId,
			status: 'IN_PROGRESS',
			previousStatus: 'IN_PROGRESS',
			changed: false,
			skipped: true,
		});
		expect(desk.caseNow(caseId).events).toHaveLength(1);
	});

	it('makes the event all the same when that is wanted', async () => {
		const { caseId } = await desk.receive();
		const additionalFields = { skipIfSet: false };
		await desk.one('case:updateStatus', { caseId, status: 'IN_PROGRESS', additionalFields });
		await desk.one('case:updateStatus', { caseId, status: 'IN_PROGRESS', additionalFields });
		expect(desk.caseNow(caseId).events).toHaveLength(2);
	});

	it.each([false, true])('also PATCHes the case when told to (by POST: %p)', async (override) => {
		desk.sandbox.configure({ statusByEvent: false });
		const { caseId } = await desk.receive();
		await desk.one('case:updateStatus', {
			caseId,
			status: 'DONE',
			additionalFields: { alsoPatchCase: true },
			options: { patchByOverride: override },
		});
		expect(desk.caseNow(caseId).status).toBe('DONE');
		expect(desk.operations()).toEqual(['getCaseById', 'updateCase', 'createEvent', 'getCaseById']);
		const [patch] = desk.sandbox.mockServer.calls.list({ operation: 'updateCase' });
		expect(patch.method).toBe(override ? 'POST' : 'PATCH');
	});

	it('warns of an unusual change and makes it', async () => {
		const { caseId } = await desk.receive();
		const { items, hints } = await desk.run('case:updateStatus', { caseId, status: 'CLOSED' });
		expect(items[0].json.warning).toBe(
			'The documents do not describe a change from HUBEE_NOTIFIED to CLOSED; it was sent all the same. A status cannot be taken back in the portal.',
		);
		expect(hints).toHaveLength(1);
		expect(desk.caseNow(caseId).status).toBe('CLOSED');
	});

	describe('where the event does not move the case', () => {
		beforeEach(() => desk.sandbox.configure({ statusByEvent: false }));

		it('PATCHes the case, and says what the hub shows then', async () => {
			const { caseId } = await desk.receive();
			const result = await desk.one('case:updateStatus', { caseId, status: 'IN_PROGRESS' });
			expect(result).toMatchObject({ status: 'IN_PROGRESS', changed: true });
			expect(desk.caseNow(caseId).status).toBe('IN_PROGRESS');
			expect(desk.caseNow(caseId).events).toHaveLength(1);
		});

		it('fails when the PATCH does not move it either', async () => {
			const { caseId } = await desk.receive();
			desk.sandbox.mockServer.failNext({
				method: 'PATCH',
				how: { kind: 'status', status: 204 },
			});
			const failure = await desk.failure('case:updateStatus', { caseId, status: 'IN_PROGRESS' });
			expect(failure.message).toBe(
				'HubEE recorded the event, and the case still shows HUBEE_NOTIFIED instead of IN_PROGRESS',
			);
			expect(failure.facts).toMatchObject({ outcome: 'unknown', caseId });
		});

		it('a second run finishes what a killed one has begun, without a second event', async () => {
			const { caseId } = await desk.receive();
			desk.sandbox.mockServer.failNext({ method: 'PATCH', how: { kind: 'status', status: 403 } });
			await desk.failure('case:updateStatus', { caseId, status: 'IN_PROGRESS' });
			const additionalFields = { onlyForward: true };
			await desk.one('case:updateStatus', { caseId, status: 'IN_PROGRESS', additionalFields });
			expect(desk.caseNow(caseId).status).toBe('IN_PROGRESS');
			expect(desk.caseNow(caseId).events).toHaveLength(1);
		});
	});

	describe('with Only Forward', () => {
		const additionalFields = { onlyForward: true };
		const setTo = async (caseId: string, status: string) =>
			await desk.one('case:updateStatus', { caseId, status, additionalFields });
		const history = (caseId: string) => desk.caseNow(caseId).history.map(({ status }) => status);

		it.each(['DONE', 'REFUSED', 'CLOSED'])(
			'leaves a case alone that is %s meanwhile',
			async (end) => {
				const { caseId } = await desk.receive();
				await setTo(caseId, 'IN_PROGRESS');
				await setTo(caseId, end);
				const before = history(caseId);
				expect(await setTo(caseId, 'IN_PROGRESS')).toMatchObject({
					status: end,
					wantedStatus: 'IN_PROGRESS',
					changed: false,
					skipped: true,
					reason: `IN_PROGRESS was not set, because it would take the case back: it was IN_PROGRESS before and has moved on to ${end}.`,
				});
				expect(history(caseId)).toEqual(before);
			},
		);

		it('leaves a finished case alone that never had the status', async () => {
			const { caseId } = await desk.receive();
			await setTo(caseId, 'DONE');
			expect((await setTo(caseId, 'SI_RECEIVED')).reason).toContain(
				'it is DONE already, which comes after SI_RECEIVED',
			);
		});

		it('leaves a case alone that was reopened after the status', async () => {
			const { caseId } = await desk.receive();
			await setTo(caseId, 'DONE');
			await desk.sandbox.incomingEvent({
				caseId,
				actionType: 'STATUS_UPDATE',
				caseNewStatus: 'HUBEE_NOTIFIED',
			});
			expect(await setTo(caseId, 'DONE')).toMatchObject({
				status: 'HUBEE_NOTIFIED',
				skipped: true,
			});
		});

		it('leads a case through its life', async () => {
			const { caseId } = await desk.receive();
			for (const status of ['SENT', 'SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING', 'DONE'])
				expect(await setTo(caseId, status)).toMatchObject({ status, changed: true });
		});
	});

	it.each([
		['status', { status: '' }, 'Status is empty'],
		['status', { status: 'X'.repeat(16) }, 'Status must have at most 15 characters, and has 16'],
		[
			'message',
			{ status: 'DONE', additionalFields: { message: 'x'.repeat(1001) } },
			'Message must have at most 1000 characters, and has 1001',
		],
	])('refuses a wrong %s before anything is sent', async (_, parameters, message) => {
		const { caseId } = await desk.receive();
		expect((await desk.failure('case:updateStatus', { caseId, ...parameters })).message).toBe(
			message,
		);
		expect(desk.operations()).toEqual([]);
	});
});
