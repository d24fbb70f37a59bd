import { federation } from './federation';
import { run } from './node';

const around = federation();

const official = { providerId: 'official' };

/** The next matching answer of the official provider is this JSON instead. */
function answerWith(path: string, body: unknown, contentType = 'application/json'): void {
	around.sandbox.mockServers.nsso.failNext({
		path,
		how: {
			kind: 'status',
			status: 200,
			body: typeof body === 'string' ? body : JSON.stringify(body),
			contentType,
		},
	});
}

const file = () => ({
	attachmentId: 'notice',
	fileName: 'notice.pdf',
	mediaType: 'application/pdf',
	size: 1,
	mainContent: true,
});

const message = (change: Record<string, unknown> = {}) => ({
	messageId: 'nsso-0001',
	subject: { fr: 'Avis' },
	receiptDate: '2026-11-01T00:00:00Z',
	expirationDate: '2027-11-01T00:00:00Z',
	readStatus: false,
	registeredMail: false,
	messageTypeId: 'contribution-notice',
	senderOrganizationId: '0206731645',
	bodyMainContent: false,
	replyAuthorized: false,
	...change,
});

describe('answers that do not say what they have to', () => {
	it.each<[string, unknown]>([
		['{}', {}],
		['[]', []],
		['a text', '"nothing"'],
		['items of another kind', { items: {}, totalItems: 0 }],
	])('do not become an empty e-Box: %s', async (_, body) => {
		answerWith('ebox/messages', body);
		await expect(
			run(around.sandbox, 'message.getAll', { providers: 'official', returnAll: true }),
		).rejects.toThrow(/answered with/);
	});

	it('are refused when they are about another message', async () => {
		answerWith('ebox/messages/nsso-0001', message({ messageId: 'nsso-0002' }));
		await expect(
			run(around.sandbox, 'message.get', { ...official, messageId: 'nsso-0001' }),
		).rejects.toThrow(/was asked for a message and answered with another one/);
	});

	it.each([
		[{ messageId: 'nsso-0002', nbSuccessLinks: 1 }, /was asked for a message .* another one/],
		[{ messageId: 'nsso-0001', nbSuccessLinks: 'all' }, /"nbSuccessLinks"/],
		[{ messageId: 'nsso-0001', errorCases: 'none' }, /"errorCases"/],
	])('leave it open what a message was linked to: %j', async (answer, problem) => {
		answerWith('linkEboxMessage', answer);
		const failure: unknown = await run(around.sandbox, 'publication.link', {
			...official,
			messageId: 'nsso-0001',
			recipients: '0406798006',
		}).catch((error: unknown) => error);
		expect(failure).toMatchObject({
			message: expect.stringMatching(problem) as string,
			context: { data: { code: 'answer_malformed', outcome: 'unknown' } },
		});
	});

	it.each([
		['another message', { messageId: 'nsso-0002' }],
		['another recipient', { eboxId: { eboxType: 'enterprise', eboxIdValue: '0800002352' } }],
	])('are not taken for the status of a message: %s', async (_, change) => {
		const status = {
			messageId: 'nsso-0001',
			eboxId: { eboxType: 'enterprise', eboxIdValue: '206731645' },
			readStatus: true,
		};
		const ask = async () =>
			await run(around.sandbox, 'publication.searchStatus', {
				...official,
				messageId: 'nsso-0001',
				recipientId: '0206731645',
			});
		answerWith('searchMessageStatus', [{ ...status, ...change }]);
		await expect(ask()).rejects.toThrow(/a message or recipient that was not asked for/);
		answerWith('searchMessageStatus', [status]);
		expect((await ask()).json).toMatchObject([{ found: true, readStatus: true }]);
	});

	it('are not archived as a message without files', async () => {
		answerWith('ebox/messages/nsso-0001$', message());
		answerWith('ebox/messages/nsso-0001/attachments', { items: [], totalItems: 0 });
		await expect(
			run(around.sandbox, 'message.archive', { ...official, messageId: 'nsso-0001' }),
		).rejects.toThrow(/neither a body nor a file as the main content/);
	});

	it('are asked for again where only the metadata leaves the files out', async () => {
		answerWith('ebox/messages/nsso-0001$', message());
		const { json } = await run(around.sandbox, 'message.archive', {
			...official,
			messageId: 'nsso-0001',
		});
		expect(json[0]?.attachments).toHaveLength(2);
	});

	it.each([
		['null stands among the files', { items: [file(), null] }],
		['there are more files than listed', { items: [file()], totalItems: 2 }],
		['one file is listed twice', { items: [file(), file()], totalItems: 2 }],
	])('are no archive when %s', async (_, attachments) => {
		answerWith('ebox/messages/nsso-0001$', message({ attachments }));
		answerWith('nsso-0001/attachments$', attachments);
		await expect(
			run(around.sandbox, 'message.archive', { ...official, messageId: 'nsso-0001' }),
		).rejects.toThrow(/lists 1 readable files of message "nsso-0001", and there are 2/);
	});

	it('leave a list incomplete when null stands among its messages', async () => {
		around.sandbox.boxes.nsso.deviations = { nullEntries: true, claimsMore: 1 };
		const { json, hints } = await run(around.sandbox, 'message.getAll', {
			providers: 'official',
			returnAll: true,
		});
		expect(json).toHaveLength(4);
		expect(hints.join()).toMatch(/may be incomplete/);
	});

	it('are no pages of a custom request when they are a web page', async () => {
		answerWith('anything', '<html><body>Maintenance</body></html>', 'text/html');
		await expect(
			run(around.sandbox, 'customRequest.send', {
				...official,
				method: 'GET',
				path: '/anything',
				paged: true,
				returnAll: true,
			}),
		).rejects.toThrow(/answered with/);
	});
});

describe('a part of a message that does not say what it has to', () => {
	it.each<[string, string, unknown]>([
		['message.getBody', '/body$', {}],
		['message.getBody', '/body$', { fr: '' }],
		['message.getBody', '/body$', { es: 'Hola' }],
		['message.getPaymentData', '/paymentData$', {}],
		['message.getPaymentData', '/paymentData$', { amount: 250, currency: 'EUR' }],
	])('is not handed on: %s, %s with %j', async (operation, path, body) => {
		answerWith(path, body);
		await expect(
			run(around.sandbox, operation, { ...official, messageId: 'nsso-0001' }),
		).rejects.toMatchObject({ context: { data: { code: 'answer_malformed' } } });
	});
});
