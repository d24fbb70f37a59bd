import { createHash } from 'node:crypto';

import { GuichetError } from '../../../lib/errors/guichet-error';

/** Who tries to log in where. */
export interface LoginIdentity {
	endpoint: string;
	whiteLabel: string;
	login: string;
	/** Password or shared key; only its digest is kept, to see that it was changed. */
	secret: string;
}

/** What a call says about the login it was made with. */
export type LoginEvidence = 'accepted' | 'refused' | 'doubtful' | 'unknown';

/**
 * The service makes a user wait after each failed login, the longer the more failures there were,
 * 30 minutes at most (specification of WS Alert); the unit is not published. One minute per failure
 * keeps us on the safe side.
 */
const WAIT_PER_FAILURE_MS = 60_000;

const LONGEST_WAIT_MS = 30 * 60_000;

/**
 * The service's text for a refused login is not published. So many refusals in a row that are not
 * understood, for a login that has never been accepted in this process, are taken for refused
 * logins.
 */
const DOUBTS_BEFORE_WAIT = 3;

const MOST_REMEMBERED = 1000;

interface LoginState {
	failures: number;
	doubts: number;
	/** Milliseconds since the epoch. */
	blockedUntil: number;
	/** Digest of the secret that was accepted last. */
	provenWith?: string;
	/** Ends when the call that tries out a login has ended. */
	probe: Promise<void>;
}

/**
 * Keeps this process from calling with a login that was just refused: each further try would make
 * the service's own wait longer, for everyone who uses that account. As long as a login has not
 * been accepted, only one call at a time is made with it, so that a wrong password over fifty items
 * makes one call.
 */
export class LoginThrottle {
	private readonly states = new Map<string, LoginState>();

	constructor(private readonly now: () => number = Date.now) {}

	/**
	 * Makes a call, unless the login has to wait.
	 *
	 * @param judge what the result of the call, or its failure, says about the login
	 * @throws GuichetError `unauthenticated` with `data.nextTryAt` while the login has to wait;
	 * nothing was sent then
	 */
	async attempt<Result>(
		identity: LoginIdentity,
		call: () => Promise<Result>,
		judge: (failure: unknown) => LoginEvidence,
	): Promise<Result> {
		const state = this.stateOf(identity);
		const secret = digest(identity.secret);
		const release = await this.admit(state, secret);
		try {
			const result = await call();
			this.learn(state, 'accepted', secret);
			return result;
		} catch (failure) {
			this.learn(state, judge(failure), secret);
			throw this.withNextTry(state, failure);
		} finally {
			release();
		}
	}

	/** Waits until the login is known to be good, or until it is this call's turn to try it out. */
	private async admit(state: LoginState, secret: string): Promise<() => void> {
		for (;;) {
			this.assertFree(state);
			if (state.provenWith === secret) return () => {};
			const before = state.probe;
			await before;
			if (state.probe !== before || state.provenWith === secret) continue;
			this.assertFree(state);
			let release = () => {};
			state.probe = new Promise((resolve) => (release = resolve));
			return release;
		}
	}

	private learn(state: LoginState, verdict: LoginEvidence, secret: string): void {
		if (verdict === 'accepted') {
			Object.assign(state, { failures: 0, doubts: 0, blockedUntil: 0, provenWith: secret });
			return;
		}
		if (verdict === 'doubtful' && state.provenWith !== secret) state.doubts += 1;
		if (verdict !== 'refused' && state.doubts < DOUBTS_BEFORE_WAIT) return;
		state.doubts = 0;
		state.failures += 1;
		state.provenWith = undefined;
		state.blockedUntil =
			this.now() + Math.min(state.failures * WAIT_PER_FAILURE_MS, LONGEST_WAIT_MS);
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
				hint: WAIT_HINT,
				data: { refusedLevel: 'user', nextTryAt: nextTryAt(state) },
			},
		);
	}

	private stateOf({ endpoint, whiteLabel, login }: LoginIdentity): LoginState {
		const key = digest(JSON.stringify([endpoint, whiteLabel, login]));
		let state = this.states.get(key);
		if (!state) {
			const oldest = this.states.keys().next();
			if (this.states.size >= MOST_REMEMBERED && !oldest.done) this.states.delete(oldest.value);
			state = { failures: 0, doubts: 0, blockedUntil: 0, probe: Promise.resolve() };
			this.states.set(key, state);
		}
		return state;
	}
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** For workflows: ISO 8601, UTC. */
const nextTryAt = ({ blockedUntil }: LoginState): string => new Date(blockedUntil).toISOString();

const MINUTE_MS = 60_000;

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
