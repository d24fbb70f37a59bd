import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import { presentableUrl } from '../../../lib/errors/redact';

/** The field in which a person confirms hosts, in the credential and in the API profile. */
export const TRUSTED_HOSTS = 'Trusted Provider Hosts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The origins to which the access token may be sent: the official one and those that a person has
 * confirmed. The federation's list names providers on hosts of their own, and whoever can change
 * that list, or a link in a message, could otherwise collect tokens.
 *
 * Only https counts. A loopback address may be http when it was confirmed, because such a token
 * does not leave the machine.
 *
 * @example trusted.assertTrusted(provider.url, 'The provider');
 */
export class TrustedOrigins {
	private readonly origins = new Set<string>();

	/**
	 * @param official URLs of our own presets and of the credential
	 * @param confirmed what a person typed: `https://ebox.example.be`, or a bare host
	 * @throws GuichetError `invalid_input` for one that is no https origin
	 */
	constructor(official: readonly string[], confirmed: readonly string[] = []) {
		for (const url of [...official, ...confirmed]) this.origins.add(confirmedOrigin(url));
	}

	isTrusted(url: string): boolean {
		const origin = safeOrigin(url);
		return origin !== undefined && this.origins.has(origin);
	}

	/**
	 * Passes a provider's base URL, or refuses it before anything is sent there.
	 *
	 * @throws GuichetError `untrusted_address`
	 */
	assertTrusted(url: string, whose: string): void {
		if (this.isTrusted(url)) return;
		const origin = safeOrigin(url);
		throw new GuichetError(
			'untrusted_address',
			origin
				? `${whose} is at ${origin}, which has not been confirmed, so the access token was not sent there`
				: `${whose} has an address that a token must not be sent to: ${presentableUrl(url) || 'none'}`,
			{
				hint: origin
					? `If this is really a Document Provider of the federation, add it to "${TRUSTED_HOSTS}" in the credential, for all nodes that use it.`
					: 'Only https addresses without user name, query and fragment are used.',
				outcome: 'not_done',
				data: { address: presentableUrl(url) },
			},
		);
	}
}

/**
 * The origin of a base URL that may carry a token; nothing for http, user names, queries and what
 * is no URL.
 */
function safeOrigin(text: string): string | undefined {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		return undefined;
	}
	const secure =
		url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
	// Judged by the text, because the parser drops an empty query or fragment and turns a backslash
	// into a slash.
	const plain = url.username === '' && url.password === '' && !/[?#\\\s]/.test(text.trim());
	return secure && plain ? url.origin : undefined;
}

function confirmedOrigin(text: string): string {
	const trimmed = text.trim();
	const origin = safeOrigin(/^[a-z][a-z+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
	if (origin === undefined || trimmed.includes('*'))
		throw invalidInput(
			TRUSTED_HOSTS,
			`must be https addresses such as https://ebox.example.be, and "${presentableUrl(trimmed)}" is not one`,
		);
	return origin;
}

/**
 * Passes a URL that came with data (a link to a file, a path that a person typed) only if it is on
 * the same origin as the registry that is being spoken to.
 *
 * @throws GuichetError `untrusted_address`
 */
export function assertSameOrigin(registryUrl: string, url: string, what: string): void {
	const base = new URL(registryUrl);
	let target: URL | undefined;
	try {
		target = new URL(url, registryUrl);
	} catch {
		// The check below refuses what is no URL.
	}
	if (target?.origin === base.origin && target.username === '' && target.password === '') return;
	throw new GuichetError(
		'untrusted_address',
		`${what} points away from ${base.origin}, so the access token was not sent there`,
		{
			outcome: 'not_done',
			data: { address: presentableUrl(target?.href ?? '') },
			hint: 'An address that comes with a message is followed only on the provider that holds the message.',
		},
	);
}

/**
 * Passes a link that came with data only below the registry's own path: its host may serve other
 * things as well, which are no business of a message.
 *
 * @throws GuichetError `untrusted_address`
 */
export function assertInsideRegistry(registryUrl: string, url: string, what: string): void {
	assertSameOrigin(registryUrl, url, what);
	const root = new URL(registryUrl).pathname.replace(/\/+$/, '');
	const { pathname } = new URL(url, registryUrl);
	// Some servers take an escaped slash or dot for a real one, and would leave the path after all.
	const climbs = decoded(pathname).split(/[\\/]/).includes('..');
	if (!climbs && pathname.startsWith(`${root}/`)) return;
	throw new GuichetError(
		'untrusted_address',
		`${what} leads out of the provider's message registry, so it was not followed`,
		{
			outcome: 'not_done',
			data: { address: presentableUrl(new URL(url, registryUrl).href) },
			hint: 'A link that comes with a message is followed only inside the registry that holds the message.',
		},
	);
}

function decoded(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		// A path that cannot be decoded is refused: this text fails every check.
		return '..';
	}
}
