import { Desk } from './desk';

let desk: Desk;
beforeEach(async () => {
	desk = await Desk.open();
});
afterEach(async () => await desk.close());

describe('Notification: Get Many', () => {
	it('gives the queue with the names that the other operations ask for', async () => {
		const { caseId, notificationId } = await desk.receive();
		const { items, credentialReads } = await desk.run('notification:getMany');
		expect(items).toEqual([
			{
				json: expect.objectContaining({
					notificationId,
					caseId,
					eventId: null,
					kind: 'case',
					processCode: 'EtatCivil',
				}),
				pairedItem: { item: 0 },
			},
		]);
		expect(credentialReads).toEqual({ hubEeOAuth2Api: 1 });
	});

	it('gives type and status of events, and changes nothing', async () => {
		const { caseId } = await desk.receive();
		await desk.sandbox.incomingEvent({ caseId, actionType: 'SENDING_MESSAGE', message: 'Hello' });
		const { items } = await desk.run('notification:getMany');
		const event = items.find(({ json }) => json.kind === 'event');
		expect(event?.json).toMatchObject({
			eventActionType: 'SENDING_MESSAGE',
			eventStatus: 'SENT',
		});
		expect(desk.sandbox.listNotifications()).toHaveLength(2);
	});

	it('sends batch size, process codes and priority as the contract has them', async () => {
		await desk.receive();
		await desk.run('notification:getMany', {
			batchSize: 7,
			additionalFields: { processCodes: 'CERTDC, EtatCivil', priorityCodes: 'OTV' },
		});
		const [call] = desk.sandbox.mockServer.calls.list({ operation: 'listNotification' });
		expect(call.query).toBe(
			'?maxResult=7&processCode=CERTDC&processCode=EtatCivil&processPriority=OTV&eventDetails=true',
		);
	});

	it('gives a notification once that the queue shows twice', async () => {
		const { notificationId } = await desk.receive();
		const { mockServer } = desk.sandbox;
		const shown = { id: notificationId, processCode: 'EtatCivil' };
		const body = JSON.stringify([shown, shown]);
		mockServer.failNext({ path: '/notifications$', how: { kind: 'status', status: 200, body } });
		const { items } = await desk.run('notification:getMany', {});
		expect(items.map(({ json }) => json.notificationId)).toEqual([notificationId]);
	});

	it('gives only notifications of the chosen processes', async () => {
		await desk.receive();
		await desk.receive([{ fileName: 'a.xml' }], 'CERTDC');
		const { items } = await desk.run('notification:getMany', {
			additionalFields: { processCodes: 'CERTDC' },
		});
		expect(items.map(({ json }) => json.processCode)).toEqual(['CERTDC']);
	});

	it('looks event details up where the server refuses them, and asks it once only', async () => {
		desk.sandbox.configure({ eventDetails: false });
		const { caseId } = await desk.receive();
		await desk.sandbox.incomingEvent({ caseId, actionType: 'COM_ADD', comment: 'x' });
		for (let i = 0; i < 2; i++) {
			const { items } = await desk.run('notification:getMany');
			expect(items.find(({ json }) => json.kind === 'event')?.json).toMatchObject({
				eventActionType: 'COM_ADD',
				eventStatus: 'SENT',
			});
		}
		const queries = desk.sandbox.mockServer.calls.list({ operation: 'listNotification' });
		expect(queries.map(({ query }) => query.includes('eventDetails'))).toEqual([
			true,
			false,
			false,
		]);
	});

	it('leaves the fields out where they are not wanted', async () => {
		desk.sandbox.configure({ eventDetails: false });
		const { caseId } = await desk.receive();
		await desk.sandbox.incomingEvent({ caseId, actionType: 'COM_ADD' });
		const additionalFields = { eventDetails: 'none' };
		const { items } = await desk.run('notification:getMany', { additionalFields });
		expect(JSON.stringify(items)).not.toContain('eventStatus');
		expect(desk.operations()).toEqual(['listNotification']);
	});

	it('gives no item for an empty queue', async () => {
		expect((await desk.run('notification:getMany')).items).toEqual([]);
	});

	it.each([
		[0, 'Batch Size must be a whole number at least 1 and at most 10000'],
		['many', 'Batch Size must be a whole number at least 1 and at most 10000'],
	])('refuses a batch size of %p before anything is sent', async (batchSize, message) => {
		expect((await desk.failure('notification:getMany', { batchSize })).message).toBe(message);
		expect(desk.operations()).toEqual([]);
	});
});

describe('Notification: Acknowledge', () => {
	it('deletes the notification of a new télédossier', async () => {
		const { notificationId, caseId } = await desk.receive();
		const json = { notificationId, caseId, eventId: null };
		const result = await desk.one('notification:acknowledge', {}, { items: [{ json }] });
		expect(result).toEqual({
			acknowledged: true,
			notificationId,
			eventMarkedReceived: false,
			wasGone: false,
		});
		expect(desk.sandbox.listNotifications()).toEqual([]);
		expect(desk.operations()).toEqual(['deleteNotification']);
	});

	it.each(['kept', 'consumed'] as const)(
		'marks an event as received first; its notification is %s by the hub',
		async (notificationAfterReceived) => {
			desk.sandbox.configure({ notificationAfterReceived });
			const { caseId } = await desk.receive();
			const { eventId, notificationId } = await desk.sandbox.incomingEvent({
				caseId,
				actionType: 'SENDING_MESSAGE',
				message: 'Hello',
			});
			const result = await desk.one(
				'notification:acknowledge',
				{},
				{ items: [{ json: { notificationId, caseId, eventId } }] },
			);
			expect(result).toMatchObject({
				eventMarkedReceived: true,
				wasGone: notificationAfterReceived === 'consumed',
			});
			expect(desk.caseNow(caseId).events[0].status).toBe('RECEIVED');
			const left = desk.sandbox.listNotifications().map(({ id }) => id);
			expect(left).not.toContain(notificationId);
		},
	);

	it('only deletes the acknowledgement of an own event', async () => {
		const { caseId } = await desk.receive();
		const { eventId } = await desk.one('event:create', {
			caseId,
			actionType: 'SENDING_MESSAGE',
			additionalFields: { message: 'Bonjour' },
		});
		// The online-service operator receives it, which puts a notification into our queue.
		await desk.one(
			'event:acknowledge',
			{ caseId, eventId },
			{ credential: { clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' } },
		);
		const { items } = await desk.run('notification:getMany');
		const own = items.find(({ json }) => json.eventId === eventId);
		expect(own?.json.eventStatus).toBe('RECEIVED');
		desk.sandbox.mockServer.calls.clear();
		await desk.one('notification:acknowledge', {}, { items: [{ json: own?.json ?? {} }] });
		expect(desk.operations()).toEqual(['getEventById', 'deleteNotification']);
	});

	it('twice is no error', async () => {
		const { notificationId } = await desk.receive();
		await desk.one('notification:acknowledge', { notificationId });
		expect(await desk.one('notification:acknowledge', { notificationId })).toMatchObject({
			acknowledged: true,
			wasGone: true,
		});
	});

	it('of an event needs the case', async () => {
		const { notificationId } = await desk.receive();
		const failure = await desk.failure('notification:acknowledge', {
			notificationId,
			eventId: notificationId,
		});
		expect(failure.message).toBe(
			'Case ID is empty: it must be a UUID such as 3fa85f64-5717-4562-b3fc-2c963f66afa6',
		);
		expect(desk.operations()).toEqual([]);
	});
});

describe('Notification: Delete', () => {
	it('deletes, and says when it was gone', async () => {
		const { notificationId } = await desk.receive();
		expect(await desk.one('notification:delete', { notificationId })).toEqual({
			deleted: true,
			notificationId,
			wasGone: false,
		});
		expect(await desk.one('notification:delete', { notificationId })).toMatchObject({
			wasGone: true,
		});
	});

	it('of another organization is refused with what that usually means', async () => {
		await desk.sandbox.depositMany({
			cases: 1,
			files: 1,
			size: 1,
			recipient: { type: 'SI', companyRegister: '21060088000016', branchCode: '06088' },
		});
		const [{ id }] = desk.sandbox.listNotifications();
		const failure = await desk.failure('notification:delete', { notificationId: id });
		expect(failure.message).toBe('HubEE does not allow this: Unauthorized user');
		expect(failure.description).toContain(
			'it usually belongs to another organization or process than the one the client ID was issued for',
		);
		expect(failure.description).toContain('HTTP 403');
	});
});
