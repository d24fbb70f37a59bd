import type { IDataObject } from 'n8n-workflow';

import { chosenFiles, folderForm, MELUN, NICE, Office, OSL_ACCOUNT, PARIS } from './office';
import { until } from '../fakes/held-time';

let office: Office;
beforeEach(async () => {
	office = await Office.open(OSL_ACCOUNT);
});
afterEach(async () => await office.close());

const oneFile = () => [office.item({ data: ['acte.pdf', 'content'] })];

const filesOf = (result: IDataObject) => result.files as IDataObject[];

describe('Folder: Submit', () => {
	it('creates the folder, uploads every file, waits for the antivirus, and completes last', async () => {
		office.sandbox.configure({ scanDelay: 20 });
		const items = [
			office.item({ a: ['acte.pdf', 'first'], b: ['acte.pdf', Buffer.from([0, 255, 13, 10])] }),
		];
		const result = await office.one('folder:submit', folderForm(), { items });
		expect(result).toMatchObject({
			processCode: 'EtatCivil',
			globalStatus: 'HUBEE_NOTIFIED',
			cases: [{ recipient: { type: 'SI', companyRegister: PARIS.siret, branchCode: '75108' } }],
			files: [
				{ binaryField: 'a', fileName: 'acte.pdf', size: 5, status: 'RECEIVED' },
				{ binaryField: 'b', fileName: 'acte.pdf', size: 4, status: 'RECEIVED' },
			],
		});
		const [folder] = office.sandbox.listFolders();
		expect(folder).toMatchObject({ id: result.folderId, globalStatus: 'HUBEE_NOTIFIED' });
		expect(folder.attachments.map(({ sha256 }) => sha256)).toEqual(
			filesOf(result).map(({ sha256 }) => Buffer.from(String(sha256), 'base64').toString('hex')),
		);
		expect(office.sandbox.listNotifications()).toMatchObject([
			{ recipient: { branchCode: '75108' }, eventId: null },
		]);
		const operations = office.operations();
		expect(operations[0]).toBe('createFolder');
		expect(operations.filter((name) => name === 'uploadFolderAttachment')).toHaveLength(2);
		expect(operations.slice(-2)).toEqual(['updateFolder', 'getFolderById']);
		expect(operations.indexOf('getFolderById')).toBeGreaterThan(
			operations.lastIndexOf('uploadFolderAttachment'),
		);
	});

	it('shows each file to the recipients that it is for', async () => {
		const items = [
			office.item({
				a: ['a.pdf', 'aa'],
				b: ['b.pdf', 'bb'],
				c: ['c.pdf', 'cc'],
				d: ['d.pdf', 'd'],
			}),
		];
		const form = folderForm({
			recipients: { recipient: [PARIS, NICE, { ...MELUN, partnerAttributes: 'statut=17' }] },
			...chosenFiles(
				{ inputField: 'a', visibleTo: '1' },
				{ inputField: 'b', visibleTo: '2, 3' },
				{ inputField: 'c' },
				{ inputField: 'd', visibleTo: 'all' },
			),
		});
		await office.one('folder:submit', form, { items });
		const seen = Object.fromEntries(
			office.sandbox
				.listCases()
				.map(({ recipient, attachments }) => [
					recipient.branchCode,
					attachments.map(({ fileName }) => fileName),
				]),
		);
		expect(seen).toEqual({
			'75108': ['a.pdf', 'c.pdf', 'd.pdf'],
			'06088': ['b.pdf', 'c.pdf', 'd.pdf'],
			'77372': ['b.pdf', 'c.pdf', 'd.pdf'],
		});
	});

	it('takes recipients and visibility from data', async () => {
		const items = [office.item({ a: ['a.pdf', 'aa'], b: ['b.pdf', 'bb'], c: ['c.pdf', 'cc'] })];
		const form = folderForm({
			specifyRecipients: 'json',
			recipientsJson: [
				PARIS,
				{ companyRegister: NICE.siret, branchCode: NICE.branchCode, partnerAttributes: 'p' },
			],
			additionalFields: { visibility: '{"a":"1","b":[2]}' },
		});
		await office.one('folder:submit', form, { items });
		expect(
			office.sandbox.listCases().map(({ attachments }) => attachments.map((file) => file.fileName)),
		).toEqual([
			['a.pdf', 'c.pdf'],
			['b.pdf', 'c.pdf'],
		]);
	});

	it.each([
		['no list', { recipientsJson: '{}' }, /^Recipients \(JSON\) must be a list of objects/],
		['text in it', { recipientsJson: '["x"]' }, /^Recipients \(JSON\) must be a list of objects/],
		['a list in it', { recipientsJson: '[[]]' }, /^Recipients \(JSON\) must be a list of objects/],
		['nothing', { recipientsJson: '' }, /^Recipients are missing/],
		[
			'an entry without SIRET',
			{ recipientsJson: '[{"branchCode":"06088"}]' },
			/^Recipients \(JSON\): siret of entry 1 is empty/,
		],
		[
			'a file that is not sent',
			{ recipientsJson: [PARIS], additionalFields: { visibility: { other: '1' } } },
			/^Visibility \(JSON\) names the field "other", which is not among the files that are sent: data$/,
		],
		[
			'visibility that is a list',
			{ recipientsJson: [PARIS], additionalFields: { visibility: [] } },
			/^Visibility \(JSON\) must be an object/,
		],
	])('refuses data with %s before anything is sent', async (_, more, message) => {
		const form = folderForm({ specifyRecipients: 'json', ...(more as IDataObject) });
		const failure = await office.failure('folder:submit', form, { items: oneFile() });
		expect(failure.message).toMatch(message);
		expect(office.operations()).toEqual([]);
	});

	it.each(['4', '0', '-1', '1,x'])(
		'refuses a file for recipient %s of three',
		async (visibleTo) => {
			const items = [office.item({ a: ['a.pdf', 'aa'] })];
			const form = folderForm({
				recipients: { recipient: [PARIS, NICE, MELUN] },
				...chosenFiles({ inputField: 'a', visibleTo }),
			});
			const failure = await office.failure('folder:submit', form, { items });
			expect(failure.message).toMatch(
				/^Visible To of the file "a.pdf" names recipient "[^"]+", and there are 3$/,
			);
			expect(office.operations()).toEqual([]);
		},
	);

	it('builds an external id of its own for each folder, within 30 characters with its cases', async () => {
		const items = Array.from({ length: 5 }, () => oneFile()[0]);
		const form = folderForm({ additionalFields: { oslCode: 'DGS' } });
		const { items: results } = await office.run('folder:submit', form, { items });
		const ids = results.map(({ json }) => String(json.externalId));
		expect(new Set(ids).size).toBe(5);
		for (const id of ids) expect(id).toMatch(/^DGS-EtatCivil-[0-9A-Z]{13}$/);
		for (const { externalId } of office.sandbox.listCases())
			expect(externalId.length).toBeLessThanOrEqual(30);
	});

	it('takes a given external id and numbers the cases', async () => {
		const externalId = 'DGS-EtatCivil-0000000000001';
		const form = folderForm({ externalId, recipients: { recipient: [PARIS, NICE] } });
		await office.one('folder:submit', form, { items: oneFile() });
		expect(office.sandbox.listCases().map((each) => each.externalId)).toEqual([
			`${externalId}-01`,
			`${externalId}-02`,
		]);
	});

	it.each([
		[
			'an external id that leaves no room for the cases',
			{ externalId: 'DGS-EtatCivil-00000000000012' },
			'External ID must have at most 27 characters, and has 28',
		],
		[
			'an OSL code that leaves no room for a number',
			{ processCode: 'DemarcheSansNomCourt', additionalFields: { oslCode: 'DINUM' } },
			'External ID cannot be built: "DINUM-DemarcheSansNomCourt-" leaves no room for a number within 27 characters',
		],
		[
			'a folder for nobody',
			{ recipients: {} },
			'Recipients are missing: a folder is addressed to at least one authority',
		],
		[
			'a SIRET that lost its zeros',
			{ recipients: { recipient: [{ siret: 1234567890128, branchCode: '06088' }] } },
			'SIRET (row 1) must be 14 digits, and is "1234567890128"',
		],
		[
			'a branch code that is a sentence',
			{ recipients: { recipient: [{ ...PARIS, branchCode: 'Paris 8e' }] } },
			'Branch Code (row 1) must be an INSEE commune code such as 06088 or a desk code of at most 10 letters, digits and hyphens',
		],
		['an applicant without a name', { lastName: '' }, 'Applicant Last Name is empty'],
		[
			'something that is no e-mail address',
			{ additionalFields: { applicantEmail: 'adeline' } },
			'Applicant Email must be an e-mail address',
		],
	])('refuses %s before anything is sent', async (_, more, message) => {
		const failure = await office.failure('folder:submit', folderForm(more as IDataObject), {
			items: oneFile(),
		});
		expect(failure.message).toBe(message);
		expect(office.operations()).toEqual([]);
	});

	it('keeps leading zeros of SIRET and branch code, and takes out spaces', async () => {
		const organization = { type: 'SI', companyRegister: '01234567890128', branchCode: '01004' };
		office.sandbox.addSubscriber(organization);
		const form = folderForm({
			recipients: { recipient: [{ siret: '012 345 678 90128', branchCode: '01004' }] },
		});
		await office.one('folder:submit', form, { items: oneFile() });
		expect(office.sandbox.listCases()[0].recipient).toEqual(organization);
	});

	it.each([
		['an ordinary SIRET', '13002526500013', 0],
		['one of La Poste, which follows a rule of its own', '35600000000048', 0],
		['one of La Poste that follows neither rule', '35600000000041', 1],
		['a test number', '11111111111111', 1],
	])('warns of a checksum that does not fit: %s', async (_, siret, warnings) => {
		office.sandbox.addSubscriber({ type: 'SI', companyRegister: siret, branchCode: '06088' });
		const form = folderForm({ recipients: { recipient: [{ siret, branchCode: '06088' }] } });
		const { hints } = await office.run('folder:submit', form, { items: oneFile() });
		expect(hints.map(({ message }) => message)).toEqual(
			warnings ? [`The checksum of SIRET ${siret} does not fit; it was sent as it is.`] : [],
		);
	});
});

describe('a folder that cannot be sent', () => {
	it('to a recipient without a subscription is not created, and the hub’s words are shown', async () => {
		office.sandbox.addSubscriber(
			{ type: 'SI', companyRegister: '21040107100019', branchCode: '04107' },
			{ processCodes: ['OTV'] },
		);
		const form = folderForm({
			recipients: { recipient: [PARIS, { siret: '21040107100019', branchCode: '04107' }] },
		});
		const failure = await office.failure('folder:submit', form, { items: oneFile() });
		expect(failure.message).toBe(
			'HubEE refused the request: Case recipient SI-21040107100019-04107 does not suscribed to EtatCivil',
		);
		expect(failure.description).toContain('no active subscription to this process');
		expect(failure.facts).toMatchObject({ status: 400, outcome: 'not_done' });
		expect(office.sandbox.listFolders()).toEqual([]);
	});

	it.each([
		['CORRUPTED', 'The antivirus of the hub rejected the file "virus.pdf" (CORRUPTED)'],
		[
			'REJECTED',
			'The hub rejected the file "virus.pdf": it does not match what was declared (REJECTED)',
		],
	] as const)('because a file is %s is deleted again', async (outcome, message) => {
		office.sandbox.scanNext({ fileName: 'virus', outcome });
		const items = [office.item({ a: ['bon.pdf', 'good'], b: ['virus.pdf', 'bad'] })];
		const failure = await office.failure('folder:submit', folderForm(), { items });
		expect(failure.message).toBe(message);
		expect(failure.description).toContain(
			'The folder was deleted again: no recipient has seen it.',
		);
		expect(failure.facts).toMatchObject({ outcome: 'not_done', folderDeleted: true });
		expect(office.sandbox.listFolders()).toEqual([]);
		expect(office.sandbox.listNotifications()).toEqual([]);
	});

	it('because the antivirus does not come to an end is deleted again, and the file is named', async () => {
		office.sandbox.configure({ scanDelay: 3_600_000 });
		const now = jest.spyOn(Date, 'now');
		const start = Date.now();
		let looks = 0;
		now.mockImplementation(() => start + (looks += 100));
		const failure = await office.failure(
			'folder:submit',
			folderForm({ additionalFields: { scanSeconds: 3 } }),
			{ items: oneFile() },
		);
		expect(failure.message).toBe('The hub had not let all files through after 3 s: "acte.pdf"');
		expect(failure.facts).toMatchObject({ code: 'file_pending', folderDeleted: true });
		expect(office.sandbox.listFolders()).toEqual([]);
	});

	it('because an upload fails is deleted again, and the file is named', async () => {
		const { mockServer } = office.sandbox;
		mockServer.failNext({
			method: 'PUT',
			times: 20,
			how: {
				kind: 'status',
				status: 400,
				body: '{"errors":[{"code":400,"message":"Size does not match with attachment meta-data"}]}',
				contentType: 'application/json',
			},
		});
		const failure = await office.failure('folder:submit', folderForm(), { items: oneFile() });
		expect(failure.message).toBe(
			'The file "acte.pdf" could not be sent: HubEE refused the request: Size does not match with attachment meta-data',
		);
		expect(office.sandbox.listFolders()).toEqual([]);
	});

	it('says how to remove what could not be deleted again', async () => {
		const { mockServer } = office.sandbox;
		office.sandbox.scanNext({ outcome: 'CORRUPTED' });
		mockServer.failNext({ method: 'DELETE', times: 50, how: { kind: 'status', status: 503 } });
		const failure = await office.failure('folder:submit', folderForm(), { items: oneFile() });
		const [{ id }] = office.sandbox.listFolders();
		expect(failure.message).toMatch(/CORRUPTED/);
		expect(failure.description).toContain(`The folder ${id} could not be deleted again.`);
		expect(failure.facts).toMatchObject({
			outcome: 'unknown',
			folderId: id,
			folderDeleted: false,
		});
	});

	it('and whose deletion is refused in an unforeseen way still shows the first failure', async () => {
		const { mockServer } = office.sandbox;
		office.sandbox.scanNext({ outcome: 'CORRUPTED' });
		mockServer.failNext({
			method: 'DELETE',
			how: { kind: 'redirect', location: 'http://127.0.0.1:9/' },
		});
		const failure = await office.failure('folder:submit', folderForm(), { items: oneFile() });
		expect(failure.message).toMatch(/CORRUPTED/);
		expect(failure.facts).toMatchObject({ outcome: 'unknown', folderDeleted: false });
	});

	it('is sent despite refused files when that is wanted, and says which are missing', async () => {
		office.sandbox.scanNext({ fileName: 'virus', outcome: 'CORRUPTED' });
		const items = [office.item({ a: ['bon.pdf', 'good'], b: ['virus.pdf', 'bad'] })];
		const result = await office.one(
			'folder:submit',
			folderForm({ additionalFields: { completeDespiteRefusedFiles: true } }),
			{ items },
		);
		expect(filesOf(result).map(({ status }) => status)).toEqual(['RECEIVED', 'CORRUPTED']);
		expect(office.sandbox.listFolders()[0].globalStatus).toBe('HUBEE_NOTIFIED');
	});
});

describe('a lost answer', () => {
	it('to the creation is told as unknown, with the external id, and is not repeated', async () => {
		office.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/folders$',
			how: { kind: 'cutAfter' },
		});
		const externalId = 'DGS-EtatCivil-0000000000001';
		const failure = await office.failure('folder:submit', folderForm({ externalId }), {
			items: oneFile(),
		});
		expect(failure.facts).toMatchObject({ outcome: 'unknown', externalId });
		expect(failure.description).toContain(
			'Whether the service recorded the request is unknown; it was not sent again.',
		);
		expect(failure.description).toContain('no recipient sees it');
		expect(office.sandbox.listFolders()).toHaveLength(1);
		expect(office.sandbox.listNotifications()).toEqual([]);
	});

	it('to an upload or to the look at the antivirus is no failure', async () => {
		const { mockServer } = office.sandbox;
		mockServer.failNext({ method: 'PUT', how: { kind: 'cutAfter' } });
		mockServer.failNext({ method: 'GET', path: '/folders/', how: { kind: 'status', status: 503 } });
		const result = await office.one('folder:submit', folderForm(), { items: oneFile() });
		expect(result.globalStatus).toBe('HUBEE_NOTIFIED');
	});

	it('to the completion is looked up: the folder that has moved on is not put back', async () => {
		office.sandbox.mockServer.failNext({
			method: 'PATCH',
			path: '/folders/',
			how: { kind: 'cutAfter' },
		});
		const result = await office.one('folder:submit', folderForm(), { items: oneFile() });
		expect(result.globalStatus).toBe('HUBEE_NOTIFIED');
		expect(office.sandbox.listFolders()[0].globalStatus).toBe('HUBEE_NOTIFIED');
		expect(office.sandbox.listNotifications()).toHaveLength(1);
	});

	it('to the completion that was not recorded is sent again', async () => {
		office.sandbox.mockServer.failNext({
			method: 'PATCH',
			path: '/folders/',
			how: { kind: 'cutBefore' },
		});
		await office.one('folder:submit', folderForm(), { items: oneFile() });
		expect(office.sandbox.listFolders()[0].globalStatus).toBe('HUBEE_NOTIFIED');
	});

	it('to every try of the completion leaves nothing half-sent', async () => {
		office.sandbox.mockServer.failNext({
			method: 'PATCH',
			path: '/folders/',
			times: 50,
			how: { kind: 'status', status: 503 },
		});
		const failure = await office.failure('folder:submit', folderForm(), { items: oneFile() });
		expect(failure.facts).toMatchObject({ folderDeleted: true, outcome: 'not_done' });
		expect(office.sandbox.listFolders()).toEqual([]);
	});
});

describe('a cancelled execution', () => {
	it.each([
		['during the creation', 'POST', '/folders$'],
		['during an upload', 'PUT', '/attachments/'],
		['during the wait for the antivirus', 'GET', '/folders/'],
	])('%s deletes the folder again', async (_, method, path) => {
		const stop = new AbortController();
		const { mockServer } = office.sandbox;
		mockServer.failNext({ method, path, how: { kind: 'delay', milliseconds: 150 } });
		const running = office.failure('folder:submit', folderForm(), {
			items: oneFile(),
			signal: stop.signal,
		});
		await until(() => mockServer.calls.list({ method, path }).length > 0);
		stop.abort();
		const failure = await running;
		expect(failure.message).toBe('The execution was cancelled');
		expect(failure.facts).toMatchObject({ outcome: 'not_done', folderDeleted: true });
		expect(office.sandbox.listFolders()).toEqual([]);
	});
});
