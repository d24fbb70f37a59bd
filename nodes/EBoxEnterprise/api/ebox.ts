import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import type { TlsSettings } from '../../../lib/http/agents';
import type { Authenticator, HttpClientOptions } from '../../../lib/http/call';
import { HttpClient } from '../../../lib/http/client';
import { eBoxAdvice } from './advice';
import type { EBoxAddresses } from './addresses';
import type { EBoxPreferences } from './answers';
import { type ApiVersion, VERSION_2, version3 } from './api-version';
import { MessageRegistry } from './message-registry';
import {
	fetchProviders,
	maintenanceEnd,
	OFFICIAL_PROVIDER,
	type Provider,
	stateOf,
	trimmedUrl,
	versionOf,
} from './provider';
import { fetchPreferences } from './preferences';
import { TrustedOrigins } from './trusted-origins';
import type { V3Names } from './v3-names';

export interface EBoxSettings {
	addresses: EBoxAddresses;
	/** Path of the list of providers below the federation's base URL. */
	providerListPath: string;
	/** Hosts besides the official ones that a person has confirmed. */
	trustedHosts: readonly string[];
	/** Speaks this version to all providers, whatever the list says. */
	forcedVersion?: ApiVersion;
	v3: V3Names;
	auth: Authenticator;
	tls?: TlsSettings;
	signal?: AbortSignal;
	timeoutMs?: number;
	/** Calls under way at once at each provider. */
	parallelCalls?: number;
	retry?: HttpClientOptions['retry'];
	now?: () => Date;
}

/** Which providers are to be asked. */
export type ProviderSelection =
	{ mode: 'all' } | { mode: 'official' } | { mode: 'selected'; ids: readonly string[] };

/** What one provider gave, or why it gave nothing. */
export interface ProviderOutcome<Result> {
	provider: Provider;
	result?: Result;
	failure?: GuichetError;
}

/**
 * One e-Box: the union of what all Document Providers hold. There is no central query, so each is
 * asked by itself.
 *
 * @example
 * ```ts
 * const eBox = new EBox({
 *   addresses: eBoxAddresses('https://services-acpt.socialsecurity.be/REST', false, 'v3'),
 *   providerListPath: PROVIDER_LIST_PATH,
 *   trustedHosts: ['https://ebox.provider.example'],
 *   v3: V3_DEFAULTS,
 *   auth: socialSecurityAuthenticator(credential),
 * });
 * const lists = await eBox.queryProviders(
 *   await eBox.selectProviders({ mode: 'all' }),
 *   async (registry) => await registry.messages({ readStatus: false }),
 * );
 * ```
 */
export class EBox {
	private readonly trusted: TrustedOrigins;

	private readonly registries = new Map<string, MessageRegistry>();

	private list?: Promise<Provider[]>;

	constructor(private readonly settings: EBoxSettings) {
		const { registryUrl, federationUrl } = settings.addresses;
		this.trusted = new TrustedOrigins(
			[registryUrl, ...(federationUrl ? [federationUrl] : [])],
			settings.trustedHosts,
		);
	}

	/** The official provider's registry, at its well-known address. */
	get official(): Provider {
		const url = trimmedUrl(this.settings.addresses.registryUrl);
		return {
			id: OFFICIAL_PROVIDER,
			name: { en: 'Official provider (NSSO)' },
			url,
			version: this.settings.forcedVersion ?? versionOf(undefined, url),
			maintenance: [],
			raw: {},
		};
	}

	/** Whether this environment has a list of providers. */
	get hasList(): boolean {
		return Boolean(this.settings.addresses.federationUrl);
	}

	/**
	 * The list of providers, asked for once. In an environment without a list it is the official one
	 * alone.
	 */
	async providers(): Promise<Provider[]> {
		const { federationUrl } = this.settings.addresses;
		if (!federationUrl) return [this.official];
		this.list ??= fetchProviders(
			this.http('The list of e-Box providers', federationUrl),
			this.settings.providerListPath,
			this.settings.forcedVersion,
		);
		return await this.list;
	}

	/**
	 * What enterprises have chosen for their e-Boxes; those without one are not in the map.
	 *
	 * @throws GuichetError `invalid_input` in an environment without a federation
	 */
	async preferences(numbers: readonly string[]): Promise<Map<string, EBoxPreferences>> {
		const { federationUrl } = this.settings.addresses;
		if (!federationUrl)
			throw invalidInput(
				'Environment',
				'has no federation that could be asked for preferences',
				'Acceptance and production have one. Another address can be given in the API Profile: Federation URL.',
			);
		return await fetchPreferences(this.http('The e-Box federation', federationUrl), numbers);
	}

	isTrusted(provider: Provider): boolean {
		return this.trusted.isTrusted(provider.url);
	}

	/** The providers of a choice, without those that are not active yet or no longer. */
	async selectProviders(selection: ProviderSelection): Promise<Provider[]> {
		if (selection.mode === 'official') return [this.official];
		if (selection.mode === 'selected')
			return await Promise.all(selection.ids.map(async (id) => await this.provider(id)));
		const now = this.now();
		return (await this.providers()).filter((provider) =>
			['active', 'inMaintenance'].includes(stateOf(provider, now)),
		);
	}

	/** One provider by its id; the official one when there is none. */
	async provider(id: string | undefined): Promise<Provider> {
		if (!id || id === OFFICIAL_PROVIDER) return this.official;
		const providers = await this.providers();
		const found = providers.find((provider) => provider.id === id);
		if (found) return found;
		throw invalidInput(
			'Provider ID',
			`"${id}" is not in the list of Document Providers`,
			`It has: ${providers.map((provider) => provider.id).join(', ')}. Provider: Get Many shows them.`,
		);
	}

	/**
	 * The registry of a provider.
	 *
	 * @throws GuichetError `untrusted_address` before anything is sent, when nobody has confirmed the
	 * provider's host
	 */
	registry(provider: Provider, besideOthers = false): MessageRegistry {
		const key = `${keyOf(provider)} ${besideOthers}`;
		const existing = this.registries.get(key);
		if (existing) return existing;
		this.trusted.assertTrusted(provider.url, `The provider "${provider.id}"`);
		const registry = new MessageRegistry(
			provider,
			provider.version === 'v3' ? version3(this.settings.v3) : VERSION_2,
			this.http(
				`e-Box provider "${provider.id}"`,
				provider.url,
				this.retryFor(provider, besideOthers),
			),
			this.settings.parallelCalls,
		);
		this.registries.set(key, registry);
		return registry;
	}

	/**
	 * Asks providers independently of each other and gives what each of them said, failures included:
	 * a provider that cannot be read must never look like one without messages.
	 *
	 * @throws GuichetError when the execution was cancelled
	 */
	async queryProviders<Result>(
		providers: readonly Provider[],
		ask: (registry: MessageRegistry) => Promise<Result>,
	): Promise<Array<ProviderOutcome<Result>>> {
		return await Promise.all(
			providers.map(async (provider) => {
				try {
					return { provider, result: await ask(this.registry(provider, providers.length > 1)) };
				} catch (error) {
					if (!(error instanceof GuichetError) || error.code === 'cancelled')
						return await Promise.reject(error);
					return { provider, failure: this.explained(provider, error) };
				}
			}),
		);
	}

	/** The header that providers are sent, for checks of the credential. */
	async authorization(): Promise<string> {
		return await this.settings.auth.authorization(this.settings.signal);
	}

	now(): Date {
		return this.settings.now?.() ?? new Date();
	}

	private explained(provider: Provider, error: GuichetError): GuichetError {
		const until = maintenanceEnd(provider, this.now());
		const hints = [
			until ? `The provider has announced maintenance until ${until}.` : undefined,
			error.details.hint,
		];
		return error.with({
			hint: hints.filter(Boolean).join(' ') || undefined,
			data: { ...error.details.data, providerId: provider.id },
		});
	}

	/**
	 * A provider that has announced maintenance is tried once. Where several providers are asked, the
	 * retries of one must not keep the others waiting for long: it counts as failed before.
	 */
	private retryFor(provider: Provider, besideOthers: boolean): HttpClientOptions['retry'] {
		const { retry } = this.settings;
		if (maintenanceEnd(provider, this.now()) !== undefined) return { ...retry, maxTries: 1 };
		if (!besideOthers) return retry;
		return { ...retry, maxElapsedMs: Math.min(retry?.maxElapsedMs ?? Infinity, LONGEST_WAIT_MS) };
	}

	private http(service: string, baseUrl: string, retry = this.settings.retry): HttpClient {
		const { auth, tls, signal, timeoutMs, parallelCalls } = this.settings;
		return new HttpClient({
			service,
			baseUrl,
			auth,
			tls,
			signal,
			timeoutMs,
			maxParallel: parallelCalls,
			retry,
			advise: eBoxAdvice,
		});
	}
}

/** How long the retries of one provider may hold the others. */
const LONGEST_WAIT_MS = 15_000;

/** Two entries of the list may have the same id and different addresses. */
const keyOf = ({ id, url }: Provider): string => `${id} ${url}`;
