import type { MockClock } from '../mock-server';
import { anomaliesOfChange, anomaliesOfIn, periodAfterUpdate } from './judge';
import {
	declarationNumber,
	type DimonaSettings,
	type Employer,
	type Verdict,
	type Kind,
	type Period,
	type Person,
	type StoredDeclaration,
	type Submitted,
	type ScriptedOutcome,
} from './model';

/**
 * Every declaration and period of the stand-in. Declarations are judged when their time has come,
 * in the order of their reception.
 */
export class Registry {
	employers: Employer[] = [];
	people: Person[] = [];
	declarations: StoredDeclaration[] = [];
	periods: Period[] = [];
	private scriptedOutcomes: ScriptedOutcome[] = [];
	private sequence = 0;

	constructor(
		private readonly clock: MockClock,
		private readonly settings: DimonaSettings,
	) {}

	/** Makes the next declaration end in a given way. */
	scriptOutcome(outcome: ScriptedOutcome): void {
		this.scriptedOutcomes.push(outcome);
	}

	/** Forgets outcomes that no declaration has taken. */
	wantNothing(): void {
		this.scriptedOutcomes = [];
	}

	/** Records a declaration; from now on it exists, whatever becomes of the answer. */
	receive(clientId: string, body: Submitted): StoredDeclaration {
		const scriptedOutcome = this.scriptedOutcomes.shift();
		const delay = scriptedOutcome?.delay ?? this.settings.processingDelay;
		return this.record(clientId, body, delay, scriptedOutcome);
	}

	/** Records what somebody declared elsewhere, with its result at once. */
	enter(clientId: string, body: Submitted): StoredDeclaration {
		return this.record(clientId, body, 0, undefined);
	}

	private record(
		clientId: string,
		body: Submitted,
		delay: number,
		scriptedOutcome: ScriptedOutcome | undefined,
	): StoredDeclaration {
		const receivedAt = this.clock.milliseconds();
		const stored: StoredDeclaration = {
			id: this.nextNumber(),
			clientId,
			kind: kindOf(body),
			body,
			receivedAt,
			readyAt: receivedAt + delay,
			scriptedOutcome,
		};
		this.declarations.push(stored);
		return stored;
	}

	/** A declaration, judged if it is time. */
	declaration(id: number): StoredDeclaration | undefined {
		this.settle();
		return this.declarations.find((one) => one.id === id);
	}

	period(id: number): Period | undefined {
		this.settle();
		return this.periods.find((one) => one.id === id);
	}

	employerOf(numbers: Submitted['employer'] = {}): Employer | undefined {
		return this.employers.find(
			({ employerId, enterpriseNumber }) =>
				numbers.employerId === employerId || numbers.enterpriseNumber === enterpriseNumber,
		);
	}

	/** Judges all that is due. */
	settle(): void {
		const now = this.clock.milliseconds();
		for (const one of this.declarations) {
			if (!one.verdict && one.readyAt <= now) this.judge(one);
			if (one.laterAt !== undefined && one.laterAt <= now) {
				one.laterAt = undefined;
				one.scriptedOutcome = undefined;
				one.verdict = this.byRules(one);
			}
		}
	}

	reset(): void {
		this.declarations = [];
		this.periods = [];
		this.scriptedOutcomes = [];
		this.sequence = 0;
	}

	private judge(one: StoredDeclaration): void {
		const { scriptedOutcome } = one;
		const unidentified = one.kind === 'in' && !one.body.worker?.ssin;
		const identifying =
			scriptedOutcome?.result === 'S' || (unidentified && !scriptedOutcome?.result);
		if (identifying) {
			one.verdict = { result: 'S', anomalies: [] };
			one.laterAt =
				one.readyAt + (scriptedOutcome?.identifiedAfter ?? this.settings.identificationDelay);
			return;
		}
		one.verdict = this.byRules(one);
	}

	private byRules(one: StoredDeclaration): Verdict {
		const judged = one.kind === 'in' ? this.anomaliesOfIn(one) : this.anomaliesOfChange(one);
		const { result = judged.result, anomalies = judged.anomalies } = one.scriptedOutcome ?? {};
		return { ...judged, result, anomalies };
	}

	private anomaliesOfIn(one: StoredDeclaration): Verdict {
		const { body } = one;
		const employer = this.employerOf(body.employer);
		if (!employer) return { result: 'B', anomalies: ['90256-151'] };
		const person = this.people.find(({ ssin }) => ssin === body.worker?.ssin);
		if (body.worker?.ssin && !person) return { result: 'B', anomalies: ['90017-151'] };
		const { blocking, warnings } = anomaliesOfIn(body, {
			periods: this.periods.filter(
				(period) => period.employer === employer && isSameWorker(period, body),
			),
			person,
			today: belgianDay(one.receivedAt),
		});
		if (blocking.length > 0 || one.scriptedOutcome?.result === 'B')
			return { result: 'B', anomalies: blocking };
		const period = this.open(one, employer, person);
		return {
			result: warnings.length > 0 ? 'W' : 'A',
			anomalies: warnings,
			periodId: period.id,
		};
	}

	private open(one: StoredDeclaration, employer: Employer, person: Person | undefined): Period {
		const { features, ...span } = one.body.dimonaIn as Record<string, unknown> & {
			features: { workerType: string; jointCommissionNumber: string };
		};
		const period = {
			// The IN's number names the period.
			id: one.id,
			employer,
			worker: {
				...one.body.worker,
				...(person && { familyName: person.familyName, givenName: person.givenName }),
			},
			...features,
			...span,
			cancelled: false,
			locked: false,
		} as unknown as Period;
		this.periods.push(period);
		return period;
	}

	private anomaliesOfChange(one: StoredDeclaration): Verdict {
		const block = (one.body.dimonaOut ?? one.body.dimonaUpdate ?? one.body.dimonaCancel ?? {}) as {
			periodId: number;
		};
		const period = this.periods.find(({ id }) => id === block.periodId);
		const others = this.periods.filter(
			(other) =>
				other !== period &&
				other.employer === period?.employer &&
				other.worker.ssin === period.worker.ssin,
		);
		const anomalies = anomaliesOfChange(one.body, period, others);
		if (anomalies.length > 0 || !period || one.scriptedOutcome?.result === 'B')
			return { result: 'B', anomalies, periodId: period?.id };
		if (one.kind === 'cancel') period.cancelled = true;
		else Object.assign(period, periodAfterUpdate(period, block));
		return { result: 'A', anomalies: [], periodId: period.id };
	}

	private nextNumber(): number {
		// The numbers of different employers' declarations are mixed, so ours have gaps.
		this.sequence += 37;
		return declarationNumber(this.sequence);
	}
}

function kindOf(body: Submitted): Kind {
	if (body.dimonaIn) return 'in';
	if (body.dimonaOut) return 'out';
	return body.dimonaUpdate ? 'update' : 'cancel';
}

function isSameWorker(period: Period, { worker = {} }: Submitted): boolean {
	if (worker.ssin) return period.worker.ssin === worker.ssin;
	const names = ['familyName', 'givenName', 'birthDate'];
	return !period.worker.ssin && names.every((name) => period.worker[name] === worker[name]);
}

/** Belgian calendar day of an instant. */
function belgianDay(milliseconds: number): string {
	return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(milliseconds);
}
