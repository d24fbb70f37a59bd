import { GuichetError } from '../../../lib/errors/guichet-error';
import { closeAllConnections } from '../../../lib/http/agents';
import { socialSecurityAuthenticator } from '../../../lib/social-security/social-security';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import { eBoxAddresses, PROVIDER_LIST_PATH } from '../../../nodes/EBoxEnterprise/api/addresses';
import { EBox, type EBoxSettings } from '../../../nodes/EBoxEnterprise/api/ebox';
import { forgetReferenceData } from '../../../nodes/EBoxEnterprise/api/reference-names';
import { V3_DEFAULTS } from '../../../nodes/EBoxEnterprise/api/v3-names';
import { CLIENT_ID, EBoxSandbox, type ProviderName } from '../../../sandbox/ebox';

/** The data of a credential for the sandbox, as a person would fill it in. */
export function credentialFor(sandbox: EBoxSandbox): Record<string, unknown> {
	return {
		environment: 'custom',
		tokenUrl: sandbox.tokenUrl,
		audience: '',
		servicesUrl: `${sandbox.url}/REST`,
		clientId: CLIENT_ID,
		privateKey: sandbox.privateKey,
		passphrase: '',
		certificate: '',
		scope: '',
		extraCa: sandbox.ca ?? '',
		ignoreTlsIssues: false,
	};
}

/** An e-Box over the sandbox's federation, impatient enough for tests. */
export function eBoxOf(sandbox: EBoxSandbox, settings: Partial<EBoxSettings> = {}): EBox {
	const addresses = eBoxAddresses(`${sandbox.url}/REST`, false, 'v2');
	return new EBox({
		addresses,
		providerListPath: PROVIDER_LIST_PATH,
		trustedHosts: sandbox.trustedHosts,
		v3: V3_DEFAULTS,
		auth: socialSecurityAuthenticator(credentialFor(sandbox)),
		tls: { extraCa: sandbox.ca },
		timeoutMs: 10_000,
		retry: { maxTries: 2, firstDelayMs: 1 },
		...settings,
	});
}

/**
 * Starts a federation with TLS for the tests of a file, fresh for each of them, and stops it at the
 * end.
 */
export function federation(): { readonly sandbox: EBoxSandbox } {
	let sandbox: EBoxSandbox;
	beforeAll(async () => {
		sandbox = await EBoxSandbox.start({ tls: true, slowness: 20 });
	});
	beforeEach(async () => {
		await sandbox.mockServers.nsso.reset();
		forgetAllTokens();
		forgetReferenceData();
	});
	afterEach(() => {
		expect(sandbox.faults).toEqual([]);
	});
	afterAll(async () => {
		closeAllConnections();
		await sandbox.close();
	});
	return {
		get sandbox() {
			return sandbox;
		},
	};
}

/** The error of work that has to fail. */
export async function failureOf(work: Promise<unknown>): Promise<GuichetError> {
	const error: unknown = await work.then(
		() => undefined,
		(failure: unknown) => failure,
	);
	if (!(error instanceof GuichetError)) throw new Error(`No GuichetError: ${String(error)}`);
	return error;
}

/** Operations that a provider was asked for, in order. */
export function asked(sandbox: EBoxSandbox, name: ProviderName): string[] {
	return sandbox.mockServers[name].calls.list().map(({ operation }) => operation ?? '?');
}
