import { GuichetError } from '../../lib/errors/guichet-error';
import { HubEeClient } from './api/client';
import { type HubEeCredential, hubEeHttp, hubEeTokenSource } from './api/connection';
import { ReferentialClient } from './api/referential';

/**
 * Takes a new token, then asks for what the scope is for, which changes nothing. The token request
 * tells a wrong id, secret or host apart; the call tells an API of another environment and a scope
 * that the client ID does not have. What DATAPASS may do cannot be asked without doing it.
 */
export async function testAccount(data: HubEeCredential): Promise<void> {
	const source = hubEeTokenSource(data);
	source.forget();
	await source.token();
	const http = hubEeHttp(data, { timeoutMs: 20_000, retry: { maxTries: 1 } });
	const ask = {
		SI: async () => await new HubEeClient(http).listNotifications({ maxResult: 1 }),
		OSL: async () => await new ReferentialClient(http).subscriptions({}, 1),
		ADMIN: async () => await new ReferentialClient(http).subscriptions({}, 1),
	}[data.scope];
	// A gateway answers with 403 only to a token that it has accepted.
	const harmless =
		ask ?? (async () => await new HubEeClient(http).listNotifications({ maxResult: 1 }));
	await harmless().catch((error: unknown) => {
		if (!(error instanceof GuichetError) || error.code !== 'forbidden') throw error;
		if (!ask) return;
		throw error.with({
			message: `HubEE accepts the client ID and refuses it what the scope ${data.scope} is for: ${error.message}`,
		});
	});
}
