import * as v from 'valibot';

import {
	type AnswerOf,
	type AnswerSchema,
	count,
	identifier,
	jsonObject,
	numeric,
	object,
} from '../../../lib/answers/schema';

/**
 * What a message registry and the federation have to answer (contracts 2.1 and 1.3). Version 3 is
 * read in the names of version 2.1. A property that is null is taken for one that is not there.
 */

type Names = ReadonlyArray<readonly [theirs: string, ours: string]>;

/** An object whose names of version 3 stand beside those of version 2.1. */
const inContractNames = <Fields extends v.ObjectEntries>(fields: Fields, names: Names = []) =>
	v.pipe(
		jsonObject,
		v.transform((raw) => {
			const known = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
			for (const [theirs, ours] of names)
				if (known[ours] === undefined && known[theirs] !== undefined) known[ours] = known[theirs];
			return known;
		}),
		object(fields),
	);

const text = v.optional(v.string());

const flag = v.optional(v.boolean());

/** A text in the languages that its author gave; any of them may be missing. */
const translatedText = inContractNames({ nl: text, fr: text, de: text, en: text });

/** The text of a message. One without a text in any language is none. */
export const bodyAnswer = v.pipe(
	translatedText,
	v.check(
		({ nl, fr, de, en }) => [nl, fr, de, en].some((one) => one !== undefined && one !== ''),
		'a text in one language at least',
	),
);

/** What is to be paid, as `GET …/paymentData` tells it in version 2.1. */
export const paymentDataAnswer = object({
	paymentDataId: identifier,
	amount: numeric,
	vatAmount: numeric,
	currency: v.string(),
	dueDate: v.string(),
	iban: v.string(),
});

/** In version 3, whose names for it are not known: whatever has a field. */
export const anyPaymentData = v.pipe(
	jsonObject,
	v.check((payment) => Object.keys(payment).length > 0, 'an object with fields'),
);

/**
 * A list as every version sends it. Only a list that says that it is empty may leave its items out;
 * some providers write null for an empty one.
 * A null among the items is told apart, because something may stand behind it.
 */
export const itemList = <Item>(item: AnswerSchema<Item>) =>
	v.pipe(
		object({ items: v.nullish(v.array(v.nullable(item))), totalItems: v.nullish(count) }),
		v.check(
			({ items, totalItems }) => items !== undefined || totalItems === 0,
			'an object with a list in "items"',
		),
	);

/** Any list of objects, for answers that no contract describes: bare, or with `items`. */
export const anyList = v.union(
	[v.array(v.nullable(jsonObject)), itemList(jsonObject)],
	'a list, or an object with a list in "items"',
);

const digest = object({ digestMethod: text, digestValue: text });

/** Metadata of a file. The id is not in the contract's list of required properties. */
export const attachmentAnswer = inContractNames(
	{
		attachmentId: v.optional(identifier),
		attachmentTitle: v.optional(translatedText),
		fileName: v.string(),
		/** Retrieving a main content marks the message as read, for everyone. */
		mainContent: v.boolean(),
		/** An open set: the contract's list is longer in practice. */
		mediaType: v.string(),
		/** Kilobytes of 1,024 bytes, rounded by the provider. */
		size: numeric,
		digest: v.optional(digest),
		attachmentSigned: flag,
		contentHref: text,
	},
	[
		['isMainContent', 'mainContent'],
		['isAttachmentSigned', 'attachmentSigned'],
	],
);

/**
 * A message without its content. What the contract requires and is optional here: the flags, whose
 * names in version 3 are not all known and whose default is false, and the sender's number, because
 * a citizen may send a reply.
 */
export const messageAnswer = v.pipe(
	inContractNames(
		{
			messageId: identifier,
			originalMessageId: v.optional(identifier),
			subject: translatedText,
			/** ISO 8601 with an offset, sometimes with milliseconds. */
			receiptDate: v.string(),
			/** The message is deleted after it, read or not. */
			expirationDate: v.string(),
			readStatus: flag,
			visible: flag,
			registeredMail: flag,
			forTheAttentionOf: v.optional(jsonObject),
			messageTypeId: identifier,
			/** Enterprise number of ten digits. */
			senderOrganizationId: v.optional(identifier),
			senderApplicationId: v.optional(identifier),
			sender: v.optional(inContractNames({ enterpriseNumber: v.optional(identifier) })),
			attachments: v.optional(itemList(attachmentAnswer)),
			/** True when the body is the main content. */
			bodyMainContent: flag,
			paymentData: v.optional(jsonObject),
			businessDataList: v.optional(v.unknown()),
			replyAuthorized: flag,
		},
		[
			['isRegisteredMail', 'registeredMail'],
			['isReplyAuthorized', 'replyAuthorized'],
			['isBodyMainContent', 'bodyMainContent'],
			['isVisible', 'visible'],
			['isRead', 'readStatus'],
			['isReadStatus', 'readStatus'],
		],
	),
	v.transform((message) => {
		const senderOrganizationId = message.senderOrganizationId ?? message.sender?.enterpriseNumber;
		return senderOrganizationId === undefined ? message : { ...message, senderOrganizationId };
	}),
);

/** `GET /ebox`: the counters of one provider, hidden messages included. */
export const summaryAnswer = inContractNames({ numberOfMessages: count });

/** What an enterprise has chosen for its e-Box (`EboxPreferences` of the federation 1.3). */
export const preferencesAnswer = inContractNames({
	eboxId: object({ eboxType: v.string(), eboxIdValue: identifier }),
	/** No paper any more. */
	exclusivelyEbox: v.boolean(),
	/** When somebody was last in the e-Box with the official portal. */
	lastConnectionDate: text,
	totalNumberOfMessages: v.optional(count),
	totalNumberOfUnreadMessages: v.optional(count),
});

/** The status of a publication. The id of the message is what makes it one. */
export const publicationAnswer = inContractNames({
	messageId: identifier,
	expirationDate: text,
	/** `NO_DIGITAL_USER`: published, but the recipient never opened the e-Box. */
	code: text,
	message: text,
});

/** Whom a message was linked to (`LinkResponse`). The contract requires nothing of it. */
export const linkAnswer = inContractNames({
	messageId: v.optional(identifier),
	expirationDate: text,
	nbSuccessLinks: v.optional(count),
	errorCases: v.optional(v.array(jsonObject)),
});

/** Whether a message that was sent has been read. */
export const messageStatusAnswer = v.array(
	inContractNames(
		{
			messageId: identifier,
			eboxId: inContractNames({ eboxIdValue: identifier }, [
				['enterpriseNumber', 'eboxIdValue'],
				['ssin', 'eboxIdValue'],
			]),
			readStatus: v.boolean(),
		},
		[['isRead', 'readStatus']],
	),
);

/** The properties of a record that name it; `id` is the likely name in version 3. */
export const referenceAnswer = (idProperty: string) =>
	v.pipe(
		jsonObject,
		v.check(
			(record) => v.is(identifier, record[idProperty] ?? record.id),
			`an object with "${idProperty}"`,
		),
	);

export type Attachment = AnswerOf<typeof attachmentAnswer>;
/**
 * Further properties travel on untouched; one of them asks for an action, by a name of the profile.
 */
export type Message = AnswerOf<typeof messageAnswer> & Record<string, unknown>;
export type EBoxSummary = AnswerOf<typeof summaryAnswer>;
export type EBoxPreferences = AnswerOf<typeof preferencesAnswer>;
export type PublicationStatus = AnswerOf<typeof publicationAnswer>;
export type MessageStatus = AnswerOf<typeof messageStatusAnswer>[number];
