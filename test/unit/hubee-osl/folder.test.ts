import { chosenFiles, folderForm, NICE, Office, OSL_ACCOUNT, PARIS } from './office';

let office: Office;
beforeEach(async () => {
	office = await Office.open(OSL_ACCOUNT);
});
afterEach(async () => await office.close());

const created = async () =>
	await office.one(
		'folder:create',
		folderForm({
			recipients: { recipient: [PARIS, NICE] },
			...chosenFiles({ inputField: 'data', visibleTo: '2', fileName: 'certificat.pdf' }),
		}),
		{ items: [office.item({ data: ['x.bin', 'content'] })] },
	);

const stored = () => office.sandbox.listFolders()[0];

describe('a folder step by step', () => {
	it('is created with its files declared, and nobody is notified', async () => {
		const folder = await created();
		expect(folder).toMatchObject({
			folderId: stored().id,
			globalStatus: 'HUBEE_RECEIVED',
			cases: [
				{ caseId: stored().caseIds[0], status: 'HUBEE_RECEIVED' },
				{ caseId: stored().caseIds[1] },
			],
			attachments: [
				{ fileName: 'certificat.pdf', size: 7, status: 'PENDING', mimeType: 'application/pdf' },
			],
		});
		expect(stored().attachments[0].recipients).toEqual([`${String(folder.externalId)}-02`]);
		expect(office.sandbox.listNotifications()).toEqual([]);
	});

	it('gets its file, is completed and got again', async () => {
		const { folderId, attachments } = await created();
		const [{ id: attachmentId }] = attachments as Array<{ id: string }>;
		const items = [office.item({ data: ['certificat.pdf', 'content'] })];
		expect(
			await office.one('folder:uploadAttachment', { folderId, attachmentId }, { items }),
		).toMatchObject({ folderId, attachmentId, size: 7, uploaded: true });
		expect(
			await office.one('folder:updateStatus', { folderId, globalStatus: 'HUBEE_COMPLETED' }),
		).toEqual({ folderId, globalStatus: 'HUBEE_COMPLETED' });
		expect(await office.one('folder:get', { folderId })).toMatchObject({
			folderId,
			globalStatus: 'HUBEE_NOTIFIED',
			attachments: [{ status: 'RECEIVED' }],
		});
		expect(office.sandbox.listNotifications()).toHaveLength(2);
	});

	it('names the file whose size is another one', async () => {
		const { folderId, attachments } = await created();
		const [{ id: attachmentId }] = attachments as Array<{ id: string }>;
		const items = [office.item({ data: ['certificat.pdf', 'other content'] })];
		const failure = await office.failure(
			'folder:uploadAttachment',
			{ folderId, attachmentId },
			{ items },
		);
		expect(failure.message).toBe(
			'The file "certificat.pdf" could not be sent: HubEE refused the request: Size does not match with attachment meta-data',
		);
	});

	it('is deleted, and twice is no error', async () => {
		const { folderId } = await created();
		expect(await office.one('folder:delete', { folderId })).toEqual({
			deleted: true,
			folderId,
			wasGone: false,
		});
		expect(await office.one('folder:delete', { folderId })).toMatchObject({ wasGone: true });
		expect(office.sandbox.listFolders()).toEqual([]);
	});

	it('is not deleted once it is completed', async () => {
		const { folderId } = await created();
		await office.one('folder:updateStatus', { folderId, globalStatus: 'HUBEE_COMPLETED' });
		const failure = await office.failure('folder:delete', { folderId });
		expect(failure.facts.status).toBe(400);
		expect(office.sandbox.listFolders()).toHaveLength(1);
	});

	it.each([
		['now', '', expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown],
		['on a day', '2026-03-01T10:00:00+01:00', '2026-03-01T09:00:00.000Z'],
	])('is closed %s', async (_, closeDateTime, expected) => {
		const { folderId } = await created();
		expect(await office.one('folder:close', { folderId, closeDateTime })).toEqual({
			folderId,
			globalStatus: 'CLOSED',
			closeDateTime: expected,
		});
		expect(stored().globalStatus).toBe('CLOSED');
	});

	it('of another sender is refused with what that usually means', async () => {
		const { folderId } = await created();
		office.sandbox.addSubscriber({
			type: 'SI',
			companyRegister: '21040107100019',
			branchCode: '04107',
		});
		const failure = await office.failure(
			'folder:get',
			{ folderId },
			{ credential: { clientId: 'si-paris', clientSecret: 'si-paris-secret', scope: 'SI' } },
		);
		expect(failure.facts).toMatchObject({ status: 403 });
		expect(failure.description).toContain('the scope of the credential');
	});
});

describe('one hundred folders with one bad recipient', () => {
	it('completes 99, shows one clear error on its item, and leaves nothing half-created', async () => {
		const items = Array.from({ length: 100 }, (_, index) =>
			office.item(
				{
					a: [`a-${index}.pdf`, `first of ${index}`],
					b: [`b-${index}.pdf`, `second of ${index}`],
					c: [`c-${index}.xml`, `<n>${index}</n>`, 'application/xml'],
				},
				{ branchCode: index === 41 ? '99999' : PARIS.branchCode },
			),
		);
		const form = folderForm({
			recipients: {
				recipient: [{ siret: PARIS.siret, branchCode: '={{ $json.branchCode }}' }],
			},
			options: { parallelCalls: 8 },
		});
		const { items: results } = await office.run('folder:submit', form, {
			items,
			continueOnFail: true,
		});
		expect(results).toHaveLength(100);
		const failed = results.filter(({ json }) => 'error' in json);
		expect(failed).toMatchObject([
			{
				pairedItem: { item: 41 },
				json: {
					error: `HubEE refused the request: Case recipient SI-${PARIS.siret}-99999 does not exist`,
					details: { status: 400, outcome: 'not_done' },
				},
			},
		]);
		expect(results.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		const folders = office.sandbox.listFolders();
		expect(folders).toHaveLength(99);
		expect(new Set(folders.map(({ globalStatus }) => globalStatus))).toEqual(
			new Set(['HUBEE_NOTIFIED']),
		);
		expect(folders.flatMap(({ attachments }) => attachments).map(({ status }) => status)).toEqual(
			Array.from({ length: 297 }, () => 'RECEIVED'),
		);
		expect(office.sandbox.listNotifications()).toHaveLength(99);
		expect(office.sandbox.mockServer.calls.counters().tokenRequests).toBe(1);
		expect(office.sandbox.mockServer.calls.counters().greatestConcurrency).toBeLessThanOrEqual(8);
	}, 120_000);

	it('without "Continue" ends at the bad one and says how many were done', async () => {
		const items = [PARIS.branchCode, '99999'].map((branchCode, index) =>
			office.item({ a: [`a-${index}.pdf`, 'content'] }, { branchCode }),
		);
		const form = folderForm({
			recipients: {
				recipient: [{ siret: PARIS.siret, branchCode: '={{ $json.branchCode }}' }],
			},
		});
		const failure = await office.failure('folder:submit', form, { items });
		expect(failure.itemIndex).toBe(1);
		expect(failure.description).toContain('1 of 2 items had been completed');
		expect(office.sandbox.listFolders()).toMatchObject([{ globalStatus: 'HUBEE_NOTIFIED' }]);
	});
});
