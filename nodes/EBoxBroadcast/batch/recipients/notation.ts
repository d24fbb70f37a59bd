import { formatNissKey, NISS_FAULT_TEXTS, readNiss } from '../../../../lib/identifiers/niss';

/** What a spreadsheet does to a number: named, because the person must mend the source. */
export type SpreadsheetFault = 'lostZero' | 'scientific';

const SPREADSHEET_FAULT_TEXTS: Record<SpreadsheetFault, string> = {
	lostZero:
		'has lost leading zeros, with which the check number fits (a spreadsheet took it for a number)',
	scientific: 'is in scientific notation: a spreadsheet has rounded the number',
};

/** A cell read as people mean it. */
export interface ReadNotation {
	/** key of `readNiss`; negative when there is no number */
	key: number;
	fault?: SpreadsheetFault;
}

/** Leading zeros that a complete birth date can lose: 00 for the year and 0 of the month. */
const MOST_LOST_ZEROS = 3;
const DIGITS = 11;

const SCIENTIFIC = /^[+-]?\d(?:[.,]\d+)?e\+?\d{1,2}$/i;
const QUOTES = '[\'"‘’‚“”„`´′]';
const OPENING = new RegExp(`^(?:=?${QUOTES})+`);
const CLOSING = new RegExp(`${QUOTES}+$`);

/** Blanks, control characters and characters that nobody sees. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Z}]/gu;
/** Every hyphen, dash, minus, slash and middle dot that people put between the groups. */
const BETWEEN_GROUPS = /[\p{Pd}\u2212/\u2044\u2215\u00b7.]/gu;
/** What is left of a decimal number: 85073003328.0 or 85073003328,00. */
const NO_DECIMALS = /^(\d{8,11})[.,]0+$/;

/**
 * Reads the notations that `readNiss` does not know: an apostrophe or `="…"` against the
 * spreadsheet, dashes and slashes of every kind, characters that nobody sees, decimals that are
 * zero. The result is a number only when eleven digits are left and the check number fits.
 *
 * @example
 * readNotation('="85073003328"').key >= 0; // true
 * readNotation('5010100113').fault; // 'lostZero'
 * readNotation('8,5073E+10').fault; // 'scientific'
 */
export function readNotation(text: string): ReadNotation {
	const visible = text.replace(INVISIBLE, '');
	if (SCIENTIFIC.test(visible)) return { key: -1, fault: 'scientific' };
	const bare = visible.replace(OPENING, '').replace(CLOSING, '');
	const plain = NO_DECIMALS.exec(bare)?.[1] ?? bare.replace(BETWEEN_GROUPS, '');
	if (/^\d{11}$/.test(plain)) return { key: keyOf(plain) };
	return restoreZeros(plain) === undefined ? { key: -1 } : { key: -1, fault: 'lostZero' };
}

/**
 * The eleven digits of a number that has lost its leading zeros, when the check number proves them.
 *
 * @param digits digits only; eight at least, so that the birth date is complete
 */
export function restoreZeros(digits: string): string | undefined {
	if (!/^\d+$/.test(digits)) return undefined;
	const lost = DIGITS - digits.length;
	if (lost < 1 || lost > MOST_LOST_ZEROS) return undefined;
	const key = keyOf(digits.padStart(DIGITS, '0'));
	return key < 0 ? undefined : formatNissKey(key);
}

function keyOf(digits: string): number {
	const bytes = Buffer.from(digits, 'latin1');
	return readNiss(bytes, 0, bytes.length);
}

/** Texts of every fault of a cell, for the reject list. */
export const CELL_FAULT_TEXTS = { ...NISS_FAULT_TEXTS, ...SPREADSHEET_FAULT_TEXTS };
