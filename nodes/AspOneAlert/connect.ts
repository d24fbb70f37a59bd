import type { IExecuteFunctions } from 'n8n-workflow';

import type { CheckableApi } from '../../lib/connection-check/operation';
import { tlsSettings } from '../../lib/http/tls-settings';
import { AlertClient, type AlertClientParts } from './api/alert-client';
import type { AlertServiceSettings } from './api/service-settings';
import { checkAspOne } from './check-connection';
import { DEFAULT_TIME_ZONE } from './api/credential-defaults';
import type { ListFormat } from './api/request-shape';
import type { WsdlSource } from './api/wsdl';

/** The credential as n8n hands it over. */
export interface AspOneCredential {
	environment: 'production' | 'test' | 'custom';
	endpoint?: string;
	whiteLabelLogin: string;
	whiteLabelPassword: string;
	userLogin: string;
	userAuthentication: 'password' | 'sso';
	userPassword?: string;
	ssoSharedKey?: string;
	ssoTimeZone?: string;
	serviceVersion: string;
	wsdlSource: 'builtIn' | 'url' | 'text';
	wsdlUrl?: string;
	wsdlText?: string;
	wsdlSchema?: string;
	fetchIncludes?: boolean;
	mailFormat?: ListFormat;
	positiveDelay?: 'omit' | 'zero';
	loginWords?: string;
	testAccountName?: string;
	timeoutSeconds?: number;
	extraCa?: string;
	ignoreTlsIssues?: boolean;
}

/** Addresses of ASPOne's SOAP services; integrators of a white label may have received others. */
const ENDPOINTS = {
	production: 'https://services-teleprocedures.aspone.fr/ws/alert',
	test: 'https://services-teleprocedures.aspone.fr/wspreprod/alert',
} as const;

const DEFAULT_TIMEOUT_SECONDS = 60;

/** What the credential says, in the words of the API client. */
function serviceSettings(credential: AspOneCredential): AlertServiceSettings {
	const { environment, endpoint = '' } = credential;
	return {
		endpoint: environment === 'custom' ? endpoint.trim() : ENDPOINTS[environment],
		whiteLabel: { login: credential.whiteLabelLogin, password: credential.whiteLabelPassword },
		user: {
			login: credential.userLogin,
			secret:
				credential.userAuthentication === 'sso'
					? {
							kind: 'sso',
							sharedKey: credential.ssoSharedKey ?? '',
							timeZone: credential.ssoTimeZone?.trim() || DEFAULT_TIME_ZONE,
						}
					: { kind: 'password', password: credential.userPassword ?? '' },
		},
		serviceVersion: credential.serviceVersion.trim(),
		wsdl: wsdlSource(credential),
		mailFormat: credential.mailFormat,
		zeroDelayForPositive: credential.positiveDelay === 'zero',
		loginWords: (credential.loginWords ?? '')
			.split(',')
			.map((word) => word.trim())
			.filter(Boolean),
		timeoutMs: (credential.timeoutSeconds || DEFAULT_TIMEOUT_SECONDS) * 1000,
		tls: tlsSettings(credential),
	};
}

function wsdlSource(credential: AspOneCredential): WsdlSource {
	const { wsdlSource: kind, wsdlUrl = '', wsdlText = '', wsdlSchema } = credential;
	const includes = {
		allowed: credential.fetchIncludes === true,
		schema: wsdlSchema?.trim() || undefined,
	};
	if (kind === 'url') return { kind, url: wsdlUrl.trim(), ...includes };
	if (kind === 'text') return { kind, text: wsdlText, ...includes };
	return { kind: 'builtIn' };
}

/** `IdCompte@aspone.fr` is the login of the account `IdCompte`. */
export function testAccount({ testAccountName, userLogin }: AspOneCredential): string {
	const [account = ''] = userLogin.split('@');
	return testAccountName?.trim() || account;
}

export function alertClient(credential: AspOneCredential, parts?: AlertClientParts): AlertClient {
	return new AlertClient(serviceSettings(credential), parts);
}

/** What the operations of the ASPOne node work with. */
export type AspOneApi = AlertClient & CheckableApi;

/** Opens the service once per execution. */
export async function connectAspOne(execution: IExecuteFunctions): Promise<AspOneApi> {
	const credential = await execution.getCredentials<AspOneCredential & Record<string, unknown>>(
		'aspOneWsseApi',
	);
	const signal = execution.getExecutionCancelSignal();
	return Object.assign(alertClient(credential, { signal }), {
		checkConnection: async () =>
			await checkAspOne(
				{
					...serviceSettings(credential),
					environment: credential.environment,
					account: testAccount(credential),
				},
				signal,
			),
	});
}
