import type { IExecuteFunctions } from 'n8n-workflow';

import { parallel, timeoutMs } from '../../lib/node/connection-options';
import type { CheckReport } from '../../lib/connection-check/report';
import { Fields } from '../../lib/node/fields';
import { invalidInput } from '../../lib/errors/guichet-error';
import {
	SOCIAL_SECURITY_CREDENTIAL,
	socialSecurityAuthenticator,
	socialSecuritySettings,
} from '../../lib/social-security/social-security';
import { checkEBox } from './check-connection';
import { eBoxAddresses, PROVIDER_LIST_PATH } from './api/addresses';
import type { ApiVersion } from './api/api-version';
import { EBox } from './api/ebox';
import { ReferenceNames } from './api/reference-names';
import type { Language } from './api/types';
import { TRUSTED_HOSTS } from './api/trusted-origins';
import { V3_DEFAULTS, type V3Names } from './api/v3-names';

export const E_BOX_CREDENTIAL = SOCIAL_SECURITY_CREDENTIAL;

/** What the operations of the e-Box node work with. */
export interface EBoxApi {
	eBox: EBox;
	language: Language;
	names: ReferenceNames;
	v3: V3Names;
	/** Finds out what the connection and the account are worth, which marks nothing as read. */
	checkConnection(): Promise<CheckReport>;
}

/** Opens the e-Box of a credential with the settings of an API profile. */
export function openEBox(
	credential: Record<string, unknown>,
	profile: Fields,
	signal?: AbortSignal,
	retry?: { maxTries: number; maxElapsedMs: number },
): EBoxApi {
	const { servicesUrl, environment, tls } = socialSecuritySettings(credential);
	const confirmed = new Fields({ value: (name) => credential[name], label: () => TRUSTED_HOSTS });
	const forcedVersion = versionOf(profile);
	const usual = eBoxAddresses(servicesUrl, environment === 'simulation', forcedVersion ?? 'v2');
	const v3 = v3Names(profile);
	const eBox = new EBox({
		addresses: {
			registryUrl: profile.optionalText('registryUrl') ?? usual.registryUrl,
			federationUrl: profile.optionalText('federationUrl') ?? usual.federationUrl,
		},
		providerListPath: profile.optionalText('providerListPath') ?? PROVIDER_LIST_PATH,
		trustedHosts: [...confirmed.list('trustedProviderHosts'), ...profile.list('trustedHosts')],
		forcedVersion,
		v3,
		auth: socialSecurityAuthenticator(credential),
		tls,
		signal,
		retry,
		timeoutMs: timeoutMs(profile),
		parallelCalls: parallelCalls(profile),
	});
	const language = (profile.optionalText('language') ?? 'fr') as Language;
	const once = { maxTries: 1, maxElapsedMs: 0 };
	return {
		eBox,
		language,
		names: new ReferenceNames(),
		v3,
		checkConnection: async () =>
			await checkEBox(
				credential,
				(checkSignal) => openEBox(credential, profile, checkSignal, once),
				signal,
			),
	};
}

function versionOf(profile: Fields): ApiVersion | undefined {
	const version = profile.optionalText('apiVersion') ?? 'auto';
	if (version === 'auto') return undefined;
	if (version === 'v2' || version === 'v3') return version;
	throw invalidInput('API Version', 'must be auto, v2 or v3');
}

function v3Names(profile: Fields): V3Names {
	const text = (name: Exclude<keyof V3Names, 'queryNames' | 'actionBody'>): string =>
		profile.optionalText(name) ?? V3_DEFAULTS[name];
	return {
		publishPath: text('publishPath'),
		referenceDataPath: text('referenceDataPath'),
		partitionParameter: text('partitionParameter'),
		partitionProperty: text('partitionProperty'),
		visibilityProperty: text('visibilityProperty'),
		replyPath: text('replyPath'),
		actionPath: text('actionPath'),
		actionBody: JSON.stringify(
			profile.json('actionBody') ?? (JSON.parse(V3_DEFAULTS.actionBody) as object),
		),
		actionProperty: text('actionProperty'),
		statisticsPath: text('statisticsPath'),
		queryNames: profile.json<Record<string, string>>('queryNames') ?? {},
	};
}

const parallelCalls = (profile: Fields): number | undefined =>
	parallel(profile, 'parallelCalls', 16);

/** Opens the e-Box once per execution. */
export async function connectEBox(execution: IExecuteFunctions, form: Fields): Promise<EBoxApi> {
	const credential = await execution.getCredentials<Record<string, unknown>>(E_BOX_CREDENTIAL);
	return openEBox(credential, form.group('apiProfile'), execution.getExecutionCancelSignal());
}

export function parallelItems(form: Fields): number | undefined {
	return parallelCalls(form.group('apiProfile'));
}
