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
