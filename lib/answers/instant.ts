const WITHOUT_OFFSET = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/**
 * The time that a service gives, in milliseconds since 1970; NaN for what is none. Without an
 * offset it is read as UTC, so that it does not depend on the time zone of the machine.
 *
 * @example instantOf('1970-01-01T00:00:01') // 1000
 */
export function instantOf(text: string | null | undefined): number {
	const plain = text?.trim() ?? '';
	return Date.parse(WITHOUT_OFFSET.test(plain) ? `${plain.replace(' ', 'T')}Z` : plain);
}
