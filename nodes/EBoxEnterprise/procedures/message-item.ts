import { textIn } from '../../../lib/answers/json';
import type { IDataObject } from 'n8n-workflow';

import type { MessageRegistry } from '../api/message-registry';
import { attachmentsOf } from '../api/contract-names';
import type { NamesOfMessage } from '../api/reference-names';
import { inLanguage } from '../api/translated';
import type { Message } from '../api/answers';
import type { Language } from '../api/types';
import type { EBoxApi } from '../connect';
import { providerFacts } from './provider-selection';

/** Ids and names that both forms of a message's item have. */
function identity(registry: MessageRegistry, names: NamesOfMessage, language: Language) {
	return {
		...providerFacts(registry.provider, language),
		messageTypeName: inLanguage(names.messageTypeName, language),
		senderName: inLanguage(names.senderOrganizationName, language),
		senderApplicationName: inLanguage(names.senderApplicationName, language),
	};
}

/**
 * A message as an item: with the names of sender and type, which a message does not carry itself.
 * Simplified it is flat and in one language; otherwise everything the provider gave, in the names
 * of version 2.1.
 */
export async function messageItem(
	api: EBoxApi,
	registry: MessageRegistry,
	message: Message,
	form: { simplify: boolean; names: boolean },
): Promise<IDataObject> {
	const names = form.names ? await api.names.of(registry, message) : {};
	const facts = identity(registry, names, api.language);
	if (!form.simplify)
		return {
			...providerFacts(registry.provider, api.language),
			...(form.names ? facts : {}),
			...message,
		} as IDataObject;
	return {
		...facts,
		messageId: message.messageId,
		subject: inLanguage(message.subject, api.language),
		receiptDate: message.receiptDate,
		expirationDate: message.expirationDate,
		readStatus: message.readStatus,
		visible: message.visible,
		registeredMail: message.registeredMail ?? false,
		senderOrganizationId: message.senderOrganizationId,
		senderApplicationId: message.senderApplicationId,
		messageTypeId: message.messageTypeId,
		originalMessageId: message.originalMessageId,
		forTheAttentionOf: textIn(message.forTheAttentionOf?.name ?? message.forTheAttentionOf?.label),
		replyAuthorized: message.replyAuthorized ?? false,
		bodyMainContent: message.bodyMainContent ?? false,
		asksForAction: api.v3.actionProperty in message ? message[api.v3.actionProperty] : undefined,
		attachments: attachmentsOf(message).map((one) => ({
			attachmentId: one.attachmentId,
			fileName: one.fileName,
			mediaType: one.mediaType,
			size: one.size,
			mainContent: one.mainContent,
		})),
	} as IDataObject;
}
