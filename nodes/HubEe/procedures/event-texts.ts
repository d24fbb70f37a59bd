import type { Fields } from '../../../lib/node/fields';
import type { NewEvent } from '../api/types';

/** The free texts of an event, at the lengths of the folder contract 1.2.7. Empty ones are left out, never sent as null. */
export function eventTexts(
	fields: Fields,
): Pick<NewEvent, 'author' | 'message' | 'comment' | 'partnerAttributes'> {
	const texts = {
		author: fields.optionalText('author', { maxLength: 255 }),
		message: fields.optionalText('message', { maxLength: 1000 }),
		comment: fields.optionalText('comment', { maxLength: 1000 }),
		partnerAttributes: fields.optionalText('partnerAttributes', { maxLength: 1024 }),
	};
	return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}
