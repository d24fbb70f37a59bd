import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { filledPath, onlyInV3 } from '../api/api-version';
import type { EBoxApi } from '../connect';

/** Reports that the action of a message has been done. Version 3 has the operation; its path and body are settings of the API profile. */
export async function executeAction(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const { eBox, v3 } = context.api;
	const registry = eBox.registry(await eBox.provider(context.optionalText('providerId')));
	if (registry.dialect.version !== 'v3')
		throw onlyInV3('Execute Action', 'its messages ask for no actions');
	const messageId = context.text('messageId');
	const answer = await registry.patch(
		filledPath(v3.actionPath, { messageId }),
		JSON.parse(v3.actionBody) as unknown,
	);
	return { providerId: registry.provider.id, messageId, executed: true, answer: answer ?? null };
}
