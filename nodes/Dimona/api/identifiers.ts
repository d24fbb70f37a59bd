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
