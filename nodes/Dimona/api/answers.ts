import * as v from 'valibot';

import { type AnswerOf, identifier, jsonObject, object } from '../../../lib/answers/schema';
import { idText } from './types';

/**
 * The answers of the Dimona REST service, version 2. Only what is required of an answer is
 * required; what it shows beside, passes through.
 */

/** Ids come as numbers or as texts; a text that is no number is the id of nothing. */
const id = v.pipe(
	identifier,
	v.check((value) => idText(value) !== undefined, 'an id of digits'),
);

const optionalId = v.nullish(id);

const optionalObject = v.nullish(jsonObject);

/** Where an anomaly came from is not uniform, so each is read by {@link readAnomalies}. */
const anomalies = v.nullish(v.array(v.unknown()));

/** `GET /declarations/{id}`. A status without a result: not processed yet. */
export const declarationAnswer = object({
	declarationStatus: object({
		declarationId: optionalId,
		period: v.nullish(v.union([object({ id: optionalId }), id])),
		result: v.nullish(v.string()),
		anomalies,
		anomaliesCollection: anomalies,
	}),
	employer: optionalObject,
	worker: optionalObject,
	dimonaIn: optionalObject,
	dimonaOut: optionalObject,
	dimonaUpdate: optionalObject,
	dimonaCancel: optionalObject,
});

/** `GET /periods/{id}`. Its shape is not published: one without any field is none. */
export const periodAnswer = v.pipe(
	object({
		periodId: optionalId,
		id: optionalId,
		period: v.nullish(object({ id: optionalId })),
		employer: optionalObject,
		worker: optionalObject,
		startDate: v.nullish(v.string()),
		endDate: v.nullish(v.string()),
	}),
	v.check((period) => Object.keys(period).length > 0, 'an object with fields'),
);

/** `POST /…/search`. The last page has no `next`, or `false`. */
export const pageAnswer = v.union([
	object({
		items: v.array(jsonObject),
		next: v.nullish(v.union([v.string(), v.boolean(), object({ href: v.string() })])),
	}),
	v.array(jsonObject),
]);

export type PageAnswer = AnswerOf<typeof pageAnswer>;

/** The body of `POST /declarations`, which need not have one: `Location` has the id. */
export const submittedAnswer = v.optional(
	object({
		declarationId: optionalId,
		declarationStatus: v.nullish(object({ declarationId: optionalId })),
	}),
);

/** A refusal: what the Belgif problem library says of an SSIN that was replaced. */
export const refusalAnswer = object({
	issues: v.nullish(
		v.array(object({ type: v.nullish(v.string()), replacedBy: v.nullish(identifier) })),
	),
});
