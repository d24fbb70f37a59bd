import { readFileSync } from 'node:fs';
import type { Agent as HttpAgent } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import tls, { rootCertificates } from 'node:tls';

import { HttpProxyAgent } from 'http-proxy-agent';

import { InnerNetworkGuard } from './inner-network';
import { proxyFor } from './proxy';
import { TunnelAgent } from './tunnel-agent';

/** How a connection is secured, as a credential says it. */
export interface TlsSettings {
	/** Certificates in PEM that are trusted besides the usual ones. */
	extraCa?: string;
	ignoreTlsIssues?: boolean;
}

/**
 * Idle connections are closed by us after this time, before a typical server or firewall does (60
 * s): a request written to a connection that the other side has just closed has an unknown outcome.
 */
const IDLE_CONNECTION_MS = 15_000;

const MAX_SOCKETS_PER_HOST = 64;

/** One pool of connections per way of connecting, shared by all executions of the process. */
const pools = new Map<string, HttpAgent>();

/**
 * The pooled keep-alive agent for a URL. `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`
 * are obeyed, with a CONNECT tunnel for https; so is n8n's protection of the inner network.
 *
 * @throws GuichetError `address_blocked`, or `unreachable` when the proxy's address cannot be read
 */
export async function agentFor(url: string, settings: TlsSettings = {}): Promise<HttpAgent> {
	const { secure, proxy, guard } = await wayTo(url);
	const way = `${proxy} ${guard?.key ?? ''}`;
	const key = secure
		? `https ${way} ${settings.ignoreTlsIssues === true} ${settings.extraCa ?? ''}`
		: `http ${way}`;
	let agent = pools.get(key);
	if (!agent) {
		agent = createAgent(secure, proxy, settings, guard);
		pools.set(key, agent);
	}
	return agent;
}

/**
 * An agent for one request on a connection of its own, whose TLS handshake is whole. Whoever asks
 * for it destroys it.
 *
 * @throws GuichetError as {@link agentFor} does
 */
export async function freshAgentFor(url: string, settings: TlsSettings = {}): Promise<HttpAgent> {
	const { secure, proxy, guard } = await wayTo(url);
	return createAgent(secure, proxy, settings, guard);
}

async function wayTo(url: string) {
	const proxy = proxyFor(url)?.href ?? '';
	const guard = InnerNetworkGuard.fromEnvironment();
	if (proxy) await guard?.checkBehindProxy(url);
	else guard?.checkHost(url);
	return { secure: url.startsWith('https:'), proxy, guard };
}

function createAgent(
	secure: boolean,
	proxy: string,
	settings: TlsSettings,
	guard?: InnerNetworkGuard,
): HttpAgent {
	const pooling = {
		keepAlive: true,
		maxSockets: MAX_SOCKETS_PER_HOST,
		timeout: IDLE_CONNECTION_MS,
		// The most recently used connection first, so that the others can grow old and be closed.
		scheduling: 'lifo' as const,
		// The name of a proxy is the administrator's own.
		...(guard && !proxy ? { lookup: guard.lookup } : {}),
	};
	if (!secure) return proxy ? new HttpProxyAgent(proxy, pooling) : new http.Agent(pooling);
	const minVersion = 'TLSv1.2' as const;
	const trust = {
		rejectUnauthorized: !settings.ignoreTlsIssues,
		// A context made once: with `ca` Node reads some 150 certificates for each connection, and
		// names each request's pool by all their texts.
		...(settings.extraCa?.trim()
			? {
					secureContext: tls.createSecureContext({
						minVersion,
						ca: [...usualAuthorities(), settings.extraCa],
					}),
				}
			: { minVersion }),
	};
	return proxy
		? new TunnelAgent(proxy, { ...pooling, ...trust })
		: new https.Agent({ ...pooling, ...trust });
}

/** What Node trusts by itself, what `NODE_EXTRA_CA_CERTS` names included. */
function usualAuthorities(): readonly string[] {
	if ('getCACertificates' in tls) return tls.getCACertificates('default');
	// Before Node 22.15 only Mozilla's list can be asked for.
	const file = process.env.NODE_EXTRA_CA_CERTS;
	return file === undefined ? rootCertificates : [...rootCertificates, ...contentOf(file)];
}

/** Nothing, when it cannot be read: Node goes on without it too, and warns at its start. */
function contentOf(file: string): string[] {
	try {
		return [readFileSync(file, 'utf8')];
	} catch {
		return [];
	}
}

/** Closes all pooled connections. For programs that end; n8n keeps them. */
export function closeAllConnections(): void {
	for (const agent of pools.values()) agent.destroy();
	pools.clear();
}
