import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import { enterpriseNumber } from '../api/enterprise-number';
import type { MessageFilters } from '../api/types';

/** Reads the filters of a form. A time of day is dropped, because the service filters by days. */
export function filtersOf(form: Fields, language: string): MessageFilters {
	const date = (name: string): string | undefined => form.optionalDay(name, 'written');
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

/** Longer texts do not belong into a URL. */
const MAX_SEARCH = 500;

const searchable = (language: string): string =>
	['fr', 'nl', 'de'].includes(language) ? language : 'fr';
