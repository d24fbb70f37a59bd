import { type KeyObject, randomUUID } from 'node:crypto';

import { SignJWT } from 'jose';

export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * How far back the time of issue lies, for a server whose clock is a little behind. Seconds.
 */
const ISSUED_EARLIER_SECONDS = 30;

/**
 * From issue to expiry. At most five minutes are accepted; half a minute is kept back for clocks.
 * Seconds.
 */
const LIFETIME_SECONDS = 270;

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
 *
 * @example
 * await signClientAssertion({ clientId: 'self_service_chaman_1', audience: tokenUrl, key });
 */
export async function signClientAssertion(
	{ clientId, audience, key }: ClientAssertion,
	now = new Date(),
): Promise<string> {
	const issued = Math.floor(now.getTime() / 1000) - ISSUED_EARLIER_SECONDS;
	return await new SignJWT({})
		.setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
		.setIssuer(clientId)
		.setSubject(clientId)
		.setAudience(audience)
		.setJti(randomUUID())
		.setIssuedAt(issued)
		.setExpirationTime(issued + LIFETIME_SECONDS)
		.sign(key);
}
