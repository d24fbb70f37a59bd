import { nissFault, readNiss } from '../../../../lib/identifiers/niss';

const read = (text: string): number => readNiss(Buffer.from(text), 0, text.length);

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
	'a letter in place %i of the first nine digits is no digit, whatever it would count for',
	(place) => {
		const digits = '850730033';
		for (const letter of ['A', ':', '/', 'z']) {
			const text = digits.slice(0, place) + letter + digits.slice(place + 1);
			const value = [...text].reduce((sum, one) => sum * 10 + (one.charCodeAt(0) - 48), 0);
			// The check number that would fit if the letter were read as a digit.
			const check = String(97 - (((value % 97) + 97) % 97)).padStart(2, '0');
			expect(nissFault(read(text + check))).toBe('characters');
		}
	},
);

test('a letter in the check number is none either', () => {
	expect(nissFault(read('8507300332A'))).toBe('characters');
	expect(nissFault(read('850730033A8'))).toBe('characters');
});

test('eleven digits with a check number that fits are read', () => {
	expect(read('85073003328')).toBe(850730033);
});
