import { federation } from './federation';
import { run } from './node';

const around = federation();

const official = (messageId: string) => ({ json: { messageId, providerId: 'official' } });

describe('changes of many messages', () => {
	const ids = Array.from({ length: 9 }, (_, index) => `m${index}`);
	const items = [...ids.slice(0, 4), 'unknown', ...ids.slice(4)].map(official);

	beforeEach(() => {
		around.sandbox.deliver('nsso', ...ids.map((messageId) => ({ messageId })));
	});

	const hidden = () =>
		around.sandbox.boxes.nsso.messages
			.filter(({ visible }) => !visible)
			.map((one) => one.messageId);

	it('changes all but the one that is unknown, and each message reports for itself', async () => {
		const { json } = await run(around.sandbox, 'message.hide', {}, { items, continueOnFail: true });
		expect(hidden()).toEqual(expect.arrayContaining(ids));
		expect(json.filter(({ updated }) => updated).map(({ messageId }) => messageId)).toEqual(ids);
		expect(json[4]).toMatchObject({
			error: expect.stringMatching(/Message not found/),
			details: { messageId: 'unknown', status: 404 },
		});
	});

	it('says how many were changed where the workflow is to stop', async () => {
		await expect(run(around.sandbox, 'message.hide', {}, { items })).rejects.toThrow(
			/Message "unknown" was not changed \(9 of 10 were\)/,
		);
	});

	it('takes a provider that fails for a failure of all its messages, without splitting', async () => {
		const { nsso } = around.sandbox.mockServers;
		nsso.failNext({ method: 'PATCH', times: 9, how: { kind: 'status', status: 403 } });
		await expect(run(around.sandbox, 'message.hide', {}, { items })).rejects.toThrow();
		expect(nsso.calls.list({ method: 'PATCH' })).toHaveLength(1);
	});
});

describe('links to files', () => {
	it.each([
		['elsewhere on the host', '/REST/other/secret'],
		['a path that only begins alike', '/REST/ebox/enterprise/messageRegistry/v2-other/x'],
		['escaped dots', '/REST/ebox/enterprise/messageRegistry/v2/..%2f..%2fother'],
		['dots', '/REST/ebox/enterprise/messageRegistry/v2/../../other'],
	])('are not followed to %s', async (_, path) => {
		const { sandbox } = around;
		const [mail] = sandbox.deliver('nsso', { messageId: 'linked' });
		const [file] = mail?.files ?? [];
		if (!file) throw new Error('The message has no file');
		file.withoutId = true;
		file.contentHref = `${sandbox.url}${path}`;
		await expect(
			run(sandbox, 'message.archive', { messageId: 'linked', providerId: 'official' }),
		).rejects.toThrow(/leads out of the provider's message registry/);
	});
});

describe('archived paths', () => {
	it('fit into one name of a file system, in bytes, and keep the id', async () => {
		const { sandbox } = around;
		const subject = { fr: 'Décision très importante 重要な決定 '.repeat(20) };
		const [mail] = sandbox.deliver('nsso', {
			messageId: 'f0e1d2c3-0000-4000-8000-1234567890ab',
			subject,
		});
		const [file] = mail?.files ?? [];
		if (!file) throw new Error('The message has no file');
		file.fileName = `${'é'.repeat(200)}.pdf`;
		const { json } = await run(sandbox, 'message.archive', {
			messageId: mail?.messageId,
			providerId: 'official',
		});
		const { archivePath, attachments } = json[0] ?? {};
		const [{ fileName } = { fileName: '' }] = attachments as Array<{ fileName: string }>;
		const flat = `${String(archivePath).replace('/', ' - ')} - ${fileName}`;
		expect(Buffer.byteLength(flat)).toBeLessThanOrEqual(255);
		expect(archivePath).toMatch(/\(f0e1d2c3-0000-4000-8000-1234567890ab\)$/);
		expect(fileName).toMatch(/\.pdf$/);
	});
});

describe('a provider that asks for patience', () => {
	it('does not hold the others', async () => {
		const { sandbox } = around;
		sandbox.mockServers.documents.failNext({
			times: 9,
			how: { kind: 'status', status: 429, retryAfter: 120 },
		});
		const { json } = await run(sandbox, 'message.getAll', { returnAll: true });
		expect(json.find(({ error }) => error)).toMatchObject({
			details: { providerId: 'documents', status: 429 },
		});
		expect(new Set(json.map(({ providerId }) => providerId))).toContain('nsso');
		expect(sandbox.mockServers.documents.calls.list()).toHaveLength(1);
	});

	it('leaves out what a version cannot count', async () => {
		const { json } = await run(around.sandbox, 'summary.getStatistics', { days: 15 });
		const of = (id: string) => json.find(({ providerId }) => providerId === id) ?? {};
		expect(of('documents')).toHaveProperty('awaitingAction', 1);
		expect(of('nsso')).not.toHaveProperty('awaitingAction');
	});
});
