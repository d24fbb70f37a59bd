import type { IDataObject } from 'n8n-workflow';

import type { Fields } from '../../../lib/node/fields';
import type { FoundRecord } from '../api/find';
import type { DeclarationResult, SentFacts } from '../api/result';
import { type Json, periodIdOf } from '../api/types';

/**
 * An item as the person gets it: the authority's answer holds national numbers, so it is an option.
 */
export function shownItem(item: IDataObject, options: Fields): IDataObject {
	if (options.boolean('includeRaw')) return item;
	return Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'raw'));
}

/** A result as an item: ids as texts, the authority's answer under `raw`. */
export function resultItem(result: DeclarationResult): IDataObject {
	return JSON.parse(JSON.stringify(result)) as IDataObject;
}

/** Nothing is known yet, and nothing is lost: the id is there to ask again. */
export function pendingItem(declarationId: string | undefined): IDataObject {
	return { declarationId: declarationId ?? null, status: 'pending', final: false };
}

/** What a search found of a declaration whose answer was lost. */
export function foundRecordItem(
	{ declaration, period, periodId }: FoundRecord,
	sent: SentFacts,
): IDataObject {
	if (declaration) return { ...resultItem(declaration), foundBySearch: true };
	return {
		declarationId: null,
		periodId: periodId ?? null,
		// A period exists only after its declaration was accepted. With or without a warning cannot be
		// told from it, so neither can be what a warning means for a flexi-job.
		status: 'accepted',
		final: true,
		...(sent.workerType === undefined
			? {}
			: {
					workerType: sent.workerType,
					...(sent.workerType === 'FLX' ? { flexiJobForbidden: null } : {}),
				}),
		foundBySearch: true,
		raw: (period ?? {}) as IDataObject,
	};
}

/** A period or relation as the service gives it, with its number as a text. */
export function foundItem(item: Json): IDataObject {
	const periodId = periodIdOf(item);
	return { ...(item as IDataObject), ...(periodId === undefined ? {} : { periodId }) };
}
