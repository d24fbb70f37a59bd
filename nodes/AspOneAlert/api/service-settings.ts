import { type GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import type { TlsSettings } from '../../../lib/http/agents';
import type { ListFormat } from './request-shape';
import type { WhiteLabel } from './username-token';
import type { WsdlSource } from './wsdl';

/** How a user proves who he is. */
export type UserSecret =
	{ kind: 'password'; password: string } | { kind: 'sso'; sharedKey: string; timeZone: string };

/** Everything that has to be known to speak with WS Alert. */
export interface AlertServiceSettings {
	endpoint: string;
	whiteLabel: WhiteLabel;
	user: { login: string; secret: UserSecret };
	serviceVersion: string;
	wsdl: WsdlSource;
	/** How lists of addresses are written. */
	mailFormat?: ListFormat;
	/** Send a delay of 0 with positive alerts, for a schema that wants one. */
	zeroDelayForPositive?: boolean;
	/** Words or phrases of a refused user login, in place of the usual rules. */
	loginWords?: string[];
	timeoutMs?: number;
	tls?: TlsSettings;
}

/**
 * The user's password travels in clear inside the message, so that only HTTPS will do; a machine
 * may talk to itself.
 */
export function checkUrl(field: string, text: string): void {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw badUrl(field);
	}
	const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
		throw invalidInput(
			field,
			'must begin with https://',
			'The password travels inside the message and is protected by HTTPS only.',
		);
}

const badUrl = (field: string): GuichetError =>
	invalidInput(field, 'must be an address such as https://host/ws/alert');

/**
 * The service refuses a login that begins or ends with a blank, and makes all users of the account
 * wait a minute.
 */
export function checkLogin(field: string, login: string): void {
	if (login.trim() === '') throw invalidInput(field, 'is empty');
	if (login !== login.trim())
		throw invalidInput(field, 'begins or ends with a blank', 'Correct it in the credential.');
}
