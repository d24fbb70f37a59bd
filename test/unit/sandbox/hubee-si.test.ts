import { createHash } from 'node:crypto';

import { HubEeAdminClient, SI_ORGANIZATIONS } from '../../../sandbox/hubee';

import { Caller, openScene } from './hubee-caller';
import type { Scene } from './hubee-caller';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the HubEE sandbox for an SI', () => {
	let scene: Scene;

	beforeEach(async () => {
		scene = await openScene();
	});
	afterEach(async () => {
		expect(scene.sandbox.mockServer.faults).toEqual([]);
		await scene.sandbox.close();
	});

	it('hands a deposited télédossier out: notification, case, bytes, digest', async () => {
		const { si, sandbox } = scene;
		const deposited = await sandbox.deposit({
			files: [
				{ fileName: 'é.xml', mimeType: 'application/xml', content: { text: '<a>\r\n</a>' } },
				{ fileName: 'big.pdf', mimeType: 'application/pdf', content: { size: 300_000 } },
			],
			applicant: { firstName: 'Zoé', lastName: 'Martin' },
		});

		const [notification] = await si.notifications('?eventDetails=true');
		expect(notification).toMatchObject({
			id: deposited.cases[0]?.notificationId,
			eventId: null,
			eventActionType: null,
			eventStatus: null,
			processCode: 'CERTDC',
		});
		const seen = (await si.folder('GET', `/cases/${notification?.caseId}`)).json as {
			status: string;
			applicant: unknown;
			attachments: Array<{ id: string; fileName: string; size: number; status: string }>;
		};
		expect(seen).toMatchObject({
			status: 'HUBEE_NOTIFIED',
			applicant: { firstName: 'Zoé', lastName: 'Martin' },
			recipient: SI_ORGANIZATIONS.paris,
		});
		for (const [index, attachment] of seen.attachments.entries()) {
			const path = `/cases/${notification?.caseId}/attachments/${attachment.id}`;
			const download = await si.folder('GET', path);
			expect(download.headers.get('content-type')).toBe('application/octet-stream');
			expect(download.bytes).toHaveLength(attachment.size);
			expect(sha256(download.bytes)).toBe(deposited.attachments[index]?.sha256);
			expect(Buffer.from(download.headers.get('digest') ?? '', 'base64').toString('hex')).toBe(
				deposited.attachments[index]?.sha256,
			);
		}
	});

	it('shows the same notifications until they are deleted, and never twice the second time', async () => {
		const { si, sandbox } = scene;
		await sandbox.depositMany({ cases: 30, files: 1, size: 10 });

		const ids = async (query = ''): Promise<string[]> =>
			(await si.notifications(query)).map(({ id }) => id);
		expect(await ids()).toHaveLength(25);
		expect(await ids('?maxResult=7')).toHaveLength(7);
		const all = await ids('?maxResult=100');
		expect(new Set(all).size).toBe(30);
		const again = await ids('?maxResult=100');
		expect(again).not.toEqual(all);
		expect([...again].sort()).toEqual([...all].sort());

		expect((await si.folder('DELETE', `/notifications/${all[0]}`)).status).toBe(204);
		expect(await ids('?maxResult=100')).toHaveLength(29);
		const repeated = await si.folder('DELETE', `/notifications/${all[0]}`);
		expect([repeated.status, repeated.messages]).toEqual([404, ['Notification is not found']]);
	});

	it('keeps an arbitrary but stable order, or the order of arrival, when told to', async () => {
		const { si, sandbox } = scene;
		const deposited = await sandbox.depositMany({ cases: 12, files: 1, size: 1 });
		const arrival = deposited.map(({ cases }) => cases[0]?.id);
		const order = async (): Promise<string[]> =>
			(await si.notifications()).map(({ caseId }) => caseId);

		sandbox.configure({ notificationOrder: 'stable' });
		const stable = await order();
		expect(await order()).toEqual(stable);
		expect(stable).not.toEqual(arrival);
		sandbox.configure({ notificationOrder: 'created' });
		expect(await order()).toEqual(arrival);
		sandbox.configure({ largestBatch: 5 });
		expect(await si.notifications('?maxResult=100')).toHaveLength(5);
	});

	it('filters by repeated process codes and puts priority codes first', async () => {
		const { si, sandbox } = scene;
		for (const processCode of ['CERTDC', 'OTV', 'EtatCivil', 'OTV']) {
			await sandbox.deposit({ processCode, files: [] });
		}
		const codes = async (query: string): Promise<string[]> =>
			(await si.notifications(query)).map(({ processCode }) => processCode);
		expect((await codes('?processCode=OTV&processCode=EtatCivil')).sort()).toEqual([
			'EtatCivil',
			'OTV',
			'OTV',
		]);
		expect((await codes('?processPriority=OTV')).slice(0, 2)).toEqual(['OTV', 'OTV']);
		expect(await codes('?processCode=certdc')).toEqual([]);
	});

	it('shows a queue to its recipient only, and to a client of one process only that process', async () => {
		const { si, siNice, sandbox } = scene;
		const { cases } = await sandbox.deposit({
			recipients: [SI_ORGANIZATIONS.paris, SI_ORGANIZATIONS.nice],
			files: [
				{ fileName: 'both.txt', content: { text: 'both' } },
				{ fileName: 'nice.txt', content: { text: 'nice' }, cases: [1] },
			],
		});
		const [paris, nice] = cases;
		expect((await si.notifications()).map(({ caseId }) => caseId)).toEqual([paris?.id]);
		expect((await siNice.notifications()).map(({ caseId }) => caseId)).toEqual([nice?.id]);

		const foreign = await si.folder('GET', `/cases/${nice?.id}`);
		expect([foreign.status, foreign.messages]).toEqual([403, ['Unauthorized user']]);
		const names = (value: unknown): string[] =>
			(value as { attachments: Array<{ fileName: string }> }).attachments.map(
				({ fileName }) => fileName,
			);
		expect(names((await si.folder('GET', `/cases/${paris?.id}`)).json)).toEqual(['both.txt']);
		expect(names((await siNice.folder('GET', `/cases/${nice?.id}`)).json)).toEqual([
			'both.txt',
			'nice.txt',
		]);
		const niceOnly = sandbox.listFolders()[0]?.attachments[1]?.id;
		const peek = await si.folder('GET', `/cases/${paris?.id}/attachments/${niceOnly}`);
		expect([peek.status, peek.messages]).toEqual([404, ['File is not found']]);

		const removal = await si.folder('DELETE', `/notifications/${nice?.notificationId}`);
		expect(removal.status).toBe(403);
	});

	it('limits a client of one subscription to its process', async () => {
		const { sandbox } = scene;
		const certdc = new Caller(sandbox, 'si-paris-certdc', 'SI');
		const { cases } = await sandbox.deposit({ processCode: 'OTV', files: [] });
		await sandbox.deposit({ processCode: 'CERTDC', files: [] });
		expect((await certdc.notifications()).map(({ processCode }) => processCode)).toEqual([
			'CERTDC',
		]);
		expect((await certdc.folder('GET', `/cases/${cases[0]?.id}`)).status).toBe(403);
	});

	it('changes the status of a case by PATCH silently and by event with a notification', async () => {
		const { si, osl, sandbox } = scene;
		const { cases } = await sandbox.deposit({ files: [] });
		const path = `/cases/${cases[0]?.id}`;

		const patched = await si.folder('PATCH', path, { body: { status: 'SI_RECEIVED' } });
		expect(patched.status).toBe(204);
		expect(await osl.notifications()).toEqual([]);
		const created = await si.folder('POST', `${path}/events`, {
			body: { actionType: 'STATUS_UPDATE', notification: true, caseNewStatus: 'IN_PROGRESS' },
		});
		expect(created.status).toBe(201);
		expect(created.json).toMatchObject({ status: 'SENT', actionType: 'STATUS_UPDATE' });
		expect(sandbox.listCases()[0]).toMatchObject({ status: 'IN_PROGRESS' });
		expect(sandbox.listCases()[0]?.history.map(({ status }) => status)).toEqual([
			'HUBEE_RECEIVED',
			'HUBEE_NOTIFIED',
			'SI_RECEIVED',
			'IN_PROGRESS',
		]);
		expect(await osl.notifications('?eventDetails=true')).toMatchObject([
			{ eventActionType: 'STATUS_UPDATE', eventStatus: 'SENT' },
		]);

		sandbox.configure({ statusByEvent: false });
		await si.folder('POST', `${path}/events`, {
			body: { actionType: 'STATUS_UPDATE', notification: false, caseNewStatus: 'DONE' },
		});
		expect(sandbox.listCases()[0]?.status).toBe('IN_PROGRESS');
		expect(await osl.notifications()).toHaveLength(1);
	});

	it('takes a PATCH by POST only with the override header', async () => {
		const { si, sandbox } = scene;
		const { cases } = await sandbox.deposit({ files: [] });
		const path = `/cases/${cases[0]?.id}`;
		const body = { status: 'SENT' };
		const bare = await si.folder('POST', path, { body });
		expect([bare.status, bare.messages]).toEqual([405, ['Method not allowed']]);
		const headers = { 'X-HTTP-Method-Override': 'PUT' };
		expect((await si.folder('POST', path, { body, headers })).status).toBe(405);
		headers['X-HTTP-Method-Override'] = 'PATCH';
		expect((await si.folder('POST', path, { body, headers })).status).toBe(204);
		expect(sandbox.listCases()[0]?.status).toBe('SENT');
	});

	it.each([
		['kept', 1],
		['consumed', 0],
	] as const)(
		'acknowledges an incoming event to its author, and its own notification is %s',
		async (notificationAfterReceived, left) => {
			const { si, osl, sandbox } = scene;
			sandbox.configure({ notificationAfterReceived });
			const { cases } = await sandbox.deposit({ files: [] });
			const caseId = cases[0]?.id ?? '';
			await si.folder('DELETE', `/notifications/${cases[0]?.notificationId}`);
			const { eventId } = await sandbox.incomingEvent({
				caseId,
				actionType: 'SENDING_MESSAGE',
				message: 'Bonjour',
			});
			expect(await si.notifications('?eventDetails=true')).toMatchObject([
				{ eventId, eventStatus: 'SENT', eventActionType: 'SENDING_MESSAGE' },
			]);

			const path = `/cases/${caseId}/events/${eventId}`;
			expect((await si.folder('GET', path)).json).toMatchObject({ message: 'Bonjour' });
			const body = { status: 'RECEIVED' };
			expect((await osl.folder('PATCH', path, { body })).status).toBe(403);
			expect((await si.folder('PATCH', path, { body })).status).toBe(204);
			expect(await si.notifications()).toHaveLength(left);
			expect(await osl.notifications('?eventDetails=true')).toMatchObject([
				{ eventId, eventStatus: 'RECEIVED' },
			]);
			expect((await si.folder('PATCH', path, { body })).status).toBe(400);
			expect(await osl.notifications()).toHaveLength(1);
		},
	);

	it('leaves out of the lite form all that the contract does not require', async () => {
		const { si, sandbox } = scene;
		const { cases } = await sandbox.deposit({ files: [] });
		const lite = (await si.folder('GET', `/cases/${cases[0]?.id}?lite=true`)).json;
		expect(lite).toMatchObject({ id: cases[0]?.id, processCode: 'CERTDC' });
		expect(lite).not.toHaveProperty('attachments');
	});

	it('serves only files that are RECEIVED', async () => {
		const { si, sandbox } = scene;
		const deposited = await sandbox.deposit({ files: [{ fileName: 'a', content: { text: 'a' } }] });
		const id = deposited.attachments[0]?.id ?? '';
		sandbox.setAttachmentStatus(id, 'CORRUPTED');
		const path = `/cases/${deposited.cases[0]?.id}`;
		expect((await si.folder('GET', path)).json).toMatchObject({
			attachments: [{ status: 'CORRUPTED' }],
		});
		expect((await si.folder('GET', `${path}/attachments/${id}`)).status).toBe(404);
	});

	it('purges files after the status that the process names, once all cases have reached it', async () => {
		const { si, siNice, sandbox } = scene;
		const deposited = await sandbox.deposit({
			recipients: [SI_ORGANIZATIONS.paris, SI_ORGANIZATIONS.nice],
			files: [{ fileName: 'a', content: { text: 'a' } }],
		});
		const [paris, nice] = deposited.cases;
		const path = `/cases/${paris?.id}/attachments/${deposited.attachments[0]?.id}`;
		const body = { status: 'IN_PROGRESS' };
		const days = 24 * 60 * 60 * 1000;
		sandbox.configure({ tokenLifetime: 90 * 24 * 60 * 60 });

		await si.folder('PATCH', `/cases/${paris?.id}`, { body });
		sandbox.mockServer.clock.advance(9 * days);
		expect((await si.folder('GET', path)).status).toBe(200);
		await siNice.folder('PATCH', `/cases/${nice?.id}`, { body });
		expect((await si.folder('GET', path)).status).toBe(200);
		sandbox.mockServer.clock.advance(9 * days);
		expect((await si.folder('GET', path)).status).toBe(404);
		expect(sandbox.listCases()[0]?.attachments[0]?.status).toBe('DELETED');
	});

	it('can be steered from another process', async () => {
		const { si, sandbox } = scene;
		const admin = new HubEeAdminClient(sandbox.adminUrl);
		const [deposited] = await admin.depositMany({
			cases: 1,
			files: 2,
			size: 1000,
			processCode: 'OTV',
		});
		expect(deposited?.attachments).toHaveLength(2);
		expect(await admin.cases()).toMatchObject([
			{ id: deposited?.cases[0]?.id, notifications: [deposited?.cases[0]?.notificationId] },
		]);
		await admin.configure({ digestHeader: false });
		const path = `/cases/${deposited?.cases[0]?.id}/attachments/${deposited?.attachments[0]?.id}`;
		expect((await si.folder('GET', path)).headers.get('digest')).toBeNull();
		await expect(admin.configure({ unknown: 1 } as never)).rejects.toThrow('There is no setting');
		expect((await admin.counters()).byOperation).toMatchObject({ downloadCaseAttachmentById: 1 });

		await admin.expireTokens();
		expect((await si.folder('GET', path)).status).toBe(401);
		const client = await admin.addSubscriber({
			organization: { type: 'SI', companyRegister: '21060088000016', branchCode: '06000' },
		});
		expect(await new Caller(sandbox, client.clientId, 'SI').notifications()).toEqual([]);
		await admin.reset();
		expect(await admin.cases()).toEqual([]);
		expect((await admin.settings()).digestHeader).toBe(true);
	});

	it('generates the same content again for the same seed, and other content for another', async () => {
		const { sandbox } = scene;
		const once = await sandbox.depositMany({ cases: 2, files: 2, size: 100_000, seed: 5 });
		const again = await sandbox.depositMany({ cases: 2, files: 2, size: 100_000, seed: 5 });
		const digests = (list: typeof once): string[] =>
			list.flatMap(({ attachments }) => attachments.map((attachment) => attachment.sha256));
		expect(digests(again)).toEqual(digests(once));
		expect(new Set(digests(once)).size).toBe(4);
	});
});
