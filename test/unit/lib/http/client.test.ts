import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';

import * as v from 'valibot';

import { identifier, object } from '../../../../lib/answers/schema';
import { GuichetError } from '../../../../lib/errors/guichet-error';
import { closeAllConnections } from '../../../../lib/http/agents';
import type { Authenticator, HttpCall, HttpClientOptions } from '../../../../lib/http/call';
import { HttpClient } from '../../../../lib/http/client';
import { TokenSource } from '../../../../lib/oauth/token-source';
import { empty, json } from '../../../../sandbox/mock-server';
import { closedPort, type TestService, testService } from '../../fakes/service';
import { heldTime, turns, until } from '../../fakes/held-time';

/** These tests are about the transport; the reading of answers has its own. */
const anything = v.unknown();

/** Passes at once in the tests of what it ends. */
const LIMIT = 45_000;

/** Makes a call and lets its time-out end, once the service has the call. */
async function untilLimit<Result>(call: () => Promise<Result>): Promise<Result> {
	heldTime.hold();
	const result = call();
	await until(() => service.mockServer.calls.counters().calls > 0);
	heldTime.pass(LIMIT);
	heldTime.release();
	return await result;
}

const QUICK = { firstDelayMs: 2, maxDelayMs: 10 };

/** Hands out token-1, token-2 … each new one only after the last was refused. */
class CountedTokens implements Authenticator {
	issued = 1;

	refusals: string[] = [];

	async authorization(): Promise<string> {
		return await Promise.resolve(`Bearer token-${this.issued}`);
	}

	refused(authorization: string): void {
		this.refusals.push(authorization);
		if (authorization === `Bearer token-${this.issued}`) this.issued++;
	}

	secrets(): string[] {
		return [`token-${this.issued}`];
	}
}

let service: TestService;
beforeEach(async () => {
	service = await testService();
});
afterEach(async () => {
	await service.close();
	closeAllConnections();
	expect(service.mockServer.faults).toEqual([]);
});

const clientOf = (more: Partial<HttpClientOptions> = {}): HttpClient =>
	new HttpClient({ service: 'Post Office', baseUrl: service.url, retry: QUICK, ...more });

const GET: HttpCall = { method: 'GET', url: '/thing', repeat: 'safe' };
const CREATE: HttpCall = {
	method: 'POST',
	url: '/thing',
	body: { json: { a: 1 } },
	repeat: 'never',
};

const failureOf = async (promise: Promise<unknown>): Promise<GuichetError> => {
	const error: unknown = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof GuichetError)) throw new Error(`No GuichetError: ${String(error)}`);
	return error;
};

describe('connections', () => {
	it('are kept and used again', async () => {
		const client = clientOf();
		for (let i = 0; i < 20; i++) await client.json(GET, anything);
		expect(service.mockServer.calls.counters()).toMatchObject({ calls: 20, connections: 1 });
	});

	it('are shared by clients of different executions', async () => {
		await clientOf().json(GET, anything);
		await clientOf().json(GET, anything);
		expect(service.mockServer.calls.counters().connections).toBe(1);
	});

	it('are used again after an error with a body, after 204 and after a refused token', async () => {
		const client = clientOf({ auth: new CountedTokens() });
		service.answer((call) =>
			call.path === '/bad' ? json(400, { errors: [{ message: 'no' }] }) : empty(),
		);
		await failureOf(client.json({ ...GET, url: '/bad' }, anything));
		await client.text({ ...GET, method: 'DELETE' });
		await client.text({ ...GET, method: 'DELETE' });
		expect(service.mockServer.calls.counters().connections).toBe(1);
	});

	it('carry no more calls at once than allowed, bodies of streams included', async () => {
		const client = clientOf({ maxParallel: 3 });
		let most = 0;
		const held: Array<() => void> = [];
		const letGo = () => held.splice(0).forEach((release) => release());
		// No body goes on before three are under way; then a fourth gets the time to turn up.
		const heldBody = async function* () {
			yield Buffer.from('"ab');
			await new Promise<void>((release) => {
				most = Math.max(most, held.push(release));
				if (held.length === 3) void turns(100).then(letGo);
			});
			yield Buffer.from('"');
		};
		service.answer(() => ({
			status: 200,
			body: { open: () => Readable.from(heldBody()), length: 4, type: 'application/json' },
		}));
		await Promise.all(
			Array.from({ length: 12 }, async (_, n) => {
				if (n % 2) return void (await client.json(GET, anything));
				await client.stream(GET, async (body) => {
					for await (const chunk of body) void chunk;
				});
			}),
		);
		expect(service.mockServer.calls.counters()).toMatchObject({
			calls: 12,
			greatestConcurrency: 3,
		});
		expect(most).toBe(3);
	});
});

describe('a request', () => {
	it.each(['', '/'])('joins base URL%s and path with one slash', async (slash) => {
		await clientOf({ baseUrl: `${service.url}/api${slash}` }).json({ ...GET, url: '/x' }, anything);
		await clientOf({ baseUrl: `${service.url}/api${slash}` }).json({ ...GET, url: 'x' }, anything);
		expect(service.recorded).toEqual(['GET /api/x', 'GET /api/x']);
	});

	it('writes a space of a query as %20, and leaves what an address has already', async () => {
		const query = { name: 'Étang du Lac', sum: '1+1' };
		await clientOf().json({ ...GET, url: '/thing?from=a+b', query }, anything);
		expect(service.mockServer.calls.list()[0].query).toBe(
			'?from=a+b&name=%C3%89tang%20du%20Lac&sum=1%2B1',
		);
	});

	it.each<[string, HttpCall['body']]>([
		['nothing', undefined],
		['JSON', { json: { a: 'é' } }],
		['a form', { form: { a: 'b c' } }],
		['a form made for the try', { form: async () => await Promise.resolve({ a: 'b c' }) }],
		['a text', { text: '<é/>', contentType: 'text/xml' }],
		['bytes', { bytes: Buffer.from([1, 2, 3]), contentType: 'application/octet-stream' }],
		[
			'a stream',
			{
				stream: async () => await Promise.resolve(Readable.from([Buffer.from('abc')])),
				size: 3,
				contentType: 'application/octet-stream',
			},
		],
	])('says how long %s is, and sends nothing in chunks', async (_, body) => {
		for (const method of ['POST', 'PUT', 'PATCH'] as const)
			await clientOf().text({ method, url: '/thing', repeat: 'safe', body });
		for (const { requestHeaders, requestBody } of service.mockServer.calls.detailed()) {
			expect(requestHeaders).not.toHaveProperty('transfer-encoding');
			expect(requestHeaders['content-length']).toBe(String(requestBody?.length ?? 0));
		}
	});

	it('leaves empty query values out and repeats lists', async () => {
		const query = { a: undefined, b: '', c: ['x y', 'z&q'], d: 0, e: false };
		await clientOf().json({ ...GET, query }, anything);
		expect(service.mockServer.calls.list()[0].query).toBe('?c=x%20y&c=z%26q&d=0&e=false');
	});

	it('sends forms and JSON as what they are', async () => {
		const client = clientOf();
		await client.json({ ...CREATE, body: { form: { grant_type: 'é &=' } } }, anything);
		await client.json({ ...CREATE, body: { json: { é: '"' } } }, anything);
		const [form, document] = service.mockServer.calls.detailed();
		expect(form.requestHeaders['content-type']).toBe('application/x-www-form-urlencoded');
		expect(form.requestBody?.toString()).toBe('grant_type=%C3%A9+%26%3D');
		expect(document.requestHeaders['content-type']).toBe('application/json');
		expect(document.requestBody?.toString()).toBe('{"é":"\\""}');
	});
});

describe('redirects', () => {
	it('are not followed, and the token does not travel to the target', async () => {
		const target = await testService();
		service.mockServer.failNext({ how: { kind: 'redirect', location: `${target.url}/login?x=1` } });
		const failure = await failureOf(clientOf({ auth: new CountedTokens() }).json(GET, anything));
		await target.close();
		expect(target.mockServer.calls.counters()).toMatchObject({ calls: 0, connections: 0 });
		expect(failure).toMatchObject({ code: 'redirected', details: { status: 302 } });
		expect(failure.message).toContain('Post Office answered with a redirect');
		expect(failure.details.hint).toContain(`It points to ${target.url}.`);
	});
});

describe('what a failure says of the outcome', () => {
	it.each([
		[GET, undefined],
		[CREATE, 'unknown'],
	])('after an answer of failure: %j', async (call, outcome) => {
		service.answer(() => json(500, {}));
		const failure = await failureOf(clientOf({ retry: { maxTries: 1 } }).json(call, anything));
		expect(failure).toMatchObject({ code: 'service_failed', details: { status: 500 } });
		expect(failure.details.outcome).toBe(outcome);
		expect(failure.description.includes('Whether the service recorded')).toBe(
			outcome !== undefined,
		);
	});

	it.each([
		[GET, undefined],
		[CREATE, 'unknown'],
	])('after a failure on our own side, with the request under way: %j', async (call, outcome) => {
		const broken = async () => await Promise.reject(new Error('the disk is gone'));
		const body = { stream: broken, size: 1, contentType: 'text/plain' };
		const failure = await failureOf(clientOf().json({ ...call, body }, anything));
		expect(failure).toMatchObject({
			code: 'failed_here',
			message: 'The exchange with Post Office stopped on this side: the disk is gone',
		});
		expect(failure.details.outcome).toBe(outcome);
	});

	it.each([GET, CREATE])('after a failure on our own side before it: $method', async (call) => {
		class NoToken extends CountedTokens {
			override async authorization(): Promise<string> {
				return await Promise.reject(new Error('no key'));
			}
		}
		const failure = await failureOf(clientOf({ auth: new NoToken() }).json(call, anything));
		expect(failure).toMatchObject({ code: 'failed_here', details: { outcome: 'not_done' } });
		expect(service.recorded).toEqual([]);
	});
});

describe('a refused token', () => {
	const accepting = (accepted: string) =>
		service.answer((call) =>
			call.header('authorization') === `Bearer ${accepted}`
				? json(200, { ok: true })
				: json(401, { errors: [{ code: 900901, message: 'Invalid Credentials' }] }),
		);

	it.each([GET, CREATE])('is renewed once and the $method sent again', async (call) => {
		accepting('token-2');
		const auth = new CountedTokens();
		expect((await clientOf({ auth }).json(call, anything)).body).toEqual({ ok: true });
		expect(auth.refusals).toEqual(['Bearer token-1']);
		expect(service.recorded).toHaveLength(2);
	});

	it('is renewed once only', async () => {
		accepting('token-9');
		const auth = new CountedTokens();
		const failure = await failureOf(clientOf({ auth }).json(CREATE, anything));
		expect(service.recorded).toHaveLength(2);
		expect(failure).toMatchObject({
			code: 'unauthenticated',
			message: 'Post Office does not accept the access token: Invalid Credentials',
			details: { status: 401, serviceCodes: ['900901'], outcome: 'not_done' },
		});
	});

	it('does not use up a try', async () => {
		accepting('token-2');
		const client = clientOf({ auth: new CountedTokens(), retry: { ...QUICK, maxTries: 1 } });
		await client.json(GET, anything);
		expect(service.recorded).toHaveLength(2);
	});

	it('counts for none of the tries that are told', async () => {
		let calls = 0;
		service.answer(() => json(++calls === 1 ? 401 : 503, {}));
		const client = clientOf({ auth: new CountedTokens(), retry: { ...QUICK, maxTries: 2 } });
		expect((await failureOf(client.json(GET, anything))).message).toContain('(tried 2 times)');
		expect(service.recorded).toHaveLength(3);
	});

	it('is not offered again when the server gives the same one again, by later calls neither', async () => {
		accepting('token-9');
		let asked = 0;
		const auth = TokenSource.for({
			identity: ['same token again', service.url],
			defaultLifetimeSeconds: 3600,
			secrets: [],
			fetch: async () => {
				asked++;
				return await Promise.resolve({ token: 'token-1' });
			},
		});
		const first = await failureOf(clientOf({ auth }).json(CREATE, anything));
		expect(first).toMatchObject({
			code: 'unauthenticated',
			message: 'Post Office does not accept the access token: Invalid Credentials',
			details: {
				status: 401,
				outcome: 'not_done',
				hint: expect.stringContaining('gave the same token again') as string,
			},
		});
		expect([service.recorded.length, asked]).toEqual([1, 2]);
		const later = await failureOf(clientOf({ auth }).json(GET, anything));
		expect(later).toMatchObject({
			code: 'unauthenticated',
			message: expect.stringMatching(/^Post Office refused this access token/) as string,
			details: { outcome: 'not_done', method: 'GET' },
		});
		expect([service.recorded.length, asked]).toEqual([1, 3]);
	});

	it('that cannot be had is asked for once: its own tries are not multiplied', async () => {
		let asked = 0;
		class NoToken extends CountedTokens {
			override async authorization(): Promise<string> {
				asked++;
				return await Promise.reject(
					new GuichetError('unreachable', 'The token endpoint refuses connections', {
						outcome: 'not_done',
					}),
				);
			}
		}
		const failure = await failureOf(clientOf({ auth: new NoToken() }).json(GET, anything));
		expect(failure).toMatchObject({ code: 'unreachable', details: { outcome: 'not_done' } });
		expect(asked).toBe(1);
	});

	it('is an ordinary failure where there is no token', async () => {
		accepting('token-2');
		expect((await failureOf(clientOf().json(GET, anything))).code).toBe('unauthenticated');
		expect(service.recorded).toHaveLength(1);
	});
});

describe('a creation', () => {
	it.each([
		['the connection is cut before it is treated', { kind: 'cutBefore' as const }, 0],
		['the connection is cut after it was recorded', { kind: 'cutAfter' as const }, 1],
		['the answer is cut in the middle', { kind: 'truncate' as const, bytes: 3 }, 1],
	])('is not repeated when %s', async (_, how, recorded) => {
		service.mockServer.failNext({ how });
		const failure = await failureOf(clientOf().json(CREATE, anything));
		expect(service.mockServer.calls.counters().calls).toBe(1);
		expect(service.recorded).toHaveLength(recorded);
		expect(failure).toMatchObject({ code: 'unreachable', details: { outcome: 'unknown' } });
		expect(failure.description).toContain(
			'Whether the service recorded the request is unknown; it was not sent again.',
		);
	});

	it.each([500, 502, 503, 504])('is not repeated after %p', async (status) => {
		service.mockServer.failNext({ how: { kind: 'status', status, retryAfter: 0 } });
		const failure = await failureOf(clientOf().json(CREATE, anything));
		expect(service.mockServer.calls.counters().calls).toBe(1);
		expect(failure).toMatchObject({
			code: 'service_failed',
			details: { status, outcome: 'unknown' },
		});
	});

	it('is not repeated when no answer comes in time', async () => {
		service.mockServer.failNext({ how: { kind: 'hang' } });
		const failure = await untilLimit(
			async () => await failureOf(clientOf({ timeoutMs: LIMIT }).json(CREATE, anything)),
		);
		expect(service.mockServer.calls.counters().calls).toBe(1);
		expect(failure).toMatchObject({ code: 'timeout', details: { outcome: 'unknown' } });
		expect(failure.message).toBe('Post Office did not answer in time');
	});

	it('is not repeated when the answer is not JSON, and says that its outcome is unknown', async () => {
		service.answer(() => ({ status: 200, body: { text: '<h1>Hello', type: 'text/html' } }));
		const failure = await failureOf(clientOf().json(CREATE, anything));
		expect(failure).toMatchObject({ code: 'answer_malformed', details: { outcome: 'unknown' } });
		expect(service.recorded).toHaveLength(1);
	});

	it('is repeated after 429, which says that it was not treated', async () => {
		service.mockServer.failNext({ times: 2, how: { kind: 'status', status: 429, retryAfter: 0 } });
		await clientOf().json(CREATE, anything);
		expect(service.recorded).toHaveLength(1);
	});

	it('is repeated after a refused connection', async () => {
		const baseUrl = `http://127.0.0.1:${await closedPort()}`;
		const client = clientOf({ baseUrl, retry: { ...QUICK, maxTries: 3 } });
		const failure = await failureOf(client.json(CREATE, anything));
		expect(failure).toMatchObject({ code: 'unreachable', details: { outcome: 'not_done' } });
		expect(failure.message).toBe('Post Office refuses connections (tried 3 times)');
	});
});

describe('a call that may be repeated', () => {
	it.each([
		['a cut connection', { kind: 'cutBefore' as const }],
		['a lost answer', { kind: 'cutAfter' as const }],
		['half an answer', { kind: 'truncate' as const, bytes: 3 }],
		['503', { kind: 'status' as const, status: 503 }],
		['429', { kind: 'status' as const, status: 429 }],
	])('is repeated after %s', async (_, how) => {
		service.mockServer.failNext({ times: 2, how });
		expect((await clientOf().json(GET, anything)).body).toEqual({ ok: true });
		expect(service.mockServer.calls.counters().calls).toBe(3);
	});

	it('is repeated when no answer comes in time', async () => {
		service.mockServer.failNext({ how: { kind: 'hang' } });
		await untilLimit(async () => await clientOf({ timeoutMs: LIMIT }).json(GET, anything));
		expect(service.mockServer.calls.counters().calls).toBe(2);
	});

	it('ends with the last failure and the number of tries', async () => {
		const how = { kind: 'status' as const, status: 503, body: 'closed for lunch' };
		service.mockServer.failNext({ times: 99, how });
		const failure = await failureOf(
			clientOf({ retry: { ...QUICK, maxTries: 3 } }).json(GET, anything),
		);
		expect(failure.message).toBe(
			'Post Office failed to treat the request: closed for lunch (tried 3 times)',
		);
		expect(failure.details.outcome).toBeUndefined();
		expect(service.mockServer.calls.counters().calls).toBe(3);
	});

	it.each([400, 403, 404, 409, 422])('is not repeated after %p', async (status) => {
		service.mockServer.failNext({ how: { kind: 'status', status } });
		expect((await failureOf(clientOf().json(GET, anything))).details.status).toBe(status);
		expect(service.mockServer.calls.counters().calls).toBe(1);
	});

	it('takes an accepted status for an answer', async () => {
		service.mockServer.failNext({ how: { kind: 'status', status: 404, body: '{"errors":[]}' } });
		const call: HttpCall = { ...GET, method: 'DELETE', accept: [404] };
		expect((await clientOf().text(call)).status).toBe(404);
	});
});

describe('Retry-After', () => {
	const waits = (client: HttpClient): number[] => {
		const list: number[] = [];
		jest.spyOn(client, 'wait').mockImplementation(async (milliseconds) => {
			list.push(milliseconds);
			await Promise.resolve();
		});
		return list;
	};

	it('is obeyed in seconds', async () => {
		const client = clientOf();
		const waited = waits(client);
		service.mockServer.failNext({ how: { kind: 'status', status: 503, retryAfter: 7 } });
		await client.json(GET, anything);
		expect(waited).toEqual([7_000]);
	});

	it('is obeyed as a date', async () => {
		const client = clientOf();
		const waited = waits(client);
		const retryAfter = new Date(Date.now() + 60_000).toUTCString();
		service.mockServer.failNext({ how: { kind: 'status', status: 429, retryAfter } });
		await client.json(CREATE, anything);
		expect(waited).toHaveLength(1);
		expect(waited[0]).toBeGreaterThan(55_000);
		expect(waited[0]).toBeLessThanOrEqual(60_000);
	});

	it('beyond the budget ends the call at once, with what the service asked for', async () => {
		const client = clientOf();
		const waited = waits(client);
		service.mockServer.failNext({ how: { kind: 'status', status: 429, retryAfter: 3_600 } });
		const failure = await failureOf(client.json(GET, anything));
		expect(waited).toEqual([]);
		expect(failure).toMatchObject({ code: 'rate_limited', details: { retryAfterSeconds: 3600 } });
		expect(failure.details.hint).toContain('The service asks to wait 3600 s.');
	});
});

describe('an answer', () => {
	it('that is too large is not read to its end', async () => {
		service.answer(() => ({
			status: 200,
			body: { text: 'x'.repeat(3_000_000), type: 'text/plain' },
		}));
		service.mockServer.gzip = false;
		const failure = await failureOf(clientOf({ maxAnswerBytes: 10_000 }).text(GET));
		expect(failure.code).toBe('answer_too_large');
		expect(failure.message).toBe('Post Office answered with more than 10 KiB');
		expect(service.recorded).toHaveLength(1);
	});

	it('that is too large only when unpacked is not read to its end either', async () => {
		service.answer(() => ({
			status: 200,
			body: { text: 'x'.repeat(3_000_000), type: 'text/plain' },
		}));
		const failure = await failureOf(clientOf({ maxAnswerBytes: 10_000 }).text(GET));
		expect(failure.code).toBe('answer_too_large');
	});

	it('in gzip is read', async () => {
		const list = Array.from({ length: 500 }, (_, id) => ({ id, name: 'é' }));
		service.answer(() => json(200, list));
		const { body } = await clientOf().json(GET, anything);
		expect(body).toEqual(list);
		expect(service.mockServer.calls.detailed()[0].responseHeaders['content-encoding']).toBe('gzip');
	});

	it('without a body is undefined', async () => {
		service.answer(() => empty());
		expect(await clientOf().json(GET, anything)).toMatchObject({ status: 204, body: undefined });
	});

	it('that is a web page names the base URL as the likely reason', async () => {
		service.mockServer.failNext({ how: { kind: 'html' } });
		const failure = await failureOf(clientOf().json(GET, anything));
		expect(failure.code).toBe('answer_malformed');
		expect(failure.details.hint).toContain('base URL may lead to a web page');
	});

	it('is read through its schema, and a creation that cannot be read has an unknown outcome', async () => {
		const thing = object({ id: identifier });
		expect((await clientOf().json(GET, object({ ok: v.boolean() }))).body).toEqual({ ok: true });
		const read = await failureOf(clientOf().json(GET, thing));
		expect(read).toMatchObject({
			code: 'answer_malformed',
			message: 'Post Office answered with no "id"; the fields that came: ok',
			details: { status: 200, method: 'GET', url: `${service.url}/thing` },
		});
		expect(read.details.outcome).toBeUndefined();
		expect((await failureOf(clientOf().json(CREATE, thing))).details.outcome).toBe('unknown');
	});

	it('that nobody described is given as it is, and only where that is asked for', async () => {
		service.answer(() => json(200, { any: [1] }));
		expect((await clientOf().raw(GET)).body).toEqual({ any: [1] });
		service.answer(() => ({ status: 200, body: { text: 'plain', type: 'text/plain' } }));
		expect((await clientOf().raw(GET)).body).toBe('plain');
		service.answer(() => empty());
		expect((await clientOf().raw(GET)).body).toBeNull();
	});

	it('with an accepted status that is no success has no body', async () => {
		service.answer(() => json(404, { id: 'of an error' }));
		const call = { ...GET, accept: [404] };
		const answer = await clientOf().json(call, object({ id: identifier }));
		expect(answer).toMatchObject({ status: 404, body: undefined });
	});

	it('that is a web page confirms nothing', async () => {
		service.answer(() => ({ status: 200, body: { text: '<p>Sign in</p>', type: 'text/html' } }));
		const failure = await failureOf(clientOf().confirm(CREATE));
		expect(failure).toMatchObject({ code: 'answer_malformed', details: { outcome: 'unknown' } });
		service.answer(() => empty());
		expect(await clientOf().confirm(CREATE)).toMatchObject({ status: 204, body: undefined });
	});

	it('is read in the charset that it is sent in, also with a byte order mark', async () => {
		const answers: Array<[Buffer, string]> = [
			[Buffer.from('{"name":"ren\xe9"}', 'latin1'), 'application/json; charset=ISO-8859-1'],
			[Buffer.from('\ufeff{"name":"rené"}'), 'application/json'],
		];
		for (const [bytes, type] of answers) {
			service.answer(() => ({ status: 200, body: { bytes, type } }));
			expect((await clientOf().json(GET, anything)).body).toEqual({ name: 'rené' });
		}
	});

	const NESTED = '{"a":'.repeat(8_000) + '1' + '}'.repeat(8_000);

	it('that is nested too deeply is refused in words', async () => {
		service.answer(() => ({ status: 200, body: { text: NESTED, type: 'application/json' } }));
		for (const failure of [
			await failureOf(clientOf().json(GET, anything)),
			await failureOf(clientOf().raw(GET)),
		])
			expect(failure).toMatchObject({
				code: 'answer_malformed',
				message: 'Post Office answered with a document that is nested more than 100 levels deep',
			});
	});

	it('of failure keeps its status however deep its body is', async () => {
		service.answer(() => ({ status: 400, body: { text: NESTED, type: 'application/json' } }));
		const failure = await failureOf(clientOf().json(CREATE, anything));
		expect(failure).toMatchObject({
			code: 'refused',
			details: { status: 400, outcome: 'not_done' },
		});
		expect(failure.message).toContain('nested more than 100 levels deep');
	});

	it('of failure gives every message, the code, the incident and advice', async () => {
		service.answer(() =>
			json(
				400,
				{
					errors: [
						{ code: 400, message: 'one' },
						{ code: 17, message: 'two' },
					],
				},
				{ 'x-correlation-id': 'incident-7' },
			),
		);
		const failure = await failureOf(
			clientOf({ advise: ({ codes }) => `Look at ${codes.join()}.` }).json(
				{
					...GET,
					query: { secret: 'hush' },
				},
				anything,
			),
		);
		expect(failure.details).toMatchObject({
			status: 400,
			method: 'GET',
			url: `${service.url}/thing?secret=…`,
			serviceMessages: ['one', 'two'],
			serviceCodes: ['400', '17'],
			incidentId: 'incident-7',
			hint: 'Look at 400,17.',
			outcome: 'not_done',
		});
	});
});

describe('cancelling', () => {
	it('leaves nothing behind on the signal of a long execution', async () => {
		const { signal } = new AbortController();
		const client = clientOf({ signal, maxParallel: 12 });
		service.answer(({ path }) => (path === '/bad' ? json(400, {}) : json(200, {})));
		const calls = Array.from({ length: 12 }, async (_, n) => {
			if (n % 3 === 0) return void (await client.json(GET, anything));
			if (n % 3 === 1)
				return void (await failureOf(client.json({ ...GET, url: '/bad' }, anything)));
			await client.stream(GET, async (body) => {
				for await (const chunk of body) void chunk;
			});
		});
		await Promise.all(calls);
		// Bodies are closed a moment after their calls have ended.
		await new Promise((resolve) => setImmediate(resolve));
		expect(getEventListeners(signal, 'abort')).toEqual([]);
	});

	it('stops a call that waits for its answer', async () => {
		const stop = new AbortController();
		service.mockServer.failNext({ how: { kind: 'hang' } });
		const call = failureOf(clientOf({ signal: stop.signal }).json(CREATE, anything));
		await until(() => service.mockServer.calls.counters().calls > 0);
		stop.abort();
		expect(await call).toMatchObject({ code: 'cancelled', details: { outcome: 'unknown' } });
	});

	it('stops a call in the middle of its answer', async () => {
		const stop = new AbortController();
		service.answer(() => ({
			status: 200,
			body: { text: `"${'x'.repeat(100_000)}"`, type: 'application/json' },
		}));
		service.mockServer.gzip = false;
		const call = clientOf({ signal: stop.signal }).stream(GET, async (body) => {
			for await (const chunk of body) {
				void chunk;
				stop.abort();
			}
		});
		expect((await failureOf(call)).code).toBe('cancelled');
	});

	it('stops a call between two tries', async () => {
		const stop = new AbortController();
		const client = clientOf({
			signal: stop.signal,
			retry: { firstDelayMs: 60_000, maxDelayMs: 60_000 },
		});
		service.mockServer.failNext({ how: { kind: 'status', status: 503 } });
		const call = failureOf(client.json(GET, anything));
		// The client reads the answer and begins its pause.
		await until(() => service.mockServer.calls.list()[0]?.status === 503);
		await turns(100);
		stop.abort();
		expect((await call).code).toBe('cancelled');
		expect(service.mockServer.calls.counters().calls).toBe(1);
	});

	it('sends nothing when it came before, and knows that nothing was done', async () => {
		const failure = await failureOf(
			clientOf({ signal: AbortSignal.abort() }).json(CREATE, anything),
		);
		expect(failure).toMatchObject({ code: 'cancelled', details: { outcome: 'not_done' } });
		expect(service.mockServer.calls.counters().calls).toBe(0);
	});

	it('stops a call that waits for its token, and knows that nothing was done', async () => {
		const stop = new AbortController();
		const auth = new CountedTokens();
		auth.authorization = async (signal?: AbortSignal) =>
			await new Promise((_, reject) => {
				signal?.addEventListener('abort', () => reject(new Error('aborted')));
				setImmediate(() => stop.abort());
			});
		const call = failureOf(clientOf({ signal: stop.signal, auth }).json(CREATE, anything));
		expect(await call).toMatchObject({ code: 'cancelled', details: { outcome: 'not_done' } });
	});

	it('ends a wait', async () => {
		const stop = new AbortController();
		const wait = failureOf(clientOf({ signal: stop.signal }).wait(60_000));
		stop.abort();
		expect((await wait).code).toBe('cancelled');
	});
});
