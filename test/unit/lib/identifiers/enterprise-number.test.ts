import {
	enterpriseNumberOf,
	isEnterpriseNumber,
} from '../../../../lib/identifiers/enterprise-number';

test.each([
	'0606838532',
	'0606.838.532',
	'BE-0606.838.532',
	'BE0606838532',
	'be 0606 838 532',
	'606838532',
	' BE 606.838.532 ',
])('the enterprise number in "%s" is read', (text) => {
	expect(enterpriseNumberOf(text)).toBe('0606838532');
});

test.each(['', 'BE', '06068385321', 'FR0606838532', '0606/838/532'])(
	'what is none is left for the form to refuse: "%s"',
	(text) => {
		expect(isEnterpriseNumber(enterpriseNumberOf(text))).toBe(false);
	},
);

test('check digits tell most mistyped numbers', () => {
	expect(isEnterpriseNumber('0206731645')).toBe(true);
	expect(isEnterpriseNumber('0206731654')).toBe(false);
	expect(isEnterpriseNumber('9206731645')).toBe(false);
});
