/**
 * Belgian social security identification numbers (NISS, INSZ, SSIN): national register numbers and
 * bis numbers, 11 digits `YYMMDD SSS CC`.
 *
 * Rule: Royal Decree of 8 February 1991, articles 1 to 4, with the paragraph inserted by the Royal
 * Decree of 13 October 1998: the check number is 97 minus the remainder of the first nine digits by
 * 97; for people born in 2000 or later a 2 is put before the nine digits. The number does not tell
 * the century: the formula that fits does, and both never fit at once.
 *
 * The date part is not checked as a calendar date: bis numbers raise the month by 20 or 40, and
 * incomplete dates (month or day 00) are real.
 */

/** Why a text is not a national number. */
export type NissFault = 'empty' | 'characters' | 'length' | 'checkNumber';

/** What {@link readNiss} returns in place of a key: negative, one value per {@link NissFault}. */
const FAULT_CODES: Record<NissFault, number> = {
	empty: -1,
	characters: -2,
	length: -3,
	checkNumber: -4,
};
const FAULTS: readonly NissFault[] = ['empty', 'characters', 'length', 'checkNumber'];

const MODULUS = 97;
/** Remainder by 97 of the 2,000,000,000 that the 2 in front of nine digits stands for. */
const REMAINDER_OF_2000 = 2_000_000_000 % MODULUS;
/** Keys of people born in 2000 or later start here, see {@link readNiss}. */
const KEYS_FROM_2000 = 1_000_000_000;
/** Number of different keys: every key is a non-negative integer below this. */
export const NISS_KEYS = 2_000_000_000;

const ZERO = 0x30;

/** Blanks, dots and hyphens of the display form `85.07.30-033.28`, no-break space included. */
function isFiller(byte: number): boolean {
	return (
		byte === 0x20 ||
		byte === 0x2e ||
		byte === 0x2d ||
		byte === 0x09 ||
		byte === 0xa0 ||
		byte === 0xc2
	);
}

/**
 * Reads a national number from the ASCII-compatible bytes `bytes[start..end)`, with or without the
 * dots, hyphens and blanks of its display form, without allocating.
 *
 * @returns a key, unique for each valid number (the first nine digits, plus 1,000,000,000 when the
 *   check number says "born in 2000 or later"), or a negative number: see {@link nissFault}
 * @example readNiss(Buffer.from('85073003328'), 0, 11) // 850730033
 */
export function readNiss(bytes: Uint8Array, start: number, end: number): number {
	let digits = 0;
	let nine = 0;
	let check = 0;
	let blank = true;
	for (let i = start; i < end; i++) {
		const byte = bytes[i] ?? 0;
		const digit = byte - ZERO;
		if (digit >= 0 && digit <= 9) {
			if (digits < 9) nine = nine * 10 + digit;
			else check = check * 10 + digit;
			digits++;
		} else if (!isFiller(byte)) {
			return FAULT_CODES.characters;
		} else if (byte === 0x2e || byte === 0x2d) {
			blank = false;
		}
	}
	if (digits !== 11) return digits === 0 && blank ? FAULT_CODES.empty : FAULT_CODES.length;
	return keyOf(nine, check);
}

/** The key of nine digits and a check number; the formula that fits tells the century. */
function keyOf(nine: number, check: number): number {
	const remainder = nine % MODULUS;
	if (check === MODULUS - remainder) return nine;
	if (check === MODULUS - ((remainder + REMAINDER_OF_2000) % MODULUS)) return KEYS_FROM_2000 + nine;
	return FAULT_CODES.checkNumber;
}

/**
 * The reason behind a negative result of {@link readNiss}.
 *
 * @example nissFault(readNiss(Buffer.from('12'), 0, 2)) // 'length'
 */
export function nissFault(code: number): NissFault {
	const fault = FAULTS[-code - 1];
	if (!fault) throw new RangeError(`${code} is the key of a number, or nothing at all`);
	return fault;
}

/**
 * Writes the 11 digits of the number that `key` stands for into `target` at `offset`.
 * The inverse of {@link readNiss}.
 * @example writeNiss(850730033, target, 0);
 */
export function writeNiss(key: number, target: Uint8Array, offset: number): void {
	const recent = key >= KEYS_FROM_2000;
	let nine = recent ? key - KEYS_FROM_2000 : key;
	const check = MODULUS - ((nine + (recent ? REMAINDER_OF_2000 : 0)) % MODULUS);
	for (let i = offset + 8; i >= offset; i--) {
		const rest = (nine / 10) | 0;
		target[i] = ZERO + nine - rest * 10;
		nine = rest;
	}
	const tens = (check / 10) | 0;
	target[offset + 9] = ZERO + tens;
	target[offset + 10] = ZERO + check - tens * 10;
}

/**
 * The 11 digits of the number that `key` stands for.
 *
 * @example formatNissKey(850730033) // '85073003328'
 */
export function formatNissKey(key: number): string {
	const bytes = Buffer.alloc(11);
	writeNiss(key, bytes, 0);
	return bytes.toString('latin1');
}

/** A checked number, or why it is none. */
export type NissCheck =
	| {
			valid: true;
			/** 11 digits */
			niss: string;
			/** see {@link readNiss} */
			key: number;
			bornFrom2000: boolean;
			/** a bis number: the month is raised by 20 (sex unknown) or 40 */
			bis: boolean;
			/** month 00-12, 20-32 or 40-52; anything else is worth a warning, not a refusal */
			usualMonth: boolean;
	  }
	| { valid: false; fault: NissFault };

/**
 * Checks one number, with or without the dots, hyphens and blanks of its display form.
 *
 * @example checkNiss('85.07.30-033.28').valid // true
 */
export function checkNiss(value: string): NissCheck {
	// latin1 would fold other characters into digits; UTF-8 bytes of those are never ASCII digits.
	const bytes = Buffer.from(value, 'utf8');
	const key = readNiss(bytes, 0, bytes.length);
	if (key < 0) return { valid: false, fault: nissFault(key) };
	const month = nissMonth(key);
	return {
		valid: true,
		niss: formatNissKey(key),
		key,
		bornFrom2000: key >= KEYS_FROM_2000,
		bis: month >= 20,
		usualMonth: isUsualMonth(month),
	};
}

/**
 * Whether the text is a valid national or bis number.
 *
 * @example isValidNiss('85.07.30-033.28') // true
 */
export function isValidNiss(value: string): boolean {
	return checkNiss(value).valid;
}

/**
 * The month digits of the number that `key` stands for, as written (0 to 99).
 *
 * @example nissMonth(850730033) // 7
 */
export function nissMonth(key: number): number {
	return (((key % KEYS_FROM_2000) / 100_000) | 0) % 100;
}

/**
 * Whether month digits occur in national or bis numbers: 00-12, raised by 0, 20 or 40.
 *
 * @example isUsualMonth(27) // true
 */
export function isUsualMonth(month: number): boolean {
	return month <= 52 && month % 20 <= 12;
}

/** A sentence for a reject list. */
export const NISS_FAULT_TEXTS: Record<NissFault, string> = {
	empty: 'empty',
	characters: 'contains characters other than digits, dots, hyphens and blanks',
	length: 'does not have 11 digits (a lost leading zero, or a truncated value?)',
	checkNumber: 'the check number does not fit',
};

const MASKED_LENGTH = 24;

/**
 * A form of a national number, or of the text that stood in its place, that may be shown: the first
 * two and the last two digits (year of birth, check number), stars for everything between.
 * Short texts and texts without digits at the ends are starred whole.
 *
 * @example maskNiss('85073003328')
 */
export function maskNiss(value: string): string {
	const text = value.trim();
	const length = Math.min(text.length, MASKED_LENGTH);
	if (text.length < 8) return '*'.repeat(length);
	const head = /^\d{2}/.exec(text)?.[0] ?? '**';
	const tail = /\d{2}$/.exec(text)?.[0] ?? '**';
	return head + '*'.repeat(length - 4) + tail;
}
