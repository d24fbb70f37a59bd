import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { safeFileName, type UniqueNames } from '../../../lib/files/file-name';
import { type FileStore, receiveFile } from '../../../lib/node/receive-file';
import type { MessageRegistry } from '../api/message-registry';
import type { Attachment } from '../api/answers';

/** A file that is now in n8n's store, with what the provider says of it and what was measured. */
export interface StoredFile {
	binary: IBinaryData;
	facts: IDataObject;
}

const HASHABLE = 'sha_256';

/**
 * Streams a file into n8n's store and checks its digest where the provider gave one. Retrieving a
 * main content marks the message as read.
 *
 * @throws GuichetError `digest_mismatch`; the file is not handed on then, but the message counts as
 * read
 */
export async function downloadFile(
	store: FileStore,
	registry: MessageRegistry,
	messageId: string,
	attachment: Attachment,
	names: UniqueNames,
	maxNameBytes?: number,
): Promise<StoredFile> {
	const { digestMethod = HASHABLE, digestValue } = attachment.digest ?? {};
	const isCheckable = Boolean(digestValue) && digestMethod.toLowerCase() === HASHABLE;
	const fileName = names.take(safeFileName(attachment.fileName, 'document', maxNameBytes));
	try {
		const received = await registry.content(
			messageId,
			attachment,
			async (body) =>
				await receiveFile(store, body, {
					fileName,
					mimeType: attachment.mediaType,
					// The announced size is in rounded kilobytes: too coarse to check.
					sha256: isCheckable ? { value: digestValue ?? '', encoding: 'base64url' } : undefined,
				}),
		);
		return {
			binary: received.binary,
			facts: {
				attachmentId: attachment.attachmentId,
				fileName: received.fileName,
				originalFileName: attachment.fileName,
				mediaType: attachment.mediaType,
				mainContent: attachment.mainContent,
				signed: attachment.attachmentSigned ?? false,
				size: received.size,
				sha256: received.sha256,
				digest: isCheckable ? 'verified' : digestValue ? 'unknownMethod' : 'notGiven',
			},
		};
	} catch (error) {
		throw explained(error, attachment);
	}
}

function explained(error: unknown, { mainContent }: Attachment): unknown {
	if (!(error instanceof GuichetError) || error.code !== 'digest_mismatch') return error;
	const hint = mainContent
		? 'It was changed or damaged on its way, or the provider announced a wrong digest. The message counts as read now; fetching it again is possible until it expires.'
		: 'It was changed or damaged on its way, or the provider announced a wrong digest. Fetch it again, and tell the provider if it stays so.';
	return error.with({ hint });
}
