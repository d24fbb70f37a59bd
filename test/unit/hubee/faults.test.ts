import type { IDataObject } from 'n8n-workflow';

import type { InjectedFault } from '../../../sandbox/mock-server';
import { BinaryStore } from '../fakes/binary-store';
import { Desk } from './desk';

let desk: Desk;
beforeEach(async () => {
	desk = await Desk.open();
});
afterEach(async () => await desk.close());

/** A fault of the folder API, tokens left alone. */
const failNext = (how: InjectedFault, more: { method?: string; times?: number } = {}) =>
	desk.sandbox.mockServer.failNext({ path: '/teledossiers/', how, ...more });

const calls = (operation: string) => desk.sandbox.mockServer.calls.list({ operation });

describe('a token that expires in the middle of a loop', () => {
	it('is renewed once, and no event is created twice', async () => {
		const cases = await Promise.all(Array.from({ length: 6 }, async () => await desk.receive()));
		await desk.run('notification:getMany');
		desk.sandbox.expireTokens();
		const items = cases.map(({ caseId }) => ({ json: { caseId } }));
		const { items: done } = await desk.run('case:updateStatus', { status: 'DONE' }, { items });
		expect(done).toHaveLength(6);
		expect(desk.sandbox.mockServer.calls.counters().tokenRequests).toBe(2);
		for (const { caseId } of cases) expect(desk.caseNow(caseId).events).toHaveLength(1);
	});

	it('is renewed before a POST that meets the refusal first', async () => {
		const { caseId } = await desk.receive();
		await desk.run('notification:getMany');
		const create = { caseId, actionType: 'SENDING_MESSAGE' };
		desk.sandbox.expireTokens();
		await desk.one('event:create', create);
		expect(calls('createEvent').map(({ status }) => status)).toEqual([401, 201]);
		expect(desk.caseNow(caseId).events).toHaveLength(1);
	});

	it('is renewed before it expires when its life is known', async () => {
		desk.sandbox.configure({ tokenLifetime: 120 });
		await desk.run('notification:getMany');
		jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 110_000);
		await desk.run('notification:getMany');
		expect(desk.sandbox.mockServer.calls.counters()).toMatchObject({
			tokenRequests: 2,
			byStatus: { 200: 4 },
		});
	});

	it('that is refused although it is new says what to look at', async () => {
		const { caseId } = await desk.receive();
		failNext(
			{
				kind: 'status',
				status: 401,
				body: '{"errors":[{"code":900901,"message":"Invalid Credentials"}]}',
			},
			{ times: 9 },
		);
		const failure = await desk.failure('event:create', { caseId, actionType: 'COM_ADD' });
		expect(failure.message).toBe('HubEE does not accept the access token: Invalid Credentials');
		expect(failure.description).toContain(
			'the base URL and the token URL may belong to different environments',
		);
		expect(failure.facts).toMatchObject({ code: 'unauthenticated', outcome: 'not_done' });
		expect(desk.sandbox.mockServer.calls.list({ method: 'POST', path: 'events' })).toHaveLength(2);
	});
});

describe('429', () => {
	it('with Retry-After is waited for, also before a POST', async () => {
		const { caseId } = await desk.receive();
		failNext({ kind: 'status', status: 429, retryAfter: 3 }, { method: 'POST' });
		await desk.one('event:create', { caseId, actionType: 'COM_ADD' });
		expect(desk.waits).toEqual([3000]);
		expect(desk.caseNow(caseId).events).toHaveLength(1);
	});

	it('that asks for more time than there is ends the call with what was asked', async () => {
		failNext({ kind: 'status', status: 429, retryAfter: 900 });
		const failure = await desk.failure('notification:getMany');
		expect(failure.message).toBe('HubEE asks for fewer requests (HTTP 429)');
		expect(failure.description).toContain('The service asks to wait 900 s.');
		expect(failure.facts).toMatchObject({ code: 'rate_limited', outcome: 'not_done' });
	});
});

describe('503', () => {
	it('is tried again for a reading call', async () => {
		await desk.receive();
		failNext({ kind: 'status', status: 503 }, { times: 2 });
		expect((await desk.run('notification:getMany')).items).toHaveLength(1);
		expect(desk.waits).toHaveLength(2);
	});

	it('that stays ends with the service’s words and its own advice', async () => {
		failNext({ kind: 'status', status: 503, body: 'Service Unavailable' }, { times: 99 });
		const failure = await desk.failure('notification:getMany');
		expect(failure.message).toBe(
			'HubEE failed to treat the request: Service Unavailable (tried 5 times)',
		);
		expect(failure.description).not.toContain('Service Unavailable');
		expect(failure.description).toContain('support@hubee.numerique.gouv.fr');
		expect(failure.description).toContain(
			`(HTTP 503, GET ${desk.sandbox.url}/teledossiers/v1/notifications?maxResult=…&eventDetails=…, at `,
		);
	});

	it('that is the page of a proxy says so once', async () => {
		const body =
			'<html><head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>';
		failNext({ kind: 'html', status: 502, body }, { times: 99 });
		const failure = await desk.failure('notification:getMany');
		expect(failure.message).toBe(
			'HubEE failed to treat the request: 502 Bad Gateway (tried 5 times)',
		);
		expect(failure.description).not.toContain('Bad Gateway');
		expect(failure.description).toContain('The service says: nginx');
	});

	it('of the gateway that could not read its backend is explained', async () => {
		const body = JSON.stringify({
			errors: [
				{
					code: 500,
					message: "Bad Response : Validation failed.\n[ERROR][RESPONSE][PUT …] [Path '/errors'] …",
				},
			],
		});
		failNext({ kind: 'status', status: 500, body }, { times: 99 });
		const failure = await desk.failure('notification:getMany');
		expect(failure.description).toContain('The service failed behind its gateway');
	});
});

describe('a connection that is cut', () => {
	it.each([
		['before', 'cutBefore', 0],
		['after', 'cutAfter', 1],
	] as const)(
		'%s the server recorded a POST is reported as unknown, with how to find out, and not repeated',
		async (_, kind, recorded) => {
			const { caseId } = await desk.receive();
			failNext({ kind }, { method: 'POST' });
			const failure = await desk.failure('case:updateStatus', { caseId, status: 'DONE' });
			expect(failure.message).toBe('HubEE closed the connection before it answered');
			expect(failure.description).toContain(
				'Whether the service recorded the request is unknown; it was not sent again.',
			);
			expect(failure.description).toContain(
				`Look at the events of case ${caseId} with Case: Get before you send it again.`,
			);
			expect(failure.facts).toMatchObject({ code: 'unreachable', outcome: 'unknown', caseId });
			const posts = desk.sandbox.mockServer.calls.list({ method: 'POST', path: '/events' });
			expect(posts).toHaveLength(1);
			expect(desk.caseNow(caseId).events).toHaveLength(recorded);
		},
	);

	it.each(['cutBefore', 'cutAfter'] as const)(
		'(%s) leaves a status update that can be run again and happens once',
		async (kind) => {
			const { caseId } = await desk.receive();
			failNext({ kind }, { method: 'POST' });
			await desk.failure('case:updateStatus', { caseId, status: 'DONE' });
			await desk.one('case:updateStatus', { caseId, status: 'DONE' });
			expect(desk.caseNow(caseId)).toMatchObject({ status: 'DONE', events: [{}] });
			expect(desk.caseNow(caseId).events).toHaveLength(1);
		},
	);

	it.each(['cutBefore', 'cutAfter'] as const)(
		'(%s) does not stop an acknowledgement',
		async (kind) => {
			const { caseId } = await desk.receive();
			const { eventId, notificationId } = await desk.sandbox.incomingEvent({
				caseId,
				actionType: 'COM_ADD',
			});
			failNext({ kind }, { method: 'PATCH' });
			failNext({ kind }, { method: 'DELETE' });
			await desk.one('notification:acknowledge', { notificationId, caseId, eventId });
			expect(desk.caseNow(caseId).events[0].status).toBe('RECEIVED');
			expect(desk.sandbox.listNotifications().map(({ id }) => id)).not.toContain(notificationId);
		},
	);

	it('in the middle of a file is received again, whole', async () => {
		const { caseId } = await desk.receive([{ fileName: 'a', text: 'x'.repeat(200_000) }]);
		desk.sandbox.mockServer.failNext({
			path: '/attachments/',
			how: { kind: 'truncate' },
			times: 2,
		});
		const { items, store } = await desk.run('case:receive', { caseId });
		expect(store.contentOf(items[0].binary?.file_0)).toHaveLength(200_000);
		expect(calls('downloadCaseAttachmentById')).toHaveLength(3);
	});
});

describe('files that are not as announced', () => {
	const receiving = async (how: InjectedFault, digestHeader = true) => {
		desk.sandbox.configure({ digestHeader });
		const arrived = await desk.receive([{ fileName: 'acte.pdf', text: 'twelve bytes' }]);
		desk.sandbox.mockServer.failNext({ path: '/attachments/', how, times: 99 });
		const failure = await desk.failure('case:receive', { caseId: arrived.caseId });
		expect(desk.sandbox.listNotifications()).toHaveLength(1);
		expect(desk.caseNow(arrived.caseId).status).toBe('HUBEE_NOTIFIED');
		return { ...failure, ...arrived };
	};

	it('a wrong size is refused', async () => {
		const failure = await receiving({ kind: 'shorten' }, false);
		expect(failure.message).toBe(
			'The file "acte.pdf" arrived with 11 bytes, and 12 were announced',
		);
		expect(failure.description).toContain('Nothing was acknowledged');
		expect(failure.facts).toMatchObject({ code: 'size_mismatch', outcome: 'not_done' });
	});

	it.each([
		['size', 'shorten', false],
		['digest', 'corrupt', true],
	] as const)(
		'a wrong %s that comes once is fetched once more at once',
		async (_, kind, digest) => {
			desk.sandbox.configure({ digestHeader: digest });
			const { caseId } = await desk.receive([{ fileName: 'acte.pdf', text: 'twelve bytes' }]);
			desk.sandbox.mockServer.failNext({ path: '/attachments/', how: { kind } });
			const received = await desk.one('case:receive', { caseId });
			expect(received).toMatchObject({ complete: true, files: [{ size: 12 }] });
			expect(desk.waits).toEqual([]);
			expect(desk.operations().filter((name) => /attachment/i.test(name))).toHaveLength(2);
		},
	);

	it('names are cut to the bytes that were asked for, unique and with their extension', async () => {
		const long = 'é'.repeat(120);
		const files = ['a', 'b'].map((end) => ({ fileName: `${long}${end}.pdf`, text: end }));
		const { caseId } = await desk.receive(files);
		const additionalFields = { fileNameBytes: 60 };
		const received = await desk.one('case:receive', { caseId, additionalFields });
		const names = (received.files as Array<{ fileName: string }>).map(({ fileName }) => fileName);
		expect(new Set(names).size).toBe(2);
		for (const name of names) {
			expect(Buffer.byteLength(name)).toBeLessThanOrEqual(60);
			expect(name).toMatch(/\.pdf$/);
		}
	});

	it('a wrong digest is refused', async () => {
		const failure = await receiving({ kind: 'corrupt' });
		expect(failure.message).toBe(
			'The file "acte.pdf" arrived with another SHA-256 digest than was announced',
		);
		expect(failure.description).toContain('It was changed or damaged on its way.');
		expect(failure.facts).toMatchObject({ code: 'digest_mismatch' });
	});

	it.each([
		[
			'PENDING',
			'file_pending',
			'"acte.pdf" is still awaited or being scanned (PENDING)',
			'Try again in a few minutes',
		],
		[
			'CORRUPTED',
			'file_rejected',
			'"acte.pdf" was rejected by the antivirus of the hub (CORRUPTED)',
			'SI_INTG_ERROR',
		],
		[
			'REJECTED',
			'file_rejected',
			'"acte.pdf" does not match what the sender declared (REJECTED)',
			'SI_INTG_ERROR',
		],
		[
			'DELETED',
			'file_rejected',
			'"acte.pdf" has been purged by the hub (DELETED)',
			'SI_INTG_ERROR',
		],
	] as const)('a file in %s is named, with what to do', async (status, code, text, hint) => {
		const { caseId, deposited } = await desk.receive([{ fileName: 'acte.pdf' }, { fileName: 'b' }]);
		desk.sandbox.setAttachmentStatus(deposited.attachments[0].id, status);
		const failure = await desk.failure('case:receive', { caseId });
		expect(failure.message).toBe(
			`Not all files of case ${deposited.cases[0].externalId} can be received: ${text}`,
		);
		expect(failure.description).toContain('Nothing was acknowledged.');
		expect(failure.description).toContain(hint);
		expect(failure.facts).toMatchObject({ code, caseId, missing: 1, outcome: 'not_done' });
	});

	it('hostile names are made safe, unique and stay recognisable', async () => {
		const names = [
			'../../etc/passwd',
			'..\\..\\windows\\win.ini',
			'CON.pdf',
			'acte\u202Efdp.exe',
			'a\0b\r\n.txt',
			'.htaccess',
			'…',
			'   ',
			'x'.repeat(255),
			'passwd',
			'PASSWD',
		];
		const { caseId } = await desk.receive(names.map((fileName) => ({ fileName, text: fileName })));
		const { items, store } = await desk.run('case:receive', { caseId });
		const files = items[0].json.files as Array<IDataObject & { fileName: string }>;
		expect(files.map(({ originalFileName }) => originalFileName)).toEqual(names);
		for (const { fileName } of files) {
			expect(fileName).not.toMatch(/[\\/:*?"<>|\p{Cc}\p{Cf}]|^[.\s-]|[.\s]$|^$|^con\./iu);
			expect(Buffer.byteLength(fileName)).toBeLessThanOrEqual(255);
		}
		const lower = files.map(({ fileName }) => fileName.toLowerCase());
		expect(new Set(lower).size).toBe(names.length);
		expect(files[0].fileName).toBe('passwd');
		for (const [index, name] of names.entries())
			expect(store.contentOf(items[0].binary?.[`file_${index}`]).toString()).toBe(name);
		expect(items[0].binary?.file_0.fileName).toBe('passwd');
	});
});

describe('sending files', () => {
	const sending = async (more: IDataObject = {}, fileNames = ['bon.pdf', 'mauvais.pdf']) => {
		const { caseId } = await desk.receive();
		const store = new BinaryStore();
		const binary = Object.fromEntries(
			fileNames.map((name, index) => [
				`f${index}`,
				store.put(`content ${index}`, name, 'application/pdf'),
			]),
		);
		const parameters = { caseId, attachmentType: 'documents', additionalFields: more };
		const setup = { store, items: [{ json: {}, binary }] };
		return { caseId, parameters, setup };
	};
	const nothingLeft = (caseId: string) => {
		expect(desk.caseNow(caseId).events).toEqual([]);
		const forOthers = desk.sandbox
			.listNotifications()
			.filter(({ recipient }) => recipient.type === 'OSL');
		expect(forOthers).toEqual([]);
	};

	it('with one infected names it and leaves nothing half-sent', async () => {
		desk.sandbox.scanNext({ fileName: 'mauvais', outcome: 'CORRUPTED' });
		const { caseId, parameters, setup } = await sending();
		const failure = await desk.failure('event:sendFiles', parameters, setup);
		expect(failure.message).toBe(
			'The antivirus of the hub rejected the file "mauvais.pdf" (CORRUPTED)',
		);
		expect(failure.description).toContain('sending it again will not help');
		expect(failure.description).toContain(
			'The event was deleted again, so nobody has been notified and nothing half-sent remains.',
		);
		expect(failure.facts).toMatchObject({
			code: 'file_rejected',
			outcome: 'not_done',
			caseId,
			eventDeleted: true,
		});
		nothingLeft(caseId);
	});

	it('with one rejected says what the likely reason is', async () => {
		desk.sandbox.scanNext({ fileName: 'mauvais', outcome: 'REJECTED' });
		const { caseId, parameters, setup } = await sending();
		const failure = await desk.failure('event:sendFiles', parameters, setup);
		expect(failure.message).toContain('"mauvais.pdf": it does not match what was declared');
		expect(failure.description).toContain('MIME type or format');
		nothingLeft(caseId);
	});

	it('with one stuck in the scan gives up after the time that was set', async () => {
		desk.sandbox.scanNext({ fileName: 'mauvais', outcome: 'PENDING' });
		const { caseId, parameters, setup } = await sending({ scanSeconds: 1 });
		const failure = await desk.failure('event:sendFiles', parameters, setup);
		expect(failure.message).toBe('The hub had not let all files through after 1 s: "mauvais.pdf"');
		expect(failure.description).toContain('"Longest Wait for Antivirus"');
		expect(failure.facts).toMatchObject({ code: 'file_pending', eventDeleted: true });
		nothingLeft(caseId);
	});

	it('whose bytes change between declaring and sending names the file and cleans up', async () => {
		const { caseId, parameters, setup } = await sending({}, ['bon.pdf']);
		const { store } = setup;
		const open = store.open.bind(store);
		let opened = 0;
		jest.spyOn(store, 'open').mockImplementation(async (id, chunk) => {
			if (++opened === 1) return await open(id, chunk);
			const changed = store.put('another content');
			return await open(changed.id ?? '', chunk);
		});
		const failure = await desk.failure('event:sendFiles', parameters, setup);
		expect(failure.message).toMatch(/^The file "bon\.pdf" could not be sent: /);
		expect(failure.facts).toMatchObject({ eventDeleted: true });
		nothingLeft(caseId);
	});

	it('whose upload is refused gives the name, the words of the service, and cleans up', async () => {
		const { caseId, parameters, setup } = await sending();
		const body =
			'{"errors":[{"code":400,"message":"Size does not match with attachment meta-data"}]}';
		failNext({ kind: 'status', status: 400, body }, { method: 'PUT', times: 2 });
		const failure = await desk.failure('event:sendFiles', parameters, setup);
		expect(failure.message).toMatch(
			/^The file "(bon|mauvais)\.pdf" could not be sent: HubEE refused the request: Size does not match/,
		);
		expect(failure.description).toContain('another program may have changed the file');
		nothingLeft(caseId);
	});

	it('with a lost answer to an upload or to the sending itself sends once', async () => {
		const { caseId, parameters, setup } = await sending();
		failNext({ kind: 'cutAfter' }, { method: 'PUT', times: 2 });
		failNext({ kind: 'cutAfter' }, { method: 'PATCH' });
		const result = await desk.one('event:sendFiles', parameters, setup);
		expect(result).toMatchObject({ eventStatus: 'SENT', skipped: false });
		expect(desk.caseNow(caseId).events.map(({ status }) => status)).toEqual(['SENT']);
	});

	it('with an unknown outcome of the first step says so, and a second run sends once', async () => {
		const { caseId, parameters, setup } = await sending();
		failNext({ kind: 'cutAfter' }, { method: 'POST' });
		const failure = await desk.failure('event:sendFiles', parameters, setup);
		expect(failure.facts).toMatchObject({ outcome: 'unknown', caseId });
		expect(failure.description).toContain(`Look at the events of case ${caseId}`);
		const result = await desk.one('event:sendFiles', parameters, setup);
		expect(result).toMatchObject({ skipped: false });
		expect(desk.caseNow(caseId).events.map(({ status }) => status)).toEqual(['SENT']);
	});

	it('whose event cannot be deleted again says what is left', async () => {
		desk.sandbox.scanNext({ outcome: 'CORRUPTED' });
		const { caseId, parameters, setup } = await sending();
		failNext({ kind: 'status', status: 503 }, { method: 'DELETE', times: 99 });
		const failure = await desk.failure('event:sendFiles', parameters, setup);
		const [{ id }] = desk.caseNow(caseId).events;
		expect(failure.message).toContain('(CORRUPTED)');
		expect(failure.description).toContain(`The event ${id} could not be deleted again.`);
		expect(failure.facts).toMatchObject({ eventId: id, eventDeleted: false, outcome: 'unknown' });
	});
});

describe('a web page of some proxy in place of an answer', () => {
	const page: InjectedFault = { kind: 'html' };

	it.each([
		['a status', 'PATCH', 200],
		['a deletion', 'DELETE', 200],
		['a deletion', 'DELETE', 404],
	])('is no success of %s (%s, HTTP %p)', async (_, method, status) => {
		const { caseId } = await desk.receive();
		const event = await desk.sandbox.incomingEvent({ caseId, actionType: 'COM_ADD' });
		failNext({ ...page, status }, { method });
		const failure = await desk.failure('notification:acknowledge', { caseId, ...event });
		expect(failure.message).toBe('HubEE answered with a web page');
		expect(failure.description).toContain('base URL');
		expect(failure.facts).toMatchObject({ code: 'answer_malformed', status, method });
		const left = desk.sandbox.listNotifications().map(({ id }) => id);
		expect(left).toContain(event.notificationId);
	});

	it('is no file', async () => {
		const { caseId } = await desk.receive();
		desk.sandbox.mockServer.failNext({ path: '/attachments/', how: page });
		const failure = await desk.failure('case:receive', { caseId });
		expect(failure.message).toBe('HubEE answered with a web page');
	});

	it('is no upload', async () => {
		const { caseId } = await desk.receive();
		const store = new BinaryStore();
		const binary = { data: store.put('x', 'x.pdf', 'application/pdf') };
		failNext(page, { method: 'PUT' });
		const failure = await desk.failure(
			'event:sendFiles',
			{ caseId, attachmentType: 'documents' },
			{ store, items: [{ json: {}, binary }] },
		);
		expect(failure.message).toBe(
			'The file "x.pdf" could not be sent: HubEE answered with a web page',
		);
		expect(desk.caseNow(caseId).events).toEqual([]);
	});
});

describe('a batch full of foreign notifications', () => {
	it('gives those that were asked for, or none, and touches no other', async () => {
		for (let i = 0; i < 4; i++) await desk.receive([{ fileName: 'a' }], 'OTV');
		const additionalFields = { processCodes: 'CERTDC' };
		const { items } = await desk.run('notification:getMany', { batchSize: 2, additionalFields });
		expect(items).toEqual([]);
		expect(desk.sandbox.listNotifications()).toHaveLength(4);
		expect(desk.operations()).toEqual(['listNotification']);
	});
});

describe('several items of which one fails', () => {
	const items = async () => {
		const [first, last] = [await desk.receive(), await desk.receive()];
		const unknown = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
		return [first.caseId, unknown, last.caseId].map((caseId) => ({ json: { caseId } }));
	};

	it('stop the node, which says how many were done', async () => {
		const setup = { items: await items() };
		const failure = await desk.failure(
			'case:updateStatus',
			{ status: 'DONE', options: { parallelCalls: 1 } },
			setup,
		);
		expect(failure.itemIndex).toBe(1);
		expect(failure.message).toBe('HubEE does not know this: Case is not found');
		expect(failure.description).toContain(
			'1 of 3 items had been completed when this item stopped the node; they were not undone.',
		);
	});

	it('go on with "On Error: Continue"; the failed one says why', async () => {
		const setup = { items: await items(), continueOnFail: true };
		const { items: out } = await desk.run('case:updateStatus', { status: 'DONE' }, setup);
		expect(out.map(({ json }) => json.changed)).toEqual([true, undefined, true]);
		expect(out[1]).toMatchObject({
			json: {
				error: 'HubEE does not know this: Case is not found',
				details: { code: 'not_found', status: 404, outcome: 'not_done' },
			},
			pairedItem: { item: 1 },
		});
	});
});
