import { randomUUID } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../../../lib/answers/json';
import { isEnterpriseNumber } from '../../../lib/identifiers/enterprise-number';
import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import type { ItemContext } from '../../../lib/node/item-context';
import { NodeMemory } from '../../../lib/node/node-memory';
import { enterpriseNumber } from '../api/enterprise-number';
import type { MessageRegistry } from '../api/message-registry';
import {
	type BusinessData,
	type ConfirmedPublication,
	type EBoxId,
	idempotencyKeyOf,
	LIMITS,
	type NewPublication,
	type NewReply,
	publish,
	type PublicationKey,
	type PublicationFile,
	reply,
} from '../api/publication';
import type { PublicationStatus } from '../api/answers';
import type { Json, TranslatedString } from '../api/types';
import type { EBoxApi } from '../connect';

/** Publishes a message; with `originalMessageId` it is a reply in the way of version 2. */
export async function publishMessage(
	context: ItemContext<EBoxApi>,
	originalMessageId?: string,
): Promise<IDataObject> {
	const registry = await registryOf(context);
	const more = context.group('additionalFields');
	const mandator = more.optionalText('onBehalfOf');
	const publication: NewPublication = {
		...contentOf(context, more),
		recipient: recipientFrom(context),
		senderOrganizationId: enterpriseNumber(
			context.text('senderOrganizationId'),
			context.label('senderOrganizationId'),
		),
		senderPartition: more.optionalText('senderPartition'),
		senderApplicationId: context.text('senderApplicationId'),
		messageTypeId: context.text('messageTypeId'),
		replyAuthorized: optionalBoolean(more, 'replyAuthorized'),
		registeredMail: more.boolean('registeredMail') || undefined,
		expirationDate: more.optionalDateTime('expirationDate'),
		originalMessageId,
		forTheAttentionOf: attentionOf(more),
		paymentData: notEmpty(more.json<Json>('paymentData')),
	};
	const key = await keyOf(context, registry, more, publication);
	const headers: Record<string, string> = mandator
		? { 'on-behalf-of-enterprise-number': enterpriseNumber(mandator, more.label('onBehalfOf')) }
		: {};
	const options = { withDigest: more.boolean('sendDigest', true), headers };
	const answer = await once(
		context,
		registry,
		key,
		async (wasTried) =>
			await publish(
				registry,
				publication,
				{ ...key, wasTriedBefore: key.wasTriedBefore || wasTried },
				options,
			),
	);
	return publishedItem(context, registry, answer, key);
}

/** Replies in the way of version 3, where consumers may. */
export async function replyToMessage(context: ItemContext<EBoxApi>): Promise<IDataObject> {
	const registry = await registryOf(context);
	const more = context.group('additionalFields');
	const answer = contentOf(context, more);
	const original = context.text('messageId');
	const key = await keyOf(context, registry, more, { original, ...answer });
	const withDigest = more.boolean('sendDigest', true);
	const sent = await once(
		context,
		registry,
		key,
		async (wasTried) =>
			await reply(
				registry,
				context.api.v3.replyPath,
				original,
				answer,
				{ ...key, wasTriedBefore: key.wasTriedBefore || wasTried },
				{ withDigest },
			),
	);
	return { ...publishedItem(context, registry, sent, key), originalMessageId: original };
}

/**
 * Publishes once, however often n8n runs the node for this item. After an unknown outcome version 3
 * is asked again under the same key, which publishes or confirms; version 2 has no way to ask.
 */
async function once<Answer>(
	context: ItemContext<EBoxApi>,
	registry: MessageRegistry,
	key: NodeKey,
	send: (wasTried: boolean) => Promise<Answer>,
): Promise<Answer> {
	const again = async () => await send(true).catch(afterEarlierTry);
	const isV3 = registry.spec.version === 'v3';
	const publication = context.once(
		'publication',
		async () => await send(false),
		isV3 ? again : undefined,
	);
	return await (key.wasBegunBefore ? publication.catch(afterEarlierTry) : publication);
}

/** A refusal says that this try did nothing. It says nothing of one before it. */
function afterEarlierTry(error: unknown): never {
	if (!(error instanceof GuichetError) || error.details.outcome !== 'not_done') throw error;
	const hint =
		'This was begun before, by another try or before n8n was stopped, and may have been published then: look in the e-Box portal before publishing again.';
	throw error.with({
		outcome: 'unknown',
		hint: [error.details.hint, hint].filter(Boolean).join(' '),
	});
}

async function registryOf(context: ItemContext<EBoxApi>): Promise<MessageRegistry> {
	const { eBox } = context.api;
	return eBox.registry(await eBox.provider(context.optionalText('providerId')));
}

/** `NO_DIGITAL_USER` is no failure: it is published, but nobody may ever open it. */
function publishedItem(
	context: ItemContext<EBoxApi>,
	registry: MessageRegistry,
	answer: PublicationStatus | ConfirmedPublication,
	key: PublicationKey,
): IDataObject {
	const providerId = registry.provider.id;
	const sentWith = registry.spec.version === 'v3' ? { idempotencyKey: key.value } : {};
	if ('confirmedBy' in answer) {
		context.warn(
			'Published, but the answer was lost: the provider confirmed it by refusing a repetition under the same idempotency key. The message ID is not known; the e-Box portal shows the message.',
		);
		return { providerId, published: true, messageId: null, answerLost: true, ...sentWith };
	}
	const neverOpened = answer.code === 'NO_DIGITAL_USER';
	if (neverOpened)
		context.warn(
			'The recipient has never opened the e-Box (NO_DIGITAL_USER): send it on paper too.',
		);
	return {
		providerId,
		published: true,
		...answer,
		...sentWith,
		...(neverOpened ? { sendOnPaperToo: true } : {}),
	} as IDataObject;
}

function contentOf(context: ItemContext<EBoxApi>, more: Fields): NewReply {
	const language = context.text('textLanguage') as 'fr' | 'nl' | 'de';
	const bodyIsMainContent = context.text('mainContent') === 'body';
	const body = context.optionalText('body') ?? more.optionalText('annexBody');
	const translations =
		more.json<Record<string, { subject?: string; body?: string }>>('translations') ?? {};
	const inAll = (part: 'subject' | 'body', text: string | undefined): TranslatedString => ({
		...Object.fromEntries(
			Object.entries(translations).flatMap(([key, texts]) =>
				texts[part] ? [[key, texts[part]]] : [],
			),
		),
		...(text ? { [language]: text } : {}),
	});
	return {
		subject: inAll('subject', context.text('subject', { maxLength: LIMITS.subject })),
		body: body ? inAll('body', body) : undefined,
		bodyIsMainContent,
		businessData: businessDataOf(more, language),
		files: filesOf(context, more, bodyIsMainContent),
	};
}

/** Rows with one key are the values of that key, in the order of the rows. */
function businessDataOf(more: Fields, textLanguage: string): BusinessData[] {
	const byKey = new Map<string, TranslatedString[]>();
	const add = (key: string, values: TranslatedString[]): void => {
		byKey.set(key, [...(byKey.get(key) ?? []), ...values]);
	};
	for (const row of more.rows('businessData', 'value')) {
		const language = row.optionalText('language') ?? 'same';
		const text = row.text('text', { maxLength: LIMITS.businessDataValue });
		add(row.text('key'), [{ [language === 'same' ? textLanguage : language]: text }]);
	}
	const label = more.label('businessDataJson');
	const given = more.json<unknown>('businessDataJson') ?? [];
	for (const { key, values } of readBusinessData(given, label)) add(key, values);
	return [...byKey].map(([key, values]) => ({ key, values }));
}

function readBusinessData(given: unknown, label: string): BusinessData[] {
	const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
	const isTranslated = (value: unknown): value is TranslatedString =>
		isObject(value) &&
		Object.entries(value).length > 0 &&
		Object.entries(value).every(
			([language, text]) =>
				['fr', 'nl', 'de'].includes(language) &&
				isText(text) &&
				text.length <= LIMITS.businessDataValue,
		);
	const isEntry = (value: unknown): value is BusinessData =>
		isObject(value) &&
		isText(value.key) &&
		Array.isArray(value.values) &&
		value.values.length > 0 &&
		value.values.every(isTranslated);
	if (Array.isArray(given) && given.every(isEntry)) return given;
	throw invalidInput(
		label,
		`must be a list such as [{"key": "BECBE", "values": [{"nl": "…"}, {"fr": "…"}]}], each text with at most ${LIMITS.businessDataValue} characters`,
	);
}

function optionalBoolean(more: Fields, name: string): boolean | undefined {
	const value = more.raw(name);
	return value === undefined || value === null || value === '' ? undefined : more.boolean(name);
}

function filesOf(
	context: ItemContext<EBoxApi>,
	more: Fields,
	bodyIsMainContent: boolean,
): PublicationFile[] {
	// Both are shown where an expression chooses the main content; then the default field name is no
	// mistake of an item without files.
	const hasNoFiles = bodyIsMainContent && context.inputFileNames().length === 0;
	const names = [...(hasNoFiles ? [] : context.list('inputFields')), ...more.list('annexFields')];
	const signed = more.boolean('filesSigned');
	return [...new Set(names)].map((name, index) => {
		const file = context.inputFile(name);
		return {
			partName: `upfile${index + 1}`,
			fileName: file.fileName,
			mediaType: file.mimeType,
			open: async () => await file.open(),
			mainContent: !bodyIsMainContent && index === 0,
			signed,
		};
	});
}

/**
 * Whose e-Box is meant. Check digits that do not fit are worth a word, but official examples have
 * such numbers too.
 */
export function recipientFrom(context: ItemContext<EBoxApi>): EBoxId {
	const type = context.text('recipientType');
	const text = context.text('recipientId');
	if (type === 'citizen') {
		const id = text.replace(/[.\s-]/g, '');
		if (!/^\d{11}$/.test(id))
			throw invalidInput(
				context.label('recipientId'),
				'must be a national number of eleven digits',
			);
		return { type, id };
	}
	if (type !== 'enterprise')
		throw invalidInput(context.label('recipientType'), 'must be enterprise or citizen');
	const id = enterpriseNumber(text, context.label('recipientId'));
	if (!isEnterpriseNumber(id))
		context.warn(`The check digits of the enterprise number ${id} do not fit: it may be mistyped.`);
	return { type, id };
}

function attentionOf(more: Fields): NewPublication['forTheAttentionOf'] {
	const id = more.optionalText('attentionId')?.replace(/[.\s-]/g, '');
	const name = more.optionalText('attentionName', { maxLength: LIMITS.attentionName });
	return id || name ? { ...(id ? { id } : {}), ...(name ? { name } : {}) } : undefined;
}

const notEmpty = (value: Json | undefined): Json | undefined =>
	value && Object.keys(value).length > 0 ? value : undefined;

/** So many publications of a node are remembered over a stop of n8n; the oldest are forgotten. */
const MAX_KEYS = 1_000;

/** A key, and whether this very publication was begun before n8n was stopped. */
type NodeKey = PublicationKey & { wasBegunBefore: boolean };

/**
 * The idempotency key of a publication. Without one from the person it is the same for all tries of
 * this item in this run of the node, and another for any other content. So a loop can publish many.
 * A later try keeps the key of the first one: an expression with the time in it gives another text.
 */
async function keyOf(
	context: ItemContext<EBoxApi>,
	{ spec }: MessageRegistry,
	more: Fields,
	content: object,
): Promise<NodeKey> {
	return await context.once('idempotency key', async () => {
		const key = newKey(context, more, content);
		const run = runOf(context);
		if (spec.version !== 'v3' || run === undefined) return { ...key, wasBegunBefore: false };
		const memory = new NodeMemory(context.execution.helpers, MAX_KEYS);
		const entry = idempotencyKeyOf(JSON.stringify([...run, key.value]));
		// Before anything is sent, so that a stop in between is noticed.
		return { ...key, wasBegunBefore: (await memory.record([entry])).has(entry) };
	});
}

/** This item in this run of the node; nothing for a manual run without an id. */
function runOf({ execution, itemIndex }: ItemContext<EBoxApi>): unknown[] | undefined {
	const executionId = execution.getExecutionId();
	if (!executionId) return undefined;
	const { $runIndex } = execution.getWorkflowDataProxy(0);
	return [execution.getWorkflow().id, executionId, execution.getNode().id, $runIndex, itemIndex];
}

function newKey(context: ItemContext<EBoxApi>, more: Fields, content: object): PublicationKey {
	const given = more.optionalText('idempotencyKey');
	if (given) return { value: idempotencyKeyOf(given), wasTriedBefore: false };
	const { execution, itemIndex } = context;
	const run = runOf(context);
	// Of a manual run without an id nothing but this process knows of its tries.
	if (run === undefined) return { value: randomUUID(), wasTriedBefore: false };
	const stored = execution.getInputData()[itemIndex]?.binary ?? {};
	const files = Object.values(stored).map(({ id, fileName, data }) => id ?? [fileName, data]);
	const value = idempotencyKeyOf(JSON.stringify([...run, content, files]));
	// n8n may have begun this execution before and been stopped, which only the provider knows.
	return { value, wasTriedBefore: true };
}
