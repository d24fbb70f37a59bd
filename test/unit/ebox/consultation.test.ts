import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';

import type { EBox } from '../../../nodes/EBoxEnterprise/api/ebox';
import { attachmentsOf } from '../../../nodes/EBoxEnterprise/api/contract-names';
import { asked, eBoxOf, failureOf, federation } from './federation';

const around = federation();

async function listAll(eBox: EBox, filters = {}) {
	const providers = await eBox.selectProviders({ mode: 'all' });
	return await eBox.queryProviders(providers, async (registry) => await registry.messages(filters));
}

describe('the e-Box over all Document Providers', () => {
	it('merges the mail of all providers, in the names of version 2.1, with one token', async () => {
		const outcomes = await listAll(eBoxOf(around.sandbox));
		const ids = outcomes.map(({ provider, result }) => [
			provider.id,
			provider.version,
			result?.items.map(({ messageId }) => messageId),
		]);
		expect(ids).toEqual([
			['nsso', 'v2', ['nsso-0001', 'nsso-0002', 'nsso-0004', 'nsso-0003']],
			['documents', 'v3', ['documents-0001']],
			['regional', 'v2', ['regional-0001']],
		]);
		const v3 = outcomes[1].result?.items[0];
		expect(v3).toMatchObject({
			senderOrganizationId: '0212148896',
			registeredMail: false,
			replyAuthorized: true,
			bodyMainContent: false,
		});
		expect(v3 && attachmentsOf(v3)[0].mainContent).toBe(true);
		expect(around.sandbox.mockServers.nsso.calls.counters().tokenRequests).toBe(1);
	});

	it('marks nothing as read by listing messages and reading metadata', async () => {
		const { sandbox } = around;
		const eBox = eBoxOf(sandbox);
		await listAll(eBox);
		for (const [name, id] of [
			['official', 'nsso-0001'],
			['documents', 'documents-0001'],
		]) {
			const registry = eBox.registry(await eBox.provider(name));
			const message = await registry.message(id);
			const [first] = await registry.attachments(id);
			await registry.attachment(id, first.attachmentId ?? '');
			await registry.paymentData(id);
			await registry.summary();
			expect(message.readStatus).toBe(false);
		}
		const unread = [...sandbox.boxes.nsso.messages, ...sandbox.boxes.documents.messages];
		expect(unread.filter(({ readStatus }) => !readStatus).map((one) => one.messageId)).toEqual([
			'nsso-0001',
			'nsso-0002',
			'documents-0001',
		]);
	});

	it('marks a message as read by its main content, and not by an annex', async () => {
		const { sandbox } = around;
		const registry = eBoxOf(sandbox).registry(eBoxOf(sandbox).official);
		const [main, annex] = await registry.attachments('nsso-0001');
		const one = sandbox.boxes.nsso.find('nsso-0001');
		await registry.content('nsso-0001', annex, async (body) => await text(body));
		expect(one?.readStatus).toBe(false);
		await registry.content('nsso-0001', main, async (body) => await text(body));
		expect(one?.readStatus).toBe(true);
	});

	it('gives what came and names what failed: a provider that fails, one in maintenance, one without an address', async () => {
		const { sandbox } = around;
		sandbox.listed = ['nsso', 'failing', 'maintenance', 'retired', 'coming'];
		sandbox.extraEntries.push(null, { messageProviderId: 'lost', messageProviderName: null });
		const outcomes = await listAll(eBoxOf(sandbox));
		expect(outcomes.map(({ provider, failure }) => [provider.id, failure?.code])).toEqual([
			['nsso', undefined],
			['failing', 'service_failed'],
			['maintenance', 'service_failed'],
			['lost', 'untrusted_address'],
		]);
		expect(outcomes[2].failure?.details.hint).toMatch(/announced maintenance until/);
		expect(outcomes[1].failure?.details.data).toEqual({ providerId: 'failing' });
		// Who has announced maintenance is tried once.
		expect(sandbox.mockServers.maintenance.calls.list()).toHaveLength(1);
		expect(sandbox.mockServers.failing.calls.list()).toHaveLength(2);
		expect(sandbox.mockServers.retired.calls.list()).toHaveLength(0);
	});

	it('finds what the official search examples find, and not what they do not', async () => {
		const { sandbox } = around;
		const phrase = 'This is some random with Special cases like épinards and François, ok?';
		sandbox.boxes.nsso.clear();
		sandbox.deliver('nsso', { messageId: 'found', subject: { fr: phrase } });
		const registry = eBoxOf(sandbox).registry(eBoxOf(sandbox).official);
		const search = async (q: string) =>
			(await registry.messages({ q, qlang: 'fr' })).items.map(({ messageId }) => messageId);
		for (const q of ['me rando', 'ok?', 'Francois', 'epinards', 'SOME RAND'])
			expect([q, await search(q)]).toEqual([q, ['found']]);
		expect(await search('This some random')).toEqual([]);
	});

	it('says all that a provider says about bad input, in both forms of error', async () => {
		const eBox = eBoxOf(around.sandbox);
		const v2 = await failureOf(eBox.registry(eBox.official).messages({ q: 'x' }));
		expect(v2).toMatchObject({ code: 'refused' });
		expect(v2.details).toMatchObject({
			status: 400,
			serviceMessages: ['qlang is required when q is given'],
			serviceCodes: ['INVALID_INPUT'],
		});
		expect(v2.details.incidentId).toMatch(/^[0-9a-f-]{36}$/);
		const v3 = await failureOf(
			eBox.registry(await eBox.provider('documents')).messages({ q: 'x' }),
		);
		expect(v3.details.serviceMessages?.join('\n')).toMatch(/qlang is required when q is given/);
		expect(v3.details.serviceCodes?.[0]).toBe('urn:problem-type:belgif:badRequest');
	});

	it('goes on with the others when one provider refuses the token', async () => {
		const { sandbox } = around;
		const refusal = { kind: 'status' as const, status: 401, body: '{"message":"no"}' };
		sandbox.mockServers.regional.failNext({ times: 50, how: refusal });
		const outcomes = await listAll(eBoxOf(sandbox));
		expect(outcomes.map(({ failure }) => failure?.code)).toEqual([
			undefined,
			undefined,
			'unauthenticated',
		]);
		expect(outcomes[0].result?.items).toHaveLength(4);
		// The first token and the one that was tried after the refusal.
		expect(sandbox.mockServers.nsso.calls.counters().tokenRequests).toBe(2);
	});

	it('fetches a file by its link where it has no id, if the link stays at home', async () => {
		const { sandbox } = around;
		const [{ messageId }] = sandbox.deliver('nsso', {});
		const held = sandbox.boxes.nsso.find(messageId)?.files[0];
		if (held) held.withoutId = true;
		const registry = eBoxOf(sandbox).registry(eBoxOf(sandbox).official);
		const [file] = await registry.attachments(messageId);
		expect(file.attachmentId).toBeUndefined();
		const content = await registry.content(messageId, file, async (body) => await text(body));
		expect(createHash('sha256').update(content).digest('base64url')).toBe(file.digest?.digestValue);
		const lost = { mainContent: true, mediaType: 'application/pdf', size: 1, fileName: 'lost.pdf' };
		const failure = await failureOf(
			registry.content(messageId, lost, async (body) => await text(body)),
		);
		expect(failure.message).toMatch(/neither an id nor an address/);
	});

	it('shows and hides hundreds of messages in calls of a hundred, and asks nothing else', async () => {
		const { sandbox } = around;
		const mail = sandbox.deliver('nsso', ...Array.from({ length: 250 }, () => ({})));
		const registry = eBoxOf(sandbox).registry(eBoxOf(sandbox).official);
		await registry.change(mail.map(({ messageId }) => ({ messageId, visible: false })));
		expect(mail.every(({ visible }) => !visible)).toBe(true);
		expect(asked(sandbox, 'nsso').filter((one) => one === 'patchMessagesByEBoxId')).toHaveLength(3);
		const moving = registry.change([{ messageId: mail[0].messageId, partition: 'HR' }]);
		expect((await failureOf(moving)).message).toMatch(/needs version 3/);
	});

	it('answers "none" for a body or payment data that a message does not have', async () => {
		const registry = eBoxOf(around.sandbox).registry(eBoxOf(around.sandbox).official);
		await expect(registry.body('nsso-0001')).resolves.toBeUndefined();
		await expect(registry.paymentData('nsso-0001')).resolves.toBeUndefined();
		await expect(registry.body('nsso-0004')).resolves.toEqual({
			fr: '<p>Votre dossier est clos.</p>',
		});
	});
});
