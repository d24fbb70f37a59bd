import { Fields } from '../../../lib/node/fields';
import { readSsin } from '../../../nodes/Dimona/operations/form/read-declaration';
import { withCheckNumber } from './ssin-numbers';

const read = (value: unknown) =>
	readSsin(new Fields({ value: () => value, label: () => 'SSIN' }), 'ssin');

test.each([
	['somebody born in 1905', 1905, '05.01.02-003', 10],
	['somebody born in January 2000', 2000, '00.01.02-003', 8],
	['somebody born in September 2000', 2000, '00.09.30-997', 8],
	['somebody born in October 2000', 2000, '00.10.01-001', 9],
	['somebody born in 2001', 2001, '01.01.02-003', 10],
])(
	'the zeros that a sheet dropped from the number of %s are put back',
	(_who, year, nine, left) => {
		const whole = withCheckNumber(nine.replace(/\D/g, ''), year);
		const asNumber = String(Number(whole));
		expect(asNumber).toHaveLength(left);
		expect(read(asNumber)).toBe(whole);
		expect(read(whole)).toBe(whole);
	},
);

test.each([
	['1234567', /came with 7 digits, so leading zeros may be lost.*format "text"/],
	['12345678', /came with 8 digits, so leading zeros may be lost/],
	['123456789012', /11 digits: it came with 12 digits$/],
	['85.07.30/033-28', /other characters in it: "\/"$/],
	['85o73O03328', /other characters in it: "o" "O"$/],
	['85073003329', /last two digits do not fit/],
])('%s is refused with what is wrong with it', (value, expected) => {
	expect(() => read(value)).toThrow(expected);
});
