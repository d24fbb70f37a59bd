import type { OperationTable } from '../../lib/node/operation';
import type { Timer } from './api/wait';
import { connectDimona, type DimonaApi, parallelItems, realTimer } from './connect';
import { connectionResource } from './operations/connection';
import { declarationResource } from './operations/declaration';
import { periodResource, relationResource } from './operations/period';

/** The node with a time of its own; tests give one that does not make them wait. */
export function dimonaTableWith(
	timerOf: (signal?: AbortSignal) => Timer,
): OperationTable<DimonaApi> {
	return {
		service: 'Dimona',
		resources: [declarationResource, connectionResource, periodResource, relationResource],
		connect: async (execution, form) => await connectDimona(execution, form, timerOf),
		parallelItems,
	};
}

/** Everything the Dimona node does. */
export const dimonaTable = dimonaTableWith(realTimer);
