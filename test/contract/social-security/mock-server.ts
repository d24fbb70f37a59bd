import { json, MockServer } from '../../../sandbox/mock-server';
import { AuthorizationServer, type RegisteredClient } from '../../../sandbox/social-security';

export const CONSULT = 'scope:example:consult';
export const DECLARE = 'scope:example:declare';

/**
 * The authorization server with the smallest possible service behind it: `GET /REST/example` says
 * who calls.
 */
export async function startExample(
	clients: RegisteredClient[],
	scopes: string[] = [CONSULT, DECLARE],
) {
	const running: { server?: AuthorizationServer } = {};
	const mockServer = await MockServer.start({
		name: 'Example of a social security service',
		handle: async (call) => {
			const { server } = running;
			if (!server) throw new Error('Not started');
			if (server.handles(call)) return await server.handle(call);
			const caller = await server.check(call, CONSULT);
			return 'status' in caller ? caller : json(200, caller);
		},
		overview: () => [],
		reset: () => running.server?.reset(),
	});
	const authorizationServer = await AuthorizationServer.start({
		publicUrl: mockServer.url,
		clients,
		scopes,
		clock: mockServer.clock,
	});
	running.server = authorizationServer;
	return {
		mockServer,
		authorizationServer,
		url: `${mockServer.url}/REST/example`,
		close: async () => {
			await mockServer.close();
			await authorizationServer.close();
		},
	};
}
