import * as v from 'valibot';

import { isObject } from './json';

/**
 * What an answer has to be. Compose one with valibot (`v.string()`, `v.array()`, `v.nullish()`) and
 * with the parts below, which say once what the services have in common.
 */
export type AnswerSchema<Answer = unknown> = v.GenericSchema<unknown, Answer>;

/** The type of what a schema lets through. */
export type AnswerOf<Schema extends AnswerSchema> = v.InferOutput<Schema>;

/**
 * A JSON object with these fields. Further fields pass through untouched, but have no type: what is
 * used is declared.
 *
 * @example
 * const notification = object({ id: identifier, eventId: v.nullish(identifier) });
 * type Notification = AnswerOf<typeof notification>;
 */
export const object = <Fields extends v.ObjectEntries>(
	fields: Fields,
): v.ObjectSchema<Fields, undefined> =>
	v.pipe(jsonObject, v.looseObject(fields)) as unknown as v.ObjectSchema<Fields, undefined>;

/** Any JSON object: its fields are shown to the person, and none is used. */
export const jsonObject = v.custom<Record<string, unknown>>(isObject, 'an object');

/**
 * A text with something in it, or a number that stands for one. Ids are compared as texts.
 * JSON.parse rounds whole numbers from 2^53 on: such a number may be the id of something else.
 */
export const identifier: AnswerSchema<string> = v.pipe(
	v.union([v.string(), v.pipe(v.number(), v.safeInteger(), v.transform(String))], 'an identifier'),
	v.check((id) => id.trim() !== '', 'an identifier that is not empty'),
);

/** A number, also where it came as text (`"16"`). */
export const numeric: AnswerSchema<number> = v.union(
	[
		v.pipe(v.number(), v.finite()),
		v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/), v.transform(Number)),
	],
	'a number',
);

/** A number of things or bytes: whole and not negative, also where it came as text. */
export const count: AnswerSchema<number> = v.pipe(
	numeric,
	v.check(
		(value) => Number.isSafeInteger(value) && value >= 0,
		'a whole number that is not negative',
	),
);

/**
 * A list of things of which none may stand in the place of another: no id comes twice.
 *
 * @example
 * const folder = object({ cases: distinctList(object({ id: identifier, status: v.string() })) });
 */
export const distinctList = <Schema extends v.GenericSchema<unknown, { id: string }>>(
	item: Schema,
): v.GenericSchema<unknown, Array<v.InferOutput<Schema>>> =>
	v.pipe(
		v.array(item),
		v.check((list) => areDistinct(list), 'a list in which each id stands once'),
	);

/**
 * Whether no id comes twice in a list.
 *
 * @example areDistinct([{ id: 'a' }, { id: 'a' }]) // false
 */
export const areDistinct = (list: ReadonlyArray<{ id: string }>): boolean =>
	new Set(list.map(({ id }) => id)).size === list.length;

/** Nothing at all: the answer has no body. Something else in its place is malformed. */
export const noContent: AnswerSchema<undefined> = v.undefined('an empty answer');
