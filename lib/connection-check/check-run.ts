import { type ErrorCode, GuichetError } from '../errors/guichet-error';
import type { HttpAnswer, HttpCall } from '../http/call';
import type { HttpClient } from '../http/client';
import {
	type CheckReport,
	type Deviation,
	type Fact,
	type Feature,
	type Finding,
	type Observation,
	type Presence,
	type SettingByHand,
	type SettingValue,
	type Step,
	verdictOf,
} from './report';
import { figure, hostOf, instant, type Safe, say } from './safe-text';

export interface CheckBounds {
	/** Requests in all, tokens included. */
	maxCalls: number;
	maxMilliseconds: number;
}

/** Enough for a federation of some ten providers, and little for any service. */
const BOUNDS: CheckBounds = { maxCalls: 80, maxMilliseconds: 120_000 };

export interface CheckSubject {
	service: Safe;
	role?: Safe;
	environment: Safe;
}

/** Every status is an answer to a check; redirects stay failures. */
const ANY_STATUS = Array.from({ length: 200 }, (_, index) => 400 + index);

/** The bound is reached: the step was not tried. */
class BoundReached extends Error {}

/** What is read of a service's answer. */
export interface CheckedAnswer extends HttpAnswer<unknown> {
	milliseconds: number;
	isWebPage: boolean;
}

/**
 * One check of a connection: its steps, its bounds and its report. A step that fails is a result;
 * what throws is a stop by the person, or a credential that cannot be used at all.
 *
 * @example
 * const run = new CheckRun({ service: say`HubEE`, environment: say`production` }, signal);
 * await run.step(say`Token`, { host }, async () => ({ result: 'ok', proves: say`It gave one.` }));
 * return run.report();
 */
export class CheckRun {
	readonly steps: Step[] = [];

	readonly deviations: Deviation[] = [];

	readonly settingsByHand: SettingByHand[] = [];

	/** Ends every call when the person stops, or the time is over. */
	readonly signal: AbortSignal;

	/** Of the slowest answer, in milliseconds. */
	slowest = 0;

	private calls = 0;

	private readonly features: Feature[] = [];

	private readonly seen: Observation[] = [];

	private readonly settings: Record<string, Record<string, SettingValue>> = {};

	private readonly begunAt = Date.now();

	private readonly overtime: AbortSignal;

	constructor(
		private readonly subject: CheckSubject,
		private readonly stop?: AbortSignal,
		private readonly bounds: CheckBounds = BOUNDS,
	) {
		this.overtime = AbortSignal.timeout(bounds.maxMilliseconds);
		this.signal = stop ? AbortSignal.any([stop, this.overtime]) : this.overtime;
	}

	/**
	 * Does one step and keeps what it found. A failure of the service becomes its result.
	 *
	 * @returns whether it is worth to go on: it neither failed nor was left out
	 */
	async step(
		name: Safe,
		about: { host?: string },
		work: () => Promise<Finding> | Finding,
	): Promise<boolean> {
		const begun = performance.now();
		const found = await this.finding(work);
		const { result, proves, todo = null, facts = {} } = found;
		this.steps.push({
			name,
			...(about.host === undefined ? {} : { host: hostOf(about.host) }),
			result,
			milliseconds: figure(performance.now() - begun),
			proves,
			todo,
			facts,
		});
		return result === 'ok' || result === 'warning';
	}

	/** Notes what an earlier failure leaves no way to try. */
	skip(because: Safe, ...names: Safe[]): void {
		for (const name of names)
			this.steps.push({
				name,
				result: 'notTried',
				milliseconds: figure(0),
				proves: because,
				todo: null,
				facts: {},
			});
	}

	/**
	 * Counts a request that is about to be sent.
	 *
	 * @throws BoundReached when there have been enough
	 */
	count(): void {
		this.assertWanted();
		if (this.calls >= this.bounds.maxCalls || this.overtime.aborted) throw new BoundReached();
		this.calls += 1;
	}

	/** Sends a request that changes nothing. Whatever the status is, it is an answer. */
	async ask(
		send: (call: HttpCall) => Promise<HttpAnswer<unknown>>,
		call: Omit<HttpCall, 'repeat' | 'accept'>,
	): Promise<CheckedAnswer> {
		this.count();
		const begun = performance.now();
		const answer = await send({ ...call, repeat: 'safe', accept: ANY_STATUS });
		const milliseconds = performance.now() - begun;
		this.slowest = Math.max(this.slowest, milliseconds);
		const isWebPage = /\bhtml\b/i.test(answer.headers['content-type'] ?? '');
		return { ...answer, milliseconds, isWebPage };
	}

	/** {@link ask} with a client. */
	async askWith(
		http: HttpClient,
		call: Omit<HttpCall, 'repeat' | 'accept'>,
	): Promise<CheckedAnswer> {
		return await this.ask(async (one) => await http.raw(one), call);
	}

	/** Notes whether something optional is there. */
	feature(name: Safe, presence: Presence, host: Safe | null = null): void {
		this.features.push({ name, host, presence });
	}

	/** Notes a limit or a form that was seen. */
	see(name: Safe, value: Fact, host: Safe | null = null): void {
		this.seen.push({ name, host, value });
	}

	/** Adds to the value of a collection of the node's form. */
	set(collection: 'options' | 'apiProfile', name: Safe, value: SettingValue): void {
		this.settings[collection] = { ...this.settings[collection], [name]: value };
	}

	/** A slow service needs a longer timeout than the node's usual one. */
	setTimeoutFor(collection: 'options' | 'apiProfile', usualSeconds: number): void {
		const needed = Math.ceil((3 * this.slowest) / 1000);
		if (needed > usualSeconds) this.set(collection, say`timeoutSeconds`, figure(needed));
	}

	report(): CheckReport {
		const { service, role = null, environment } = this.subject;
		const verdict = verdictOf(this.steps);
		return {
			format: 1,
			service,
			role,
			environment,
			begunAt: instant(this.begunAt),
			milliseconds: figure(Date.now() - this.begunAt),
			calls: figure(this.calls),
			verdict,
			works: verdict !== 'failed',
			steps: this.steps,
			features: this.features,
			seen: this.seen,
			deviations: this.deviations,
			settings: this.settings,
			settingsByHand: this.settingsByHand,
		};
	}

	/** @throws GuichetError `cancelled` when the person has stopped the execution */
	private assertWanted(): void {
		if (this.stop?.aborted)
			throw new GuichetError('cancelled', 'The execution was cancelled', { outcome: 'not_done' });
	}

	private async finding(work: () => Promise<Finding> | Finding): Promise<Finding> {
		const working = async () => await work();
		return await working().catch((error: unknown) => this.findingAfter(error));
	}

	private findingAfter(error: unknown): Finding {
		this.assertWanted();
		if (error instanceof BoundReached || this.overtime.aborted)
			return {
				result: 'notTried',
				proves: say`Nothing: a check sends at most ${figure(this.bounds.maxCalls)} requests and takes at most ${figure(this.bounds.maxMilliseconds / 1000)} s.`,
				todo: say`Check again when the service answers faster.`,
			};
		if (!(error instanceof GuichetError) || error.code === 'invalid_input') throw error;
		return findingOf(error);
	}
}

/** What a failure without an answer means, in words of our own: it may quote the service. */
const FAILURES: Partial<Record<ErrorCode, [proves: Safe, todo: Safe]>> = {
	unreachable: [
		say`The service could not be reached, or it closed the connection.`,
		say`Check the network, the firewall and the proxy of the machine that runs n8n, then try again.`,
	],
	timeout: [
		say`The service did not answer in time.`,
		say`Try again later; raise "Timeout (Seconds)" if it is always slow.`,
	],
	tls: [
		say`The connection is not trusted.`,
		say`See the step "TLS": the authority may have to be put into "Extra CA Certificates" of the credential.`,
	],
	address_blocked: [
		say`n8n's protection of the inner network does not let this address be called.`,
		say`Ask n8n's administrator to allow the address, if it is right.`,
	],
	untrusted_address: [
		say`Nobody has confirmed this host, so no token was sent there.`,
		say`If it belongs to the federation, put it into "Trusted Provider Hosts" of the credential.`,
	],
	redirected: [
		say`The service answers with a redirect, which is never followed with a token.`,
		say`Check the addresses in the credential: http in place of https, or the sign-in page of a proxy, are the usual reasons.`,
	],
	answer_malformed: [
		say`The answer is not one of this service.`,
		say`Check the addresses in the credential; a proxy may answer in place of the service.`,
	],
	answer_too_large: [
		say`The answer is larger than what is read.`,
		say`Please report it, with this report.`,
	],
};

function findingOf({ code, details: { status } }: GuichetError): Finding {
	const refusal = status === undefined ? undefined : refusalOf({ status, isWebPage: false });
	if (refusal && code !== 'answer_malformed') return refusal;
	const [proves, todo] = FAILURES[code] ?? [
		say`It failed in a way that the check does not know.`,
		say`Please report it, with this report.`,
	];
	return { result: 'failed', proves, todo };
}

/**
 * What a status other than success says, apart from the service's own rules. Nothing for a success.
 *
 * @example
 * refusalOf({ status: 200, isWebPage: false }); // nothing
 */
export function refusalOf({
	status,
	isWebPage,
}: Pick<CheckedAnswer, 'status' | 'isWebPage'>): Finding | undefined {
	const facts = { status: figure(status) };
	const failed = (proves: Safe, todo: Safe): Finding => ({ result: 'failed', proves, todo, facts });
	if (isWebPage)
		return failed(
			say`A web page came in place of an answer (HTTP ${figure(status)}).`,
			say`A proxy or a portal answers, or the service is under maintenance: check the addresses in the credential.`,
		);
	// A redirect is a failure of its own, told in its own words.
	if (status < 400) return undefined;
	if (status === 401)
		return failed(
			say`The service refuses a token that was given a moment ago.`,
			say`The address of the service and that of the token belong to different environments: choose the right environment in the credential.`,
		);
	if (status === 403)
		return failed(
			say`The account is not allowed this.`,
			say`Have the right or the scope added where the account was made, or choose another account.`,
		);
	if (status === 404)
		return failed(
			say`Nothing answers at this path.`,
			say`Check the environment, or the addresses in the credential.`,
		);
	if (status === 429)
		return failed(
			say`The service asks for fewer requests.`,
			say`Wait some minutes, and lower "Parallel Calls".`,
		);
	if (status >= 500)
		return failed(
			say`The service fails (HTTP ${figure(status)}).`,
			say`Try again later, then write to the service's support.`,
		);
	return failed(
		say`The service refuses the request (HTTP ${figure(status)}).`,
		say`It may speak another version of its contract: please report it, with this report.`,
	);
}
