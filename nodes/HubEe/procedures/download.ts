import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { safeFileName, UniqueNames } from '../../../lib/files/file-name';
import type { ItemContext } from '../../../lib/node/item-context';
import { type ReceivedFile, receiveFile } from '../../../lib/node/receive-file';
import { allSettledOrThrow } from '../../../lib/all-settled';
import type { DownloadInfo } from '../api/gateway-calls';
import type { Attachment } from '../api/types';
import type { HubEeApi } from '../connect';

/** A file that is now in n8n's store, with what HubEE says of it and what was measured. */
export interface StoredAttachment {
	binary: IBinaryData;
	facts: IDataObject;
}

/** Where a file comes from: a case or an event. */
export type Source = (
	attachmentId: string,
	consume: (
		body: NodeJS.ReadableStream & import('node:stream').Readable,
		info: DownloadInfo,
	) => Promise<ReceivedFile>,
) => Promise<ReceivedFile>;

/** Only files that the antivirus let through can be fetched (contract V2, 2024). */
export const isAvailable = ({ status }: Attachment): boolean => status === 'RECEIVED';

/**
 * Streams files into n8n's store, each checked against its announced size and, where the server
 * sends one, its digest. Names are made safe and unique within the item.
 */
export async function downloadAll(
	context: ItemContext<HubEeApi>,
	attachments: Attachment[],
	source: Source,
	maxBytes?: number,
): Promise<StoredAttachment[]> {
	const names = new UniqueNames(maxBytes);
	const named = attachments.map((attachment) => ({
		attachment,
		fileName: names.take(safeFileName(attachment.fileName, undefined, maxBytes)),
	}));
	return await allSettledOrThrow(
		named.map(async ({ attachment, fileName }) => stored(context, attachment, fileName, source)),
	);
}

/** Streams one file into n8n's store, checked in the same way. */
export async function downloadOne(
	context: ItemContext<HubEeApi>,
	attachment: Attachment,
	source: Source,
): Promise<StoredAttachment> {
	return await stored(context, attachment, safeFileName(attachment.fileName), source);
}

async function stored(
	context: ItemContext<HubEeApi>,
	attachment: Attachment,
	fileName: string,
	source: Source,
): Promise<StoredAttachment> {
	const receive = async () =>
		await source(
			attachment.id,
			async (body, { digest }) =>
				await receiveFile(context, body, {
					fileName,
					mimeType: attachment.mimeType,
					size: attachment.size,
					sha256: digest ? { value: digest, encoding: 'base64' } : undefined,
				}),
		);
	const received = await receive().catch(async (error: unknown) => {
		if (!isDamaged(error)) throw error;
		return await receive();
	});
	return { binary: received.binary, facts: factsOf(attachment, received) };
}

/** What was damaged on its way usually arrives the second time. */
const isDamaged = (error: unknown): boolean =>
	error instanceof GuichetError && ['size_mismatch', 'digest_mismatch'].includes(error.code);

function factsOf(attachment: Attachment, received: ReceivedFile): IDataObject {
	return {
		attachmentId: attachment.id,
		fileName: received.fileName,
		originalFileName: attachment.fileName,
		type: attachment.type,
		mimeType: attachment.mimeType,
		size: received.size,
		sha256: received.sha256,
	};
}
