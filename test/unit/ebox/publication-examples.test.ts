import type { IDataObject } from 'n8n-workflow';

import { partsOf } from '../../../sandbox/ebox/multipart';
import { BinaryStore } from '../fakes/binary-store';
import { federation } from './federation';
import { run } from './node';

/**
 * The eleven publications of the public example collections (2020 for version 2, 2023 for version
 * 3): what the node sends must be equal to them. The examples carry no digest.
 */
const around = federation();

const V2 = {
	messageTypeId: 'TEST_PILOT_5_ENTERPRISE',
	senderOrganizationId: '0220916609',
	senderApplicationId: 'document:management:consult:ws-eboxrestentreprise:0220916609',
};

const V3 = { messageTypeId: 'yourMessageTypeId', senderApplicationId: 'yourApplicationId' };

const to = (id: string) => ({ recipientId: id });

const file = (index: number, mainContent: boolean) => ({
	httpPartName: `upfile${index}`,
	mainContent,
	attachmentSigned: false,
});

const fileV3 = (index: number, isMainContent: boolean) => ({
	httpPartName: `upfile${index}`,
	isMainContent,
	isAttachmentSigned: false,
});

const rows = (...values: Array<[string, string, string]>) => ({
	businessData: { value: values.map(([key, language, text]) => ({ key, language, text })) },
});

interface Example {
	/** What a person fills in. */
	form: IDataObject;
	files: number;
	/** What the collection has. */
	json: IDataObject;
}

const enterprise = (eboxIdValue: string) => ({ eboxType: 'enterprise', eboxIdValue });

const enterpriseV3 = (enterpriseNumber: string) => ({ eboxType: 'enterprise', enterpriseNumber });

const dutchBody = {
	mainContent: 'body',
	body: 'Dutch body content is here',
	subject: 'Test pub REST doc and body',
	textLanguage: 'nl',
};

const dutchBodyJson = {
	...V2,
	recipient: enterprise('0534530277'),
	subject: { nl: 'Test pub REST doc and body' },
	bodyMainContent: true,
	bodyContent: { nl: 'Dutch body content is here' },
	replyAuthorized: false,
	businessDataList: [{ key: 'BECBE', values: [{ nl: 'dutchV2' }, { fr: 'frenchV2b' }] }],
};

const VERSION_2: Record<string, Example> = {
	'Publish one document': {
		form: {
			...V2,
			...to('0852093431'),
			subject: 'Test bericht publicatie REST',
			textLanguage: 'nl',
		},
		files: 1,
		json: {
			...V2,
			recipient: enterprise('0852093431'),
			subject: { nl: 'Test bericht publicatie REST' },
			attachments: [file(1, true)],
			bodyMainContent: false,
			replyAuthorized: false,
		},
	},
	'Publish a document for citizen': {
		form: {
			...V2,
			messageTypeId: 'TEST_PILOT_5_CITIZEN',
			recipientType: 'citizen',
			...to('94022722580'),
			subject: 'Document pour citoyen',
		},
		files: 1,
		json: {
			...V2,
			messageTypeId: 'TEST_PILOT_5_CITIZEN',
			recipient: { eboxType: 'citizen', eboxIdValue: '94022722580' },
			subject: { fr: 'Document pour citoyen' },
			attachments: [file(1, true)],
			bodyMainContent: false,
			replyAuthorized: false,
		},
	},
	'Publish only a body': {
		form: {
			...V2,
			...to('0534530277'),
			...dutchBody,
			additionalFields: rows(['BECBE', 'nl', 'dutchV2'], ['BECBE', 'fr', 'frenchV2b']),
		},
		files: 0,
		json: { ...dutchBodyJson, attachments: [] },
	},
	'Publish doc + business data': {
		form: {
			...V2,
			...to('0852093431'),
			subject: 'Test pub REST doc and metadata',
			textLanguage: 'nl',
			additionalFields: rows(
				['BECBE', 'same', 'a BECBE num'],
				['BECBE', 'same', 'a second BECBE num'],
			),
		},
		files: 1,
		json: {
			...V2,
			recipient: enterprise('0852093431'),
			subject: { nl: 'Test pub REST doc and metadata' },
			attachments: [file(1, true)],
			bodyMainContent: false,
			replyAuthorized: false,
			businessDataList: [
				{ key: 'BECBE', values: [{ nl: 'a BECBE num' }, { nl: 'a second BECBE num' }] },
			],
		},
	},
	'Publish maximal: body + 6 docs + business data': {
		form: {
			...V2,
			...to('0534530277'),
			...dutchBody,
			additionalFields: {
				annexFields: 'file1, file2, file3, file4, file5, file6',
				...rows(['BECBE', 'nl', 'dutchV2'], ['BECBE', 'fr', 'frenchV2b']),
			},
		},
		files: 6,
		json: {
			...dutchBodyJson,
			attachments: [1, 2, 3, 4, 5, 6].map((index) => file(index, false)),
		},
	},
};

const VERSION_3: Record<string, Example> = {
	'publication 1 file to enterprise': {
		form: {
			...V3,
			senderOrganizationId: '0123456789',
			...to('0852093431'),
			subject: 'test publication 1 file to enterprise',
		},
		files: 1,
		json: {
			...V3,
			sender: enterpriseV3('0123456789'),
			recipient: enterpriseV3('0852093431'),
			subject: { fr: 'test publication 1 file to enterprise' },
			attachments: [fileV3(1, true)],
		},
	},
	'publication 1 file to enterprise + body content': {
		form: {
			...V3,
			senderOrganizationId: '0123456789',
			...to('0852093431'),
			subject: 'test publication 1 file + body content',
			additionalFields: {
				annexBody:
					"Here is the body content. It is a free text that will be displayed in the recipient's e-Box in the message details page.",
			},
		},
		files: 1,
		json: {
			...V3,
			sender: enterpriseV3('0123456789'),
			recipient: enterpriseV3('0852093431'),
			subject: { fr: 'test publication 1 file + body content' },
			attachments: [fileV3(1, true)],
			isBodyMainContent: false,
			bodyContent: {
				fr: "Here is the body content. It is a free text that will be displayed in the recipient's e-Box in the message details page.",
			},
		},
	},
	'publication 1 file + businessData': {
		form: {
			...V3,
			senderOrganizationId: '0220916609',
			...to('0123456789'),
			subject: 'test publication 1 file + businessData',
			additionalFields: rows(
				['BECBE', 'nl', '0123456789'],
				['BECBE', 'nl', '0987654321'],
				['BCE IP', 'nl', '0123456789'],
				['SSCBECBE', 'nl', '0123456789'],
			),
		},
		files: 1,
		json: {
			...V3,
			sender: enterpriseV3('0220916609'),
			recipient: enterpriseV3('0123456789'),
			subject: { fr: 'test publication 1 file + businessData' },
			attachments: [fileV3(1, true)],
			businessDataList: [
				{ key: 'BECBE', values: [{ nl: '0123456789' }, { nl: '0987654321' }] },
				{ key: 'BCE IP', values: [{ nl: '0123456789' }] },
				{ key: 'SSCBECBE', values: [{ nl: '0123456789' }] },
			],
		},
	},
	'publication 3 files to enterprise': {
		form: {
			...V3,
			senderOrganizationId: '0123456789',
			...to('0852093431'),
			subject: 'test publication 3 documents',
			inputFields: 'file1, file2, file3',
		},
		files: 3,
		json: {
			...V3,
			sender: enterpriseV3('0123456789'),
			recipient: enterpriseV3('0852093431'),
			subject: { fr: 'test publication 3 documents' },
			attachments: [fileV3(1, true), fileV3(2, false), fileV3(3, false)],
		},
	},
	'publication to citizen': {
		form: {
			...V3,
			senderOrganizationId: '0123456789',
			recipientType: 'citizen',
			...to('01010122233'),
			subject: 'test publication 1 PDF for citizen',
		},
		files: 1,
		json: {
			...V3,
			sender: enterpriseV3('0123456789'),
			recipient: { eboxType: 'citizen', ssin: '01010122233' },
			subject: { fr: 'test publication 1 PDF for citizen' },
			attachments: [fileV3(1, true)],
		},
	},
	'publication from another partition': {
		form: {
			messageTypeId: 'myMessageTypeId',
			senderApplicationId: 'myApplicationId',
			senderOrganizationId: '0123456789',
			...to('0852093431'),
			subject: 'test publication from another partition',
			additionalFields: { senderPartition: 'Another_partition', replyAuthorized: true },
		},
		files: 1,
		json: {
			messageTypeId: 'myMessageTypeId',
			senderApplicationId: 'myApplicationId',
			sender: { ...enterpriseV3('0123456789'), partition: 'Another_partition' },
			recipient: enterpriseV3('0852093431'),
			subject: { fr: 'test publication from another partition' },
			attachments: [fileV3(1, true)],
			isReplyAuthorized: true,
		},
	},
};

/**
 * Publishes what a person fills in and gives the JSON that was sent. The sandbox knows no such
 * sender.
 */
async function sentJson({ form, files }: Example, provider: 'nsso' | 'documents', digest: boolean) {
	const store = new BinaryStore();
	const names = Array.from({ length: files }, (_, index) => `file${index + 1}`);
	const binary = Object.fromEntries(
		names.map((name) => [name, store.put(`content of ${name}`, `${name}.pdf`, 'application/pdf')]),
	);
	await run(
		around.sandbox,
		'publication.publish',
		{
			providerId: provider,
			inputFields: 'file1',
			...form,
			additionalFields: { ...(form.additionalFields as IDataObject), sendDigest: digest },
		},
		{ store, items: [{ json: {}, binary }] },
	).catch(() => undefined);
	const [call] = around.sandbox.mockServers[provider].calls.detailed({ operation: 'postMessage' });
	if (!call?.requestBody) throw new Error('Nothing was sent');
	const parts = partsOf(call.requestBody, call.requestHeaders['content-type'] ?? '');
	const text = parts.find(({ name }) => name === 'messageToPublish')?.bytes.toString() ?? '';
	return JSON.parse(text) as IDataObject;
}

function withoutDigests({ attachments, ...json }: IDataObject): IDataObject {
	const files = (attachments as IDataObject[]).map(({ digest, ...entry }) => {
		expect(digest).toMatchObject({ digestMethod: 'sha_256' });
		return entry;
	});
	return { ...json, attachments: files };
}

describe.each([
	['2', 'nsso', VERSION_2],
	['3', 'documents', VERSION_3],
] as const)('the public publication examples of version %s', (_, provider, examples) => {
	it.each(Object.keys(examples))('builds "%s" as the collection has it', async (name) => {
		const example = examples[name];
		if (!example) throw new Error(`There is no example "${name}"`);
		expect(await sentJson(example, provider, false)).toEqual(example.json);
		await around.sandbox.mockServers.nsso.reset();
		expect(withoutDigests(await sentJson(example, provider, true))).toEqual(example.json);
	});
});
