import type { ApiVersion } from './api-version';

/** Where the e-Box services of one environment are. */
export interface EBoxAddresses {
	/** The message registry of the official provider (NSSO). */
	registryUrl: string;
	/** Base URL of the federation; absent where no list of providers is known. */
	federationUrl?: string;
}

/** `GET` gives the list of Document Providers (federation contract 1.3). */
export const PROVIDER_LIST_PATH = 'v1/messageProviders';

/**
 * The addresses below `https://services….socialsecurity.be/REST` (onboarding of Document Consumers,
 * 2023). Production and acceptance name the versions 2 and 3 side by side. The simulation has a dry
 * run of version 3 only, and no list of providers.
 */
export function eBoxAddresses(
	servicesUrl: string,
	simulation: boolean,
	version: ApiVersion,
): EBoxAddresses {
	const base = `${servicesUrl.replace(/\/+$/, '')}/ebox/enterprise`;
	if (simulation) return { registryUrl: `${base}/messageRegistry/consultationIntegrationTest/v3` };
	return {
		registryUrl: `${base}/messageRegistry/${version}`,
		federationUrl: `${base}/federation`,
	};
}
