import fc from 'fast-check';
import {
	checkNiss,
	formatNissKey,
	isUsualMonth,
	isValidNiss,
	maskNiss,
	NISS_FAULT_TEXTS,
	nissFault,
	nissMonth,
	readNiss,
} from '../../../lib/identifiers/niss';
import { anyNiss } from './support';

/** Keys of people born in 2000 or later begin here. */
const KEYS_FROM_2000 = 1_000_000_000;

describe('a national number', () => {
	it.each([
		['93051822361', 'published example'],
		['42012205181', 'published example'],
		['40000095579', 'incomplete date: month and day unknown'],
		['00000100364', 'incomplete date: all unknown'],
		['40000100133', 'incomplete date: order numbers of the year used up'],
		['85073003328', 'computed'],
		['81041430930', 'official e-Box example'],
		['94022722580', 'official e-Box example'],
	])('%s is valid, before 2000 (%s)', (niss) => {
		expect(checkNiss(niss)).toMatchObject({ valid: true, niss, bornFrom2000: false, bis: false });
	});

	it('05010100113 is valid, 2000 or later only', () => {
		expect(checkNiss('05010100113')).toMatchObject({ valid: true, bornFrom2000: true, bis: false });
	});

	it.each([
		['53480200724', false, 'month 08 + 40'],
		['85273003371', false, 'month 07 + 20'],
		['05410100102', true, 'month 01 + 40, 2000 or later only'],
	])('%s is a valid bis number', (niss, bornFrom2000) => {
		expect(checkNiss(niss)).toMatchObject({ valid: true, bis: true, bornFrom2000 });
	});

	it.each(['71022722580', '84022711080', '01010122233', '12345678901'])(
		'%s is invalid: its check number does not fit',
		(niss) => expect(checkNiss(niss)).toEqual({ valid: false, fault: 'checkNumber' }),
	);

	it.each(['85.07.30-033.28', ' 85 07 30 033 28 ', '850730-033-28', '85073003328\u00a0'])(
		'%p is read without its dots, hyphens and blanks',
		(text) => expect(checkNiss(text)).toMatchObject({ valid: true, niss: '85073003328' }),
	);

	it.each([
		['', 'empty'],
		['   ', 'empty'],
		['--', 'length'],
		['5010100113', 'length'],
		['085073003328', 'length'],
		['8.5073E+10', 'characters'],
		['85073003328x', 'characters'],
		['８５０７３００３３２８', 'characters'],
		['85073003328\n', 'characters'],
		['.', 'length'],
		['\t\u00a0', 'empty'],
		['1234567890123', 'length'],
	])('%p is refused: %s', (text, fault) => {
		expect(checkNiss(text)).toEqual({ valid: false, fault });
	});

	it('never has the check number 00', () => {
		// 97 divides 000000097, so that a rule without "97 minus" would give 00.
		expect(isValidNiss('00000009700')).toBe(false);
		expect(isValidNiss('00000009797')).toBe(true);
	});

	it('accepts exactly the numbers that one of the two formulas gives', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^[0-9]{11}$/), (text) => {
				const nine = BigInt(text.slice(0, 9));
				const check = BigInt(text.slice(9));
				const before = 97n - (nine % 97n) === check;
				const from = 97n - ((2_000_000_000n + nine) % 97n) === check;
				expect(before && from).toBe(false);
				expect(checkNiss(text)).toMatchObject(
					before || from ? { valid: true, bornFrom2000: from } : { valid: false },
				);
			}),
			{ numRuns: 2000 },
		);
	});

	it('has a key that gives the number back, different for every number', () => {
		fc.assert(
			fc.property(anyNiss, anyNiss, (a, b) => {
				const key = (text: string): number => readNiss(Buffer.from(text), 0, text.length);
				expect(formatNissKey(key(a))).toBe(a);
				expect(key(a) === key(b)).toBe(a === b);
			}),
		);
	});
});

describe('the ends of the range', () => {
	it('holds the number of nine zeros, of both centuries', () => {
		expect(checkNiss('00000000097')).toMatchObject({ valid: true, key: 0, bornFrom2000: false });
		// 97 minus the remainder of 2,000,000,000 by 97.
		const recent = formatNissKey(KEYS_FROM_2000);
		expect(checkNiss(recent)).toMatchObject({
			valid: true,
			key: KEYS_FROM_2000,
			bornFrom2000: true,
			usualMonth: true,
		});
		expect(recent).toBe(`000000000${97 - (2_000_000_000 % 97)}`);
	});

	it.each([
		[12, false],
		[20, true],
		[21, true],
	])('a number of month %d is a bis number: %p', (month, bis) => {
		const niss = formatNissKey(850_000_033 + month * 100_000);
		expect(checkNiss(niss)).toMatchObject({ valid: true, niss, bis });
	});

	it.each([
		[0, true],
		[12, true],
		[13, false],
		[20, true],
		[32, true],
		[33, false],
		[40, true],
		[52, true],
		[53, false],
		[60, false],
		[72, false],
		[99, false],
	])('month digits %d are usual: %p', (month, usual) => {
		expect(isUsualMonth(month)).toBe(usual);
		expect(nissMonth(850_000_033 + month * 100_000)).toBe(month);
		expect(nissMonth(KEYS_FROM_2000 + 850_000_033 + month * 100_000)).toBe(month);
	});
});

describe('the reason why a text is no number', () => {
	it('stands behind each negative result', () => {
		const faults = ['', 'x', '12', '12345678901'].map((text) =>
			nissFault(readNiss(Buffer.from(text), 0, text.length)),
		);
		expect(faults).toEqual(['empty', 'characters', 'length', 'checkNumber']);
		// Each has a sentence of its own.
		const sentences = faults.map((fault) => NISS_FAULT_TEXTS[fault]);
		expect(new Set(sentences).size).toBe(4);
		expect(sentences).toEqual(sentences.map(() => expect.stringMatching(/^[a-z].{4,}/)));
	});

	it.each([0, 850_730_033, -5])('is not asked of %d, which is no such result', (code) => {
		expect(() => nissFault(code)).toThrow(`${code} is the key of a number, or nothing at all`);
	});
});

it('reads a number in the middle of a line, and nothing around it', () => {
	const line = Buffer.from('1;85073003328;9');
	expect(readNiss(line, 2, 13)).toBe(850_730_033);
	expect(readNiss(line, 1, 13)).toBeLessThan(0);
	// Past the end of the bytes there are no digits.
	expect(nissFault(readNiss(Buffer.from('8507300332'), 0, 11))).toBe('characters');
});

describe('the mask', () => {
	it.each([
		['12345678', '12****78'],
		['1234567', '*******'],
		[' 85073003328 ', '85*******28'],
		['85073003328', '85*******28'],
		['85.07.30-033.28', '85***********28'],
		['Dupont 85073003328', '****************28'],
		['12345', '*****'],
		['Jean Dupont', '***********'],
		['', ''],
	])('of %p is %p', (text, masked) => expect(maskNiss(text)).toBe(masked));

	it('never shows more than four digits, nor any letter, however long the text', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 80 }), anyNiss, (text, niss) => {
				for (const value of [text, niss, text + niss, niss + text]) {
					const masked = maskNiss(value);
					expect(masked.replace(/[*]/g, '')).toMatch(/^\d{0,4}$/);
					expect(masked.length).toBeLessThanOrEqual(24);
				}
			}),
		);
	});
});
