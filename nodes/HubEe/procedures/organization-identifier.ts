import { invalidInput } from '../../../lib/errors/guichet-error';
import { bareSiret, siretChecksumFits } from '../../../lib/identifiers/siret';
import type { Fields } from '../../../lib/node/fields';
import type { OrganizationIdentifier } from '../api/types';

/**
 * A SIRET as people write it, as 14 digits. n8n turns what looks like a number into one, which eats
 * leading zeros: a SIRET of another length is refused, not padded.
 */
function siretOf(fields: Fields, name: string): string {
	const companyRegister = bareSiret(fields.text(name, { expected: '14 digits' }));
	if (/^\d{14}$/.test(companyRegister)) return companyRegister;
	throw invalidInput(
		fields.label(name),
		`must be 14 digits, and is "${companyRegister}"`,
		/^\d{9,13}$/.test(companyRegister)
			? 'Leading zeros may have been lost where the number was handled as a number: keep it a text.'
			: undefined,
	);
}

/** A SIRET to look for, where one is given. */
export function siretFilter(fields: Fields, name: string): string | undefined {
	return fields.optionalText(name) === undefined ? undefined : siretOf(fields, name);
}

/**
 * Stands between SIRET and branch code in what a list of organizations gives as one value. The form
 * tells by it whether the branch code has still to be asked for: no expression holds it.
 */
export const CHOICE_SEPARATOR = ' › ';

const CHOSEN_ORGANIZATION = /^(\d{14}) › ([\w-]{1,10})$/;

/** An organization as one value of a list to choose from. */
export const organizationChoice = ({ companyRegister, branchCode }: OrganizationIdentifier) =>
	`${companyRegister}${CHOICE_SEPARATOR}${branchCode}`;

/**
 * Reads SIRET and branch code from a form or a row of it. One that was chosen from the list has
 * both in the field SIRET.
 *
 * @param warn told when the checksum of the SIRET does not fit, which happens with test numbers
 */
export function organizationIdentifier(
	fields: Fields,
	type: string,
	warn: (message: string) => void,
): OrganizationIdentifier {
	const chosen = CHOSEN_ORGANIZATION.exec(fields.optionalText('siret') ?? '');
	const [, register, branch] = chosen ?? [];
	if (register !== undefined && branch !== undefined)
		return { type, companyRegister: register, branchCode: branch };
	const companyRegister = siretOf(fields, 'siret');
	if (!siretChecksumFits(companyRegister))
		warn(`The checksum of SIRET ${companyRegister} does not fit; it was sent as it is.`);
	const branchCode = fields.text('branchCode', {
		maxLength: 10,
		pattern: /^[\w-]{1,10}$/,
		expected:
			'an INSEE commune code such as 06088 or a desk code of at most 10 letters, digits and hyphens',
	});
	return { type, companyRegister, branchCode };
}
