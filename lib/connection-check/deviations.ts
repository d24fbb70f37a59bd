import * as v from 'valibot';

import { isObject } from '../answers/json';
import type { AnswerSchema } from '../answers/schema';
import type { CheckRun } from './check-run';
import type { Deviation, Finding } from './report';
import { fieldName, figure, type Safe, say } from './safe-text';

/** More of them say nothing more. */
const MOST_DEVIATIONS = 40;

/**
 * Compares an answer with its schema and notes the differences. Fields that the schema does not
 * have are named only of an object that is otherwise right: the keys of anything else may be data.
 *
 * @returns whether it can be used
 *
 * @example
 * if (!noteDeviations(run, say`notification`, notificationAnswer, body)) return broken;
 */
export function noteDeviations(
	run: CheckRun,
	answer: Safe,
	schema: AnswerSchema,
	body: unknown,
): boolean {
	const note = (field: Safe, problem: Deviation['problem']) => {
		const { deviations } = run;
		const isKnown = deviations.some((one) => one.answer === answer && one.field === field);
		if (!isKnown && deviations.length < MOST_DEVIATIONS)
			deviations.push({ answer, field, problem });
	};
	const read = v.safeParse(schema, body);
	if (read.success) {
		const known = entriesOf(schema);
		if (known.length > 0 && isObject(body))
			for (const name of Object.keys(body)) {
				const field = known.includes(name) ? undefined : fieldName(name);
				if (field) note(field, 'notUsed');
			}
		return true;
	}
	for (const { path = [], received } of read.issues) {
		const names = path.flatMap(({ key }) =>
			typeof key === 'string' ? (fieldName(key) ?? []) : [],
		);
		const field = names.length === 0 ? say`(all of it)` : (names.join('.') as Safe);
		note(field, received === 'undefined' || received === 'null' ? 'missing' : 'otherType');
	}
	return false;
}

/** The names that a schema declares, through whatever wraps it. */
function entriesOf(schema: unknown): string[] {
	if (!isObject(schema)) return [];
	if (isObject(schema.entries)) return Object.keys(schema.entries);
	const inner: unknown[] = Array.isArray(schema.pipe)
		? schema.pipe.filter((one) => one !== schema)
		: [];
	return [...inner, schema.wrapped].flatMap(entriesOf);
}

/**
 * The step that follows from what was noted, at the end of a check.
 *
 * @example await checkDeviations(run);
 * return run.report();
 */
export async function checkDeviations(run: CheckRun): Promise<void> {
	const { deviations } = run;
	await run.step(say`Answers`, {}, (): Finding => {
		const broken = deviations.filter(({ problem }) => problem !== 'notUsed');
		const facts = { deviations: figure(deviations.length) };
		if (broken.length > 0)
			return {
				result: 'failed',
				proves: say`${figure(broken.length)} fields of the answers are missing or of another type than the package expects.`,
				todo: say`Please report it, with this report: the node refuses such answers.`,
				facts,
			};
		if (deviations.length > 0)
			return {
				result: 'ok',
				proves: say`The answers can be used; ${figure(deviations.length)} of their fields the package does not use.`,
				facts,
			};
		return { result: 'ok', proves: say`The answers seen are as the package expects them.`, facts };
	});
}
