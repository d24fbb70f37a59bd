import { isObject, textIn } from '../../../lib/answers/json';
import { type Anomaly, readAnomalies } from './anomalies/read';
import { type DeclarationKind, idText, type Json, kindOf } from './types';

/**
 * What became of a declaration.
 *
 * - `pending`: received, no result yet
 * - `waitingForIdentification`: Sigedis is identifying the worker; another result will follow
 * - `unknown`: a result that is not in the published list; never taken for a success
 */
export type DeclarationStatus =
	| 'pending'
	| 'accepted'
	| 'acceptedWithWarning'
	| 'refused'
	| 'waitingForIdentification'
	| 'unknown';

/** What is known of a declaration because it was sent; an answer need not repeat it. */
export interface SentFacts {
	kind?: DeclarationKind;
	workerType?: string;
}

export interface DeclarationResult {
	declarationId?: string;
	/** The number to use in OUT, UPDATE and CANCEL. */
	periodId?: string;
	status: DeclarationStatus;
	/** Whether another result may still come. */
	final: boolean;
	/** The authority's letter. */
	result?: string;
	kind?: DeclarationKind;
	workerType?: string;
	anomalies: Anomaly[];
	/**
	 * Whether the warning means that the worker may not be employed as a flexi-jobber; `null` when it
	 * cannot be told: a warning without a known anomaly, or an unknown worker type.
	 */
	flexiJobForbidden: boolean | null;
	/**
	 * Whether a CANCEL or OUT was refused because the period was cancelled or closed before; `null`
	 * when it is not known what was declared.
	 */
	alreadyDone: boolean | null;
	/** The service's answer as it is. */
	raw: Json;
}

const STATUSES: Readonly<Record<string, DeclarationStatus | undefined>> = {
	A: 'accepted',
	W: 'acceptedWithWarning',
	B: 'refused',
	S: 'waitingForIdentification',
};

/**
 * Reads an answer of `GET /declarations/{id}`. Everything but the result is optional, ids may be
 * numbers or texts. Kind and worker type come from what was sent, where that is known.
 *
 * @returns `undefined` when the answer holds no result yet
 */
export function readDeclaration(
	answer: unknown,
	sent: SentFacts = {},
): DeclarationResult | undefined {
	if (!isObject(answer) || !isObject(answer.declarationStatus)) return undefined;
	const state = answer.declarationStatus;
	if (typeof state.result !== 'string' || state.result.trim() === '') return undefined;
	const result = state.result.trim().toUpperCase();
	const status = (Object.hasOwn(STATUSES, result) && STATUSES[result]) || 'unknown';
	const kind = sent.kind ?? kindOf(answer);
	const workerType = sent.workerType ?? workerTypeOf(answer);
	const anomalies = readAnomalies(state, { result, workerType });
	return {
		declarationId: idText(state.declarationId),
		periodId: isObject(state.period) ? idText(state.period.id) : idText(state.period),
		status,
		final: status !== 'waitingForIdentification',
		result,
		kind,
		workerType,
		anomalies,
		flexiJobForbidden: isFlexiJobForbidden(status, workerType, anomalies),
		alreadyDone: status === 'refused' ? isRepetition(kind, anomalies) : false,
		raw: answer,
	};
}

function isFlexiJobForbidden(
	status: DeclarationStatus,
	workerType: string | undefined,
	anomalies: Anomaly[],
): boolean | null {
	if (anomalies.some(({ forbidsFlexiJob }) => forbidsFlexiJob === true)) return true;
	if (anomalies.some(({ forbidsFlexiJob }) => forbidsFlexiJob === null)) return null;
	const isWarned = status === 'acceptedWithWarning';
	const mayBeFlexi = workerType === undefined || workerType === 'FLX';
	return isWarned && mayBeFlexi && anomalies.length === 0 ? null : false;
}

function workerTypeOf(answer: Json): string | undefined {
	const block = answer.dimonaIn;
	const features = isObject(block) ? block.features : undefined;
	return isObject(features) ? textIn(features.workerType) : undefined;
}

/** A cancelled period cannot be cancelled again (355), a closed one not be closed again (356). */
const REPETITIONS: Readonly<Partial<Record<DeclarationKind, string>>> = {
	cancel: '-355',
	out: '-356',
};

function isRepetition(kind: DeclarationKind | undefined, anomalies: Anomaly[]): boolean | null {
	const has = (ending: string) => anomalies.some(({ code }) => code.endsWith(ending));
	if (kind === undefined) return has('-355') || has('-356') ? null : false;
	const ending = REPETITIONS[kind];
	return ending !== undefined && has(ending);
}
