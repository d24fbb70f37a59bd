import type { Figure, Safe } from './safe-text';

/**
 * - `ok`: seen to work
 * - `warning`: works, and something has to be known or done
 * - `failed`: does not work
 * - `notTried`: could not be tried, because of an earlier step or a bound
 */
export type StepResult = 'ok' | 'warning' | 'failed' | 'notTried';

export type Fact = Safe | Figure | boolean | readonly Safe[];

/** What a step found. */
export interface Finding {
	result: StepResult;
	/** What follows from it. */
	proves: Safe;
	/** What to do about it; nothing where nothing is to be done. */
	todo?: Safe;
	facts?: Readonly<Record<string, Fact>>;
}

export interface Step {
	name: Safe;
	/** Whom it was about. */
	host?: Safe;
	result: StepResult;
	milliseconds: Figure;
	proves: Safe;
	todo: Safe | null;
	facts: Readonly<Record<string, Fact>>;
}

/**
 * Where an answer is not what the package reads: a field is missing or of another type, or is there
 * and unknown to it. Field names and never values.
 */
export interface Deviation {
	answer: Safe;
	field: Safe;
	problem: 'missing' | 'otherType' | 'notUsed';
}

export type Presence = 'yes' | 'no' | 'unknown';

/** Whether something optional is there, at one host where there are several. */
export interface Feature {
	name: Safe;
	host: Safe | null;
	presence: Presence;
}

/** A limit or a form that was seen. */
export interface Observation {
	name: Safe;
	host: Safe | null;
	value: Fact;
}

export type SettingValue = Safe | Figure | boolean | Readonly<Record<string, Safe>>;

/** A setting that a person has to make, because it decides where a token goes. */
export interface SettingByHand {
	field: Safe;
	value: Safe;
	why: Safe;
}

/** What a check found out. Nothing in it is secret or about a person. */
export interface CheckReport {
	format: 1;
	service: Safe;
	/** The role or the kind of account, where the service has several. */
	role: Safe | null;
	environment: Safe;
	begunAt: Safe;
	milliseconds: Figure;
	calls: Figure;
	/** The worst result of the steps, those not tried left out. */
	verdict: Exclude<StepResult, 'notTried'>;
	/** No step failed. */
	works: boolean;
	steps: Step[];
	features: Feature[];
	seen: Observation[];
	deviations: Deviation[];
	/**
	 * What to set: `options` or `apiProfile` is the value of the node's collection of that name, to
	 * be taken by an expression.
	 */
	settings: Record<string, Record<string, SettingValue>>;
	settingsByHand: SettingByHand[];
}

const SEVERITY: Record<StepResult, number> = { notTried: 0, ok: 1, warning: 2, failed: 3 };

/** The worst of the results. A check that could try nothing has failed. */
export function verdictOf(steps: readonly Step[]): CheckReport['verdict'] {
	const worst = steps.reduce<StepResult>(
		(before, { result }) => (SEVERITY[result] > SEVERITY[before] ? result : before),
		'notTried',
	);
	return worst === 'notTried' ? 'failed' : worst;
}
