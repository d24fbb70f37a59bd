import { type Answer, type Call, json } from '../mock-server';
import type { ReferenceKind } from './reference';
import type { Registry } from './registry';
import { Refusal, refused } from './refusal';
import { assertNoQuery, jsonBody } from './request';
import type { Version } from './serialize';

export const SCOPES = {
	consumer: 'scope:document:management:consult:ws-eboxrestentreprise:documentconsumer',
	summary: 'scope:document:management:consult:ws-eboxrestentreprise:summaryownebox',
	reference: 'scope:document:management:consult:ws-eboxrestentreprise:referencedata',
	sender: 'scope:document:management:consult:ws-eboxrestentreprise:publicationsender',
	registry: 'scope:documentmanagement:ebox:enterprise:federation-rest:registry',
	preference: 'scope:documentmanagement:ebox:enterprise:federation-rest:preference',
};

type Handler = (registry: Registry, call: Call, ids: string[]) => Answer | Promise<Answer>;

export interface Route {
	/** `operationId` of the contract 2.1 where it has one. */
	operation: string;
	method: string;
	/** Of the path below the registry's base URL. */
	path: RegExp;
	/** One of them is enough. */
	scopes: string[];
	handle: Handler;
}

const MESSAGE = '/ebox/messages/([^/]+)';
const FILE = `${MESSAGE}/attachments/([^/]+)`;
const CONSUMER = [SCOPES.consumer];
const SENDER = [SCOPES.sender];

function route(
	operation: string,
	method: string,
	path: string,
	scopes: string[],
	handle: Handler,
): Route {
	return { operation, method, path: new RegExp(`^${path}$`), scopes, handle };
}

/** A call that has no query parameters. */
function single(operation: string, path: string, scopes: string[], handle: Handler): Route {
	return route(operation, 'GET', path, scopes, (registry, call, ids) => {
		assertNoQuery(call);
		return handle(registry, call, ids);
	});
}

const MERGE_PATCH = 'application/merge-patch+json';

const CONSULTATION: Route[] = [
	single('getEBoxById', '/ebox', [SCOPES.summary, SCOPES.consumer], (registry) =>
		registry.summary(),
	),
	route('getMessagesByEBoxId', 'GET', '/ebox/messages', CONSUMER, (registry, call) =>
		registry.search(call),
	),
	route('patchMessagesByEBoxId', 'PATCH', '/ebox/messages', CONSUMER, async (registry, call) =>
		registry.patch(await jsonBody(call, MERGE_PATCH)),
	),
	single('getMessageById', MESSAGE, CONSUMER, (registry, _, [id = '']) =>
		json(200, registry.messageJson(registry.message(id))),
	),
	single('getAttachmentByMessageId', `${MESSAGE}/attachments`, CONSUMER, (registry, _, [id = '']) =>
		registry.attachments(id),
	),
	single('getAttachmentById', FILE, CONSUMER, (registry, _, [id = '', fileId = '']) => {
		const message = registry.message(id);
		return json(200, registry.fileJson(message, registry.file(message, fileId)));
	}),
	single(
		'getAttachmentContentById',
		`${FILE}/content`,
		CONSUMER,
		(registry, _, [id = '', fileId = '']) => registry.content(id, fileId),
	),
	single('getBodyContent', `${MESSAGE}/body`, CONSUMER, (registry, _, [id = '']) =>
		registry.body(id),
	),
	single(
		'getPaymentDataByMessageId',
		`${MESSAGE}/paymentData`,
		CONSUMER,
		(registry, _, [id = '']) => registry.paymentData(id),
	),
];

const PUBLICATION: Route[] = [
	route('linkMessage', 'POST', '/linkEboxMessage', SENDER, async (registry, call) =>
		registry.link(await jsonBody(call, 'application/json')),
	),
	route('getStatus', 'POST', '/searchMessageStatus', SENDER, async (registry, call) =>
		registry.status(await jsonBody(call, 'application/json')),
	),
];

const ONLY: Record<Version, Route[]> = {
	v2: [
		route('postMessage', 'POST', '/publishMessage', SENDER, async (registry, call) =>
			registry.publish(call),
		),
	],
	v3: [
		route('postMessage', 'POST', '/ebox/messages/?', SENDER, async (registry, call) =>
			registry.publish(call),
		),
		// The paths of these two are not public: the defaults of the node's API profile.
		route('reply', 'POST', `${MESSAGE}/replies`, CONSUMER, async (registry, call, [id = '']) =>
			registry.reply(call, id),
		),
		route(
			'executeAction',
			'PATCH',
			`${MESSAGE}/actions`,
			CONSUMER,
			async (registry, call, [id = '']) => registry.execute(id, await jsonBody(call, MERGE_PATCH)),
		),
	],
};

const KINDS: Array<[ReferenceKind, string, string, string, string?]> = [
	['messageType', 'messageTypes', 'getAllMessagesTypes', 'getMessageTypeById'],
	[
		'senderApplication',
		'senderApplications',
		'findAllSenderApplications',
		'getSenderApplicationById',
		'getImageForSenderApplication',
	],
	[
		'senderOrganization',
		'senderOrganizations',
		'findAllSenderOrganizations',
		'getSenderOrganizationById',
		'getImageForSenderOrganization',
	],
];

function referenceRoutes(version: Version): Route[] {
	const root = version === 'v3' ? '/refData' : '/referenceData';
	const scopes = [SCOPES.consumer, SCOPES.reference];
	return KINDS.flatMap(([kind, segment, all, one, image]) => {
		const path = `${root}/${segment}`;
		const routes = [
			route(all, 'GET', path, scopes, (registry, call) => registry.references(kind, call)),
			single(one, `${path}/([^/]+)`, scopes, (registry, _, [id = '']) =>
				registry.reference(kind, id),
			),
		];
		if (image)
			routes.push(
				single(
					image,
					`${path}/([^/]+)/images/([^/]+)/content`,
					scopes,
					(registry, _, [id = '', imageId = '']) => registry.logo(kind, id, imageId),
				),
			);
		return routes;
	});
}

/** Every operation of a version: the twenty of 2.1, and what is known or assumed of 3. */
function routesOf(version: Version): Route[] {
	return [...CONSULTATION, ...PUBLICATION, ...ONLY[version], ...referenceRoutes(version)];
}

/**
 * Treats a call of a registry: finds its route, checks the token, and answers a refusal in the
 * words of the version.
 *
 * @param path below the base URL, percent-encoded as received
 */
export async function handleRegistryCall(
	registry: Registry,
	call: Call,
	path: string,
): Promise<Answer> {
	try {
		const matching = routesOf(registry.version).filter((one) => one.path.test(path));
		const found = matching.find(({ method }) => method === call.method);
		if (!found)
			throw matching.length > 0
				? new Refusal(405, 'METHOD_NOT_ALLOWED', `${call.method} is not possible here`)
				: new Refusal(404, 'NOT_FOUND', 'No such resource');
		call.recognisedAs(found.operation);
		await registry.context.authorize(call, found.scopes);
		registry.box.expire(registry.context.now());
		const ids = (found.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
		return await found.handle(registry, call, ids);
	} catch (error) {
		if (error instanceof Refusal) return refused(error, registry.version);
		throw error;
	}
}
