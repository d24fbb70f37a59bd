import { GuichetError } from '../errors/guichet-error';
import type { TlsSettings } from '../http/agents';
import { type CertificateFacts, ConnectionLook } from '../http/connection-look';
import { exchange } from '../http/exchange';
import { type Proxy, proxyFor } from '../http/proxy';
import { PROXY_REFUSED, PROXY_UNREADABLE } from '../http/tunnel-agent';
import { DAY_MS } from '../time/durations';
import type { CheckRun } from './check-run';
import type { Finding } from './report';
import { day, figure, hostOf, machineCode, oneOf, type Safe, say, version } from './safe-text';

/** An answer of a healthy service comes sooner; a look is no call that waits for work. */
const LOOK_TIMEOUT_MS = 15_000;

/** Many authorities renew in the last month; what is later than this has been forgotten. */
const WARN_DAYS = 14;

/** A header of whole seconds, and the way of the answer, are as inexact as this. */
const TOLERATED_SKEW_MS = 10_000;

/** Assertions and signatures of a clock that is further off are refused. */
export const HARMFUL_SKEW_MS = 120_000;

const SLOW_MS = 5_000;

export interface Way {
	/** An answer came, whatever it said. */
	isOpen: boolean;
	/** How far the clock of the service is ahead of this machine's. Milliseconds. */
	skewMs?: number;
}

interface Seen {
	look: ConnectionLook;
	skewMs?: number;
	status?: number;
	/** Until the answer's headers. */
	milliseconds: number;
	failure?: GuichetError;
}

/**
 * The way to a host: its proxy, its name, its certificate, its clock. A HEAD request without any
 * token asks for the root of the host; whatever it answers, the way is open.
 *
 * @param signs whether requests are signed with the time, which a wrong clock makes useless
 *
 * @example
 * const way = await checkWay(run, 'https://api.example.fr', tls, false);
 */
export async function checkWay(
	run: CheckRun,
	url: string,
	tls: TlsSettings,
	signs: boolean,
): Promise<Way> {
	const host = { host: url };
	let proxy: Proxy | undefined;
	let seen: Seen | undefined;
	const opened = await run.step(say`Way`, host, async () => {
		proxy = proxyOf(url);
		seen = await see(run, url, tls);
		return wayFinding(seen, proxy);
	});
	if (!seen) return { isOpen: false };
	const found: Seen = seen;
	if (url.startsWith('https:') && (opened || isTlsFailure(found.look.failure)))
		await run.step(say`TLS`, host, async () => await tlsFinding(run, url, tls, found));
	if (!opened || isTlsFailure(found.look.failure)) return { isOpen: false };
	const { skewMs } = found;
	await run.step(say`Clock`, host, () => clockFinding(skewMs, signs));
	return { isOpen: true, skewMs };
}

/** A proxy that cannot be used is told by the request that needs it. */
function proxyOf(url: string): Proxy | undefined {
	try {
		return proxyFor(url);
	} catch {
		return undefined;
	}
}

async function see(run: CheckRun, url: string, tls: TlsSettings): Promise<Seen> {
	run.count();
	const look = new ConnectionLook();
	const begun = Date.now();
	const start = performance.now();
	const answer = await exchange(
		{ method: 'HEAD', url: `${new URL(url).origin}/`, tls, look },
		LOOK_TIMEOUT_MS,
		run.signal,
	).catch((error: unknown) => {
		if (!(error instanceof GuichetError) || run.signal.aborted) throw error;
		return error;
	});
	const milliseconds = performance.now() - start;
	if (answer instanceof GuichetError) return { look, failure: answer, milliseconds };
	const { headers, status, body } = answer;
	body.destroy();
	const served = Date.parse(headers.date ?? '');
	// Somewhere between sending and receiving.
	const skewMs = Number.isNaN(served) ? undefined : served - (begun + milliseconds / 2);
	return { look, skewMs, status, milliseconds };
}

const isTlsFailure = (code = ''): boolean =>
	/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA)/.test(
		code,
	);

/** The variables that a proxy may come from. */
const VARIABLES = [
	'https_proxy',
	'HTTPS_PROXY',
	'http_proxy',
	'HTTP_PROXY',
	'all_proxy',
	'ALL_PROXY',
];

function wayFinding({ look, failure, status, milliseconds }: Seen, proxy?: Proxy): Finding {
	const facts = {
		...(proxy
			? { proxy: hostOf(proxy.href), proxyVariable: oneOf(VARIABLES, proxy.variable) }
			: { proxy: say`none` }),
		...(look.failure === undefined ? {} : { code: machineCode(look.failure) }),
		...(status === undefined ? {} : { status: figure(status) }),
	};
	const through = proxy ? say`, through the proxy ${hostOf(proxy.href)}` : say``;
	if (!failure)
		return milliseconds > SLOW_MS
			? {
					result: 'warning',
					proves: say`The host answers${through}, and slowly.`,
					todo: say`Raise "Timeout (Seconds)" if it is always so.`,
					facts,
				}
			: { result: 'ok', proves: say`The host is found and answers${through}.`, facts };
	// That it is not trusted is the matter of the next step: it was reached.
	if (isTlsFailure(look.failure))
		return { result: 'ok', proves: say`The host is found and reached${through}.`, facts };
	const [proves, todo] = whyClosed(look, failure, proxy);
	return { result: 'failed', proves, todo, facts };
}

const PROXY_TODO = say`Check the proxy variables of the machine that runs n8n, and NO_PROXY for what needs no proxy.`;

function whyClosed(look: ConnectionLook, failure: GuichetError, proxy?: Proxy): [Safe, Safe] {
	const { failure: code = '', isConnected } = look;
	if (failure.code === 'address_blocked')
		return [
			say`n8n's protection of the inner network does not let this address be called.`,
			say`Ask n8n's administrator to allow the address, if it is right.`,
		];
	if (code === PROXY_REFUSED) return [say`The proxy refuses to connect to the host.`, PROXY_TODO];
	if (code === PROXY_UNREADABLE || (proxy && !isConnected))
		return [say`The proxy cannot be reached, or is none.`, PROXY_TODO];
	// Nothing was tried: the address of the proxy cannot be read.
	if (code === '' && !isConnected && failure.code === 'unreachable')
		return [say`The address of the proxy cannot be read.`, PROXY_TODO];
	if (code === 'ENOTFOUND')
		return [
			say`The name of the host is not known.`,
			say`Check the environment or the addresses in the credential, and the DNS of the machine that runs n8n.`,
		];
	if (code === 'EAI_AGAIN')
		return [
			say`Name resolution does not answer.`,
			say`Check the DNS and the network of the machine that runs n8n.`,
		];
	if (code === 'ECONNREFUSED')
		return [
			say`The host is there, and nothing listens at this port.`,
			say`Check the address in the credential, and a firewall or proxy on the way.`,
		];
	if (failure.code === 'timeout')
		return [
			isConnected
				? say`The host takes the connection and does not answer.`
				: say`The host cannot be connected to in time.`,
			say`Check the firewall: many let a host be called only when its address is listed. Otherwise try later.`,
		];
	return [
		say`The connection is closed before an answer comes.`,
		say`Check that the address begins with https:// where it must, and the firewall or proxy on the way.`,
	];
}

/** Looks again without trust where it was refused: no token travels, and the dates can be read. */
async function tlsFinding(
	run: CheckRun,
	url: string,
	tls: TlsSettings,
	{ look, failure }: Seen,
): Promise<Finding> {
	const refused = failure === undefined ? undefined : look.failure;
	const { chain, tlsVersion } =
		refused === undefined ? look : (await see(run, url, { ...tls, ignoreTlsIssues: true })).look;
	const facts = {
		...(tlsVersion === undefined ? {} : { version: version(tlsVersion) }),
		...(refused === undefined ? {} : { code: machineCode(refused) }),
		chain: figure(chain.length),
		...endsOf(chain),
	};
	if (refused !== undefined) {
		const [proves, todo] = whyUntrusted(refused, chain);
		return { result: 'failed', proves, todo, facts };
	}
	if (tls.ignoreTlsIssues === true)
		return {
			result: 'warning',
			proves: say`The certificate was not looked at: the credential ignores TLS issues.`,
			todo: say`Switch off "Ignore TLS Issues" before real data travels.`,
			facts,
		};
	const end = firstEnd(chain);
	if (end !== undefined && end - Date.now() < WARN_DAYS * DAY_MS)
		return {
			result: 'warning',
			proves: say`The certificate is trusted, and one of its chain ends on ${day(end)}.`,
			todo: say`Nothing yet: the service renews it. If it does not, calls fail from that day on.`,
			facts,
		};
	return { result: 'ok', proves: say`The certificate is trusted.`, facts };
}

const firstEnd = (chain: CertificateFacts[]): number | undefined =>
	chain.length === 0 ? undefined : Math.min(...chain.map(({ validTo }) => validTo.getTime()));

function endsOf(chain: CertificateFacts[]): { ends?: Safe } {
	const end = firstEnd(chain);
	return end === undefined ? {} : { ends: day(end) };
}

function whyUntrusted(code: string, chain: CertificateFacts[]): [Safe, Safe] {
	if (code === 'CERT_HAS_EXPIRED') {
		const end = firstEnd(chain);
		return [
			end === undefined
				? say`The certificate of the host has expired.`
				: say`A certificate of the host has expired on ${day(end)}.`,
			say`If the clock of this machine is right, the service has to renew it: tell its support.`,
		];
	}
	if (code === 'CERT_NOT_YET_VALID')
		return [
			say`The certificate of the host is not valid yet.`,
			say`Check the clock of the machine that runs n8n.`,
		];
	if (/ALTNAME|HOSTNAME/.test(code))
		return [
			say`The certificate was issued for another host.`,
			say`Check the address in the credential.`,
		];
	if (/SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|CERT_UNTRUSTED|INVALID_CA/.test(code))
		return [
			say`The certificate is signed by an authority that this machine does not know.`,
			say`Put the authority's certificate into "Extra CA Certificates" of the credential: that of the service, or of a proxy that opens connections.`,
		];
	return [
		say`The TLS connection cannot be made.`,
		say`Check that no proxy on the way changes connections.`,
	];
}

/** What the difference of the clocks means. */
function clockFinding(skewMs: number | undefined, signs: boolean): Finding {
	if (skewMs === undefined)
		return { result: 'notTried', proves: say`Nothing: the answer has no Date header.` };
	const seconds = figure(Math.round(skewMs / 1000));
	const facts = { secondsAhead: seconds };
	const off = Math.abs(skewMs);
	if (off <= TOLERATED_SKEW_MS)
		return {
			result: 'ok',
			proves: say`The clocks of the service and of this machine agree.`,
			facts,
		};
	const way = skewMs > 0 ? say`ahead of` : say`behind`;
	return {
		result: signs && off > HARMFUL_SKEW_MS ? 'failed' : 'warning',
		proves: say`The clock of the service is ${figure(Math.abs(seconds))} s ${way} this machine's.`,
		todo: signs
			? say`Set the clock of the machine that runs n8n by a time server: requests are signed with the time, and refused when it is wrong.`
			: say`Set the clock of the machine that runs n8n by a time server.`,
		facts,
	};
}
