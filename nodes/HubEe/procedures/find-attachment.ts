import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import type { Attachment } from '../api/types';
import { isAvailable } from './download';

/** The file of that id among those of a case or event, if it can be fetched. */
export function findAttachment(
	attachments: Attachment[] | null | undefined,
	id: string,
): Attachment {
	const attachment = attachments?.find(
		(candidate) => candidate.id.toLowerCase() === id.toLowerCase(),
	);
	if (!attachment)
		throw invalidInput(
			'Attachment ID',
			`"${id}" is not among the ${attachments?.length ?? 0} files here`,
			'Get the case or event first and take the ID of a file from its attachments.',
		);
	if (isAvailable(attachment)) return attachment;
	throw new GuichetError(
		attachment.status === 'PENDING' ? 'file_pending' : 'file_rejected',
		`The file "${attachment.fileName}" cannot be fetched: its status is ${attachment.status}`,
		{
			hint:
				attachment.status === 'PENDING'
					? 'It is awaited or being scanned: try again in a few minutes.'
					: 'The hub rejected or purged it; ask the sender to send it again.',
			outcome: 'not_done',
		},
	);
}
