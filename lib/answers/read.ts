import * as v from 'valibot';

import { GuichetError, type ErrorDetails } from '../errors/guichet-error';
import { presentable } from '../errors/redact';
import { UUID_PATTERN } from '../identifiers/uuid';
import { isObject } from './json';
import type { AnswerOf, AnswerSchema } from './schema';

/** Where an answer came from, for the words of a failure and its outcome. */
export interface AnswerSource {
	/** Who answered, as the first words of a sentence: "HubEE". */
	service: string;
	/** What is known of the call, and the outcome that an unreadable answer leaves it with. */
	details?: ErrorDetails;
}

/** More are counted and not listed. */
const MAX_FAULTS = 4;

const MAX_FIELD_NAMES = 20;

/**
 * Reads a value that came from outside through its schema.
 *
 * @throws GuichetError `answer_malformed`: names what is missing or of another type, and which
 *   fields came. It never shows a value.
 * @example readAnswer(v.array(identifier), ['a', 'b'], { service: 'HubEE' })
 */
export function readAnswer<Schema extends AnswerSchema>(
	schema: Schema,
	value: unknown,
	source: AnswerSource,
): AnswerOf<Schema> {
	const read = v.safeParse(schema, value);
	if (read.success) return read.output;
	throw answerMalformed(source, `answered with ${faultsOf(read.issues)}${fieldsThatCame(value)}`);
}

/**
 * An answer that cannot be used.
 *
 * @param problem follows the service's name: `answered with another case than the one asked for`
 * @example throw answerMalformed({ service: 'HubEE' }, 'has no list of files');
 */
export function answerMalformed(
	{ service, details }: AnswerSource,
	problem: string,
	hint = details?.hint,
): GuichetError {
	return new GuichetError('answer_malformed', `${service} ${problem}`, { ...details, hint });
}

/**
 * Refuses an answer about another object than the one that was asked for.
 *
 * @param what the object, with its article: `a case`, `an account`
 * @throws GuichetError `answer_malformed`
 * @example assertSameId({ service: 'HubEE' }, 'a case', caseId, answer.id)
 */
export function assertSameId(
	source: AnswerSource,
	what: string,
	asked: string,
	answered: string | null | undefined,
): void {
	if (isSameId(asked, answered)) return;
	const given = answered === null || answered === undefined || answered === '';
	throw answerMalformed(
		source,
		`was asked for ${what} and answered with ${given ? 'one without its id' : 'another one'}`,
		`Asked for: ${presentable(asked)}. Nothing of the answer was used.`,
	);
}

/**
 * Ids are equal as texts; a UUID may be written in either case (RFC 9562, section 4).
 *
 * @example isSameId('a-1', ' a-1 ') // true
 */
export function isSameId(asked: string, answered: string | null | undefined): boolean {
	if (answered === null || answered === undefined) return false;
	const [one, other] = [asked.trim(), answered.trim()];
	return one === other || (UUID_PATTERN.test(one) && one.toLowerCase() === other.toLowerCase());
}

type Issue = v.BaseIssue<unknown>;

function faultsOf(issues: readonly Issue[]): string {
	const faults = [...new Set(issues.map((issue) => faultOf(issue)))];
	const shown = faults.slice(0, MAX_FAULTS).join('; ');
	const more = faults.length - MAX_FAULTS;
	return more > 0 ? `${shown}; and ${more} more of the kind` : shown;
}

/** `no "attachments"`, or `null in "cases[2]" (an object is required)` */
function faultOf(issue: Issue): string {
	const place = placeOf(issue);
	if (issue.input === undefined && place !== '') return `no "${place}"`;
	const required = `${expectationOf(issue)} is required`;
	return `${kindOf(issue.input)}${place === '' ? '' : ` in "${place}"`} (${required})`;
}

function placeOf(issue: Issue): string {
	return (issue.path ?? [])
		.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${nameOf(key)}`))
		.join('')
		.replace(/^\./, '');
}

/** In the words of JSON; a schema's own message says it better where it has one. */
function expectationOf(issue: Issue): string {
	// valibot's default messages show the value that came, ours never do.
	if (!issue.message.startsWith('Invalid ')) return issue.message;
	return EXPECTATIONS[issue.expected ?? ''] ?? 'another value';
}

const EXPECTATIONS: Record<string, string | undefined> = {
	string: 'a text',
	number: 'a number',
	boolean: 'true or false',
	Array: 'a list',
};

function kindOf(value: unknown): string {
	if (value === undefined) return 'nothing';
	if (value === null) return 'null';
	if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
	if (typeof value === 'object') return 'an object';
	if (value === '') return 'an empty text';
	return KINDS[typeof value] ?? 'another value';
}

const KINDS: Record<string, string | undefined> = {
	string: 'a text',
	number: 'a number',
	boolean: 'true or false',
};

function fieldsThatCame(value: unknown): string {
	if (!isObject(value)) return '';
	const names = Object.keys(value);
	if (names.length === 0) return '; no field came';
	const more = names.length > MAX_FIELD_NAMES ? ', …' : '';
	return `; the fields that came: ${names.slice(0, MAX_FIELD_NAMES).map(nameOf).join(', ')}${more}`;
}

/** A field's name is data too: one that does not look like a name is not shown. */
function nameOf(key: unknown): string {
	const name = String(key);
	return /^[a-z_$@][\w.:$@-]{0,39}$/i.test(name) ? presentable(name) : '…';
}
