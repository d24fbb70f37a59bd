import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import { Fields } from '../../../../lib/node/fields';

const fieldsOf = (values: Record<string, unknown>): Fields =>
	new Fields({ value: (name) => values[name], label: (name) => `«${name}»` });

const EMPTY = [undefined, null, '', '   '];

describe('a text', () => {
	it('comes without the space around it; numbers and booleans are texts too', () => {
		const fields = fieldsOf({ a: ' x y ', b: 12, c: false });
		expect([fields.text('a'), fields.text('b'), fields.text('c')]).toEqual(['x y', '12', 'false']);
	});

	it.each(EMPTY)('of %p is not given', (value) => {
		expect(fieldsOf({ a: value }).optionalText('a')).toBeUndefined();
		expect(() => fieldsOf({ a: value }).text('a')).toThrow('«a» is empty');
		expect(() => fieldsOf({ a: value }).text('a', { expected: 'a name' })).toThrow(
			'«a» is empty: it must be a name',
		);
	});

	it.each<[unknown, object, string]>([
		['abcd', { maxLength: 3 }, '«a» must have at most 3 characters, and has 4'],
		['x', { pattern: /^y$/, expected: 'the letter y' }, '«a» must be the letter y'],
		['x', { pattern: /^y$/ }, '«a» must be of the form ^y$'],
		[{}, {}, '«a» must be a text, and is an object'],
		[['x'], {}, '«a» must be a text, and is a list'],
	])('of %p against %p is refused', (value, rules, message) => {
		expect(() => fieldsOf({ a: value }).text('a', rules)).toThrow(message);
	});

	it('that is refused never quotes the value', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^[A-Z]{12,40}$/), (value) => {
				const refusal = catching(() =>
					fieldsOf({ a: value }).text('a', { maxLength: 3, pattern: /^$/ }),
				);
				expect(JSON.stringify(refusal)).not.toContain(value);
				expect(refusal.details).toMatchObject({ field: '«a»', outcome: 'not_done' });
			}),
		);
	});
});

describe('a UUID', () => {
	it('is taken in any case', () => {
		fc.assert(
			fc.property(fc.uuid(), (uuid) => {
				expect(fieldsOf({ a: ` ${uuid.toUpperCase()} ` }).uuid('a')).toBe(uuid.toUpperCase());
			}),
		);
	});

	it.each(['x', '3fa85f64-5717-4562-b3fc-2c963f66afa', '3fa85f64-5717-4562-b3fc-2c963f66afa6/..'])(
		'is not %p',
		(value) => {
			expect(() => fieldsOf({ a: value }).uuid('a')).toThrow('«a» must be a UUID such as 3fa85f64');
		},
	);
});

describe('a boolean', () => {
	it.each<[unknown, boolean]>([
		[true, true],
		[false, false],
		['true', true],
		['false', false],
		[undefined, true],
		[null, true],
		['', true],
	])('of %p is %p (true unless given)', (value, expected) => {
		expect(fieldsOf({ a: value }).boolean('a', true)).toBe(expected);
	});

	it.each(['yes', 1, 0, {}])('is not %p', (value) => {
		expect(() => fieldsOf({ a: value }).boolean('a')).toThrow('«a» must be true or false');
	});
});

describe('a number', () => {
	it.each<[unknown, number]>([
		[5, 5],
		['5', 5],
		[' 7 ', 7],
		[0, 0],
	])('of %p is %p', (value, expected) => {
		expect(fieldsOf({ a: value }).number('a')).toBe(expected);
	});

	it.each<[unknown, object, string]>([
		['', {}, '«a» is empty: it must be a number'],
		['x', {}, '«a» must be a whole number'],
		[1.5, {}, '«a» must be a whole number'],
		[NaN, {}, '«a» must be a whole number'],
		[Infinity, { integer: false }, '«a» must be a number'],
		[true, {}, '«a» must be a whole number'],
		[[5], {}, '«a» must be a whole number'],
		['   ', {}, '«a» is empty: it must be a number'],
		[0, { min: 1 }, '«a» must be a whole number at least 1'],
		[9, { max: 8 }, '«a» must be a whole number at most 8'],
		[9, { min: 1, max: 8, integer: false }, '«a» must be a number at least 1 and at most 8'],
	])('of %p within %p is refused', (value, bounds, message) => {
		expect(() => fieldsOf({ a: value }).number('a', bounds)).toThrow(new RegExp(`^${message}$`));
	});
});

describe('a list', () => {
	it.each<[unknown, string[]]>([
		['a, b;c\nd', ['a', 'b', 'c', 'd']],
		[
			['a', ' b ', 'a', ''],
			['a', 'b'],
		],
		[
			[1, 2],
			['1', '2'],
		],
		['', []],
		[undefined, []],
		[' , ', []],
	])('of %p is %p', (value, expected) => {
		expect(fieldsOf({ a: value }).list('a')).toEqual(expected);
	});

	it('is refused for one bad entry', () => {
		expect(() => fieldsOf({ a: 'x,yyyy' }).list('a', { maxLength: 3 })).toThrow(
			'«a» must have at most 3 characters, and has 4',
		);
	});
});

describe('JSON', () => {
	it('is taken as text or as what an expression gives', () => {
		expect(fieldsOf({ a: '{"x":[1]}' }).json('a')).toEqual({ x: [1] });
		expect(fieldsOf({ a: { x: 1 } }).json('a')).toEqual({ x: 1 });
		expect(fieldsOf({ a: '' }).json('a')).toBeUndefined();
	});

	it('that is none is refused', () => {
		expect(() => fieldsOf({ a: '{x' }).json('a')).toThrow('«a» must be valid JSON');
	});
});

describe('a date and time', () => {
	it.each<[unknown, string | undefined]>([
		['2026-03-01T09:30:00Z', '2026-03-01T09:30:00.000Z'],
		['2026-03-01T09:30:00+01:00', '2026-03-01T08:30:00.000Z'],
		[{ toISO: () => '2026-03-01T09:30:00.000+01:00' }, '2026-03-01T08:30:00.000Z'],
		['', undefined],
	])('of %p is %p', (value, expected) => {
		expect(fieldsOf({ a: value }).optionalDateTime('a')).toBe(expected);
	});

	it('that is none is refused', () => {
		expect(() => fieldsOf({ a: 'soon' }).optionalDateTime('a')).toThrow(
			'«a» must be a date and time such as 2026-03-01T09:30:00Z',
		);
	});
});

describe('a day', () => {
	it.each(['2026-02-30', '2026-13-01', 'tomorrow', new Date(Number.NaN)])(
		'that is none is refused: %p',
		(value) => {
			expect(() => fieldsOf({ a: value }).optionalDay('a')).toThrow(/^«a» (is|must be|cannot be)/);
		},
	);

	it.each([undefined, null, ' '])('is not given with %p', (value) => {
		expect(fieldsOf({ a: value }).optionalDay('a')).toBeUndefined();
	});

	it('of a list is refused with the name of the list', () => {
		const fields = fieldsOf({ a: '2026-05-18, 21/7/2026\n2026-05-18' });
		expect(fields.days('a')).toEqual(['2026-05-18', '2026-07-21']);
		expect(() => fieldsOf({ a: '2026-05-18, soon' }).days('a')).toThrow(
			'«a» must be a day such as',
		);
	});
});

describe('an hour', () => {
	it('is read in any notation, and refused with the field when it is none', () => {
		expect(fieldsOf({ a: '17h30' }).optionalHour('a')).toBe('1730');
		expect(fieldsOf({ a: '' }).optionalHour('a')).toBeUndefined();
		expect(() => fieldsOf({ a: '25:00' }).optionalHour('a')).toThrow('«a» must be an hour from');
	});
});

describe('groups and rows', () => {
	it('are read with the labels of their own fields', () => {
		const fields = fieldsOf({
			more: { x: '', y: 'z' },
			rows: { row: [{ x: 'one' }, { x: '' }] } as IDataObject,
		});
		const group = fields.group('more');
		expect(group.text('y')).toBe('z');
		expect(() => group.text('x')).toThrow('«more.x» is empty');
		const [first, second] = fields.rows('rows', 'row');
		expect(first.text('x')).toBe('one');
		expect(() => second.text('x')).toThrow('«rows.row.x» (row 2) is empty');
	});

	it('that are not there are empty', () => {
		expect(fieldsOf({}).group('more').optionalText('x')).toBeUndefined();
		expect(fieldsOf({ rows: {} }).rows('rows', 'row')).toEqual([]);
		expect(
			fieldsOf({ rows: { row: { x: 'single' } } })
				.rows('rows', 'row')[0]
				.text('x'),
		).toBe('single');
	});
});

function catching(action: () => unknown): GuichetError {
	try {
		action();
	} catch (error) {
		if (error instanceof GuichetError) return error;
	}
	throw new Error('Nothing was refused');
}
