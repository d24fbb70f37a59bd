/**
 * An enterprise number (CBE, BCE, KBO) as Dimona wants it: ten digits, the first 0 or 1. Dots,
 * spaces and a leading "BE" are taken off; nine
 * digits get their zero back, which spreadsheets and the service's own answers drop.
 */
export function enterpriseNumberOf(text: string): string {
	const digits = text.replace(/^BE/i, '').replace(/[.\s-]/g, '');
	return /^\d{9}$/.test(digits) ? `0${digits}` : digits;
}

/** The last two digits are 97 minus the first eight modulo 97. */
export function isEnterpriseNumber(digits: string): boolean {
	return (
		/^[01]\d{9}$/.test(digits) && Number(digits.slice(8)) === 97 - (Number(digits.slice(0, 8)) % 97)
	);
}

/** Smallest and largest NSSO number (glossary 2023/3, zone 00011). */
export const EMPLOYER_ID_RANGE = [100_006, 199_999_934] as const;

/** Provisional NSSO numbers, for which the REST service has no known field. */
export function isProvisionalEmployerId(value: number): boolean {
	return value >= 5_000_000_120 && value <= 5_999_999_989;
}

/**
 * Check digits as observed on published numbers, not documented: 96 - (first seven digits x 100
 * modulo 97), 0 written 97.
 */
export function hasUsualEmployerCheck(value: number): boolean {
	const check = 96 - ((Math.floor(value / 100) * 100) % 97);
	return value % 100 === (check === 0 ? 97 : check);
}
