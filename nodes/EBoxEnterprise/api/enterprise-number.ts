import { invalidInput } from '../../../lib/errors/guichet-error';
import {
	enterpriseNumberOf,
	looksLikeEnterpriseNumber,
} from '../../../lib/identifiers/enterprise-number';

/**
 * An enterprise number as the registry wants it: ten digits, the first 0 or 1 (contract 2.1).
 *
 * @param field its name in the form
 */
export function enterpriseNumber(text: string, field: string): string {
	const digits = enterpriseNumberOf(text);
	if (looksLikeEnterpriseNumber(digits)) return digits;
	throw invalidInput(
		field,
		'must be an enterprise number of ten digits that begins with 0 or 1, such as 0406798006',
	);
}
