import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import { enterpriseNumber } from '../api/enterprise-number';
import type { MessageFilters } from '../api/types';

/** Reads the filters of a form. A time of day is dropped, because the service filters by days. */
export function filtersOf(form: Fields, language: string): MessageFilters {
	const date = (name: string): string | undefined => dayOf(form, name);
	const flag = (name: string): boolean | undefined =>
		form.optionalText(name) === undefined ? undefined : form.boolean(name);
	const q = form.optionalText('q');
	const sender = form.optionalText('senderOrganizationId');
	const filters: MessageFilters = {
		receivedAfter: date('receivedAfter'),
		receivedBefore: date('receivedBefore'),
		expiredAfter: date('expiredAfter'),
		expiredBefore: date('expiredBefore'),
		readStatus: flag('readStatus'),
		visible: flag('visible'),
		registeredMail: flag('registeredMail'),
		messageTypeId: form.optionalText('messageTypeId'),
		senderApplicationId: form.optionalText('senderApplicationId'),
		senderOrganizationId: sender && enterpriseNumber(sender, form.label('senderOrganizationId')),
		partition: form.optionalText('partition'),
		q,
		qlang: q === undefined ? undefined : (form.optionalText('qlang') ?? searchable(language)),
	};
	if (q !== undefined && q.length > MAX_SEARCH)
		throw invalidInput(form.label('q'), `must have at most ${MAX_SEARCH} characters`);
	return filters;
}

/**
 * The day as it was written, in whatever time zone: midnight in Brussels is still the day before in
 * UTC.
 */
function dayOf(form: Fields, name: string): string | undefined {
	const instant = form.optionalDateTime(name);
	if (instant === undefined) return undefined;
	const given = form.raw(name);
	const isDateLike = typeof given === 'object' && given !== null && 'toISO' in given;
	const text = isDateLike ? (given as { toISO(): string }).toISO() : String(given);
	return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? instant.slice(0, 10);
}

/** Longer texts do not belong into a URL. */
const MAX_SEARCH = 500;

const searchable = (language: string): string =>
	['fr', 'nl', 'de'].includes(language) ? language : 'fr';
