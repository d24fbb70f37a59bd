import { createHash } from 'node:crypto';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { DAY_MS, MINUTE_MS } from '../../../lib/time/durations';

/** Who tries to log in where. */
export interface LoginIdentity {
	endpoint: string;
	whiteLabel: string;
	login: string;
	/** Password or shared key; only its digest is kept, to see that it was changed. */
	secret: string;
}

/** What a call says about the login it was made with. */
export type LoginEvidence =
	| 'accepted'
	| 'refused'
	/** Refused by words that have another reading; a recent proof outweighs it. */
	| 'suspected'
	/** Refused for a reason that could be the login as well as anything else. */
	| 'doubtful'
	| 'unknown';

/**
 * The service makes a user wait after each failed login, the longer the more failures there were,
 * 30 minutes at most (specification of WS Alert); the unit is not published. One minute per failure
 * keeps us on the safe side.
 */
const WAIT_PER_FAILURE_MS = MINUTE_MS;

const LONGEST_WAIT_MS = 30 * MINUTE_MS;

/** A wait that the service names is obeyed up to here; a longer one is no wait after a login. */
const LONGEST_NAMED_WAIT_MS = DAY_MS;

/** An accepted login is taken for good so long; after that the next call tries it out alone. */
const PROOF_LASTS_MS = MINUTE_MS;

/**
 * The texts of refused logins are not published. The same refusal so many times in a row, without a
 * word about what was asked, for a login that has never been accepted in this process, is taken for
 * a refused login.
 */
const DOUBTS_BEFORE_WAIT = 3;

const MOST_REMEMBERED = 1000;

interface LoginState {
	failures: number;
	/** How often in a row the same doubtful text came. */
	doubts: { text: string; times: number };
	/** Milliseconds since the epoch. */
	blockedUntil: number;
	/** Digest of the secret that was accepted last. */
	provenWith?: string;
	/** Milliseconds since the epoch. */
	provenAt: number;
	/** What the service said when it refused the login. */
	refusal?: GuichetError;
	/** Ends when the call that tries out a login has ended. */
	probe: Promise<void>;
}

/**
 * Keeps this process from calling with a login that was just refused: each further try would make
 * the service's own wait longer, for everyone who uses that account. As long as a login has not
 * been accepted, only one call at a time is made with it, so that a wrong password over fifty items
 * makes one call.
 *
 * @example await new LoginThrottle().attempt(login, async () => await send(), judge);
 */
export class LoginThrottle {
	private readonly states = new Map<string, LoginState>();

	constructor(private readonly now: () => number = Date.now) {}

	/**
	 * Makes a call, unless the login has to wait.
	 *
	 * @param judge what the failure of the call says about the login
	 * @param alone whether no other call shall be made meanwhile although the login is known to be
	 * good; asked again after each wait
	 * @throws GuichetError `unauthenticated` with `data.nextTryAt` while the login has to wait;
	 * nothing was sent then
	 *
	 * @example
	 * await processThrottle.attempt(identity, async () => await post(envelope), evidenceOf);
	 */
	async attempt<Result>(
		identity: LoginIdentity,
		call: () => Promise<Result>,
		judge: (failure: unknown) => LoginEvidence,
		alone: () => boolean = () => false,
	): Promise<Result> {
		const state = this.stateOf(identity);
		const secret = digest(identity.secret);
		const release = await this.admit(state, secret, alone);
		try {
			const result = await call();
			this.accept(state, secret);
			return result;
		} catch (failure) {
			this.learn(state, judge(failure), secret, failure);
			throw this.withNextTry(state, failure);
		} finally {
			release();
		}
	}

	/** Whether the login was accepted a moment ago, with the same password or key. */
	isProven(identity: LoginIdentity): boolean {
		return this.isFresh(this.stateOf(identity), digest(identity.secret));
	}

	private isFresh({ provenWith, provenAt }: LoginState, secret: string): boolean {
		return provenWith === secret && this.now() - provenAt < PROOF_LASTS_MS;
	}

	/** Waits until the login is known to be good, or until it is this call's turn to try it out. */
	private async admit(
		state: LoginState,
		secret: string,
		alone: () => boolean,
	): Promise<() => void> {
		const goesAtOnce = () => this.isFresh(state, secret) && !alone();
		for (;;) {
			this.assertFree(state);
			if (goesAtOnce()) return () => {};
			const before = state.probe;
			await before;
			if (state.probe !== before || goesAtOnce()) continue;
			this.assertFree(state);
			let release = () => {};
			state.probe = new Promise((resolve) => (release = resolve));
			return release;
		}
	}

	private accept(state: LoginState, secret: string): void {
		Object.assign(state, {
			failures: 0,
			doubts: NO_DOUBTS,
			blockedUntil: 0,
			provenWith: secret,
			provenAt: this.now(),
			refusal: undefined,
		});
	}

	private learn(
		state: LoginState,
		evidence: LoginEvidence,
		secret: string,
		failure: unknown,
	): void {
		const refusal = failure instanceof GuichetError ? failure : undefined;
		if (evidence === 'suspected' && this.isFresh(state, secret)) {
			// The next call goes alone; a second suspicion counts.
			state.provenWith = undefined;
			return;
		}
		if (evidence === 'doubtful' && state.provenWith !== secret) {
			const text = refusal?.message ?? '';
			const times = state.doubts.text === text ? state.doubts.times + 1 : 1;
			state.doubts = { text, times };
			if (times < DOUBTS_BEFORE_WAIT) return;
		} else if (evidence !== 'refused' && evidence !== 'suspected') return;
		state.doubts = NO_DOUBTS;
		state.failures += 1;
		state.provenWith = undefined;
		state.refusal = refusal;
		const named = (refusal?.details.retryAfterSeconds ?? 0) * 1000;
		const ours = Math.min(state.failures * WAIT_PER_FAILURE_MS, LONGEST_WAIT_MS);
		state.blockedUntil = this.now() + Math.max(ours, Math.min(named, LONGEST_NAMED_WAIT_MS));
	}

	private withNextTry(state: LoginState, failure: unknown): unknown {
		if (!(failure instanceof GuichetError) || state.blockedUntil <= this.now()) return failure;
		const wait = `The next try with this login is possible ${nextTryText(state, this.now())}.`;
		return failure.with({
			hint: [failure.details.hint, wait, WAIT_HINT].filter(Boolean).join(' '),
			data: { ...failure.details.data, nextTryAt: nextTryAt(state) },
		});
	}

	private assertFree(state: LoginState): void {
		if (state.blockedUntil <= this.now()) return;
		throw new GuichetError(
			'unauthenticated',
			`This login was refused a moment ago, so ASPOne was not called; the next try is possible ${nextTryText(state, this.now())}`,
			{
				outcome: 'not_done',
				// The reason stands in the first failure, which other items or executions may not see.
				serviceMessages: state.refusal?.details.serviceMessages,
				hint: WAIT_HINT,
				data: { refusedLevel: 'user', nextTryAt: nextTryAt(state), notCalled: true },
			},
		);
	}

	private stateOf({ endpoint, whiteLabel, login }: LoginIdentity): LoginState {
		const key = digest(JSON.stringify([endpoint, whiteLabel, login]));
		let state = this.states.get(key);
		if (!state) {
			const oldest = this.states.keys().next();
			if (this.states.size >= MOST_REMEMBERED && !oldest.done) this.states.delete(oldest.value);
			state = {
				failures: 0,
				doubts: NO_DOUBTS,
				blockedUntil: 0,
				provenAt: 0,
				probe: Promise.resolve(),
			};
			this.states.set(key, state);
		}
		return state;
	}
}

const NO_DOUBTS = { text: '', times: 0 };

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** For workflows: ISO 8601, UTC. */
const nextTryAt = ({ blockedUntil }: LoginState): string => new Date(blockedUntil).toISOString();

/** For people: rounded up, so that whoever waits until then has waited long enough. */
function nextTryText({ blockedUntil }: LoginState, now: number): string {
	const minutes = Math.ceil((blockedUntil - now) / MINUTE_MS);
	const at = new Date(Math.ceil(blockedUntil / MINUTE_MS) * MINUTE_MS).toISOString().slice(11, 16);
	return `in about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} (at ${at} UTC)`;
}

const WAIT_HINT =
	"Until then no call is made with it, because each failed login makes ASPOne's own wait longer. " +
	'Correct the user login, password or shared key in the credential first, and leave "Retry On Fail" of the node off.';

/** The one throttle of this process: all executions and the credential test share it. */
export const processThrottle = new LoginThrottle();
