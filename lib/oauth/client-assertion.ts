import { type KeyObject, randomUUID } from 'node:crypto';

import { SignJWT } from 'jose';

export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Seconds. At most five minutes are accepted; one is kept back so that a clock that is a little
 * fast does not make the assertion look longer-lived than that.
 */
export const ASSERTION_LIFETIME_SECONDS = 240;

/** The server's clock may be a little behind ours: an assertion from its future is refused. Seconds. */
const CLOCK_SLACK_SECONDS = 30;

export interface ClientAssertion {
	clientId: string;
	/** The token URL itself for version 5 of the social security's server. */
	audience: string;
	key: KeyObject;
}

/**
 * A signed statement "I am this client" (`private_key_jwt`, RFC 7523 section 2.2), as the REST
 * developer guide of the Belgian social security describes it: RS256, `iss` = `sub` = client id,
 * new `jti` each time. `nbf` is left out: it would only make clocks matter more.
 */
export async function signClientAssertion(
	{ clientId, audience, key }: ClientAssertion,
	now = new Date(),
): Promise<string> {
	const seconds = Math.floor(now.getTime() / 1000);
	return await new SignJWT({})
		.setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
		.setIssuer(clientId)
		.setSubject(clientId)
		.setAudience(audience)
		.setJti(randomUUID())
		.setIssuedAt(seconds - CLOCK_SLACK_SECONDS)
		.setExpirationTime(seconds + ASSERTION_LIFETIME_SECONDS)
		.sign(key);
}
