import { instantOf } from '../../../lib/answers/instant';
import { isObject, textOrNumber } from '../../../lib/answers/json';
import { GuichetError } from '../../../lib/errors/guichet-error';
import type { HttpClient } from '../../../lib/http/client';
import type { ApiVersion } from './api-version';
import { anyList } from './answers';
import { pageOf } from './contract-names';
import { translated } from './translated';
import type { Json, TranslatedString } from './types';

/** An organisation that holds a part of the e-Box and serves it at an address of its own. */
export interface Provider {
	/** `messageProviderId`, or {@link OFFICIAL_PROVIDER}. */
	id: string;
	name: TranslatedString;
	/** Base URL of its message registry, without a trailing slash; empty when the list names none. */
	url: string;
	version: ApiVersion;
	/** As the list says it: `1.6`, `2.1`, `3.0`. */
	apiSupportedVersion?: string;
	/** `YYYY-MM-DD`. */
	activeFrom?: string;
	activeUntil?: string;
	maintenance: Array<{ from: string; until: string }>;
	/** The entry of the list. */
	raw: Json;
}

/**
 * The id under which the registry of the official base URL can be chosen without asking the list of
 * providers.
 */
export const OFFICIAL_PROVIDER = 'official';

export type ProviderState = 'active' | 'inMaintenance' | 'notYetActive' | 'deactivated';

/**
 * Whether a provider is to be asked (federation contract 1.3): not before its activation date, not
 * after its deactivation date. Announced maintenance does not stop anybody from trying; it explains
 * a failure.
 */
export function stateOf(provider: Provider, now: Date): ProviderState {
	const today = now.toISOString().slice(0, 10);
	if (provider.activeFrom && provider.activeFrom.slice(0, 10) > today) return 'notYetActive';
	if (provider.activeUntil && provider.activeUntil.slice(0, 10) < today) return 'deactivated';
	return maintenanceEnd(provider, now) === undefined ? 'active' : 'inMaintenance';
}

/** When the maintenance ends that is under way now. */
export function maintenanceEnd(provider: Provider, now: Date): string | undefined {
	return provider.maintenance.find(
		({ from, until }) => instantOf(from) <= now.getTime() && now.getTime() <= instantOf(until),
	)?.until;
}

/**
 * The list of providers: `GET {federation}/v1/messageProviders`, a bare array without pages. The
 * newer list (`documentProviderRegistry/v1/messageRegistries`) has no public contract; it is read
 * with the same names and a few likely ones.
 */
export async function fetchProviders(
	http: HttpClient,
	path: string,
	forced?: ApiVersion,
): Promise<Provider[]> {
	const { body } = await http.json({ method: 'GET', url: path, repeat: 'safe' }, anyList);
	const { items } = pageOf<Json>(body);
	if (items.length === 0)
		throw new GuichetError('answer_malformed', 'The list of Document Providers is empty', {
			hint: 'Nothing was asked of any provider. Choose "Official Provider Only", or check the provider list path in the API Profile.',
		});
	return items.map((entry) => providerOf(entry, forced));
}

function providerOf(entry: Json, forced?: ApiVersion): Provider {
	const url = trimmedUrl(entry.messageProviderUrl ?? entry.url ?? entry.baseUrl);
	const apiSupportedVersion =
		textOrNumber(entry.apiSupportedVersion ?? entry.apiVersion) || undefined;
	return {
		id: textOrNumber(entry.messageProviderId ?? entry.id) || url,
		name: translated(entry.messageProviderName ?? entry.name) ?? {},
		url,
		version: forced ?? versionOf(apiSupportedVersion, url),
		apiSupportedVersion,
		activeFrom: textOrNumber(entry.messageProviderActivationDate) || undefined,
		activeUntil: textOrNumber(entry.messageProviderDeactivationDate) || undefined,
		maintenance: maintenanceOf(entry.messageProviderPlannedMaintenance).map((one) => ({
			from: textOrNumber(one.startDate),
			until: textOrNumber(one.endDate),
		})),
		raw: entry,
	};
}

/**
 * Version 3 where the list or the address says so. Anything older is spoken to as 2.1, the oldest
 * contract that is public.
 */
export function versionOf(supported: string | undefined, url: string): ApiVersion {
	const major = supported?.match(/^v?(\d+)/i)?.[1] ?? url.match(/\/v(\d+)\/*$/i)?.[1];
	return Number(major ?? 2) >= 3 ? 'v3' : 'v2';
}

export function trimmedUrl(value: unknown): string {
	return textOrNumber(value).replace(/\/+$/, '');
}

/** Announced maintenance only explains a failure: what cannot be read of it is left out. */
function maintenanceOf(value: unknown): Json[] {
	const list: unknown[] = Array.isArray(value) ? value : [];
	return list.filter(isObject);
}
