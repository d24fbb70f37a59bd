import { invalidInput } from '../../../lib/errors/guichet-error';

/**
 * An enterprise number of the Crossroads Bank (CBE, BCE, KBO) as the registry wants it: ten digits,
 * the first 0 or 1 (contract 2.1). Dots, spaces, a leading "BE" and a missing leading zero are
 * mended.
 *
 * @param field its name in the form
 */
export function enterpriseNumber(text: string, field: string): string {
	const digits = text.replace(/^BE/i, '').replace(/[.\s]/g, '');
	const padded = digits.length === 9 ? `0${digits}` : digits;
	if (/^[01]\d{9}$/.test(padded)) return padded;
	throw invalidInput(
		field,
		'must be an enterprise number of ten digits that begins with 0 or 1, such as 0406798006',
	);
}

/**
 * Whether the check digits fit: the last two are 97 minus the first eight modulo 97. Official
 * examples exist that do not.
 */
export function hasValidCheckDigits(enterprise: string): boolean {
	return Number(enterprise.slice(8)) === 97 - (Number(enterprise.slice(0, 8)) % 97);
}
