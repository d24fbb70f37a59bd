import { CheckRun } from '../connection-check/check-run';
import type { Finding } from '../connection-check/report';
import { day, figure, oneOf, type Safe, say } from '../connection-check/safe-text';
import { checkScopes, checkToken, type KnownScope } from '../connection-check/token';
import { checkWay, HARMFUL_SKEW_MS } from '../connection-check/way';
import { DAY_MS } from '../time/durations';
import { WARN_DAYS } from './certificate';
import {
	describeKey,
	SOCIAL_SECURITY_ENVIRONMENTS,
	socialSecurityAuthenticator,
	socialSecuritySettings,
	type SocialSecuritySettings,
} from './social-security';

const ENVIRONMENTS = [...Object.keys(SOCIAL_SECURITY_ENVIRONMENTS), 'custom'];

/** Assumed by the node where the server does not say it. Seconds. */
const ASSUMED_LIFE = 600;

export interface SocialSecurityCheck {
	service: Safe;
	scopes: readonly KnownScope[];
	/** The names of those without which usual work fails. */
	needed: readonly Safe[];
	signal?: AbortSignal;
}

/**
 * The first steps of a check that every service of the Belgian social security has: the way, the
 * client's certificate, the token, its scopes.
 *
 * @throws GuichetError `invalid_input` when the credential cannot be used at all
 *
 * @example
 * const { run, settings, isUsable } = await openSocialSecurity(credential, check);
 * if (!isUsable) return run.report();
 */
export async function openSocialSecurity(
	credential: Record<string, unknown>,
	{ service, scopes, needed, signal }: SocialSecurityCheck,
): Promise<{ run: CheckRun; settings: SocialSecuritySettings; isUsable: boolean }> {
	const settings = socialSecuritySettings(credential);
	const environment = oneOf(ENVIRONMENTS, settings.environment);
	const run = new CheckRun({ service, environment }, signal);
	const { servicesUrl, tokenUrl, tls } = settings;
	const key = await describeKey(credential);
	const isOneHost = new URL(servicesUrl).origin === new URL(tokenUrl).origin;
	const services = await checkWay(run, servicesUrl, tls, true);
	const login = isOneHost ? services : await checkWay(run, tokenUrl, tls, true);
	const isValid = await run.step(say`Certificate of the client`, {}, () => certificateFinding(key));
	// What a wrong clock has signed is refused, and that would be told as a wrong key.
	const isClockRight = Math.abs(login.skewMs ?? 0) <= HARMFUL_SKEW_MS;
	if (!login.isOpen || !isValid || !isClockRight) {
		run.skip(say`Nothing: an earlier step failed.`, say`Token`, say`Scopes`);
		return { run, settings, isUsable: false };
	}
	const token = await checkToken(run, {
		tokenUrl,
		source: socialSecurityAuthenticator(credential),
		scopes,
		assumedLife: ASSUMED_LIFE,
		refusedTodo: say`Check in Chaman that the client ID, the certificate and the environment belong together, and that the certificate is active.`,
	});
	if (!token) {
		run.skip(say`Nothing: an earlier step failed.`, say`Scopes`);
		return { run, settings, isUsable: false };
	}
	await checkScopes(run, tokenUrl, scopes, needed, {
		granted: token.granted,
		sourceFor: (scope) => socialSecurityAuthenticator({ ...credential, scope }),
	});
	return { run, settings, isUsable: services.isOpen };
}

function certificateFinding({ bits, lastDay }: Awaited<ReturnType<typeof describeKey>>): Finding {
	const facts = { bits: figure(bits) };
	if (lastDay === undefined)
		return {
			result: 'ok',
			proves: say`The private key can be read. There is no certificate beside it, so its end is not known.`,
			facts,
		};
	const ends = day(lastDay.getTime());
	const left = lastDay.getTime() - Date.now();
	const dated = { ...facts, ends };
	if (left < 0)
		return {
			result: 'failed',
			proves: say`The certificate has expired on ${ends}.`,
			todo: say`Make a new certificate, register it in Chaman and put its key into the credential.`,
			facts: dated,
		};
	if (left < WARN_DAYS * DAY_MS)
		return {
			result: 'warning',
			proves: say`The certificate ends on ${ends}.`,
			todo: say`Make a new certificate and register it in Chaman in time.`,
			facts: dated,
		};
	return {
		result: 'ok',
		proves: say`The private key can be read, and its certificate is valid.`,
		facts: dated,
	};
}
