import type { IDataObject } from 'n8n-workflow';

import { type FoundRecord, periodIdOf } from '../api/find';
import type { DeclarationResult } from '../api/result';
import type { Json } from '../api/types';

/** A result as an item: ids as texts, the authority's answer under `raw`. */
export function resultItem(result: DeclarationResult): IDataObject {
	return JSON.parse(JSON.stringify(result)) as IDataObject;
}

/** Nothing is known yet, and nothing is lost: the id is there to ask again. */
export function pendingItem(declarationId: string): IDataObject {
	return { declarationId, status: 'pending', final: false };
}

/** What a search found of a declaration whose answer was lost. */
export function foundRecordItem({ declaration, period, periodId }: FoundRecord): IDataObject {
	if (declaration) return { ...resultItem(declaration), foundBySearch: true };
	return {
		declarationId: null,
		periodId: periodId ?? null,
		// A period exists only after its declaration was accepted; with or without a warning cannot be
		// told from it.
		status: 'accepted',
		final: true,
		foundBySearch: true,
		raw: (period ?? {}) as IDataObject,
	};
}

/** A period or relation as the service gives it, with its number as a text. */
export function foundItem(item: Json): IDataObject {
	const periodId = periodIdOf(item);
	return { ...(item as IDataObject), ...(periodId ? { periodId } : {}) };
}
