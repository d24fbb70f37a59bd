declare const safe: unique symbol;

/**
 * A text that may stand in a report, which people attach to public issues: words of this source, or
 * a value that one of the makers below has checked. Nothing else has this type.
 */
export type Safe = string & { readonly [safe]: true };

/** A number that is too small to be anybody's: no SIREN, SIRET, enterprise or national number. */
export type Figure = number & { readonly [safe]: true };

const OTHER = 'other' as Safe;

/**
 * Words of this source, with checked values between them.
 *
 * @example say`The token lives ${figure(3600)} s`
 */
export const say = (texts: TemplateStringsArray, ...values: Array<Safe | Figure>): Safe =>
	texts.reduce((text, part, index) => `${text}${String(values[index - 1])}${part}`) as Safe;

/**
 * Eight digits at most; a greater number becomes -1.
 *
 * @example figure(3600.4) // 3600
 */
export function figure(value: number): Figure {
	// Not -0, which is another number as JSON.
	const rounded = Math.round(value) + 0;
	return (Math.abs(rounded) < 100_000_000 ? rounded : -1) as Figure;
}

/**
 * One of the words that this source knows; `other` for any else.
 *
 * @example oneOf(['SI', 'OSL'], 'OSL') // 'OSL'
 */
export function oneOf(known: readonly string[], value: unknown): Safe {
	return known.includes(value as string) ? (value as Safe) : OTHER;
}

/**
 * Host and port of an address; long numbers in it are left out.
 *
 * @example hostOf('https://api.example.fr:8443/v1') // 'api.example.fr:8443'
 */
export function hostOf(url: string): Safe {
	if (!URL.canParse(url)) return OTHER;
	return new URL(url).host.replace(/\d{6,}/g, '…') as Safe;
}

/**
 * Scheme, host and port of an address.
 *
 * @example originOf('https://api.example.fr/v1?a=1') // 'https://api.example.fr'
 */
export function originOf(url: string): Safe {
	return URL.canParse(url) ? (`${new URL(url).protocol}//${hostOf(url)}` as Safe) : OTHER;
}

/** A code of Node or OpenSSL: `CERT_HAS_EXPIRED`. */
export function machineCode(value: string | undefined): Safe {
	return /^[A-Z][A-Z0-9_]{2,59}$/.test(value ?? '') && !/\d{4}/.test(value ?? '')
		? (value as Safe)
		: OTHER;
}

/**
 * A version: `2.1`, `v3`, `TLSv1.3`.
 *
 * @example version('v3') // 'v3'
 */
export function version(value: string | undefined): Safe {
	return /^(TLS)?v?\d{1,2}(\.\d{1,3}){0,2}$/.test(value ?? '') ? (value as Safe) : OTHER;
}

/**
 * The name of a field of an answer. Names are data too: one that does not look like a field's is
 * not shown.
 *
 * @example
 * fieldName('processCode') // 'processCode'
 */
export function fieldName(value: string): Safe | undefined {
	return /^[a-z][a-z]*([A-Z][a-z]*)*$/.test(value) && value.length <= 40
		? (value as Safe)
		: undefined;
}

/** An instant, ISO 8601 in UTC, without milliseconds. */
export function instant(time: number): Safe {
	return Number.isFinite(time) && Math.abs(time) < 8.64e15
		? (new Date(time).toISOString().replace(/\.\d+Z$/, 'Z') as Safe)
		: OTHER;
}

/**
 * A day, `YYYY-MM-DD`.
 *
 * @example day(Date.UTC(2026, 10, 28)) // '2026-11-28'
 */
export const day = (time: number): Safe => instant(time).slice(0, 10) as Safe;

/** Several, with commas. */
export const listed = (values: readonly Safe[]): Safe => values.join(', ') as Safe;
