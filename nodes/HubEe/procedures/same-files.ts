import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';

import { recoverFrom } from '../../../lib/errors/guichet-error';
import { Metered } from '../../../lib/files/metered';
import type { HubEeClient } from '../api/client';
import type { CaseEvent } from '../api/types';
import type { OutgoingFile } from './outgoing-files';

/** What a file looks like from outside: another content may look the same. */
const looksOf = ({ fileName, type, size }: { fileName: string; type: string; size: number }) =>
	JSON.stringify([fileName, type, Number(size)]);

const sameList = (one: string[], other: string[]): boolean =>
	JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());

/** What several files look like, in any order. */
export const looksOfAll = (files: OutgoingFile[]): string =>
	files
		.map(({ declared }) => looksOf(declared))
		.sort()
		.join(' ');

/** Whether an event declares files of the same names, types and sizes, in any order. */
export function looksLike({ attachments }: CaseEvent, files: OutgoingFile[]): boolean {
	return sameList(
		(attachments ?? []).map(looksOf),
		files.map(({ declared }) => looksOf(declared)),
	);
}

/**
 * Whether the files that an event holds are these, byte for byte. The hub tells the digest of a
 * file when it is downloaded; where it does not, the bytes are read. Files that cannot be read any
 * more count as others.
 */
export async function holdsSameFiles(
	client: HubEeClient,
	caseId: string,
	event: CaseEvent,
	files: OutgoingFile[],
): Promise<boolean> {
	if (!looksLike(event, files)) return false;
	const held: string[] = [];
	for (const attachment of event.attachments ?? []) {
		const sha256 = await digestAtHub(client, caseId, event.id, attachment.id);
		if (sha256 === undefined) return false;
		held.push(looksOf(attachment) + bare(sha256));
	}
	return sameList(
		held,
		files.map(({ declared, sha256 }) => looksOf(declared) + bare(sha256)),
	);
}

async function digestAtHub(
	client: HubEeClient,
	caseId: string,
	eventId: string,
	attachmentId: string,
): Promise<string | undefined> {
	return await client
		.downloadEventAttachment(caseId, eventId, attachmentId, async (body, { digest }) => {
			if (digest) return digest;
			const meter = new Metered();
			await pipeline(body, meter, new Writable({ write: (_chunk, _encoding, done) => done() }));
			return meter.sha256('base64');
		})
		.catch(recoverFrom(undefined, 'not_found', 'forbidden', 'refused'));
}

/** Padding is optional in practice. */
const bare = (digest: string): string => digest.trim().replace(/=+$/, '');
