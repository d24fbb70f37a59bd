/**
 * Reads a Belgian enterprise number (CBE, BCE, KBO) in whichever notation it is written: dots,
 * spaces and hyphens, a leading "BE" with or without one, and the leading zero that spreadsheets
 * and some services drop.
 *
 * @returns ten digits where the text is one; otherwise what is left of it, for the caller to refuse
 * @example enterpriseNumberOf('BE-0606.838.532') // '0606838532'
 */
export function enterpriseNumberOf(text: string): string {
	const digits = text
		.trim()
		.replace(/^BE/i, '')
		.replace(/[.\s-]/g, '');
	return /^\d{9}$/.test(digits) ? `0${digits}` : digits;
}

/**
 * Ten digits, the first 0 or 1 (e-Box message registry 2.1).
 *
 * @example looksLikeEnterpriseNumber('2606838532') // false
 */
export function looksLikeEnterpriseNumber(digits: string): boolean {
	return /^[01]\d{9}$/.test(digits);
}

/**
 * The last two digits are 97 minus the first eight modulo 97. Official examples exist that differ.
 *
 * @example isEnterpriseNumber('0606838532')
 */
export function isEnterpriseNumber(digits: string): boolean {
	return (
		looksLikeEnterpriseNumber(digits) &&
		Number(digits.slice(8)) === 97 - (Number(digits.slice(0, 8)) % 97)
	);
}
