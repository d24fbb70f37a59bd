import type { Fields } from './fields';

/**
 * "Timeout (Seconds)" of a form, in milliseconds; undefined for the usual one.
 *
 * @example new HttpClient({ service: 'HubEE', timeoutMs: timeoutMs(form.group('options')) });
 */
export function timeoutMs(options: Fields): number | undefined {
	const seconds = options.optionalNumber('timeoutSeconds', { min: 1, integer: false });
	return seconds === undefined ? undefined : seconds * 1000;
}

/**
 * "Parallel Calls" or "Parallel Items" of a form; undefined for the usual number.
 *
 * @example parallel(form.group('options'), 'parallelCalls', 16) ?? 4
 */
export function parallel(
	options: Fields,
	name: 'parallelCalls' | 'parallelItems',
	max: number,
): number | undefined {
	return options.optionalNumber(name, { min: 1, max });
}
