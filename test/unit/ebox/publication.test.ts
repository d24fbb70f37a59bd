import {
	type IBinaryData,
	type IDataObject,
	type INodeProperties,
	NodeHelpers,
} from 'n8n-workflow';

import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { fileNameFor, idempotencyKeyOf } from '../../../nodes/EBoxEnterprise/api/publication';
import { eBoxTable } from '../../../nodes/EBoxEnterprise/table';
import { ENTERPRISE } from '../../../sandbox/ebox';
import { partsOf } from '../../../sandbox/ebox/multipart';
import { BinaryStore } from '../fakes/binary-store';
import { federation } from './federation';
import { prepared, run } from './node';

const around = federation();

const publication = {
	recipientId: '206.731.645',
	messageTypeId: 'information-request',
	senderOrganizationId: ENTERPRISE,
	senderApplicationId: 'urn:app:documents',
	subject: 'Demande',
};

const V2 = { providerId: 'official' };
const V3 = { providerId: 'documents' };

function files(...names: string[]) {
	const store = new BinaryStore();
	const binary = Object.fromEntries(
		names.map((name, index) => [
			index === 0 ? 'data' : `data${index}`,
			store.put(`content of ${name}`, name, 'application/pdf'),
		]),
	);
	return { store, items: [{ json: {}, binary }] };
}

const publish = async (parameters: IDataObject, input = files('demande.pdf')) =>
	await run(around.sandbox, 'publication.publish', { ...publication, ...parameters }, input);

const sentTo = (name: 'nsso' | 'documents') =>
	around.sandbox.mockServers[name].calls.detailed({ operation: 'postMessage' });

/** The JSON of the last publication that a provider was sent. */
function jsonOf(name: 'nsso' | 'documents'): IDataObject {
	const { requestBody, requestHeaders } = sentTo(name).at(-1) ?? {};
	const parts = partsOf(requestBody ?? Buffer.alloc(0), requestHeaders?.['content-type'] ?? '');
	const text = parts.find((part) => part.name === 'messageToPublish')?.bytes.toString() ?? '';
	return JSON.parse(text) as IDataObject;
}

describe('Publication: Publish', () => {
	it('publishes in version 2 with digests that the provider can check', async () => {
		const { json } = await publish(V2);
		const [held] = around.sandbox.boxes.nsso.published;
		expect(json[0]).toMatchObject({ providerId: 'official', messageId: held.messageId });
		expect(held).toMatchObject({
			subject: { fr: 'Demande' },
			files: [{ fileName: 'demande.pdf', mainContent: true }],
		});
		expect(held.files[0].bytes.toString()).toBe('content of demande.pdf');
	});

	it('publishes in version 3 with its own names, percent-encoded file names and an idempotency key', async () => {
		await publish(
			{ ...V3, inputFields: 'data, data1', additionalFields: { senderPartition: 'HR' } },
			files('été.pdf', 'annexe.pdf'),
		);
		const [held] = around.sandbox.boxes.documents.published;
		expect(held.files.map(({ fileName, mainContent }) => [fileName, mainContent])).toEqual([
			['été.pdf', true],
			['annexe.pdf', false],
		]);
		const [{ requestBody, requestHeaders }] = sentTo('documents');
		const parts = partsOf(requestBody ?? Buffer.alloc(0), requestHeaders['content-type']);
		expect(JSON.parse(parts[2].bytes.toString())).toMatchObject({
			sender: { eboxType: 'enterprise', enterpriseNumber: ENTERPRISE, partition: 'HR' },
			recipient: { eboxType: 'enterprise', enterpriseNumber: '0206731645' },
			attachments: [{ isMainContent: true, isAttachmentSigned: false }, { isMainContent: false }],
		});
		expect(requestHeaders['idempotency-key']).toMatch(/^"[0-9a-f-]{36}"$/);
	});

	it('never repeats a publication of version 2 whose outcome is unknown, and says so', async () => {
		around.sandbox.mockServers.nsso.failNext({ path: 'publishMessage', how: { kind: 'cutAfter' } });
		await expect(publish(V2)).rejects.toMatchObject({
			description: expect.stringMatching(/Whether the service recorded the request is unknown/),
		});
		expect(sentTo('nsso')).toHaveLength(1);
		expect(around.sandbox.boxes.nsso.published).toHaveLength(1);
	});

	it('repeats in version 3 under the same key, so that it is published once', async () => {
		around.sandbox.mockServers.documents.failNext({
			method: 'POST',
			how: { kind: 'status', status: 503 },
		});
		await publish(V3);
		const keys = around.sandbox.mockServers.documents.calls
			.detailed({ method: 'POST' })
			.map(({ requestHeaders }) => requestHeaders['idempotency-key']);
		expect(keys).toHaveLength(2);
		expect(new Set(keys).size).toBe(1);
		expect(around.sandbox.boxes.documents.published).toHaveLength(1);
	});

	it('calls a publication published when its answer was lost and its repetition is a duplicate', async () => {
		around.sandbox.mockServers.documents.failNext({ method: 'POST', how: { kind: 'cutAfter' } });
		const { json, hints } = await publish(V3);
		expect(json).toMatchObject([
			{
				published: true,
				messageId: null,
				answerLost: true,
				idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
			},
		]);
		expect(hints).toEqual([expect.stringMatching(/^Published, but the answer was lost/)]);
		expect(around.sandbox.boxes.documents.published).toHaveLength(1);
	});

	it('says unknown, and how to find out, when a later try is refused for another reason', async () => {
		const { documents } = around.sandbox.mockServers;
		documents.failNext({ method: 'POST', how: { kind: 'cutAfter' } });
		documents.failNext({ method: 'POST', how: { kind: 'status', status: 403 } });
		await expect(publish(V3)).rejects.toMatchObject({
			description: expect.stringMatching(
				/is unknown[^]*publish the same with [0-9a-f-]{36} as Idempotency Key/,
			),
		});
	});

	it('does not take a key that others may have used for its own success', async () => {
		const given = { ...V3, additionalFields: { idempotencyKey: 'invoice 1' } };
		await publish(given);
		await expect(publish(given, files('b.pdf'))).rejects.toMatchObject({
			description: expect.stringMatching(/has been recorded before; this one was not published/),
		});
		expect(around.sandbox.boxes.documents.published).toHaveLength(1);
	});

	it('publishes once over a retry of the node, and again for another file', async () => {
		const same = files('a.pdf');
		await publish(V3, same);
		expect((await publish(V3, same)).json).toMatchObject([{ published: true, messageId: null }]);
		await publish(V3, files('a.pdf'));
		expect(around.sandbox.boxes.documents.published).toHaveLength(2);
	});

	it('sends padded digests, or none where that is wanted', async () => {
		const digest = () => (jsonOf('nsso').attachments as IDataObject[])[0]?.digest;
		await publish(V2);
		expect(digest()).toEqual({
			digestMethod: 'sha_256',
			digestValue: expect.stringMatching(/^[\w-]{43}=$/),
		});
		await publish({ ...V2, additionalFields: { sendDigest: false } });
		expect(digest()).toBeUndefined();
	});

	it.each([{ bytes: 3 }, { bytes: 30_000 }, { bytes: undefined }])(
		'counts the length of a file that n8n says has $bytes bytes',
		async (stale) => {
			const { store, items } = files('a.pdf');
			const binary = { data: { ...items[0]?.binary.data, ...stale } as IBinaryData };
			await publish(V2, { store, items: [{ json: {}, binary }] });
			expect(around.sandbox.boxes.nsso.published[0]?.files[0]?.bytes.toString()).toBe(
				'content of a.pdf',
			);
		},
	);

	it.each(['100%41.pdf', '50% "net".pdf', 'a\\b.pdf', 'été 100%.pdf'])(
		'has the file name "%s" arrive as it is in version 3',
		async (name) => {
			await publish(V3, files(name));
			expect(around.sandbox.boxes.documents.published[0]?.files[0]?.fileName).toBe(name);
		},
	);

	it.each([411, 413])('names the largest file when the provider answers %d', async (status) => {
		around.sandbox.mockServers.nsso.failNext({
			method: 'POST',
			path: 'publish',
			how: { kind: 'status', status },
		});
		await expect(publish(V2, files('large.pdf'))).rejects.toMatchObject({
			description: expect.stringMatching(/The largest file is "large.pdf" with 20 bytes/),
		});
	});

	it('says what a digest that the provider does not accept means', async () => {
		around.sandbox.mockServers.documents.failNext({
			method: 'POST',
			how: { kind: 'status', status: 400, body: '{"code":"DIGEST_DO_NOT_MATCH"}' },
		});
		await expect(publish(V3)).rejects.toMatchObject({
			description: expect.stringMatching(/counts another digest .* Send Digest/),
		});
	});

	it('publishes at the path that the API profile names', async () => {
		await expect(
			publish({ ...V3, apiProfile: { publishPath: 'ebox/publications' } }),
		).rejects.toThrow(/No such resource/);
		expect(around.sandbox.mockServers.documents.calls.list({ method: 'POST' })).toMatchObject([
			{ path: '/ebox/registry/v3/ebox/publications' },
		]);
	});

	it('sends several values of a key, each in its language', async () => {
		const row = (key: string, text: string, language = 'same') => ({ key, text, language });
		const value = [row('BECBE', 'un'), row('BCE IP', 'deux'), row('BECBE', 'drie', 'nl')];
		const businessDataJson = [{ key: 'BECBE', values: [{ nl: 'vier', fr: 'quatre' }] }];
		await publish({ ...V2, additionalFields: { businessData: { value }, businessDataJson } });
		expect(jsonOf('nsso').businessDataList).toEqual([
			{ key: 'BECBE', values: [{ fr: 'un' }, { nl: 'drie' }, { nl: 'vier', fr: 'quatre' }] },
			{ key: 'BCE IP', values: [{ fr: 'deux' }] },
		]);
	});

	it.each([
		'{}',
		'[{"key":"A"}]',
		'[{"key":"A","values":[{"en":"x"}]}]',
		'[{"key":"A","values":["x"]}]',
	])('refuses the business data %s before anything is sent', async (businessDataJson) => {
		await expect(publish({ ...V2, additionalFields: { businessDataJson } })).rejects.toThrow(
			/Business Data \(JSON\) must be a list such as/,
		);
		expect(sentTo('nsso')).toHaveLength(0);
	});

	it('publishes a body alone, and a message for a citizen', async () => {
		const body = { mainContent: 'body', body: 'Bonjour' };
		await publish(
			{ ...V2, ...body },
			{ store: new BinaryStore(), items: [{ json: {}, binary: {} }] },
		);
		const citizen = { recipientType: 'citizen', recipientId: '94.02.27-225.80' };
		await publish({ ...V3, ...citizen, ...body });
		expect(around.sandbox.boxes.nsso.published).toMatchObject([
			{ body: { fr: 'Bonjour' }, bodyMainContent: true, files: [] },
		]);
		expect(around.sandbox.boxes.documents.published).toMatchObject([{ bodyMainContent: true }]);
	});

	it('sends a text beside the main file, and files beside the main text, as annexes', async () => {
		await publish({ ...V2, additionalFields: { annexBody: 'Ci-joint' } });
		const input = files('a.pdf', 'b.pdf');
		const annexes = { additionalFields: { annexFields: 'data, data1' } };
		await publish({ ...V2, mainContent: 'body', body: 'Bonjour', ...annexes }, input);
		expect(around.sandbox.boxes.nsso.published).toMatchObject([
			{ body: { fr: 'Ci-joint' }, bodyMainContent: false, files: [{ mainContent: true }] },
			{
				body: { fr: 'Bonjour' },
				bodyMainContent: true,
				files: [
					{ fileName: 'a.pdf', mainContent: false },
					{ fileName: 'b.pdf', mainContent: false },
				],
			},
		]);
	});

	it('sends no file beside a text that was not asked for', async () => {
		await publish({ ...V2, mainContent: 'body', body: 'Bonjour' });
		expect(around.sandbox.boxes.nsso.published).toMatchObject([{ files: [] }]);
	});

	it('takes a main content that only the item knows', async () => {
		const { store, items } = files('a.pdf');
		const input = (kind: string) => ({ store, items: [{ ...items[0], json: { kind } }] });
		const either = { ...V2, mainContent: '={{ $json.kind }}', body: 'Bonjour' };
		await publish(either, input('file'));
		await publish(either, input('body'));
		expect(around.sandbox.boxes.nsso.published).toMatchObject([
			{ bodyMainContent: false, files: [{ mainContent: true }] },
			{ bodyMainContent: true, files: [{ mainContent: false }] },
		]);
	});

	it.each<[string, IDataObject, RegExp]>([
		[
			'a recipient that is no number',
			{ recipientId: 'ACME' },
			/Recipient must be an enterprise number/,
		],
		['no file', { inputFields: 'missing' }, /holds no file/],
		['a body that is missing', { mainContent: 'body', body: '' }, /Body is empty/],
		['a subject that is too long', { subject: 'x'.repeat(401) }, /at most 400 characters/],
		['no sender', { senderOrganizationId: '' }, /Sender Enterprise Number is empty/],
	])('refuses %s before anything is sent', async (_, parameters, message) => {
		await expect(publish({ ...V2, ...parameters })).rejects.toThrow(message);
		expect(sentTo('nsso')).toHaveLength(0);
	});

	it.each<[string, IDataObject, RegExp]>([
		['an unknown configuration', { messageTypeId: 'x' }, /not configured together/],
		[
			'another sender',
			{ senderOrganizationId: '0206731645' },
			/must be the enterprise of the certificate/,
		],
		[
			'two languages',
			{ additionalFields: { translations: '{"nl":{"subject":"Vraag"}}' } },
			/one language only/,
		],
	])('explains the refusal of %s', async (_, parameters, advice) => {
		await expect(publish({ ...V2, ...parameters })).rejects.toMatchObject({
			description: expect.stringMatching(advice),
		});
	});

	it('warns of check digits that do not fit, and leaves the judgement to the service', async () => {
		const { json } = await publish(V2);
		const asked = { ...V2, messageId: json[0].messageId, recipientId: '0123456789' };
		const { hints } = await run(around.sandbox, 'publication.searchStatus', asked);
		expect(hints).toEqual([expect.stringMatching(/check digits .* do not fit/)]);
		await expect(publish({ ...V2, recipientId: '0123456789' })).rejects.toThrow(
			/not a valid company/,
		);
	});
});

describe('replies, links and status', () => {
	it('replies as a consumer in version 3 only', async () => {
		const { sandbox } = around;
		const answer = { messageId: 'documents-0001', subject: 'Antwoord', textLanguage: 'nl' };
		const { json } = await run(sandbox, 'message.reply', { ...V3, ...answer }, files('a.pdf'));
		expect(json[0]).toMatchObject({ originalMessageId: 'documents-0001' });
		expect(sandbox.boxes.documents.published).toMatchObject([
			{ originalMessageId: 'documents-0001', subject: { nl: 'Antwoord' } },
		]);
		await expect(
			run(sandbox, 'message.reply', { ...V2, ...answer }, files('a.pdf')),
		).rejects.toThrow(/needs version 3/);
	});

	it('calls a reply sent when its answer was lost and its repetition is a duplicate', async () => {
		const { sandbox } = around;
		const answer = { messageId: 'documents-0001', subject: 'Antwoord', textLanguage: 'nl' };
		sandbox.mockServers.documents.failNext({ path: '/replies$', how: { kind: 'cutAfter' } });
		const { json } = await run(sandbox, 'message.reply', { ...V3, ...answer }, files('a.pdf'));
		expect(json).toMatchObject([{ published: true, answerLost: true, messageId: null }]);
		expect(sandbox.boxes.documents.published).toHaveLength(1);
	});

	it('links a message, names whom it could not reach, and follows whether it was read', async () => {
		const { sandbox } = around;
		const { json } = await publish(V2);
		const { messageId } = json[0];
		const link = { ...V2, messageId, recipients: '0406798006\n0800002352' };
		expect((await run(sandbox, 'publication.link', link)).json[0]).toMatchObject({
			nbSuccessLinks: 1,
			errorCases: [{ eboxIdValue: '0800002352' }],
		});
		const items = [{ json: { messageId, providerId: 'official' } }];
		const ask = async () =>
			(await run(sandbox, 'publication.searchStatus', { recipientId: '0206731645' }, { items }))
				.json;
		expect(await ask()).toMatchObject([{ found: true, readStatus: false }]);
		sandbox.boxes.nsso.published[0].readStatus = true;
		expect(await ask()).toMatchObject([{ messageId, readStatus: true }]);
	});
});

describe('names and keys', () => {
	it('encodes a file name as the official example does', () => {
		const name = 'upfilétéstmichaël123 (1) (1).pdf';
		expect(fileNameFor(name, true)).toBe('upfil%C3%A9t%C3%A9stmicha%C3%ABl123%20(1)%20(1).pdf');
		expect(fileNameFor(name, false)).toBe(name);
		expect(fileNameFor('plain (1).pdf', true)).toBe('plain (1).pdf');
	});

	it('keeps a UUID and makes a valid one from any other text', () => {
		const uuid = '3FA85F64-5717-4562-B3FC-2C963F66AFA6';
		expect(idempotencyKeyOf(uuid)).toBe(uuid.toLowerCase());
		expect(idempotencyKeyOf('invoice 1')).toMatch(
			/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
		);
		expect(idempotencyKeyOf('invoice 1')).not.toBe(idempotencyKeyOf('invoice 2'));
	});
});

describe.each([
	['publication', 'publish'],
	['publication', 'publishReply'],
	['message', 'reply'],
])('the form of %s: %s', (resource, operation) => {
	/** Of these fields those that the editor shows, in the form and among its additional fields. */
	const shown = (parameters: IDataObject): string[] => {
		const root = { resource, operation, mainContent: 'file', ...parameters } as never;
		const node = { typeVersion: 1 };
		const visible = (fields: INodeProperties[], values: never) =>
			fields.filter((field) => NodeHelpers.displayParameter(values, field, node, null, root));
		const form = visible(formOf(eBoxTable), root);
		const additional = form.find(({ name }) => name === 'additionalFields');
		const inside = visible((additional?.options ?? []) as INodeProperties[], {} as never);
		return [...form, ...inside]
			.map(({ name }) => name)
			.filter((name) => ['body', 'inputFields', 'annexBody', 'annexFields'].includes(name));
	};

	it('asks for files where a file is the main content', () => {
		expect(shown({ mainContent: 'file' })).toEqual(['inputFields', 'annexBody']);
	});

	it('asks for a text where the text is the main content', () => {
		expect(shown({ mainContent: 'body' })).toEqual(['body', 'annexFields']);
	});

	it('shows all where only the item knows', () => {
		expect(shown({ mainContent: '={{ $json.kind }}' })).toHaveLength(4);
	});

	it('keeps what is filled in, with the main content left as it was', () => {
		const parameters = { resource, operation, additionalFields: { annexBody: 'Ci-joint' } };
		const filled = NodeHelpers.getNodeParameters(
			formOf(eBoxTable),
			parameters,
			true,
			false,
			{ typeVersion: 1 },
			null,
		);
		expect(filled).toMatchObject({ mainContent: 'file', inputFields: 'data', ...parameters });
		expect(filled).not.toHaveProperty('body');
	});
});

describe('Retry On Fail', () => {
	const retried = async (operation: string, parameters: IDataObject, input = files('a.pdf')) => {
		const { execution, hints } = prepared(around.sandbox, operation, parameters, input);
		await expect(executeTable(execution, eBoxTable)).rejects.toThrow();
		const second = await executeTable(execution, eBoxTable).then(
			([items]) => items?.map(({ json }) => json),
			(error: Error) => error,
		);
		return { second, hints };
	};
	const lose = (name: 'nsso' | 'documents', times = 1) =>
		around.sandbox.mockServers[name].failNext({
			path: 'publishMessage|linkEboxMessage|ebox/messages',
			times,
			how: { kind: 'cutAfter' },
		});

	it('does not publish again in version 2 what may be published, and says so again', async () => {
		lose('nsso');
		const { second } = await retried('publication.publish', { ...publication, ...V2 });
		expect(second).toMatchObject({
			description: expect.stringMatching(/n8n ran this node again .* not begun again/),
		});
		expect(around.sandbox.boxes.nsso.published).toHaveLength(1);
	});

	it('confirms in version 3 what the first run lost altogether', async () => {
		around.sandbox.mockServers.documents.failNext({ method: 'POST', how: { kind: 'cutAfter' } });
		around.sandbox.mockServers.documents.failNext({
			method: 'POST',
			times: 4,
			how: { kind: 'status', status: 502 },
		});
		const { second } = await retried('publication.publish', {
			...publication,
			...V3,
			apiProfile: { timeoutSeconds: 5 },
		});
		expect(second).toMatchObject([{ published: true, answerLost: true }]);
		expect(around.sandbox.boxes.documents.published).toHaveLength(1);
	});

	it('keeps the key of the first try for a text that changes with the time', async () => {
		const { documents } = around.sandbox.mockServers;
		documents.failNext({ method: 'POST', how: { kind: 'cutAfter' } });
		documents.failNext({ method: 'POST', times: 4, how: { kind: 'status', status: 502 } });
		const input = files('a.pdf');
		const items = [{ ...input.items[0], json: { at: 'noon' } }];
		const { execution } = prepared(
			around.sandbox,
			'publication.publish',
			{ ...publication, ...V3, subject: '={{ $json.at }}', apiProfile: { timeoutSeconds: 5 } },
			{ ...input, items },
		);
		await expect(executeTable(execution, eBoxTable)).rejects.toThrow();
		items[0].json.at = 'a minute past noon';
		const [published] = await executeTable(execution, eBoxTable);
		expect(published).toMatchObject([{ json: { published: true, answerLost: true } }]);
		expect(around.sandbox.boxes.documents.published).toMatchObject([{ subject: { fr: 'noon' } }]);
	});

	it('does not say that nothing was published when n8n was stopped and began the execution again', async () => {
		const { documents } = around.sandbox.mockServers;
		const processed = new Set<string>();
		const input = files('a.pdf');
		const publishOnce = async () => {
			const { execution } = prepared(
				around.sandbox,
				'publication.publish',
				{ ...publication, ...V3, apiProfile: { timeoutSeconds: 5 } },
				{ ...input, executionId: 'execution 1', processed },
			);
			return await executeTable(execution, eBoxTable);
		};
		const refuse = () =>
			documents.failNext({ method: 'POST', how: { kind: 'status', status: 403, body: '{}' } });
		refuse();
		await expect(publishOnce()).rejects.toMatchObject({
			context: { data: { outcome: 'not_done' } },
		});
		processed.clear();
		await publishOnce();
		refuse();
		await expect(publishOnce()).rejects.toMatchObject({
			context: { data: { outcome: 'unknown', hint: expect.stringMatching('was begun before') } },
		});
		const [[confirmed]] = [await publishOnce()];
		expect(confirmed).toMatchObject([{ json: { published: true } }]);
		expect(around.sandbox.boxes.documents.published).toHaveLength(1);
	});

	it('does not link again what may be linked', async () => {
		const { json } = await publish(V2);
		lose('nsso');
		const link = { ...V2, messageId: json[0]?.messageId, recipients: '0406798006' };
		const { second } = await retried('publication.link', link);
		expect(second).toMatchObject({ description: expect.stringMatching(/not begun again/) });
		expect(around.sandbox.mockServers.nsso.calls.list({ operation: 'linkMessage' })).toHaveLength(
			1,
		);
	});

	it('publishes again in the next round of a loop', async () => {
		const input = files('a.pdf');
		await publish(V3, input);
		await publish(V3, { ...input, runIndex: 1 } as typeof input);
		expect(around.sandbox.boxes.documents.published).toHaveLength(2);
	});
});
