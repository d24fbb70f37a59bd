import { inTurn } from '../../../lib/in-turn';
import type { ItemContext } from '../../../lib/node/item-context';
import type { HubEeApi } from '../connect';

/**
 * What looks at a case before it sends does both in its turn, so that two executions that want the
 * same in the very same moment send it once. It holds within this process: the workers of queue
 * mode see nothing of each other.
 *
 * @param what what is sent; other things are not held up
 */
export async function inTurnOfCase<Result>(
	context: ItemContext<HubEeApi>,
	what: string,
	act: () => Promise<Result>,
): Promise<Result> {
	const caseId = context.uuid('caseId').toLowerCase();
	return await inTurn(`${context.api.client.http.baseUrl} ${caseId} ${what}`, act);
}
