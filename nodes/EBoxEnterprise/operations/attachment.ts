import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { UniqueNames } from '../../../lib/files/file-name';
import { chooseFrom } from '../../../lib/node/choose';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Resource } from '../../../lib/node/operation';
import type { MessageRegistry } from '../api/message-registry';
import { attachmentsOf } from '../api/contract-names';
import type { Attachment } from '../api/answers';
import { downloadFile } from '../procedures/download';
import type { EBoxApi } from '../connect';
import { messageId, outputField, providerId, readNotice } from './fields';

const attachmentId: INodeProperties = chooseFrom(
	{
		displayName: 'Attachment ID',
		name: 'attachmentId',
		type: 'string',
		default: '={{ $json.attachmentId }}',
		required: true,
		placeholder: 'e.g. 0b0ff3a2-2f53-4f0e-8f4c-6a1c1a2f6d10',
		description: 'From Attachment: Get Many, or the attachments of a message',
	},
	'attachments',
	['providerId', 'messageId'],
);

async function registryOf(context: ItemContext<EBoxApi>): Promise<MessageRegistry> {
	const { eBox } = context.api;
	return eBox.registry(await eBox.provider(context.optionalText('providerId')));
}

const item = (registry: MessageRegistry, id: string, attachment: Attachment): IDataObject =>
	({ providerId: registry.provider.id, messageId: id, ...attachment }) as IDataObject;

async function getMany(context: ItemContext<EBoxApi>): Promise<IDataObject[]> {
	const registry = await registryOf(context);
	const id = context.text('messageId');
	return (await registry.attachments(id)).map((attachment) => item(registry, id, attachment));
}

async function get(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const registry = await registryOf(context);
	const id = context.text('messageId');
	return item(registry, id, await registry.attachment(id, context.text('attachmentId')));
}

async function download(context: ItemContext<EBoxApi>): Promise<OutputItem> {
	const registry = await registryOf(context);
	const id = context.text('messageId');
	const attachment = await chosenFile(context, registry, id);
	const field = context.text('outputField');
	const { binary, facts } = await downloadFile(
		context,
		registry,
		id,
		attachment,
		new UniqueNames(),
	);
	return new OutputItem(
		{ providerId: registry.provider.id, messageId: id, ...facts, binaryField: field },
		{ [field]: binary },
	);
}

/** By its id, or by its place in the message for the rare one that has no id. */
async function chosenFile(
	context: ItemContext<EBoxApi>,
	registry: MessageRegistry,
	id: string,
): Promise<Attachment> {
	const fileId = context.optionalText('attachmentId');
	if (fileId) return await registry.attachment(id, fileId);
	const files = attachmentsOf(await registry.message(id)).filter((file) => !file.attachmentId);
	// The only file without an id needs none; otherwise the field is required, and said to be empty.
	const [only, ...others] = files;
	if (only && others.length === 0) return only;
	return await registry.attachment(id, context.text('attachmentId'));
}

export const attachmentResource: Resource<EBoxApi> = {
	name: 'Attachment',
	value: 'attachment',
	description: 'A file of a message',
	operations: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many attachments',
			description: 'List the files of a message; marks nothing as read',
			fields: [messageId, providerId],
			run: getMany,
		},
		{
			name: 'Download',
			value: 'download',
			action: 'Download an attachment',
			description: 'Fetch a file and check its digest; a main content marks the message as read',
			fields: [messageId, providerId, attachmentId, readNotice, outputField],
			run: download,
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get an attachment',
			description: 'Get the metadata of a file; marks nothing as read',
			fields: [messageId, providerId, attachmentId],
			run: get,
		},
	],
};
