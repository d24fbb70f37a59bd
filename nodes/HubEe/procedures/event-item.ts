import type { IDataObject } from 'n8n-workflow';

import type { CaseEvent } from '../api/types';

/** An event as our nodes give it: its ids under the names that the other operations ask for. */
export function eventItem(id: string, { id: event, ...rest }: CaseEvent): IDataObject {
	return { caseId: id, eventId: event, ...rest } as unknown as IDataObject;
}
