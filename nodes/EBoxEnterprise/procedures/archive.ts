import { createHash } from 'node:crypto';

import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { safeFileName, UniqueNames } from '../../../lib/files/file-name';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import type { MessageRegistry } from '../api/message-registry';
import { isWhole, pageOf } from '../api/contract-names';
import { inLanguage } from '../api/translated';
import type { Attachment, Message } from '../api/answers';
import type { TranslatedString } from '../api/types';
import type { EBoxApi } from '../connect';
import { downloadFile } from './download';
import { messageItem } from './message-item';

/**
 * A whole message, ready to be stored before it expires: all its files, checked; its body as a
 * file; its metadata with the human names of sender and type, also as a file. Marks the message as
 * read.
 */
export async function archiveMessage(context: ItemContext<EBoxApi>): Promise<OutputItem> {
	const { eBox } = context.api;
	const registry = eBox.registry(await eBox.provider(context.optionalText('providerId')));
	const id = context.text('messageId');
	const options = context.group('options');
	const message = await registry.message(id);
	const facts = await messageItem(context.api, registry, message, { simplify: true, names: true });
	for (const reason of context.api.names.failures.splice(0)) context.warn(reason);
	const names = new UniqueNames(PATH_BYTES.file);
	const files = options.boolean('attachments', true)
		? await storeAttachments(context, registry, id, message, names)
		: [];
	const body = options.boolean('body', true) ? await bodyOf(registry, id, message) : undefined;
	const bodyFiles = body ? await storeBody(context, body, names) : [];
	const binary: NonNullable<INodeExecutionData['binary']> = {};
	const prefix = options.optionalText('outputPrefix') ?? 'file_';
	const stored = [...files, ...bodyFiles].map((file, index) => {
		binary[`${prefix}${index}`] = file.binary;
		return { ...file.facts, binaryField: `${prefix}${index}` };
	});
	const json: IDataObject = {
		...facts,
		attachments: stored,
		body: body && inLanguage(body, context.api.language),
		paymentData: message.paymentData as IDataObject | undefined,
		businessDataList: message.businessDataList as IDataObject | undefined,
		archivePath: archivePath(facts, message),
		archivedAt: new Date().toISOString(),
	};
	if (options.boolean('metadata', true))
		binary.metadata = await storeText(
			context,
			`${JSON.stringify({ ...json, message }, null, '\t')}\n`,
			names.take('message.json'),
			'application/json',
		);
	return new OutputItem(json, binary);
}

interface ArchivedFile {
	binary: IBinaryData;
	facts: IDataObject;
}

/** Annexes first, so that a file that fails leaves the message unread where that is possible. */
async function storeAttachments(
	context: ItemContext<EBoxApi>,
	registry: MessageRegistry,
	messageId: string,
	message: Message,
	names: UniqueNames,
): Promise<ArchivedFile[]> {
	const files = await allFiles(registry, messageId, message);
	const annexesFirst = [...files].sort((a, b) => Number(a.mainContent) - Number(b.mainContent));
	const stored = new Map<unknown, ArchivedFile>();
	for (const file of annexesFirst)
		stored.set(
			file,
			await downloadFile(context, registry, messageId, file, names, PATH_BYTES.file),
		);
	return files.flatMap((file) => stored.get(file) ?? []);
}

/**
 * The contract promises the flag only for messages with a body, but requires it always: so the body
 * is asked for where the flag is there.
 */
async function bodyOf(
	registry: MessageRegistry,
	messageId: string,
	{ bodyMainContent }: Message,
): Promise<TranslatedString | undefined> {
	return bodyMainContent === undefined ? undefined : await registry.body(messageId);
}

async function storeBody(
	context: ItemContext<EBoxApi>,
	body: TranslatedString,
	names: UniqueNames,
): Promise<ArchivedFile[]> {
	const files: ArchivedFile[] = [];
	for (const [language, text] of Object.entries(body)) {
		if (typeof text !== 'string' || text === '') continue;
		const isHtml = /<[a-z][^>]*>/i.test(text);
		const [extension, mediaType] = isHtml ? ['html', 'text/html'] : ['txt', 'text/plain'];
		const fileName = names.take(`body.${safeFileName(language)}.${extension}`);
		files.push({
			binary: await storeText(context, text, fileName, mediaType),
			facts: { fileName, mediaType, body: true, language, size: Buffer.byteLength(text) },
		});
	}
	return files;
}

async function storeText(
	context: ItemContext<EBoxApi>,
	text: string,
	fileName: string,
	mediaType: string,
): Promise<IBinaryData> {
	const { Readable } = await import('node:stream');
	return await context.storeFile(Readable.from([Buffer.from(text)]), fileName, mediaType);
}

/**
 * Bytes of UTF-8 for the parts of a stored file's path. Together with separators they fit into one
 * name of 255 bytes, for whoever stores all files in one folder.
 */
const PATH_BYTES = { sender: 40, message: 110, file: 90 };

/**
 * A folder for the message that sorts by sender and day, each part safe as a name:
 * `ONSS/2026-11-20 Avis de cotisation (nsso-0001)`. The id stays whole as long as it can.
 */
function archivePath(facts: IDataObject, message: Message): string {
	const sender = String(facts.senderName || message.senderOrganizationId || 'unknown sender');
	const day = message.receiptDate.slice(0, 10);
	// A slash would be taken for a folder of its own, and what is before it would be dropped.
	const part = (text: string, bytes: number): string =>
		safeFileName(text.replace(/[\\/]/g, '-'), 'unknown', bytes);
	const id = shortId(message.messageId);
	const left = PATH_BYTES.message - Buffer.byteLength(`${day}  (${id})`);
	const subject = String(facts.subject ?? '').trim();
	const title = subject === '' ? '' : `${withinBytes(subject, left)} `;
	return `${part(sender, PATH_BYTES.sender)}/${part(`${day} ${title}(${id})`, PATH_BYTES.message)}`;
}

/** Ids are opaque and may be long: what does not fit is replaced by its digest. */
function shortId(id: string): string {
	if (Buffer.byteLength(id) <= 48) return id;
	const digest = createHash('sha256').update(id).digest('hex').slice(0, 16);
	return `${withinBytes(id, 31)}-${digest}`;
}

/** The beginning of a text that takes no more than so many bytes. */
function withinBytes(text: string, bytes: number): string {
	let kept = '';
	let size = 0;
	for (const character of text) {
		size += Buffer.byteLength(character);
		if (size > bytes) break;
		kept += character;
	}
	return kept.trim();
}

/**
 * The files of a message. Each message has one main content: where the metadata shows neither a
 * body nor a file as such, or fewer files than it counts, the list of files is asked for.
 */
async function allFiles(
	registry: MessageRegistry,
	messageId: string,
	message: Message,
): Promise<Attachment[]> {
	const shown = pageOf(message.attachments ?? []);
	const hasMain = (some: Attachment[]) =>
		message.bodyMainContent === true || some.some(({ mainContent }) => mainContent);
	if (isWhole(shown) && hasMain(shown.items)) return shown.items;
	const listed = await registry.attachments(messageId);
	if (hasMain(listed)) return listed;
	throw new GuichetError(
		'answer_malformed',
		`The provider shows neither a body nor a file as the main content of message "${messageId}"`,
		{
			hint: 'The message is not archived. It can be read in the e-Box portal.',
			outcome: 'not_done',
		},
	);
}
