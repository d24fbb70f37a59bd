import { getProxyForUrl } from 'proxy-from-env';

import { GuichetError } from '../errors/guichet-error';

/** The proxy on the way to an address, as the machine's environment names it. */
export interface Proxy {
	/** With user name and password, if there are any: never shown. */
	href: string;
	/** Host and port, to be shown. */
	host: string;
	/** The environment variable that it comes from, to be shown. */
	variable: string;
}

const SIGNS =
	'In a user name or password of the address, signs are written by their codes: @ as %40, : as %3A, / as %2F, # as %23, % as %25.';

/** What to do about a proxy that does not let a request through. */
export const proxyAdvice = ({ variable }: Pick<Proxy, 'variable'>): string =>
	`Check ${variable} on the machine that runs n8n, and NO_PROXY for what needs no proxy. ${SIGNS}`;

/**
 * The proxy for a URL by `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
 *
 * @throws GuichetError `unreachable` when its address cannot be read: nothing was sent
 *
 * @example
 * const proxy = proxyFor('https://api.example.fr/v1');
 * if (proxy) console.log(`by ${proxy.variable}`);
 */
export function proxyFor(url: string): Proxy | undefined {
	const href = getProxyForUrl(url);
	if (!href) return undefined;
	const variable = variableFor(url);
	if (!URL.canParse(href)) throw unusable(variable, 'its address cannot be read');
	const { protocol, host, username, password } = new URL(href);
	if (protocol !== 'http:' && protocol !== 'https:')
		throw unusable(
			variable,
			`it speaks ${protocol.slice(0, -1)}, and only http and https are known`,
		);
	if (![username, password].every(isDecodable))
		throw unusable(variable, 'its user name or password holds a % that is no code');
	return { href, host, variable };
}

function unusable(variable: string, why: string): GuichetError {
	return new GuichetError('unreachable', `The proxy of ${variable} cannot be used: ${why}`, {
		hint: proxyAdvice({ variable }),
		outcome: 'not_done',
	});
}

function isDecodable(text: string): boolean {
	try {
		decodeURIComponent(text);
		return true;
	} catch {
		return false;
	}
}

/** The variable that decided, in the order in which they are looked at. */
function variableFor(url: string): string {
	const own = url.startsWith('https:') ? 'https_proxy' : 'http_proxy';
	const names = [own, own.toUpperCase(), 'all_proxy', 'ALL_PROXY'];
	return names.find((name) => process.env[name]) ?? own.toUpperCase();
}
