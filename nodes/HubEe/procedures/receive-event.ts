import type { IBinaryKeyData } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import { ATTACH_DEPOSIT } from '../api/statuses';
import type { Attachment, CaseEvent } from '../api/types';
import type { HubEeApi } from '../connect';
import { downloadAll } from './download';
import { eachOnce, fileItem, refuseMissing } from './receive-case';

/**
 * The files of an event. Only a deposit has any (HubEE contract V2, 2024); one that comes without
 * them, or an event that does not say what it is, is not an event without files.
 */
function filesOf(id: string, { actionType, attachments }: Omit<CaseEvent, 'id'>): Attachment[] {
	const mayHaveNone = Boolean(actionType) && actionType !== ATTACH_DEPOSIT;
	if (attachments && (attachments.length > 0 || mayHaveNone))
		return eachOnce(attachments, `event ${id}`);
	if (mayHaveNone) return [];
	throw new GuichetError(
		'answer_malformed',
		`HubEE gave event ${id} (${actionType ?? 'without an action type'}) without its files ("attachments")`,
		{
			hint: 'Nothing was changed or acknowledged. Try again; if it stays so, tell the support of HubEE.',
			outcome: 'not_done',
		},
	);
}

/**
 * Fetches an event with all its files, and changes nothing at HubEE: acknowledge when they are
 * stored.
 */
export async function receiveEvent(context: ItemContext<HubEeApi>): Promise<OutputItem> {
	const { client } = context.api;
	const [caseId, eventId] = [context.uuid('caseId'), context.uuid('eventId')];
	const prefix = context.optionalText('outputPrefix') ?? 'file_';
	const { id, ...event } = await client.getEvent(caseId, eventId);
	const attachments = filesOf(id, event);
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
