import type { IDataObject } from 'n8n-workflow';

import { V3_DEFAULTS } from '../../../nodes/EBoxEnterprise/api/v3-names';
import { apiProfile } from '../../../nodes/EBoxEnterprise/operations/api-profile';
import { asked, federation } from './federation';
import { run } from './node';

const around = federation();

const readFlags = () =>
	Object.fromEntries(
		Object.values(around.sandbox.boxes)
			.flatMap(({ messages }) => messages)
			.map(({ messageId, readStatus }) => [messageId, readStatus]),
	);

describe('Message: Get Many', () => {
	it('gives the whole e-Box, newest first, each item with its provider and the names of sender and type', async () => {
		const before = readFlags();
		const { json, hints } = await run(around.sandbox, 'message.getAll', { returnAll: true });
		expect(json.map(({ messageId, providerId }) => [messageId, providerId])).toEqual([
			['nsso-0001', 'nsso'],
			['documents-0001', 'documents'],
			['nsso-0002', 'nsso'],
			['regional-0001', 'regional'],
			['nsso-0004', 'nsso'],
			['nsso-0003', 'nsso'],
		]);
		expect(json[0]).toMatchObject({
			providerName: 'Fournisseur nsso',
			subject: 'Avis de cotisation 2026/3',
			senderName: 'ONSS',
			messageTypeName: 'Avis de cotisation',
			senderApplicationName: 'Cotisations',
			attachments: [{ fileName: 'avis de cotisation.pdf' }, { fileName: 'détail.csv' }],
		});
		expect(json[1]).toMatchObject({
			subject: 'Vraag om inlichtingen',
			senderName: 'Caisse d’essai',
			messageTypeName: 'Vraag om inlichtingen',
			forTheAttentionOf: 'Personeelsdienst',
			asksForAction: { status: 'requested' },
		});
		expect(hints).toEqual([]);
		expect(readFlags()).toEqual(before);
	});

	it('fetches reference data once, however many messages and items there are, and takes one token', async () => {
		const { sandbox } = around;
		sandbox.deliver('nsso', ...Array.from({ length: 120 }, () => ({})));
		const items = [{ json: {} }, { json: {} }, { json: {} }];
		await run(sandbox, 'message.getAll', { providers: 'official', returnAll: true }, { items });
		const lists = asked(sandbox, 'nsso').filter((one) => /^(getAll|findAll)/.test(one));
		expect(lists.sort()).toEqual([
			'findAllSenderApplications',
			'findAllSenderOrganizations',
			'getAllMessagesTypes',
		]);
		expect(sandbox.mockServers.nsso.calls.counters().tokenRequests).toBe(1);
	});

	it('gives the raw message in the names of version 2.1 when it is not simplified', async () => {
		const { json } = await run(around.sandbox, 'message.getAll', {
			providers: 'selected',
			providerIds: 'documents',
			simplify: false,
		});
		expect(json).toHaveLength(1);
		expect(json[0]).toMatchObject({
			providerId: 'documents',
			subject: { nl: 'Vraag om inlichtingen' },
			sender: { enterpriseNumber: '0212148896' },
			senderOrganizationId: '0212148896',
			isReplyAuthorized: true,
			replyAuthorized: true,
		});
	});

	it('sends every filter as the contract names it', async () => {
		const filters = {
			expiredAfter: '2026-01-01',
			expiredBefore: '2030-01-01T00:00:00+02:00',
			readStatus: 'false',
			visible: 'true',
			registeredMail: 'true',
			receivedAfter: '3/2/2020',
			receivedBefore: '2031-01-01',
			messageTypeId: 'formal-notice',
			senderOrganizationId: 'BE-0206.731.645',
			senderApplicationId: 'urn:app:contributions',
			q: 'demeure',
			qlang: 'fr',
		};
		const { json } = await run(around.sandbox, 'message.getAll', {
			providers: 'official',
			filters,
		});
		expect(json.map(({ messageId }) => messageId)).toEqual(['nsso-0002']);
		const [call] = around.sandbox.mockServers.nsso.calls.list({ operation: 'getMessagesByEBoxId' });
		expect(Object.fromEntries(new URLSearchParams(call.query))).toEqual({
			...filters,
			expiredBefore: '2030-01-01',
			receivedAfter: '2020-02-03',
			senderOrganizationId: '0206731645',
			page: '1',
			pageSize: '50',
		});
	});

	it('adds an item for each provider that failed, and stops where that is wanted or all fail', async () => {
		const { sandbox } = around;
		sandbox.listed = ['nsso', 'maintenance'];
		const { json } = await run(sandbox, 'message.getAll');
		expect(json.at(-1)).toMatchObject({
			error: expect.stringContaining('maintenance'),
			details: {
				providerId: 'maintenance',
				providerFailed: true,
				code: 'service_failed',
				status: 503,
				hint: expect.stringMatching(/announced maintenance until/),
			},
		});
		expect(json).toHaveLength(5);
		const options = { onProviderFailure: 'stop' };
		await expect(run(sandbox, 'message.getAll', { options })).rejects.toThrow(
			/1 of 2 e-Box providers could not be read \(maintenance\)/,
		);
		sandbox.listed = ['maintenance', 'foreign'];
		await expect(run(sandbox, 'message.getAll')).rejects.toThrow(/2 of 2 e-Box providers/);
	});

	it('says that a list may be incomplete, and that names are missing', async () => {
		const { sandbox } = around;
		sandbox.boxes.regional.deviations = { claimsMore: 2 };
		sandbox.mockServers.regional.failNext({
			path: '/referenceData/messageTypes',
			times: 9,
			how: { kind: 'status', status: 403, body: '{"code":"FORBIDDEN","message":"no","id":"x"}' },
		});
		const { json, hints } = await run(sandbox, 'message.getAll', {
			providers: 'selected',
			providerIds: 'regional',
		});
		expect(json).toMatchObject([{ messageTypeName: '', senderName: 'Caisse d’essai' }]);
		expect(hints).toEqual([
			expect.stringMatching(/holds more than it gave/),
			expect.stringMatching(/No names from regional/),
		]);
	});
});

describe('Message: Archive', () => {
	it('gives all files, checked, the body, the metadata and a folder, and marks only this message as read', async () => {
		const { sandbox } = around;
		const { json, items, contentOf } = await run(sandbox, 'message.archive', {
			messageId: 'documents-0001',
			providerId: 'documents',
		});
		expect(Object.keys(items[0].binary ?? {})).toEqual(['file_0', 'file_1', 'metadata']);
		expect(json[0]).toMatchObject({
			providerId: 'documents',
			senderName: 'Caisse d’essai',
			body: 'Gelieve het formulier in te vullen.',
			attachments: [
				{ binaryField: 'file_0', fileName: 'document.pdf', digest: 'verified', mainContent: true },
				{ binaryField: 'file_1', fileName: 'body.nl.txt', language: 'nl' },
			],
			archivePath: expect.stringMatching(
				/^Caisse d’essai\/\d{4}-\d\d-\d\d Vraag om inlichtingen \(documents-0001\)$/,
			),
		});
		expect(contentOf(0, 'file_1')).toBe('Gelieve het formulier in te vullen.');
		const metadata = JSON.parse(contentOf(0, 'metadata')) as IDataObject;
		expect(metadata).toMatchObject({
			senderName: 'Caisse d’essai',
			message: { isReplyAuthorized: true },
		});
		expect(readFlags()).toMatchObject({ 'documents-0001': true, 'nsso-0001': false });
	});

	it('makes file names safe and unique', async () => {
		const { sandbox } = around;
		const [message] = sandbox.deliver('nsso', { subject: { fr: '../../etc/passwd' } });
		const [file] = message.files;
		message.files = ['../a.pdf', 'b/a.pdf', ''].map((fileName, index) => ({
			...file,
			attachmentId: `f${index}`,
			fileName,
			mainContent: index === 0,
		}));
		const { items, json } = await run(sandbox, 'message.archive', {
			messageId: message.messageId,
			providerId: 'official',
		});
		const names = Object.values(items[0].binary ?? {}).map(({ fileName }) => fileName);
		expect(new Set(names).size).toBe(4);
		expect(names.every((name) => name && !/[/\\]|^\./.test(name))).toBe(true);
		expect(String(json[0].archivePath).split('/')).toHaveLength(2);
		expect(String(json[0].archivePath)).not.toMatch(/(^|\/)\.+(\/|$)/);
	});

	it('refuses a file whose digest does not fit, and says that the message counts as read', async () => {
		const { sandbox } = around;
		sandbox.mockServers.nsso.failNext({
			path: '/attachments/notice/content',
			how: { kind: 'corrupt' },
		});
		const failure = run(sandbox, 'message.archive', { messageId: 'nsso-0001', providerId: 'nsso' });
		await expect(failure).rejects.toMatchObject({
			message: expect.stringMatching(/another SHA-256 digest/),
			description: expect.stringMatching(/counts as read now/),
		});
	});

	it('takes a file without a digest, and says so', async () => {
		const { sandbox } = around;
		const [message] = sandbox.deliver('nsso', {});
		message.files[0].digest = null;
		const { json } = await run(sandbox, 'message.archive', {
			messageId: message.messageId,
			providerId: '',
		});
		expect(json[0].attachments).toMatchObject([{ digest: 'notGiven' }]);
	});
});

describe('Message: the other operations', () => {
	const one = { messageId: 'nsso-0001', providerId: 'nsso' };

	it('Get marks nothing as read; Get Body and Get Payment Data say when there is none', async () => {
		const { json } = await run(around.sandbox, 'message.get', one);
		expect(json[0]).toMatchObject({ ...one, senderName: 'ONSS', readStatus: false });
		await expect(run(around.sandbox, 'message.getBody', one)).rejects.toThrow(/has no body/);
		await expect(run(around.sandbox, 'message.getPaymentData', one)).rejects.toThrow(
			/has no payment data/,
		);
		const payment = { messageId: 'regional-0001', providerId: 'regional' };
		expect((await run(around.sandbox, 'message.getPaymentData', payment)).json[0]).toMatchObject({
			amount: 250,
			iban: 'BE68539007547034',
		});
		const body = { messageId: 'nsso-0004', providerId: 'nsso' };
		expect((await run(around.sandbox, 'message.getBody', body)).json[0]).toMatchObject({
			body: '<p>Votre dossier est clos.</p>',
		});
		expect(readFlags()['nsso-0001']).toBe(false);
	});

	it('Hide and Show treat all items with one call per provider, in the order of the items', async () => {
		const { sandbox } = around;
		const ids = ['nsso-0001', 'regional-0001', 'nsso-0002', 'documents-0001'];
		const items = ids.map((messageId) => ({
			json: { messageId, providerId: messageId.replace(/-.*/, '') },
		}));
		const hidden = await run(sandbox, 'message.hide', {}, { items });
		expect(hidden.items.map(({ json, pairedItem }) => [json.messageId, pairedItem])).toEqual(
			ids.map((id, item) => [id, [{ item }]]),
		);
		const all = Object.values(sandbox.boxes).flatMap(({ messages }) => messages);
		const visible = () =>
			all.filter(({ messageId }) => ids.includes(messageId)).map((message) => message.visible);
		expect(visible()).toEqual([false, false, false, false]);
		expect(asked(sandbox, 'nsso').filter((name) => name === 'patchMessagesByEBoxId')).toHaveLength(
			1,
		);
		await run(sandbox, 'message.show', {}, { items });
		expect(visible()).toEqual([true, true, true, true]);
	});

	it('Move to Partition and Execute Action work where version 3 is spoken, and say so where it is not', async () => {
		const { sandbox } = around;
		const v3 = { messageId: 'documents-0001', providerId: 'documents' };
		await run(sandbox, 'message.moveToPartition', { ...v3, partition: 'HR' });
		await run(sandbox, 'message.executeAction', v3);
		expect(sandbox.boxes.documents.messages[0]).toMatchObject({
			partition: 'HR',
			action: 'executed',
		});
		const filters = { partition: 'HR' };
		const found = await run(sandbox, 'message.getAll', {
			providers: 'selected',
			providerIds: 'documents',
			filters,
		});
		expect(found.json).toHaveLength(1);
		for (const operation of ['message.moveToPartition', 'message.executeAction'])
			await expect(run(sandbox, operation, { ...one, partition: 'HR' })).rejects.toThrow(
				/needs version 3/,
			);
	});
});

describe('Attachment, Summary, Reference Data, Provider and Custom Request', () => {
	it('list, get and download files', async () => {
		const { sandbox } = around;
		const one = { messageId: 'nsso-0001', providerId: 'nsso' };
		const { json } = await run(sandbox, 'attachment.getAll', one);
		expect(json.map(({ attachmentId }) => attachmentId)).toEqual(['notice', 'detail']);
		const [, annex] = json;
		const got = await run(sandbox, 'attachment.get', {}, { items: [{ json: annex }] });
		expect(got.json[0]).toMatchObject({ fileName: 'détail.csv', mainContent: false });
		expect(readFlags()['nsso-0001']).toBe(false);
		const file = await run(sandbox, 'attachment.download', {}, { items: [{ json: annex }] });
		expect(file.contentOf(0, 'data')).toContain('1234,56');
		expect(readFlags()['nsso-0001']).toBe(false);
		await run(sandbox, 'attachment.download', { ...one, attachmentId: 'notice' });
		expect(readFlags()['nsso-0001']).toBe(true);
	});

	it('count the e-Box per provider and in sum, by the service or by us', async () => {
		const { sandbox } = around;
		const summary = await run(sandbox, 'summary.get', { output: 'sum' });
		expect(summary.json).toEqual([
			expect.objectContaining({ numberOfMessages: 6, numberOfUnreadMessages: 4, providers: 3 }),
		]);
		const counted = await run(sandbox, 'summary.getStatistics');
		expect(counted.json).toMatchObject([
			{
				providerId: 'nsso',
				total: 4,
				unread: 2,
				registered: 1,
				soonToExpire: 1,
			},
			{ providerId: 'documents', total: 1, awaitingAction: 1 },
			{ providerId: 'regional', total: 1, unread: 1 },
		]);
		const summed = await run(sandbox, 'summary.getStatistics', { output: 'sum', days: 20 });
		expect(summed.json).toEqual([
			expect.objectContaining({ total: 6, unread: 4, awaitingAction: 1, days: 20, complete: true }),
		]);
		sandbox.boxes.nsso.deviations = { withoutTotal: true };
		const withoutTotals = await run(sandbox, 'summary.getStatistics', { providers: 'official' });
		expect(withoutTotals.json[0]).toMatchObject({ total: 4, unread: 2, complete: true });
		expect(readFlags()['nsso-0001']).toBe(false);
	});

	it('read reference data once, and again when told to', async () => {
		const { sandbox } = around;
		const official = { providers: 'official', kind: 'senderOrganization' };
		const { json } = await run(sandbox, 'referenceData.getAll', official);
		expect(json[0]).toMatchObject({ kind: 'senderOrganization', id: '0206731645', name: 'ONSS' });
		await run(sandbox, 'referenceData.getAll', official);
		const lists = () =>
			asked(sandbox, 'nsso').filter((one) => one === 'findAllSenderOrganizations');
		expect(lists()).toHaveLength(1);
		await run(sandbox, 'referenceData.getAll', { ...official, options: { refresh: true } });
		expect(lists()).toHaveLength(2);
		const one = await run(sandbox, 'referenceData.get', {
			kind: 'senderApplication',
			recordId: 'urn:app:contributions',
			providerId: 'documents',
		});
		expect(one.json[0]).toMatchObject({ name: 'Cotisations' });
		const logo = await run(sandbox, 'referenceData.downloadLogo', { recordId: '0206731645' });
		expect(logo.items[0].binary?.data).toMatchObject({
			fileName: '0206731645-logo-1.png',
			mimeType: 'image/png',
		});
	});

	it('list the providers with their state, version and whether they are trusted', async () => {
		const { sandbox } = around;
		sandbox.listed = ['nsso', 'documents', 'maintenance', 'retired', 'coming', 'foreign'];
		const { json } = await run(sandbox, 'provider.getAll');
		expect(
			json.map(({ providerId, state, apiVersion, trusted }) => [
				providerId,
				state,
				apiVersion,
				trusted,
			]),
		).toEqual([
			['nsso', 'active', 'v2', true],
			['documents', 'active', 'v3', true],
			['maintenance', 'inMaintenance', 'v2', true],
			['retired', 'deactivated', 'v2', true],
			['coming', 'notYetActive', 'v2', true],
			['foreign', 'active', 'v2', false],
		]);
		expect((await run(sandbox, 'provider.getAll', { onlyActive: true })).json).toHaveLength(4);
		expect(sandbox.mockServers.foreign.calls.list()).toEqual([]);
	});

	it('send any call to a provider, in pages where wanted, and nowhere else', async () => {
		const { sandbox } = around;
		const request = { path: '/ebox', providerId: 'documents' };
		const { json } = await run(sandbox, 'customRequest.send', request);
		expect(json[0]).toMatchObject({ status: 200, body: { numberOfMessages: 1 } });
		const paged = await run(sandbox, 'customRequest.send', {
			path: 'ebox/messages',
			providerId: '',
			paged: true,
			returnAll: true,
			additionalFields: { query: '{"visible": true}' },
		});
		expect(paged.json).toHaveLength(3);
		for (const path of [
			'https://x.example/',
			'//x.example',
			'/a/../../b',
			'/a?b=c',
			'javascript:1',
		])
			await expect(run(sandbox, 'customRequest.send', { ...request, path })).rejects.toThrow(
				/must be a path/,
			);
		const additionalFields = { headers: '{"Authorization": "Bearer x"}' };
		await expect(
			run(sandbox, 'customRequest.send', { ...request, additionalFields }),
		).rejects.toThrow(/must not contain Authorization/);
	});
});

describe('the form', () => {
	it('shows the same defaults of version 3 as the client has', () => {
		const shown = Object.fromEntries(
			(apiProfile.options ?? []).flatMap((option) =>
				'default' in option && option.name in V3_DEFAULTS ? [[option.name, option.default]] : [],
			),
		);
		expect(shown).toEqual({ ...V3_DEFAULTS, queryNames: '{}' });
	});

	it('refuses an unknown provider with the names of those that exist', async () => {
		const unknown = { messageId: 'x', providerId: 'nobody' };
		await expect(run(around.sandbox, 'message.get', unknown)).rejects.toMatchObject({
			message: expect.stringMatching(/"nobody" is not in the list/),
			description: expect.stringMatching(/nsso, documents, regional/),
		});
	});
});
