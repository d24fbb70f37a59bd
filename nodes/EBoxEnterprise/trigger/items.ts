import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { UniqueNames } from '../../../lib/files/file-name';
import { factsOf } from '../../../lib/node/node-error';
import type { FileStore } from '../../../lib/node/receive-file';
import type { MessageRegistry } from '../api/message-registry';
import { attachmentsOf } from '../api/contract-names';
import type { Provider } from '../api/provider';
import type { Message } from '../api/answers';
import { providerFacts } from '../procedures/provider-selection';
import { downloadFile } from '../procedures/download';
import { messageItem } from '../procedures/message-item';
import type { EBoxApi } from '../connect';
import type { TriggerEvent, TriggerSettings } from './form';

/** A message that a poll delivers. */
export interface DeliveredMessage {
	provider: Provider;
	message: Message;
	isExpiring: boolean;
	/** Delivered before, perhaps, by an execution that a restart of n8n swallowed, or that failed. */
	repeated: boolean;
	/** Which delivery it is, where messages are delivered until they are acknowledged. */
	deliveries?: number;
}

export async function triggerItem(
	context: IPollFunctions,
	api: EBoxApi,
	settings: TriggerSettings,
	{ provider, message, isExpiring, repeated, deliveries }: DeliveredMessage,
): Promise<INodeExecutionData> {
	const registry = api.eBox.registry(provider);
	const facts = await messageItem(api, registry, message, {
		simplify: settings.simplify,
		names: settings.addNames,
	});
	const files = settings.download ? await download(context, registry, message) : undefined;
	return {
		json: {
			event: eventOf(settings, message, isExpiring),
			...(repeated ? { redelivered: true } : {}),
			...(deliveries === undefined ? {} : { deliveries }),
			...facts,
			...files?.facts,
		},
		...(files && Object.keys(files.binary).length > 0 ? { binary: files.binary } : {}),
	};
}

function eventOf({ events }: TriggerSettings, message: Message, isExpiring: boolean): TriggerEvent {
	if (isExpiring) return 'messageExpiring';
	const isRegistered = message.registeredMail === true && events.includes('newRegisteredMail');
	return isRegistered || !events.includes('newMessage') ? 'newRegisteredMail' : 'newMessage';
}

/**
 * All files that can be had. One that cannot is named: the message must come all the same, since it
 * will not come again.
 */
async function download(context: IPollFunctions, registry: MessageRegistry, message: Message) {
	const store: FileStore = {
		storeFile: async (stream, fileName, mimeType) =>
			await context.helpers.prepareBinaryData(stream, fileName, mimeType),
	};
	const names = new UniqueNames();
	const binary: NonNullable<INodeExecutionData['binary']> = {};
	const downloaded: IDataObject[] = [];
	const downloadFailures: IDataObject[] = [];
	for (const [index, attachment] of attachmentsOf(message).entries()) {
		try {
			const id = message.messageId;
			const file = await downloadFile(store, registry, id, attachment, names);
			binary[`file_${index}`] = file.binary;
			downloaded.push({ ...file.facts, binaryField: `file_${index}` });
		} catch (error) {
			const { attachmentId, fileName } = attachment;
			downloadFailures.push({ attachmentId, fileName, ...explained(error) });
		}
	}
	const failed = downloadFailures.length > 0 ? { downloadFailures } : {};
	return { binary, facts: { attachments: downloaded, ...failed } as IDataObject };
}

function explained(error: unknown): IDataObject {
	if (error instanceof GuichetError)
		return { error: error.message, details: factsOf(error) as IDataObject };
	return { error: 'The file could not be stored' };
}

/** A provider that cannot be read, for the second output. */
export function failureItem(
	provider: Provider,
	failure: GuichetError | undefined,
	{ language }: EBoxApi,
): INodeExecutionData {
	return {
		json: {
			event: 'providerFailed',
			...providerFacts(provider, language),
			error: failure?.message,
			...(failure ? { details: factsOf(failure) as IDataObject } : {}),
		},
	};
}
