import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { areDistinct } from '../../../lib/answers/schema';
import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import type { Attachment, Case } from '../api/types';
import type { HubEeApi } from '../connect';
import { downloadAll, isAvailable, type StoredAttachment } from './download';

/**
 * Fetches a case with all its files. It changes nothing at HubEE: the status and the notification
 * are for later steps, when what was received is safely stored, because the hub may delete the
 * files once the status has moved on.
 */
export async function receiveCase(context: ItemContext<HubEeApi>): Promise<OutputItem[]> {
	const { client } = context.api;
	const caseId = context.uuid('caseId');
	const fields = context.group('additionalFields');
	const perFile = context.text('output') === 'perFile';
	const received = await client.getCase(caseId);
	const attachments = filesOf(received);
	const missing = attachments.filter((attachment) => !isAvailable(attachment));
	if (!fields.boolean('acceptMissingFiles'))
		refuseMissing(attachments, `case ${received.externalId}`, { caseId });
	const files = await downloadAll(
		context,
		attachments.filter(isAvailable),
		(id, consume) => client.downloadCaseAttachment(caseId, id, consume),
		fields.optionalNumber('fileNameBytes', { min: 20, max: 255 }),
	);
	const summary = {
		...caseItem(received),
		missingFiles: missing.map(missingFact),
		complete: missing.length === 0,
	};
	if (missing.length > 0)
		context.warn(`Case ${caseId}: ${missing.length} file(s) could not be received.`);
	return perFile
		? onePerFile(summary, files, fields.optionalText('outputField') ?? 'data')
		: [allInOne(summary, files, fields.optionalText('outputPrefix') ?? 'file_')];
}

/**
 * The files of a case. An answer that does not list them is not a case without files.
 *
 * @throws GuichetError `answer_malformed`
 */
export function filesOf({ id, attachments }: Case): Attachment[] {
	if (attachments) return eachOnce(attachments, `case ${id}`);
	throw new GuichetError(
		'answer_malformed',
		`HubEE gave case ${id} without a list of its files ("attachments")`,
		{
			hint: 'Nothing was changed or acknowledged. Try again; if it stays so, tell the support of HubEE.',
		},
	);
}

/**
 * The files of a list that names each of them once. One that stands there twice may stand in the
 * place of another, which would be lost.
 *
 * @throws GuichetError `answer_malformed`
 */
export function eachOnce(attachments: Attachment[], owner: string): Attachment[] {
	if (areDistinct(attachments)) return attachments;
	throw new GuichetError('answer_malformed', `HubEE listed a file of ${owner} twice`, {
		hint: 'Another file may be missing in its place. Try again; if it stays so, tell the support of HubEE.',
	});
}

/** A case as our nodes give it: its id under the name that the other operations ask for. */
export function caseItem({ id, ...rest }: Case): IDataObject {
	return { caseId: id, ...rest } as unknown as IDataObject;
}

function allInOne(summary: IDataObject, files: StoredAttachment[], prefix: string): OutputItem {
	const binary: IBinaryKeyData = {};
	const listed = files.map((file, index) => fileItem(file, `${prefix}${index}`, binary));
	return new OutputItem({ ...summary, files: listed, fileCount: files.length }, binary);
}

function onePerFile(summary: IDataObject, files: StoredAttachment[], field: string): OutputItem[] {
	if (files.length === 0) return [new OutputItem({ ...summary, file: null, fileCount: 0 })];
	return files.map(
		({ binary, facts }, index) =>
			new OutputItem(
				{
					...summary,
					file: { ...facts, binaryField: field },
					fileIndex: index,
					fileCount: files.length,
				},
				{ [field]: binary },
			),
	);
}

const missingFact = ({ id, fileName, status, type }: Attachment): IDataObject => ({
	attachmentId: id,
	fileName,
	status,
	type,
});

const MEANING: Record<string, string> = {
	PENDING: 'is still awaited or being scanned',
	CORRUPTED: 'was rejected by the antivirus of the hub',
	REJECTED: 'does not match what the sender declared',
	DELETED: 'has been purged by the hub',
};

/** Puts a file into its binary field and gives what the item says of it. */
export function fileItem(
	{ binary, facts }: StoredAttachment,
	field: string,
	into: IBinaryKeyData,
): IDataObject {
	into[field] = binary;
	return { ...facts, binaryField: field };
}

/**
 * Refuses to go on without files that were announced: an incomplete file must not look like a
 * complete one.
 */
export function refuseMissing(
	attachments: Attachment[],
	where: string,
	ids: Record<string, string>,
): void {
	const missing = attachments.filter((attachment) => !isAvailable(attachment));
	if (missing.length === 0) return;
	const list = missing
		.map(
			({ fileName, status }) =>
				`"${fileName}" ${MEANING[status] ?? 'is not available'} (${status})`,
		)
		.join('; ');
	const pending = missing.every(({ status }) => status === 'PENDING');
	throw new GuichetError(
		pending ? 'file_pending' : 'file_rejected',
		`Not all files of ${where} can be received: ${list}`,
		{
			hint: pending
				? 'Nothing was acknowledged. Try again in a few minutes: the hub finishes its scan within ten.'
				: 'Nothing was acknowledged. To go on without these files, add "Accept Missing Files"; to have them sent again, update the status to SI_INTG_ERROR.',
			outcome: 'not_done',
			data: { ...ids, missing: missing.length },
		},
	);
}
