import type { Version } from './serialize';

const DAY_MS = 86_400_000;

const BASE = '/REST/ebox/enterprise';

/** The list of providers (federation contract 1.3). */
export const LIST = `${BASE}/federation/v1/messageProviders`;

/** Where the preferences of recipients are asked for (federation contract 1.3). */
export const PREFERENCES = `${BASE}/federation/v1/eboxPreferences/search`;

/**
 * The providers that exist. Three are in the list from the beginning, the others when a test puts
 * them there.
 */
export const PROVIDERS = {
	nsso: { version: '2.1', path: `${BASE}/messageRegistry/v2`, own: false },
	documents: { version: '3.0', path: '/ebox/registry/v3', own: true },
	regional: { version: '1.6', path: '/api/v2', own: true },
	failing: { version: '2.1', path: '/ebox', own: true },
	maintenance: { version: '2.1', path: '/ebox', own: true },
	retired: { version: '2.1', path: '/ebox', own: true },
	coming: { version: '2.1', path: '/ebox', own: true },
	/** Not a provider at all: it records what it is sent. */
	foreign: { version: '2.1', path: '/ebox', own: true },
} as const;

export type ProviderName = keyof typeof PROVIDERS;

/** The official provider speaks both versions, about the same mail. */
export function pathsOf(name: ProviderName): Array<[string, Version]> {
	const { path, version } = PROVIDERS[name];
	if (name !== 'nsso') return [[path, version.startsWith('3') ? 'v3' : 'v2']];
	return [
		[path, 'v2'],
		[path.replace(/v2$/, 'v3'), 'v3'],
		[`${BASE}/messageRegistry/consultationIntegrationTest/v3`, 'v3'],
	];
}

/**
 * What the list says of a provider. The slow one writes its address with a trailing slash, as some
 * documents do.
 */
export function providerEntry(name: ProviderName, registryUrl: string, now: number) {
	const day = (offset: number) => new Date(now + offset * DAY_MS).toISOString().slice(0, 10);
	const hour = (offset: number) => new Date(now + (offset * DAY_MS) / 24).toISOString();
	return {
		messageProviderId: name,
		messageProviderName: { fr: `Fournisseur ${name}`, nl: `Aanbieder ${name}` },
		messageProviderDescription: { en: `Document Provider ${name} of the sandbox` },
		messageProviderUrl: registryUrl + (name === 'regional' ? '/' : ''),
		messageProviderActivationDate: name === 'coming' ? day(30) : '2020-01-01',
		...(name === 'retired' ? { messageProviderDeactivationDate: day(-30) } : {}),
		messageProviderTechnicalContact: 'support@provider.example',
		...(name === 'maintenance'
			? { messageProviderPlannedMaintenance: [{ startDate: hour(-1), endDate: hour(1) }] }
			: {}),
		apiSupportedVersion: PROVIDERS[name].version,
	};
}
