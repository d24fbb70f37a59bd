import { type Anomaly, readAnomalies } from './anomalies/read';
import { type DeclarationKind, idText, isObject, type Json, kindOf } from './types';

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
	/** True when the warning means that the worker may not be employed as a flexi-jobber. */
	flexiJobForbidden: boolean;
	/** A second CANCEL or OUT was refused because the first one had worked. */
	alreadyDone: boolean;
	/** The service's answer as it is. */
	raw: Json;
}

const STATUSES: Record<string, DeclarationStatus> = {
	A: 'accepted',
	W: 'acceptedWithWarning',
	B: 'refused',
	S: 'waitingForIdentification',
};

/**
 * Reads an answer of `GET /declarations/{id}`. Everything but the result is optional, ids may be
 * numbers or texts.
 *
 * @returns `undefined` when the answer holds no result yet
 */
export function readDeclaration(answer: unknown): DeclarationResult | undefined {
	if (!isObject(answer) || !isObject(answer.declarationStatus)) return undefined;
	const state = answer.declarationStatus;
	if (typeof state.result !== 'string' || state.result.trim() === '') return undefined;
	const result = state.result.trim().toUpperCase();
	const status = Object.hasOwn(STATUSES, result) ? STATUSES[result] : 'unknown';
	const kind = kindOf(answer);
	const workerType = workerTypeOf(answer);
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
		flexiJobForbidden: anomalies.some(({ forbidsFlexiJob }) => forbidsFlexiJob),
		alreadyDone: status === 'refused' && isRepetition(kind, anomalies),
		raw: answer,
	};
}

function workerTypeOf(answer: Json): string | undefined {
	const block = answer.dimonaIn;
	const features = isObject(block) ? block.features : undefined;
	const type = isObject(features) ? features.workerType : undefined;
	return typeof type === 'string' ? type : undefined;
}

/** A cancelled period cannot be cancelled again (355), a closed one not be closed again (356). */
function isRepetition(kind: DeclarationKind | undefined, anomalies: Anomaly[]): boolean {
	const ending = { cancel: '-355', out: '-356', in: undefined, update: undefined }[kind ?? 'in'];
	return ending !== undefined && anomalies.some(({ code }) => code.endsWith(ending));
}
