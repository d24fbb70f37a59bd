import { setTimeout as sleep } from 'node:timers/promises';

import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import { presentable, presentableUrl } from '../../../lib/errors/redact';
import { HttpClient } from '../../../lib/http/client';
import { mayRepeat, withRetries } from '../../../lib/http/repeat';
import type { RetryPolicy } from '../../../lib/http/retry-policy';
import { formatAlert } from './alert-list';
import { type AlertSetting, isSpecified } from './alert-rules';
import { readAnswer, type XmlElement } from './answer';
import {
	type LoginEvidence,
	type LoginIdentity,
	type LoginThrottle,
	processThrottle,
} from './login-throttle';
import {
	type AlertConfiguration,
	type AlertModification,
	type StoredAlert,
	SWITCHES,
} from './configuration';
import { writeEnvelope } from './envelope';
import { isAmbiguousRefusal } from './login-refusal';
import { contradictoryAnswer, type FailureContext, failureOf } from './failures';
import { checkedAccountName, checkedModification, MAIL_LISTS } from './modification';
import { readConfiguration } from './read-configuration';
import { fitToWsdl, type RecordValue } from './request-shape';
import {
	type AlertServiceSettings,
	checkLogin,
	checkUrl,
	type UserSecret,
} from './service-settings';
import { ssoPassword } from './sso-token';
import { loadWsdl } from './wsdl';

/** What a test replaces. */
export interface AlertClientParts {
	signal?: AbortSignal;
	throttle?: LoginThrottle;
	now?: () => Date;
	retry?: Partial<RetryPolicy>;
}

/** A configuration is small; an answer beyond this is not one. */
const MOST_ANSWER_BYTES = 1024 * 1024;

const RETRY_POLICY: RetryPolicy = {
	maxTries: 3,
	firstDelayMs: 1000,
	maxDelayMs: 10_000,
	maxElapsedMs: 120_000,
};

/**
 * Answers of these statuses are read and judged by their content; redirects and 429 are the HTTP
 * client's to judge.
 */
const READ_STATUSES = Array.from({ length: 200 }, (_, index) => 400 + index).filter(
	(status) => status !== 429,
);

/**
 * The two operations of ASPOne's WS Alert. A fresh nonce (and SSO token) for every attempt, never a
 * call with a login that has to wait, never a repetition of a change whose outcome is unknown.
 *
 * @example const configuration = await new AlertClient(settings, { signal }).get('CABINET01');
 */
export class AlertClient {
	private readonly http: HttpClient;

	private readonly throttle: LoginThrottle;

	private readonly now: () => Date;

	/** Once the white label was refused, further calls of this execution would be refused as well. */
	private whiteLabelRefusal: GuichetError | undefined;

	/** The first call of an execution tries the login out alone: it may have become wrong. */
	private loginAccepted = false;

	constructor(
		private readonly settings: AlertServiceSettings,
		private readonly parts: AlertClientParts = {},
	) {
		checkUrl('Endpoint', settings.endpoint);
		if (settings.wsdl.kind === 'url') checkUrl('WSDL URL', settings.wsdl.url);
		checkLogin('White-Label Login', settings.whiteLabel.login);
		checkLogin('User Login', settings.user.login);
		this.throttle = parts.throttle ?? processThrottle;
		this.now = parts.now ?? (() => new Date());
		this.http = new HttpClient({
			service: 'ASPOne',
			tls: settings.tls,
			timeoutMs: settings.timeoutMs,
			maxAnswerBytes: MOST_ANSWER_BYTES,
			signal: parts.signal,
			redact: this.secrets(),
			// A message is good for one attempt only, so that repetitions are made here.
			retry: { maxTries: 1 },
		});
	}

	/**
	 * The whole alert configuration of an account.
	 *
	 * @example
	 * const { mails, procedures } = await client.get('CABINET01');
	 */
	async get(accountName: string): Promise<AlertConfiguration> {
		checkedAccountName(accountName, true);
		const answer = await this.call('getConfigurationAlert', { accountName }, false);
		const configuration = configurationIn(answer, accountName);
		if (!configuration)
			throw contradictoryAnswer('says SUCCESS, but gives no alert configuration', answer.context);
		return configuration;
	}

	/**
	 * Changes what the modification gives, and nothing else.
	 *
	 * @returns the whole configuration afterwards, or nothing when the service confirms the change
	 * without it
	 * @throws GuichetError `invalid_input` when a rule of the specification is broken; nothing was
	 * sent then
	 *
	 * @example
	 * await client.modify({ accountName: 'CABINET01', mailsToAdd: ['compta@cabinet.example'] });
	 */
	async modify(modification: AlertModification): Promise<AlertConfiguration | undefined> {
		const checked = checkedModification(modification);
		const values = this.valuesOf(checked);
		const answer = await this.call('modifyConfigurationAlert', values, true).catch(
			(error: unknown) => {
				throw withStoredAlerts(error, checked.storedAlerts ?? []);
			},
		);
		return configurationIn(answer, checked.accountName);
	}

	private valuesOf(modification: AlertModification): RecordValue {
		const values: RecordValue = { accountName: modification.accountName };
		for (const name of SWITCHES) {
			const value = modification[name];
			if (value !== undefined) values[name] = value;
		}
		for (const name of MAIL_LISTS) {
			const value = modification[name];
			if (value !== undefined) values[name] = value;
		}
		const alerts = [...(modification.alerts ?? []), ...(modification.storedAlerts ?? [])];
		const procedures = [...new Set(alerts.map(({ procedure }) => procedure))];
		if (procedures.length > 0)
			values.teleprocedureAlert = procedures.map((teleProcedure) => ({
				teleProcedure,
				messageService: alerts
					.filter(({ procedure }) => procedure === teleProcedure)
					.map((alert) => this.messageService(alert)),
			}));
		return values;
	}

	private messageService(alert: AlertSetting | StoredAlert): RecordValue {
		const { type, positive, active, delayDays } = alert;
		const delay =
			delayDays ?? (positive && this.settings.zeroDelayForPositive === true ? 0 : undefined);
		return {
			actif: active,
			type,
			...(delay === undefined ? {} : { delai: String(delay) }),
			...(positive === null ? {} : { positif: positive }),
		};
	}

	private async call(operation: string, values: RecordValue, changes: boolean) {
		const loaded = await loadWsdl(this.settings.wsdl, async (url) => await this.fetchWsdl(url));
		const shape = loaded.inputs.get(operation);
		if (shape === undefined)
			throw invalidInput('WSDL', `does not describe the operation ${operation}`);
		const format = this.settings.mailFormat ?? 'automatic';
		const body =
			typeof shape === 'string' ? String(values.accountName) : fitToWsdl(shape, values, format);
		const echoes = [...loginNames(this.settings), ...textsIn(values)];
		return await this.repeating(
			changes,
			async () => {
				const now = this.now();
				const password = this.userPassword(now);
				const envelope = await writeEnvelope(
					loaded,
					operation,
					body,
					{
						serviceVersion: this.settings.serviceVersion,
						whiteLabel: this.settings.whiteLabel,
						login: this.settings.user.login,
						password,
					},
					now,
				);
				return await this.exchange(
					envelope,
					changes,
					[...this.secrets(), password],
					echoes,
					operation,
				);
			},
			echoes,
		);
	}

	/**
	 * Repeats what certainly was not treated, and reads that got no answer. Never an answer in SOAP:
	 * it may be a refused login.
	 */
	private async repeating<Result>(
		changes: boolean,
		attempt: () => Promise<Result>,
		echoes: readonly string[],
	): Promise<Result> {
		return await withRetries(async () => await this.throttled(attempt, echoes), {
			policy: { ...RETRY_POLICY, ...this.parts.retry },
			mayRepeat: (failure) =>
				!isServiceOwnFailure(failure) && mayRepeat(failure, changes ? 'never' : 'safe'),
			wait: async (milliseconds) => await this.wait(milliseconds),
		});
	}

	/** One attempt, unless the login has to wait, or the white label was refused a moment ago. */
	private async throttled<Result>(
		attempt: () => Promise<Result>,
		echoes: readonly string[],
	): Promise<Result> {
		const result = await this.throttle.attempt(
			this.identity(),
			async () => {
				if (this.parts.signal?.aborted) throw cancelled();
				if (this.whiteLabelRefusal) throw this.whiteLabelRefusal;
				return await attempt();
			},
			(failure) => {
				if (isRefusal(failure, 'white_label')) this.whiteLabelRefusal = failure;
				return evidenceOf(failure, echoes);
			},
			() => !this.loginAccepted,
		);
		this.loginAccepted = true;
		return result;
	}

	private identity(): LoginIdentity {
		const { endpoint, whiteLabel, user } = this.settings;
		return {
			endpoint,
			whiteLabel: whiteLabel.login,
			login: user.login,
			secret: secretText(user.secret),
		};
	}

	private async exchange(
		envelope: { xml: string; headers: Record<string, string> },
		changes: boolean,
		secrets: string[],
		echoes: readonly string[],
		operation: string,
	): Promise<ServiceAnswer> {
		const { endpoint, loginWords = [], user } = this.settings;
		const { 'Content-Type': contentType = 'text/xml; charset=utf-8', ...headers } =
			envelope.headers;
		const answer = await this.http.text({
			method: 'POST',
			url: endpoint,
			headers: { accept: 'text/xml', ...headers },
			body: { text: envelope.xml, contentType },
			repeat: changes ? 'never' : 'safe',
			accept: READ_STATUSES,
		});
		const context: FailureContext = {
			...answer,
			url: presentableUrl(endpoint),
			changes,
			secrets,
			echoes,
			loginWords,
			loginProven: this.throttle.isProven(this.identity()),
			blankAtSecretsEdge: /^\s|\s$/.test(secretText(user.secret)),
			now: this.now(),
		};
		const read = await readAnswer(answer.body, operation);
		if (read.kind !== 'success') throw failureOf(read, context);
		if (answer.status >= 400)
			throw contradictoryAnswer(`says SUCCESS, but with HTTP status ${answer.status}`, context);
		return { payload: read.payload, context };
	}

	private userPassword(now: Date): string {
		const { login, secret } = this.settings.user;
		return secret.kind === 'password'
			? secret.password
			: ssoPassword(secret.sharedKey, login, now, secret.timeZone);
	}

	private secrets(): string[] {
		const { whiteLabel, user } = this.settings;
		return [whiteLabel.password, secretText(user.secret)];
	}

	private async fetchWsdl(url: string): Promise<string> {
		checkUrl('WSDL URL', url);
		const { body } = await this.http
			.text({ method: 'GET', url, repeat: 'safe' })
			.catch((error: unknown) => {
				throw error instanceof GuichetError ? withoutWsdl(error) : error;
			});
		return body;
	}

	private async wait(milliseconds: number): Promise<void> {
		await sleep(milliseconds, undefined, { signal: this.parts.signal }).catch(() => {
			throw cancelled();
		});
	}
}

const cancelled = () =>
	new GuichetError('cancelled', 'The execution was cancelled', { outcome: 'not_done' });

/** A success of the service, and what is known about the call. */
interface ServiceAnswer {
	payload: XmlElement | undefined;
	context: FailureContext;
}

/**
 * The configuration in an answer, or nothing when there is none.
 *
 * @throws GuichetError `answer_malformed` when it is another account's
 */
function configurationIn(
	{ payload, context }: ServiceAnswer,
	accountName: string,
): AlertConfiguration | undefined {
	const read = readConfiguration(payload, accountName);
	if (!read) return undefined;
	const [other] = read.accountNames.filter((name) => !isSameAccount(name, accountName));
	if (other !== undefined)
		throw contradictoryAnswer(
			`was asked about the account ${accountName}, and answered about "${presentable(other).slice(0, 60)}"`,
			context,
		);
	return read.configuration;
}

/** Names are compared without case, and without the domain that a login has behind its account. */
function isSameAccount(one: string, other: string): boolean {
	const [a, b] = [one, other].map((name) => name.trim().toLowerCase());
	return a === b || a === b?.replace(/@.*$/, '') || a?.replace(/@.*$/, '') === b;
}

/** The endpoint is not what failed: the person has to look at another field of the credential. */
const withoutWsdl = (error: GuichetError): GuichetError =>
	error.with({
		message: `The WSDL cannot be fetched: ${error.message}`,
		field: 'WSDL URL',
		outcome: 'not_done',
		hint: 'Check "WSDL URL" in the credential, or paste the WSDL, or take the built-in one.',
	});

/**
 * A WSDL without a place for what ASPOne itself stores: the person has to know whose value it is.
 */
function withStoredAlerts(error: unknown, stored: StoredAlert[]): unknown {
	const outside = stored.filter((alert) => !isSpecified(alert)).map(formatAlert);
	if (!(error instanceof GuichetError) || error.details.field !== 'WSDL' || outside.length === 0)
		return error;
	return error.with({
		hint: `${error.details.hint ?? ''} ASPOne itself stores alerts outside the specification, which were to be sent along: ${outside.join('; ')}. Without "Send Current Alerts Along" they are not sent.`.trim(),
	});
}

/** Whom a refusal is about; the errors of {@link failureOf} say it. */
const isRefusal = (
	failure: unknown,
	level: 'white_label' | 'user' | 'request',
): failure is GuichetError =>
	failure instanceof GuichetError && failure.details.data?.refusedLevel === level;

/** What a failure says about the user login. */
function evidenceOf(failure: unknown, echoes: readonly string[]): LoginEvidence {
	if (isRefusal(failure, 'user'))
		return failure.details.data?.certain === true ? 'refused' : 'suspected';
	if (!isRefusal(failure, 'request')) return 'unknown';
	return isAmbiguousRefusal(failure.details.serviceMessages ?? [], echoes) ? 'doubtful' : 'unknown';
}

const secretText = (secret: UserSecret): string =>
	secret.kind === 'sso' ? secret.sharedKey : secret.password;

/** What the service may call the user by. */
function loginNames({ user, whiteLabel }: AlertServiceSettings): string[] {
	const [account = ''] = user.login.split('@');
	return [user.login, account, whiteLabel.login].filter(Boolean);
}

/** All texts of a request's values. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap(textsIn);
}

const NO_ANSWER_STATUSES = [502, 503, 504];

/** The service handled the request and failed. A repetition would log in once more. */
const isServiceOwnFailure = ({ code, details }: GuichetError): boolean =>
	code === 'service_failed' &&
	(details.serviceMessages !== undefined || !NO_ANSWER_STATUSES.includes(details.status ?? 0));
