import { openScene } from './hubee-caller';
import type { Caller, Received, Scene } from './hubee-caller';

interface SeenEvent {
	id: string;
	status: string;
	attachments: Array<{ id: string; status: string }>;
}

const PDF = { fileName: 'a.pdf', type: 'documents', size: 3, mimeType: 'application/pdf' };
const DEPOSIT = { actionType: 'ATTACH_DEPOSIT', notification: true, attachments: [PDF, PDF] };

describe('events in the HubEE sandbox', () => {
	let scene: Scene;
	let path: string;

	beforeEach(async () => {
		scene = await openScene();
		const { cases } = await scene.sandbox.deposit({ processCode: 'OTV', files: [] });
		path = `/cases/${cases[0]?.id}`;
	});
	afterEach(async () => {
		expect(scene.sandbox.mockServer.faults).toEqual([]);
		await scene.sandbox.close();
	});

	const post = async (caller: Caller, body: object): Promise<Received> =>
		await caller.folder('POST', `${path}/events`, { body });
	const deposit = async (caller: Caller, changes: object = {}): Promise<SeenEvent> =>
		(await post(caller, { ...DEPOSIT, ...changes })).json as SeenEvent;
	const upload = async (caller: Caller, event: SeenEvent, index: number): Promise<Received> =>
		await caller.folder(
			'PUT',
			`${path}/events/${event.id}/attachments/${event.attachments[index]?.id}`,
			{ bytes: 'abc' },
		);
	const patch = async (caller: Caller, event: SeenEvent, status: string): Promise<Received> =>
		await caller.folder('PATCH', `${path}/events/${event.id}`, { body: { status } });
	const caseStatus = (): string | undefined => scene.sandbox.listCases()[0]?.status;

	it.each([
		['an unknown action type', { actionType: 'ADD_AWAITING', notification: true }, 'ADD_AWAITING'],
		['no action type', { actionType: null, notification: true }, 'null is not allowed'],
		['a deposit without files', { ...DEPOSIT, attachments: [] }, 'Attachments are required'],
		[
			'files of an event that is no deposit',
			{ ...DEPOSIT, actionType: 'STATUS_UPDATE' },
			'Attachments are not allowed',
		],
		[
			'an unknown status',
			{ actionType: 'STATUS_UPDATE', notification: true, caseNewStatus: 'FINISHED' },
			'FINISHED is not allowed',
		],
		['a missing field', { actionType: 'STATUS_UPDATE' }, '(["notification"])'],
		[
			'a message that is too long',
			{ actionType: 'SENDING_MESSAGE', notification: true, message: 'x'.repeat(1001) },
			'maximum allowed: 1000',
		],
		[
			'a format the SI may not send',
			{ ...DEPOSIT, attachments: [{ ...PDF, mimeType: 'video/mp4' }] },
			'video/mp4',
		],
	])('refuses %s', async (_what, body, message) => {
		const answer = await post(scene.si, body);
		expect(answer.status).toBe(400);
		expect(answer.messages).toEqual([expect.stringContaining(message)]);
		expect(scene.sandbox.listCases()[0]?.events).toEqual([]);
	});

	it('lets an SI send no file where the process has no format for it', async () => {
		const { cases } = await scene.sandbox.deposit({ processCode: 'CERTDC', files: [] });
		path = `/cases/${cases[0]?.id}`;
		expect((await post(scene.si, DEPOSIT)).status).toBe(400);
		const attachments = [{ ...PDF, type: 'VA_CertificatdeDeces' }];
		expect((await post(scene.osl, { ...DEPOSIT, attachments })).status).toBe(201);
	});

	it('sends a deposit only when all its files are received, and then notifies', async () => {
		const { si, osl, sandbox } = scene;
		const event = await deposit(si, { caseNewStatus: 'DONE' });
		expect(event).toMatchObject({
			status: 'IN_PROGRESS',
			attachments: [{ status: 'PENDING' }, { status: 'PENDING' }],
		});
		await upload(si, event, 0);
		const early = await patch(si, event, 'SENT');
		expect([early.status, early.messages]).toEqual([
			400,
			['Attachment a.pdf is not received (PENDING)'],
		]);
		expect(await osl.notifications()).toEqual([]);
		sandbox.scanNext({ outcome: 'CORRUPTED', times: 1 });
		await upload(si, event, 1);
		expect((await patch(si, event, 'SENT')).status).toBe(400);
		await upload(si, event, 1);
		expect(caseStatus()).toBe('HUBEE_NOTIFIED');
		expect((await patch(si, event, 'SENT')).status).toBe(204);
		expect(caseStatus()).toBe('DONE');

		expect(await osl.notifications('?eventDetails=true')).toMatchObject([
			{ eventId: event.id, eventStatus: 'SENT', eventActionType: 'ATTACH_DEPOSIT' },
		]);
		const attachment = `${path}/events/${event.id}/attachments/${event.attachments[0]?.id}`;
		const download = await osl.folder('GET', attachment);
		expect(download.bytes.toString()).toBe('abc');
		expect(download.headers.get('digest')).toBe('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=');
		expect((await patch(si, event, 'SENT')).status).toBe(400);
		expect((await upload(si, event, 0)).status).toBe(400);
	});

	it('applies the status of a deposit at its creation when told to', async () => {
		scene.sandbox.configure({ depositStatusAppliesAt: 'creation' });
		await deposit(scene.si, { caseNewStatus: 'DONE' });
		expect(caseStatus()).toBe('DONE');
	});

	it('hides a deposit in preparation from the other side', async () => {
		const { si, osl, admin } = scene;
		const event = await deposit(si);
		const status = async (caller: Caller): Promise<number> =>
			(await caller.folder('GET', `${path}/events/${event.id}`)).status;
		expect([await status(si), await status(osl), await status(admin)]).toEqual([200, 404, 200]);
		expect((await osl.folder('GET', path)).json).toMatchObject({ events: [] });
		expect((await patch(osl, event, 'RECEIVED')).status).toBe(404);
	});

	it('gives each side its own part of the state machine', async () => {
		const { si, osl } = scene;
		const sent = (await post(osl, { actionType: 'SENDING_MESSAGE', notification: true }))
			.json as SeenEvent;
		expect((await patch(osl, sent, 'RECEIVED')).status).toBe(403);
		expect((await patch(si, sent, 'SENT')).status).toBe(403);
		expect((await patch(si, sent, 'IN_PROGRESS')).status).toBe(400);
		expect((await si.folder('PATCH', `${path}/events/${sent.id}`, { body: {} })).status).toBe(204);
		expect((await patch(si, sent, 'RECEIVED')).status).toBe(204);
		expect((await patch(si, sent, 'RECEIVED')).status).toBe(400);
	});

	it('deletes only a deposit in preparation, for its author', async () => {
		const { si, osl, admin } = scene;
		const event = await deposit(si);
		const message = (await post(si, { actionType: 'SENDING_MESSAGE', notification: false }))
			.json as SeenEvent;
		const remove = async (caller: Caller, { id }: SeenEvent): Promise<number> =>
			(await caller.folder('DELETE', `${path}/events/${id}`)).status;
		expect(await remove(osl, event)).toBe(404);
		expect(await remove(osl, message)).toBe(403);
		expect(await remove(admin, event)).toBe(403);
		expect(await remove(si, message)).toBe(400);
		expect(await remove(si, event)).toBe(204);
		expect(await remove(si, event)).toBe(404);
	});

	it('keeps the comment inside the SI', async () => {
		const { si, osl } = scene;
		const body = { actionType: 'COM_ADD', notification: true, comment: 'internal', message: 'm' };
		const event = (await post(si, body)).json as SeenEvent;
		const eventPath = `${path}/events/${event.id}`;
		expect((await si.folder('GET', eventPath)).json).toMatchObject({ comment: 'internal' });
		expect((await osl.folder('GET', eventPath)).json).toMatchObject({
			comment: null,
			message: 'm',
		});
	});

	it('tells nobody when no notification is wanted', async () => {
		await post(scene.si, {
			actionType: 'STATUS_UPDATE',
			notification: false,
			caseNewStatus: 'SENT',
		});
		expect(await scene.osl.notifications()).toEqual([]);
		expect(caseStatus()).toBe('SENT');
	});

	it('refuses changes of status that no document foresees, when told to', async () => {
		const { si, osl, sandbox } = scene;
		const status = async (caller: Caller, to: string): Promise<number> =>
			(await caller.folder('PATCH', path, { body: { status: to } })).status;
		expect(await status(si, 'CLOSED')).toBe(204);
		expect(await status(si, 'ARCHIVED')).toBe(400);
		sandbox.configure({ strictTransitions: true });
		expect(await status(si, 'IN_PROGRESS')).toBe(400);
		expect(await status(osl, 'HUBEE_NOTIFIED')).toBe(204);
		expect(await status(si, 'IN_PROGRESS')).toBe(204);
		expect(await status(si, 'IN_PROGRESS')).toBe(204);
		expect(await status(si, 'CLOSED')).toBe(400);
		const body = { actionType: 'STATUS_UPDATE', notification: true, caseNewStatus: 'SENT' };
		expect((await post(si, body)).status).toBe(400);
		expect(await status(osl, 'CLOSED')).toBe(204);
	});

	it('refuses messages where the process forbids them, only when told to', async () => {
		const { cases } = await scene.sandbox.deposit({ processCode: 'CERTDC', files: [] });
		path = `/cases/${cases[0]?.id}`;
		const body = { actionType: 'STATUS_UPDATE', notification: true, message: 'Bonjour' };
		expect((await post(scene.si, body)).status).toBe(201);
		scene.sandbox.configure({ messagesEnforced: true });
		expect((await post(scene.si, body)).status).toBe(400);
		expect((await post(scene.osl, body)).status).toBe(201);
	});
});
