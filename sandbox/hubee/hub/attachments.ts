import { randomUUID } from 'node:crypto';

import type { Attachment, Side } from '../model';
import type { Process } from '../referential/processes';

/** What a caller declares of a file before it is uploaded. */
export interface AttachmentDeclaration {
	fileName: string;
	type: string;
	size: number;
	mimeType: string;
}

/** An attachment whose bytes are awaited. */
export function declared(declaration: AttachmentDeclaration, recipients: string[]): Attachment {
	return {
		id: randomUUID(),
		...declaration,
		status: 'PENDING',
		recipients,
		file: null,
		scan: null,
	};
}

/**
 * What the process has against a file. An SI may send nothing when its list of formats is empty.
 * Types bind the OSL only: nothing is published about the types of an SI.
 */
export function attachmentFaults(
	attachment: AttachmentDeclaration,
	process: Process,
	side: Side,
): string[] {
	const { fileName, mimeType, type, size } = attachment;
	const formats =
		side === 'OSL' ? process.attachmentFormatsEnabled : (process.siAttachmentFormatsEnabled ?? []);
	const faults: string[] = [];
	if (!formats.includes(mimeType)) {
		faults.push(`Attachment ${fileName}: format ${mimeType} is not enabled for ${process.code}`);
	}
	if (side === 'OSL' && !process.attachmentTypesEnabled.includes(type)) {
		faults.push(`Attachment ${fileName}: type ${type} is not enabled for ${process.code}`);
	}
	if (size > process.attachmentMaxSizeEnabled) {
		faults.push(
			`Attachment ${fileName}: size ${size} exceeds ${process.attachmentMaxSizeEnabled} for ${process.code}`,
		);
	}
	return faults;
}
