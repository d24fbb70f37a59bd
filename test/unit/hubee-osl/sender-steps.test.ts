import { SI_ORGANIZATIONS } from '../../../sandbox/hubee';
import { Office, OSL_ACCOUNT } from './office';

let office: Office;
beforeEach(async () => {
	office = await Office.open(OSL_ACCOUNT);
});
afterEach(async () => await office.close());

/** A folder of several cases that stand at a status which the authority has told by an event. */
async function folderAt(
	status: string,
	cases = 1,
): Promise<{ folderId: string; caseIds: string[] }> {
	const deposited = await office.sandbox.deposit({
		processCode: 'EtatCivil',
		recipients: [SI_ORGANIZATIONS.paris, SI_ORGANIZATIONS.nice].slice(0, cases),
		files: [{ fileName: 'demande.xml', content: { text: 'x' } }],
	});
	for (const { id } of deposited.cases) await authority(id, status);
	office.sandbox.mockServer.calls.clear();
	return { folderId: deposited.folderId, caseIds: deposited.cases.map(({ id }) => id) };
}

const authority = async (caseId: string, caseNewStatus: string) =>
	await office.sandbox.incomingEvent({
		caseId,
		side: 'SI',
		actionType: 'STATUS_UPDATE',
		caseNewStatus,
	});

const caseNow = (caseId: string) => office.desk.caseNow(caseId);

/** What we told the authority, in order. */
const told = (caseId: string) =>
	caseNow(caseId)
		.events.filter(({ side }) => side === 'OSL')
		.map(({ actionType, caseNewStatus, status }) => `${actionType} ${caseNewStatus} ${status}`);

const folderStatus = (folderId: string) =>
	office.sandbox.listFolders().find(({ id }) => id === folderId)?.globalStatus;

/**
 * Runs until a call, or its answer, and reaches the hub no more afterwards: as if the process had
 * been killed there.
 */
async function killedAt(
	{ method, path, after }: { method: string; path: string; after?: boolean },
	run: () => Promise<unknown>,
): Promise<void> {
	let dead = false;
	const take = jest
		.spyOn(office.sandbox.mockServer.injectedFaults, 'take')
		.mockImplementation((calledMethod, calledPath) => {
			if (dead) return { kind: 'cutBefore' };
			dead = calledMethod === method && new RegExp(path).test(calledPath);
			return dead ? { kind: after ? 'cutAfter' : 'cutBefore' } : undefined;
		});
	await expect(run()).rejects.toThrow();
	expect(dead).toBe(true);
	take.mockRestore();
}

describe('Case: Close', () => {
	it('closes the case first, tells the authority, and closes the folder with its last case', async () => {
		const { folderId, caseIds } = await folderAt('DONE', 2);
		const first = await office.one('case:close', { caseId: caseIds[0], folderId });
		expect(first).toMatchObject({
			previousStatus: 'DONE',
			status: 'CLOSED',
			changed: true,
			folderClosed: false,
		});
		expect(office.operations()).toEqual([
			'getCaseById',
			'updateCase',
			'createEvent',
			'getFolderById',
		]);
		expect(folderStatus(folderId)).toBe('HUBEE_NOTIFIED');
		const second = await office.one('case:close', { caseId: caseIds[1], folderId });
		expect(second.folderClosed).toBe(true);
		expect(folderStatus(folderId)).toBe('CLOSED');
		expect(caseIds.flatMap(told)).toEqual(Array(2).fill('STATUS_UPDATE CLOSED SENT'));
	});

	it('closes no folder of which the hub shows one case twice and not the other', async () => {
		const { folderId, caseIds } = await folderAt('DONE', 2);
		const own = { ...caseNow(caseIds[0]), events: undefined, status: 'CLOSED' };
		office.sandbox.mockServer.failNext({
			method: 'GET',
			path: '/folders/[^/]+$',
			how: {
				kind: 'status',
				status: 200,
				body: JSON.stringify({
					id: folderId,
					globalStatus: 'HUBEE_NOTIFIED',
					processCode: 'EtatCivil',
					externalId: 'X',
					applicant: { firstName: 'A', lastName: 'B' },
					cases: [own, own],
					attachments: [],
					createDateTime: '2026-03-02T08:00:00Z',
				}),
			},
		});
		const { message } = await office.failure('case:close', { caseId: caseIds[0], folderId });
		expect(message).toMatch(
			/a list in "cases" \(a list in which each id stands once is required\)/,
		);
		expect(folderStatus(folderId)).toBe('HUBEE_NOTIFIED');
	});

	it('twice tells the authority once', async () => {
		const { folderId, caseIds } = await folderAt('REFUSED');
		await office.one('case:close', { caseId: caseIds[0], folderId });
		expect(await office.one('case:close', { caseId: caseIds[0], folderId })).toMatchObject({
			changed: false,
			folderClosed: true,
		});
		expect(told(caseIds[0])).toHaveLength(1);
	});

	it('of all cases of a folder at once closes the folder', async () => {
		const { folderId, caseIds } = await folderAt('DONE', 2);
		const items = caseIds.map((caseId) => ({ json: { caseId, folderId } }));
		await office.run('case:close', {}, { items });
		expect(folderStatus(folderId)).toBe('CLOSED');
	});

	it.each([
		['before the case', { method: 'PATCH', path: '/cases/' }],
		['after the case', { method: 'PATCH', path: '/cases/', after: true }],
		['before the event', { method: 'POST', path: '/events$' }],
		['after the event', { method: 'POST', path: '/events$', after: true }],
		['before the folder', { method: 'PATCH', path: '/folders/' }],
		['after the folder', { method: 'PATCH', path: '/folders/', after: true }],
	])('killed %s is finished by a second run, and tells the authority once', async (_, call) => {
		const { folderId, caseIds } = await folderAt('DONE');
		const form = { caseId: caseIds[0], folderId };
		await killedAt(call, async () => await office.one('case:close', form));
		await office.one('case:close', form);
		expect(caseNow(caseIds[0]).status).toBe('CLOSED');
		expect(told(caseIds[0])).toEqual(['STATUS_UPDATE CLOSED SENT']);
		expect(folderStatus(folderId)).toBe('CLOSED');
	});

	it('with Only Forward leaves a case alone that was reopened after DONE', async () => {
		const { folderId, caseIds } = await folderAt('DONE');
		const form = { caseId: caseIds[0], folderId, attachmentType: 'documents' };
		const items = [office.item({ data: ['nouveau.pdf', 'x'] })];
		await office.one('case:reopen', form, { items });
		const additionalFields = { onlyForward: true };
		expect(await office.one('case:close', { ...form, additionalFields })).toMatchObject({
			status: 'HUBEE_NOTIFIED',
			changed: false,
			folderClosed: false,
			reason: expect.stringContaining('it is HUBEE_NOTIFIED'),
		});
		expect(caseNow(caseIds[0]).status).toBe('HUBEE_NOTIFIED');
		await authority(caseIds[0], 'REFUSED');
		await office.one('case:close', { ...form, additionalFields });
		expect(caseNow(caseIds[0]).status).toBe('CLOSED');
	});

	it('leaves a folder alone that is not that of the case', async () => {
		const [one, other] = [await folderAt('DONE'), await folderAt('CLOSED')];
		const form = { caseId: one.caseIds[0], folderId: other.folderId };
		expect(await office.one('case:close', form)).toMatchObject({ folderClosed: false });
		expect(folderStatus(other.folderId)).toBe('HUBEE_NOTIFIED');
	});

	it('says the status before, also where the first run changed it already', async () => {
		const { caseIds } = await folderAt('REFUSED');
		const form = { caseId: caseIds[0], folderId: '' };
		const call = { method: 'POST', path: '/events$' };
		await killedAt(call, async () => await office.one('case:close', form));
		expect(await office.one('case:close', form)).toMatchObject({ previousStatus: 'REFUSED' });
	});

	it('tells it again after a case was reopened and finished once more', async () => {
		const { folderId, caseIds } = await folderAt('DONE');
		const [caseId] = caseIds;
		await office.one('case:close', { caseId, folderId });
		const items = [office.item({ data: ['nouveau.pdf', 'x'] })];
		await office.one('case:reopen', { caseId, folderId, attachmentType: 'documents' }, { items });
		await authority(caseId, 'DONE');
		await office.one('case:close', { caseId, folderId });
		expect(told(caseId)).toEqual([
			'STATUS_UPDATE CLOSED SENT',
			'ATTACH_DEPOSIT HUBEE_NOTIFIED SENT',
			'STATUS_UPDATE CLOSED SENT',
		]);
	});
});

describe('Case: Reopen', () => {
	const closed = async () => {
		const { folderId, caseIds } = await folderAt('DONE');
		await office.one('case:close', { caseId: caseIds[0], folderId });
		office.sandbox.mockServer.calls.clear();
		return { caseId: caseIds[0], folderId, attachmentType: 'documents' };
	};
	const items = () => [office.item({ data: ['nouveau.pdf', 'new content'] })];

	it('deposits the files, moves the case, sends the event, and moves the folder', async () => {
		const form = await closed();
		const result = await office.one('case:reopen', form, { items: items() });
		expect(result).toMatchObject({
			status: 'HUBEE_NOTIFIED',
			skipped: false,
			folderReopened: true,
		});
		expect(office.operations().filter((name) => !name.startsWith('get'))).toEqual([
			'createEvent',
			'uploadEventAttachment',
			'updateCase',
			'updateEvent',
			'updateFolder',
		]);
		expect(caseNow(form.caseId).status).toBe('HUBEE_NOTIFIED');
		expect(folderStatus(form.folderId)).toBe('HUBEE_NOTIFIED');
	});

	it.each([
		['before the event', { method: 'POST', path: '/events$' }],
		['after the event', { method: 'POST', path: '/events$', after: true }],
		['before the file', { method: 'PUT', path: '/attachments/' }],
		['after the file', { method: 'PUT', path: '/attachments/', after: true }],
		['before the case', { method: 'PATCH', path: '/cases/[^/]+$' }],
		['after the case', { method: 'PATCH', path: '/cases/[^/]+$', after: true }],
		['before the event is sent', { method: 'PATCH', path: '/events/' }],
		['after the event is sent', { method: 'PATCH', path: '/events/', after: true }],
		['before the folder', { method: 'PATCH', path: '/folders/' }],
		['after the folder', { method: 'PATCH', path: '/folders/', after: true }],
	])('killed %s is finished by a second run, and sends the files once', async (_, call) => {
		const form = await closed();
		await killedAt(call, async () => await office.one('case:reopen', form, { items: items() }));
		await office.one('case:reopen', form, { items: items() });
		expect(caseNow(form.caseId).status).toBe('HUBEE_NOTIFIED');
		expect(told(form.caseId)).toEqual([
			'STATUS_UPDATE CLOSED SENT',
			'ATTACH_DEPOSIT HUBEE_NOTIFIED SENT',
		]);
		expect(folderStatus(form.folderId)).toBe('HUBEE_NOTIFIED');
	});

	it('repeated late does not take the folder back', async () => {
		const form = await closed();
		await office.one('case:reopen', form, { items: items() });
		await office.one('folder:updateStatus', { ...form, globalStatus: 'IN_PROGRESS' });
		await authority(form.caseId, 'IN_PROGRESS');
		expect(await office.one('case:reopen', form, { items: items() })).toMatchObject({
			skipped: true,
			status: 'IN_PROGRESS',
		});
		expect(folderStatus(form.folderId)).toBe('IN_PROGRESS');
	});

	it('with the same files once more, after the case was closed again, reopens it again', async () => {
		const form = await closed();
		await office.one('case:reopen', form, { items: items() });
		await authority(form.caseId, 'DONE');
		await office.one('case:close', { caseId: form.caseId, folderId: form.folderId });
		expect(await office.one('case:reopen', form, { items: items() })).toMatchObject({
			skipped: false,
		});
		expect(caseNow(form.caseId).status).toBe('HUBEE_NOTIFIED');
	});
});

describe('a step that the case does not call for', () => {
	const form = async (status: string) => {
		const { caseIds, folderId } = await folderAt(status);
		return { caseId: caseIds[0], folderId, attachmentType: 'documents' };
	};
	const items = () => [office.item({ data: ['nouveau.pdf', 'new content'] })];
	const message = { withFiles: false, additionalFields: { message: 'Voici ma réponse' } };

	it.each([
		['case:answerRequest', 'IN_PROGRESS', {}],
		['case:answerRequest', 'DONE', {}],
		['case:answerRequest', 'IN_PROGRESS', message],
		['case:answerRequest', 'DONE', message],
		['case:reopen', 'IN_PROGRESS', {}],
		['case:reopen', 'ADD_AWAITING', {}],
	])('%s at %s sends nothing and leaves the case alone', async (operation, status, more) => {
		const given = await form(status);
		const failure = await office.failure(operation, { ...given, ...more }, { items: items() });
		expect(failure.message).toMatch(
			new RegExp(`^Nothing was sent: case ${given.caseId} is ${status}, and only a case in `),
		);
		expect(failure.facts).toMatchObject({ outcome: 'not_done', caseId: given.caseId, status });
		expect(office.operations()).toEqual(['getCaseById']);
		expect(caseNow(given.caseId).status).toBe(status);
		expect(told(given.caseId)).toEqual([]);
	});

	it('is taken where the hub took the request and did not move the case', async () => {
		office.sandbox.configure({ statusByEvent: false });
		const given = await form('IN_PROGRESS');
		await office.desk.one('event:create', {
			caseId: given.caseId,
			actionType: 'STATUS_UPDATE',
			additionalFields: { caseCurrentStatus: 'IN_PROGRESS', caseNewStatus: 'ADD_AWAITING' },
		});
		expect(caseNow(given.caseId).status).toBe('IN_PROGRESS');
		await office.one('case:answerRequest', given, { items: items() });
		expect(caseNow(given.caseId).status).toBe('HUBEE_COMPLETED');
	});

	it('is taken after an integration error', async () => {
		const given = await form('SI_INTG_ERROR');
		await office.one('case:reopen', given, { items: items() });
		expect(caseNow(given.caseId).status).toBe('HUBEE_NOTIFIED');
	});
});

describe('Case: Answer Request', () => {
	const asked = async () => {
		const { caseIds } = await folderAt('ADD_AWAITING');
		return { caseId: caseIds[0], attachmentType: 'documents' };
	};
	const items = () => [office.item({ data: ['complement.pdf', 'complement'] })];
	const message = { withFiles: false, additionalFields: { message: 'Voici ma réponse' } };

	it('with files makes the case complete again', async () => {
		const form = await asked();
		expect(await office.one('case:answerRequest', form, { items: items() })).toMatchObject({
			status: 'HUBEE_COMPLETED',
			eventStatus: 'SENT',
		});
		expect(caseNow(form.caseId).status).toBe('HUBEE_COMPLETED');
		expect(told(form.caseId)).toEqual(['ATTACH_DEPOSIT HUBEE_COMPLETED SENT']);
	});

	it('with a message only, the event first and then the case', async () => {
		const form = { ...(await asked()), ...message };
		expect(await office.one('case:answerRequest', form)).toMatchObject({
			previousStatus: 'ADD_AWAITING',
			status: 'HUBEE_COMPLETED',
			changed: true,
		});
		expect(office.operations()).toEqual([
			'getCaseById',
			'createEvent',
			'updateCase',
			'getCaseById',
		]);
		expect(caseNow(form.caseId).events.at(-1)).toMatchObject({
			actionType: 'SENDING_MESSAGE',
			message: 'Voici ma réponse',
		});
	});

	it('with a message needs one', async () => {
		const form = { ...(await asked()), withFiles: false };
		const failure = await office.failure('case:answerRequest', form);
		expect(failure.message).toBe('Message is empty: an answer without files is a message');
		expect(office.operations()).toEqual([]);
	});

	it.each([
		['before the event', { method: 'POST', path: '/events$' }],
		['after the event', { method: 'POST', path: '/events$', after: true }],
		['before the case', { method: 'PATCH', path: '/cases/' }],
		['after the case', { method: 'PATCH', path: '/cases/', after: true }],
	])('killed %s is finished by a second run, and tells it once', async (_, call) => {
		office.sandbox.configure({ statusByEvent: false });
		const form = { ...(await asked()), ...message };
		// The event did not change the case here.
		await office.one('case:updateStatus', {
			caseId: form.caseId,
			status: 'ADD_AWAITING',
			additionalFields: { alsoPatchCase: true, notification: false, skipIfSet: false },
		});
		await killedAt(call, async () => await office.one('case:answerRequest', form));
		await office.one('case:answerRequest', form);
		expect(caseNow(form.caseId).status).toBe('HUBEE_COMPLETED');
		expect(told(form.caseId).filter((text) => text.startsWith('SENDING_MESSAGE'))).toHaveLength(1);
	});

	it('does not take back what the authority did meanwhile', async () => {
		const form = { ...(await asked()), ...message };
		await office.one('case:answerRequest', form);
		await authority(form.caseId, 'IN_PROGRESS');
		expect(await office.one('case:answerRequest', form)).toMatchObject({
			changed: false,
			status: 'IN_PROGRESS',
		});
		expect(caseNow(form.caseId).status).toBe('IN_PROGRESS');
		expect(told(form.caseId)).toHaveLength(1);
	});

	it('answers a second request, also with the same files', async () => {
		const form = await asked();
		await office.one('case:answerRequest', form, { items: items() });
		await authority(form.caseId, 'ADD_AWAITING');
		await office.one('case:answerRequest', form, { items: items() });
		expect(caseNow(form.caseId).status).toBe('HUBEE_COMPLETED');
		expect(told(form.caseId)).toHaveLength(2);
	});
});
