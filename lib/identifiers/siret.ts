/**
 * SIREN of La Poste, whose establishments have SIRETs outside the checksum rule (INSEE: the sum of
 * their digits is a multiple of 5).
 */
const LA_POSTE = '356000000';

/**
 * A SIRET without the spaces and dots that people write in it. Leading zeros stay.
 *
 * @example bareSiret('732 829 320 00074') // '73282932000074'
 */
export function bareSiret(text: string): string {
	return text.replace(/[\s.\u00a0]/g, '');
}

/**
 * Whether the checksum of a SIRET fits (Luhn over 14 digits; INSEE). Test numbers and a few
 * historical ones do not fit, so a misfit is worth a warning and never a refusal.
 *
 * @example siretChecksumFits('73282932000074') // true
 */
export function siretChecksumFits(siret: string): boolean {
	const digits = [...siret].map(Number);
	if (digits.length !== 14 || digits.some(Number.isNaN)) return false;
	if (siret.startsWith(LA_POSTE) && digits.reduce((sum, digit) => sum + digit, 0) % 5 === 0)
		return true;
	const sum = digits.reduce((total, digit, index) => {
		const doubled = index % 2 === 0 ? digit * 2 : digit;
		return total + (doubled > 9 ? doubled - 9 : doubled);
	}, 0);
	return sum % 10 === 0;
}
