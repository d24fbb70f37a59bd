import { randomBytes } from 'node:crypto';

import { SI_ORGANIZATIONS } from '../../../sandbox/hubee';
import { SUITE_PROCESSES, SUITE_RECIPIENT } from '../../../sandbox/hubee/test-suite';
import { Caller, openScene, type Scene } from './hubee-caller';

let scene: Scene;
beforeAll(async () => {
	scene = await openScene({ withSuite: true });
});
afterAll(async () => await scene.sandbox.close());

interface Created {
	id: string;
	attachments: Array<{ id: string; status: string }>;
}

describe("HubEE's public test suite on the sandbox", () => {
	it('knows its 23 processes and five senders', () => {
		expect(SUITE_PROCESSES).toHaveLength(23);
		expect(new Set(SUITE_PROCESSES.map(({ sender }) => sender)).size).toBe(5);
	});

	it.each(SUITE_PROCESSES.map((one) => [one.code, one] as const))(
		'goes through with %s: folder, files, completion, reception by both recipients',
		async (processCode, { sender, files }) => {
			const osl = new Caller(scene.sandbox, sender, 'OSL');
			const externalId = `${sender.toUpperCase()}-${processCode.slice(0, 13)}-0001`;
			const bytes = files.map(() => randomBytes(64));
			const cases = [SI_ORGANIZATIONS.paris, SUITE_RECIPIENT].map((recipient, index) => ({
				externalId: `${externalId}-0${index + 1}`,
				recipient,
			}));
			const created = await osl.folder('POST', '/folders', {
				body: {
					processCode,
					externalId,
					applicant: { firstName: 'Adeline', lastName: 'Test' },
					cases,
					attachments: files.map(([type, mimeType], index) => ({
						fileName: `piece-${index}`,
						type,
						size: 64,
						mimeType,
						recipients: cases.map((one) => one.externalId),
					})),
				},
			});
			expect([created.status, created.messages]).toEqual([201, []]);
			const { id, attachments } = created.json as Created;
			for (const [index, attachment] of attachments.entries()) {
				const path = `/folders/${id}/attachments/${attachment.id}`;
				expect((await osl.folder('PUT', path, { bytes: bytes[index] })).status).toBe(204);
			}
			const seen = (await osl.folder('GET', `/folders/${id}`)).json as Created;
			expect(new Set(seen.attachments.map(({ status }) => status))).toEqual(new Set(['RECEIVED']));
			const body = { globalStatus: 'HUBEE_COMPLETED' };
			expect((await osl.folder('PATCH', `/folders/${id}`, { body })).status).toBe(204);
			for (const client of ['si-paris', 'si-vienne']) {
				const si = new Caller(scene.sandbox, client, 'SI');
				const [told] = await si.notifications(`?processCode=${processCode}`);
				const { json } = await si.folder('GET', `/cases/${told.caseId}`);
				const held = (json as Created).attachments;
				expect(held).toHaveLength(files.length);
				for (const [index, attachment] of held.entries()) {
					const path = `/cases/${told.caseId}/attachments/${attachment.id}`;
					expect((await si.folder('GET', path)).bytes.equals(bytes[index])).toBe(true);
				}
			}
		},
	);

	it('refuses a process of another sender', async () => {
		const dgs = new Caller(scene.sandbox, 'dgs', 'OSL');
		const recipient = SI_ORGANIZATIONS.paris;
		const { status } = await dgs.folder('POST', '/folders', {
			body: {
				processCode: 'SNATED',
				externalId: 'DGS-SNATED-1',
				applicant: { firstName: 'Adeline', lastName: 'Test' },
				cases: [{ externalId: 'DGS-SNATED-1-01', recipient }],
				attachments: [
					{
						fileName: 'a.xml',
						type: 'documents',
						size: 1,
						mimeType: 'application/xml',
						recipients: ['DGS-SNATED-1-01'],
					},
				],
			},
		});
		expect(status).toBe(403);
	});

	it('keeps the queue of each sender to itself', async () => {
		const { caseId } = (await scene.si.notifications('?processCode=CERTDC'))[0];
		const body = { actionType: 'STATUS_UPDATE', notification: true, caseNewStatus: 'IN_PROGRESS' };
		await scene.si.folder('POST', `/cases/${caseId}/events`, { body });
		const queueOf = async (client: string) =>
			(await new Caller(scene.sandbox, client, 'OSL').notifications()).map((one) => one.caseId);
		expect(await queueOf('dgs')).toEqual([caseId]);
		expect(await queueOf('dila')).toEqual([]);
		expect(await queueOf('osl')).toEqual([]);
	});
});
