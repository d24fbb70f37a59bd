import dns, { type LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { BlockList, isIP, type LookupFunction } from 'node:net';

import { GuichetError } from '../errors/guichet-error';

/** n8n's own list, for which the word `default` stands in its setting. */
const DEFAULT_BLOCKED_RANGES = [
	'10.0.0.0/8',
	'172.16.0.0/12',
	'192.168.0.0/16',
	'127.0.0.0/8',
	'::1/128',
	'169.254.0.0/16',
	'fe80::/10',
	'fc00::/7',
	'0.0.0.0/8',
	'192.0.0.0/24',
	'192.0.2.0/24',
	'198.18.0.0/15',
	'198.51.100.0/24',
	'203.0.113.0/24',
];

const NAMES = {
	enabled: 'N8N_SSRF_PROTECTION_ENABLED',
	blockedRanges: 'N8N_SSRF_BLOCKED_IP_RANGES',
	allowedRanges: 'N8N_SSRF_ALLOWED_IP_RANGES',
	allowedHosts: 'N8N_SSRF_ALLOWED_HOSTNAMES',
	blockedHosts: 'N8N_SSRF_BLOCKED_HOSTNAMES',
} as const;

/** Each may be given by the path of a file too. */
const VARIABLES = Object.values(NAMES).flatMap((name) => [name, `${name}_FILE`]);

/**
 * n8n's protection against requests into the inner network, which binds n8n's own helpers only. It
 * holds for this package's connections by the same settings.
 */
export class InnerNetworkGuard {
	private readonly blocked: BlockList;

	private readonly allowed: BlockList;

	private constructor(
		/** The settings as one text. When they change, the guard is made anew. */
		readonly key: string,
		private readonly settings: Record<Exclude<keyof typeof NAMES, 'enabled'>, string[]>,
	) {
		const blocked = settings.blockedRanges.flatMap((range) =>
			range.toLowerCase() === 'default' ? DEFAULT_BLOCKED_RANGES : [range],
		);
		this.blocked = ranges(blocked, (range) => {
			throw unreadable(range);
		});
		this.allowed = ranges(settings.allowedRanges);
	}

	private static last: { key: string; guard?: InnerNetworkGuard } | undefined;

	/**
	 * The guard that n8n's environment asks for; nothing where the protection is off. Made anew only
	 * when the environment has changed: each call asks for it.
	 *
	 * @throws GuichetError where a blocked range cannot be read
	 */
	static fromEnvironment(): InnerNetworkGuard | undefined {
		const key = JSON.stringify(VARIABLES.map((name) => process.env[name]));
		if (this.last?.key !== key) this.last = { key, guard: this.read(key) };
		return this.last.guard;
	}

	private static read(key: string): InnerNetworkGuard | undefined {
		if (!/^(true|1)$/i.test(setting(NAMES.enabled) ?? '')) return undefined;
		const listed = (name: string, otherwise = '') => entriesOf(setting(name) ?? otherwise);
		return new InnerNetworkGuard(key, {
			blockedRanges: listed(NAMES.blockedRanges, 'default'),
			allowedRanges: listed(NAMES.allowedRanges),
			allowedHosts: listed(NAMES.allowedHosts),
			blockedHosts: listed(NAMES.blockedHosts),
		});
	}

	/**
	 * Checks what an address says by itself: its host name, or the number that stands for it. Node
	 * resolves no number, so that {@link lookup} does not see it.
	 *
	 * @throws GuichetError `address_blocked`
	 */
	checkHost(url: string): void {
		const host = hostOf(url);
		if (isIP(host)) this.check(host);
		else if (!this.isAllowed(host) && this.settings.blockedHosts.some(matching(host)))
			throw blockedAddress(`"${host}"`, `${NAMES.blockedHosts} names it`);
	}

	/**
	 * Checks an address that a proxy will resolve: by what it resolves to here, all of it.
	 *
	 * @throws GuichetError `address_blocked`, also where the name cannot be resolved here
	 */
	async checkBehindProxy(url: string): Promise<void> {
		this.checkHost(url);
		const host = hostOf(url);
		if (isIP(host) || this.isAllowed(host)) return;
		await new Promise<void>((resolve, reject) => {
			this.lookup(host, { all: true }, (error) => {
				if (!error) resolve();
				else if (error instanceof GuichetError) reject(error);
				else reject(blockedAddress(`"${host}"`, 'its address cannot be found here to check it'));
			});
		});
	}

	/** Resolves a name as Node does, and fails where one of its addresses is blocked. */
	readonly lookup: LookupFunction = (host, options, answer) => {
		dns.lookup(host, { ...options, all: true }, (error, found) => {
			if (error) return answer(error, '', 0);
			try {
				if (!this.isAllowed(host)) for (const { address } of found) this.check(address, host);
			} catch (refusal) {
				return answer(refusal as Error, '', 0);
			}
			const [first] = found;
			if (options.all) answer(null, found as LookupAddress[]);
			else answer(null, first?.address ?? '', first?.family ?? 0);
		});
	};

	private check(address: string, host?: string): void {
		// `::` (any address) leads to this machine, as the loopback address does.
		const ip = address === '::' ? '::1' : address.replace(/%.*$/, '');
		const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
		if (this.allowed.check(ip, family) || !this.blocked.check(ip, family)) return;
		throw blockedAddress(
			host ? `"${host}"` : address,
			host ? `it resolves to ${address}` : 'it lies in a blocked range',
		);
	}

	private isAllowed(host: string): boolean {
		return this.settings.allowedHosts.some(matching(host));
	}
}

/** A variable, or the file that n8n lets stand in for it. */
function setting(name: string): string | undefined {
	const file = process.env[`${name}_FILE`];
	return process.env[name] ?? (file ? readFileSync(file, 'utf8').trim() : undefined);
}

const entriesOf = (list: string): string[] =>
	list
		.split(',')
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');

/** A single address counts as a range of one. */
function ranges(list: string[], unread: (range: string) => void = () => undefined): BlockList {
	const read = new BlockList();
	for (const range of list) {
		const [network = '', prefix] = range.split('/');
		const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
		const bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix);
		try {
			read.addSubnet(network, bits, family);
		} catch {
			unread(range);
		}
	}
	return read;
}

const hostOf = (url: string): string => plainHost(new URL(url).hostname.replace(/^\[|\]$/g, ''));

const plainHost = (host: string): string => host.trim().toLowerCase().replace(/\.$/, '');

/** `*.example` stands for every name below it. */
const matching = (host: string) => (pattern: string) => {
	const wanted = plainHost(pattern);
	return wanted.startsWith('*.')
		? plainHost(host).endsWith(wanted.slice(1))
		: plainHost(host) === wanted;
};

const blockedAddress = (what: string, reason: string): GuichetError =>
	new GuichetError(
		'address_blocked',
		`The service is not called: n8n's protection of the inner network blocks ${what}, because ${reason}`,
		{
			outcome: 'not_done',
			hint: `If the address is right, ask n8n's administrator to allow it: ${NAMES.allowedHosts} or ${NAMES.allowedRanges}.`,
		},
	);

const unreadable = (range: string): GuichetError =>
	new GuichetError(
		'address_blocked',
		`The service is not called: n8n's protection of the inner network cannot be obeyed, because "${range}" in ${NAMES.blockedRanges} is no IP range`,
		{
			outcome: 'not_done',
			hint: "Ask n8n's administrator to correct it. Expected is a list such as: default, 100.64.0.0/10",
		},
	);
