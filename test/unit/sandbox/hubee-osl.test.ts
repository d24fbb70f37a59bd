import { createHash } from 'node:crypto';

import { SI_ORGANIZATIONS } from '../../../sandbox/hubee';

import { openScene } from './hubee-caller';
import type { Received, Scene } from './hubee-caller';

const DAY = 24 * 60 * 60 * 1000;

interface SeenFolder {
	id: string;
	globalStatus: string;
	cases: Array<{ id: string; status: string; externalId: string }>;
	attachments: Array<{ id: string; fileName: string; status: string; recipients: string[] }>;
}

const NUMBER = 'OSL-OTV-0000000000001';
const file = (
	fileName: string,
	content: string,
	cases: string[] = ['01', '02'],
): Record<string, unknown> => ({
	fileName,
	type: 'OTV',
	size: Buffer.byteLength(content),
	mimeType: 'text/plain',
	recipients: cases.map((number) => `${NUMBER}-${number}`),
});

/** A folder for Paris (01) and Nice (02). */
const folderBody = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
	processCode: 'OTV',
	externalId: NUMBER,
	applicant: { firstName: 'Zoé', lastName: 'Martin' },
	cases: [
		{ externalId: `${NUMBER}-01`, recipient: SI_ORGANIZATIONS.paris, partnerAttributes: 'a=1' },
		{ externalId: `${NUMBER}-02`, recipient: SI_ORGANIZATIONS.nice },
	],
	attachments: [file('both.txt', 'both'), file('nice.txt', 'nice', ['02'])],
	...changes,
});

describe('the HubEE sandbox for an OSL', () => {
	let scene: Scene;

	beforeEach(async () => {
		scene = await openScene();
	});
	afterEach(async () => {
		expect(scene.sandbox.mockServer.faults).toEqual([]);
		await scene.sandbox.close();
	});

	const create = async (changes?: Record<string, unknown>): Promise<SeenFolder> => {
		const answer = await scene.osl.folder('POST', '/folders', { body: folderBody(changes) });
		expect([answer.status, answer.messages]).toEqual([201, []]);
		return answer.json as SeenFolder;
	};
	const upload = async (
		folder: SeenFolder,
		index: number,
		bytes: string,
		headers?: Record<string, string>,
	): Promise<Received> =>
		await scene.osl.folder(
			'PUT',
			`/folders/${folder.id}/attachments/${folder.attachments[index]?.id}`,
			{ bytes, headers },
		);
	const complete = async (folder: SeenFolder): Promise<Received> =>
		await scene.osl.folder('PATCH', `/folders/${folder.id}`, {
			body: { globalStatus: 'HUBEE_COMPLETED' },
		});
	const seen = async (folder: SeenFolder): Promise<SeenFolder> =>
		(await scene.osl.folder('GET', `/folders/${folder.id}`)).json as SeenFolder;

	it('takes a folder from its creation to the queues of its recipients', async () => {
		const { si, siNice, osl } = scene;
		const folder = await create();
		expect(folder).toMatchObject({
			globalStatus: 'HUBEE_RECEIVED',
			cases: [{ status: 'HUBEE_RECEIVED' }, { status: 'HUBEE_RECEIVED' }],
			attachments: [{ status: 'PENDING' }, { status: 'PENDING' }],
		});
		expect((await upload(folder, 0, 'both')).status).toBe(204);
		expect((await upload(folder, 1, 'nice')).status).toBe(204);
		expect((await seen(folder)).attachments).toMatchObject([
			{ status: 'RECEIVED' },
			{ status: 'RECEIVED' },
		]);
		expect(await si.notifications()).toEqual([]);
		expect((await complete(folder)).status).toBe(204);
		expect(await seen(folder)).toMatchObject({
			globalStatus: 'HUBEE_NOTIFIED',
			cases: [{ status: 'HUBEE_NOTIFIED' }, { status: 'HUBEE_NOTIFIED' }],
		});

		expect(await si.notifications()).toMatchObject([
			{ caseId: folder.cases[0]?.id, eventId: null },
		]);
		expect(await siNice.notifications()).toMatchObject([{ caseId: folder.cases[1]?.id }]);
		expect(await osl.notifications()).toEqual([]);
		const paris = (await si.folder('GET', `/cases/${folder.cases[0]?.id}`)).json;
		expect(paris).toMatchObject({
			partnerAttributes: 'a=1',
			attachments: [{ fileName: 'both.txt' }],
		});
		const path = `/cases/${folder.cases[1]?.id}/attachments/${folder.attachments[1]?.id}`;
		expect((await siNice.folder('GET', path)).bytes.toString()).toBe('nice');
	});

	it('echoes the partner headers', async () => {
		const headers = { editorName: 'Guichet', applicationName: 'n8n', softwareVersion: '1.0' };
		const { json } = await scene.osl.folder('POST', '/folders', { body: folderBody(), headers });
		expect(json).toMatchObject({ partnerInfo: headers });
		expect(await create()).toMatchObject({ partnerInfo: null });
	});

	it('names every fault of a folder', async () => {
		const unknown = { type: 'SI', companyRegister: '00000000000000', branchCode: '00000' };
		const unsubscribed = { type: 'OSL', companyRegister: '13002603200016', branchCode: '75107' };
		const answer = await scene.osl.folder('POST', '/folders', {
			body: folderBody({
				cases: [
					{ externalId: `${NUMBER}-01`, recipient: unknown },
					{ externalId: `${NUMBER}-02`, recipient: unsubscribed },
				],
				attachments: [
					{ ...file('a', 'a'), type: 'foreign', mimeType: 'video/mp4', size: 2 ** 31 },
					file('b', 'b', ['03']),
				],
			}),
		});
		expect(answer.status).toBe(400);
		expect(answer.messages).toEqual([
			'Case recipient SI-00000000000000-00000 does not exist',
			'Case recipient OSL-13002603200016-75107 does not suscribed to OTV',
			expect.stringContaining('video/mp4'),
			expect.stringContaining('type foreign'),
			expect.stringContaining('exceeds 1073741824'),
			`Attachment recipient ${NUMBER}-03 is not a case of the folder`,
		]);
		expect(scene.sandbox.listFolders()).toEqual([]);
	});

	it('refuses an unknown process, and with a setting a number used before', async () => {
		const unknown = folderBody({ processCode: 'otv' });
		expect((await scene.osl.folder('POST', '/folders', { body: unknown })).messages).toEqual([
			'Process otv does not exist',
		]);
		await create();
		await create();
		scene.sandbox.configure({ uniqueExternalIds: true });
		const again = await scene.osl.folder('POST', '/folders', { body: folderBody() });
		expect(again.messages).toEqual([`Folder ${NUMBER} already exists`]);
	});

	it('checks size and digest of an upload, and takes it again', async () => {
		const folder = await create();
		const digest = createHash('sha256').update('both').digest('base64');
		const short = await upload(folder, 0, 'bot');
		expect([short.status, short.messages]).toEqual([
			400,
			['Size does not match with attachment meta-data'],
		]);
		expect((await upload(folder, 0, 'both', { digest: `sha-256=${digest}` })).status).toBe(400);
		expect((await upload(folder, 0, 'Both', { digest })).status).toBe(400);
		expect((await seen(folder)).attachments[0]?.status).toBe('PENDING');
		expect((await upload(folder, 0, 'both', { digest })).status).toBe(204);
		expect((await upload(folder, 0, 'both', { digest })).status).toBe(204);
		const nothing = await upload(folder, 0, '');
		expect(nothing.status).toBe(500);
		expect(nothing.messages[0]).toContain('Bad Response : Validation failed.');
		const stranger = `/folders/${folder.id}/attachments/${folder.id}`;
		const unknown = await scene.osl.folder('PUT', stranger, { bytes: 'x' });
		expect([unknown.status, unknown.messages]).toEqual([404, ['Binary meta-data is not found']]);
	});

	it('lets the antivirus be slow, stuck, or find something', async () => {
		const { sandbox } = scene;
		sandbox.configure({ scanDelay: 30_000 });
		sandbox.scanNext({ fileName: '^nice', outcome: 'PENDING' });
		const names = ['slow', 'nice', 'eicar.com', 'bad', 'bad'];
		const folder = await create({ attachments: names.map((name) => file(name, 'x')) });
		for (const index of [0, 1, 2]) await upload(folder, index, 'x');
		sandbox.scanNext({ fileName: 'bad', outcome: 'REJECTED', times: 1 });
		await upload(folder, 3, 'x');
		await upload(folder, 4, 'x');
		const statuses = async (): Promise<string[]> =>
			(await seen(folder)).attachments.map(({ status }) => status);
		expect(await statuses()).toEqual(Array(5).fill('PENDING'));
		sandbox.mockServer.clock.advance(30_000);
		expect(await statuses()).toEqual(['RECEIVED', 'PENDING', 'CORRUPTED', 'REJECTED', 'RECEIVED']);
	});

	it('completes a folder with missing files, as the real one does, unless told otherwise', async () => {
		const { sandbox } = scene;
		sandbox.configure({ completeWithMissingFiles: false });
		const folder = await create();
		const refused = await complete(folder);
		expect([refused.status, refused.messages.length]).toEqual([400, 2]);
		sandbox.configure({ completeWithMissingFiles: true });
		expect((await complete(folder)).status).toBe(204);
		expect((await upload(folder, 0, 'both')).status).toBe(400);
	});

	it('notifies after a delay when told to', async () => {
		const { sandbox, si } = scene;
		sandbox.configure({ notificationDelay: 60_000 });
		const folder = await create();
		await complete(folder);
		expect(await seen(folder)).toMatchObject({
			globalStatus: 'HUBEE_COMPLETED',
			cases: [{ status: 'HUBEE_COMPLETED' }, { status: 'HUBEE_COMPLETED' }],
		});
		expect(await si.notifications()).toEqual([]);
		sandbox.mockServer.clock.advance(60_000);
		expect(await si.notifications()).toHaveLength(1);
		expect((await seen(folder)).globalStatus).toBe('HUBEE_NOTIFIED');
	});

	it('moves the folder alone for any other status, and notifies once', async () => {
		const folder = await create();
		await complete(folder);
		const patch = async (globalStatus: string): Promise<number> =>
			(await scene.osl.folder('PATCH', `/folders/${folder.id}`, { body: { globalStatus } })).status;
		expect(await patch('CLOSED')).toBe(204);
		expect(await patch('HUBEE_COMPLETED')).toBe(204);
		expect(await patch('ARCHIVED')).toBe(400);
		expect(await seen(folder)).toMatchObject({
			globalStatus: 'HUBEE_COMPLETED',
			cases: [{ status: 'HUBEE_NOTIFIED' }, { status: 'HUBEE_NOTIFIED' }],
		});
		expect(await scene.si.notifications()).toHaveLength(1);
	});

	it('deletes a folder only before its completion', async () => {
		const [given, kept] = [await create(), await create()];
		const remove = async (folder: SeenFolder): Promise<number> =>
			(await scene.osl.folder('DELETE', `/folders/${folder.id}`)).status;
		expect(await remove(given)).toBe(204);
		expect(await remove(given)).toBe(404);
		await complete(kept);
		expect(await remove(kept)).toBe(400);
		expect(scene.sandbox.listCases()).toHaveLength(2);
	});

	it('does not let one OSL see or use what belongs to another', async () => {
		const { sandbox, osl, admin } = scene;
		const folder = await create();
		const other = { type: 'OSL', companyRegister: '13002526500013', branchCode: '75007' };
		sandbox.hub.folders.get(folder.id)!.owner = other;
		expect((await osl.folder('GET', `/folders/${folder.id}`)).status).toBe(403);
		expect((await osl.folder('GET', `/cases/${folder.cases[0]?.id}`)).status).toBe(403);
		expect((await admin.folder('GET', `/folders/${folder.id}`)).status).toBe(200);
		const process = sandbox.hub.processes.find('OTV');
		sandbox.hub.processes.put({ ...process!, osl: other });
		expect((await osl.folder('POST', '/folders', { body: folderBody() })).status).toBe(403);
	});

	it('archives nothing by itself, and keeps what is not yet to be purged', async () => {
		const { sandbox } = scene;
		const folder = await create();
		await upload(folder, 0, 'both');
		await complete(folder);
		sandbox.mockServer.clock.advance(400 * DAY);
		expect(sandbox.listFolders()[0]?.attachments[0]?.status).toBe('RECEIVED');
	});
});
