import { Caller, openScene, requestToken } from './hubee-caller';
import type { Scene } from './hubee-caller';

describe('the token endpoint of the HubEE sandbox', () => {
	let scene: Scene;

	beforeEach(async () => {
		scene = await openScene();
	});
	afterEach(async () => {
		expect(scene.sandbox.mockServer.faults).toEqual([]);
		await scene.sandbox.close();
	});

	it('hands out a token to a client with Basic authentication and a form', async () => {
		const answer = await requestToken(scene.sandbox, 'si-paris');
		expect(answer.status).toBe(200);
		expect(answer.json).toEqual({
			access_token: expect.any(String) as string,
			scope: 'SI',
			token_type: 'Bearer',
			expires_in: 3600,
		});
		expect(scene.sandbox.mockServer.calls.counters().tokenRequests).toBe(1);
	});

	it.each([
		['an unknown client', { clientId: 'nobody' }, 401, 'invalid_client', 'client_id: nobody'],
		['a wrong secret', { secret: 'wrong' }, 401, 'invalid_client', 'Authentication failed'],
		['no Basic header', { headers: { authorization: '' } }, 401, 'invalid_client', 'missing'],
		[
			'credentials in the body only',
			{
				headers: { authorization: '' },
				body: 'grant_type=client_credentials&scope=SI&client_id=si-paris&client_secret=si-paris-secret',
			},
			401,
			'invalid_client',
			'missing',
		],
		[
			'a JSON body',
			{
				headers: { 'content-type': 'application/json' },
				body: '{"grant_type":"client_credentials","scope":"SI"}',
			},
			400,
			'invalid_request',
			'grant_type',
		],
		['no grant type', { body: 'scope=SI' }, 400, 'invalid_request', 'grant_type'],
		['another grant type', { grantType: 'password' }, 400, 'unsupported_grant_type', 'password'],
		['a scope it was not given', { scope: 'OSL' }, 400, 'invalid_scope', 'not granted'],
		['a scope in lower case', { scope: 'si' }, 400, 'invalid_scope', 'not granted'],
		['two scopes at once', { scope: 'SI OSL' }, 400, 'invalid_scope', 'not granted'],
	])('refuses %s', async (_what, request, status, error, description) => {
		const { clientId = 'si-paris', ...options } = { clientId: undefined, ...request };
		const answer = await requestToken(scene.sandbox, clientId, options);
		expect(answer.status).toBe(status);
		expect(answer.json).toEqual({
			error,
			error_description: expect.stringContaining(description) as string,
		});
	});

	it('takes nothing but POST', async () => {
		expect((await fetch(scene.sandbox.tokenUrl)).status).toBe(405);
	});

	it('leaves out expires_in when told to', async () => {
		scene.sandbox.configure({ announceExpiresIn: false });
		const { json } = await requestToken(scene.sandbox, 'si-paris');
		expect(json).not.toHaveProperty('expires_in');
	});

	it('lets tokens expire in their time, or at once', async () => {
		const { sandbox, si } = scene;
		sandbox.configure({ tokenLifetime: 60 });
		const status = async (caller: Caller): Promise<number> =>
			(await caller.folder('GET', '/notifications')).status;
		expect(await status(si)).toBe(200);
		sandbox.mockServer.clock.advance(59_000);
		expect(await status(si)).toBe(200);
		sandbox.mockServer.clock.advance(2_000);
		expect(await status(si)).toBe(401);
		const second = new Caller(sandbox, 'si-paris', 'SI');
		expect(await status(second)).toBe(200);
		sandbox.expireTokens();
		const refused = await second.folder('GET', '/notifications');
		expect(refused.json).toEqual({
			errors: [
				{
					code: 900901,
					message:
						'Invalid Credentials : Invalid Credentials. Make sure you have given the correct access token',
				},
			],
		});
	});

	it.each(['', 'Basic c2ktcGFyaXM6c2ktcGFyaXMtc2VjcmV0', 'Bearer unknown', 'unknown'])(
		'refuses a call with the authorization "%s"',
		async (authorization) => {
			const answer = await fetch(`${scene.sandbox.url}/teledossiers/v1/notifications`, {
				headers: { authorization },
			});
			expect(answer.status).toBe(401);
			expect(await answer.text()).toContain('900901');
		},
	);

	it('keeps neither secrets nor tokens in what it shows of its calls', async () => {
		const { json } = await requestToken(scene.sandbox, 'si-paris');
		const shown = await (await fetch(`${scene.sandbox.adminUrl}/calls?content=true`)).text();
		expect(shown).toContain('/oauth2/token');
		expect(shown).not.toContain((json as { access_token: string }).access_token);
		expect(shown).not.toContain(Buffer.from('si-paris:si-paris-secret').toString('base64'));
	});
});
