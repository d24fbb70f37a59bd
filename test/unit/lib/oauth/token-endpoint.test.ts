import type { GuichetError } from '../../../../lib/errors/guichet-error';
import { closeAllConnections } from '../../../../lib/http/agents';
import { requestToken } from '../../../../lib/oauth/token-endpoint';
import { type Answer, json } from '../../../../sandbox/mock-server';
import { type TestService, testService } from '../../fakes/service';

let service: TestService;
beforeEach(async () => {
	service = await testService();
});
afterEach(async () => {
	await service.close();
	closeAllConnections();
});

const request = async (answer: unknown) => {
	service.answer(() => json(200, answer));
	return await requestToken({
		service: 'Post Office',
		tokenUrl: `${service.url}/token`,
		form: { grant_type: 'client_credentials' },
		secrets: [],
	});
};

test.each([
	[{ access_token: 'abc' }, { token: 'abc', expiresInSeconds: undefined }],
	[
		{ access_token: 'abc', token_type: 'bearer', expires_in: '600', scope: 'x' },
		{ token: 'abc', expiresInSeconds: 600, granted: ['x'] },
	],
	[
		{ access_token: 'abc', scope: ' x  y ' },
		{ token: 'abc', granted: ['x', 'y'] },
	],
	[{ access_token: 'abc', scope: ['x'] }, { token: 'abc' }],
	[{ access_token: 'abc', scope: null }, { token: 'abc' }],
])('a token is read: %j', async (answer, token) => {
	expect(await request(answer)).toEqual(token);
});

const failureOf = async (answer: unknown) =>
	await request(answer).then(
		() => {
			throw new Error('a token was read');
		},
		(error: unknown) => error as GuichetError,
	);

test.each([
	[
		{ access_token: 'x'.repeat(20_000) },
		'a token of 20000 characters, and no header holds more than 16384',
		/fewer scopes/,
	],
	[
		{ access_token: 'abc', token_type: 'DPoP' },
		'a token of the type "DPoP", and only Bearer tokens can be used',
		/Bearer tokens/,
	],
	[
		{ access_token: 'abc', token_type: '<b>abc def</b>' },
		'a token of another type, and only Bearer tokens can be used',
		/Bearer tokens/,
	],
	[{ access_token: 'a b' }, 'a token with spaces or other characters', /proxy/],
	[{ access_token: 'a\nb' }, 'a token with spaces or other characters', /proxy/],
	[{ access_token: 'é' }, 'a token with spaces or other characters', /proxy/],
])(
	'a token that no request can carry is refused for what it is: %#',
	async (answer, words, hint) => {
		const { code, message, details } = await failureOf(answer);
		expect(code).toBe('answer_malformed');
		expect(message).toContain(`Post Office gave ${words}`);
		expect(details).toMatchObject({
			outcome: 'not_done',
			hint: expect.stringMatching(hint) as string,
		});
		expect(JSON.stringify(details)).not.toContain(answer.access_token);
	},
);

test.each([
	[{ token: 'abc' }, 'no "access_token"; the fields that came: token'],
	[{ access_token: '' }, 'an empty text in "access_token"'],
	[{ access_token: 'abc', expires_in: {} }, 'an object in "expires_in" (a number is required)'],
	[null, 'null (an object is required)'],
	[[], 'an empty list (an object is required)'],
])('an answer that is no token is refused in words: %#', async (answer, words) => {
	const failure = await failureOf(answer);
	expect(failure.code).toBe('answer_malformed');
	expect(failure.message).toMatch(/^The token endpoint of Post Office answered with /);
	expect(failure.message).toContain(words);
	expect(failure.details).toMatchObject({
		outcome: 'not_done',
		hint: expect.stringContaining('The token URL may lead to a web page') as string,
	});
});

describe('what is around the answer', () => {
	const answered = async (answer: Answer) => {
		service.answer(() => answer);
		return await requestToken({
			service: 'Post Office',
			tokenUrl: `${service.url}/token`,
			form: { grant_type: 'client_credentials' },
			secrets: [],
		}).then(
			({ token }) => token,
			(error: unknown) => error as GuichetError,
		);
	};

	test.each<[string, Answer]>([
		['204 and nothing', { status: 204 }],
		['200 and nothing', { status: 200 }],
		['a form', { status: 200, body: { text: 'access_token=abc', type: 'text/plain' } }],
		['a web page', { status: 200, body: { text: '<h1>Sign in</h1>', type: 'text/html' } }],
		['another success', { status: 202, body: { text: '{}', type: 'application/json' } }],
	])('%s is no token', async (_name, answer) => {
		expect(await answered(answer)).toMatchObject({
			code: 'answer_malformed',
			details: { outcome: 'not_done' },
		});
	});

	test('a token is one under any content type, and with a byte order mark', async () => {
		for (const type of ['', 'text/plain', 'application/jwt;;', 'application/json; charset='])
			expect(
				await answered({ status: 200, body: { text: '\ufeff{"access_token":"abc"}', type } }),
			).toBe('abc');
	});

	test('a redirect is not followed, wherever it leads', async () => {
		for (const location of ['/other', 'https://elsewhere.example/token', '', '//[']) {
			expect(await answered({ status: 302, headers: { location } })).toMatchObject({
				code: 'redirected',
				details: { outcome: 'not_done' },
			});
		}
		expect(service.mockServer.calls.list({ path: '/other' })).toEqual([]);
	});
});
