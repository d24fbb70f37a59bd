import * as v from 'valibot';

import { assertSameId, readAnswer } from '../../../../lib/answers/read';
import {
	count,
	identifier,
	jsonObject,
	noContent,
	numeric,
	object,
} from '../../../../lib/answers/schema';
import { GuichetError } from '../../../../lib/errors/guichet-error';

const parcel = object({
	id: identifier,
	size: count,
	note: v.nullish(v.string()),
	files: v.array(object({ name: v.string() })),
});

const SOURCE = { service: 'The post office' };

function failureOf(schema: v.GenericSchema, value: unknown): GuichetError {
	try {
		readAnswer(schema, value, SOURCE);
	} catch (error) {
		if (error instanceof GuichetError) return error;
		throw error;
	}
	throw new Error('the answer was let through');
}

const GOOD = { id: 'a', size: 16, files: [{ name: 'one' }] };

describe('an answer that is as it must be', () => {
	test('keeps the fields that nobody declared, at every depth', () => {
		const answer = { ...GOOD, later: { x: 1 }, files: [{ name: 'one', pages: 3 }] };
		expect(readAnswer(parcel, answer, SOURCE)).toEqual(answer);
	});

	test('has a number where the service wrote it as text', () => {
		expect(readAnswer(parcel, { ...GOOD, size: '16' }, SOURCE).size).toBe(16);
		expect(readAnswer(numeric, '-1.5', SOURCE)).toBe(-1.5);
	});

	test('has a text where the service wrote an id as a number', () => {
		expect(readAnswer(parcel, { ...GOOD, id: 7 }, SOURCE).id).toBe('7');
	});

	test.each([null, undefined, 'x'])('may have %p where the contract allows it', (note) => {
		expect(readAnswer(parcel, { ...GOOD, note }, SOURCE).note).toBe(note);
	});

	test('is nothing where nothing is declared', () => {
		expect(readAnswer(noContent, undefined, SOURCE)).toBeUndefined();
		expect(failureOf(noContent, {}).message).toBe(
			'The post office answered with an object (an empty answer is required); no field came',
		);
	});

	test('cannot reach the prototype of an object', () => {
		const answer = JSON.parse('{"__proto__":{"polluted":true},"x":1}') as unknown;
		const read = readAnswer(object({ x: v.number() }), answer, SOURCE);
		expect((read as { polluted?: boolean }).polluted).toBeUndefined();
		expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
	});
});

describe('an answer that is not as it must be', () => {
	test('is refused with what is missing and which fields came', () => {
		const failure = failureOf(parcel, { id: 'a', size: 1, note: 'n' });
		expect(failure.code).toBe('answer_malformed');
		expect(failure.message).toBe(
			'The post office answered with no "files"; the fields that came: id, size, note',
		);
	});

	test.each([
		[null, 'null (an object is required)'],
		[undefined, 'nothing (an object is required)'],
		['<html>', 'a text (an object is required)'],
		[[], 'an empty list (an object is required)'],
	])('is told by its kind: %j', (value, words) => {
		expect(failureOf(parcel, value).message).toBe(`The post office answered with ${words}`);
	});

	test('names the place of a null among the entries of a list', () => {
		const list = { ...GOOD, files: [{ name: 'one' }, null] };
		expect(failureOf(parcel, list).message).toContain('null in "files[1]" (an object is required)');
		expect(failureOf(v.array(jsonObject), [{}, null]).message).toContain('null in "[1]"');
	});

	test.each([
		['size', {}, 'an object in "size" (a number is required)'],
		['size', '1e3', 'a text in "size" (a number is required)'],
		['size', -1, 'a number in "size" (a whole number that is not negative is required)'],
		['id', ' ', 'a text in "id" (an identifier that is not empty is required)'],
		['id', {}, 'an object in "id" (an identifier is required)'],
		// JSON.parse rounds it, so that it would be the id of something else.
		['id', Number('9007199254740993'), 'a number in "id" (an identifier is required)'],
		['id', 1.5, 'a number in "id" (an identifier is required)'],
	])('names %s with %j', (field, value, words) => {
		expect(failureOf(parcel, { ...GOOD, [field]: value }).message).toContain(words);
	});

	test('never shows a value, nor a field name that is none', () => {
		const secret = 'Geheim 85073003328';
		const answer = { id: { [secret]: secret }, size: secret, files: secret, [secret]: secret };
		const failure = failureOf(parcel, answer);
		expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/Geheim|85073003328/);
		expect(failure.message).toContain('the fields that came: id, size, files, …');
	});

	test('counts the faults that it does not list', () => {
		const files = Array.from({ length: 9 }, () => null);
		expect(failureOf(parcel, { ...GOOD, files }).message).toContain('and 5 more of the kind');
	});
});

describe('the id that was asked for', () => {
	const UPPER = '0B3BC9D5-21A3-4E4A-9D0F-2C3F6D1E8A11';

	test.each([
		['m1', 'm1'],
		[UPPER, UPPER.toLowerCase()],
	])('is the id %s that was answered', (asked, answered) => {
		expect(() => assertSameId(SOURCE, 'a parcel', asked, answered)).not.toThrow();
	});

	test.each([
		['m1', 'm2', 'was asked for a parcel and answered with another one'],
		['m1', 'M1', 'was asked for a parcel and answered with another one'],
		['m1', undefined, 'was asked for a parcel and answered with one without its id'],
		['m1', '', 'was asked for a parcel and answered with one without its id'],
	])('is compared: %s and %j', (asked, answered, words) => {
		expect(() => assertSameId(SOURCE, 'a parcel', asked, answered)).toThrow(
			expect.objectContaining({ code: 'answer_malformed', message: `The post office ${words}` }),
		);
	});
});
