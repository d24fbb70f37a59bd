import { ASSERTION_RULES, type AssertionRules } from '../social-security';

/** Numbers of an employer; either identifies it. */
export interface Employer {
	employerId: number;
	/** Ten digits. */
	enterpriseNumber: string;
	name: string;
}

/** What the sandbox knows of a person beyond the number. */
export interface Person {
	ssin: string;
	familyName: string;
	givenName: string;
	/** False makes a flexi-job end with a warning (90017-058 and 90017-510). */
	flexiAllowed?: boolean;
	/** Student hours that are left; more end with a warning (90017-369). */
	studentHours?: number;
}

export type Kind = 'in' | 'out' | 'update' | 'cancel';

export type Block = Record<string, unknown>;

/** The body of `POST /declarations`, after the schema was checked. */
export interface Submitted {
	employer?: { employerId?: number; enterpriseNumber?: string };
	worker?: Block & { ssin?: string };
	dimonaIn?: Block;
	dimonaOut?: Block;
	dimonaUpdate?: Block;
	dimonaCancel?: Block;
}

export interface Period {
	id: number;
	employer: Employer;
	worker: Block & { ssin?: string };
	workerType: string;
	jointCommissionNumber: string;
	startDate: string;
	startHour?: string;
	endDate?: string;
	endHour?: string;
	plannedHoursNumber?: number;
	cancelled: boolean;
	/** The NSSO has taken it in hand: nothing may be changed. */
	locked: boolean;
}

export interface Verdict {
	/** A, W, B or S; other letters only when a test wants them. */
	result: string;
	anomalies: string[];
	periodId?: number;
}

export interface StoredDeclaration {
	id: number;
	clientId: string;
	kind: Kind;
	body: Submitted;
	/** Milliseconds by the clock of the stand-in. */
	receivedAt: number;
	readyAt: number;
	/** Undefined until it is processed. */
	verdict?: Verdict;
	/** A later judgement that replaces S. */
	laterAt?: number;
	/** What a test wants the judgement to be. */
	scriptedOutcome?: ScriptedOutcome;
}

/** What the next declaration shall end with, instead of what the rules say. */
export interface ScriptedOutcome {
	/** Milliseconds until the result is there; the setting when absent. */
	delay?: number;
	result?: string;
	anomalies?: string[];
	/** With result S: milliseconds until it becomes what the rules say. */
	identifiedAfter?: number;
}

/** How the stand-in behaves. All of it has been seen or reported of the real service. */
export interface DimonaSettings extends AssertionRules {
	/** Milliseconds from reception to result. */
	processingDelay: number;
	/** Milliseconds that Sigedis needs for a worker without SSIN. */
	identificationDelay: number;
	/** How a created declaration is named: in `Location` or not at all. */
	location: 'absolute' | 'relative' | 'trailingSlash' | 'bodyOnly' | 'none';
	/** Ids in answers. */
	ids: 'number' | 'text';
	/** How anomalies are written. */
	anomalyShape: 'errorId' | 'labelTexts' | 'code';
	/** Leaves `period` out of the answers. */
	withoutPeriod: boolean;
	/** Leaves the declared block, employer and worker out of the results. */
	withoutEcho: boolean;
	/** Leaves out of a period whether it is cancelled. */
	withoutCancellationMark: boolean;
	/** A search whose last page leads to its first one. */
	loopingNext: boolean;
	/** A 404 of a declaration that is not ready: Belgif problem, or a bare page. */
	notReady: 'problem' | 'empty';
	/** The last page of a search says `next: false`, or nothing. */
	lastPage: 'absent' | 'false';
	/** Whether a search takes the enterprise number as filter; only the NSSO number is published. */
	filterByEnterpriseNumber: boolean;
	/**
	 * SSINs that hold no more: each with the one that replaced it, or with nothing when cancelled.
	 */
	replacedSsins: Readonly<Record<string, string>>;
	/** `null` in a declaration is refused as another type, or read as absent; not published. */
	nullValues: 'refused' | 'absent';
	/** Another origin in `next`, which a client must not follow. */
	nextOrigin?: string;
}

export const DEFAULT_SETTINGS: DimonaSettings = {
	processingDelay: 3_000,
	identificationDelay: 90_000,
	location: 'absolute',
	ids: 'number',
	anomalyShape: 'errorId',
	withoutPeriod: false,
	withoutEcho: false,
	withoutCancellationMark: false,
	loopingNext: false,
	notReady: 'problem',
	lastPage: 'absent',
	filterByEnterpriseNumber: true,
	replacedSsins: {},
	nullValues: 'refused',
	...ASSERTION_RULES,
};

/** Ids end in two check digits: the first ten modulo 97. */
export function declarationNumber(sequence: number): number {
	const ten = 6_563_000_000 + sequence;
	return ten * 100 + (ten % 97);
}
