import { CheckRun, refusalOf } from '../../lib/connection-check/check-run';
import type { CheckReport, Finding } from '../../lib/connection-check/report';
import { figure, oneOf, say } from '../../lib/connection-check/safe-text';
import { checkWay, HARMFUL_SKEW_MS } from '../../lib/connection-check/way';
import { GuichetError } from '../../lib/errors/guichet-error';
import { HttpClient } from '../../lib/http/client';
import { AlertClient } from './api/alert-client';
import { PROCEDURES } from './api/alert-rules';
import type { AlertConfiguration } from './api/configuration';
import type { AlertServiceSettings } from './api/service-settings';

const ENVIRONMENTS = ['production', 'test', 'custom'];

const SERVICE_VERSIONS = ['1.0', '1.1'];

const EARLIER_FAILED = say`Nothing: an earlier step failed.`;

export interface AspOneCheck extends AlertServiceSettings {
	environment: string;
	/** Whose configuration is read. */
	account: string;
}

/**
 * Checks the connection with one login, which reads one configuration. A clock that is wrong, or a
 * login that was refused a moment ago, keeps it from being tried: each refused login makes the
 * service's own wait longer.
 *
 * @throws GuichetError `invalid_input` when the credential cannot be used at all
 */
export async function checkAspOne(
	settings: AspOneCheck,
	signal?: AbortSignal,
): Promise<CheckReport> {
	const { endpoint, tls = {} } = settings;
	const run = new CheckRun(
		{ service: say`ASPOne`, environment: oneOf(ENVIRONMENTS, settings.environment) },
		signal,
	);
	// Refuses an unusable credential before anything is sent.
	const client = new AlertClient(settings, { signal: run.signal, retry: { maxTries: 1 } });
	const way = await checkWay(run, endpoint, tls, true);
	if (!way.isOpen) {
		run.skip(EARLIER_FAILED, say`Description`, say`Login`);
		return run.report();
	}
	await description(run, settings);
	if (Math.abs(way.skewMs ?? 0) > HARMFUL_SKEW_MS) {
		run.skip(
			say`Nothing: a login that is signed with a wrong time would be refused, and would count as a failed one.`,
			say`Login`,
		);
		return run.report();
	}
	await run.step(say`Login`, { host: endpoint }, async () => {
		run.count();
		return await client.get(settings.account).then(
			(configuration) => accepted(run, settings, configuration),
			(error: unknown) => refused(error),
		);
	});
	return run.report();
}

/** The description of the service at its own address, as most SOAP services give it. */
async function description(run: CheckRun, settings: AspOneCheck): Promise<void> {
	const { endpoint, tls, timeoutMs } = settings;
	const http = new HttpClient({
		service: 'ASPOne',
		tls,
		timeoutMs,
		signal: run.signal,
		retry: { maxTries: 1 },
	});
	await run.step(say`Description`, { host: endpoint }, async () => {
		const address = new URL(endpoint);
		address.search = 'wsdl';
		const answer = await run.ask(async (call) => await http.text(call), {
			method: 'GET',
			url: address.href,
		});
		const text = String(answer.body);
		const isThere = refusalOf(answer) === undefined && /<(\w+:)?definitions\b/.test(text);
		run.feature(say`WSDL`, isThere ? 'yes' : 'no');
		if (!isThere)
			return {
				result: 'ok',
				proves: say`The service gives no WSDL at its address; the built-in one is used.`,
			};
		const operations = ['getConfigurationAlert', 'modifyConfigurationAlert'];
		const missing = operations.filter((name) => !text.includes(name));
		if (missing.length > 0)
			return {
				result: 'warning',
				proves: say`The WSDL of the service lacks an operation of the specification.`,
				todo: say`The address may be that of another service of ASPOne: check "Endpoint" in the credential.`,
			};
		return { result: 'ok', proves: say`The service gives its WSDL, with both operations.` };
	});
}

function accepted(
	run: CheckRun,
	{ serviceVersion }: AspOneCheck,
	{ procedures }: AlertConfiguration,
): Finding {
	const subscribed = procedures.map(({ procedure }) => oneOf(PROCEDURES, procedure));
	run.see(say`serviceVersion`, oneOf(SERVICE_VERSIONS, serviceVersion));
	run.see(say`procedures`, subscribed);
	const outside = subscribed.filter((one) => one === 'other').length;
	run.see(say`procedures outside the specification`, figure(outside));
	return {
		result: 'ok',
		proves: say`Both logins are accepted, and the configuration of one account can be read.`,
		facts: { procedures: figure(subscribed.length) },
	};
}

function refused(error: unknown): Finding {
	const level = error instanceof GuichetError ? error.details.data?.refusedLevel : undefined;
	if (!(error instanceof GuichetError) || level === undefined) throw error;
	if (error.details.data?.notCalled === true)
		return {
			result: 'failed',
			proves: say`This login was refused a moment ago. It was not tried again, because each further try makes the wait longer.`,
			todo: say`Correct the login in the credential, wait for half an hour at most, and check again.`,
			facts: { refused: say`user`, tried: false },
		};
	if (level === 'white_label')
		return {
			result: 'failed',
			proves: say`The login of the white label is refused, or its time or its nonce.`,
			todo: say`Check "White-Label Login" and its password, the environment, and the clock of this machine.`,
			facts: { refused: say`white label` },
		};
	if (level === 'user')
		return {
			result: 'failed',
			proves: say`The white label is accepted, and the login of the user is refused.`,
			todo: say`Correct login, password or shared key before anything else: each further failed login makes the wait longer.`,
			facts: { refused: say`user` },
		};
	return {
		result: 'warning',
		proves: say`The service answers, but not for the account that was asked about.`,
		todo: say`Set "Test Account Name" in the credential to an account of yours.`,
		facts: { refused: say`request` },
	};
}
