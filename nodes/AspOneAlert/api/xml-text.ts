import { invalidInput } from '../../../lib/errors/guichet-error';
import { escapeXml, fitsXml } from '../../../lib/xml';

/**
 * A text that may stand in the body of a request.
 *
 * Stricter than XML: no control character at all, and no `<`. The SOAP library writes a text that
 * looks like a CDATA section as it is, so that a value could add elements; no field of the service
 * needs that character.
 *
 * @param field the field as the person sees it in the form
 */
export function bodyText(field: string, text: string): string {
	if (!fitsXml(text) || /[\t\n\r\u007F-\u009F]/.test(text))
		throw invalidInput(field, 'must not contain control characters or half characters');
	if (text.includes('<')) throw invalidInput(field, 'must not contain the character "<"');
	return text;
}

/**
 * Escapes any text for an element or attribute, white space included, so that it arrives as it is.
 *
 * @param field the field as the person sees it in the credential, for a text that XML cannot carry
 */
export function escapedXml(field: string, text: string): string {
	if (!fitsXml(text))
		throw invalidInput(field, 'must not contain control characters or half characters');
	return escapeXml(text);
}
