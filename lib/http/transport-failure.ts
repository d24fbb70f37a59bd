import type { ErrorCode } from '../errors/guichet-error';
import { type Proxy, proxyAdvice } from './proxy';
import { PROXY_REFUSED, PROXY_UNANSWERED, PROXY_UNREADABLE } from './tunnel-agent';

/** What became of a request that got no answer. */
export interface TransportFailure {
	code: Extract<ErrorCode, 'unreachable' | 'tls' | 'timeout'>;
	/** In plain words, to follow "HubEE". */
	message: string;
	hint: string;
	/** Whether the request can have reached the service. */
	sent: 'no' | 'maybe';
}

/** Failures that happen before a connection stands: the service has seen nothing of the request. */
const BEFORE_SENDING: Record<string, Omit<TransportFailure, 'sent'>> = {
	ENOTFOUND: {
		code: 'unreachable',
		message: 'cannot be found: its host name is not known',
		hint: 'Check the environment or the addresses in the credential, and the DNS of the machine that runs n8n.',
	},
	EAI_AGAIN: {
		code: 'unreachable',
		message: 'cannot be found: name resolution does not answer',
		hint: 'Check the DNS and the network of the machine that runs n8n.',
	},
	ECONNREFUSED: {
		code: 'unreachable',
		message: 'refuses connections',
		hint: 'The host is there but nothing listens at this port: check the address in the credential, a firewall or proxy, or try later.',
	},
	EHOSTUNREACH: {
		code: 'unreachable',
		message: 'cannot be reached over the network',
		hint: 'Check the network, the firewall and the proxy settings (HTTPS_PROXY, NO_PROXY) of the machine that runs n8n.',
	},
	ENETUNREACH: {
		code: 'unreachable',
		message: 'cannot be reached over the network',
		hint: 'Check the network, the firewall and the proxy settings (HTTPS_PROXY, NO_PROXY) of the machine that runs n8n.',
	},
};

const TLS_HINTS: Array<[RegExp, string]> = [
	[
		/CERT_HAS_EXPIRED/,
		'The certificate of the service has expired, or the clock of this machine is wrong.',
	],
	[
		/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_UNTRUSTED|ISSUER/,
		'The certificate is not signed by an authority that this machine trusts. Put the authority into "Extra CA Certificates" of the credential. "Ignore TLS Issues" is for test environments only.',
	],
	[/ALTNAME|HOSTNAME/, 'The certificate was issued for another host name: check the base URL.'],
	[
		/./,
		'Check that the base URL begins with https:// and that no proxy on the way replaces certificates.',
	],
];

const isTlsCode = (code: string): boolean =>
	/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/.test(
		code,
	);

/**
 * Reads a failure of the network by its code.
 *
 * @param code Node's or OpenSSL's code (`ECONNRESET`, `CERT_HAS_EXPIRED`)
 * @param connected whether the socket had been connected (TLS included) when it failed
 * @param proxy the one on the way, unless a tunnel through it stands: without a connection, what
 *   failed is the way to it; with one, proxy and service cannot be told apart
 */
export function transportFailure(
	code: string,
	connected: boolean,
	proxy?: Proxy,
): TransportFailure {
	if (proxy && !connected && !isTlsCode(code)) return proxyFailure(code, proxy);
	// Node's reader of HTTP could not read what came.
	if (code.startsWith('HPE_'))
		return { ...proxyFailure(PROXY_UNREADABLE, proxy), sent: connected ? 'maybe' : 'no' };
	const early = BEFORE_SENDING[code];
	if (early) return { ...early, sent: 'no' };
	if (isTlsCode(code)) {
		const hint = TLS_HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? '';
		return {
			code: 'tls',
			message: `cannot be trusted: its TLS certificate or handshake is not acceptable (${code})`,
			hint,
			sent: connected ? 'maybe' : 'no',
		};
	}
	if (/TIMEDOUT|TIMEOUT|ECONNABORTED/.test(code)) {
		return {
			code: 'timeout',
			message: connected
				? `did not answer in time${proxy ? ` through ${nameOf(proxy)}` : ''}`
				: 'cannot be connected to in time',
			hint: [
				'Try again later, or raise the timeout if the service is known to be slow.',
				...(proxy ? [proxyAdvice(proxy)] : []),
			].join(' '),
			sent: connected ? 'maybe' : 'no',
		};
	}
	// What is sent in plain goes on at once: the service may have got it.
	if (proxy)
		return {
			code: 'unreachable',
			message: `gave no answer: ${nameOf(proxy)} closed the connection before one came`,
			hint: proxyAdvice(proxy),
			sent: 'maybe',
		};
	return {
		code: 'unreachable',
		message: connected
			? 'closed the connection before it answered'
			: 'closed the connection while it was being made',
		hint: 'The service or a proxy on the way may be overloaded or restarting: try again later.',
		sent: connected ? 'maybe' : 'no',
	};
}

const nameOf = ({ host, variable }: Proxy): string => `the proxy ${host} (${variable})`;

/** What is wrong with a proxy, to follow "cannot be reached: the proxy x:3128 (HTTPS_PROXY)". */
function proxyProblem(code: string, status?: number): string {
	if (code === PROXY_REFUSED && status === 407) return 'wants another user name and password';
	if (code === PROXY_REFUSED) return `refuses to connect to it (HTTP ${status ?? 'unknown'})`;
	if (code === PROXY_UNANSWERED)
		return 'closes the connection, or gives no answer that can be read';
	if (code === PROXY_UNREADABLE || isTlsCode(code)) return 'speaks another protocol';
	if (/TIMEDOUT|TIMEOUT|ECONNABORTED/.test(code)) return 'does not connect to it in time';
	const early = BEFORE_SENDING[code];
	return early ? early.message.replace(' its host name', ' its name') : 'closes the connection';
}

/**
 * A failure of the proxy itself: the service has seen nothing.
 *
 * @param status of the proxy's answer, if it gave one
 */
export function proxyFailure(code: string, proxy?: Proxy, status?: number): TransportFailure {
	const name = proxy ? nameOf(proxy) : 'a proxy on the way';
	return {
		code: /TIMEDOUT|TIMEOUT|ECONNABORTED/.test(code) ? 'timeout' : 'unreachable',
		message: `cannot be reached: ${name} ${proxyProblem(code, status)}`,
		hint: proxyAdvice(proxy ?? { variable: 'HTTP_PROXY' }),
		sent: 'no',
	};
}
