import type { IBinaryKeyData } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import type { HubEeApi } from '../connect';
import { downloadAll } from './download';
import { fileItem, refuseMissing } from './receive-case';

/**
 * Fetches an event with all its files, and changes nothing at HubEE: acknowledge when they are
 * stored.
 */
export async function receiveEvent(context: ItemContext<HubEeApi>): Promise<OutputItem> {
	const { client } = context.api;
	const [caseId, eventId] = [context.uuid('caseId'), context.uuid('eventId')];
	const prefix = context.optionalText('outputPrefix') ?? 'file_';
	const { id, ...event } = await client.getEvent(caseId, eventId);
	const attachments = event.attachments ?? [];
	refuseMissing(attachments, `event ${id}`, { caseId, eventId });
	const files = await downloadAll(context, attachments, (attachmentId, consume) =>
		client.downloadEventAttachment(caseId, eventId, attachmentId, consume),
	);
	const binary: IBinaryKeyData = {};
	const listed = files.map((file, index) => fileItem(file, `${prefix}${index}`, binary));
	return new OutputItem(
		{
			caseId,
			eventId,
			...JSON.parse(JSON.stringify(event)),
			files: listed,
			fileCount: files.length,
		},
		binary,
	);
}
